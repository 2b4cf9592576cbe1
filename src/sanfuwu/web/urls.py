"""Addresses of the pages. Plain and shareable: a problem is its number, a list is its filters."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from .views import attachments, desk, gallery, ledger, personal, photos, problem, register, shell, slip
from .views.admin import index as admin_index
from .views.admin import partners as admin_partners
from .views.admin import systems as admin_systems
from .views.exchange import answers, sending, transfers, workbooks

app_name = "web"

urlpatterns = [
    path("", desk.home, name="desk"),
    path("problems/", ledger.problems, name="problems"),
    path("problems/new", register.register, name="register"),
    path("problems/<str:number>", problem.problem, name="problem"),
    path("problems/<str:number>/photos", photos.photos, name="photos"),
    path("problems/<str:number>/phone", personal.reveal, name="reveal"),
    path("problems/<str:number>/looks", personal.seen_by, name="looks"),
    path("problems/<str:number>/report_up", sending.send, {"name": "report_up"}, name="report_up"),
    path("problems/<str:number>/hand_over", sending.send, {"name": "hand_over"}, name="hand_over"),
    path("problems/<str:number>/<slug:name>", problem.act, name="act"),
    path("attachments/<uuid:attachment_id>", attachments.attachment, name="attachment"),
    path("r/", slip.ask, name="slip_ask"),
    path("r/<str:code>", slip.slip, name="slip"),
    path("admin/", admin_index.index, name="admin"),
    path("admin/systems/", admin_systems.index, name="admin_systems"),
    path("admin/systems/new", admin_systems.add, name="admin_system_add"),
    path("admin/systems/<slug:code>", admin_systems.change, name="admin_system"),
    path("admin/partners/", admin_partners.partners, name="admin_partners"),
    path("exchange/", transfers.transfers, name="transfers"),
    path("exchange/systems/", workbooks.index, name="exchange"),
    path("exchange/systems/<slug:code>", workbooks.system, name="exchange_system"),
    path("exchange/systems/<slug:code>/out", workbooks.make, name="exchange_make"),
    path("exchange/systems/<slug:code>/in", answers.read, name="exchange_read"),
    path("exchange/out/<uuid:exchange_id>", workbooks.download, name="exchange_download"),
    path("exchange/in/<uuid:exchange_id>", answers.preview, name="exchange_preview"),
    path("me", shell.me, name="me"),
    path("favicon.ico", RedirectView.as_view(url=static("web/favicon.svg"), permanent=True)),
    path("preferences", shell.preferences, name="preferences"),
]

if settings.DEBUG:
    urlpatterns.append(path("_ui", gallery.gallery, name="gallery"))
