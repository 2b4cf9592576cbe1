"""Addresses of the pages. Plain and shareable: a problem is its number, a list is its filters."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from .views import (
    alike,
    arranging,
    attachments,
    bulk,
    desk,
    duties,
    gallery,
    ledger,
    personal,
    photos,
    problem,
    register,
    shell,
    slip,
)
from .views.admin import index as admin_index

app_name = "web"

urlpatterns = [
    path("", desk.home, name="desk"),
    path("problems/", ledger.problems, name="problems"),
    path("problems/new", register.register, name="register"),
    path("problems/filters", ledger.filter_sheet, name="filters"),
    path("problems/views", arranging.views, name="views"),
    path("problems/columns", arranging.choose_columns, name="columns"),
    path("problems/bulk", bulk.bulk_act, name="bulk"),
    path("problems/bulk/done", bulk.bulk_done, name="bulk_done"),
    path("problems/alike", alike.typed, name="alike_typed"),
    path("problems/<str:number>", problem.problem, name="problem"),
    path("problems/<str:number>/photos", photos.photos, name="photos"),
    path("problems/<str:number>/phone", personal.reveal, name="reveal"),
    path("problems/<str:number>/alike", alike.of_problem_page, name="alike"),
    path("problems/<str:number>/looks", personal.seen_by, name="looks"),
    path("problems/<str:number>/<slug:name>", problem.act, name="act"),
    path("duties/", duties.duties_page, name="duties"),
    path("attachments/<uuid:attachment_id>", attachments.attachment, name="attachment"),
    path("r/", slip.ask, name="slip_ask"),
    path("r/<str:code>", slip.slip, name="slip"),
    path("admin/", admin_index.index, name="admin"),
    path("me", shell.me, name="me"),
    path("favicon.ico", RedirectView.as_view(url=static("web/favicon.svg"), permanent=True)),
    path("preferences", shell.preferences, name="preferences"),
]

if settings.DEBUG:
    urlpatterns.append(path("_ui", gallery.gallery, name="gallery"))
