"""事由、常用语、县域资料: set by whoever may, read everywhere at once, never deleted."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible, StaleVersion
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.problems import actions as problems
from sanfuwu.problems.commands import Decline, SpotSolution
from sanfuwu.problems.models import VerificationCycle
from sanfuwu.problems.tests.cast import NOW, Cast, refused, told
from sanfuwu.reference import actions
from sanfuwu.reference.known import KNOWN
from sanfuwu.reference.placeholders import PLACEHOLDERS, fill
from sanfuwu.reference.queries import county_data, history, insertable, reason, reasons
from sanfuwu.reference.reasons import BUILT_IN, KINDS


def texts_of_events(kind: str) -> str:
    return str(list(Event.objects.filter(stream_kind=kind).values_list("payload", flat=True)))


def test_every_kind_has_reasons_from_the_start(cast: Cast) -> None:
    assert BUILT_IN.keys() == KINDS.keys()
    for kind in KINDS:
        assert [r.code for r in reasons(kind)] == [b.code for b in BUILT_IN[kind]]


def test_an_act_takes_a_reason_that_the_office_added(cast: Cast) -> None:
    problem = cast.registered()
    decline = Decline(reason_code="duplicate_project", where_to_go="")
    with refused(InvalidInput, field="reason_code"):
        problems.decline(problem.pk, decline, actor=cast.office, now=NOW)
    actions.set_reason(
        "decline",
        "duplicate_project",
        label="已列入民生项目",
        where_to_go="请关注项目公示。",
        new=True,
        actor=cast.office,
        now=NOW,
    )
    done = problems.decline(problem.pk, decline, actor=cast.office, now=NOW)
    assert (done.state, done.reason_code) == ("declined", "duplicate_project")


def test_an_act_refuses_a_reason_out_of_use_and_old_records_still_name_it(cast: Cast) -> None:
    problem = cast.registered()
    actions.set_reason("decline", "military", label="涉军事项", active=False, actor=cast.office, now=NOW)
    with refused(InvalidInput, field="reason_code"):
        problems.decline(problem.pk, Decline(reason_code="military", where_to_go="人武部"), actor=cast.office, now=NOW)
    found = reason("decline", "military")
    assert found is not None
    assert str(found.label) == "涉军事项"


def test_the_last_reason_of_a_kind_stays_in_use(cast: Cast) -> None:
    *others, last = reasons("send_back")
    for one in others:
        actions.set_reason("send_back", one.code, label=str(one.label), active=False, actor=cast.office, now=NOW)
    with refused(InvalidInput, field="active"):
        actions.set_reason("send_back", last.code, label="甲", active=False, actor=cast.office, now=NOW)


def test_a_reason_is_not_overwritten_by_an_older_form(cast: Cast) -> None:
    actions.set_reason("hold", "funds", label="资金未落实", expected_version=0, actor=cast.office, now=NOW)
    with refused(StaleVersion):
        actions.set_reason("hold", "funds", label="无资金", expected_version=0, actor=cast.office, now=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "资金"}, "code"),
        ({"label": " "}, "label"),
        ({"where_to_go": "去别处"}, "where_to_go"),
        ({"place": 0}, "place"),
        ({"kind": "nothing"}, "kind"),
    ],
)
def test_a_reason_is_checked_at_its_field(cast: Cast, given: dict[str, object], field: str) -> None:
    said = {"kind": "hold", "code": "other_thing", "label": "其他"} | given
    with refused(InvalidInput, field=field):
        actions.set_reason(**said, new=True, actor=cast.office, now=NOW)  # type: ignore[arg-type]


def test_only_the_district_office_sets_reasons(cast: Cast) -> None:
    for actor in (cast.town_office, cast.handler, cast.supervisor, cast.system_officer):
        with refused(NotAllowed):
            actions.set_reason("hold", "funds", label="资金", actor=actor, now=NOW)


def test_events_of_reasons_give_the_rows_back_without_their_words(cast: Cast) -> None:
    row = actions.set_reason("hold", "funds", label="资金未落实", actor=cast.office, now=NOW)
    events = Event.objects.filter(stream_kind="reason_code", stream_id=row.pk)
    assert differences(replay(events), "reference") == []
    assert "资金" not in texts_of_events("reason_code")


def test_placeholders_are_a_fixed_list_and_nothing_in_them_is_run(cast: Cast) -> None:
    for text in ("{编号.__class__}", "{{编号}}", "{0}", "{姓名}", "还有 {"):
        with refused(InvalidInput, field="text"):
            actions.add_phrase(scope="personal", act="", text=text, actor=cast.handler, now=NOW)
    assert fill("{编号}已由{主办单位}办理", {"编号": "{标题}", "标题": "不应出现"}) == "{标题}已由____办理"
    for word in PLACEHOLDERS:
        actions.add_phrase(scope="personal", act="", text=f"说明{{{word}}}", actor=cast.handler, now=NOW)


def test_one_gets_ones_own_words_first_then_the_units_then_the_countys(cast: Cast) -> None:
    for scope, actor in (("county", cast.office), ("unit", cast.head), ("personal", cast.handler)):
        actions.add_phrase(scope=scope, act="report", text=f"{scope}的话", actor=actor, now=NOW)
    actions.add_phrase(scope="county", act="decline", text="别的表单", actor=cast.office, now=NOW)
    assert [text for _pk, text in insertable(cast.handler, "report", {})] == ["personal的话", "unit的话", "county的话"]
    assert [text for _pk, text in insertable(cast.water, "report", {})] == ["county的话"]


def test_somebody_elses_own_words_do_not_exist(cast: Cast) -> None:
    mine = actions.add_phrase(scope="personal", act="", text="我的话", actor=cast.handler, now=NOW)
    with refused(NotVisible):
        actions.close_phrase(mine.pk, actor=cast.head, now=NOW)
    of_unit = actions.add_phrase(scope="unit", act="", text="本所的话", actor=cast.head, now=NOW)
    with refused(NotAllowed):
        actions.close_phrase(of_unit.pk, actor=cast.handler, now=NOW)
    actions.close_phrase(of_unit.pk, actor=cast.head, now=NOW)
    assert insertable(cast.head, "report", {}) == []
    assert "本所的话" not in texts_of_events("phrase")


def test_the_countys_data_hold_at_once_and_earlier_values_stay_readable(cast: Cast) -> None:
    officer = cast.system_officer
    assert county_data().name == "上虞区"
    assert actions.set_county({"name": "上虞", "phone": "0575-82211234"}, actor=officer, now=NOW) == ["name", "phone"]
    assert actions.set_county({"name": "上虞"}, actor=officer, now=NOW) == []
    actions.set_county({"phone": "0575-82210000"}, actor=officer, now=NOW)
    assert (county_data().name, county_data().phone) == ("上虞", "0575-82210000")
    assert [value for _at, _by, value in history("phone")] == ["0575-82210000", "0575-82211234"]
    assert "8221" not in texts_of_events("settings")


def test_only_the_system_officer_sets_the_countys_data(cast: Cast) -> None:
    for actor in (cast.office, cast.supervisor, cast.security_officer, cast.audit_officer, cast.head):
        with refused(NotAllowed):
            actions.set_county({"phone": "0575-1"}, actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("key", "value"), [("spot_sample", "101"), ("spot_sample", "ten"), ("phone", "见公告"), ("nothing", 1)]
)
def test_a_wrong_value_is_refused_at_its_key(cast: Cast, key: str, value: object) -> None:
    with refused(InvalidInput, field=key):
        actions.set_county({key: value}, actor=cast.system_officer, now=NOW)


@pytest.mark.parametrize(("percent", "cycles"), [(0, 0), (100, 1)])
def test_the_share_of_call_backs_is_the_countys(cast: Cast, percent: int, cycles: int) -> None:
    actions.set_county({"spot_sample": percent}, actor=cast.system_officer, now=NOW)
    solved = problems.solve_on_spot(
        told(), SpotSolution(how="当场接通", confirmed_by="厂长"), actor=cast.collector, now=NOW
    )
    assert VerificationCycle.objects.filter(problem=solved).count() == cycles


def test_every_known_value_has_a_default_that_passes_its_own_check() -> None:
    for one in KNOWN:
        assert one.checked(one.default) == one.default
