"""The one language of a terminal: of the commands' help, of what they print, and of their refusals.

Chosen by SANFUWU_LANGUAGE, Chinese where it says nothing. Words are msgids of the same catalogue as the pages', read
with the standard library: `sanfuwu --help` answers at once and sets up no Django. What commands write into the
database is not said in it, but in the installation's (`settings.LANGUAGE_CODE`).
"""

from __future__ import annotations

import gettext as library
import os
from functools import lru_cache
from pathlib import Path

VARIABLE = "SANFUWU_LANGUAGE"
CHINESE, ENGLISH = "zh-hans", "en"  # as Django calls them
LOCALE = Path(__file__).resolve().parent.parent / "locale"
_DIRECTORIES = {CHINESE: "zh_Hans", ENGLISH: "en"}  # the second has no catalogue: msgids are English


def chosen() -> str:
    """`zh-hans` or `en`; Chinese for anything else, which `refused` tells."""
    said = _said().lower().replace("_", "-")
    return said if said in _DIRECTORIES else CHINESE


def refused() -> str:
    """What SANFUWU_LANGUAGE says in vain; empty when it can be obeyed."""
    said = _said()
    return "" if said.lower().replace("_", "-") in _DIRECTORIES else said


def gettext(message: str) -> str:
    """The message in the chosen language."""
    return _catalogue(chosen()).gettext(message)


def N_(message: str) -> str:  # noqa: N802  # its usual name
    """Marks a message for the catalogue that is translated where it is shown."""
    return message


def teach_click() -> None:
    """Click's own words ("Usage:", "Missing option") in the chosen language, from the catalogue `click` beside ours.

    Click asks the standard library's default domain, which finds its language by the environment variable LANGUAGE.
    """
    os.environ["LANGUAGE"] = _DIRECTORIES[chosen()]
    library.bindtextdomain("click", str(LOCALE))
    library.textdomain("click")


def _said() -> str:
    return os.environ.get(VARIABLE, "").strip() or CHINESE


@lru_cache(maxsize=2)
def _catalogue(language: str) -> library.NullTranslations:
    return library.translation("django", str(LOCALE), [_DIRECTORIES[language]], fallback=True)
