"""Hatch: a wheel without the front end or the Chinese messages would install and not work, so it is not built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = (
    "src/sanfuwu/web/static/dist/manifest.json",
    "src/sanfuwu/locale/zh_Hans/LC_MESSAGES/django.mo",
    "src/sanfuwu/locale/zh_Hans/LC_MESSAGES/click.mo",
)


class BuiltPartsHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises FileNotFoundError for a real wheel whose built parts are missing; an editable install needs none."""
        if version == "editable":
            return
        missing = [name for name in BUILT if not (Path(self.root) / name).is_file()]
        if missing:
            raise FileNotFoundError(f"Run `make setup` first: {', '.join(missing)} not built")
