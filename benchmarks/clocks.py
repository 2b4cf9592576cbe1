"""Time as the wall shows it, and time that processors worked for one request: this thread and its database process.

The second one does not grow when other programs share the machine, so it tells what a request costs.
"""

from __future__ import annotations

import time
from pathlib import Path


class Work:
    """Milliseconds of processor time of this thread and of the PostgreSQL process behind Django's connection."""

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._path = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
        self.complete = self._path.exists()  # Linux, and a server on this machine

    def now(self) -> float:
        """A reading; only differences mean anything."""
        server = int(self._path.read_bytes().split()[0]) / 1e6 if self.complete else 0.0
        return time.thread_time() * 1000 + server
