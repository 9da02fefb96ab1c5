"""The plan: which columns, where the table begins, and when to ask instead of guessing."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from sentiment.errors import DataError
from sentiment.tables.layout import Layout, Said
from sentiment.tables.lists import text_of
from sentiment.tables.plan import examine
from sentiment.tables.reading import rows
from sentiment.tables.survey import surveyed

GOOD = ["화면이 넓고 밝아서 좋아요", "직원이 친절하게 안내했어요", "향이 은은하고 오래가네요"]
BAD = ["세 번이나 고장 나서 화나요", "설명서가 없어 조립을 못 했어요", "사진과 색이 전혀 달라요"]
TEXTS = [text for pair in zip(GOOD, BAD, strict=True) for text in pair]

Table = Sequence[Sequence[object]]


def planned(path: Path, table: Table, mark: str = ",", said: Said = Said()) -> Layout:
    """The plan of a table, all of its rows seen."""
    path.write_text("".join(mark.join(map(str, row)) + "\n" for row in table), "utf-8")
    return surveyed(path, examine(path, said=said))


def columns(*names: str, **values: Sequence[object]) -> list[list[object]]:
    """A table with such names above such columns."""
    return [list(names), *map(list, zip(*values.values(), strict=True))]


@pytest.mark.parametrize(
    ("name", "other", "values"),
    [
        (
            "구매평내용",
            "상품 이름",
            [f"아주 긴 이름의 상품 {n}번 특가 무료배송 선물" for n in range(6)],
        ),
        ("commentText", "commentTitle", [f"제목으로 쓴 짧은 문장 {n}" for n in range(6)]),
        ("body_text", "body_html", [f"<p>{text}</p>" for text in TEXTS]),
        ("사용자 의견", "사장님 답변", [f"소중한 의견 {n}번 감사합니다" for n in range(6)]),
        ("review", "review_id", [f"R{n}-0045X" for n in range(6)]),
        ("댓글", "본문", ["여기 어제 다녀왔는데 정말 넓고 좋더라고요 여러분은요?"] * 6),
        ("하고 싶은 말", "작성 시각", [f"2024. 3. {n}. 오후 3:1{n}" for n in range(6)]),
        ("x", "y", ["서울", "부산"] * 3),
    ],
)
def test_the_column_of_the_texts_is_found(
    tmp_path: Path, name: str, other: str, values: list[str]
) -> None:
    """Whatever stands beside it, before it or behind it."""
    pairs = list(zip(TEXTS, values, strict=True))
    for table in (
        [("n", name, other), *((n, *pair) for n, pair in enumerate(pairs))],
        [(other, name, "n"), *((*pair[::-1], n) for n, pair in enumerate(pairs))],
    ):
        layout = planned(tmp_path / "a.csv", table)
        assert (layout.text, layout.label) == (name, None)
        assert layout.reason["values"]["column"] == name


@pytest.mark.parametrize(
    "table",
    [
        columns("구", "동", "n", a=["강남", "종로"] * 3, b=["역삼", "혜화"] * 3, c=range(6)),
        columns("좋은 점", "나쁜 점", a=TEXTS, b=TEXTS[::-1]),
        columns("질문 내용", "답변 내용", a=TEXTS, b=TEXTS[::-1]),
        columns("이름", "나이", a=["김하나", "이두리", "박세찬", "최나래"], b=[20, 30, 40, 50]),
        columns("a", "b", a=[1, 2, 3], b=["2024-01-01"] * 3),
    ],
    ids=["few values", "two sides", "two names", "names of people", "numbers"],
)
def test_what_is_weak_or_close_is_asked(tmp_path: Path, table: Table) -> None:
    """No column is taken, and whoever names one is believed."""
    layout = planned(tmp_path / "a.csv", table)
    assert (layout.text, layout.sure) == ("", False)
    name = str(table[0][0])
    assert planned(tmp_path / "a.csv", table, said=Said(text_column=name)).text == name
    with pytest.raises(DataError, match="There is no column"):
        planned(tmp_path / "a.csv", table, said=Said(text_column="없는 열"))


def test_titles_units_and_blank_lines_stand_above_a_table(tmp_path: Path) -> None:
    """With the commas that a spreadsheet puts into them, or without."""
    body = [("번호", "고객 소리", "점수"), ("", "(자유 기술)", "(점)")]
    body += [(str(n), text, str(n % 2)) for n, text in enumerate(TEXTS)]
    for titles in ([("고객 현황", "", ""), ("", "", "")], [("고객 현황",), ("작성: 운영팀",)]):
        layout = planned(tmp_path / "a.csv", [*titles, *body])
        assert (layout.text, layout.skip, layout.units) == ("고객 소리", 2, 1)
        assert layout.rows == 6
        assert [row.values[1] for row in rows(tmp_path / "a.csv", layout)] == TEXTS


def test_a_table_without_names_is_told_by_its_first_row(tmp_path: Path) -> None:
    """Places are names then."""
    table = [(f"u{n}", text, n % 2) for n, text in enumerate(TEXTS)]
    layout = planned(tmp_path / "a.csv", table)
    assert (layout.header, layout.text, layout.label, layout.rows) == (False, "2", "3", 6)
    named = planned(tmp_path / "a.csv", table, said=Said(header=True))
    assert (named.columns, named.rows) == (["u0", TEXTS[0], "0"], 5)


def test_the_owner_says_how_a_file_is_read(tmp_path: Path) -> None:
    """The delimiter, the rows above, the header, the encoding."""
    path = tmp_path / "a.txt"
    path.write_bytes("머리말\n하나^문장\n1^좋아요, 정말로\n2^별로^예요\n".encode("cp949"))
    said = Said(delimiter="^", skip_rows=1, encoding="cp949", header=True)
    layout = surveyed(path, examine(path, said=said))
    assert (layout.columns, layout.text, layout.encoding) == (["하나", "문장"], "문장", "cp949")
    assert [doubt["code"] for doubt in layout.doubts] == ["ragged"]
    with pytest.raises(DataError, match="There is no encoding"):
        examine(path, said=Said(encoding="utf-9"))


def test_row_names_of_r_make_a_column(tmp_path: Path) -> None:
    """Its table has one name fewer than fields, whatever stands between them."""
    for mark in (" ", "\t", ","):
        lines = [mark.join(['"text"', '"label"'])]
        lines += [mark.join([f'"{n}"', f'"{text}"', str(n % 2)]) for n, text in enumerate(TEXTS)]
        path = tmp_path / "r.txt"
        path.write_text("\n".join(lines), "utf-8")
        layout = surveyed(path, examine(path))
        assert (layout.columns, layout.text, layout.rows) == (["1", "text", "label"], "text", 6)
        assert layout.meanings == {"0": "negative", "1": "positive"}


def test_a_result_of_ours_is_no_truth(tmp_path: Path) -> None:
    """Its answers are neither text nor label; a label that was there before is."""
    names = ("text", "label", "label_2", "positive", "negative", "problem")
    body = [(text, n % 2, "positive", 0.9, 0.1, "") for n, text in enumerate(TEXTS)]
    assert planned(tmp_path / "a.csv", [names, *body]).label == "label"
    names = ("text", "label", "기쁨", "슬픔", "분노", "problem")
    others = [(text, "기쁨", 0.7, 0.2, 0.1, "") for text in TEXTS]
    layout = planned(tmp_path / "a.csv", [names, *others])
    assert (layout.text, layout.label) == ("text", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("정말 좋아요".encode().decode("latin-1"), "unreadable"),
        ("??? ????? ??", "unreadable"),
        ("\\uc815\\ub9d0 \\uc88b\\uc544", "unreadable"),
        ("%EC%A0%95%EB%A7%90 %EC%A2%8B", "unreadable"),
        ("We liked it a lot", "few_korean"),
    ],
)
def test_texts_that_are_none_are_doubted(tmp_path: Path, text: str, code: str) -> None:
    """Lost in an encoding before, or of another language."""
    table = [("id", "review"), *((n, f"{text} {n}") for n in range(6))]
    assert code in {doubt["code"] for doubt in planned(tmp_path / "a.csv", table).doubts}
    good = planned(tmp_path / "a.csv", [("id", "review"), *enumerate(TEXTS)])
    assert good.doubts == []


def test_missing_texts_are_counted(tmp_path: Path) -> None:
    """Programs write nothing in many ways."""
    texts = [*TEXTS, "nan", "None", "NULL", "N/A", " "]
    layout = planned(tmp_path / "a.csv", [("id", "review"), *enumerate(texts)])
    [doubt] = layout.doubts
    assert (doubt["code"], doubt["values"]["count"]) == ("missing", "5")


def written(path: Path, sheets: dict[str, Table]) -> Path:
    """A workbook with such sheets."""
    with xlsxwriter.Workbook(path) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(table):
                sheet.write_row(number, 0, row)
    return path


def test_like_sheets_are_read_together_and_others_named(tmp_path: Path) -> None:
    """Each without its names; --sheet takes one alone."""
    part = [("번호", "후기"), *enumerate(TEXTS[:3])]
    other = [("지점", "매출"), ("본점", 10), ("역점", 20)]
    path = written(tmp_path / "a.xlsx", {"요약": other, "1분기": part, "2분기": part})
    layout = surveyed(path, examine(path))
    assert (layout.sheets, layout.rows) == (["1분기", "2분기"], 6)
    assert [doubt["code"] for doubt in layout.doubts] == ["other_sheets"]
    assert "요약" in layout.doubts[0]["values"]["others"]
    alone = surveyed(path, examine(path, said=Said(sheet="2분기")))
    assert (alone.sheets, alone.rows, alone.doubts) == (["2분기"], 3, [])
    with pytest.raises(DataError, match="1분기"):
        examine(path, said=Said(sheet="3분기"))


def test_numbers_of_a_workbook_keep_their_digits(tmp_path: Path) -> None:
    """The text of the cell counts: a float has 15 of them."""
    path = written(tmp_path / "a.xlsx", {"주문": [("order", "후기"), (1, "좋아요 정말")]})
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    before, _, after = parts["xl/worksheets/sheet1.xml"].partition(b'<row r="2"')
    after = after.replace(b"<v>1</v>", b"<v>12345678901234567</v>", 1)
    parts["xl/worksheets/sheet1.xml"] = before + b'<row r="2"' + after
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert "12345678901234567" in {
        value for row in rows(path, examine(path)) for value in row.values
    }


@pytest.mark.parametrize(
    "document",
    [
        [{"id": n, "user": {"text": text}} for n, text in enumerate(TEXTS)],
        {"ok": True, "data": {"page": 1, "list": [{"user": {"text": text}} for text in TEXTS]}},
        {"user.text": TEXTS, "id": list(range(6))},
        {
            "user.text": {str(n): text for n, text in enumerate(TEXTS)},
            "n": dict.fromkeys("012345", 1),
        },
        {"columns": ["id", "user.text"], "data": [[n, text] for n, text in enumerate(TEXTS)]},
        {f"k{n}": {"user": {"text": text}} for n, text in enumerate(TEXTS)},
    ],
    ids=["array", "inside", "columns", "columns by row", "split", "by key"],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_json_documents_are_tables(
    tmp_path: Path, document: object, indent: int | None, encoding: str
) -> None:
    """However deep, in whatever order, on one line or many."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=indent), encoding)
    layout = surveyed(path, examine(path))
    assert (layout.kind, layout.text, layout.rows) == ("json", "user.text", 6)
    place = layout.columns.index("user.text")
    assert [row.values[place] for row in rows(path, layout)] == TEXTS


