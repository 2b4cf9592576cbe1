"""The code on a paper that a telephone reads: the requester's own page, which only reads."""

from __future__ import annotations

import io
from html import escape

import qrcode
from qrcode.constants import ERROR_CORRECT_M


def _matrix(text: str) -> list[list[bool]]:
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2)
    made.add_data(text)
    made.make(fit=True)
    return [[bool(cell) for cell in row] for row in made.get_matrix()]


def svg(text: str, label: str) -> str:
    """For a page: no style, no script, drawn in the colour of the text."""
    rows = _matrix(text)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return (
        f'<svg class="qr" viewBox="0 0 {len(rows)} {len(rows)}" role="img" aria-label="{escape(label)}"'
        f' shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )


def png(text: str) -> bytes:
    """For a Word file."""
    from PIL import Image

    rows, scale = _matrix(text), 8
    size = len(rows)
    picture = Image.new("1", (size, size), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    out = io.BytesIO()
    picture.resize((size * scale, size * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
