"""What is written opens in Excel with Korean intact, calculates nothing, and is read back."""

import csv
import datetime
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from sentiment.labels import PAIR
from sentiment.tables import apart, writing
from sentiment.tables.answers import result_columns
from sentiment.tables.plan import examine
from sentiment.tables.reading import rows
from sentiment.tables.writing import FORMATS, writer

COLUMNS = result_columns(["id", "document"], PAIR)
ROWS: list[list[object]] = [
    ["1", '좋아요,\n정말 "최고"', "positive", 0.9402000308036804, 0.25, None, None, "m 1f"],
    ["2", "", None, None, None, "empty", None, None],
    ["3", "탭\t과 😀", "negative", 0.25, 0.75, None, "too_little truncated", "m 1f"],
]


def write(path: Path, kind: str, rows_: list[list[object]] = ROWS) -> Path:
    """A file of that kind with `COLUMNS`."""
    with writer(path, kind, COLUMNS, 2) as put:
        for row in rows_:
            put(row)
    return path


@pytest.mark.parametrize("kind", FORMATS)
def test_what_was_written_is_read_back(tmp_path: Path, kind: str) -> None:
    """Every kind, with its line breaks, quotes, tabs and emoji, and at full precision."""
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    path = write(tmp_path / f"result.{kind}", kind)
    layout = examine(path)
    assert (layout.kind, layout.columns) == (kind, COLUMNS)
    expected = [["" if value is None else str(value) for value in row] for row in ROWS]
    if kind == "xlsx":
        expected[0][3] = "0.9402000308036804"
    assert [row.values for row in rows(path, layout)] == expected


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_excel_is_told_that_it_is_utf_8(tmp_path: Path, kind: str) -> None:
    """Without a byte order mark Excel takes Korean for something else."""
    assert write(tmp_path / "result", kind).read_bytes().startswith(b"\xef\xbb\xbf")


def test_json_lines_keep_numbers_and_nulls(tmp_path: Path) -> None:
    """For programs: no byte order mark, one object a line."""
    lines = write(tmp_path / "result", "jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0])["positive"] == 0.9402000308036804
    assert json.loads(lines[1])["label"] is None


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "-_- 최악"]
FORMULAS += ["\n=1+1", " =1+1", "\u3000@A1", "＝1+1", "＋1", " －1+1", "＠A1"]


def test_no_text_becomes_a_formula_in_a_workbook(tmp_path: Path) -> None:
    """Nor a link: all cells are texts, to the letter."""
    path = write(tmp_path / "a.xlsx", "xlsx", [[text, "x", "", 0.5, ""] for text in FORMULAS])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    layout = examine(path)
    assert [row.values[0] for row in rows(path, layout)] == FORMULAS


def test_numbers_are_numbers_in_a_workbook(tmp_path: Path) -> None:
    """Excel sorts and adds them up; what it would show otherwise stays a text."""
    numbers = ["0", "10", "-3", "2.5", "123456789012345"]
    texts = ["007", "1.50", "1e5", "+82", "1,000", "1234567890123456", "²", "-0.12345678901"]
    path = write(tmp_path / "a.xlsx", "xlsx", [[text, "", "", 0.5, ""] for text in numbers + texts])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    cells = re.findall(r'<c r="A(\d+)"( t="inlineStr")?>', sheet)
    assert [int(row) - 2 for row, text in cells if not text] == list(range(len(numbers)))
    layout = examine(path)
    assert [row.values[0] for row in rows(path, layout)] == numbers + texts


def test_no_text_becomes_a_formula_in_a_csv(tmp_path: Path) -> None:
    """An apostrophe stands before it; plain negative numbers stay as they are."""
    texts = [*FORMULAS, "-1.5", "+82", "좋아요"]
    path = write(tmp_path / "a.csv", "csv", [[text, "x", "", -0.5, ""] for text in texts])
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, *found = csv.reader(file)
    assert [row[0] for row in found] == [f"'{text}" for text in FORMULAS] + texts[-3:]
    assert {row[3] for row in found} == {"-0.5"}


