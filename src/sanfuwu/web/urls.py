"""Addresses of the pages. Plain and shareable: a problem is its number, a list is its filters."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from .views import attachments, desk, exports, gallery, ledger, papers, personal, photos, problem, register, shell, slip
from .views.admin import index as admin_index
from .views.admin import ledgers as admin_ledgers
from .views.admin import papers as admin_papers

app_name = "web"

urlpatterns = [
    path("", desk.home, name="desk"),
    path("problems/", ledger.problems, name="problems"),
    path("problems/new", register.register, name="register"),
    path("problems/<str:number>", problem.problem, name="problem"),
    path("problems/<str:number>/photos", photos.photos, name="photos"),
    path("problems/<str:number>/phone", personal.reveal, name="reveal"),
    path("problems/<str:number>/looks", personal.seen_by, name="looks"),
    path("problems/<str:number>/papers/<slug:kind>", papers.issue_paper, name="issue_paper"),
    path("problems/<str:number>/<slug:name>", problem.act, name="act"),
    path("attachments/<uuid:attachment_id>", attachments.attachment, name="attachment"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:export_id>", exports.export, name="export"),
    path("exports/<uuid:export_id>/file", exports.download, name="export_file"),
    path("exports/<uuid:export_id>/cancel", exports.cancel, name="export_cancel"),
    path("papers/<uuid:document_id>", papers.paper, name="paper"),
    path("papers/<uuid:document_id>/word", papers.paper_word, name="paper_word"),
    path("r/", slip.ask, name="slip_ask"),
    path("r/<str:code>", slip.slip, name="slip"),
    path("admin/", admin_index.index, name="admin"),
    path("admin/ledgers/", admin_ledgers.ledgers, name="admin_ledgers"),
    path("admin/ledgers/<slug:ledger>", admin_ledgers.columns, name="admin_columns"),
    path("admin/papers/", admin_papers.papers, name="admin_papers"),
    path("admin/papers/<slug:kind>/template", admin_papers.propose, name="admin_template"),
    path("admin/papers/<slug:kind>/standard", admin_papers.standard_file, name="admin_standard"),
    path("admin/templates/<uuid:template_id>", admin_papers.template_file, name="admin_template_file"),
    path("admin/templates/<uuid:template_id>/decide", admin_papers.decide, name="admin_template_decide"),
    path("me", shell.me, name="me"),
    path("favicon.ico", RedirectView.as_view(url=static("web/favicon.svg"), permanent=True)),
    path("preferences", shell.preferences, name="preferences"),
]

if settings.DEBUG:
    urlpatterns.append(path("_ui", gallery.gallery, name="gallery"))
