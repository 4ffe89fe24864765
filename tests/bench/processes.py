"""`intentc` as a process of its own, with its bytecode: wall time, CPU time and peak memory; devices may be of targets of the tests."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_TARGETS = (_ROOT / "targets", _ROOT / "tests" / "targets")
# what the installed script does, over one folder with all targets
_CODE = """
import sys
from pathlib import Path
from intentc import resources
folder = Path(sys.argv.pop(1))
resources.targets_paths = lambda extra=(): (folder, *extra)
from intentc.cli import run
run()
"""


@dataclass(frozen=True)
class Spent:
    """What a process took; `mib` is its peak resident memory."""

    wall_s: float
    cpu_s: float
    mib: int


def compile_process(root: Path, *options: str) -> Spent:
    """Compile the project in `root` by the command, and return what that took; what is refused is no failure."""
    with _command(root) as words, tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen([*words, "compile", *options], env=_environment(), stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:
            said.seek(0)
            raise SystemExit(said.read().decode())
    return Spent(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


@contextmanager
def serve_process(root: Path) -> Iterator[int]:
    """Hold the project in `root` in a process that commands ask meanwhile, and yield its number."""
    with (
        _command(root) as words,
        subprocess.Popen([*words, "serve"], env=_environment(), stdout=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        process.stdout.readline()  # it listens
        try:
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def _command(root: Path) -> Iterator[list[str]]:
    """Yield the words that begin a command over a project, without what follows `intentc`'s own options."""
    for folder in (_ROOT / "intentc", *_TARGETS):
        compileall.compile_dir(folder, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        for target in (path.parent for place in _TARGETS for path in place.glob("*/target.toml")):
            Path(folder, target.name.replace("_", "-")).symlink_to(target)
        yield [sys.executable, "-c", _CODE, folder, "-C", str(root), "-q"]


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(_ROOT)}
