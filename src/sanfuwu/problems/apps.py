from __future__ import annotations

from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "sanfuwu.problems"
    label = "problems"

    def ready(self) -> None:
        from sanfuwu.territory.actions import handover

        from .actions.handing_over import PARTS

        for part in PARTS:
            handover.register(part)
