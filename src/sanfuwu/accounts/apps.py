from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "sanfuwu.accounts"
    label = "accounts"

    def ready(self) -> None:
        from sanfuwu.territory.actions import handover

        from .handing_over import PARTS

        for part in PARTS:
            handover.register(part)
