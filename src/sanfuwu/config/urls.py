"""All addresses: login and posts, the API, the pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [
    path("", include("sanfuwu.accounts.urls")),
    path("", include("sanfuwu.web.urls")),
]
if find_spec("sanfuwu.api.urls"):
    urlpatterns.insert(0, path("api/", include("sanfuwu.api.urls")))

handler400 = "sanfuwu.web.views.errors.bad_request"
handler403 = "sanfuwu.web.views.errors.forbidden"
handler404 = "sanfuwu.web.views.errors.not_found"
handler500 = "sanfuwu.web.views.errors.server_error"
