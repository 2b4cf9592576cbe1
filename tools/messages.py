"""The message catalogues: collect msgids (`update`), compile them (`compile`), complain about gaps (`check`).

Without GNU gettext: Babel reads Python, Django turns templates into something like it, polib writes the catalogues.
Source texts are English; Chinese is what users see first. There are two domains: `django`, which is all of ours, and
`click`, the words of the library that reads the command line, collected from the installed one.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click
import polib
from babel.messages.extract import extract_python

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "sanfuwu"
LOCALE = PACKAGE / "locale"
DOMAINS = {"django": PACKAGE, "click": Path(click.__file__).parent}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Key = tuple[str | None, str]  # context, msgid


def catalogues(domain: str = "*") -> list[Path]:
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{domain}.po"))


def compile_all() -> int:
    for path in catalogues():
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def used(domain: str) -> dict[Key, polib.POEntry]:
    """Every message that code and templates ask for, with the places where they do (in our code also the line)."""
    found: dict[Key, polib.POEntry] = {}
    root = DOMAINS[domain]
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.txt")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        where = str(path.relative_to(root.parent.parent if root == PACKAGE else root.parent))
        for line, context, singular, plural in _messages(path):
            entry = found.setdefault((context, singular), polib.POEntry(msgctxt=context, msgid=singular))
            if plural:
                entry.msgid_plural = plural
                entry.msgstr_plural = {0: ""}
            entry.occurrences.append((where, str(line) if root == PACKAGE else ""))
    return found


def _messages(path: Path):  # type: ignore[no-untyped-def]
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        if "{%" not in text and "{{" not in text:
            return
        text = templatize(text, origin=str(path))
    for line, function, arguments, _comments in extract_python(
        io.BytesIO(text.encode()), KEYWORDS.keys(), [], {"encoding": "utf-8"}
    ):
        said = list(arguments) if isinstance(arguments, tuple) else [arguments]
        context = said.pop(0) if "pgettext" in function else None
        plural = said[1] if "ngettext" in function or "npgettext" in function else None
        if said and said[0]:
            yield line, context, said[0], plural


def update() -> int:
    """Add what is new, mark what is gone as obsolete; never touch a translation."""
    for domain in DOMAINS:
        _update(domain)
    return compile_all()


def _update(domain: str) -> None:
    wanted = used(domain)
    for path in catalogues(domain):
        catalogue = polib.pofile(str(path), wrapwidth=110)
        have = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
        for key, entry in wanted.items():
            old = have.get(key)
            if old is None:
                catalogue.append(entry)
            else:
                old.occurrences, old.obsolete = entry.occurrences, False
        for key, old in have.items():
            if key not in wanted:
                old.obsolete = True
        catalogue.sort()
        catalogue.save()
        print(f"{path.relative_to(LOCALE)}: {len(catalogue.translated_entries())} of {len(wanted)}")


def gaps() -> list[str]:
    """What is wrong with the catalogues, one line each; empty when every message has its translation."""
    return [line for domain in DOMAINS for line in _gaps(domain)]


def _gaps(domain: str) -> list[str]:
    wanted, wrong = used(domain), []
    for path in catalogues(domain):
        name = path.parent.parent.name
        have = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}
        for key, source in wanted.items():
            entry = have.get(key)
            place = ":".join(source.occurrences[0])
            if entry is None:
                wrong.append(f"{name}: not in the catalogue: {key[1]!r} ({place})")
            elif entry.fuzzy:
                wrong.append(f"{name}: fuzzy: {key[1]!r} ({place})")
            elif not entry.translated():
                wrong.append(f"{name}: not translated: {key[1]!r} ({place})")
    return wrong


def check() -> int:
    wrong = gaps()
    print("\n".join(wrong) if wrong else f"Messages: complete ({len(used('django'))}).")
    return 1 if wrong else 0


if __name__ == "__main__":
    commands = {"compile": compile_all, "update": update, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        raise SystemExit(f"usage: python tools/messages.py {'|'.join(commands)}")
    sys.exit(commands[sys.argv[1]]())
