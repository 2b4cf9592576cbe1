"""How answers become JSON: Chinese as it is written, moments with all their digits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder


class _Encoder(NinjaJSONEncoder):
    def default(self, value: Any) -> Any:
        # Django's own encoder cuts moments to milliseconds: the same moment would read differently in two answers.
        return value.isoformat() if isinstance(value, dt.date) else super().default(value)


class Renderer(JSONRenderer):
    encoder_class = _Encoder
    json_dumps_params = {"ensure_ascii": False}
