"""Every test's database and county: see `sanfuwu.testing`."""

from sanfuwu.testing.fixtures import *  # noqa: F403
