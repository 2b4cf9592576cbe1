"""What belongs to the frame: display switches and the page behind 更多."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from sanfuwu.web import prefs

_YEAR = 365 * 24 * 3600


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where to go back to: only a path of this very host."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return default


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """One switch or the language, remembered in a cookie; works before log-in and without script."""
    answer = HttpResponseRedirect(safe_next(request))
    for name in prefs.NAMES:
        if name in request.POST:
            prefs.write(answer, name, request.POST[name] == "1", secure=request.is_secure())
    language = request.POST.get("language", "")
    if language and check_for_language(language) and language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR, samesite="Lax", secure=request.is_secure()
        )
    return answer


@require_GET
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Posts, display, password and second factor on one page: the phone's 更多."""
    return render(request, "web/pages/me.html")
