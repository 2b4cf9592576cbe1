"""A ledger as .csv: UTF-8 with a mark at its beginning, because that is how office programs know Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from .marks import Marks
from .reading import Chunk

_MARK = "\ufeff"


class Out(Protocol):
    """A file, or what seals one."""

    def write(self, data: bytes, /) -> int: ...


def write(out: Out, headings: Sequence[str], marks: Marks, chunks: Iterator[Chunk]) -> Iterator[tuple[int, int]]:
    """Write the title line, the headings and all lines; yields (problems, lines) after each chunk."""
    import csv
    import io

    top = io.StringIO()
    writer = csv.writer(top)
    writer.writerow([marks.title_line])
    writer.writerow(headings)
    out.write((_MARK + top.getvalue()).encode())
    for problems, lines, made in chunks:
        out.write(made)
        yield problems, lines
