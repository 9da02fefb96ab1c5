"""Files as people have them: any encoding, any delimiter, damaged here and there."""

import datetime
import gzip
import json
import lzma
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import xlsxwriter

from sentiment.errors import DataError
from sentiment.tables import encodings, plan, xlsx
from sentiment.tables.cells import Cells, Shared
from sentiment.tables.delimited import MOST_LINES
from sentiment.tables.headers import unique
from sentiment.tables.layout import PROBLEMS, Layout, Row
from sentiment.tables.plan import examine
from sentiment.tables.reading import rows

TABLE = [["id", "document", "label"], ["1", "정말 좋아요", "1"], ["2", "별로, 진짜 별로", "0"]]


def as_csv(table: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """A table with quotes where there is a comma."""
    return "".join(
        delimiter.join(f'"{value}"' if delimiter in value else value for value in row) + "\r\n"
        for row in table
    )


def read(path: Path, name: str = "") -> tuple[Layout, list[Row]]:
    """What there is to know of a file, and all its rows."""
    layout = examine(path, name)
    return layout, list(rows(path, layout))


def values(path: Path) -> list[list[str]]:
    """The values of all rows."""
    return [row.values for row in read(path)[1]]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp949", "cp949"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str, found: str) -> None:
    """The Korean of a CSV is intact whichever program wrote it."""
    path = tmp_path / "reviews.csv"
    path.write_bytes(as_csv(TABLE).encode(encoding))
    layout, read_rows = read(path)
    assert (layout.kind, layout.encoding, layout.header) == ("csv", found, True)
    assert layout.columns == TABLE[0]
    assert [row.values for row in read_rows] == TABLE[1:]


def test_cp949_is_found_where_korean_comes_late(tmp_path: Path) -> None:
    """Not only the beginning of a file is looked at."""
    path = tmp_path / "late.csv"
    head = "id,document\r\n" + "1,good\r\n" * 200_000
    path.write_bytes(head.encode() + "2,똠방각하\r\n".encode("cp949"))  # 똠: not in EUC-KR
    layout = examine(path)
    assert layout.encoding == "cp949"
    assert next(rows(path, layout, start=200_000)) == Row(200_001, ["2", "똠방각하"])


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_damaged_character_costs_its_own_row_alone(tmp_path: Path, encoding: str) -> None:
    """The encoding that fits best is taken, and the row says what is wrong with it."""
    lines = [f"{number},정말 좋은 영화였어요,1".encode(encoding) for number in range(50)]
    lines[7] = lines[7][:5] + b"\xff" + lines[7][5:]
    path = tmp_path / "damaged.csv"
    path.write_bytes(b"id,document,label\n" + b"\n".join(lines))
    layout, found = read(path)
    assert layout.encoding == encoding
    assert [row.number for row in found if row.problem] == [8]
    assert found[7].problem == "undecodable"
    assert "\ufffd" in found[7].values[1]
    assert found[8].values == ["8", "정말 좋은 영화였어요", "1"]


def test_a_zero_byte_makes_no_utf_16(tmp_path: Path) -> None:
    """Some programs leave one behind; the row keeps it, and is judged or not."""
    path = tmp_path / "zero.txt"
    path.write_bytes("좋아요\n".encode() * 100 + "별\0로\n".encode())
    layout, found = read(path)
    assert layout.encoding == "utf-8"
    assert found[-1].values == ["별\0로"]


def test_the_mark_of_a_lost_character_is_no_damage(tmp_path: Path) -> None:
    """U+FFFD that is really in the file was somebody else's loss."""
    path = tmp_path / "lost.txt"
    path.write_text("좋\ufffd요\n", "utf-8")
    assert read(path)[1] == [Row(1, ["좋\ufffd요"])]


@pytest.mark.parametrize(
    ("name", "text", "kind", "columns"),
    [
        ("a.csv", as_csv(TABLE), "csv", TABLE[0]),
        ("a.csv", as_csv(TABLE, ";"), "csv", TABLE[0]),
        ("a.csv", as_csv(TABLE, "\t"), "tsv", TABLE[0]),
        ("ratings_test.txt", as_csv(TABLE, "\t"), "tsv", TABLE[0]),
        ("stdin", as_csv(TABLE), "csv", TABLE[0]),
        ("a.txt", "좋아요, 정말\n별로, 진짜\n", "txt", ["text"]),
        ("stdin", "좋아요, 정말\n별로, 진짜\n", "txt", ["text"]),
        ("a.csv", "document\n정말, 좋아요\n별로\n그, 저, 음\n", "csv", ["document"]),
        ("a.csv", "1,정말 좋아요\n2,별로\n3,음\n", "csv", ["1", "2"]),
        ("a.csv", "문장,순서\n정말 좋아요,1\n별로,2\n", "csv", ["문장", "순서"]),
        ("a.csv", "글쓴이,길이\n정말 좋아요,1\n별로,2\n", "csv", ["글쓴이", "길이"]),
        ("a.csv", "text,text,\na,b,c\n", "csv", ["text", "text_2", "3"]),
        ("a.txt", '{"review": "좋아요"}\n', "jsonl", ["review"]),
        ("a.csv", "document\r정말\r별로\r", "csv", ["document"]),
    ],
)
def test_the_content_says_what_a_file_is(
    tmp_path: Path, name: str, text: str, kind: str, columns: list[str]
) -> None:
    """The delimiter and the header are told by the rows, and the name only where they are mute."""
    path = tmp_path / "upload"
    path.write_text(text, "utf-8", newline="")
    layout = examine(path, name)
    assert (layout.kind, layout.columns) == (kind, columns)
    header = columns[0] in text and kind != "jsonl"
    assert layout.header is (header and columns != ["1", "2"])


def test_a_layout_survives_json(tmp_path: Path) -> None:
    """A job that goes on after a restart reads its file as before."""
    path = tmp_path / "reviews.csv"
    path.write_text(as_csv(TABLE), "utf-8")
    layout = examine(path)
    assert Layout.restored(json.loads(json.dumps(asdict(layout)))) == layout
    assert layout.preview == TABLE[1:]
    assert (layout.text, layout.label) == ("document", "label")


def test_broken_quoting_costs_its_own_line_alone(tmp_path: Path) -> None:
    """No row behind a quote that is never closed is swallowed, and each row keeps its number."""
    path = tmp_path / "broken.csv"
    path.write_text(
        "id,document,label\n"
        '1,"잘 닫은, 문장",1\n'
        '2,"안 닫은 문장,0\n'
        "3,그냥 문장,1\n"
        '4,"두 줄에\n걸친 문장",0\n'
        '5,"닫고"더 쓴 문장,1\n'
        '6,"따옴표 ""안"" 문장",1\n'
        "\n"
        "7,쉼표, 많은, 문장,1\n"
        "8\n"
        '9,"쉼표, 하나",1\n'
        '10,"끝까지 안 닫은,0\n',
        "utf-8",
    )
    _, found = read(path)
    assert [(row.number, row.problem) for row in found] == [
        (1, None),
        (2, "quoting"),
        (3, None),
        (4, None),
        (5, "quoting"),
        (6, None),
        (7, "fields"),
        (8, "fields"),
        (9, None),
        (10, "quoting"),
    ]
    assert found[3].values[1] == "두 줄에\n걸친 문장"
    assert found[5].values[1] == '따옴표 "안" 문장'
    assert found[6].values == ["7", "쉼표", " 많은, 문장,1"]
    assert {row.problem for row in found if row.problem} <= PROBLEMS.keys()


def test_an_open_quote_is_given_up_in_time(tmp_path: Path) -> None:
    """A quote that closes a thousand lines later was another one."""
    path = tmp_path / "open.csv"
    middle = "".join(f"{number},문장,1\n" for number in range(MOST_LINES + 5))
    path.write_text(f'id,document,label\n0,"연,1\n1,"가, 나",1\n{middle}x","y,1\n', "utf-8")
    layout, found = read(path)
    assert layout.quoted
    assert len(found) == MOST_LINES + 8
    assert [row.number for row in found if row.problem] == [1, len(found)]


def test_quotes_of_reviews_are_no_quoting(tmp_path: Path) -> None:
    """In a TSV as NSMC's, a review may begin with a quotation and never end it."""
    path = tmp_path / "ratings.tsv"
    path.write_text('id\tdocument\tlabel\n1\t"최고" 라니\t0\n2\t"열기만\t0\n3\t좋아\t1\n', "utf-8")
    layout, found = read(path)
    assert not layout.quoted
    assert [row.values[1] for row in found] == ['"최고" 라니', '"열기만', "좋아"]
    assert not any(row.problem for row in found)


def test_one_broken_quote_does_not_unquote_the_others(tmp_path: Path) -> None:
    """Of a CSV in which no field needs its quotes."""
    path = tmp_path / "small.csv"
    path.write_text('text,label\n"좋아요",1\n"별로"예요,0\n그냥 그래요,0\n"최고",1\n', "utf-8")
    _, found = read(path)
    assert [row.values[0] for row in found] == ["좋아요", '"별로"예요', "그냥 그래요", "최고"]
    assert [row.problem for row in found] == [None, "quoting", None, None]


def test_a_tsv_with_quotes_everywhere_is_quoted(tmp_path: Path) -> None:
    """As R writes it."""
    path = tmp_path / "r.tsv"
    path.write_text('"id"\t"document"\n"1"\t"좋아요"\n"2"\t"별로"\n', "utf-8")
    assert values(path) == [["1", "좋아요"], ["2", "별로"]]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_read(tmp_path: Path, pack: "type[bytes]") -> None:
    """Whatever their name."""
    path = tmp_path / "upload"
    path.write_bytes(pack(as_csv(TABLE).encode("cp949")))
    layout = examine(path, "reviews.csv.gz")
    assert [row.values for row in rows(path, layout)] == TABLE[1:]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_half_a_packed_file_is_refused(tmp_path: Path, pack: "type[bytes]") -> None:
    """The end of it may be the half that matters."""
    path = tmp_path / "half.tsv.gz"
    whole = bytes(pack("".join(f"{n}\t문장 {n * n}\n" for n in range(5000)).encode()))
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="can't be read to its end"):
        examine(path)