def test_a_sheet_that_is_full_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with the header."""
    monkeypatch.setattr(writing, "SHEET", 2)
    path = write(tmp_path / "a.xlsx", "xlsx")
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)]
        assert "xl/worksheets/sheet3.xml" not in archive.namelist()
    assert [sheet.count("<row ") for sheet in sheets] == [3, 2]
    assert all("document" in sheet for sheet in sheets)


def test_a_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    """Excel would refuse the whole workbook."""
    path = write(tmp_path / "a.xlsx", "xlsx", [["가" * 40_000, "x", "", 0.5, ""]])
    assert [len(row.values[0]) for row in rows(path, examine(path))] == [writing.CELL]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_result_without_rows_has_its_header(tmp_path: Path, kind: str) -> None:
    """It is no broken file."""
    if kind == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        assert parquet.read_schema(write(tmp_path / "a", kind, [])).names == COLUMNS
    elif kind != "jsonl":
        assert write(tmp_path / "a", kind, []).stat().st_size > 0


def test_parquet_goes_on_beyond_a_batch(tmp_path: Path) -> None:
    """The probabilities are numbers, though the first rows have none."""
    parquet = pytest.importorskip("pyarrow.parquet")
    many = [*[ROWS[1]] * writing.BATCH, *[ROWS[0]] * (writing.BATCH + 1)]
    table = parquet.read_table(write(tmp_path / "a.parquet", "parquet", many))
    assert table.num_rows == len(many)
    assert str(table.schema.field("positive").type) == "double"
    assert table.column("positive")[-1].as_py() == ROWS[0][3]


def test_names_that_are_taken_get_a_number() -> None:
    """The columns of the file keep theirs."""
    added = ["label", "positive", "negative", "problem", "notice", "model"]
    assert result_columns(["text"], PAIR) == ["text", *added]
    assert result_columns(["label", "label_2", "problem"], PAIR)[3:] == [
        "label_3",
        "positive",
        "negative",
        "problem_2",
        "notice",
        "model",
    ]


def test_cells_keep_their_types_from_workbook_to_workbook(tmp_path: Path) -> None:
    """Texts that look like numbers, long numbers, dates and truths; also when read apart."""
    source, result = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(source) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["review", "text", "number", "long", "day", "both", "time", "truth"])
        sheet.write_string(1, 0, "정말 좋은 곳이에요")
        sheet.write_string(1, 1, "12")
        sheet.write_number(1, 2, 0.1234567891)
        sheet.write_number(1, 3, 1234567890123456)
        sheet.write_datetime(1, 4, datetime.datetime(2024, 3, 1), day)
        sheet.write_datetime(1, 5, datetime.datetime(2024, 3, 1, 9, 30), day)
        sheet.write_datetime(1, 6, datetime.time(9, 30), day)
        sheet.write_boolean(1, 7, True)
    layout = apart.examine(source)
    with writer(result, "xlsx", layout.columns, 0) as put:
        for row in apart.rows(source, layout):
            put(row.values)
    found = [
        list(CalamineWorkbook.from_path(p).get_sheet_by_index(0).iter_rows())
        for p in (source, result)
    ]
    assert found[0] == found[1]
    assert list(map(type, found[1][1])) == list(map(type, found[0][1]))


def test_columns_of_parquet_keep_their_types(tmp_path: Path) -> None:
    """Missing values, too; what is no number, date or truth is text as before.

    Prices keep their digits, and times their zone and what Python has no room for.
    """
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    source, result = tmp_path / "a.parquet", tmp_path / "b.parquet"
    table = pyarrow.table(
        {
            "review": ["정말 좋은 곳이에요", "다시는 안 갈래요"],
            "id": pyarrow.array([9007199254740993, None], pyarrow.int64()),
            "share": pyarrow.array([0.1, None], pyarrow.float32()),
            "day": pyarrow.array([datetime.date(2024, 3, 1), None]),
            "at": pyarrow.array([datetime.datetime(2024, 3, 1, 9, 30, 0, 5), None]),
            "good": [True, None],
            "price": pyarrow.array([Decimal("12.50"), None], pyarrow.decimal128(10, 2)),
            "large": pyarrow.array([Decimal("-1E+30"), None], pyarrow.decimal256(50, 3)),
            "seoul": pyarrow.array([1_709_253_000, None], pyarrow.timestamp("s", "Asia/Seoul")),
            "utc": pyarrow.array([1_709_253_000_005, None], pyarrow.timestamp("ms", "UTC")),
            "offset": pyarrow.array(
                [1_709_253_000_123_456_789], pyarrow.timestamp("ns", "+09:00")
            ).take([0, None]),
            "nanoseconds": pyarrow.array([1, None], pyarrow.timestamp("ns")),
        }
    )
    parquet.write_table(table, source)
    layout = apart.examine(source)
    with writer(result, "parquet", layout.columns, 0, layout.types) as put:
        for row in apart.rows(source, layout):
            put(row.values)
    assert "2024-03-01 09:30:00+0900" in next(apart.rows(source, layout)).values
    assert parquet.read_table(result).equals(parquet.read_table(source))
