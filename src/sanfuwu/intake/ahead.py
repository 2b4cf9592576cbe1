"""Reading while the database writes: the next batch is read in a thread while the present one waits for its commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.utils import translation

T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items in the same order, each made while the one before is used. What goes wrong in making one is raised
    where it would be used. Making must not touch the database: a thread has a connection of its own."""
    rest, language, end = iter(items), translation.get_language() or "", object()

    def take() -> T | object:
        with translation.override(language):
            return next(rest, end)

    with ThreadPoolExecutor(1, thread_name_prefix="reading-ahead") as reader:
        coming = reader.submit(take)
        while (item := coming.result()) is not end:
            coming = reader.submit(take)
            yield item  # type: ignore[misc]