def test_the_reviews_of_naver_are_read_whole(shared: Path) -> None:
    """Without a single bad row, and with the ratings as labels."""
    path = shared / "data" / "naver-movie-reviews" / "dev.tsv.xz"
    layout, found = read(path)
    assert (layout.text, layout.label) == ("document", "rating")
    assert len(found) == 22_967
    assert not any(row.problem for row in found)


def make_workbook(path: Path, *, date_1904: bool = False) -> None:
    """A workbook with one of everything, whose first sheet is hidden."""
    with xlsxwriter.Workbook(path, {"date_1904": date_1904, "strings_to_formulas": False}) as book:
        date = book.add_format({"num_format": 'yyyy"년" m"월"'})
        hidden, sheet = book.add_worksheet("숨김"), book.add_worksheet("리뷰")
        hidden.write(0, 0, "비밀")
        sheet.activate()
        sheet.set_first_sheet()
        hidden.hide()
        sheet.write_row(0, 0, ["날짜", "내용", "별점", "추천", "빈칸"])
        sheet.write_datetime(1, 0, datetime.datetime(2024, 3, 1), date)
        sheet.write_row(1, 1, ["정말 <좋아요> & 최고", 5, True])
        sheet.write_datetime(3, 0, datetime.datetime(2024, 3, 2, 13, 30), date)
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(3, 1, "굵은 ", bold, "글씨", "도")
        sheet.write_number(3, 2, 0.35)
        sheet.write_formula(3, 3, "=1>2", value=False)
        sheet.write_string(3, 4, "=1+1\x01")


