"""Addresses of the API, mounted at /api/. Every one passes the gate; the documentation pages do not need to."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from .gate import gate, nothing_here
from .v1 import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern) and _pattern.name not in ("openapi-json", "openapi-view"):
        _pattern.callback = gate(_pattern.callback)

urlpatterns = [
    path("v1/", (_patterns, _app, _namespace)),
    re_path("", nothing_here, name="api-nothing"),
]