CHATS = {
    "KakaoTalk, PC": "[회원 {n}] [오후 3:1{n}] {text}",
    "KakaoTalk, phone": "2024년 5월 1일 오후 3:1{n}, 회원 {n} : {text}",
    "WhatsApp": "[2024. 5. 1. 오후 3:1{n}:00] 회원 {n}: {text}",
    "LINE": "15:1{n}\t회원 {n}\t{text}",
}


@pytest.mark.parametrize("line", CHATS.values(), ids=CHATS)
def test_chats_are_read_without_names_and_notices(tmp_path: Path, line: str) -> None:
    """A message may go over several lines; dates and comings are none."""
    head = "모임 님과 카카오톡 대화\n저장한 날짜 : 2024-05-02 09:10:11\n\n2024년 5월 1일 수요일\n"
    body = "".join(line.format(n=n, text=text) + "\n" for n, text in enumerate(TEXTS))
    path = tmp_path / "chat.txt"
    path.write_text(f"{head}{body}둘째 줄입니다\n회원 9님이 들어왔습니다.\n", "utf-8")
    layout = surveyed(path, examine(path))
    assert (layout.kind, layout.text, layout.rows) == ("chat", "text", 6)
    assert [row.values[2] for row in rows(path, layout)][-1] == f"{TEXTS[-1]}\n둘째 줄입니다"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
        (b"HWP Document File V3.00", "HWP"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "LFS"),
        (b"<html><body><p>x</p></body></html>", "HTML without a table"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "has a password",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "DOC"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, start: bytes, what: str) -> None:
    """Whatever they are called, with what to do."""
    for name in ("a.csv", "a.xlsx"):
        path = tmp_path / name
        path.write_bytes(start)
        with pytest.raises(DataError, match=what):
            examine(path)


