"""The embedded PostgreSQL: a real server from a wheel's binaries, started by the program itself and stopped with it.

    layout    where cluster, socket and locks lie
    binaries  finding the wheel's programs, and copying them where the server's user can run them
    account   the unprivileged user that runs the server when the program is root
    cluster   initdb, postgresql.conf, pg_hba.conf, the two roles
    server    start, stop, alive
    lease     `with lease(data_dir):` — who uses it; the last to leave stops it

It listens on a private socket only, asks everybody for a password (SCRAM), and keeps fsync and synchronous_commit on.
This guards against bugs and other users of the machine, not against root.
"""

from __future__ import annotations

from .layout import Layout, locate
from .lease import Lease, lease
from .server import EmbeddedError, bring_in

__all__ = ["EmbeddedError", "Layout", "Lease", "bring_in", "lease", "locate"]
