"""Addresses of the pages. Plain and shareable: a problem is its number, a list is its filters."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from .views import (
    attachments,
    desk,
    gallery,
    ledger,
    personal,
    photos,
    phrases,
    problem,
    register,
    shell,
    slip,
    training,
)
from .views.admin import (
    calendar,
    catalogue,
    categories,
    county,
    delegations,
    duty,
    imports,
    limits,
    people,
    posts,
    reasons,
    setup,
    unit_acts,
    units,
)
from .views.admin import index as admin_index

app_name = "web"

urlpatterns = [
    path("", desk.home, name="desk"),
    path("problems/", ledger.problems, name="problems"),
    path("problems/new", register.register, name="register"),
    path("problems/new/unit", register.proposed_unit, name="register_unit"),
    path("problems/<str:number>", problem.problem, name="problem"),
    path("problems/<str:number>/photos", photos.photos, name="photos"),
    path("problems/<str:number>/phone", personal.reveal, name="reveal"),
    path("problems/<str:number>/looks", personal.seen_by, name="looks"),
    path("problems/<str:number>/<slug:name>", problem.act, name="act"),
    path("attachments/<uuid:attachment_id>", attachments.attachment, name="attachment"),
    path("r/", slip.ask, name="slip_ask"),
    path("r/<str:code>", slip.slip, name="slip"),
    path("admin/", admin_index.index, name="admin"),
    path("admin/categories/", categories.categories, name="admin_categories"),
    path("admin/categories/import", categories.categories_import, name="admin_categories_import"),
    path("admin/categories/<uuid:category_id>", categories.category, name="admin_category"),
    path("admin/catalogue/", catalogue.catalogue, name="admin_catalogue"),
    path("admin/catalogue/coverage", catalogue.catalogue_coverage, name="admin_catalogue_coverage"),
    path("admin/catalogue/import", catalogue.catalogue_import, name="admin_catalogue_import"),
    path("admin/limits/", limits.limits, name="admin_limits"),
    path("admin/limits/new", limits.limits_new, name="admin_limits_new"),
    path("admin/limits/<int:number>", limits.limits_version, name="admin_limits_version"),
    path("admin/calendar/", calendar.calendar, name="admin_calendar"),
    path("admin/reasons/<slug:kind>/", reasons.reasons, name="admin_reasons"),
    path("admin/reasons/<slug:kind>/<slug:code>", reasons.reason_page, name="admin_reason"),
    path("admin/county", county.county, name="admin_county"),
    path("phrases/", phrases.phrases, name="phrases"),
    path("phrases/<uuid:phrase_id>", phrases.phrase, name="phrase"),
    path("training", training.training, name="training"),
    path("admin/setup", setup.checklist, name="admin_setup"),
    path("admin/unit", units.own, name="admin_own_unit"),
    path("admin/units", units.units, name="admin_units"),
    path("admin/units/new", units.new_unit, name="admin_unit_new"),
    path("admin/units/import", imports.upload, {"kind": "units"}, name="admin_units_import"),
    path("admin/units/<uuid:unit_id>", units.unit, name="admin_unit"),
    path("admin/units/<uuid:unit_id>/<slug:name>", unit_acts.act, name="admin_unit_act"),
    path("admin/mergers/<uuid:merge_id>/undo", unit_acts.undo_merge, name="admin_merge_undo"),
    path("admin/people", people.people, name="admin_people"),
    path("admin/people/new", people.new_person, name="admin_person_new"),
    path("admin/people/import", imports.upload, {"kind": "people"}, name="admin_people_import"),
    path("admin/people/slips", people.slips, name="admin_slips"),
    path("admin/people/<uuid:person_id>", people.person, name="admin_person"),
    path("admin/people/<uuid:person_id>/<slug:name>", people.act, name="admin_person_act"),
    path("admin/posts/<uuid:post_id>/<slug:name>", posts.act, name="admin_post_act"),
    path("admin/access", posts.access, name="admin_access"),
    path("admin/delegations", delegations.every, name="admin_delegations"),
    path("admin/delegations/new", delegations.new, name="admin_delegation_new"),
    path("admin/workbooks/<str:kind>", imports.template, name="admin_template"),
    path("delegations/<uuid:delegation_id>/end", delegations.end, name="delegation_end"),
    path("duty", duty.roster, name="duty"),
    path("duty/new", duty.new, name="duty_new"),
    path("duty/import", imports.upload, {"kind": "duty"}, name="duty_import"),
    path("duty/<uuid:shift_id>/remove", duty.remove, name="duty_remove"),
    path("phones", duty.phones, name="phones"),
    path("phones/<uuid:person_id>", duty.phone, name="phone"),
    path("me", shell.me, name="me"),
    path("me/delegations", delegations.mine, name="my_delegations"),
    path("favicon.ico", RedirectView.as_view(url=static("web/favicon.svg"), permanent=True)),
    path("preferences", shell.preferences, name="preferences"),
]

if settings.DEBUG:
    urlpatterns.append(path("_ui", gallery.gallery, name="gallery"))
