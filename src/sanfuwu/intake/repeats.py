"""Exact repeats of a text: kept, and linked to the first problem that had it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sanfuwu.ledger import writer
from sanfuwu.ledger.crypto import text_hmac
from sanfuwu.ledger.reader import ask
from sanfuwu.ledger.rows import fresh
from sanfuwu.problems.models import Problem

from .drafts import Draft
from .models import ImportedText

_KNOWN = "SELECT problem_id, key, first FROM intake_importedtext WHERE key = ANY(%s) ORDER BY problem_id"


def mark_repeats(created: Sequence[tuple[Draft, Problem]]) -> list[list[Any]]:
    """[row, number, number of the first] of each repeat; every text is remembered, in the caller's transaction."""
    keyed = [(draft, problem, text_hmac(draft.text_key)) for draft, problem in created if draft.text_key]
    if not keyed:
        return []
    first: dict[bytes, UUID] = {}
    for problem_id, key, earlier in ask(_KNOWN, [list({key for _d, _p, key in keyed})]):
        first.setdefault(bytes(key), earlier or problem_id)
    texts, repeats = [], []
    for draft, problem, key in keyed:
        earlier = first.get(key)
        texts.append(fresh(ImportedText, problem_id=problem.pk, key=key, first=earlier))
        if earlier is None:
            first[key] = problem.pk
        else:
            repeats.append((draft.row, problem.number, earlier))
    writer.write(texts, [])
    known = {earlier for _r, _n, earlier in repeats}
    numbers = dict(Problem.objects.filter(pk__in=known).values_list("pk", "number")) if known else {}
    return [[row, number, numbers.get(earlier, "")] for row, number, earlier in repeats]
