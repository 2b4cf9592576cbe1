"""The API of version 1, put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from sanfuwu import __version__

from . import acting, listing, lists, reading, refusals, registering, routers
from .rendering import Renderer
from .tokens import PostToken

DESCRIPTION = """\
Problems from registration to 销号, for programs. A token stands for a post: what that post sees and may do in the
pages, the token sees and may do here. Times are UTC or carry their zone; days are local (Asia/Shanghai).
Every error is `application/problem+json` (RFC 9457) with a stable `code`. What is not visible is a 404.
"""


class Api(NinjaAPI):
    """Ninja's API, with refusals documented as the media type they have."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        if path_prefix is None:
            path_prefix = self.get_root_path(path_params or {})
        return self._documented(path_prefix)

    @cache  # noqa: B019 - one Api in a process, and what it documents never changes
    def _documented(self, path_prefix: str) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {refusals.CONTENT_TYPE: answer["content"]["application/json"]}
        return schema


def _readers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The documentation is for people who are logged in; for everybody while developing."""
    behind_login = login_required(view)

    @require_safe
    @wraps(view, assigned=("__doc__",))
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (view if settings.DEBUG else behind_login)(request, *args, **kwargs)

    return read


api = Api(
    title="三服务 Sanfuwu",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api",
    auth=PostToken(),
    renderer=Renderer(),
    docs_decorator=_readers_only,
)
refusals.handle_on(api)
# Importing a module hangs its operations up.
OPERATIONS = (registering, listing, reading, acting, lists)
for _router in (routers.problems, routers.acts, routers.lists):
    api.add_router("", _router)
