"""The steps of a course in which a unit asks for something, or the requester changes his mind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from sanfuwu.problems import actions as act
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.models import Problem
from sanfuwu.rules.worktime import WorkCalendar
from sanfuwu.territory.actor import Actor

from . import words
from .cast import Cast
from .story import Story


class Asking:
    """Part of `courses.Walk`."""

    if TYPE_CHECKING:
        story: Story
        cast: Cast
        calendar: WorkCalendar
        now: dt.datetime
        problem: Problem

        @property
        def office(self) -> Actor: ...
        @property
        def registrar(self) -> Actor: ...
        def _said(self, sentences: tuple[str, ...] | str, below: bool = False) -> str: ...
        def _do(self, action: Callable[..., Problem], command: object, actor: Actor) -> None: ...

    def _other_unit(self) -> UUID:
        """Whom the unit thinks of instead."""
        return self.cast.units["nyncj" if self.story.lead != "nyncj" else "slj"]

    def _give_back(self) -> None:
        command = cmd.Return(
            reason=self._said(words.RETURN),
            basis=self._said(words.RETURN_BASIS),
            proposed_unit=self._other_unit(),
        )
        self._do(act.give_back, command, self.cast.head(self.story.lead))

    def _uphold(self) -> None:
        self._do(act.rule_uphold, cmd.RuleUphold(reason=self._said(words.UPHOLD)), self.office)

    def _days_after_due(self, days: int) -> dt.date:
        due = self.problem.assignments.get(role="lead").due_at
        return self.calendar.shift(due.astimezone(self.calendar.tz).date(), days)

    def _ask_extension(self) -> None:
        command = cmd.RequestExtension(due_on=self._days_after_due(5), reason=self._said(words.EXTENSION))
        self._do(act.request_extension, command, self.cast.handler(self.story.lead))

    def _grant_extension(self) -> None:
        self._do(act.decide_extension, cmd.DecideExtension(granted=True, remark=words.EXTENSION_GRANTED), self.office)

    def _ask_hold(self) -> None:
        command = cmd.RequestHold(condition="season", review_on=self._days_after_due(25), reason=self._said(words.HOLD))
        self._do(act.request_hold, command, self.cast.handler(self.story.lead))

    def _grant_hold(self) -> None:
        self._do(act.hold, cmd.Hold(remark=words.HOLD_GRANTED), self.cast.actors["supervisor"])

    def _withdraw(self) -> None:
        command = cmd.Withdraw(reason=self._said(words.WITHDRAWAL), proof=words.WITHDRAWAL_PROOF, how="visit")
        self._do(act.withdraw, command, self.registrar)

    def _withdrawal_confirmed(self) -> None:
        command = cmd.RecordCallback(channel="phone", reached=True, satisfied="yes", outcome="confirmed")
        self._do(act.record_callback, command, self.cast.actors["verifier"])

    def _reopen(self) -> None:
        self._do(act.reopen, cmd.Reopen(reason=self._said(words.REOPEN)), self.cast.actors["supervisor"])
