"""The lifecycle of a verification: from 转回访 to its conclusion."""

from __future__ import annotations

from .states import Clock, Machine, Step, VerificationState, Who

_V = VerificationState

VERIFICATION_STEPS: tuple[Step, ...] = (
    Step(Machine.VERIFICATION, "open_callback", "转回访", (None,), _V.PENDING, (Who.SYSTEM,), source="23"),
    Step(
        Machine.VERIFICATION,
        "record_callback",
        "回访",
        (_V.PENDING,),
        None,
        (Who.VERIFIER,),
        ("channel", "reached"),
        source="23",
    ),
    Step(
        Machine.VERIFICATION,
        "conclude",
        "回访结论",
        (_V.PENDING,),
        _V.CONCLUDED,
        (Who.VERIFIER, Who.SYSTEM),
        source="23",
    ),
    Step(
        Machine.VERIFICATION,
        "call_for_redo",
        "要求重办",
        (_V.PENDING,),
        _V.REDO,
        (Who.VERIFIER,),
        ("reason",),
        Clock.START,
        "24",
    ),
)
