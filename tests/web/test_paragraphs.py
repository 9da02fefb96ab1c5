"""Texts of several sentences: where they are split, and what the page says of each."""

import re

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.commands.predict import as_line
from sentiment.model.inference import Prediction
from sentiment.settings import Settings
from sentiment.texts.sentences import sentences, spans
from sentiment.web.pages.paragraphs import MOST, Paragraph
from tests.kit.app import create_app
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

SPLIT = [
    # line ends
    "정말\n재미있네요 | 최악",
    # final punctuation, with and without a space behind it
    "재미있어요. | 추천합니다! | 왜 이제 봤을까? | 최고",
    "정말 재밌다.꼭 보세요!!강추? | 아니요",
    "This is good. | I like it!",
    "재미있습니다。 | 好",
    "감동적이었다(웃음). | 또 볼래요",
    # what people put behind a sentence stays with it
    "재밌어요ㅋㅋㅋ | 또 볼게요~~ | 강추",
    "재밌어요 ^^ | 슬펐어요 ㅠ_ㅠ | 좋아요😍👍🏽 | 네",
    "와 대박!! ㅠㅠ ;; | 보세요",
    # polite endings and the past close a sentence by themselves
    "재밌어요 | 또 볼게요 | 감사합니다 | 재미있었다 | 끝",
    # points that trail off behind an ending
    "재밌네.. | 또 봐야지",
]
WHOLE = [
    "평점 3.5점, 10,000.5원, 2019. 3. 1. 관람",
    "1. 연기 2. 영상",
    "B. Lee 감독과 Mr. Kim vs. Dr. No",
    "https://example.com/a.b?c=d! 와 www.example.com/?q=네. 를 참고",
    '그는 "최고다. 정말!" 이라고 말함',
    "재밌다! 라고 함",
    "좋을 거라 생각했다 싶을 만큼",
    "(정말 최고다! 강추.) 봐도 됨",
    "음...글쎄 그냥... 그래",
    "생각보다.. 처음.. 동네 극장",
    "재.미.없.다",
    "재미있게 봤는데 좀 길어서 아쉬움",
]
PIECES = [
    "재밌어요",
    "봤다",
    "!",
    ". ",
    "…",
    "ㅋㅋ",
    " ",
    "\n",
    "\r\n",
    '"',
    "(",
    ")",
    "3.5",
    "😍",
    "é",
]


@pytest.fixture
def client() -> FlaskClient:
    """A client of the app with a small classifier that is unsure around a half."""
    classifier = small_classifier()
    classifier.unsure = (0.3, 0.7)
    return create_app(classifier, Settings()).test_client()


@pytest.mark.parametrize("marked", SPLIT)
def test_sentences_end_where_people_end_them(marked: str) -> None:
    """Every bar in the example is an end, and nothing else is but a line's."""
    text = marked.replace(" | ", " ")
    expected = [part for line in marked.split("\n") for part in line.split(" | ")]
    if "!!강추" in text:  # no space there
        expected = ["정말 재밌다.", "꼭 보세요!!", "강추?", "아니요"]
    assert sentences(text) == expected


@pytest.mark.parametrize("text", WHOLE)
def test_in_doubt_a_text_stays_whole(text: str) -> None:
    """Numbers, names, addresses, quotes, pauses and what goes on are no ends."""
    assert sentences(text) == [text]


def test_lines_that_say_nothing_are_no_sentences() -> None:
    """Rules and empty lines are left out; faces and laughter speak."""
    assert sentences("좋아요\n\n---\n ... \n😍\nㅋㅋㅋ\n") == ["좋아요", "😍", "ㅋㅋㅋ"]
    assert sentences(" \n") == []


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join))
def test_sentences_and_gaps_make_the_text(text: str) -> None:
    """Nothing is lost, doubled or moved; no gap holds a letter or digit."""
    rebuilt, position = [], 0
    for start, end in spans(text):
        assert position <= start < end
        assert text[start:end] == text[start:end].strip() != ""
        assert not re.search(r"[^\W_]", text[position:start])
        rebuilt += [text[position:start], text[start:end]]
        position = end
    assert "".join([*rebuilt, text[position:]]) == text


def parts(html: str) -> list[tuple[str, str]]:
    """Verdict and text of each sentence on the page."""
    found = r'class="part (\w+)">\s*<span class="text" lang="ko">(.*?)</span>'
    return re.findall(found, html, re.DOTALL)


def test_a_single_sentence_stays_simple(client: FlaskClient) -> None:
    """No list of one."""
    response = client.post("/", data={"sentence": POSITIVE})
    assert "긍정 (positive)" in response.text
    assert "문장마다" not in response.text


