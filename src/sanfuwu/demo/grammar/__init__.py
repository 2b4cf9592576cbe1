"""A grammar of invented problems (`situation`) and what it is filled with."""

from .enterprises import ENTERPRISES
from .livelihood import LIVELIHOOD
from .public_works import PUBLIC_WORKS
from .situation import Situation

SITUATIONS: tuple[Situation, ...] = (*PUBLIC_WORKS, *LIVELIHOOD, *ENTERPRISES)

__all__ = ["SITUATIONS", "Situation"]
