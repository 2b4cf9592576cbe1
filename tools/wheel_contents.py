"""Look into a built wheel: what must be in it is, what must not is not. `python tools/wheel_contents.py DIST`."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

NEEDED = {
    "the built front end": r"sanfuwu/web/static/dist/manifest\.json",
    "its scripts": r"sanfuwu/web/static/dist/assets/main-[\w-]+\.js",
    "its style sheets": r"sanfuwu/web/static/dist/assets/main-[\w-]+\.css",
    "page templates": r"sanfuwu/web/templates/web/base\.html",
    "compiled Chinese messages": r"sanfuwu/locale/zh_Hans/LC_MESSAGES/django\.mo",
    "compiled Chinese words of the command line": r"sanfuwu/locale/zh_Hans/LC_MESSAGES/click\.mo",
    "divisions of 上虞": r"sanfuwu/territory/seed_data/330604\.csv",
    "migrations": r"sanfuwu/problems/migrations/0001_initial\.py",
    "the command": r"sanfuwu-[\w.+-]+\.dist-info/entry_points\.txt",
    "the licence": r"sanfuwu-[\w.+-]+\.dist-info/licenses/LICENSE",
}
FORBIDDEN = {
    "tests": r"/tests/",
    "byte code": r"\.pyc$",
    "secrets": r"secrets\.json$",
    "packages of npm": r"node_modules",
}


def wrong_with(names: list[str]) -> list[str]:
    """What is missing from a wheel's list of names, and what should not be there; one sentence each."""
    missing = [f"{what} is missing" for what, p in NEEDED.items() if not any(re.fullmatch(p, n) for n in names)]
    return missing + [f"{what}: {n}" for what, p in FORBIDDEN.items() for n in names if re.search(p, n)]


def main() -> int:
    wheels = sorted(Path(sys.argv[1]).glob("sanfuwu-*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        print(f"No wheel in {sys.argv[1]}")
        return 1
    with zipfile.ZipFile(wheels[-1]) as wheel:
        names = wheel.namelist()
    wrong = wrong_with(names)
    print("\n".join(wrong) if wrong else f"{wheels[-1].name}: complete, {len(names)} files")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
