"""What the system officer does to one unit: change, confirm, identify, merge, close, undo a merger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from sanfuwu.counties.actions import ensure_divisions
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.problems.actions.units import succeed_unit, undo_succession
from sanfuwu.problems.queries.succession import succession
from sanfuwu.territory import policies
from sanfuwu.territory.actions import change_unit, close_unit, confirm_proposed_unit
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Post, Unit, UnitMerge
from sanfuwu.territory.queries import unit_name, unit_tree
from sanfuwu.territory.queries.units import UnitNode
from sanfuwu.web.admin_forms.base import AdminForm
from sanfuwu.web.admin_forms.units import ChangeUnitForm, CloseUnitForm, ConfirmUnitForm, IntoUnitForm
from sanfuwu.web.page import actor_of, for_post, now_of

from .deed import Deed, Fact, answer
from .units import acts_on


@dataclass(frozen=True, slots=True)
class At:
    """Where an act stands: who, when, and the unit as it is today."""

    request: HttpRequest
    actor: Actor
    now: dt.datetime
    today: dt.date
    unit: Unit
    node: UnitNode

    @property
    def url(self) -> str:
        return reverse("web:admin_unit", args=[self.unit.pk])


@require_http_methods(["GET", "POST"])
@for_post
def act(request: HttpRequest, unit_id: UUID, name: str) -> HttpResponse:
    """One act on one unit; an act that its state does not allow does not exist."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_manage_units(actor))
    today = timezone.localdate(now)
    unit = Unit.objects.filter(pk=unit_id).first()
    node = next((n for n in unit_tree(today) if n.id == unit_id), None)
    if unit is None or node is None or name not in {act for act, _label, _icon in acts_on(unit)}:
        raise NotVisible("no such act")
    return answer(request, *_ACTS[name](At(request, actor, now, today, unit, node)))


def _change(at: At) -> tuple[Deed, AdminForm]:
    form = ChangeUnitForm(at.request.POST or None, node=at.node, now=at.now, today=at.today)

    def run(form: ChangeUnitForm) -> str:
        said = form.values()
        change_unit(at.unit.pk, **said, actor=at.actor, now=at.now)
        if at.unit.kind in (Unit.Kind.TOWN, Unit.Kind.VILLAGE) and said["division_code"]:
            ensure_divisions([(said["division_code"], said["name"])], valid_from=said["valid_from"])
        if said["valid_from"] > at.today:
            return _("Entered. The new name holds from %(day)s on; until then nothing changes.") % {
                "day": said["valid_from"]
            }
        return _("Changed. Earlier records go on showing what the unit was called and where it stood then.")

    return _deed(
        at,
        title=_("Rename or move %(name)s"),
        button=_("Change the unit"),
        icon="pencil",
        consequence=_("Who sees its records follows its place in the tree at once."),
        run=run,
    ), form


def _confirm(at: At) -> tuple[Deed, AdminForm]:
    form = ConfirmUnitForm(at.request.POST or None, node=at.node, now=at.now)

    def run(form: ConfirmUnitForm) -> str:
        confirm_proposed_unit(at.unit.pk, **form.values(), actor=at.actor, now=at.now)
        return _("Confirmed. Problems can be sent to it from now on.")

    return _deed(
        at,
        title=_("Confirm %(name)s"),
        button=_("Confirm as a unit"),
        icon="check",
        consequence=_("Problems can be sent to it from now on."),
        run=run,
    ), form


def _identify(at: At) -> tuple[Deed, AdminForm]:
    form = IntoUnitForm(at.request.POST or None, node=at.node, now=at.now, today=at.today, label=_("The unit meant"))

    def run(form: IntoUnitForm) -> str:
        succeed_unit(at.unit.pk, form.into_id, on_date=form.cleaned_data["on_date"], actor=at.actor, now=at.now)
        return _("From now on the records under this name are those of %(into)s.") % {
            "into": unit_name(form.into_id, at.today)
        }

    return _deed(
        at,
        title=_("%(name)s is another unit"),
        button=_("It is this unit"),
        icon="arrows-exchange",
        consequence=_("Its records stay as imported; the unit meant sees them. This can be undone."),
        run=run,
        preview=lambda form: _moves(at, form),
    ), form


def _merge(at: At) -> tuple[Deed, AdminForm]:
    form = IntoUnitForm(at.request.POST or None, node=at.node, now=at.now, today=at.today, label=_("Merge into"))

    def run(form: IntoUnitForm) -> str:
        succeed_unit(at.unit.pk, form.into_id, on_date=form.cleaned_data["on_date"], actor=at.actor, now=at.now)
        return _("%(name)s went up in %(into)s. It can be undone on this page.") % {
            "name": at.node.name,
            "into": unit_name(form.into_id, at.today),
        }

    return _deed(
        at,
        title=_("Merge %(name)s into another unit"),
        button=_("Merge"),
        icon="git-merge",
        consequence=_("The successor signs the open problems anew; no deadline moves. This can be undone."),
        run=run,
        preview=lambda form: _moves(at, form),
        done_url=at.url,
    ), form


