"""Random passwords for people who must type them once: no sign that can be taken for another."""

from __future__ import annotations

import secrets

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # without i l o 0 1


def random_password(groups: int = 4, length: int = 4) -> str:
    """Four groups of four signs (79 bits), as `k7wd-m2xp-9fhr-ta4c`."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(length)) for _ in range(groups))
