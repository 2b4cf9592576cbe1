"""Photographs on disk: decoded and encoded again on arrival, so that no EXIF, position or hidden payload survives.

They lie below `SANFUWU_DATA_DIR/attachments/<county schema>/`, readable by the program's user only, outside every
folder that the web server hands out.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from sanfuwu.counties.schema import current_schema
from sanfuwu.ledger.errors import InvalidInput

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000  # a bomb says its size in the header, before anything is unpacked
LONGEST_SIDE = 2560
MOST_FILES = 9
CONTENT_TYPE = "image/jpeg"
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph as it will be kept: JPEG bytes, its size in pixels, its SHA-256."""

    data: bytes
    width: int
    height: int
    sha256: str


def encode(data: bytes) -> Photo:
    """Decode one upload and encode it anew, upright, at most 2,560 pixels long. `InvalidInput` says what is wrong."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("A photograph may have at most 10 MB."), field="files")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise InvalidInput(_("This picture has too many pixels."), field="files")
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                clean = _on_white(upright)
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InvalidInput(_("This file is not a JPEG, PNG or WebP picture."), field="files") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput(_("This picture is damaged and cannot be read."), field="files") from error
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=86, optimize=True)
    kept = out.getvalue()
    return Photo(kept, clean.width, clean.height, hashlib.sha256(kept).hexdigest())


def _on_white(image: Image.Image) -> Image.Image:
    """Only pixels, without palette, transparency or anything attached."""
    rgba = image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, (255, 255, 255))
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground


def folder() -> Path:
    """The folder of the present county."""
    return Path(settings.SANFUWU_DATA_DIR) / "attachments" / current_schema()


def relative_path(attachment_id: UUID) -> str:
    """Where an attachment lies below its county's folder; spread over 256 folders by the random end of the id."""
    name = attachment_id.hex
    return f"{name[-2:]}/{name}.jpg"


def write(path: str, photo: Photo) -> None:
    """Put a photograph in its place, whole and on the disk, or raise. Done before its row is committed: a crash leaves
    a file without a row, never a row without its file."""
    target = folder() / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(photo.data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)


def open_file(path: str) -> io.BufferedReader:
    """Open a kept photograph. FileNotFoundError when it was erased."""
    return (folder() / path).open("rb")


def remove(path: str) -> None:
    """Erase a photograph. One that is gone already is no error."""
    (folder() / path).unlink(missing_ok=True)
