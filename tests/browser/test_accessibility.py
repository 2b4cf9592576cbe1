"""axe on every page at both widths, nothing wider than a phone, nothing inline (quality.md §3, §4).

A page is opened once and looked at twice: on the desktop, then on a telephone, as which Chromium lays the same page out
anew. (Neither the server nor a script of ours asks for a width: what differs is style sheets alone.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

from .conftest import WIDTHS
from .given import Given, dispatched, registered, signed
from .people import Cast
from .person import TOO_WIDE, Person
from .screenshots import list_to_import
from .server import Site
from .watching import Watch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NewPerson = Callable[..., Person]
AXE = Axe()
RULES = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
}
SERIOUS = ("serious", "critical")
ROLES = ("collector", "dispatcher", "handler", "head", "water", "verifier", "double", "system_officer")


def look(page: Page, path: str, *, status: int = 200) -> list[str]:
    """What is wrong with a page, in lines; empty when all is well."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, f"{path}: {answer.status}"
    return [f"{path}: inline {what}" for what in inline_parts(answer.text())] + faults(page, path)


def faults(page: Page, where: str) -> list[str]:
    """What axe and a ruler say of the page as it stands, at either width."""
    found = _faults(page, f"1440 {where}")
    with on_a_phone(page):
        found += _faults(page, f"390 {where}")
    return found


@contextmanager
def on_a_phone(page: Page) -> Iterator[None]:
    """The page as a telephone shows it: width, viewport, finger; afterwards as before."""
    size = WIDTHS["phone"]["viewport"]
    chromium: CDPSession = page.context.new_cdp_session(page)
    screen = {"screenWidth": size["width"], "screenHeight": size["height"], "deviceScaleFactor": 1, "mobile": True}
    chromium.send("Emulation.setDeviceMetricsOverride", size | screen)
    chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    assert page.evaluate(_PHONE), "this is no telephone"
    yield
    chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    chromium.detach()  # with the session goes what it had set
    page.set_viewport_size(WIDTHS["desktop"]["viewport"])
    assert page.evaluate("innerWidth") == WIDTHS["desktop"]["viewport"]["width"]


_PHONE = f"screen.width === {WIDTHS['phone']['viewport']['width']} && matchMedia('(pointer: coarse)').matches"


def _faults(page: Page, where: str) -> list[str]:
    wide = page.evaluate(TOO_WIDE)
    found = [f"{where}: {wide} px wider than the window"] if wide > 0 else []
    # A page's policy forbids foreign scripts; the test's own one comes in past it, through the debugger.
    results = AXE.run(page, options=RULES)
    for violation in results.response["violations"]:
        if violation["impact"] in SERIOUS:
            nodes = "; ".join(
                f"{' '.join(map(str, n['target']))} {n['failureSummary']}" for n in violation["nodes"][:4]
            )
            found.append(f"{where}: {violation['id']} ({violation['impact']}) {violation['help']}: {nodes}")
    return found


