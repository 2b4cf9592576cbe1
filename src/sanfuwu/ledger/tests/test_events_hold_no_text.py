"""House rule 4: a whole walk through the lifecycle leaves no word, name or telephone in any event or in the log."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from django.db import connection

from sanfuwu.ledger.models import Event, OutboxMessage
from sanfuwu.ledger.verify import verify
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions
from sanfuwu.problems import commands as c
from sanfuwu.problems.tests.cast import NOW, PERSON, PHONE, VILLAGE, Cast, dissatisfied, firm, result, told

SAID = {
    "text": "厂房屋顶漏雨影响生产",
    "title": "屋顶漏雨",
    "where": "去往市民中心",
    "what": "缺少照片若干",
    "supplied": "照片附上谢谢",
    "reason": "笔误改正一下",
    "instruction": "请当日前往查看",
    "contact": "约定周五上门",
    "report": "已搭脚手架施工",
    "result": "屋面防水重做完毕",
    "evidence": "验收记录双方签字",
    "back": "照片不够清晰",
    "words": "他说还在滴水",
    "remark": "同意销号归档",
    "decision": "资金由镇里统筹",
    "promise": "三天之内开工",
    "step": "先行测量尺寸",
    "paper": "房屋产权证明",
    "how": "当场联系物业",
    "confirmed_by": "车间主任口头",
    "corrected": "屋顶持续漏雨",
    "not_ours": "屋面属物业维修",
    "basis": "物业服务合同约定",
    "ruling": "仍由供电所牵头",
    "wait": "等待汛期结束施工",
    "grant": "同意延至月底完成",
    "hold_on": "汛期尚未结束如前",
    "go_on": "汛期已过可以开工",
    "again": "昨夜又漏了一次",
    "same": "与前件系同一厂房",
    "differs": "查明是另一幢楼房",
    "gone": "自己请人补好了顶",
    "letter": "企业盖章书面说明",
}


@pytest.fixture
def walked(cast: Cast) -> Cast:
    """Every act once, each with words of its own."""
    office, town, power = cast.office, cast.town_office, cast.unit("gds-songxia")
    who = firm(contact_name=PERSON, phone=PHONE)
    reg = told(SAID["text"], who, title=SAID["title"])
    actions.solve_on_spot(
        told(SAID["text"], who), c.SpotSolution(how=SAID["how"], confirmed_by=SAID["confirmed_by"]), actor=town, now=NOW
    )
    declined = actions.register_problem(reg, actor=town, now=NOW)
    no = c.Decline(reason_code="no_facts", where_to_go=SAID["where"])
    actions.decline(declined.pk, no, actor=office, now=NOW)
    resident = told(SAID["text"], RequesterInput(contact_name=PERSON, phone=PHONE), title=SAID["title"])
    pk = actions.register_problem(resident, actor=town, now=NOW).pk

    def act(name: str, cmd: object, actor: object = office) -> None:
        getattr(actions, name)(pk, cmd, actor=actor, now=NOW)

    act("request_info", c.RequestInfo(what=SAID["what"]))
    act("supply_info", c.SupplyInfo(text=SAID["supplied"]))
    act("accept", c.Accept(category_id=cast.category))
    act("correct", c.Correct(reason=SAID["reason"], title=SAID["corrected"], division=VILLAGE[:9]))
    act("dispatch", c.Dispatch(lead=power, instruction=SAID["instruction"]))
    act("recall", c.Recall(reason=SAID["reason"]))
    act("dispatch", c.Dispatch(lead=power, instruction=SAID["instruction"]))
    act("sign", c.Sign(), cast.handler)
    act("contact", c.MakeContact(text=SAID["contact"]), cast.handler)
    act("report", c.Report(text=SAID["report"], for_requester=True), cast.handler)
    chair = cast.district_leader.post_id
    act("appoint_leader", c.AppointLeader(post_id=chair))
    act(
        "record_coordination",
        c.RecordCoordination(level="town", held_at=NOW, chaired_by=chair, decision=SAID["decision"]),
    )
    act("record_commitment", c.RecordCommitment(unit_id=power, text=SAID["promise"]))
    act("set_plan", c.SetPlan(steps=(c.Step(text=SAID["step"], unit_id=power, due_on=dt.date(2019, 3, 1)),)))
    act("add_requirement", c.AddRequirement(text=SAID["paper"]))
    done = c.SubmitResult(result_kind="solved", text=SAID["result"], evidence=SAID["evidence"])
    due, review = dt.date(2019, 2, 28), dt.date(2019, 3, 29)
    act("request_extension", c.RequestExtension(due_on=due, reason=SAID["wait"]), cast.handler)
    act("decide_extension", c.DecideExtension(granted=True, remark=SAID["grant"]))
    wait = c.RequestHold(condition="season", review_on=review, reason=SAID["wait"])
    act("request_hold", wait, cast.handler)
    act("refuse_hold", c.RefuseHold(reason=SAID["ruling"]), cast.supervisor)
    act("request_hold", wait, cast.handler)
    act("hold", c.Hold(remark=SAID["grant"]), cast.supervisor)
    act("renew_hold", c.RenewHold(review_on=dt.date(2019, 4, 30), reason=SAID["hold_on"]), cast.supervisor)
    act("unhold", c.Unhold(remark=SAID["go_on"]), cast.supervisor)
    act("submit_result", done, cast.handler)
    act("send_back", c.SendBack(reason_code="incomplete", text=SAID["back"]), cast.head)
    act("submit_result", result(), cast.handler)
    act("sign_off", c.SignOff(), cast.head)
    act("review", c.Review())
    from dataclasses import replace

    act("record_callback", replace(dissatisfied(), words=SAID["words"]), cast.verifier)
    act("strike_off", c.StrikeOff(remark=SAID["remark"]), cast.supervisor)
    act("reopen", c.Reopen(reason=SAID["again"]), cast.supervisor)
    back = c.Return(reason=SAID["not_ours"], basis=SAID["basis"], proposed_unit=cast.unit("zlsgs"))
    act("give_back", back, cast.head)
    act("rule_reassign", c.RuleReassign(unit=cast.unit("zlsgs"), reason=SAID["ruling"]))
    act("give_back", c.Return(reason=SAID["not_ours"], basis=SAID["basis"], proposed_unit=power), cast.water_head)
    act("rule_uphold", c.RuleUphold(reason=SAID["ruling"]))
    master = actions.register_problem(reg, actor=town, now=NOW)
    act("merge", c.Merge(master=master.number, reason=SAID["same"]))
    act("unmerge", c.Unmerge(reason=SAID["differs"]))
    act("split", c.Split(parts=(SAID["text"], SAID["gone"]), reason=SAID["differs"]))
    up = c.Withdraw(reason=SAID["gone"], proof=SAID["letter"])
    actions.withdraw(master.pk, up, actor=town, now=NOW)
    first = actions.solve_on_spot(
        told(SAID["text"], who), c.SpotSolution(how=SAID["how"], confirmed_by=SAID["confirmed_by"]), actor=town, now=NOW
    )
    actions.archive(declined.pk, c.Archive(), actor=office, now=NOW)
    actions.reopen(first.pk, c.Reopen(reason=SAID["again"]), actor=cast.supervisor, now=NOW)
    return cast


def pieces() -> list[str]:
    """Every text, name and telephone of the walk, and four-character pieces of the texts."""
    cut = [text[i : i + 4] for text in SAID.values() for i in range(len(text) - 3)]
    return [*SAID.values(), *cut, PERSON, PHONE, PHONE[-8:], "上虞样例1号", "伞业"]


def test_no_event_and_no_outgoing_message_holds_a_word(walked: Cast) -> None:
    assert Event.objects.filter(stream_kind="problem").count() > 20
    with connection.cursor() as cursor:
        for table in (Event._meta.db_table, OutboxMessage._meta.db_table):
            cursor.execute(f"SELECT string_agg(t::text, E'\\n') FROM {table} t")
            (everything,) = cursor.fetchone()
            assert [p for p in pieces() if p in everything] == [], table


def test_notes_and_contacts_hold_no_readable_word(walked: Cast) -> None:
    with connection.cursor() as cursor:
        for table, column in (
            ("ledger_note", "text_enc"),
            ("parties_contact", "name_enc || phone_enc"),
        ):
            cursor.execute(f"SELECT string_agg({column}, '') FROM {table}")
            stored = bytes(cursor.fetchone()[0])
            assert stored
            assert [p for p in pieces() if p.encode() in stored] == [], table


def test_the_ledger_of_the_walk_is_whole(walked: Cast, settings: object, tmp_path: object) -> None:
    settings.SANFUWU_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    report = verify("shangyu")
    assert report.shown == []
    assert report.notes >= len(SAID)


def test_refusals_log_no_word(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    from sanfuwu.ledger.errors import ActionError

    problem = cast.registered()
    with caplog.at_level(logging.DEBUG), pytest.raises(ActionError):
        actions.decline(problem.pk, c.Decline(reason_code="x", where_to_go=SAID["where"]), actor=cast.office, now=NOW)
    assert SAID["where"] not in caplog.text
