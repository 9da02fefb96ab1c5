"""Files of a few kilobytes that were made to harm whoever reads them; all are made here."""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import xlsxwriter

MEGABYTE = 1 << 20
SPACE = "urn:oasis:names:tc:opendocument:xmlns:"


def workbook(path: Path, part: str, pieces: Iterator[bytes]) -> None:
    """A workbook of which one part is replaced by `pieces`."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write_column(0, 0, ["text", "좋아요 정말로", "별로예요 정말로"])
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        with new.open(part, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)


def sheet(path: Path, *pieces: bytes, times: int = 1) -> None:
    """A workbook whose sheet is a beginning, a piece many times, and an end."""
    begin, again, end = pieces

    def parts() -> Iterator[bytes]:
        yield b"<worksheet><sheetData>" + begin
        for _ in range(times):
            yield again
        yield end + b"</sheetData></worksheet>"

    workbook(path, "xl/worksheets/sheet1.xml", parts())


def unclosed(path: Path) -> None:
    """A hundred million tags that are never closed."""
    sheet(path, b"", b"<a>" * (MEGABYTE // 3), b"", times=300)


def shared(path: Path) -> None:
    """Ten million shared texts of one emoji each, four bytes a character."""
    text = f"<si><t>{'가' * 40}😀</t></si>".encode() * 5_000

    def parts() -> Iterator[bytes]:
        yield b"<sst>"
        for _ in range(2_000):
            yield text
        yield b"</sst>"

    workbook(path, "xl/sharedStrings.xml", parts())


def attributes(path: Path) -> None:
    """An element with three million attributes."""
    row = b"".join(b' a%d=""' % number for number in range(3_000_000))
    sheet(path, b"<row", row, b"/>")


def attribute(path: Path) -> None:
    """An attribute of 300 MB."""
    sheet(path, b'<row a="', b"x" * MEGABYTE, b'"/>', times=300)


def comment(path: Path) -> None:
    """A comment of 1 GB."""
    sheet(path, b"<!--", b"x" * MEGABYTE, b"-->", times=1_000)


def pieces(path: Path) -> None:
    """Forty million pieces of one text."""
    sheet(path, b'<row><c t="inlineStr"><is>', b"<t></t>" * 100_000, b"</is></c></row>", times=400)


def wide(path: Path) -> None:
    """2,500 rows of 16,384 cells."""
    row = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    sheet(path, b"", row, b"", times=2_500)


def later(path: Path) -> None:
    """Such rows behind two thousand honest ones."""
    honest = "<row><c t='str'><v>좋아요 정말로</v></c></row>".encode() * 2_000
    row = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    sheet(path, honest, row, b"", times=2_500)


def open_document(path: Path) -> None:
    """A cell that says it is repeated a thousand million times."""
    cell = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'office:value-type="string" table:number-columns-repeated="16384"><text:p>가</text:p>'
        "</table:table-cell></table:table-row>"
    )
    names = " ".join(f'xmlns:{name}="{SPACE}{name}:1.0"' for name in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{SPACE}manifest:1.0"></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names}><office:body>'
            f'<office:spreadsheet><table:table table:name="가">{cell}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


def dictionary(path: Path) -> None:
    """Parquet: one text of a megabyte that stands in two thousand rows, and a few bytes of file."""
    import pyarrow
    from pyarrow import parquet

    values = pyarrow.DictionaryArray.from_arrays([0] * 4_000, ["가" * MEGABYTE])
    parquet.write_table(pyarrow.table({"text": values}), path, compression="zstd")


def deep(path: Path) -> None:
    """JSON of ten million brackets."""
    path.write_text("[" * 10_000_000 + '{"text": "가"}' + "]" * 10_000_000, "utf-8")


def many(path: Path) -> None:
    """JSON of ten million empty objects."""
    path.write_text(json.dumps([{}] * 10_000_000), "utf-8")


def markup(path: Path) -> None:
    """HTML of a million tables inside one another."""
    path.write_text("<html>" + "<table><tr><td>" * 1_000_000, "utf-8")


def packed(path: Path) -> None:
    """Ten gigabytes of a letter in ten megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        for _ in range(2_000):
            file.write(packer.compress(b"x" * 5 * MEGABYTE))
        file.write(packer.flush())


def archive(path: Path) -> None:
    """A ZIP whose table unpacks to two gigabytes."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("reviews.csv", "w", force_zip64=True) as file,
    ):
        for _ in range(2_000):
            file.write("가,나\n".encode() * (MEGABYTE // 8))


Bomb = Callable[[Path], None]

BOMBS: dict[str, Bomb] = {
    "unclosed.xlsx": unclosed,
    "shared.xlsx": shared,
    "attributes.xlsx": attributes,
    "attribute.xlsx": attribute,
    "comment.xlsx": comment,
    "pieces.xlsx": pieces,
    "wide.xlsx": wide,
    "later.xlsx": later,
    "repeated.ods": open_document,
    "dictionary.parquet": dictionary,
    "deep.json": deep,
    "many.json": many,
    "markup.xls": markup,
    "packed.csv.gz": packed,
    "archive.zip": archive,
}
"""What makes each, by the name of the file."""