def test_a_zip_with_one_table_is_that_table(tmp_path: Path) -> None:
    """Of a document it is refused by name, of several tables by their names."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._a.csv", b"\0")
        archive.writestr("읽어보기.md", "표가 아님")
        archive.writestr("a.csv", "text,label\n" + "".join(f"{text},1\n" for text in TEXTS))
    layout = surveyed(path, examine(path))
    assert (layout.kind, layout.text, layout.rows) == ("csv", "text", 6)
    assert next(rows(path, layout)).values == [TEXTS[0], "1"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b.csv", "x")
    with pytest.raises(DataError, match=r"2 tables \(a\.csv, b\.csv\)"):
        examine(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(DataError, match="DOCX"):
        examine(path)


def test_a_header_above_points_and_above_lines(tmp_path: Path) -> None:
    """Points are numbers, too; a name alone above lines of text is no text."""
    rows_ = [(text, "5점" if text in GOOD else "1점") for text in TEXTS]
    layout = planned(tmp_path / "a.csv", [("review_body", "star_rating"), *rows_])
    assert (layout.text, layout.label, layout.rows) == ("review_body", "star_rating", 6)
    assert layout.meanings == {"5점": "positive", "1점": "negative"}
    path = tmp_path / "a.txt"
    path.write_text("\n".join(["리뷰", *TEXTS]), "utf-8")
    layout = surveyed(path, examine(path))
    assert (layout.text, layout.rows) == ("리뷰", 6)


def test_a_list_in_a_cell_is_its_texts() -> None:
    """What looks like one and is none stays as it is; nothing of it is run."""
    assert text_of("['좋아요', '또 올게요']") == "좋아요 또 올게요"
    assert text_of('["최고"]') == "최고"
    for other in ("[광고] 좋아요", "['좋아요'", "['a', 1]", "['a' + 'b']", "[]", "'a'"):
        assert text_of(other) == other
