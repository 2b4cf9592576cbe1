from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "sanfuwu.triage"
    label = "triage"

    def ready(self) -> None:
        """Whatever comes in gets the catalogue's unit proposed, by whichever way."""
        from sanfuwu.problems.actions import _proposing

        from .queries import proposed_unit

        _proposing.ask(proposed_unit)
