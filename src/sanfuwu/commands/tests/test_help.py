"""The help of the commands and click's own words: one language, chosen in one place, without Django."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from sanfuwu.cli import COMMANDS
from sanfuwu.commands.help import width, wrapped

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PROGRAM = "from sanfuwu.cli import main; main(prog_name='sanfuwu')"
# What is no word of a language: commands, options, variables, files and addresses, and values that are typed.
TYPED = re.compile(
    r"""
    SANFUWU_DATA_DIR=\.data | \S+/bin/sanfuwu | \S+\.localhost | sanfuwu\.example\.org | verify-chain
    | --?[a-z][a-z-]* | \b[A-Z]+(?:_[A-Z]+)+\b(?:=1)? | [{[][a-z|]+[\]}]  # --county, SANFUWU_DATA_DIR, [xlsx|csv]
    | \.?[\w/]+\.(?:md|xlsx|xls|csv)\b | \.(?:xlsx|xls|csv)\b | 'open=1&tier=key' | \d{4}-\d\d-\d\d,(?:rest|work)
    """,
    re.VERBOSE | re.MULTILINE,
)
NAMES = {
    *COMMANDS, "sanfuwu", "make", "PostgreSQL", "TLS", "API", "JSON", "CSV", "Excel", "Mermaid", "GB", "T", "Ctrl", "C",
    "DNS", "hosts", "zh", "hans", "en",
    "shangyu", "zhuji",  # examples
    "problems", "duties", "tasks", "results", "system", "security", "audit", "xlsx", "csv",  # values
}  # fmt: skip


def said(*arguments: str, language: str | None = None, status: int = 0) -> str:
    """What `sanfuwu ARGUMENTS` writes; nothing of this process's own language or terminal goes in."""
    env = {k: v for k, v in os.environ.items() if k not in ("SANFUWU_LANGUAGE", "LANGUAGE", "COLUMNS")}
    env |= {"SANFUWU_LANGUAGE": language} if language else {}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def foreign_words(text: str) -> set[str]:
    """The words in Latin letters that are not names of something."""
    return set(re.findall("[A-Za-z]+", TYPED.sub(" ", text))) - NAMES


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_every_command_is_wholly_chinese_unless_asked_otherwise(command: str) -> None:
    told = said(*filter(None, [command]), "--help")
    assert "用法：" in told
    assert "选项" in told
    assert foreign_words(told) == set()
    assert not re.search("[\u4e00-\u9fff][,;:]|[,;:] ?[\u4e00-\u9fff]", told)  # Chinese marks after Chinese words
    assert max(width(line) for line in told.splitlines()) <= 80


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_every_command_is_wholly_english_when_asked_for(command: str) -> None:
    told = said(*filter(None, [command]), "--help", language="en")
    assert told.startswith("Usage: ")
    for name in ("诸暨市", "上虞区"):  # what a county is called
        told = told.replace(name, "")
    assert CHINESE.findall(told) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["nosuch"],
        ["--nosuch"],
        ["officers"],
        ["officers", "--county", "x", "--officer", "nobody"],
        ["serve", "--port", "70000"],
        ["serve", "--port", "x"],
        ["serve", "--port"],
        ["calendar"],
        ["calendar", "2027", "no-such-file"],
        ["figures", "--from", "yesterday", "--to", "2019-01-01"],
        ["check", "more"],
        ["check", "--json=1"],
    ],
)
def test_a_command_line_that_is_wrong_is_refused_in_the_one_language(wrong: list[str]) -> None:
    chinese, english = said(*wrong, status=2), said(*wrong, language="en", status=2)
    typed = {"nosuch", "x", "no", "such", "file", "yesterday", "more", "Y", "m", "d", "nobody"}
    assert foreign_words(chinese) - typed == set()
    assert "错误：" in chinese
    assert CHINESE.findall(english) == []
    assert "Error: " in english


def test_the_help_of_the_program_names_every_command_and_the_variable_of_the_language() -> None:
    told = said("--help")
    assert [name for name in (*COMMANDS, "SANFUWU_LANGUAGE") if name not in told] == []


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert "SANFUWU_LANGUAGE=fr：只能写 zh-hans 或 en。" in said("check", language="fr", status=2)


def test_the_help_of_the_program_and_of_its_commands_imports_no_django() -> None:
    for arguments in (["--help"], *([name, "--help"] for name in COMMANDS)):
        program = (
            "import sys\nfrom sanfuwu.cli import main\n"
            f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code\n"
            "assert 'django' not in sys.modules, 'django'"
        )
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)


def test_lines_are_broken_by_columns_and_begin_with_no_closing_mark() -> None:
    assert wrapped("三服务，销号。", 6) == ["三服", "务，销", "号。"]
    assert wrapped("见（docs/operations.md）。", 8) == ["见", "（docs/operations.md）。"]
    assert wrapped("two words", 5) == ["two", "words"]
    assert width("见 docs") == 7
