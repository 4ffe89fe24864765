"""Builds the kernels in place: `python intentc/native/build.py`. Needs Cython and a C compiler; tells what it lacks and exits with 1.

Nothing of intentc is imported here: what builds a wheel has only this folder and the packages of `build-system.requires`.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent
_FLAGS = (
    "-O2",
    "-fPIC",
    "-shared",
    "-pthread",
    "-fwrapv",
    "-fno-strict-aliasing",
    "-w",
    "-ffp-contract=off",
)  # doubles as Python's are
_DIRECTIVES = ("language_level=3", "boundscheck=False", "wraparound=False", "cdivision=True", "initializedcheck=False")


class MissingToolError(Exception):
    """There is no Cython, or no C compiler that finds Python's headers."""


def suffix() -> str:
    """Return how the files of this Python's compiled modules end."""
    return str(sysconfig.get_config_var("EXT_SUFFIX"))


def build(folder: Path = FOLDER) -> list[Path]:
    """Build what is not built yet, or was built from other sources; return all modules. Raise `MissingToolError` where that cannot be."""
    sources = sorted(folder.glob("*.pyx"))
    stamps = {source: _stamp(source, folder) for source in sources}
    stale = [source for source in sources if not _is_fresh(source, stamps[source])]
    if stale:
        with TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
            shares = _shares(stale, os.cpu_count() or 1)
            list(pool.map(lambda share: _translate(share, Path(scratch)), shares))
            list(pool.map(lambda source: _compile(source, Path(scratch)), stale))
        for source in stale:
            _stamp_file(source).write_text(stamps[source])
    return [_module(source) for source in sources]


def _module(source: Path) -> Path:
    return source.with_name(source.stem + suffix())


def _stamp_file(source: Path) -> Path:
    return source.with_name(source.stem + suffix() + ".stamp")


def _is_fresh(source: Path, stamp: str) -> bool:
    file = _stamp_file(source)
    return _module(source).exists() and file.exists() and file.read_text() == stamp


def _stamp(source: Path, folder: Path) -> str:
    """Return a digest of all that a module is made from: its source, what modules share, and how it is built."""
    shared = sorted(folder.glob("*.pxd"))
    parts = [path.read_bytes() for path in (source, *shared)]
    return hashlib.sha256(b"\0".join([*parts, repr((_FLAGS, _DIRECTIVES)).encode()])).hexdigest()


def _shares(sources: Sequence[Path], many: int) -> list[list[Path]]:
    """Return the sources as up to so many lists of about the same size: one Cython takes a third of the time of one for each."""
    shares: list[list[Path]] = [[] for _ in range(min(many, len(sources)))]
    for source in sorted(sources, key=lambda source: (-source.stat().st_size, source.name)):
        min(shares, key=lambda share: sum(path.stat().st_size for path in share)).append(source)
    return shares


def _translate(sources: Sequence[Path], scratch: Path) -> None:
    """Write the C of some modules into a folder."""
    options = [part for directive in _DIRECTIVES for part in ("-X", directive)]
    root = sources[0].parents[2]
    inside = [str(source.relative_to(root)) for source in sources]
    _run([sys.executable, "-m", "cython", "-3", *options, "-o", f"{scratch}{os.sep}", *inside], root)


def _compile(source: Path, scratch: Path) -> None:
    """Compile one module; it takes the place of an older one in one step, so that a process that has that one keeps it."""
    c_file, module = scratch / f"{source.stem}.c", scratch / f"{source.stem}.so"
    compiler = shlex.split(os.environ.get("CC") or str(sysconfig.get_config_var("CC") or "cc"))
    headers = sysconfig.get_paths()["include"]
    _run([*compiler, *_FLAGS, f"-I{headers}", str(c_file), "-o", str(module)], source.parents[2])
    fresh = _module(source).with_suffix(".new")
    fresh.write_bytes(module.read_bytes())
    fresh.replace(_module(source))


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise MissingToolError(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        raise MissingToolError(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")


def main() -> int:
    try:
        built = build()
    except MissingToolError as error:
        sys.stderr.write(f"the kernels were not built, and their twins in Python will be used: {error}\n")
        return 1
    sys.stderr.write("".join(f"{path.name}\n" for path in built))
    return 0


if __name__ == "__main__":
    sys.exit(main())
