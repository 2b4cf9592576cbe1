"""PostgreSQL refuses to run as root. A program started as root runs the server as an unprivileged system user."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

NAME = "sanfuwu"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Who runs the server. `switch` is False when that is simply us."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that make a child run as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def can_execute(self, program: Path) -> bool:
        """Whether this user can run `program --version`; asked by trying."""
        return self._try([program, "--version"])

    def can_enter(self, directory: Path) -> bool:
        """Whether this user can make `directory` its working directory, all ancestors included."""
        return self._try(["/bin/sh", "-c", 'cd -- "$1"', "sh", directory])

    def _try(self, command: list[Path | str]) -> bool:
        # From /, because a child still changes its directory with our rights, before it becomes the other user.
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, check=False, **self.popen_options())
        except (PermissionError, FileNotFoundError):
            return False
        return done.returncode == 0


@lru_cache(maxsize=1)
def server_user() -> ServerUser:
    """Ourselves; as root the system user `sanfuwu` (made if possible), otherwise `nobody`."""
    uid = os.geteuid()
    if uid != 0:
        return ServerUser(str(uid), uid, os.getegid(), switch=False)
    entry = _lookup(NAME) or _create() or pwd.getpwnam("nobody")
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def owner_of(path: Path) -> ServerUser:
    """Whoever a cluster belongs to: as root we run it as that user, whether we or a plain user made it."""
    found = path.stat()
    ours = os.geteuid()
    if ours != 0 or found.st_uid == 0:
        return server_user()
    return ServerUser(str(found.st_uid), found.st_uid, found.st_gid, switch=True)


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    # Two programs may try at once: whoever comes second fails here and finds the user.
    subprocess.run([useradd, *options, NAME], capture_output=True, check=False)
    return _lookup(NAME)
