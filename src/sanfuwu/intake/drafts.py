"""A row of a table becomes what an action takes: a registration or a past case, with faults and notices by column.

Nothing of a row is lost in silence: what fits no field is added to the text under its own heading, or the row
is refused
with the column and the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.parties.actions import RequesterInput, check_requester
from sanfuwu.parties.matching import kind_of
from sanfuwu.problems.actions import TEXT_LENGTH
from sanfuwu.problems.commands import PastCase, Registration
from sanfuwu.problems.models import Problem
from sanfuwu.rules.text import content_key

from . import values
from .columns import IGNORE, REMARK
from .files.book import Cell
from .lines import Line
from .lookups import Lookups

TITLE_MOST: Final = 200
REF_MOST: Final = 80
OWN_SYSTEM: Final = "sanfuwu-"  # with the county's six digits: the ledger of another installation, or of this one
_OWN_NUMBER: Final = re.compile(r"(\d{6})-(?:19|20)\d{2}-\d{6,}")
_CHANNELS: Final = (
    ("属地摸排", "survey"), ("摸排", "survey"), ("条线", "line"), ("走访", "visit"),
    ("对接会", "meeting"), ("会议", "meeting"),
    ("自报", "self"), ("12345", "hotline"), ("热线", "hotline"),
)  # fmt: skip
_SERVED: Final = (("企业", "enterprise"), ("群众", "resident"), ("基层", "organisation"))
_VILLAGE: Final = re.compile(r"(村|社区|居委会|村委会)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about one cell: `column` from 1 (0: the row as a whole), `heading` as it reads, the reason in
    a sentence."""

    column: int
    heading: str
    reason: str


@dataclass  # no slots: an import pickles them for other processes: faster so
class Draft:
    """One row, read. With `faults` it cannot be registered; `notices` are worth knowing and stop nothing."""

    row: int
    reg: Registration | None = None
    digest: str = ""  # of what the row says, whatever the order of columns
    text_key: str = ""  # equal for the same text
    number: str = ""  # of a problem of this very county, when the reference is one
    category: str = ""  # as named, unknown so far
    unit: str = ""  # as named, unknown so far
    others: tuple[str, ...] = ()  # further units of a past case
    units: tuple[UUID, ...] = ()  # of a past case, once they are all known
    reply: str = ""
    replied_on: dt.datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)

    def past(self) -> PastCase:
        """The row as a case of the past, with the units that handled it."""
        assert self.reg is not None
        return PastCase(reg=self.reg, reply=self.reply, replied_on=self.replied_on, units=self.units)


