"""上报、移交 between two counties, end to end: a number on each side, once only, and nothing else is seen across."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection

from sanfuwu.exchange import carrier
from sanfuwu.exchange.actions.partners import set_partner
from sanfuwu.exchange.actions.sending import Send, hand_over, report_up
from sanfuwu.exchange.actions.telling import make_workbook
from sanfuwu.exchange.models import LedgerMessage, Transfer
from sanfuwu.exchange.receiving import receive_offer
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import AccessLog, Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.parties.queries import open_contact
from sanfuwu.problems import actions
from sanfuwu.problems.commands import (
    Accept,
    Decline,
    Merge,
    NoteForeignNumber,
    Split,
    SpotSolution,
    Withdraw,
)
from sanfuwu.problems.models import ForeignNumber, Problem
from sanfuwu.problems.queries import by_code, find, get_problem
from sanfuwu.problems.tests.cast import (
    NOW,
    PERSON,
    PHONE,
    SECOND_TEXT,
    TEXT,
    Cast,
    confirmed,
    dissatisfied,
    kinds,
    told,
)
from sanfuwu.reference.actions import set_reason
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Role

from .cast import KEQIAO, SHANGYU, Neighbours, hotline

LATER = NOW + dt.timedelta(hours=1)


def offered(both: Neighbours, problem: Problem | None = None, **more: object) -> Problem:
    problem = problem or both.here.registered()
    cmd = Send(partner=KEQIAO, why="厂区在柯桥境内。", **more)  # type: ignore[arg-type]
    return hand_over(problem.pk, cmd, actor=both.here.office, now=NOW)


def reported(both: Neighbours, problem: Problem | None = None) -> Problem:
    problem = problem or both.here.accepted()
    cmd = Send(partner=KEQIAO, why="跨区线路需市级协调。")
    return report_up(problem.pk, cmd, actor=both.here.office, now=NOW)


def theirs(both: Neighbours) -> Problem:
    with both.there():
        return Problem.objects.get()


def test_an_offered_problem_is_registered_there_under_its_own_number(both: Neighbours) -> None:
    mine = offered(both)
    assert mine.waiting_on == "across"
    both.carry()
    there = theirs(both)
    assert (there.source_system, there.source_ref) == (SHANGYU, mine.number)
    assert (there.state, there.origin) == ("submitted", "live")
    assert there.number.startswith(KEQIAO)
    transfer = Transfer.objects.get()
    assert (transfer.state, transfer.their_number) == ("received", there.number)
    assert kinds(mine)[-2:] == ["handover_offered", "transfer_received"]


def test_once_they_accept_it_ends_here_and_says_where_to_go(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    there = theirs(both)
    with both.there():
        actions.accept(there.pk, Accept(category_id=both.category), actor=both.office, now=NOW)
    both.carry()
    mine.refresh_from_db()
    assert (mine.state, mine.reason_code, mine.waiting_on) == ("declined", "not_ours", "")
    assert Transfer.objects.get().state == "accepted"
    page = by_code(mine.read_code, now=NOW)
    assert there.number in "".join(page.told[-1].texts)
    assert "柯桥区" in "".join(page.told[-1].texts)


def test_what_they_decline_returns_to_us_with_their_reason(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    with both.there():
        no = Decline(reason_code="not_ours", where_to_go="请联系供电公司。")
        actions.decline(Problem.objects.get().pk, no, actor=both.office, now=NOW)
    both.carry()
    mine.refresh_from_db()
    assert (mine.state, mine.waiting_on) == ("submitted", "")
    last = get_problem(both.here.office, mine.number, now=NOW).timeline[-1]
    assert (last.kind, last.data["reason_code"], last.texts) == ("transfer_declined", "not_ours", ("请联系供电公司。",))
    actions.accept(mine.pk, Accept(category_id=both.here.category), actor=both.here.office, now=NOW)


def test_a_declined_problem_may_be_offered_again_and_is_another_one_there(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    with both.there():
        actions.decline(
            Problem.objects.get().pk,
            Decline(reason_code="no_facts", where_to_go="补充材料"),
            actor=both.office,
            now=NOW,
        )
    both.carry()
    offered(both, mine)
    both.carry()
    with both.there():
        refs = set(Problem.objects.values_list("source_ref", flat=True))
    assert refs == {mine.number, f"{mine.number}/2"}


def test_a_report_upwards_stays_open_here_until_its_result_comes_back(above: Neighbours) -> None:
    mine = reported(above)
    above.carry()
    there = theirs(above)
    with above.there():
        actions.accept(there.pk, Accept(category_id=above.category), actor=above.office, now=NOW)
    above.carry()
    mine.refresh_from_db()
    assert (mine.state, mine.waiting_on) == ("in_progress", "up")
    with above.there():
        # Shortened: the result as the review would have left it.
        Problem.objects.filter(pk=there.pk).update(state="struck_off", struck_off_at=NOW, result_kind="explained")
        Problem.objects.filter(pk=there.pk).update(event_seq=there.event_seq + 5)
    above.carry()
    mine.refresh_from_db()
    assert (mine.state, mine.waiting_on) == ("in_progress", "")
    assert Transfer.objects.get().state == "finished"
    assert kinds(mine)[-3:] == ["transfer_received", "transfer_accepted", "transfer_finished"]


def test_only_a_superior_is_reported_to(both: Neighbours) -> None:
    with pytest.raises(InvalidInput) as caught:
        reported(both)
    assert caught.value.field == "partner"


def test_a_crash_between_taking_and_marking_makes_one_problem_only(both: Neighbours) -> None:
    mine = offered(both)
    (message,) = carrier.waiting(NOW)

    def killed(*_given: object) -> None:
        raise SystemExit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carrier, "mark_sent", killed)
        with pytest.raises(SystemExit):
            carrier.carry(message, now=NOW)
    assert LedgerMessage.objects.get(pk=message).sent_at is None
    assert carrier.carry(message, now=NOW) is False  # the claim of the dead carrier holds for ten minutes
    both.carry(LATER)
    with both.there():
        assert Problem.objects.count() == 1
        assert LedgerMessage.objects.filter(direction="in").count() == 1
    assert LedgerMessage.objects.get(pk=message).attempts == 2
    assert kinds(mine).count("transfer_received") == 1


def test_an_answer_carried_twice_is_one_line(both: Neighbours) -> None:
    mine = offered(both)
    carrier.carry(carrier.waiting(NOW)[0], now=NOW)
    with both.there():
        (receipt,) = carrier.waiting(NOW)
        message = LedgerMessage.objects.get(pk=receipt)
        carrier.deliver(message, KEQIAO, {"number": "330603-2019-000001"}, now=NOW)
        carrier.deliver(message, KEQIAO, {"number": "330603-2019-000001"}, now=NOW)
    assert kinds(mine).count("transfer_received") == 1


def test_the_same_offer_taken_twice_at_once_is_one_problem(both: Neighbours) -> None:
    offered(both)
    message = LedgerMessage.objects.get()
    body = carrier.body_of(message)
    with both.there():
        assert receive_offer(message, SHANGYU, body, now=NOW) is not None
        assert receive_offer(message, SHANGYU, body, now=NOW) is None
        assert Problem.objects.count() == 1


def test_a_county_that_does_not_name_us_takes_nothing_and_the_problem_returns(cast: Cast) -> None:
    both = Neighbours(cast, admitted=False)
    mine = offered(both)
    both.carry()
    mine.refresh_from_db()
    assert (mine.state, mine.waiting_on) == ("submitted", "")
    assert Transfer.objects.get().reason_code == "not_a_partner"
    with both.there():
        assert not Problem.objects.exists()


def test_nobody_is_sent_to_who_is_not_on_the_list(cast: Cast) -> None:
    problem = cast.registered()
    with pytest.raises(InvalidInput) as caught:
        hand_over(problem.pk, Send(partner=KEQIAO, why="x"), actor=cast.office, now=NOW)
    assert caught.value.field == "partner"
    assert not LedgerMessage.objects.exists()


def test_an_answer_of_another_county_than_asked_changes_nothing(both: Neighbours) -> None:
    mine = offered(both)
    before = kinds(mine)
    forged = LedgerMessage(kind="accepted", transfer_id=Transfer.objects.get().pk, created_at=NOW)
    forged.partner_code = SHANGYU
    with both.there(), pytest.raises(carrier.NotAdmitted):
        carrier.deliver(forged, "330681", {"number": "1"}, now=NOW)
    assert kinds(mine) == before


def test_while_it_is_offered_nobody_here_accepts_or_dispatches_it(both: Neighbours) -> None:
    mine = offered(both)
    for act, cmd in (
        (actions.accept, Accept(category_id=both.here.category)),
        (actions.decline, Decline(reason_code="repeated", where_to_go="x")),
        (hand_over, Send(partner=KEQIAO, why="again")),
    ):
        with pytest.raises(NotAllowed):
            act(mine.pk, cmd, actor=both.here.office, now=NOW)  # type: ignore[operator]


def test_what_a_unit_works_on_is_not_handed_over(both: Neighbours) -> None:
    with pytest.raises(NotAllowed):
        offered(both, both.here.dispatched())


@pytest.mark.parametrize("who", ["town_office", "handler", "collector", "supervisor"])
def test_only_the_district_s_office_sends(both: Neighbours, who: str) -> None:
    problem = both.here.registered()
    with pytest.raises(NotAllowed):
        hand_over(problem.pk, Send(partner=KEQIAO, why="x"), actor=getattr(both.here, who), now=NOW)


def test_the_requester_goes_along_only_when_it_is_said(both: Neighbours) -> None:
    offered(both)
    both.carry()
    with both.there():
        problem = Problem.objects.get()
        assert problem.contact is None
        assert problem.claimed_party == "上虞区"
        assert TEXT in get_problem(both.office, problem.number, now=NOW).text
    other = both.here.registered(told("另一件"))
    offered(both, other, with_requester=True)
    both.carry()
    with both.there():
        contact = Problem.objects.get(source_ref=other.number).contact
        assert contact is not None
        assert open_contact(contact).name == PERSON
        assert open_contact(contact).phone == PHONE
    assert AccessLog.objects.filter(what="sent_to_county", subject_id=other.pk).count() == 1


def test_a_confidential_problem_goes_with_the_text_for_units_or_not_at_all(both: Neighbours) -> None:
    secret = both.here.registered(told(confidential=True))
    with pytest.raises(InvalidInput) as caught:
        offered(both, secret)
    assert caught.value.field == "confidential_confirmed"
    cast = both.here
    sent = cast.dispatched(told(confidential=True))
    with pytest.raises(InvalidInput):
        reported(both, sent)  # not a superior, and nothing was written
    from sanfuwu.exchange.actions.sending import _words
    from sanfuwu.problems.actions._shell import Context

    _title, text = _words(sent, Send(partner=KEQIAO, why="x"), Context(actor=cast.office, now=NOW))
    assert text == SECOND_TEXT


def test_a_confidential_problem_with_confirmation_stays_confidential_there(both: Neighbours) -> None:
    secret = both.here.registered(told(confidential=True))
    cmd = Send(partner=KEQIAO, why="x", with_requester=True, confidential_confirmed=True)
    with pytest.raises(InvalidInput):  # not even the office, unless it is named for confidential ones
        hand_over(secret.pk, cmd, actor=both.here.office, now=NOW)
    hand_over(secret.pk, cmd, actor=both.here.named_office, now=NOW)
    both.carry()
    with both.there():
        problem = Problem.objects.get()
        assert problem.confidential
        assert get_problem(both.office, problem.number, now=NOW).requester.hidden


def test_what_they_wrote_does_not_stand_on_the_public_page(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    with both.there():
        no = Decline(reason_code="no_facts", where_to_go="内部说明甲乙丙")
        actions.decline(Problem.objects.get().pk, no, actor=both.office, now=NOW)
    both.carry()
    page = by_code(mine.read_code, now=NOW)
    assert "内部说明甲乙丙" not in str(page)
    assert "厂区在柯桥境内" not in str(page)


def test_neither_county_reads_the_other_s_rows(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    there = theirs(both)
    assert not Problem.objects.filter(pk=there.pk).exists()
    with both.there():
        assert not Problem.objects.filter(pk=mine.pk).exists()
        assert not Event.objects.filter(stream_id=mine.pk).exists()
        with pytest.raises(NotVisible):
            find(both.office, mine.number)


def test_no_message_and_no_event_holds_a_readable_word(both: Neighbours) -> None:
    offered(both, with_requester=True)
    words = [TEXT[:6], PERSON, PHONE, "厂区在柯桥"]
    with connection.cursor() as cursor:
        for table in ("ledger_event", "exchange_ledgermessage", "exchange_transfer", "procrastinate_jobs"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            (everything,) = cursor.fetchone()
            assert [w for w in words if w in everything] == [], table
    message = LedgerMessage.objects.get()
    assert TEXT.encode() not in bytes(message.body_enc)
    both.carry()
    message.refresh_from_db()
    assert bytes(message.body_enc) == b""


def test_the_job_is_there_with_the_act_and_goes_with_it(both: Neighbours) -> None:
    from django.db import transaction

    def jobs() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'exchange.carry_message'")
            return int(cursor.fetchone()[0])

    problem = both.here.registered()
    before = jobs()
    with transaction.atomic():
        offered(both, problem)
        assert jobs() == before + 1
        transaction.set_rollback(True)
    assert jobs() == before
    assert not LedgerMessage.objects.exists()


def test_what_was_solved_on_the_spot_there_comes_back_with_its_answer(above: Neighbours) -> None:
    """A finished one without an acceptance in between tells both."""
    mine = reported(above)
    above.carry()
    with above.there():
        answered = actions.solve_on_spot(
            replace(told("现场协调"), division=KEQIAO, requester=told().requester),
            SpotSolution(how="已协调电力部门增容。", confirmed_by="企业"),
            actor=above.office,
            now=NOW,
        )
        transfer = Transfer.objects.get()
        Problem.objects.filter(pk=transfer.problem_id).update(state="merged", master=answered.pk)
    above.carry()
    assert Transfer.objects.get().state == "finished"
    last = get_problem(above.here.office, mine.number, now=NOW).timeline[-1]
    assert last.texts == ("已协调电力部门增容。",)
    assert last.data["result_kind"] == "solved"


def test_the_events_of_a_sent_problem_replay_to_its_row(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    events = Event.objects.filter(stream_kind="problem", stream_id=mine.pk)
    assert differences(replay(events), "problems") == []


def test_a_partner_is_another_county_of_this_installation(cast: Cast) -> None:
    for code in (SHANGYU, "110101"):
        with pytest.raises(InvalidInput) as caught:
            set_partner(code, "neighbour", True, actor=cast.office, now=NOW)
        assert caught.value.field == "code"
    with pytest.raises(NotAllowed):
        set_partner(KEQIAO, "neighbour", True, actor=cast.handler, now=NOW)


def test_an_offer_that_nobody_takes_comes_back_once_even_if_the_carrier_dies(cast: Cast) -> None:
    both = Neighbours(cast, admitted=False)
    mine = offered(both)
    (message,) = carrier.waiting(NOW)

    def killed(*_given: object) -> None:
        raise SystemExit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carrier, "mark_sent", killed)
        with pytest.raises(SystemExit):
            carrier.carry(message, now=NOW)
    both.carry(LATER)
    assert kinds(mine).count("transfer_declined") == 1
    assert carrier.waiting(LATER) == []


GIVEN_UP = Withdraw(reason="不用了。", proof="书面说明一份。")


def verifier(both: Neighbours) -> Actor:
    """Who calls back in 柯桥."""
    return replace(both.office, role=Role.VERIFIER)


def test_what_is_offered_is_not_merged_split_or_withdrawn(both: Neighbours) -> None:
    here, mine = both.here, offered(both)
    other = here.registered(told("另一件事"))
    for act, cmd, actor in (
        (actions.merge, Merge(master=other.number, reason="同一件事"), here.office),
        (actions.split, Split(parts=("甲", "乙")), here.office),
        (actions.withdraw, GIVEN_UP, here.collector),
    ):
        with pytest.raises(NotAllowed):
            act(mine.pk, cmd, actor=actor, now=NOW)
    with pytest.raises(InvalidInput) as caught:
        actions.merge(other.pk, Merge(master=mine.number, reason="同一件事"), actor=here.office, now=NOW)
    assert caught.value.field == "master"


def test_what_carries_others_or_was_split_is_not_handed_over(both: Neighbours) -> None:
    here = both.here
    carries, whole = here.registered(), here.registered(told("两件事"))
    actions.merge(
        here.registered(told("同一件")).pk, Merge(master=carries.number, reason="同一件事"), actor=here.office, now=NOW
    )
    actions.split(whole.pk, Split(parts=("甲", "乙")), actor=here.office, now=NOW)
    for problem in (carries, whole):
        with pytest.raises(IllegalTransition):
            offered(both, problem)


def test_a_part_that_was_handed_over_closes_its_whole_like_any_other(both: Neighbours) -> None:
    here = both.here
    whole = here.registered(told("两件事"))
    actions.split(whole.pk, Split(parts=("甲", "乙")), actor=here.office, now=NOW)
    first, second = Problem.objects.filter(parent=whole).order_by("number")
    actions.decline(first.pk, Decline(reason_code="no_facts", where_to_go="补充材料"), actor=here.office, now=NOW)
    offered(both, second)
    both.carry()
    there = theirs(both)
    with both.there():
        actions.accept(there.pk, Accept(category_id=both.category), actor=both.office, now=NOW)
    both.carry()
    whole.refresh_from_db()
    assert (whole.state, whole.close_basis) == ("struck_off", "parts_closed")


def test_a_withdrawal_there_is_told_once_the_requester_has_confirmed_it(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    there = theirs(both)
    with both.there():
        actions.withdraw(there.pk, GIVEN_UP, actor=SYSTEM, now=NOW)
    both.carry()
    mine.refresh_from_db()
    assert mine.waiting_on == "across"
    with both.there():
        actions.record_callback(there.pk, confirmed(), actor=verifier(both), now=NOW)
    both.carry()
    mine.refresh_from_db()
    assert mine.waiting_on == ""
    assert Transfer.objects.get().reason_code == "withdrawn"


def test_a_withdrawal_that_the_requester_denies_is_never_told(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    there = theirs(both)
    with both.there():
        actions.withdraw(there.pk, GIVEN_UP, actor=SYSTEM, now=NOW)
        actions.record_callback(there.pk, dissatisfied("redo"), actor=verifier(both), now=NOW)
        actions.accept(there.pk, Accept(category_id=both.category), actor=both.office, now=NOW)
    both.carry()
    mine.refresh_from_db()
    assert mine.state == "declined"
    assert Transfer.objects.get().state == "accepted"
    assert "transfer_declined" not in kinds(mine)


def test_a_reason_that_only_they_have_comes_in_their_words(both: Neighbours) -> None:
    mine = offered(both)
    both.carry()
    there = theirs(both)
    with both.there():
        label, where = "电网改造期内不受理", "十月后再提。"
        set_reason("decline", "grid", label=label, where_to_go=where, new=True, actor=both.office, now=NOW)
        actions.decline(there.pk, Decline(reason_code="grid", where_to_go=""), actor=both.office, now=NOW)
    both.carry()
    last = get_problem(both.here.office, mine.number, now=NOW).timeline[-1]
    assert (last.kind, last.data["reason_code"]) == ("transfer_declined", "own")
    assert last.texts == ("电网改造期内不受理\n十月后再提。",)


def test_in_training_nothing_is_exchanged(both: Neighbours) -> None:
    trainee = replace(both.here.office, training=True)
    problem = actions.register_problem(told("演练"), actor=trainee, now=NOW)
    with pytest.raises(NotAllowed):
        hand_over(problem.pk, Send(partner=KEQIAO, why="演练"), actor=trainee, now=NOW)
    hotline(both.here)
    cmd = NoteForeignNumber(system="hotline", number="A-1")
    with pytest.raises(NotAllowed):
        actions.note_foreign_number(problem.pk, cmd, actor=trainee, now=NOW)
    with pytest.raises(NotAllowed):
        make_workbook("hotline", actor=trainee, now=NOW)
    drill = replace(told("又一件"), source_system="hotline", source_ref="A-9")
    actions.register_problem(drill, actor=trainee, now=NOW)
    assert not ForeignNumber.objects.exists()
