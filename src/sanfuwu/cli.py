"""`sanfuwu`: the program's own commands. Each is a module of `commands`, imported only when it is used."""

from __future__ import annotations

import importlib
from typing import Any

import click

from sanfuwu.commands.help import Context
from sanfuwu.config import language
from sanfuwu.config.language import N_
from sanfuwu.config.language import gettext as _

# name → (module below sanfuwu.commands, one line of help). The line stands here so that `--help` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", N_("Start a demonstration: a district, its people and a first slice of its work.")),
    "serve": ("serve", N_("Serve the pages and the API.")),
    "worker": ("worker", N_("Run the jobs: checkpoints, messages to the outside.")),
    "migrate": ("migrate", N_("Make or update the database: tables, counties, privileges, calendar.")),
    "county": ("county", N_("Make one more, empty county with its three officers; prints their first passwords once.")),
    "officers": (
        "officers",
        N_("Let the three officers of a county in, or one of them in again; prints their passwords once."),
    ),
    "token": ("token", N_("Issue an API token for somebody's post.")),
    "calendar": ("calendar", N_("Publish a year's working calendar; deadlines are computed again.")),
    "import": ("import_", N_("Register the rows of an Excel file as problems.")),
    "export": ("export", N_("Take out a ledger as .xlsx or .csv.")),
    "check": ("check", N_("Look at the whole installation: what is wrong, and what to do.")),
    "figures": ("figures", N_("The figures of a window of days, counted from the records.")),
    "verify-chain": ("verify_chain", N_("Verify that no event was changed, removed or put in.")),
    "lifecycle": ("lifecycle", N_("Draw the lifecycle tables as diagrams.")),
}
ENVIRONMENT = (
    ("SANFUWU_DATA_DIR", N_("where everything is kept")),
    ("DATABASE_URL", N_("a PostgreSQL of your own instead of the embedded one (running role)")),
    ("SANFUWU_OWNER_DATABASE_URL", N_("the same database for the role that owns it (migrate)")),
    ("SANFUWU_ALLOWED_HOSTS", N_("host names under which it is served, with commas")),
    ("SANFUWU_BEHIND_TLS=1", N_("a proxy in front speaks TLS")),
    ("SANFUWU_LANGUAGE", N_("language of this help and of what commands print: zh-hans (default) or en")),
)


class LazyGroup(click.Group):
    """Imports a command when it is called, not when its name is listed: `--help` answers at once."""

    context_class = Context

    def main(self, *args: Any, **kwargs: Any) -> Any:
        language.teach_click()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sanfuwu.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(line)) for name, (_module, line) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Environment")):
            formatter.write_dl([(name, _(line)) for name, line in ENVIRONMENT])
        formatter.write_paragraph()
        formatter.write_text(_("All of them are explained in docs/operations.md."))


@click.group(
    cls=LazyGroup,
    help=_("Sanfuwu: problems of enterprises, villages and residents, from registration to striking off."),
    options_metavar=_("[OPTIONS]"),
    subcommand_metavar=_("COMMAND [ARGS]..."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="sanfuwu", message="%(prog)s %(version)s", help=_("Show the version and exit."))
def main(**_options: Any) -> None:
    if said := language.refused():
        raise click.UsageError(_("SANFUWU_LANGUAGE=%(said)s: say zh-hans or en.") % {"said": said})


if __name__ == "__main__":
    main()
