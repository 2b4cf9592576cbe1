from __future__ import annotations

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "sanfuwu.reference"
    label = "reference"
