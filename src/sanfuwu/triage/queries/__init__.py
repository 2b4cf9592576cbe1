"""What triage suggests: nothing here decides."""

from .lookalikes import LookAlike, Reason, look_alikes, of_problem

__all__ = ["LookAlike", "Reason", "look_alikes", "of_problem"]