@dataclass(slots=True)
class Reader:
    """Reads the rows of one table. `place` (12 digits) is where the importing office serves; "" for the whole
    county."""

    source: str
    mapping: Mapping[int, str]  # column from 1 → key of the field
    headings: Mapping[int, str]
    known: Lookups
    history: bool = False
    place: str = ""
    proposes: bool = True  # whether unknown units and categories may be proposed by who imports
    _one: dict[str, int] = field(default_factory=dict)
    _many: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column, key in sorted(self.mapping.items()):
            if key != IGNORE:
                self._one.setdefault(key, column - 1)
                self._many.setdefault(key, []).append(column - 1)

    def read(self, line: Line) -> Draft:
        """One row; never raises for what stands in it."""
        draft, cells = Draft(line.row), line.cells
        for column, word in line.faulty.items():
            if self.mapping.get(column, IGNORE) != IGNORE:
                self._fault(draft, column - 1, _formula(word))
        lines: list[str] = []
        text, title = self._texts(cells, draft, lines)
        raised_on = self._moment("raised_on", cells, draft)
        division = self._division(cells, draft, lines)
        requester = self._requester(cells, draft, lines, division)
        unit = self._unit(cells, draft, lines)
        category = self._category(cells, draft, lines)
        channel, urgency = self._words(cells, lines)
        if self.history:
            draft.reply = "\n".join(self._said("reply", cells))
            draft.replied_on = self._moment("replied_on", cells, draft)
        else:
            lines += self._under_headings("reply", cells) + self._under_headings("replied_on", cells)
        lines += self._under_headings(REMARK, cells)
        draft.text_key = content_key(text) if text else ""
        if lines:
            text = "\n".join([text, *lines])
        if len(text) > TEXT_LENGTH:
            said = _("%(n)s characters; at most %(most)s.") % {"n": f"{len(text):,}", "most": f"{TEXT_LENGTH:,}"}
            self._fault(draft, self._one.get("text", self._one.get("title", -1)), said)
        draft.digest = _digest(text, title, raised_on, requester, draft.reply)
        source, ref, draft.number = self.reference(cells)
        draft.reg = Registration(
            text=text,
            title=title,
            division=division,
            requester=requester,
            anonymous=not (requester.name or requester.contact_name or requester.phone),
            channel=channel,
            urgency=urgency,
            category_id=category,
            proposed_unit=unit,
            raised_on=raised_on,
            source_system=source,
            source_ref=ref,
        )
        return draft

    def reference(self, cells: Sequence[Cell]) -> tuple[str, str | None, str]:
        """(the source, the row's number there if it has one, the same when it is a number of this very county)."""
        ref = values.one_line(self._cell("ref", cells))
        if found := _OWN_NUMBER.fullmatch(ref):
            return f"{OWN_SYSTEM}{found[1]}", ref, ref if found[1] == self.known.county[:6] else ""
        return self.source, ref if ref and len(ref) <= REF_MOST else None, ""

    def check(self, draft: Draft, now: dt.datetime) -> None:
        """What registering would refuse as well, found before anything is written."""
        reg = draft.reg
        if reg is None or draft.faults:
            return
        if reg.raised_on is not None and reg.raised_on > now:
            self._fault(draft, self._one.get("raised_on", -1), _("It cannot have been raised in the future."))
        try:
            check_requester(reg.requester)
        except InvalidInput as error:
            draft.faults.append(self.fault_of(error.field or "", error.message))

    def fault_of(self, field_name: str, reason: str) -> Fault:
        """A refusal of the action, at the column it is about."""
        return fault_at(self.columns, self.headings, field_name, reason)

    @property
    def columns(self) -> dict[str, int]:
        """{field: its first column, from 1}."""
        return {key: at + 1 for key, at in self._one.items()}

    # ── parts of a row ──

    def _texts(self, cells: Sequence[Cell], draft: Draft, lines: list[str]) -> tuple[str, str]:
        text = "\n".join(self._said("text", cells))
        asks = self._said("ask", cells)
        if not text and asks:
            text = "\n".join(asks)
        elif asks:
            lines += self._under_headings("ask", cells)
        title = values.one_line(self._cell("title", cells))
        if len(title) > TITLE_MOST:  # nothing is lost: the whole title then stands above the text
            text = f"{title}\n{text}" if text else title
            title = title[: TITLE_MOST - 1] + "…"
        if not (text or title):
            self._fault(draft, self._one.get("text", self._one.get("title", -1)), _("Neither a title nor a text."))
        return text or title, title

    def _moment(self, key: str, cells: Sequence[Cell], draft: Draft) -> dt.datetime | None:
        at = self._one.get(key)
        if at is None or at >= len(cells) or cells[at] == "":
            return None
        try:
            return values.moment(cells[at])
        except values.NotADate:
            said = values.shown(cells[at])[:30]
            if said in ("-", "—", "/", "无"):
                return None
            reason = _("“%(value)s” is not a date. Write it as 2019-01-08 or 2019年1月8日.") % {"value": said}
            self._fault(draft, at, reason)
            return None

    def _division(self, cells: Sequence[Cell], draft: Draft, lines: list[str]) -> str:
        said = values.one_line(self._cell("place", cells))
        own = self.place or self.known.county
        if not said:
            return own
        code = self.known.place(said, self.place)
        if code is None:
            lines += self._under_headings("place", cells)
            self._notice(
                draft, "place", _("“%(name)s” is no place of this county: added to the text.") % {"name": said[:30]}
            )
            return own
        if self.place and not code.startswith(self.place[:9]):
            if code == self.known.county:
                return own
            self._fault(draft, self._one["place"], _("This place is not in your town. The district office imports it."))
        return code

    def _requester(self, cells: Sequence[Cell], draft: Draft, lines: list[str], division: str) -> RequesterInput:
        name = values.one_line(self._cell("party", cells))
        contact = values.one_line(self._cell("contact", cells))
        uscc = values.one_line(self._cell("uscc", cells))
        served = values.one_line(self._cell("served", cells))
        if "*" in uscc or uscc in ("-", "/", "无"):
            uscc = ""
        kind = next((k for word, k in _SERVED if word in served), "")
        if served and not kind:
            lines += self._under_headings("served", cells)
        phone = self._phone(cells, draft, lines)
        if not name:
            if uscc:
                self._fault(draft, self._one["uscc"], _("There is a code but no name. Write whose code it is."))
            return RequesterInput(contact_name=contact, phone=phone)
        guessed = kind_of(name)
        if uscc:
            kind = kind if kind not in ("", "resident") else "enterprise"
        elif kind in ("", "organisation") or (kind == "resident" and guessed != "resident"):
            kind = guessed if guessed != "resident" or not kind else kind
            if kind == "resident" and len(name) > 10:
                kind = "organisation"
        if kind == "resident":
            if contact and contact != name:
                return RequesterInput(contact_name=f"{name}（{contact}）"[:40], phone=phone)
            return RequesterInput(contact_name=name, phone=phone)
        village = ""
        if kind == "village":
            code = self.known.place(name, division) or division
            village = "" if code.endswith("000") else code
        return RequesterInput(kind=kind, name=name, uscc=uscc, village_code=village, contact_name=contact, phone=phone)

    def _phone(self, cells: Sequence[Cell], draft: Draft, lines: list[str]) -> str:
        said = values.clean(self._cell("phone", cells))
        if not said or said in ("-", "—", "/", "无"):
            return ""
        if values.is_masked(said):
            self._notice(draft, "phone", _("The telephone is hidden in the list, so it is left out."))
            return ""
        found = values.phone_in(said)
        if found is None:
            reason = _("“%(value)s” is not a valid mobile or landline number.") % {"value": said[:30]}
            self._fault(draft, self._one["phone"], reason)
            return ""
        phone, rest = found
        if rest:
            lines.append(f"{self._heading('phone')}：{rest}")
        return phone

    def _unit(self, cells: Sequence[Cell], draft: Draft, lines: list[str]) -> UUID | None:
        said = values.one_line(self._cell("unit", cells))
        co = self._under_headings("co", cells)
        lines += co
        if not said:
            return None
        whole = self.known.unit(said)
        names = [said] if whole is not None else values.names_in(said) or [said]
        first = names[0]
        if len(names) > 1:
            draft.others = tuple(names[1:])
            lines.append(f"{self._heading('unit')}：{said}")
        unit = self.known.unit(first)
        if unit is None:
            if self.proposes and len(first) <= 40:
                draft.unit = first
            else:
                if len(names) == 1:
                    lines.append(f"{self._heading('unit')}：{said}")
                self._notice(
                    draft, "unit", _("“%(name)s” is no unit of this county: added to the text.") % {"name": said[:30]}
                )
        return unit

    def _category(self, cells: Sequence[Cell], draft: Draft, lines: list[str]) -> UUID | None:
        said = values.one_line(self._cell("category", cells))
        if not said:
            return None
        known = self.known.category(said)
        if known is None:
            if self.proposes and len(said) <= 60:
                draft.category = said
            else:
                lines += self._under_headings("category", cells)
                self._notice(
                    draft, "category", _("“%(name)s” is no category here: added to the text.") % {"name": said[:30]}
                )
        return known

    def _words(self, cells: Sequence[Cell], lines: list[str]) -> tuple[str, str]:
        said = values.one_line(self._cell("channel", cells))
        channel = next((code for word, code in _CHANNELS if word in said), "") if said else ""
        if said and not channel:
            lines += self._under_headings("channel", cells)
        tier = values.one_line(self._cell("tier", cells))
        urgent = "紧急" in tier and "不紧急" not in tier and "非紧急" not in tier
        if tier and not urgent:
            lines += self._under_headings("tier", cells)
        return channel or Problem.Channel.IMPORT.value, "urgent" if urgent else "normal"

    # ── cells ──

    def _cell(self, key: str, cells: Sequence[Cell]) -> str:
        at = self._one.get(key)
        return values.shown(cells[at]) if at is not None and at < len(cells) else ""

    def _said(self, key: str, cells: Sequence[Cell]) -> list[str]:
        found = (values.clean(values.shown(cells[at])) for at in self._many.get(key, ()) if at < len(cells))
        return [text for text in found if text]

    def _under_headings(self, key: str, cells: Sequence[Cell]) -> list[str]:
        lines = []
        for at in self._many.get(key, ()):
            if at < len(cells) and (said := values.clean(values.shown(cells[at]))):
                lines.append(f"{self.headings.get(at + 1) or key}：{said}")
        return lines

    def _heading(self, key: str) -> str:
        return self.headings.get(self._one[key] + 1) or key

    def _fault(self, draft: Draft, at: int, reason: str) -> None:
        draft.faults.append(Fault(at + 1, self.headings.get(at + 1, ""), reason))

    def _notice(self, draft: Draft, key: str, reason: str) -> None:
        at = self._one[key]
        draft.notices.append(Fault(at + 1, self.headings.get(at + 1, ""), reason))


def fault_at(columns: Mapping[str, int], headings: Mapping[int, str], field_name: str, reason: str) -> Fault:
    """What an action refused (`field_name`: as it names its field), at the column it is about."""
    key = {
        "name": "party", "contact_name": "contact", "village_code": "place", "division": "place", "kind": "party",
        "requester": "party", "category_id": "category", "proposed_unit": "unit", "source_ref": "ref",
    }.get(field_name, field_name)  # fmt: skip
    column = columns.get(key, 0)
    return Fault(column, headings.get(column, ""), reason)


def _formula(word: str) -> str:
    if word:
        return _("The formula gives the error %(word)s. Mend it, or write the value itself.") % {"word": word}
    return _("The formula was never worked out. Open the file in a spreadsheet, save it, and upload it again.")


def _digest(text: str, title: str, raised_on: dt.datetime | None, who: RequesterInput, reply: str) -> str:
    parts = (text, title, raised_on.isoformat() if raised_on else "", who.name, who.uscc, who.contact_name, who.phone)
    return blake2s("\x1f".join((*parts, reply)).encode(), digest_size=16).hexdigest()
