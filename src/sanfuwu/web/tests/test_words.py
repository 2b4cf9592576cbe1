"""Every code that a page may meet has its word, every act its form, every event its sentence."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import translation

import sanfuwu
from sanfuwu.problems import commands
from sanfuwu.problems.actions.revealing import REASONS
from sanfuwu.problems.acts import ACTS, ACTS_WITH_FORM
from sanfuwu.problems.chip import Stage
from sanfuwu.problems.models import Callback, Problem, UnitRequest
from sanfuwu.problems.queries import FACET_FILTERS
from sanfuwu.problems.queries.desk import _TASKS
from sanfuwu.problems.queries.requester import _SHOWN
from sanfuwu.rules.lifecycle import AssignmentState
from sanfuwu.rules.resolution_level import ResolutionLevel
from sanfuwu.territory.models import Role
from sanfuwu.web import filters, sentences, words
from sanfuwu.web.acts.fields import FormContext
from sanfuwu.web.acts.forms import ActForm, asked_fields
from sanfuwu.web.acts.texts import TEXTS
from sanfuwu.web.sentences import Told, for_requester, sentence
from sanfuwu.web.views.desk import TASKS

NOW = dt.datetime(2019, 2, 13, 10, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PACKAGE = Path(sanfuwu.__file__).parent


def event_kinds() -> set[str]:
    """Kinds of the events that actions write onto a problem, read from the source."""
    found: set[str] = set()
    for path in [
        *PACKAGE.glob("problems/actions/*.py"),
        *PACKAGE.glob("visits/**/*.py"),
        *PACKAGE.glob("meetings/**/*.py"),
    ]:
        if "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r"\.event\(\s*(?:snap\.)?problem,\s*\"(\w+)\"", text))
            found |= set(
                re.findall(r"kind = \"(\w+)\" if .* else \"(\w+)\"", text)[0] if 'kind = "registered"' in text else ()
            )
    return found


def test_the_source_is_read_for_events_at_all() -> None:
    assert {"accepted", "dispatched", "struck_off", "attached", "registered"} <= event_kinds()


@pytest.mark.parametrize("kind", sorted(event_kinds()))
def test_every_event_has_a_sentence_in_both_languages(kind: str) -> None:
    told = Told(who="供电所 经办 张某", data={}, units={}, posts={}, now=NOW)
    assert kind in sentences.SENTENCES
    with translation.override("zh-hans"):
        assert sentence(kind, told)
    with translation.override("en"):
        assert sentence(kind, told)


@pytest.mark.parametrize("kind", sorted(_SHOWN))
def test_every_event_shown_to_the_requester_has_a_sentence_without_officials(kind: str) -> None:
    assert "张某" not in for_requester(kind, Told(who="张某", data={}, units={}, posts={}, now=NOW))


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_a_word_with_an_icon(stage: Stage) -> None:
    chip = words.stage_chip(stage)
    assert chip.word != stage.value
    assert chip.icon


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (words.TIERS, Problem.Tier.values),
        (words.URGENCIES, Problem.Urgency.values),
        (words.NATURES, Problem.Nature.values),
        (words.CHANNELS, Problem.Channel.values),
        (words.RESULT_KINDS, Problem.ResultKind.values),
        (words.CLOSE_BASES, Problem.CloseBasis.values),
        (words.RESOLUTION_LEVELS, [str(level) for level in ResolutionLevel]),
        (words.ROLES, Role.values),
        (words.CONTACT_WAYS, Callback.Channel.values),
        (words.SATISFACTION, Callback.Satisfied.values),
        (words.REVEAL_REASONS, REASONS),
        (words.ASSIGNMENT_STATES, [str(state) for state in AssignmentState]),
        (words.REQUEST_KINDS, UnitRequest.Kind.values),
        (words.HOLD_CONDITIONS, commands.HOLD_CONDITIONS),
    ],
)
def test_every_code_has_a_word(known: dict[str, object], codes: list[str]) -> None:
    assert set(codes) == set(known)


@pytest.mark.django_db  # reasons in use are the county's
@pytest.mark.parametrize("act", ACTS_WITH_FORM)
def test_every_act_with_a_page_has_words_and_a_form_for_its_command(act: str) -> None:
    assert act in TEXTS
    form = ActForm(act, ACTS[act].command, FormContext(now=NOW, confidential=True))
    assert set(form.fields) == set(asked_fields(act, ACTS[act].command))


def test_a_command_with_an_unknown_field_is_noticed() -> None:
    with pytest.raises(KeyError, match=r"accept\.how"):
        asked_fields("accept", commands.MakeContact)


def test_every_heap_of_the_desk_and_every_filter_has_a_label() -> None:
    assert {task[0] for tasks in _TASKS.values() for task in tasks} <= set(TASKS)
    assert all(filters.filter_label(name) != name for name in FACET_FILTERS)
