"""What granian's processes load: the application, and an end when the program that started them is gone."""

from __future__ import annotations

import os
import threading
import time

from django.urls import get_resolver

from sanfuwu.config.rings import settle
from sanfuwu.config.wsgi import application as long_way

from sanfuwu.api.short_way import short_way  # isort: skip  # after Django is set up

application = short_way(long_way)
get_resolver().url_patterns  # noqa: B018 - pages and API are loaded now, not by whoever comes first
settle()
_parent = os.getppid()


def _end_with_parent() -> None:
    """After kill -9 of the program nobody would stop its web processes: they would keep the port and the database."""
    while os.getppid() == _parent:
        time.sleep(1)
    os._exit(1)


threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
