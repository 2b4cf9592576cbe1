"""What the content policy forbids is in no template; what is shown first is Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

import sanfuwu

PACKAGE = Path(sanfuwu.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
HAN = re.compile(r"[一-鿿]")
# Words that Chinese officials write in Latin letters too.
LATIN = re.compile(r"[A-Za-z]{2,}")
# Names of programs and of kinds of files, as offices say them; an example of a code and of a user name; AB角; mark-up.
KEPT = {
    "officer",
    "security",
    "account",
    "JPEG",
    "PNG",
    "WebP",
    "MB",
    "xlsx",
    "xls",
    "xlsb",
    "csv",
    "docx",
    "PDF",
    "JSON",
    "json",
    "ETag",
    "If",
    "Match",
    "Ctrl",
    "C",
    "Excel",
    "Word",
    "UTF",
    "GB",
    "GBK",
    "AB",
    "sfwb",
    "slj",
    "gd",
    "zhangsan",
    "zs",
    "strong",
    "number",
    # What a system administrator has to type, in what a command prints.
    "sanfuwu",
    "serve",
    "migrate",
    "county",
    "domain",
    "officers",
    "again",
    "code",
    "host",
    "schema",
    "shangyu",
    "SANFUWU",
    "DATA",
    "DIR",
    "ALLOWED",
    "HOSTS",
    "DNS",
    "hosts",
}
# An official paper is Chinese whoever prints it: its words are those of GB/T 9704, not of the program.
PAPERS = {"paper.html"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_template_has_no_inline_style_script_or_handler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


@pytest.mark.parametrize(
    "path",
    [p for p in TEMPLATES if p.name != "gallery.html" and p.name not in PAPERS],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_a_template_holds_no_text_of_its_own(path: Path) -> None:
    """User text goes through gettext: no Chinese, and no English words between tags."""
    text = path.read_text(encoding="utf-8")
    for out in (
        r"\{% block \w+_class %\}.*?\{% endblock %\}",
        r"\{% comment.*?endcomment %\}",
        r"\{% blocktranslate.*?endblocktranslate %\}",
        r"\{[#%{].*?[#%}]\}",
    ):
        text = re.sub(out, "", text, flags=re.DOTALL)
    shown = re.sub(r"<svg.*?</svg>|<script.*?</script>|<[^>]*>", "\n", text, flags=re.DOTALL)
    assert not HAN.search(shown)
    assert not re.findall(r"[A-Za-z]{3,}", shown)


def entries() -> list[polib.POEntry]:
    return [e for e in polib.pofile(str(CATALOGUE)) if not e.obsolete]


def test_no_english_is_left_in_the_chinese_catalogue() -> None:
    left = []
    # What commands say names options and files; that nothing else in it is English is tested with the commands.
    of_commands = re.compile(r"/(commands|config)/|/cli\.py")
    pages = (e for e in entries() if not all(of_commands.search(path) for path, _line in e.occurrences))
    for entry in pages:
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            plain = re.sub(r"%\(\w+\)[sd]", "", said)
            foreign = set(LATIN.findall(plain)) - KEPT
            if foreign or (
                HAN.search(plain) is None and HAN.search(entry.msgid) is None and re.search(r"[A-Za-z]{3}", plain)
            ):
                left.append((entry.msgid, said))
    assert left == []


def test_every_translation_keeps_its_placeholders() -> None:
    wrong = []
    for entry in entries():
        wanted = set(re.findall(r"%\(\w+\)[sd]", entry.msgid))
        for said in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            if set(re.findall(r"%\(\w+\)[sd]", said)) != wanted:
                wrong.append(entry.msgid)
    assert wrong == []


def test_chinese_sentences_carry_no_exclamation_marks_and_no_empty_politeness() -> None:
    said = "\n".join(e.msgstr for e in entries())
    assert "！" not in said
    assert "耐心等待" not in said