def test_each_sentence_of_a_paragraph_is_judged(client: FlaskClient) -> None:
    """Under the answer to the whole stand all sentences, how many there are, and the strongest."""
    text = f"정말 좋네요. {POSITIVE}! {NEGATIVE}. 영화네요. 지루하네요."
    html = client.post("/", data={"sentence": text}).text
    assert parts(html) == [
        ("positive", "정말 좋네요."),
        ("positive", f"{POSITIVE}!"),
        ("negative", f"{NEGATIVE}."),
        ("unsure", "영화네요."),
        ("negative", "지루하네요."),
    ]
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "+ 긍정 2 − 부정 2 ? 애매함 1" in words
    assert f"가장 긍정적 {POSITIVE}! 95.7%" in words
    assert f"가장 부정적 {NEGATIVE}. 94.8%" in words
    assert "? 애매함 (부정 50.0%)" in words
    assert 'href="#sentence-2"' in html
    assert 'id="sentence-2"' in html


def test_a_link_to_a_paragraph_shows_it_too(client: FlaskClient) -> None:
    """Sentences are split the same way however the text came."""
    html = client.get("/", query_string={"sentence": f"{POSITIVE}\n{NEGATIVE}"}).text
    assert parts(html) == [("positive", POSITIVE), ("negative", NEGATIVE)]


def test_a_text_with_both_sides_is_headed_by_them(client: FlaskClient) -> None:
    """Not by a label of the whole, whose bars stay; the sentences are counted by side."""
    text = f"최고! 좋네요. {NEGATIVE}. 별로. 별로."
    html = client.post("/", data={"sentence": text}).text
    heading = re.search(r'<h2 id="verdict".*?</h2>', html, re.DOTALL)
    assert heading
    said = re.sub(r"<[^>]+>|\s+", " ", heading[0])
    assert "엇갈려요 (mixed): 긍정 2, 부정 3" in " ".join(said.split())
    assert "%" not in said
    assert "<title>엇갈림 · " in html
    assert "글 전체로 보면:" in html
    english = client.post("/", data={"sentence": text}, headers={"Accept-Language": "en"}).text
    assert "Mixed (엇갈려요): Positive 2, Negative 3" in " ".join(english.split())
    assert len(parts(html)) == 5


def test_a_text_with_one_side_is_headed_by_the_whole(client: FlaskClient) -> None:
    """The verdict is about all of it, not a vote; what the model is unsure of takes no side."""
    html = client.post("/", data={"sentence": "최고! 좋네요. 영화네요."}).text
    assert "긍정 (positive)" in html
    assert "엇갈려요" not in html


def test_a_very_long_text_says_what_was_not_judged_one_by_one(client: FlaskClient) -> None:
    """The first sentences are judged; the page counts the others."""
    html = client.post("/", data={"sentence": f"{POSITIVE}\n" * (MOST + 3)}).text
    assert len(parts(html)) == MOST
    assert "나머지 3문장은 따로 판단하지 않았어요" in html


def test_sentences_are_text_and_not_markup(client: FlaskClient) -> None:
    """What is typed is escaped in every place."""
    html = client.post("/", data={"sentence": "<b>최악</b>!\n<i>좋네요</i>!"}).text
    assert parts(html)[0] == ("negative", "&lt;b&gt;최악&lt;/b&gt;!")
    assert "<i>" not in html


def test_strongest_ignores_what_the_model_is_unsure_of() -> None:
    """No sentence is called most positive that is not called positive."""
    unsure = Prediction("가", (0.4, 0.6), 3, 3, unsure=True)
    assert Paragraph([unsure], beyond=0).strongest("positive") is None


def test_an_unsure_answer_is_called_unsure(client: FlaskClient) -> None:
    """Heading and title take no side; both numbers stay, and a line says why."""
    html = client.post("/", data={"sentence": "정말 영화"}).text
    assert "애매해요 (unsure)" in html
    assert "<title>애매함 · " in html
    assert "긍정 (positive)" not in html
    assert "10번에 7번쯤" in html
    assert html.count("52.5%") == 2  # in and beside the bar, in no heading
    english = client.post("/", data={"sentence": "정말 영화"}, headers={"Accept-Language": "en"})
    assert "Unsure (애매해요)" in english.text
    assert "neutral" not in english.text.lower()


def test_the_terminal_says_unsure_too() -> None:
    """The line names the verdict, and the side that its number belongs to."""
    line = as_line(Prediction("글쎄", (0.4, 0.6), 3, 3, unsure=True), None)
    assert re.sub(r"\x1b\[\d+m", "", line).split() == [
        *("애매", "unsure", "60.0%", "(긍정", "positive)", "글쎄")
    ]


def test_the_navigation_marks_where_one_is(client: FlaskClient) -> None:
    """The page in front is marked, a page beside it is not."""
    assert '<a href="/" aria-current="page">문장</a>' in client.get("/").text
    assert 'href="/" aria-current' not in client.get("/docs").text
    assert '<a href="/">문장</a>' in client.get("/nowhere").text
    assert 'href="/files" aria-current="true">파일' in client.get("/files/nowhere").text


def test_the_navigation_shows_the_owners_page_to_the_owner_alone(client: FlaskClient) -> None:
    """A visitor through a tunnel or proxy is not led to what is refused."""
    link = re.compile(r'<a href="/feedback"[^>]*>기록</a>')
    assert link.search(client.get("/").text)
    visitor = client.get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert not link.search(visitor.text)
