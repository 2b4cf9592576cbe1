"""Column headings of the workbooks, as the other system's people know them; each system may call them otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput

# What goes out, in the order of the columns; the number of the other system is the key.
OUT: dict[str, str] = {
    "number": "工单编号",
    "our_number": "我方编号",
    "state": "办理状态",
    "unit": "主办单位",
    "due": "办理期限",
    "report": "最新进展",
    "result": "办理结果",
    "answer": "答复内容",
    "callback": "回访结果",
}
# What comes in; only the number and one of status and reply are needed.
IN: dict[str, str] = {"number": "工单编号", "status": "状态", "reply": "答复", "date": "日期"}
# Keys of `ForeignSystem.headings`.
ALL: dict[str, str] = {f"out_{key}": name for key, name in OUT.items()} | {
    f"in_{key}": name for key, name in IN.items()
}
LENGTH = 30


def of_out(headings: Mapping[str, str]) -> dict[str, str]:
    """{column: heading} of a system's outgoing workbook."""
    return {key: headings.get(f"out_{key}") or name for key, name in OUT.items()}


def of_in(headings: Mapping[str, str]) -> dict[str, str]:
    """{column: heading} of a system's incoming workbook."""
    return {key: headings.get(f"in_{key}") or name for key, name in IN.items()}


def checked(given: Mapping[str, str]) -> dict[str, str]:
    """Only what differs from the usual. Raises `InvalidInput` at the field: too long, or twice in one workbook."""
    kept: dict[str, str] = {}
    for key, usual in ALL.items():
        name = " ".join(given.get(key, "").split())
        if len(name) > LENGTH:
            raise InvalidInput(_("At most %(most)d characters.") % {"most": LENGTH}, field=key)
        if name and name != usual:
            kept[key] = name
    for side, names in (("out", of_out(kept)), ("in", of_in(kept))):
        seen: set[str] = set()
        for key, name in names.items():
            if name in seen:
                raise InvalidInput(_("Two columns cannot have the same heading."), field=f"{side}_{key}")
            seen.add(name)
    return kept
