"""What a browser complains about while nobody looks: each of it fails the test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# Chromium puts a violated policy into the console as well; this also catches those of a report-only policy.
_TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP ' + event.violatedDirective + ' ' + event.blockedURI))
"""
_STATUS = re.compile(r"responded with a status of (\d+)")
# A part that is still on its way when somebody goes on to another page is called off; htmx says so as an error.
_CALLED_OFF = re.compile(r"htmx:(afterRequest|sendAbort),")
_OWN_SCHEMES = ("data", "blob", "about")


@dataclass  # no slots: Playwright keeps its own mark on an object whose methods listen
class Watch:
    """Errors of every page of one context. `expected` are statuses that the test provokes (404, 409, 422)."""

    host: str
    expected: set[int] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or _CALLED_OFF.match(message.text):
            return
        status = _STATUS.search(message.text)
        if status is None or int(status[1]) not in self.expected:
            self.seen.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self.seen.append(f"page error: {error.error}")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in _OWN_SCHEMES and url.netloc != self.host:
            self.seen.append(f"request to another host: {request.url}")
