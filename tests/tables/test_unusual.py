"""Files as people have them: each is read as its owner would, or refused by its name."""

import io
import json
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from sentiment.errors import DataError
from sentiment.tables.layout import Layout
from sentiment.tables.plan import examine
from sentiment.tables.reading import rows
from sentiment.tables.scales import meanings
from sentiment.tables.survey import surveyed

GOOD = [
    "음식이 따뜻하게 와서 맛있게 먹었어요",
    "직원이 웃으며 맞아 주셨습니다",
    "소파가 넓고 편해요",
]
BAD = [
    "바닥이 끈적거려 앉기 싫었어요",
    "세 번 전화해도 연결이 안 됩니다",
    "지퍼가 하루 만에 터졌네요",
]
TEXTS = [text for pair in zip(GOOD, BAD, strict=True) for text in pair]
RECORDS = [{"id": n, "review": text, "label": n % 2} for n, text in enumerate(TEXTS)]


def plan_of(path: Path, content: str | bytes) -> Layout:
    """The plan of a file with this content, all of its rows seen."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return surveyed(path, examine(path))


def texts_in(path: Path, layout: Layout) -> list[str]:
    """The texts of a file."""
    place = layout.columns.index(layout.text)
    return [row.values[place] for row in rows(path, layout)]


def lines(*heads: str, row: str) -> str:
    """Lines above, and one for each text."""
    body = [row.format(n=n, text=text, label=n % 2) for n, text in enumerate(TEXTS)]
    return "\n".join([*heads, *body]) + "\n"


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        (lines("id^review^label", row="{n}^{text}, 네^{label}"), "^"),
        (lines("id::review::label", row="{n}::{text}: 네::{label}"), "::"),
        (lines('id, "review", label', row='{n}, "{text}, 네", {label}'), ", "),
        (lines("id,review,label", row='{n},"{text} \\"정말\\", 네",{label}'), ","),
        (lines("| id | review | label |", "|---|---|---|", row="| {n} | {text} | {label} |"), "|"),
    ],
    ids=["caret", "two colons", "blanks behind commas", "backslashes", "Markdown"],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_rare_ways_to_split_lines(tmp_path: Path, content: str, mark: str, name: str) -> None:
    """Each row has its own text, whole."""
    path = tmp_path / name
    layout = plan_of(path, content)
    assert (layout.delimiter, layout.text, layout.label) == (mark, "review", "label")
    assert layout.rows == len(TEXTS)
    tails = {
        value.replace(text, "") for text, value in zip(TEXTS, texts_in(path, layout), strict=True)
    }
    assert len(tails) == 1


@pytest.mark.parametrize(
    ("heads", "text", "skip"),
    [
        (["번호,평가,", ",의견,별점"], "의견", 0),
        (["번호,평가,평가", "번호,의견,별점"], "의견", 0),
        (["기본,평가,", "번호,의견,별점"], "의견", 1),
        (["id,review,rating", "번호,후기,별점"], "review", 0),
        (["조회: 2024-01-01,전체,본점", "번호,의견,별점"], "의견", 1),
        (["조회: 2024-01-01,,", "작성: 운영팀,,", "번호,의견,별점"], "의견", 2),
    ],
)
def test_names_over_two_rows_and_below_titles(
    tmp_path: Path, heads: list[str], text: str, skip: int
) -> None:
    """Rows of names are none of data, and titles are no names."""
    layout = plan_of(tmp_path / "a.csv", lines(*heads, row="{n},{text},{label}"))
    assert (layout.text, layout.skip, layout.rows) == (text, skip, len(TEXTS))
    assert texts_in(tmp_path / "a.csv", layout) == TEXTS


def test_a_first_row_of_data_is_no_second_row_of_names(tmp_path: Path) -> None:
    """Not even where a value is missing, or a column has no name."""
    for first in ("a0,굿,", "a0,굿,없음", ",굿,nan"):
        content = lines("id,review,rating", first, row="a{n},{text},{label}")
        assert plan_of(tmp_path / "a.csv", content).rows == len(TEXTS) + 1


@pytest.mark.parametrize(
    ("first", "tail"),
    [
        ("가격 대비, 만족도", ""),
        ("재밌는 영화^^ 후기", ""),
        ("좋은 리뷰~ 내용", "~~"),
        ("리뷰~", "~"),
    ],
)
def test_sentences_with_marks_are_no_names(tmp_path: Path, first: str, tail: str) -> None:
    """Also where they end in a word that is usual above a column."""
    layout = plan_of(tmp_path / "a.txt", lines(first, row="{text}" + tail))
    assert (len(layout.columns), layout.delimiter in ("", "\x1f")) == (1, True)


def test_values_that_recur_are_no_names(tmp_path: Path) -> None:
    """A column that says "리뷰" in every row does not name itself."""
    layout = plan_of(tmp_path / "a.csv", lines(row="u{n},{text},리뷰"))
    assert (layout.header, layout.text, layout.rows) == (False, "2", len(TEXTS))


def test_what_is_inside_a_text_is_no_row(tmp_path: Path) -> None:
    """Words that were found in it repeat it."""
    words = [{"text": text, "words": [{"word": text, "kind": "가나다"}] * 3} for text in TEXTS]
    layout = plan_of(tmp_path / "a.json", json.dumps(words))
    assert (layout.text, layout.rows) == ("text", len(TEXTS))


def test_a_row_of_sums_and_repeated_names_are_no_labels(tmp_path: Path) -> None:
    """The scale is that of the rows with texts."""
    content = lines("번호,후기,별점", "번호,후기,별점", row="{n},{text},{label}") + "합계,,48\n"
    content = content.replace(",0\n", ",1\n").replace(",1\n", ",5\n", 2)
    layout = plan_of(tmp_path / "a.csv", content)
    assert layout.meanings == {"5": "positive", "1": "negative"}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("ko", "en", "번호"), "ko"),
        (("번역문", "원문", "번호"), ""),
        (("한국어 문장", "raw_json", "번호"), "한국어 문장"),
    ],
)
def test_korean_is_what_is_judged(tmp_path: Path, names: tuple[str, ...], found: str) -> None:
    """Beside a translation, or JSON that holds the same; where the names say else it is asked."""
    other = '"I liked it a lot, number {n}"'
    if "json" in names[1]:
        other = '"{{""a"": ""{text}""}}"'
    layout = plan_of(tmp_path / "a.csv", lines(",".join(names), row="{text}," + other + ",{n}"))
    assert layout.text == found


@pytest.mark.parametrize(
    ("column", "values", "understood"),
    [
        ("별점", ("⭐️", "⭐⭐⭐⭐⭐"), True),
        ("별점", ("별 1개", "별 5개"), True),
        ("rating", ("1.0 out of 5 stars", "5.0 out of 5 stars"), True),
        (
            unicodedata.normalize("NFD", "감성"),
            tuple(unicodedata.normalize("NFD", w) for w in ("부정", "긍정")),
            True,
        ),
        ("is_positive", ("False", "True"), True),
        ("spam_label", ("0", "1"), False),
        ("혐오라벨", ("0", "1"), False),
        ("만족도(7점척도)", ("1", "7"), False),
    ],
)
def test_scales_by_name_and_value(column: str, values: tuple[str, str], understood: bool) -> None:
    """The first value is negative, the other positive; or nothing is said."""
    found = meanings(dict.fromkeys(values, 9), column)
    wanted = dict(zip(values, ("negative", "positive"), strict=True)) if understood else None
    assert found == wanted


@pytest.mark.parametrize(
    ("names", "row", "text", "label"),
    [
        (",0", "{n},{text}", "0", None),
        ("0,1", "{text},{label}", "0", None),
        ("rating,text,label", "{label},{text},{label}", "text", "label"),
        ("text,label,기쁨,슬픔", "{text},기쁨,0.75,0.25", "text", None),
        ("sentence,label,positive,negative,notices", "{text},x,0.9,0.1,[]", "sentence", None),
    ],
    ids=["index", "numbers", "two labels", "own answers", "own answers with notices"],
)
def test_which_columns_count(
    tmp_path: Path, names: str, row: str, text: str, label: str | None
) -> None:
    """Names that pandas counts are names, a label goes before a rating, answers are no truth."""
    layout = plan_of(tmp_path / "a.csv", lines(names, row=row))
    assert (layout.text, layout.label, layout.rows) == (text, label, len(TEXTS))


def test_a_truth_is_no_sentiment_by_itself(tmp_path: Path) -> None:
    """Whether an order was settled is no label."""
    content = (
        lines("후기,처리", row="{text},{label}")
        .replace(",0\n", ",FALSE\n")
        .replace(",1\n", ",TRUE\n")
    )
    assert plan_of(tmp_path / "a.csv", content).label is None


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps(each, ensure_ascii=False) for each in RECORDS),
        "\n".join(json.dumps(each, ensure_ascii=False, indent=1) for each in RECORDS),
        json.dumps([list(RECORDS[0]), *(list(each.values()) for each in RECORDS)]),
        json.dumps({"train": RECORDS[:4], "test": RECORDS[4:]}),
        json.dumps({"meta": [{"code": n} for n in range(99)], "data": RECORDS}),
        json.dumps({"document": [{"id": "x", "title": "모음", "utterance": RECORDS}]}),
        json.dumps([{"page": 1, "reviews": RECORDS[:3]}, {"page": 2, "reviews": RECORDS[3:]}]),
    ],
    ids=["lines", "objects in turn", "rows", "parts", "beside codes", "inside", "pages"],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_ways_to_keep_records_in_json(tmp_path: Path, content: str, name: str) -> None:
    """The list of objects with the texts is found."""
    layout = plan_of(tmp_path / name, content)
    assert (layout.text, layout.label, layout.rows) == ("review", "label", len(TEXTS))
    assert texts_in(tmp_path / name, layout) == TEXTS


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()


def test_litter_in_a_zip_is_no_table(tmp_path: Path) -> None:
    """In whatever folder it lies."""
    table = lines("id,review", row="{n},{text}")
    packed = archive(
        {"표/a.csv": table, "표/._a.csv": b"\0", "__MACOSX/표/a.csv": b"\0", "~$a.csv": b"x"}
    )
    assert plan_of(tmp_path / "a.zip", packed).rows == len(TEXTS)


HTML = "<table>{}</table>".format(
    "<tr><th rowspan=2>번호</th><th colspan=2>평가</th></tr><tr><th>후기</th><th>별점</th></tr>"
    + "".join(
        f"<tr><td>{n}</td><td>{text}</td><td>{n % 5}</td></tr>" for n, text in enumerate(TEXTS)
    )
)


@pytest.mark.parametrize(
    "content",
    [
        HTML.encode("utf-16"),
        f"<script>x</script>{HTML}".encode(),
        f'<?xml version="1.0"?>\n<!DOCTYPE html><html><body>{HTML}</body></html>'.encode(),
    ],
)
def test_html_however_it_begins(tmp_path: Path, content: bytes) -> None:
    """Cells over two rows leave the others in their columns."""
    layout = plan_of(tmp_path / "a.xls", content)
    assert (layout.kind, layout.columns, layout.text) == ("html", ["번호", "후기", "별점"], "후기")
    assert texts_in(tmp_path / "a.xls", layout) == TEXTS


@pytest.mark.parametrize(
    "line",
    [
        "May 1, 2024 at 3:1{n} PM, 회원 {n} : {text}",
        "5/1/24, 3:1{n} PM - Minsu: {text}",
        "01/05/2024, 15:1{n} - Minsu: {text}",
        "[5/1/24, 3:1{n}:22\u202fPM] Minsu: {text}",
        "[15:1{n}] 회원 {n}: {text}",
        "15:1{n} 회원 {text}",
        "[2024-05-01 15:1{n}] minsu#1234\n{text}\n",
        "민수, [2024-05-01 15:1{n}]:\n{text}\n",
    ],
)
def test_further_chats(tmp_path: Path, line: str) -> None:
    """In English, with the name on a line of its own, and with what stands above."""
    heads = [
        "KakaoTalk Chats with 모임",
        "Date Saved : 2024-05-02 09:10",
        "",
        "Wednesday, May 1, 2024",
    ]
    layout = plan_of(tmp_path / "a.txt", lines(*heads, row=line))
    assert (layout.kind, layout.rows) == ("chat", len(TEXTS))
    assert texts_in(tmp_path / "a.txt", layout) == TEXTS


def test_times_in_sentences_make_no_chat(tmp_path: Path) -> None:
    """Some texts begin with one."""
    content = lines(*("3:15에 다시 봤어요", "오후 3:30 시작이라 좋았어요"), row="{text}")
    assert plan_of(tmp_path / "a.txt", content).kind == "txt"


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.json", b"null", "JSON"),
        ("a.json", b"var data = [1];", "JSON"),
        ("a.jsonl", b'["a", 1]\n["b", 0]\n{', "JSON"),
        ("a.xml", b"<?xml version='1.0'?><rows><row/></rows>", "XML"),
        ("a.csv", b"<svg xmlns='x'></svg>", "XML"),
        ("a.xls", b"MIME-Version: 1.0\nContent-Type: text/html\n", "MHTML"),
        ("a.pkl", b"\x80\x05\x95" + bytes(9), "pickle"),
        ("a.feather", b"ARROW1\0\0" + bytes(99), "Feather"),
        ("a.csv.bz2", b"BZh91AY&SY" + bytes(99), "bzip2"),
        ("a.zip", archive({}), "ZIP"),
    ],
)
def test_further_files_that_are_refused(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    """By what they are."""
    with pytest.raises(DataError, match=what):
        plan_of(tmp_path / name, content)


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16-be", "utf-16-le", "cp949"])
def test_wide_encodings(tmp_path: Path, encoding: str) -> None:
    """With a mark or without."""
    content = lines("id,review", row="{n},{text}").encode(encoding)
    assert texts_in(tmp_path / "a.csv", plan_of(tmp_path / "a.csv", content)) == TEXTS


def test_structs_of_parquet_have_dotted_names(tmp_path: Path) -> None:
    """As objects of JSON do."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    made = pyarrow.table({"a": [{"review": text, "star": n} for n, text in enumerate(TEXTS)]})
    parquet.write_table(made, tmp_path / "a.parquet")
    layout = surveyed(tmp_path / "a.parquet", examine(tmp_path / "a.parquet"))
    assert (layout.columns, layout.text) == (["a.review", "a.star"], "a.review")
    assert texts_in(tmp_path / "a.parquet", layout) == TEXTS


@pytest.mark.parametrize("labels", ["positive positive negative", "positive negative negative"])
def test_an_answer_in_the_first_row_is_no_name(tmp_path: Path, labels: str) -> None:
    """However short the texts beside it are, and though columns are called that as well."""
    path = tmp_path / "in.csv"
    given = zip(("재미있어요", "지루하다", "별로"), labels.split(), strict=True)
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in given))
    layout = examine(path)
    assert (layout.units, layout.columns) == (0, ["text", "label"])
    assert len(list(rows(path, layout))) == 3