@pytest.mark.parametrize("date_1904", [False, True])
def test_a_workbook_is_read_as_excel_shows_it(tmp_path: Path, date_1904: bool) -> None:
    """Dates are dates, whole numbers have no point, runs are joined, gaps are no rows."""
    path = tmp_path / "reviews.xlsx"
    make_workbook(path, date_1904=date_1904)
    layout, found = read(path)
    assert (layout.kind, layout.encoding, layout.text) == ("xlsx", "", "내용")
    assert layout.columns == ["날짜", "내용", "별점", "추천", "빈칸"]
    assert [row.values for row in found] == [
        ["2024-03-01", "정말 <좋아요> & 최고", "5", "TRUE", ""],
        ["2024-03-02 13:30:00", "굵은 글씨도", "0.35", "FALSE", "=1+1\x01"],
    ]


def test_pronunciation_is_no_part_of_a_text(tmp_path: Path) -> None:
    """Excel keeps how a word is spoken beside it."""
    path, changed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, ["text", "東京"])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            spoken = '東京</t><rPh sb="0" eb="2"><t>도쿄</t></rPh>'.encode()
            new.writestr(name, old.read(name).replace("東京</t>".encode(), spoken))
    assert values(changed) == [["東京"]]


def test_a_far_off_cell_takes_no_memory(tmp_path: Path) -> None:
    """A library that makes room for the whole sheet needs terabytes for these 5 KB."""
    path = tmp_path / "sparse.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "label"])
        sheet.write_row(70_000, 0, ["끝", 1])
        sheet.write(500, 16_383, "멀리")
    assert [len(row) for row in xlsx.sheet_rows(path)] == [2, 16_384, 2]


