"""`GET /problems`, `GET /problems/{number}`, `GET /problems/{number}/acts` and the small lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.exchange.actions.systems import SetSystem, add_system
from sanfuwu.problems import actions
from sanfuwu.problems.commands import Correct, Report
from sanfuwu.problems.queries import FACET_FILTERS
from sanfuwu.problems.tests.cast import (
    ELSEWHERE,
    NOW,
    PERSON,
    PHONE,
    SECOND_TEXT,
    SECOND_TITLE,
    SONGXIA,
    TEXT,
    Cast,
    at,
    firm,
    told,
)

from .callers import Caller, caller_for, refusal

TRAINING = {"kind": "origin", "key": "training"}  # hidden from everybody who is not in training


def numbers(response: Any) -> list[str]:
    assert response.status_code == 200, response.content.decode()
    return [item["number"] for item in response.json()["items"]]


def test_a_list_is_what_the_post_may_see_newest_first(cast: Cast, office: Caller) -> None:
    first, second = cast.dispatched(), cast.registered(now=at(12, 9))
    assert numbers(office.get("/problems")) == [first.number, second.number]
    assert numbers(caller_for(cast.handler).get("/problems")) == [first.number]
    assert numbers(caller_for(cast.water).get("/problems")) == []


def test_a_line_says_who_leads_and_what_is_left(cast: Cast, office: Caller) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    (line,) = office.get("/problems").json()["items"]
    assert line["number"] == problem.number
    assert line["version"] == problem.version
    assert (line["stage"], line["tier"], line["category"]) == ("to_sign", "limited", "供电")
    assert (line["lead"], line["co"]) == ("崧厦供电所", ["自来水公司"])
    assert line["remaining"] == {
        "working_days": 7,
        "working_minutes": line["remaining"]["working_minutes"],
        "overdue": False,
    }
    assert line["due_at"] == "2019-02-21T09:30:00+00:00"


def test_filters_are_alternatives_within_and_conditions_between(cast: Cast, office: Caller) -> None:
    waiting, sent = cast.registered(), cast.dispatched()
    done = cast.struck_off()
    assert set(numbers(office.get("/problems", {"stage": ["submitted", "to_sign"]}))) == {waiting.number, sent.number}
    assert numbers(office.get("/problems", {"stage": "to_sign", "channel": "visit"})) == [sent.number]
    assert numbers(office.get("/problems", {"stage": "to_sign", "channel": "meeting"})) == []
    assert numbers(office.get("/problems", {"lead": str(cast.unit("gds-songxia")), "open": "true"})) == [sent.number]
    assert numbers(office.get("/problems", {"open": "false"})) == [done.number]


def test_every_filter_of_the_heart_is_one_of_the_api(cast: Cast, office: Caller) -> None:
    cast.dispatched()
    for name in FACET_FILTERS:
        assert office.get("/problems", {name: "330604" if name == "place" else "nowhere"}).status_code == 200


@pytest.mark.parametrize("code", [SONGXIA, "330604007", "330604"])
def test_a_place_may_be_short(cast: Cast, office: Caller, code: str) -> None:
    problem = cast.registered()
    assert numbers(office.get("/problems", {"place": code})) == [problem.number]
    assert numbers(office.get("/problems", {"place": ELSEWHERE})) == []


def test_days_are_local_and_both_inclusive(cast: Cast, office: Caller) -> None:
    late = cast.registered(now=at(12, 23, 59))
    early = cast.registered(now=at(12, 0, 1))
    assert numbers(office.get("/problems", {"from": "2019-02-12", "until": "2019-02-12"})) == [
        late.number,
        early.number,
    ]
    assert numbers(office.get("/problems", {"from": "2019-02-13"})) == []
    assert numbers(office.get("/problems", {"until": "2019-02-11"})) == []


def test_two_characters_find_a_problem(cast: Cast, office: Caller) -> None:
    problem = cast.registered()
    assert numbers(office.get("/problems", {"q": "跳闸"})) == [problem.number]
    assert numbers(office.get("/problems", {"q": "路灯"})) == []
    assert refusal(office.get("/problems", {"q": "跳"}), 422, "invalid_input")["field"] == "q"


def test_overdue_ones_are_open_and_past_their_date(cast: Cast, office: Caller) -> None:
    late = cast.dispatched(now=at(4, 10, month=1))
    cast.dispatched()
    assert numbers(office.get("/problems", {"overdue": "true"})) == [late.number]


def test_pages_follow_one_another_and_lead_back(cast: Cast, office: Caller) -> None:
    made = [cast.registered(now=at(12, 9, minute)).number for minute in range(5)][::-1]
    first = office.get("/problems", {"limit": 2})
    assert (numbers(first), first.json()["count"], first.json()["capped"]) == (made[:2], 5, False)
    assert first.json()["prev"] is None
    second = office.get("/problems", {"limit": 2, "cursor": first.json()["next"]})
    third = office.get("/problems", {"limit": 2, "cursor": second.json()["next"]})
    assert (numbers(second), numbers(third), third.json()["next"]) == (made[2:4], made[4:], None)
    assert numbers(office.get("/problems", {"limit": 2, "cursor": second.json()["prev"]})) == made[:2]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"sort": "oldest"}, "sort"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "a" * 201}, "cursor"),
        ({"from": "yesterday"}, "from"),
        ({"until": "9999-12-31"}, "until"),
        ({"place": "xx"}, "place"),
        ({"lead": "\x00"}, "lead.0"),
        ({"lead": ""}, "lead.0"),
        ({"stagee": "submitted"}, "stagee"),
    ],
)
def test_a_wrong_question_is_named(office: Caller, asked: dict[str, Any], field: str) -> None:
    assert refusal(office.get("/problems", asked), 422, "invalid_input")["field"] == field


def test_a_page_costs_the_same_number_of_statements_however_long(cast: Cast, office: Caller) -> None:
    for _ in range(2):
        cast.dispatched()
    office.get("/problems")
    with CaptureQueriesContext(connection) as two:
        office.get("/problems")
    for _ in range(4):
        cast.dispatched()
    with CaptureQueriesContext(connection) as six:
        office.get("/problems")
    assert len(six) == len(two) <= 11


def test_one_problem_with_its_timeline_and_what_may_be_done(cast: Cast, office: Caller) -> None:
    problem = cast.contacted()
    actions.report(problem.pk, Report(text="已派员查勘。", for_requester=True), actor=cast.handler, now=at(12, 11))
    response = office.get(f"/problems/{problem.number}")
    assert response.status_code == 200
    body = response.json()
    assert response["ETag"] == f'"{body["version"]}"' == f'"{problem.version + 1}"'
    assert (body["state"], body["stage"], body["text"]) == ("in_progress", "handling", TEXT)
    assert body["place"] == {"code": problem.division, "name": body["place"]["name"]}
    assert body["category"] == {"id": str(cast.category), "name": "供电"}
    assert body["requester"]["name"] == firm().name
    assert PHONE not in response.content.decode()
    assert PERSON not in response.content.decode()
    (assignment,) = body["assignments"]
    assert assignment["unit"] == {"id": str(cast.unit("gds-songxia")), "name": "崧厦供电所"}
    assert (assignment["state"], assignment["signed_at"]) == ("in_progress", "2019-02-12T02:30:00+00:00")
    assert [m["kind"] for m in body["timeline"]] == [
        "registered", "accepted", "dispatched", "signed", "contacted", "reported",
    ]  # fmt: skip
    assert body["timeline"][-1]["texts"] == ["已派员查勘。"]
    assert {o["act"] for o in body["offers"]} >= {"correct", "appoint_leader"}
    assert all(o["href"].startswith(f"/api/v1/problems/{problem.number}/") for o in body["offers"])


def test_a_confidential_requester_is_hidden_from_the_handling_unit_everywhere(cast: Cast) -> None:
    said = told(requester=firm(name="隐名伞业有限公司"), confidential=True, source_system="12345", source_ref="HZ-77")
    problem = cast.dispatched(said)
    other = cast.registered(told(requester=firm(2)))
    party = problem.party_id
    wrong = Correct(reason="企业认错了", party_id=other.party_id, division=SONGXIA)
    actions.correct(problem.pk, wrong, actor=cast.named_office, now=at(12, 11))
    handler = caller_for(cast.handler)
    one = handler.get(f"/problems/{problem.number}")
    everything = one.content.decode() + handler.get("/problems").content.decode()
    assert party is not None
    assert other.party_id is not None
    for secret in (
        "隐名",
        "陆",
        "HZ-77",
        str(party),
        str(other.party_id),
        TEXT,
        problem.title,
        str(cast.collector.post_id),
        "俞镇长",
    ):
        assert secret not in everything, secret
    body = one.json()
    assert (body["title"], body["text"]) == (SECOND_TITLE, SECOND_TEXT)
    assert body["requester"]["hidden"] is True
    assert (body["source_ref"], body["registered_by"]) == (None, "")
    named = caller_for(cast.named_office).get(f"/problems/{problem.number}").json()
    assert named["requester"]["name"] == firm(2).name
    assert named["timeline"][-1]["data"]["before"]["party_id"] == str(party)
    assert named["text"] == TEXT


def test_what_is_not_visible_is_not_found(cast: Cast) -> None:
    problem = cast.dispatched()
    stranger = caller_for(cast.water)
    for path in (f"/problems/{problem.number}", f"/problems/{problem.number}/acts"):
        refusal(stranger.get(path), 404, "not_found")


@pytest.mark.parametrize("number", ["330604-2019-999999", "x", "%00", "1" * 60, "330604-2019-000001%0A"])
def test_a_number_that_is_none_is_not_found(office: Caller, number: str) -> None:
    refusal(office.get(f"/problems/{number}"), 404, "not_found")


def test_the_offers_say_what_this_post_may_do_now(cast: Cast, office: Caller) -> None:
    problem = cast.dispatched()
    handler = caller_for(cast.handler).get(f"/problems/{problem.number}/acts")
    assert handler["ETag"] == f'"{problem.version}"'
    offers = {o["act"]: o for o in handler.json()["offers"]}
    assert {"sign"} <= offers.keys()
    assert offers["sign"]["href"] == f"/api/v1/problems/{problem.number}/sign"
    assert offers["sign"]["assignment_id"]
    assert "recall" in {o["act"] for o in office.get(f"/problems/{problem.number}/acts").json()["offers"]}


def test_me_is_the_post_behind_the_token(cast: Cast) -> None:
    town = caller_for(cast.town_office).get("/me").json()
    assert town["post"] == str(cast.town_office.post_id)
    assert (town["role"], town["unit"]["name"], town["place"]) == ("town_dispatcher", "崧厦镇", SONGXIA)
    assert town["may_register"] is True
    assert {"kind": "place", "key": SONGXIA} in town["scopes"]["any_of"]
    assert caller_for(cast.office).get("/me").json()["scopes"] == {
        "everything": True,
        "any_of": [],
        "none_of": [TRAINING],
    }
    verifier = caller_for(cast.verifier).get("/me").json()["scopes"]
    assert verifier["none_of"] == [{"kind": "handled", "key": str(cast.unit("dcs"))}, TRAINING]


def test_the_lists_fill_a_form(cast: Cast, office: Caller) -> None:
    assert cast.category
    assert [(c["code"], c["name"]) for c in office.get("/categories").json()] == [("gd", "供电"), ("jcss", "基础设施")]
    units = {u["code"]: u for u in office.get("/units").json()}
    assert units["gds-songxia"]["parent_id"] == units["gdgs"]["id"]
    assert units[SONGXIA]["name"] == "崧厦镇"  # 街道 only since October 2019
    divisions = {d["code"]: d["name"] for d in office.get("/divisions").json()}
    assert len(divisions) == 385
    assert divisions[SONGXIA] == "崧厦镇"


def test_nothing_else_is_here(office: Caller) -> None:
    refusal(office.get("/problemz"), 404, "not_found")
    refusal(office.get("/"), 404, "not_found")
    response = office.client.delete("/api/v1/problems")
    refusal(response, 405, "no_such_method")
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


def test_the_present_moment_is_the_programs_own_clock(cast: Cast, office: Caller) -> None:
    body = office.get(f"/problems/{cast.dispatched().number}").json()
    assert body["clock"]["running"] is True
    assert body["clock"]["elapsed"] == 0.0


def test_numbers_in_other_systems_are_told_and_found(cast: Cast, office: Caller) -> None:
    add_system("hotline", SetSystem(name="12345热线"), actor=cast.office, now=NOW)
    problem, _other = cast.registered(), cast.registered(told("另一件事"))
    said = {"system": "hotline", "number": "GD-77"}
    assert office.post(f"/problems/{problem.number}/note-foreign-number", said).status_code == 200
    (there,) = office.get(f"/problems/{problem.number}").json()["elsewhere"]
    assert (there["system"], there["name"], there["number"]) == ("hotline", "12345热线", "GD-77")
    assert numbers(office.get("/problems", {"number": "gd-77"})) == [problem.number]
    assert numbers(office.get("/problems", {"foreign": "hotline"})) == [problem.number]
    assert numbers(office.get("/problems", {"number": "GD-78"})) == []
