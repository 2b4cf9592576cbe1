"""`make check`, the repository itself: pins without addresses, links that lead somewhere, current documents."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("*.md", "docs/**/*.md", "deploy/**/*.md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pins_with_addresses() -> Iterator[str]:
    for path in (*sorted(ROOT.glob("requirements/*.txt")), ROOT / "frontend" / "package-lock.json"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            is_pin = path.suffix == ".txt" or '"resolved"' in line
            if is_pin and re.search(r"://|--(extra-)?index|--find-links", line):
                yield f"{path.relative_to(ROOT)}:{number}: an address among the pins"


def dependencies_without_reason() -> Iterator[str]:
    inside = False
    for number, line in enumerate((ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines(), start=1):
        if re.match(r"(dependencies|dev) = \[", line):
            inside = True
        elif line == "]":
            inside = False
        elif inside and not re.search(r'",\s+# \S', line):
            yield f"pyproject.toml:{number}: a dependency without its reason"


def broken_links() -> Iterator[str]:
    for pattern in PLACES:
        for path in sorted(ROOT.glob(pattern)):
            for target in LINK.findall(path.read_text(encoding="utf-8")):
                file = target.split("#")[0]
                if (
                    file
                    and "://" not in target
                    and not file.startswith("mailto:")
                    and not (path.parent / file).exists()
                ):
                    yield f"{path.relative_to(ROOT)}: leads nowhere: {target}"


def versions_that_differ() -> Iterator[str]:
    init = (ROOT / "src/sanfuwu/__init__.py").read_text(encoding="utf-8")
    version = re.search(r'__version__ = "([^"]+)"', init)
    if version is None:
        yield "src/sanfuwu/__init__.py: no __version__"
        return
    for name, pattern in (
        ("CHANGELOG.md", rf"^## \[{re.escape(version[1])}\]"),
        ("publiccode.yml", rf"^softwareVersion: ['\"]?{re.escape(version[1])}"),
    ):
        if not re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE):
            yield f"{name}: does not speak of version {version[1]}"


def pins_that_are_old() -> Iterator[str]:
    """Every dependency of pyproject.toml has a pin."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for file, wanted in (
        ("run.txt", project["project"]["dependencies"]),
        ("dev.txt", project["project"]["dependencies"] + project["dependency-groups"]["dev"]),
    ):
        pins = (ROOT / "requirements" / file).read_text(encoding="utf-8")
        for dependency in wanted:
            name = re.split(r"[\[<>=~!; ]", dependency)[0]
            if not re.search(rf"^{re.escape(name)}==", pins, re.MULTILINE):
                yield f"requirements/{file}: {name} is not pinned: run `make lock`"


def main() -> int:
    checks = (pins_with_addresses, dependencies_without_reason, broken_links, versions_that_differ, pins_that_are_old)
    wrong = [line for check in checks for line in check()]
    print("\n".join(wrong), end="\n" if wrong else "")
    lifecycle = subprocess.run(
        [str(Path(sys.executable).parent / "sanfuwu"), "lifecycle", "--check"], cwd=ROOT, check=False
    )
    return 1 if wrong or lifecycle.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
