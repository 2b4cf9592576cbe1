"""数据: the page of figures, the list behind each number, one visit, one meeting."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanfuwu.figures.definitions import FIGURES
from sanfuwu.ledger.fields import new_id
from sanfuwu.meetings.actions import hold_meeting
from sanfuwu.meetings.commands import HoldMeeting, Item, Promise
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.commands import Registration, SpotSolution, Step
from sanfuwu.visits.actions import record_visit
from sanfuwu.visits.commands import Found, RecordOpinion, RecordVisit

from . import cast
from .test_pages import INLINE, page

pytestmark = pytest.mark.django_db
COUNTS = Path(__file__).with_name("sql_counts.json")
SOLVED = SpotSolution(how="当场换好。", confirmed_by="店主")


def leader() -> cast.Person:
    return cast.person("qwqzf", "leader", name="林某", title="副区长", rank="district_leader")


def registration(text: str) -> Registration:
    return Registration(text=text, division=cast.SONGXIA, requester=RequesterInput(contact_name="反映人"))


def a_visit(by: cast.Person, *, found: tuple[Found, ...] = (), **more: object) -> str:
    now = timezone.now()
    given: dict[str, object] = {
        "client_key": new_id(),
        "held_at": now - dt.timedelta(minutes=5),
        "division": cast.SONGXIA,
        "parties": (RequesterInput("enterprise", "样例伞业有限公司"),),
        "found": found,
    } | more
    return str(record_visit(RecordVisit(**given), actor=by.actor, now=now).pk)  # type: ignore[arg-type]


def test_each_number_stands_with_its_definition_and_leads_to_its_list() -> None:
    a_visit(leader(), found=(Found(registration=registration("路灯不亮。"), solution=SOLVED),))
    office = cast.dispatcher()
    html = page(office.client, "/figures/?window=this")
    assert not INLINE.search(html)
    assert "点数字就是这些记录" in html
    for figure in FIGURES:
        assert str(figure.definition) in html
        link = re.search(rf'href="(/figures/{figure.name}\?from=[\d-]+&(?:amp;)?to=[\d-]+)"[^>]*>([\d,]+)<', html)
        assert link, figure.name
        listed = page(office.client, link[1])
        assert not INLINE.search(listed)
        assert f'<span class="count-big">{link[2]}</span>' in listed
        lines = listed.count('<tr data-href="') + listed.count('<div class="record">')
        assert lines == int(link[2])
    assert re.search(r"/figures/solved_on_spot[^>]*>1<", html)
    assert re.search(r"/figures/enterprise_visits[^>]*>1<", html)


def test_a_window_of_ones_own_is_in_the_address_and_a_wrong_one_is_said() -> None:
    office = cast.dispatcher()
    html = page(office.client, "/figures/?from=2019-02-11&to=2019-02-20")
    assert "2019年2月11日至2019年2月20日" in html
    assert 'value="2019-02-11"' in html
    assert "截止日期早于起始日期" in page(office.client, "/figures/?from=2019-02-20&to=2019-02-11", 422)
    assert "请填起止两个日期" in page(office.client, f"/figures/?from={quote('昨天')}&to=", 422)


@pytest.mark.parametrize("who", [cast.handler, cast.head, cast.collector, cast.verifier])
def test_whose_work_is_not_the_whole_has_no_figures(who: object) -> None:
    somebody = who()  # type: ignore[operator]
    assert 'href="/figures/"' not in page(somebody.client, "/")
    for url in ("/figures/", "/figures/solved_on_spot"):
        page(somebody.client, url, 403)


def test_a_visit_says_who_went_whom_they_met_what_was_said_and_found() -> None:
    by = leader()
    heard = (RecordOpinion(text="文件写短些。"),)
    found = (
        Found(registration=registration("门口积水。")),
        Found(registration=registration("灯坏。"), solution=SOLVED),
    )
    url = f"/visits/{a_visit(by, found=found, opinions=heard, pairing='enterprise')}"
    html = page(cast.dispatcher().client, url)
    for said in ("林某", "样例伞业有限公司", "文件写短些。", "门口积水", "灯坏", "现场解决", "走企连心"):
        assert said in html
    assert not INLINE.search(html)
    page(by.client, url)
    page(cast.person("zlsgs", "handler").client, url, 404)
    page(cast.person("qwqzf", "system_officer").client, url, 404)


def test_a_meeting_says_what_became_of_each_item_and_who_promised_what() -> None:
    office, chair, now = cast.dispatcher(), leader(), timezone.now()
    unit = cast.lead_unit()
    day = timezone.localdate(now) + dt.timedelta(days=7)
    planned = Item(
        registration=registration("用电增容。"),
        steps=(Step(text="勘测线路", unit_id=unit, due_on=day),),
        promises=(Promise(unit_id=unit, text="一周内解决", due_on=day),),
    )
    meeting = hold_meeting(
        HoldMeeting(
            title="园区座谈会",
            held_at=now - dt.timedelta(minutes=1),
            division=cast.SONGXIA,
            chaired_by=chair.actor.post_id,  # type: ignore[arg-type]
            parties=(RequesterInput("enterprise", "样例伞业有限公司"),),
            items=(planned, Item(registration=registration("政策不清楚。"), solution=SOLVED)),
        ),
        actor=office.actor,
        now=now,
    )
    html = page(office.client, f"/meetings/{meeting.pk}")
    for said in ("园区座谈会", "主持：林某", "样例伞业有限公司", "勘测线路", "一周内解决", "会上当场解决", "有方案"):
        assert said in html
    assert not INLINE.search(html)
    page(cast.person("zlsgs", "handler").client, f"/meetings/{meeting.pk}", 404)


def test_pages_of_figures_take_a_fixed_number_of_statements() -> None:
    by, office = leader(), cast.dispatcher()
    expected = json.loads(COUNTS.read_text(encoding="utf-8"))
    visits = []
    for n in range(3):
        found = (Found(registration=registration(f"第{n}处积水。"), solution=SOLVED),)
        visits.append(a_visit(by, found=found, opinions=(RecordOpinion(text=f"意见{n}"),)))
    urls = {
        "figures": "/figures/",
        "figure_problems": "/figures/solved_on_spot",
        "figure_visits": "/figures/enterprise_visits",
        "figure_opinions": "/figures/opinions_collected",
        "visit": f"/visits/{visits[0]}",
    }
    found_counts = {}
    for name, url in urls.items():
        page(office.client, url)  # once before, so that what a process remembers is there
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(office.client, url)
        found_counts[name] = len(captured)
    assert found_counts == {name: expected.get(name) for name in urls}
