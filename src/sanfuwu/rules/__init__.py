"""The rules of the trade as pure functions: no Django, no I/O, no clock of their own.

Everything here takes its facts as arguments and returns values, so that pages, API, import, jobs and tests
cannot disagree. Import the module you need (``from sanfuwu.rules import worktime``); nothing is re-exported.
"""
