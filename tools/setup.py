"""`make setup`: everything the project needs, inside its own folder, from nothing but Python 3.11 or newer.

Six steps. Each leaves a stamp with a hash of what it was made from, so that a second run does nothing and takes no
time. Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".stamps"
PYTHON = VENV / "bin" / "python"
PACKAGE = ROOT / "src" / "sanfuwu"
PREPARED = ROOT / ".prepared"


class StepFailed(Exception):
    """A step did not work; the message is for the person at the terminal."""


# ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_venv(log: Path) -> None:
    try:
        import ensurepip  # noqa: F401 — Debian ships Python without it
    except ImportError:
        raise StepFailed(
            "This Python cannot make virtual environments: on Debian or Ubuntu run `apt install python3-venv`."
        ) from None
    python = sys.executable
    if "--fastest" in sys.argv:
        with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):  # then it is the one asked for
            python = fastest(python)
        if python != sys.executable:
            end = "\n" if sys.stdout.isatty() else ""
            print(f"{end}      … of {python}, a faster build than {sys.executable}", flush=True)
            print("      (`rm -rf .venv` and `make setup PYTHON=…` decide otherwise)", flush=True)
    run([python, "-m", "venv", "--clear", str(VENV)], log)


def install_packages(log: Path) -> None:
    # --force-reinstall is not needed: hashes pin the files, pip sees what is there already.
    run([str(PYTHON), "-m", "pip", "install", "--require-hashes", "--requirement", "requirements/dev.txt"], log)


def install_project(log: Path) -> None:
    run([str(PYTHON), "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--editable", "."], log)
    # pip compiles what it copies, and this is not copied: where the environment forbids Python to keep what it has
    # compiled, every start of a program would compile some 250 files again.
    run([str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(PACKAGE)], log)


def build_front_end(log: Path) -> None:
    run([str(PYTHON), "tools/front_end.py"], log)


def compile_messages(log: Path) -> None:
    run([str(PYTHON), "tools/messages.py", "compile"], log)


def prepare_demonstration(log: Path) -> None:
    """Some thousand acts of two invented months, once, so that no `make demo` need wait for them."""
    run([str(VENV / "bin" / "sanfuwu"), "demo", "--prepare"], log, SANFUWU_DEMO_CACHE=str(PREPARED))


def files(*patterns: str) -> Callable[[], Iterator[Path]]:
    def found() -> Iterator[Path]:
        for pattern in patterns:
            yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())

    return found


# name, what is said, inputs, what must be there afterwards, how
STEPS: list[tuple[str, str, Callable[[], Iterator[Path]], Path, Callable[[Path], None]]] = [
    ("venv", "A Python of our own in .venv", files(), PYTHON, make_venv),
    (
        "packages",
        "Packages, each checked by its hash (some 200 MB)",
        files("requirements/dev.txt"),
        PYTHON,
        install_packages,
    ),
    ("project", "Sanfuwu itself", files("pyproject.toml"), VENV / "bin" / "sanfuwu", install_project),
    (
        "front-end",
        "Style sheets and scripts",
        files("frontend/*.json", "frontend/*.ts", "frontend/build/**/*", "frontend/src/**/*", "tools/front_end.py"),
        PACKAGE / "web" / "static" / "dist" / "manifest.json",
        build_front_end,
    ),
    ("messages", "Chinese messages", files("src/sanfuwu/locale/**/*.po"), VENV, compile_messages),
    # Once: a program that has changed since makes its own, as it would without.
    ("demonstration", "The demonstration (a minute or two, once)", files(), PREPARED, prepare_demonstration),
]


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 — the very point
        print(
            f"Sanfuwu needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try `make setup PYTHON=python3.12`."
        )
        return 1
    os.chdir(ROOT)
    with _alone():
        done = 0
        for number, (name, says, inputs, product, step) in enumerate(STEPS, start=1):
            key = _hash(name, inputs())
            if _stamp(name) == key and product.exists():
                continue
            done += 1
            try:
                with _progress(f"[{number}/{len(STEPS)}] {says}") as log:
                    step(log)
            except StepFailed as failure:
                print(f"\n{failure}", file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                print("\nStopped. Run `make setup` again to go on.", file=sys.stderr)
                return 130
            if name == "venv":
                STAMPS.mkdir(parents=True, exist_ok=True)
            (STAMPS / name).write_text(key)
    if done:
        print("Ready: `make demo` shows it, `make test` tests it.", flush=True)
    return 0


# ── the Python that works fastest ────────────────────────────────────────────────────────────────────────────────────
# Builds of one version differ by half and more: a distribution optimises its own, version managers often do not.
CLEARLY = 1.2  # so many times as fast as the one that was asked for: less is noise
ROUNDS = 15  # in turn, and the middle one counts: a machine's speed changes from second to second
PROBE = """
import ctypes, ensurepip, ssl, sys, time, venv, zlib

