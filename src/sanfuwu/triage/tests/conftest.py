"""The fixed cast of 上虞 for the tests of this app."""

from sanfuwu.problems.tests.conftest import cast  # noqa: F401
