from __future__ import annotations

import select

from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantWrapper


class DatabaseWrapper(TenantWrapper):
    """A connection is looked at before each request, so that one whose server was killed is opened anew.

    A killed server closes the socket, and that shows without asking: only when there is something to read does the
    question go to the server. A machine that vanishes without a word is noticed by the first statement instead.
    """

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        if self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return bool(super().is_usable()) if waiting.poll(0) else True