def test_a_workbook_whose_bytes_are_damaged_says_what_to_do(tmp_path: Path) -> None:
    """Wherever in its packed sheets: what unpacks is broken in another way each time."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, [f"문장 {n * n}" for n in range(2000)])
    whole = path.read_bytes()
    for place in range(2000, len(whole) - 4000, 997):
        path.write_bytes(whole[:place] + b"\xff\x00\xff" + whole[place + 3 :])
        with pytest.raises(DataError, match="workbook can't be read"):
            list(xlsx.sheet_rows(path))


def test_a_workbook_with_a_password_inside_says_what_to_do(tmp_path: Path) -> None:
    """A zip archive can ask for one, too."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "비밀")
    whole = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := whole.find(mark, place + 1)) >= 0:
            whole[place + flags] |= 1
    path.write_bytes(whole)
    with pytest.raises(DataError, match="workbook can't be read"):
        list(xlsx.sheet_rows(path))


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    """So is a folder: neither is damaged."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DataError, match="There is no file"):
            examine(path)


def sheet(path: Path, rows: str) -> None:
    """A workbook whose sheet says just that."""
    made = path.with_name("made.xlsx")
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write(0, 0, "text")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        new.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{rows}</worksheet>")


@pytest.mark.parametrize(
    "row",
    [
        '<c r="A1" t="str"><v>' + "x" * 90_000 + "</v></c>",
        f'<c r="{"A" * 9_000}1"><v>1</v></c>',
    ],
    ids=["endless row", "endless column"],
)
def test_a_workbook_that_was_made_to_harm_is_refused(tmp_path: Path, row: str) -> None:
    """A small one can hold rows larger than memory, and names that take hours to read."""
    path = tmp_path / "a.xlsx"
    sheet(path, f"<row>{row * 12}</row>")
    with pytest.raises(DataError, match="save it again"):
        list(xlsx.sheet_rows(path))


def test_cells_without_text_take_no_place(tmp_path: Path) -> None:
    """A formatted cell far off makes no row wide; cells without a name follow one another."""
    path = tmp_path / "a.xlsx"
    named = '<row><c r="A1" t="str"><v>text</v></c><c r="XFD1" s="1"/></row>'
    sheet(path, named + '<row><c/><c t="str"><v>b</v></c></row>')
    cells = Cells(Shared(iter(())), set(), datetime.datetime(1899, 12, 30))
    with zipfile.ZipFile(path) as archive:
        found = list(xlsx.parsed(archive, "xl/worksheets/sheet1.xml", cells))
    assert found == [["text"], ["", "b"]]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"])
def test_a_damaged_workbook_says_what_to_do(tmp_path: Path, part: str) -> None:
    """Cut off in the middle of its XML."""
    path, changed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    make_workbook(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[: 300 if name == part else None])
    with pytest.raises(DataError, match="save it again as XLSX"):
        read(changed)


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    """A billion laughs in the shared texts: expat itself stops them."""
    laughs = '<!DOCTYPE sst [<!ENTITY a0 "하하하하하하하하하하">'
    laughs += "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
    path, changed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    make_workbook(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            if name != "xl/sharedStrings.xml":
                new.writestr(name, old.read(name))
        new.writestr("xl/sharedStrings.xml", f"{laughs}<sst><si><t>&a9;</t></si></sst>")
    with pytest.raises(DataError):
        read(changed)


def test_json_lines_keep_nested_values(tmp_path: Path) -> None:
    """Names that come late are columns too; what is no object is a bad row."""
    path = tmp_path / "reviews.jsonl"
    records = [
        {"id": 1, "review": "좋아요", "user": {"name": "김", "tags": ["a"]}},
        {"review": None, "id": 2.5, "spoiler": True},
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    late = '{"review": "\\ud83d 반쪽", "late": "늦게"}'
    path.write_text("\n".join([lines[0], "", '{"review": "끊', lines[1], "[1]", late]), "utf-8")
    layout, found = read(path)
    assert layout.columns == ["id", "review", "user.name", "user.tags", "spoiler", "late"]
    assert [row.problem for row in found] == [None, "json", None, "json", "undecodable"]
    assert found[0].values == ["1", "좋아요", "김", "a", "", ""]
    assert found[1].values[0] == '{"review": "끊'
    assert found[2].values == ["2.5", "", "", "", "true", ""]
    assert found[4].values[1:] == ["\ufffd 반쪽", "", "", "", "늦게"]


def test_plain_text_is_a_row_a_line(tmp_path: Path) -> None:
    """Blank lines count, so that a row's number is the line's."""
    path = tmp_path / "a.txt"
    path.write_text("정말, 좋아요\n\n별로", "utf-8")
    layout, found = read(path)
    assert layout.columns == ["text"]
    assert [(row.number, *row.values) for row in found] == [
        (1, "정말, 좋아요"),
        (2, ""),
        (3, "별로"),
    ]


def test_parquet_is_read_where_pyarrow_is(tmp_path: Path) -> None:
    """Numbers, dates, lists and missing values as text."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "reviews.parquet"
    table = {
        "document": ["좋아요", None],
        "rating": [10, 2],
        "day": [datetime.date(2024, 3, 1), None],
        "tags": [["a", "b"], []],
    }
    parquet.write_table(pyarrow.table(table), path)
    layout, found = read(path)
    assert (layout.kind, layout.text, layout.label) == ("parquet", "document", "rating")
    assert [row.values for row in found] == [
        ["좋아요", "10", "2024-03-01", '["a", "b"]'],
        ["", "2", "", "[]"],
    ]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="can't be read as Parquet"):
        examine(path)