class _Inline(HTMLParser):
    """Collects what a policy without `unsafe-inline` would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style":
            self.found.append("style element")
        # A block of data is not a script: it never runs.
        if tag == "script" and "src" not in given and given.get("type") not in ("application/json",):
            self.found.append("script element")
        self.found += [f"{tag} {name}" for name, value in given.items() if (value or "").startswith("javascript:")]


def inline_parts(html: str) -> list[str]:
    parser = _Inline()
    parser.feed(html)
    return parser.found


@pytest.fixture(scope="module")
def problems(site: Site, cast: Cast) -> dict[str, Given]:
    """One of each stage that matters for the looks of a page."""
    return {"new": registered(site, cast), "sent": dispatched(site, cast), "in_hand": signed(site, cast)}


def test_pages_of_somebody_without_an_account(
    stranger: Callable[..., Page], watch: Watch, problems: dict[str, Given]
) -> None:
    watch.expected |= {404}
    page = stranger()
    found: list[str] = []
    for path in ("/login/", "/r/", f"/r/{problems['in_hand'].read_code}"):
        found += look(page, path)
    for path in ("/r/ABCDEFGHJKMN", "/nowhere"):
        found += look(page, path, status=404)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ROLES)
def test_the_desk_of_each_role(cast: Cast, person: NewPerson, problems: dict[str, Given], role: str) -> None:
    found = look(person(getattr(cast, role)).page, "/")
    assert not found, "\n".join(found)


def test_pages_of_the_office(cast: Cast, person: NewPerson, watch: Watch, problems: dict[str, Given]) -> None:
    watch.expected.add(404)
    office = person(cast.dispatcher)
    new, sent = problems["new"], problems["sent"]
    found: list[str] = []
    for path in (
        "/problems/",
        "/problems/?q=没有的词",
        "/problems/?stage=to_sign&sort=due",
        "/problems/?view=all&cols=number,title,leader,raised,satisfied,state&columns=1",
        "/problems/filters?place=330604007000",
        "/duties/",
        f"{new.path}/alike",
        "/problems/new",
        "/imports/",
        "/figures/",
        "/figures/?window=last",
        "/figures/solved_on_spot?window=this",
        "/figures/problems_registered?window=this",
        new.path,
        "/admin/",
        "/admin/categories/",
        "/admin/catalogue/",
        "/admin/catalogue/coverage",
        "/admin/catalogue/import",
        "/admin/limits/",
        "/admin/limits/new",
        "/admin/calendar/",
        "/admin/reasons/decline/",
        "/admin/reasons/decline/military",
        "/phrases/",
        f"{new.path}/accept",
        f"{new.path}/decline",
        f"{new.path}/correct",
        f"{new.path}/merge",
        f"{new.path}/split",
        f"{new.path}/photos",
        f"{new.path}/looks",
        sent.path,
        f"{sent.path}/recall",
        "/exports/",
        "/admin/ledgers/",
        "/admin/ledgers/problems",
        "/admin/papers/",
        "/me",
        "/password/",
        "/logout/",
    ):
        found += look(office.page, path)
    office.page.goto("/problems/")
    office.page.locator(".export-fold > summary").click()
    found += faults(office.page, "the menu of exports")
    office.page.goto(sent.path)
    office.page.locator("form[action$='/papers/order'] button").click()
    office.page.locator(".official").wait_for()
    found += faults(office.page, "a dispatch order")
    for path in ("/problems/330604-2019-999999", "/nowhere"):
        found += look(office.page, path, status=404)
    assert not found, "\n".join(found)


def test_pages_of_the_exchange(cast: Cast, person: NewPerson, problems: dict[str, Given]) -> None:
    """A system is added by the form itself, so that its own page, a workbook and the form of a number stand there."""
    office = person(cast.dispatcher)
    office.go("/admin/systems/new")
    code = "hotline"
    office.page.locator("#f_code").fill(code)
    office.page.locator("#f_name").fill("12345热线")
    office.page.locator("main form button.btn-primary").click()
    office.page.wait_for_url("**/admin/systems/")
    found: list[str] = []
    for path in (
        "/admin/",
        "/admin/systems/",
        "/admin/systems/new",
        f"/admin/systems/{code}",
        "/admin/partners/",
        "/exchange/",
        "/exchange/?tab=received",
        "/exchange/systems/",
        f"/exchange/systems/{code}",
        f"{problems['new'].path}/note_foreign_number",
    ):
        found += look(office.page, path)
    assert not found, "\n".join(found)


def test_pages_of_the_administration(cast: Cast, person: NewPerson, problems: dict[str, Given]) -> None:
    officer = person(cast.system_officer).page
    found: list[str] = []
    for path in (
        "/admin/setup",
        "/admin/units",
        "/admin/units?closed=1&kind=department",
        "/admin/units/new",
        "/admin/units/import",
        "/admin/people",
        "/admin/people/new",
        "/admin/people/import",
        "/admin/people/slips",
        "/admin/delegations",
        "/admin/delegations/new",
    ):
        found += look(officer, path)
    for start, links in (
        ("/admin/units?q=崧厦供电所", ("崧厦供电所", "并入另一个单位")),
        ("/admin/people?q=夏经办", ("夏经办", "离岗或调岗")),
    ):
        officer.goto(start)
        for link in links:
            officer.get_by_role("link", name=link).first.click()
            officer.wait_for_load_state()
            found += faults(officer, f"{start} {link}")
    office = person(cast.dispatcher).page
    for path in ("/phones", "/phones?q=yan", "/duty", "/duty/new", "/duty/import", "/me/delegations"):
        found += look(office, path)
    assert not found, "\n".join(found)


def test_the_steps_of_an_import(cast: Cast, person: NewPerson) -> None:
    office = person(cast.dispatcher)
    page = office.page
    page.goto("/imports/")
    file = {"name": "清单.xlsx", "mimeType": "application/octet-stream", "buffer": list_to_import()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    found: list[str] = []
    for shown in (".import-columns", ".import-counts"):
        page.locator("main form button.btn-primary").click()
        page.locator(shown).wait_for()
        found += faults(page, shown)
    page.goto(f"{page.url.split('?')[0]}?edit=1")
    found += faults(page, "columns again")
    assert not found, "\n".join(found)


def test_forms_of_the_unit(cast: Cast, person: NewPerson, problems: dict[str, Given]) -> None:
    handler = person(cast.handler)
    path = problems["in_hand"].path
    found: list[str] = []
    forms = ("submit_result", "report", "record_commitment", "request_extension", "request_hold")
    for page in (path, *(f"{path}/{form}" for form in forms)):
        found += look(handler.page, page)
    assert not found, "\n".join(found)


def test_second_factors(cast: Cast, person: NewPerson, watch: Watch) -> None:
    """Pages of django-allauth in our frame. Before them the password is asked for once more."""
    head = person(cast.head)
    page = head.page
    found = look(page, "/login/second/")
    found += look(page, "/login/second/totp/activate/")
    if page.locator("input[name=password]").count():
        page.locator("input[name=password]").fill(cast.head.password)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/totp/activate/**")
        found += look(page, "/login/second/totp/activate/")
    for path in ("/login/second/webauthn/", "/login/second/webauthn/add/"):
        found += look(page, path)
    assert not found, "\n".join(found)


def test_a_form_with_errors(cast: Cast, person: NewPerson, watch: Watch) -> None:
    watch.expected.add(422)
    cadre = person(cast.collector)
    cadre.go("/problems/new")
    cadre.fill("place", "不存在的地方")
    cadre.send()
    cadre.page.locator("#errors").wait_for()
    found = faults(cadre.page, "errors of the form")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("switch", ["large", "contrast", "dark"])
def test_display_switches(cast: Cast, person: NewPerson, problems: dict[str, Given], switch: str) -> None:
    """Large type, high contrast and the dark ground are read by the same rules."""
    office = person(cast.dispatcher)
    office.page.goto("/me")
    office.page.locator(f"main button[name={switch}]").click()
    found: list[str] = []
    for path in ("/", problems["sent"].path, "/problems/new"):
        found += look(office.page, path)
    assert not found, "\n".join(found)


def test_what_is_inaccessible_is_found(stranger: Callable[..., Page]) -> None:
    """The ruler itself measures: axe runs in spite of the page's policy."""
    page = stranger()
    page.goto("/r/")
    assert faults(page, "as it is") == []
    page.evaluate("() => document.querySelector('main').append(document.createElement('img'))")
    page.evaluate("() => document.querySelector('main label').remove()")
    page.evaluate("() => Object.assign(document.querySelector('main').style, {minWidth: '800px'})")
    found = "\n".join(faults(page, "spoiled"))
    for width in ("1440", "390"):
        assert f"{width} spoiled: image-alt" in found
        assert f"{width} spoiled: label" in found
    assert "390 spoiled: 4" in found  # px wider than the window
    assert "1440 spoiled: 4" not in found


def test_what_is_inline_is_found() -> None:
    """The ruler itself measures."""
    page = '<p style="x">a</p><script>1</script><a onclick="x" href="javascript:1">b</a><style></style>'
    assert len(inline_parts(page)) == 5
    assert inline_parts('<script type="application/json">{}</script><script src="/a.js"></script>') == []
