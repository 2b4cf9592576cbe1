"""`sanfuwu check`: the whole installation, with what is wrong and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from sanfuwu.config.language import gettext as _

from .common import program
from .help import described, option

_MARKS = {"ok": ("✓", "green"), "note": ("·", None), "warning": ("!", "yellow"), "error": ("✗", "red")}


@described(
    _("Look at the whole installation: what is wrong, and what to do."),
    _("Exits with 1 when there is an error. Warnings and notes do not count as errors."),
)
@option("--json", "as_json", is_flag=True, help=_("The findings as JSON on standard output."))
def command(as_json: bool) -> None:
    with program():
        from sanfuwu.config.checks import examine, title

        findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(f) for f in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            mark, colour = _MARKS[finding.level]
            click.echo(
                f"{click.style(mark, fg=colour)} "
                + _("%(subject)s: %(said)s") % {"subject": title(finding.subject), "said": finding.said}
            )
            if finding.todo:
                click.echo(f"    → {finding.todo}")
    if any(finding.level == "error" for finding in findings):
        raise SystemExit(1)