def _moves(at: At, form: IntoUnitForm) -> list[Fact]:
    """What the merger moves; refuses what the act itself would refuse for its day."""
    if form.cleaned_data["on_date"] > at.today:
        raise InvalidInput(_("A unit cannot be closed ahead of time."), field="on_date")
    into, n = unit_name(form.into_id, at.today), succession(at.unit.pk, on=at.today)
    return [
        Fact(
            pgettext("unit", "Successor"),
            into,
            _("It sees from now on whatever %(name)s saw.") % {"name": at.node.name},
        ),
        Fact(
            _("Open problems"),
            f"{n.problems:,}",
            _("%(n)d assignments go to the successor, which signs them anew.") % {"n": n.open_assignments},
        ),
        Fact(_("Running deadlines"), f"{n.deadlines:,}", _("They stay on the same day and hour.")),
        Fact(_("Results to review"), f"{n.to_review:,}", _("The successor reviews what this unit handed down.")),
        Fact(_("Promises not yet kept"), f"{n.commitments:,}", _("They stay on record under the old name.")),
        Fact(_("Posts"), f"{n.posts:,}", _("The people go on in the successor, with access and role as before.")),
        Fact(_("Units below it"), f"{n.units_below:,}", _("They stand under the successor.")),
    ]


def _close(at: At) -> tuple[Deed, AdminForm]:
    form = CloseUnitForm(at.request.POST or None, today=at.today)
    n = succession(at.unit.pk, on=at.today)

    def run(form: CloseUnitForm) -> str:
        if n.open_assignments:
            raise InvalidInput(
                _("%(n)d problems are still open here: merge the unit into its successor instead.") % {"n": n.problems}
            )
        if n.posts:
            raise InvalidInput(_("%(n)d posts are still served in here: hand them over first.") % {"n": n.posts})
        close_unit(at.unit.pk, on_date=form.cleaned_data["on_date"], actor=at.actor, now=at.now)
        return _("%(name)s is closed. Its records stay where they were.") % {"name": at.node.name}

    return _deed(
        at,
        title=_("Close %(name)s"),
        button=_("Close the unit"),
        icon="archive",
        consequence=_("Nothing can be sent to it any more. If another unit takes over its work, merge it instead."),
        run=run,
        facts=[
            Fact(_("Open problems"), f"{n.problems:,}"),
            Fact(_("Posts"), f"{n.posts:,}"),
            Fact(_("Units below it"), f"{n.units_below:,}"),
        ],
    ), form


def _deed(
    at: At,
    *,
    title: str,
    button: str,
    icon: str,
    consequence: str,
    run: Callable[..., str],
    preview: Callable[..., list[Fact]] | None = None,
    facts: list[Fact] | None = None,
    done_url: str = "",
) -> Deed:
    return Deed(
        title=title % {"name": at.node.name},
        button=button,
        icon=icon,
        consequence=consequence,
        back_url=at.url,
        back=at.node.name,
        run=run,
        done_url=done_url or at.url,
        preview=preview,
        facts=facts or (),
        facts_title=_("What is still there"),
    )


_ACTS: dict[str, Callable[[At], tuple[Deed, AdminForm]]] = {
    "change": _change,
    "confirm": _confirm,
    "identify": _identify,
    "merge": _merge,
    "close": _close,
}


@require_http_methods(["GET", "POST"])
@for_post
def undo_merge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """The unit is again what it was."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_manage_units(actor))
    today = timezone.localdate(now)
    merge = UnitMerge.objects.filter(pk=merge_id, undone_at__isnull=True).first()
    if merge is None:
        raise NotVisible("merger")
    gone, into = unit_name(merge.from_unit_id, today), unit_name(merge.into_unit_id, today)
    url = reverse("web:admin_unit", args=[merge.from_unit_id])
    back_again = Post.objects.filter(unit_id=merge.into_unit_id, continues__isnull=False, valid_to__isnull=True)
    own = Post.objects.filter(unit_id=merge.from_unit_id).values("pk")

    def run(_form: AdminForm) -> str:
        undo_succession(merge.pk, actor=actor, now=now)
        return _("The merger was undone: %(gone)s is at work again.") % {"gone": gone}

    deed = Deed(
        title=_("Undo the merger of %(gone)s into %(into)s") % {"gone": gone, "into": into},
        button=_("Undo the merger"),
        icon="arrow-back-up",
        consequence=_("Problems that the successor took over or got since stay with it."),
        back_url=url,
        back=gone,
        run=run,
        done_url=url,
        facts=[
            Fact(
                _("Posts"),
                f"{back_again.filter(continues__in=own).count():,}",
                _("The people serve in %(gone)s again.") % {"gone": gone},
            ),
            Fact(_("Records"), gone, _("%(into)s no longer sees what was only this unit's.") % {"into": into}),
        ],
        facts_title=_("What goes back"),
    )
    return answer(request, deed, AdminForm(request.POST if request.method == "POST" else None))
