"""`sanfuwu lifecycle`: the three lifecycle tables as diagrams, for the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sanfuwu.config.language import gettext as _

from .help import described, option

if TYPE_CHECKING:
    from sanfuwu.rules.lifecycle import Step

TITLES = {"problem": "Problem", "assignment": "Assignment", "verification": "Verification cycle"}
HEAD = """# Lifecycle

Drawn by `sanfuwu lifecycle` from `sanfuwu.rules.lifecycle`, from which buttons, API, permissions and tests are read
too. Do not edit. An arrow from a state to itself writes an event and changes no state.
*Who* is a relation to the problem, not a job title; which posts stand in it is said by `problems.policies`.
"""


def document() -> str:
    """The whole page."""
    from sanfuwu.rules.lifecycle import TABLES, Machine, mermaid

    parts = [HEAD]
    for machine in Machine:
        parts.append(f"## {TITLES[machine.value]}\n\n```mermaid\n{mermaid(machine).rstrip()}\n```\n")
        parts.append("| Act | 中文 | From | To | Who | Needs | Clock |\n|---|---|---|---|---|---|---|")
        parts.extend(_row(step) for step in TABLES[machine])
        parts.append("")
    return "\n".join(parts)


def _row(step: Step) -> str:
    cells = (
        f"`{step.act}`",
        step.chinese,
        ", ".join("(new)" if state is None else str(state) for state in step.start),
        str(step.to) if step.to is not None else "—",
        ", ".join(step.who),
        ", ".join(step.needs) or "—",
        "—" if step.clock == "none" else str(step.clock),
    )
    return "| " + " | ".join(cells) + " |"


@described(_("Draw the lifecycle tables as Mermaid diagrams into a file (docs/lifecycle.md)."))
@click.argument(
    "file", metavar=_("[FILE]"), type=click.Path(dir_okay=False, path_type=Path), default=Path("docs/lifecycle.md")
)
@option("--check", is_flag=True, help=_("Write nothing; exit with 1 when the file is out of date."))
def command(file: Path, check: bool) -> None:
    text = document()
    if check:
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            raise click.ClickException(_("%(file)s is out of date: run `sanfuwu lifecycle`.") % {"file": file})
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
