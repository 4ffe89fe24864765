"""Builds that are there already: what `verify` proves, and what `compile --keep` keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from intentc.failures import Refusal
from intentc.manifest.build_directory import LONG, MANIFEST
from intentc.manifest.codec import ManifestError
from intentc.manifest.digest import input_digest
from intentc.manifest.earlier import earlier_demands, read_earlier
from intentc.manifest.model import Manifest
from intentc.manifest.read import read_manifest
from intentc.realise.earlier import Earlier
from intentc.run import EarlierBuild
from intentc.values import Later, frozen

if TYPE_CHECKING:
    from intentc.incremental.held import Kept

Read = TypeVar("Read")
_TO_KEEP = "name the folder of an earlier build; without `--keep` all is placed anew, and more may move than must"
_Earlier = tuple[Mapping[str, Earlier], str]
Begin = Callable[[Callable[[], _Earlier]], Callable[[], _Earlier]]


@frozen
class Build:
    """The manifest of a build and the digest of its bytes, as in `inputs`."""

    manifest: Manifest
    digest: str

    @property
    def to_keep(self) -> EarlierBuild:
        """What a compilation keeps of the build."""
        return EarlierBuild(Later(lambda: earlier_demands(self.manifest)), Later(lambda: self.digest))


def load_build(directory: Path) -> Build:
    """Return the manifest of a build directory with its digest; raise `Refusal` (status 2) when there is none or it is damaged."""
    return Build(*_load(directory, read_manifest, "`intentc compile` writes it anew"))


def load_earlier(directory: Path, begin: Begin) -> EarlierBuild:
    """Return what a compilation keeps of a build directory; raise `Refusal` (status 2) when there is none or it cannot be used.

    A long manifest is read by whom `begin` hands that to; then it is raised when what is kept is asked for.
    """
    read = partial(_load, directory, read_earlier, _TO_KEEP)
    try:
        is_long = (directory / MANIFEST).stat().st_size >= LONG
    except OSError:
        is_long = False  # what is wrong with it is said when it is read
    if is_long:
        found = Later(begin(read))
        return EarlierBuild(Later(lambda: found()[0]), Later(lambda: found()[1]))
    demands, digest = read()
    return EarlierBuild(Later(lambda: demands), Later(lambda: digest))


def build_in(directory: Path) -> Kept:
    """Return the build that is in a directory now, read when somebody asks what it holds.

    Then `Refusal` is raised (status 2) where there is none, where it cannot be used, or where another one has taken its place since.
    """
    from intentc.incremental.held import Kept  # noqa: PLC0415  (start-up: for those alone who hold a project in memory)

    mark = _mark(directory)

    def read(how: Callable[[bytes], Read]) -> tuple[Read, str]:
        found = _load(directory, how, _TO_KEEP)
        if _mark(directory) != mark:
            raise Refusal(f"`{directory / MANIFEST}` has changed while it was read", "run the command again")
        return found

    build = EarlierBuild(Later(lambda: read(read_earlier)[0]), Later(lambda: read(len)[1]))
    return Kept((directory / MANIFEST).absolute(), mark, build)


def _mark(directory: Path) -> tuple[int, int, int] | None:
    try:
        found = (directory / MANIFEST).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _load(directory: Path, read: Callable[[bytes], Read], hint: str) -> tuple[Read, str]:
    """Return what is read of the manifest of a build directory, and its digest; `hint` says what to do where that is not possible."""
    path = directory / MANIFEST
    try:
        data = path.read_bytes()
        return read(data), input_digest(data)
    except FileNotFoundError:
        raise Refusal(f"there is no `{path}`", hint) from None
    except OSError as error:
        raise Refusal(f"cannot read `{path}`: {error.strerror}", hint) from error
    except ManifestError as error:
        raise Refusal(f"`{path}` cannot be used: {error}", hint) from error
