"""One hand of an import, a process of its own: `python -m sanfuwu.intake.hand`, started by `hands`.

Its orders come by standard input and its answers go to standard output, both pickled by our own program. It ends when
its input does. Nothing of Django is imported before Django is set up.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import sys
from typing import Any


def main() -> None:
    """Write what comes until nothing comes any more."""
    gc.disable()  # until `settle`: what is loaded is no garbage
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us; our input ends then
    told, back = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed goes to the log, not between the answers
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanfuwu.config.settings")
    import django

    django.setup()
    from django.utils import translation
    from django_tenants.utils import schema_context

    from sanfuwu.config.rings import settle
    from sanfuwu.ledger.errors import ActionError

    from .writing import write

    settle()
    if (told_first := _next(told)) is None:  # there is nothing to write
        return
    schema, language, order = told_first
    with schema_context(schema), translation.override(language):
        while (batch := _next(told)) is not None:
            try:
                answer: tuple[str, Any] = ("rows", len(batch.rows) if write(order, batch) else 0)
            except ActionError as error:
                answer = ("refused", error.message)
            except Exception as error:
                logging.getLogger("sanfuwu.intake").exception("a batch of import %s failed", order.run_id)
                answer = ("failed", type(error).__name__)
            try:
                pickle.dump(answer, back)
                back.flush()
            except BrokenPipeError:  # who started us was killed; what we wrote is written
                return


def _next(told: Any) -> Any:
    try:
        return pickle.load(told)  # noqa: S301
    except EOFError:
        return None


if __name__ == "__main__":
    main()
