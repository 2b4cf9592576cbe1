"""Before anything is unpacked: what the bytes really are, and how much would come out of them.

A workbook is a zip of XML. Its sheets are read once here as a stream, in pieces of 1 MB, so that a bomb, a cell in the
last row of an otherwise empty sheet or a document type with entities is refused before a reader builds a table of it.
Nothing of a file is ever run: no macro, no formula, no link.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

MB: Final = 1024 * 1024
MOST_BYTES: Final = 50 * MB
MOST_UNPACKED: Final = 400 * MB  # 100,000 rows of 15 columns unpack to 120 MB
MOST_SHARED: Final = 150 * MB  # texts that cells share are held in memory at once
MOST_PARTS: Final = 5_000
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200
MOST_CELLS: Final = 6_000_000  # rows × columns that the reader would lay out: 32 bytes each
MOST_FAULTY: Final = 20_000  # cells with a formula error that are remembered by name
_PIECE: Final = MB

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes of what is often renamed to .xlsx; the sentence names what it is.
_OTHERS: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "EXE"),
    (b"{\\rtf", "RTF"),
)
_HTML: Final = re.compile(rb"\s*(?:<!doctype html|<html|<table|<\?xml[^>]*>\s*<(?:html|\?mso|workbook))", re.IGNORECASE)
_CELL: Final = re.compile(rb' r="([A-Z]{1,3}\d{1,7})"[^>]*[^/]>')
_ANY_CELL: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*[^/]>")
# A space or a quote where spreadsheets write none. Begins with a letter: a pattern that begins with a space is looked
# for ten times as long, and a long sheet has 100 MB.
_ODDLY_WRITTEN: Final = re.compile(rb"r(?:\s+=|=\s|=')")
_ODDLY_BEGUN: Final = (b"\nr=", b"\rr=", b"\tr=")
_DIGITS, _LETTERS = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ERROR: Final = re.compile(
    rb'<(?:\w+:)?c [^>]*r="([A-Z]{1,3}\d{1,7})"[^>]*t="e"[^>]*>(?:(?!</(?:\w+:)?c>).)*?v>([^<]*)<', re.S
)
_UNCOUNTED: Final = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*><f(?:\s[^>]*)?(?:/>|>[^<]*</f>)(?:<v></v>|<v/>)?</c>')


class BadFile(Exception):
    """The file as a whole cannot be used; the message says why and what to do. `code` is stable, for tests."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Looked:
    """What the look found: `kind` xlsx, xls or csv; {part of the zip: {cell: formula error or ""}}."""

    kind: str
    faulty: dict[str, dict[str, str]] = field(default_factory=dict)


def look(data: bytes) -> Looked:
    """Raises `BadFile` with what is wrong and what to do."""
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise BadFile("empty", _("The file is empty. Choose the file again; perhaps it was not saved yet."))
    if len(data) > MOST_BYTES:
        raise too_big()
    if data.startswith(_ZIP):
        return _look_into_zip(data)
    if data.startswith(_OLE):
        return _look_into_ole(data)
    if data.startswith(b"PK"):
        raise damaged()
    for first, name in _OTHERS:
        # "BM" and "MZ" may also begin a text: only bytes that no text has make them something else.
        if data.startswith(first) and (len(first) > 2 or b"\0" in data[:512]):
            raise BadFile(
                "other_type",
                _("This is a %(kind)s file, not a table, whatever its name says. Upload .xlsx, .xls or .csv.")
                % {"kind": name},
            )
    if _HTML.match(data):
        raise BadFile(
            "html",
            _("This is a web page that was named like a table. Open it in a spreadsheet and save it as .xlsx."),
        )
    return Looked("csv")


