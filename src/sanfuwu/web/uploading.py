"""Files that must not lie unencrypted on the disk, not even for the time of a request."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest

from sanfuwu.intake.files import MOST_BYTES


class InMemory(MemoryFileUploadHandler):
    """Keeps an upload in memory whatever its size, and stops reading it at the size that is allowed."""

    def handle_raw_input(self, *given: Any, **more: Any) -> None:
        super().handle_raw_input(*given, **more)
        self.activated = True
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.size += len(raw_data)
        if self.size > MOST_BYTES:
            if self.request is not None:
                self.request.upload_too_big = True  # type: ignore[attr-defined]
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def keep_in_memory(request: HttpRequest) -> None:
    """Before anything has looked into the request: its files never touch the disk."""
    request.upload_handlers = [InMemory(request)]
