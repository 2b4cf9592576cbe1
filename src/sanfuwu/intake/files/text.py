"""CSV: which encoding, which separator, and where it is broken."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from .guard import MOST_COLUMNS, MOST_ROWS, BadFile

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS: Final = (",", "\t", ";", "|", "，", "；")
_SNIFFED: Final = 40  # lines
LONGEST_CELL: Final = 200_000  # characters; a longer one is a quotation mark that was never closed


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16, GB18030. Raises `BadFile` that names the line."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    if (guess := _utf16_without_mark(data)) is not None:
        return _strictly(data, guess)
    if (at := data.find(b"\0")) >= 0:
        raise BadFile(
            "nul_bytes",
            _("Line %(line)d holds characters that belong into no text. Save the table again as .xlsx or .csv.")
            % {"line": data.count(b"\n", 0, at) + 1},
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error.start)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(data[: error.start].decode(encoding, "replace").count("\n") + 1) from error


def _utf16_without_mark(data: bytes) -> str | None:
    head = data[:4096]
    if len(head) < 8:
        return None
    # Line ends and separators are ASCII: half of their two bytes is zero, always on the same side.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 20 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 20 and odd == 0 else None


def _not_utf8(data: bytes, at: int) -> str:
    """GB18030, unless lines of both encodings stand beside each other: then half of them would become nonsense."""
    lines = data.split(b"\n")
    foreign = [n for n, line in enumerate(lines, 1) if not line.isascii()]
    as_utf8 = [n for n in foreign if _is(lines[n - 1], "utf-8")]
    # A short GB18030 line may by chance be valid UTF-8, but not a good part of them.
    if as_utf8 and len(as_utf8) * 5 >= len(foreign):
        broken = next((n for n in foreign if not _is(lines[n - 1], "utf-8")), 1)
        raise BadFile(
            "mixed_encodings",
            _("From line %(line)d on the text is encoded in another way than before. Save the table as .xlsx instead.")
            % {"line": broken},
        )
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unreadable(data.count(b"\n", 0, error.start) + 1) from error


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unreadable(line: int) -> BadFile:
    return BadFile(
        "encoding",
        _("Line %(line)d is neither UTF-8 nor GB18030 (GBK) text. Save the table as .xlsx instead.") % {"line": line},
    )


def separator_of(text: str) -> str:
    """The separator that most of the first lines agree on; a comma when none does."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:_SNIFFED]
    best, score = ",", 0
    for separator in _SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        counts.pop(0, None)
        if counts:
            columns, agree = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
            if agree * columns > score and agree * 2 >= len(lines):
                best, score = separator, agree * columns
    return best


def rows(text: str) -> Iterator[list[str]]:
    """The records. Raises `BadFile` at a quotation mark that is not closed, naming the line where it begins."""
    csv.field_size_limit(LONGEST_CELL)
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=separator_of(text), strict=True)
    begins = 1
    for number in range(1, MOST_ROWS + 2):
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                "quotes",
                _(
                    "In line %(line)d a quotation mark is not closed or stands alone. Mend it, or "
                    "save the table as .xlsx."
                )
                % {"line": begins},
            ) from error
        if number > MOST_ROWS:
            raise BadFile(
                "too_many_rows",
                _("Something is written in row %(n)s; at most %(most)s rows are read. Delete it, or split the table.")
                % {"n": f"{number:,}", "most": f"{MOST_ROWS:,}"},
            )
        if len(row) > MOST_COLUMNS:
            raise BadFile(
                "too_many_columns",
                _(
                    "The table reaches to column %(n)d; at most %(most)d are read. Delete what "
                    "stands to the right of the table."
                )
                % {"n": len(row), "most": MOST_COLUMNS},
            )
        yield row
