"""`sanfuwu`: the program's own commands. Each is a module of `commands`, imported only when it is used."""

from __future__ import annotations

import importlib
from typing import Any

import click

# name → (module below sanfuwu.commands, one line of help). The line stands here so that `--help` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Start a demonstration: a district, its people and a first slice of its work."),
    "serve": ("serve", "Serve the pages and the API."),
    "worker": ("worker", "Run the jobs: checkpoints, messages to the outside."),
    "migrate": ("migrate", "Make or update the database: tables, counties, privileges, calendar."),
    "county": ("county", "Make one more, empty county with its three officers; prints their first passwords once."),
    "officers": ("officers", "Let the first three officers of a county in; prints their passwords once."),
    "token": ("token", "Issue an API token for somebody's post."),
    "calendar": ("calendar", "Publish a year's working calendar; deadlines are computed again."),
    "import": ("import_", "Register the rows of an Excel file as problems."),
    "export": ("export", "Take out a ledger as .xlsx or .csv."),
    "check": ("check", "Look at the whole installation: what is wrong, and what to do."),
    "figures": ("figures", "The figures of a window of days, counted from the records."),
    "verify-chain": ("verify_chain", "Verify that no event was changed, removed or put in."),
    "lifecycle": ("lifecycle", "Draw the lifecycle tables as diagrams."),
}


class LazyGroup(click.Group):
    """Imports a command when it is called, not when its name is listed: `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sanfuwu.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in COMMANDS.items()])


EPILOG = """\b
Environment:
  SANFUWU_DATA_DIR            where everything is kept
  DATABASE_URL                a PostgreSQL of your own instead of the embedded one (running role)
  SANFUWU_OWNER_DATABASE_URL  the same database for the role that owns it (migrate)
  SANFUWU_ALLOWED_HOSTS       host names under which it is served, with commas
  SANFUWU_BEHIND_TLS=1        a proxy in front speaks TLS
All of them are explained in docs/operations.md."""


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sanfuwu", message="%(prog)s %(version)s")
def main(**_options: Any) -> None:
    """Sanfuwu (三服务): problems of enterprises, villages and residents, from registration to 销号."""


if __name__ == "__main__":
    main()
