"""Where an embedded cluster lies: below the data directory when its server's user can get there, else below /var/lib.

<data dir>/secrets.json         0600
<data dir>/cluster.json         pointer: where the cluster is
<data dir>/use.lock start.lock  see `lease`
<home>/pg/                      PGDATA, 0700, of the server's user
<home>/run/                     the socket, 0700 (elsewhere when the path would be too long for a socket)
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .account import server_user

RELOCATED = Path("/var/lib/sanfuwu")
PORT = 5432  # only a part of the socket's name: nothing listens on TCP
_LONGEST_SOCKET = 100  # sun_path holds 103 to 107 bytes, by system


@dataclass(frozen=True, slots=True)
class Layout:
    data_dir: Path
    home: Path
    socket_dir: Path

    @property
    def pgdata(self) -> Path:
        return self.home / "pg"

    @property
    def ready_mark(self) -> Path:
        """Written when roles and database exist; without it they are made (again) at the next start."""
        return self.home / "ready"

    @property
    def relocated(self) -> bool:
        return self.home != self.data_dir


def locate(data_dir: Path) -> Layout:
    """The layout of a data directory that exists; remembered in it, so that later programs agree with the first."""
    pointer = data_dir / "cluster.json"
    try:
        said = json.loads(pointer.read_text(encoding="utf-8"))
        # A copied or moved data directory must not lead back to the cluster of the one it was copied from.
        if Path(said["data_dir"]) == data_dir:
            return Layout(data_dir, Path(said["home"]), Path(said["socket_dir"]))
    except (FileNotFoundError, KeyError, ValueError):
        pass
    user = server_user()
    home = data_dir
    if user.switch and not user.can_enter(data_dir):
        home = RELOCATED / _digest(data_dir)
    layout = Layout(data_dir, home, _socket_dir(home))
    temporary = data_dir / f".cluster-{os.getpid()}.json"
    said = {"data_dir": str(data_dir), "home": str(layout.home), "socket_dir": str(layout.socket_dir)}
    temporary.write_text(json.dumps(said, indent=1), encoding="utf-8")
    temporary.chmod(0o600)
    temporary.replace(pointer)
    return layout


def _socket_dir(home: Path) -> Path:
    direct = home / "run"
    if len(os.fsencode(direct / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET:
        return direct
    return Path(tempfile.gettempdir()) / f"sanfuwu-{os.geteuid()}-{_digest(home)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
