"""Display preferences: large type, high contrast, dark ground. Cookies, so that they work before log-in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

NAMES = ("large", "contrast", "dark")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Prefs:
    """Which switches are on. `classes` goes on <html>."""

    large: bool = False
    contrast: bool = False
    dark: bool = False

    @property
    def classes(self) -> str:
        return " ".join(name for name in NAMES if getattr(self, name))


def read(request: HttpRequest) -> Prefs:
    """The switches of this browser; anything but "1" is off."""
    return Prefs(**{name: request.COOKIES.get(f"sfw_{name}") == "1" for name in NAMES})


def write(response: HttpResponse, name: str, on: bool, *, secure: bool) -> None:
    """Remember one switch for a year, or forget it."""
    if on:
        response.set_cookie(f"sfw_{name}", "1", max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
    else:
        response.delete_cookie(f"sfw_{name}", samesite="Lax")
