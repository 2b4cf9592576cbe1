"""登记: what comes in, what it becomes, and what is refused."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event, Note
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.parties.models import Contact, Party
from sanfuwu.parties.queries import open_contact
from sanfuwu.problems.search import grams_asked
from sanfuwu.territory.actor import SYSTEM

from ..actions import register_problem, register_problems
from ..chip import stage
from ..facets import known_ids, list_tokens
from ..models import Problem, ProblemText
from .cast import NOW, PERSON, PHONE, SONGXIA, TEXT, VILLAGE, Cast, at, firm, kinds, last_event, refused, seen, told


def test_a_registered_problem_waits_to_be_accepted(cast: Cast) -> None:
    problem = register_problem(told(), actor=cast.collector, now=NOW)
    snap = seen(problem)
    assert kinds(problem) == ["registered"]
    assert (snap.problem.state, stage(snap)) == ("submitted", "submitted")
    assert snap.problem.registered_at == snap.problem.raised_on == NOW
    assert snap.problem.registered_by == cast.collector.post_id
    assert (snap.problem.version, snap.problem.event_seq) == (1, 1)
    assert (snap.row.is_open, snap.row.due_at) == (True, None)
    assert (snap.problem.tier, snap.problem.category_id) == ("", None)
    assert snap.deadlines == []


def test_its_number_names_county_and_year_and_rises(cast: Cast) -> None:
    first, second = cast.registered(), cast.registered()
    assert first.number.startswith("330604-2019-")
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1
    assert first.read_code != second.read_code
    assert len(first.read_code) == 12


def test_the_year_of_a_number_is_the_local_one(cast: Cast) -> None:
    new_year = at(1, 0, 30, month=1)  # still 2018 in Greenwich
    assert cast.registered(now=new_year).number.startswith("330604-2019-")


def test_the_title_is_the_first_sentence_unless_given(cast: Cast) -> None:
    assert cast.registered().title == "我厂夏季用电高峰经常跳闸"
    assert cast.registered(told(title=" 用电增容 ")).title == "用电增容"
    long = cast.registered(told("很" * 60)).title
    assert (len(long), long[-1]) == (40, "…")


def test_text_and_contact_are_kept_encrypted(cast: Cast) -> None:
    problem = cast.registered()
    note = Note.objects.get(pk=problem.text_note_id)
    assert TEXT.encode() not in bytes(note.text_enc)
    assert decrypt(note.text_enc, note.pk, note.key_id) == TEXT
    contact = Contact.objects.get(pk=problem.contact_id)
    plain = open_contact(contact)
    assert (plain.name, plain.phone) == (PERSON, PHONE)
    assert PERSON.encode() not in bytes(contact.name_enc)


def test_a_unit_is_proposed_only_where_somebody_proposed_it(cast: Cast) -> None:
    assert cast.registered().proposed_unit is None  # the town of the place is nobody's proposal
    for code in ("zlsgs", SONGXIA):
        assert cast.registered(told(proposed_unit=cast.unit(code))).proposed_unit == cast.unit(code)


@pytest.mark.parametrize(("given", "kept"), [("330604", "330604000000"), ("330604007", SONGXIA), (VILLAGE, VILLAGE)])
def test_a_place_may_be_county_town_or_village(cast: Cast, given: str, kept: str) -> None:
    assert cast.registered(told(division=given)).division == kept


def test_a_firm_with_its_code_becomes_a_party_once(cast: Cast) -> None:
    first, second = cast.registered(), cast.registered()
    assert first.party_id == second.party_id
    assert Party.objects.filter(pk=first.party_id).count() == 1
    assert Event.objects.filter(stream_kind="party", stream_id=first.party_id).count() == 1


def test_a_resident_is_no_party_and_his_name_stands_nowhere_in_the_problem(cast: Cast) -> None:
    problem = cast.registered(told(requester=RequesterInput(contact_name=PERSON, phone=PHONE)))
    assert (problem.party_id, problem.party_kind, problem.claimed_party) == (None, "resident", "")
    assert problem.contact_id is not None


def test_the_row_carries_what_lists_filter_on(cast: Cast) -> None:
    problem = cast.registered(told(urgency="urgent", channel="meeting"))
    assert problem.registered_by is not None
    expected = {
        ("state", "submitted"),
        ("stage", "submitted"),
        ("open", "yes"),
        ("channel", "meeting"),
        ("urgency", "urgent"),
        ("nature", "problem"),
        ("served", "enterprise"),
        ("origin", "live"),
        ("place", "330604000000"),
        ("place", SONGXIA),
        ("place", VILLAGE),
        ("party", str(problem.party_id)),
        ("reg", str(problem.registered_by)),
    }
    row = seen(problem).row
    numbers = known_ids(expected | list_tokens(row))
    assert set(numbers) >= expected
    assert row.facets == sorted(numbers.values())


def test_its_words_can_be_found(cast: Cast) -> None:
    problem = cast.registered()
    grams = set(ProblemText.objects.get(pk=problem.pk).grams)
    assert set(grams_asked("增容")) <= grams
    assert not set(grams_asked("自来水")) <= grams


def test_what_was_raised_earlier_happened_earlier_and_was_recorded_now(cast: Cast) -> None:
    event = last_event(cast.registered(told(raised_on=at(11, 9))))
    assert (event.happened_at, event.recorded_at) == (at(11, 9), NOW)
    assert event.actor_post == cast.collector.post_id


@pytest.mark.parametrize(
    "who", ["office", "town_office", "handler", "head", "collector", "verifier", "supervisor", "district_leader"]
)
def test_every_business_post_may_register(cast: Cast, who: str) -> None:
    assert kinds(register_problem(told(), actor=getattr(cast, who), now=NOW)) == ["registered"]


@pytest.mark.parametrize("who", ["system_officer", "security_officer", "audit_officer"])
def test_the_three_officers_may_not_register(cast: Cast, who: str) -> None:
    officer = getattr(cast, who)
    with refused(NotAllowed):
        register_problem(told(), actor=officer, now=NOW)
    with refused(NotAllowed):
        register_problems([told()], actor=officer, now=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "字" * 20_001}, "text"),
        ({"title": "字" * 201}, "title"),
        ({"division": "330604007999"}, "division"),
        ({"division": "330603001000"}, "division"),
        ({"division": "崧厦"}, "division"),
        ({"channel": "letter"}, "channel"),
        ({"urgency": "soon"}, "urgency"),
        ({"nature": "x"}, "nature"),
        ({"origin": "made up"}, "origin"),
        ({"raised_on": at(12, 10, 31)}, "raised_on"),
        ({"source_ref": "9" * 81}, "source_ref"),
        ({"requester": RequesterInput()}, "requester"),
        ({"requester": firm(uscc="91330604MA2XXXXX0X")}, "uscc"),
        ({"requester": firm(phone="12345")}, "phone"),
        ({"requester": RequesterInput("enterprise")}, "name"),
        ({"requester": RequesterInput("martian", name="火星")}, "kind"),
        ({"requester": RequesterInput(name="陆建国")}, "name"),
    ],
)
def test_bad_input_is_refused_at_its_field(cast: Cast, given: dict[str, object], field: str) -> None:
    actor = cast.collector
    with refused(InvalidInput, field=field):
        register_problem(told(**given), actor=actor, now=NOW)


def test_an_anonymous_one_needs_nobody(cast: Cast) -> None:
    problem = cast.registered(told(requester=RequesterInput(), anonymous=True))
    assert (problem.anonymous, problem.contact_id, problem.party_id) == (True, None, None)


def test_the_same_entry_of_another_system_is_registered_once(cast: Cast) -> None:
    reg = told(source_system="12345", source_ref="SY-2019-77", channel="hotline")
    cast.registered(reg)
    with refused(InvalidInput, field="source_ref", code="duplicate"):
        cast.registered(reg)
    other = cast.registered(told(source_system="信访", source_ref="SY-2019-77", channel="hotline"))
    assert Problem.objects.filter(source_ref="SY-2019-77").count() == 2
    assert other.source_system == "信访"


def test_more_rows_may_join_the_transaction(cast: Cast) -> None:
    def also(problem: Problem, changes: object) -> None:
        changes.tell("asked", problem.pk, NOW)  # type: ignore[attr-defined]

    from sanfuwu.ledger.models import OutboxMessage

    problem = register_problem(told(), actor=SYSTEM, now=NOW, also=also)
    assert OutboxMessage.objects.filter(subject_id=problem.pk, topic="asked").exists()


def test_a_batch_names_bad_rows_and_duplicates_and_writes_the_others(cast: Cast) -> None:
    known = cast.registered(told(source_system="12345", source_ref="1"))
    results = register_problems(
        [
            told(source_system="12345", source_ref="1"),
            told(text=""),
            told(source_system="12345", source_ref="2"),
            told(source_system="12345", source_ref="2"),
            told(),
        ],
        actor=cast.office,
        now=NOW,
    )
    assert [r.status for r in results] == ["duplicate", "error", "created", "duplicate", "created"]
    assert [r.index for r in results] == [0, 1, 2, 3, 4]
    assert results[0].number == known.number
    assert results[1].error is not None
    assert results[1].error.field == "text"
    assert results[2].problem is not None
    assert Problem.objects.count() == 3


def test_a_batch_has_at_most_500(cast: Cast) -> None:
    actor = cast.office
    with refused(InvalidInput):
        register_problems([told()] * 501, actor=actor, now=NOW)
