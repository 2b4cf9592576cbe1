"""By what a row is known again, within one file and from one import to the next (model.md).

A row with a number in its source is that number. A row without one is what it says: the hash of its content,
and for the
second row of the same file that says exactly the same, the hash with a 2. So a list that was saved again, in
another order
or with a line more, adds only what is new; and a repeat within one list is kept, as a look-alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from .drafts import Draft, Fault


@dataclass(slots=True)
class Seen:
    """What the rows before have used up."""

    digest_at: Callable[[int], str]  # reads a row that was passed over: how many come before it → what it says
    ref_column: int = 0
    ref_heading: str = ""
    _refs: dict[tuple[str, str], tuple[int, str | int]] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)

    def passed_over(self, source: str, ref: str, row: int, at: int) -> None:
        """A row with a number was dealt with before: what it says is read only if another one has its number."""
        self._refs.setdefault((source, ref), (row, at))

    def place(self, draft: Draft) -> int:
        """Give a row without a number its reference. The row of which this one is a repeat, 0 for none;
        another row with
        the same number is a fault of this one."""
        if draft.reg is None:
            return 0
        if draft.reg.source_ref is None:
            times = self._times[draft.digest] = self._times.get(draft.digest, 0) + 1
            ref = f"h:{draft.digest}" if times == 1 else f"h:{draft.digest}:{times}"
            draft.reg = replace(draft.reg, source_ref=ref)
            return 0
        key = (draft.reg.source_system, draft.reg.source_ref)
        row, said = self._refs.setdefault(key, (draft.row, draft.digest))
        if row == draft.row:
            return 0
        if (said if isinstance(said, str) else self.digest_at(said)) == draft.digest:
            return row
        reason = _("Row %(row)d has the same number and says something else. Give one of them another number.")
        draft.faults.append(Fault(self.ref_column, self.ref_heading, reason % {"row": row}))
        return 0
