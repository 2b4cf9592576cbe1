"""Where operations are hung up. GET and POST of one address must share a router, or the first hides the other."""

from __future__ import annotations

from ninja import Router

problems = Router(tags=["problems"])
acts = Router(tags=["acts"])
lists = Router(tags=["lists"])