def too_big() -> BadFile:
    """For uploads that are broken off while they come in, too."""
    return BadFile(
        "too_big",
        _("The file is larger than %(mb)d MB. Split it, or delete pictures and sheets that are not needed.")
        % {"mb": MOST_BYTES // MB},
    )


def damaged() -> BadFile:
    return BadFile(
        "damaged",
        _("The file is damaged or incomplete. Open it in a spreadsheet, save it again as .xlsx, then upload that."),
    )


def _look_into_ole(data: bytes) -> Looked:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise encrypted()
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise BadFile(
            "other_type",
            _("This is a %(kind)s file, not a table, whatever its name says. Upload .xlsx, .xls or .csv.")
            % {"kind": "Word/PPT"},
        )
    if "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
        raise _macros()
    return Looked("xls")


def encrypted() -> BadFile:
    return BadFile(
        "encrypted",
        _("The workbook is protected by a password. Remove the password (File → Info → Protect) and upload it again."),
    )


def _macros() -> BadFile:
    return BadFile(
        "macros",
        _("The workbook holds macros, which are never run here. Save it as .xlsx without macros and upload that."),
    )


def _look_into_zip(data: bytes) -> Looked:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return _look_at_parts(parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise damaged() from error
    except RuntimeError as error:  # a zip with a password of its own
        raise encrypted() from error


def _look_at_parts(parts: zipfile.ZipFile) -> Looked:
    infos = parts.infolist()
    names = {info.filename for info in infos}
    if len(infos) > MOST_PARTS:
        raise _bomb()
    if "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names:
            raise BadFile("other_type", _("This is an .xlsb workbook. Save it as .xlsx and upload that."))
        raise BadFile(
            "other_type",
            _("This is a compressed file without a workbook in it. Unpack it and upload the table itself."),
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names) or any("macrosheets/" in n for n in names):
        raise _macros()
    read = [
        i for i in infos if i.filename.endswith((".xml", ".rels")) and i.filename.startswith(("xl/", "_rels/", "["))
    ]
    if sum(info.file_size for info in read) > MOST_UNPACKED:
        raise _bomb()
    found = Looked("xlsx")
    left = MOST_UNPACKED
    for info in read:
        is_sheet = info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml")
        pieces = _pieces(parts, info, min(left, MOST_SHARED if "sharedStrings" in info.filename else left))
        left -= _look_at_sheet(info.filename, pieces, found) if is_sheet else sum(map(len, pieces))
    return found


def _bomb() -> BadFile:
    return BadFile(
        "unpacks_too_big",
        _(
            "Unpacked, this workbook would be too large. Usually empty rows or columns are "
            "formatted far below the table: "
            "copy the table itself into a new workbook and upload that."
        ),
    )


def _pieces(parts: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The unpacked bytes; what the header says of their number is not believed."""
    size, first = 0, True
    with parts.open(info) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most:
                raise _bomb()
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or (first and piece[:2] in (b"\xff\xfe", b"\xfe\xff")):
                raise BadFile(
                    "entities",
                    _(
                        "The workbook holds definitions that no spreadsheet writes. Save it again as "
                        ".xlsx and upload that."
                    ),
                )
            first = False
            yield piece


def _look_at_sheet(name: str, pieces: Iterator[bytes], found: Looked) -> int:
    """Bytes of the sheet. The table that a reader would lay out must not be larger than it can hold."""
    size = last_row = 0
    columns: set[bytes] = set()
    faulty: dict[str, str] = {}
    rest = b""
    for piece in pieces:
        size += len(piece)
        whole = rest + piece
        cut = whole.rfind(b"<c ")
        # A cell that was cut in two waits for its other half, but not for ever.
        text, rest = (whole[:cut], whole[cut:]) if cut > 0 and len(whole) - cut < 4 * MB else (whole, b"")
        last_row = max(last_row, _look_at_cells(text, columns, faulty))
    last_row = max(last_row, _look_at_cells(rest, columns, faulty))
    last_column = max((_column(letters.decode()) for letters in columns), default=0)
    if last_column > MOST_COLUMNS:
        raise BadFile(
            "too_many_columns",
            _(
                "The table reaches to column %(n)d; at most %(most)d are read. Delete what "
                "stands to the right of the table."
            )
            % {"n": last_column, "most": MOST_COLUMNS},
        )
    if last_row > MOST_ROWS or last_row * last_column > MOST_CELLS:
        raise BadFile(
            "too_many_rows",
            _("Something is written in row %(n)s; at most %(most)s rows are read. Delete it, or split the table.")
            % {"n": f"{last_row:,}", "most": f"{MOST_ROWS:,}"},
        )
    if faulty:
        found.faulty[name] = faulty
    return size


def _look_at_cells(text: bytes, columns: set[bytes], faulty: dict[str, str]) -> int:
    last_row = 0
    odd = any(begun in text for begun in _ODDLY_BEGUN) or _ODDLY_WRITTEN.search(text)
    if cells := (_ANY_CELL if odd else _CELL).findall(text):
        named = b" ".join(cells)  # taken apart all at once: a loop over a million cells would cost seconds
        columns.update(named.translate(None, _DIGITS).split(b" "))
        last_row = max(map(int, set(named.translate(None, _LETTERS).split(b" "))))
    if b't="e"' in text and len(faulty) < MOST_FAULTY:
        faulty.update({ref.decode(): word.decode("ascii", "replace") for ref, word in _ERROR.findall(text)})
    if b"<f" in text and len(faulty) < MOST_FAULTY:
        faulty.update({ref.decode(): "" for ref in _UNCOUNTED.findall(text)})
    return last_row


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → A, 27 → AA: as the spreadsheet names a column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(ref: str) -> tuple[int, int]:
    """(row, column) of a cell as it is named, both from 1: B5 → (5, 2)."""
    letters = ref.rstrip("0123456789")
    return int(ref[len(letters) :]), _column(letters)
