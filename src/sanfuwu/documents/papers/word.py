"""A paper as a Word file: a template filled in a sandbox that knows the fields of `FIELDS` and nothing else.

A template that an official edits is code. So only what a form needs is let through (`_ALLOWED`): a field, text, and
"if" and "for" over fields. Everything else, and every unknown field, is refused with its place, before it is kept.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sanfuwu.ledger.errors import InvalidInput

from . import code
from .fields import FIELDS, Sheet

MOST_BYTES = 1 << 20
_MOST_UNPACKED, _MOST_PARTS = 20 << 20, 300
_CODE_WIDTH = Mm(20)
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or,
    nodes.Compare, nodes.Operand, nodes.Const, nodes.CondExpr, nodes.Concat,
)  # fmt: skip
_PART = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_TAGS = re.compile(r"<[^>]+>")


def render(template: bytes, sheet: Sheet) -> bytes:
    """The filled file. Raises `InvalidInput` where the template asks for what it may not."""
    made = DocxTemplate(io.BytesIO(template))
    values: dict[str, Any] = dict(sheet.values)
    url = sheet.values["read_url"]
    values["qr"] = InlineImage(made, io.BytesIO(code.png(url)), width=_CODE_WIDTH) if url else ""
    try:
        made.render(values, jinja_env=_environment(), autoescape=True)
    except TemplateError as error:
        raise InvalidInput(_("The template cannot be filled: %(why)s") % {"why": str(error)}, field="file") from error
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def check(file: bytes, kind: str) -> None:
    """Whether an uploaded file may become a template; the error names the field and the line where it stands."""
    _check_package(file)
    try:
        parts = list(_sources(file))
    except Exception as error:
        raise InvalidInput(_("This is not a Word file (.docx), or it is damaged."), field="file") from error
    environment = _environment()
    names: set[str] = set()
    for source in parts:
        try:
            tree = environment.parse(source)
        except TemplateSyntaxError as error:
            raise _at(source, error.lineno, str(error.message)) from error
        for node in tree.find_all(nodes.Node):
            if isinstance(node, nodes.Name):
                if node.name not in FIELDS:
                    raise _at(source, node.lineno, _("there is no field “%(name)s”") % {"name": node.name})
                names.add(node.name)
            elif not isinstance(node, _ALLOWED):
                word = type(node).__name__
                raise _at(source, node.lineno, _("“%(what)s” is not allowed in a template") % {"what": word})
    if "number" not in names:
        raise InvalidInput(_("The template must show the number of the paper (the field “number”)."), field="file")
    for filled in (True, False):
        render(file, sample(kind, filled=filled))


def sample(kind: str, *, filled: bool = True) -> Sheet:
    """A paper whose fields say their own names, or are empty."""
    values = {name: (f"［{said}］" if filled else "") for name, said in FIELDS.items() if name != "qr"}
    return Sheet(kind, "", values | {"read_url": "https://example.invalid/r/0" if filled else ""})


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


def _check_package(file: bytes) -> None:
    """What a Word file is made of, before anything reads it."""
    if len(file) > MOST_BYTES:
        raise InvalidInput(_("A template may have at most 1 MB."), field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            entries = package.infolist()
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
                raise InvalidInput(_("This file unpacks to far more than a form needs."), field="file")
            names = {entry.filename for entry in entries}
            if any("vbaProject" in name or "/embeddings/" in name or "/activeX/" in name for name in names):
                raise InvalidInput(_("A template holds no macros and no embedded files."), field="file")
            if "word/document.xml" not in names:
                raise InvalidInput(_("This is not a Word file (.docx), or it is damaged."), field="file")
            for name in names:
                if not name.endswith((".xml", ".rels")):
                    continue
                text = package.read(name)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b'TargetMode="External"' in text:
                    raise InvalidInput(_("A template refers to nothing outside itself."), field="file")
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise InvalidInput(_("This is not a Word file (.docx), or it is damaged."), field="file") from error


def _sources(file: bytes) -> Iterator[str]:
    """The parts that are filled, as Jinja sees them: one paragraph a line."""
    reader = DocxTemplate(io.BytesIO(file))
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        for name in sorted(package.namelist()):
            if _PART.fullmatch(name):
                patched = reader.patch_xml(package.read(name).decode("utf-8"))
                yield re.sub(r"<w:p([ >])", r"\n<w:p\1", patched)


def _at(source: str, line: int, why: str) -> InvalidInput:
    lines = source.split("\n")
    said = _TAGS.sub("", lines[line - 1]).strip()[:60] if 0 < line <= len(lines) else ""
    where = _("At “%(text)s”: %(why)s.") % {"text": said, "why": why} if said else _("%(why)s.") % {"why": why}
    return InvalidInput(where, field="file")
