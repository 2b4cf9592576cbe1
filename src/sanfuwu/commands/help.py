"""How the commands' help is written: in one language, with Chinese widths, line breaks and punctuation.

Click counts characters and breaks lines at blanks. A Chinese character is two columns wide, there are no blanks between
words, and a line begins with no closing mark.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from sanfuwu.config.language import gettext as _

_OPENING, _CLOSING = "（《“‘【「", "，。、；：！？）》”’】」…"
_TERM_MOST = 30  # columns of the left part of a list; longer terms get a line of their own


def paragraphs(*texts: str) -> str:
    """The help of a command: each text is wrapped by itself."""
    return "\n\n".join(texts)


def as_typed(*lines: str) -> str:
    """Lines that are shown as they stand: what is typed into a terminal."""
    return "\b\n" + "\n".join(f"  {line}" for line in lines)


def width(text: str) -> int:
    """Columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def wrapped(text: str, columns: int) -> list[str]:
    """The lines of a paragraph, none wider than `columns` unless one word is."""
    lines = [""]
    for piece in filter(None, _pieces(text)):
        if lines[-1] and width(lines[-1]) + width(piece.rstrip()) > columns:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [*lines[:-1], lines[-1].rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """What may not be torn apart: a word, or a Chinese character with the marks that belong to it."""
    wide = "[\u2e80-\u9fff\uff00-\uffef]"
    yield from re.findall(
        rf"\s*[{_OPENING}]*(?:{wide}|(?:(?!{wide}|[{_OPENING}{_CLOSING}])\S)+)?[{_CLOSING}]*\s*", text
    )


class Formatter(click.HelpFormatter):
    """Writes help for terminals of Chinese characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        start = (_("Usage: ") if prefix is None else prefix) + prog + " "
        lines = wrapped(args, max(self.width - width(start), 20))
        self.write(start + ("\n" + " " * width(start)).join(lines) + "\n")

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + _("%(heading)s:") % {"heading": heading} + "\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        parts = []
        for paragraph in re.split(r"\n{2,}", text):
            first, _end, rest = paragraph.partition("\n")
            lines = (
                rest.split("\n")
                if first.strip() == "\b"
                else wrapped(" ".join(paragraph.split()), self.width - len(indent))
            )
            parts.append("\n".join((indent + line).rstrip() for line in lines))
        self.write("\n\n".join(parts) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = _TERM_MOST, col_spacing: int = 2) -> None:
        rows = list(rows)
        left = min(max((width(term) for term, _said in rows), default=0), col_max) + col_spacing
        margin = " " * self.current_indent
        for term, said in rows:
            lines = wrapped(said, max(self.width - left - self.current_indent, 20))
            gap = " " * (left - width(term)) if width(term) <= left - col_spacing else "\n" + margin + " " * left
            self.write((margin + term + gap + ("\n" + margin + " " * left).join(lines)).rstrip() + "\n")


class Context(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is in the chosen language; its own texts come translated."""

    context_class = Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", _("[OPTIONS]"))
        super().__init__(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as error:  # click ends this one sentence with an English full stop
            what = error.param.get_error_hint(ctx).strip("'") if error.param else ""
            said = _("%(what)s is missing.") % {"what": what}
            raise click.UsageError(said, ctx) from error


class Option(click.Option):
    """An option that says its default, its range and whether it must be given, with the language's punctuation."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        extra = self.get_help_extra(ctx)
        notes = []
        if "default" in extra:
            notes.append(_("default: %(value)s") % {"value": extra["default"]})
        if "range" in extra:
            notes.append(extra["range"])
        if "required" in extra:
            notes.append(_("required"))
        told = self.help or ""
        if notes:
            told += _(" [%(notes)s]") % {"notes": _("; ").join(notes)}
        return record[0], told.strip()


class Whole(click.IntRange):
    """A whole number between two; says so in words instead of `1<=x<=9`."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(least, most)

    def _describe_range(self) -> str:
        return _("%(least)s to %(most)s") % {"least": self.min, "most": self.max}


def described(*texts: str, **more: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Makes a function a command whose help has these paragraphs."""
    return click.command(cls=Command, help=paragraphs(*texts), **more)


option = functools.partial(click.option, cls=Option)