def work():
    began, seen = time.process_time(), {}
    for n in range(60_000):
        seen[n % 97] = (lambda a, b=2: a + b)(n), str(n)
    return time.process_time() - began

print(sys.implementation.cache_tag, sys.base_prefix, min(work() for _turn in range(5)), sep="\\n")
"""


def fastest(own: str) -> str:
    """`own`, or another Python of its version on this machine that is clearly faster."""
    best, times = own, CLEARLY
    for other in same_version(own):
        compared = statistics.median(probed(own)[1] / probed(other)[1] for _round in range(ROUNDS))
        if compared >= times:
            best, times = other, compared
    return best


def same_version(own: str) -> Iterator[str]:
    """Other installations of this one's version (3.x) that can make virtual environments, on the search path or where
    systems keep theirs."""
    name = "python" + ".".join(map(str, sys.version_info[:2]))
    folders = [*os.get_exec_path(), "/usr/local/bin", "/usr/bin"]
    seen = {probed(own)[0]}
    for path in dict.fromkeys(Path(folder, name) for folder in folders):
        with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
            where = probed(str(path))[0]
            if where not in seen and where.startswith(f"{sys.implementation.cache_tag} "):
                seen.add(where)
                yield str(path)


def probed(python: str) -> tuple[str, float]:
    """(which it is and where it is installed, seconds for a small piece of work). Raises when it is none, or lacks what
    a virtual environment and pip need."""
    said = subprocess.run([python, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=True)
    kind, prefix, seconds = said.stdout.splitlines()
    return f"{kind} {prefix}", float(seconds)


# ── running, stamps, progress ────────────────────────────────────────────────────────────────────────────────────────
def run(command: list[str], log: Path, **more: str) -> None:
    """Run quietly into `log`. Raises StepFailed with the end of what the program said."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_PROGRESS_BAR": "off", "PYTHONUTF8": "1"}
    environment.pop("PYTHONPATH", None)
    environment |= more
    with log.open("ab") as sink:
        result = subprocess.run(command, stdout=sink, stderr=subprocess.STDOUT, env=environment, check=False)
    if result.returncode:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise StepFailed("\n".join([*said[-25:], f"`{' '.join(command)}` failed (status {result.returncode})."]))


def _hash(name: str, inputs: Iterator[Path]) -> str:
    digest = hashlib.sha256(f"{name} {sys.version_info[:2]} {ROOT}".encode())
    for path in inputs:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stamp(name: str) -> str:
    try:
        return (STAMPS / name).read_text()
    except OSError:
        return ""


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups of one working copy would spoil each other: the second waits."""
    with (ROOT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another `make setup` is at work here; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _progress(title: str) -> Iterator[Path]:
    """One line per step, with the seconds and what is being done now; on a terminal it moves."""
    log = ROOT / ".setup.log"
    log.write_bytes(b"")
    begun, moving, over = time.monotonic(), sys.stdout.isatty(), threading.Event()
    print(title + (" " if moving else " …"), end="" if moving else "\n", flush=True)

    def show() -> None:
        said = 0.0
        while not over.wait(0.2 if moving else 1):
            seconds = time.monotonic() - begun
            if moving:
                print(f"\r\033[K{title} … {seconds:.0f} s  {_last_line(log)[:60]}", end="", flush=True)
            elif seconds - said >= 15:
                said = seconds
                print(f"      … {seconds:.0f} s  {_last_line(log)[:90]}", flush=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield log
    finally:
        over.set()
        thread.join()
        if moving:
            print(f"\r\033[K{title}  ({time.monotonic() - begun:.0f} s)", flush=True)


def _last_line(log: Path) -> str:
    lines = log.read_bytes()[-4000:].decode("utf-8", errors="replace").strip().splitlines()
    lines = [line for line in lines if line.strip() and not line.startswith(("WARNING", "npm warn"))]
    return lines[-1].strip() if lines else ""


if __name__ == "__main__":
    sys.exit(main())