def test_parquet_without_pyarrow_names_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is optional, and large."""
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + bytes(20))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match="pip install pyarrow"):
        examine(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b" \r\n\n", "empty"),
        ("a.csv", b"id,document,label\n", "no row of data"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook can't be read"),
        ("a.zip", b"PK\x03\x04" + bytes(100), "ZIP can't be read"),
        ("a.csv", bytes(range(256)) * 20, "neither text nor a table"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes([0x81, 0xFF, 0x80] * 500), "JPEG"),
        ("a.json", b'[{"review": "x"}, {', "one object a line"),
        ("a.csv", b"a," * 600 + b"\n" + b"b," * 600, "600 columns|601 columns"),
        ("a.csv", b"x" * encodings.LONGEST + b"\n", "characters"),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """With the reason, and what to do."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        examine(path)


def test_rows_can_be_taken_up_anywhere(tmp_path: Path) -> None:
    """Their numbers go on from there."""
    path = tmp_path / "a.csv"
    path.write_text("id,document\n" + "".join(f"{n},문장\n" for n in range(1, 11)), "utf-8")
    layout = examine(path)
    everything = list(rows(path, layout))
    assert [row.number for row in everything] == list(range(1, 11))
    assert list(rows(path, layout, start=7)) == everything[7:]
    assert list(rows(path, layout, start=10)) == []


def test_a_header_without_end_is_told(tmp_path: Path) -> None:
    """Both of very many names and of very long ones; neither takes more than a moment."""
    path = tmp_path / "a.csv"
    path.write_text("text" + ",a" * 200_000 + "\n좋아요" + ",1" * 200_000 + "\n", "utf-8")
    with pytest.raises(DataError, match="200,001 columns"):
        examine(path)
    path.write_text(f"text,{'가' * 30_000}\n좋아요,1\n", "utf-8")
    with pytest.raises(DataError, match="names of the columns"):
        examine(path)


def test_guesses_are_made_from_a_bounded_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few packed megabytes may hold a thousand lines of a million characters each."""
    monkeypatch.setattr(plan, "SAMPLE_TEXT", 5_000)
    lines = [f"{'가' * 2_000}\n"] * 10
    assert len(list(plan.limited(lines, len))) == 3
    path = tmp_path / "a.txt"
    path.write_text("".join(lines), "utf-8")
    assert max(map(len, (value for row in examine(path).preview for value in row))) == 1_000


def test_names_are_made_unique() -> None:
    """Whatever they are called already."""
    assert unique(["a", "a", "a_2", "a", " ", "2"]) == ["a", "a_2", "a_2_2", "a_3", "5", "2"]


def test_a_parquet_text_that_is_not_utf_8_says_what_to_do(tmp_path: Path) -> None:
    """Its library hands such bytes on."""
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    table = pyarrow.table({"text": ["좋아요"]})
    parquet.write_table(table, path, compression="none", write_statistics=False)
    path.write_bytes(path.read_bytes().replace("좋아요".encode(), b"\xff" * 9))
    with pytest.raises(DataError, match="can't be read as Parquet"):
        examine(path)
