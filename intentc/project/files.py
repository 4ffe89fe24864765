"""The files of a project: found by its globs in a fixed order, decoded, and named relative to its root."""

from __future__ import annotations

import glob
import os.path
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from intentc.diagnostics import Findings, Source, Span
from intentc.project.load import FILE
from intentc.project.model import Project, ProjectError

NOT_UTF8_INTENT = "E0114"
NOT_UTF8_TOPOLOGY = "E0312"
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")


def bare_project(intents: Sequence[Path], topology: Sequence[Path]) -> Project:
    """Return a project of nothing but the named files; its root is the folder they share."""
    files = [path.resolve() for path in (*intents, *topology)]
    for path in files:
        _require(path)
    root = Path(os.path.commonpath([path.parent for path in files]))
    names = [glob.escape(path.relative_to(root).as_posix()) for path in files]
    return Project(root.name or "intents", root, tuple(names[len(intents) :]), tuple(names[: len(intents)]))


def read_sources(project: Project, findings: Findings) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """Return the intent files and the topology files, each sorted by path.

    A pattern that matches nothing or leads out of the project, and a file that cannot be read, raise `ProjectError`; text
    that is not UTF-8 is a finding (E0114, E0312) and the file is left out.
    """
    intents = _read_all(project, project.intents, NOT_UTF8_INTENT, findings)
    return intents, _read_all(project, project.topology, NOT_UTF8_TOPOLOGY, findings)


def intent_files(project: Project) -> dict[str, Path]:
    """Return where the intent files of a project are, by their paths relative to its root; raises `ProjectError`."""
    found: dict[str, Path] = {}
    for pattern in project.intents:
        found |= _match(project, pattern)
    return dict(sorted(found.items()))


def read_source(project: Project, path: str, findings: Findings) -> Source | None:
    """Return the intent file at `path`, relative to the project's root, or None where there is none inside the project."""
    place = project.root / path
    try:
        if not place.resolve().is_relative_to(project.root.resolve()) or not place.is_file():
            return None
    except OSError:  # a name that no file system takes
        return None
    return _read(place, path, NOT_UTF8_INTENT, findings)


def _read_all(project: Project, patterns: Sequence[str], code: str, findings: Findings) -> tuple[Source, ...]:
    found: dict[str, Path] = {}
    for pattern in patterns:
        found |= _match(project, pattern)
    sources = (_read(found[name], name, code, findings) for name in sorted(found))
    return tuple(source for source in sources if source is not None)


def _match(project: Project, pattern: str) -> dict[str, Path]:
    """Return the files that a pattern names, by their path relative to the root."""
    toml = project.root / FILE
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
        raise ProjectError(
            f"`{pattern}` leads out of the project", toml, None, "name files below the folder of intentc.toml"
        )
    if not glob.has_magic(pattern):
        _require(project.root / pattern)
    try:
        _check_folders(project.root, PurePosixPath(pattern).parent.as_posix())
        found = list(project.root.glob(pattern))
    except (ValueError, NotImplementedError, re.error) as error:
        raise ProjectError(
            f"`{pattern}` is not a pattern of file names", toml, None, "as in `intents/**/*.intent`"
        ) from error
    for place in found:  # left out, its intents would go without a word
        if place.is_symlink() and not place.exists():
            raise ProjectError("is a link to what is not there", place, None, "correct the link, or remove it")
    places = [place for place in found if place.is_file()]
    if not places:
        raise ProjectError(f"`{pattern}` matches no file", toml, None, "add a file, or correct the pattern")
    for place in places:
        _check_place(place, project.root)
    return {place.relative_to(project.root).as_posix(): place for place in places}


def _check_folders(root: Path, pattern: str) -> None:
    """Refuse a folder that may not be listed: `glob` passes over it, and its intents would go without a word."""
    for folder in [root] if pattern == "." else root.glob(pattern):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            raise ProjectError(
                "the files in this folder may not be read", folder, None, "allow it, or move it elsewhere"
            )


def _check_place(place: Path, root: Path) -> None:
    if not place.resolve().is_relative_to(root.resolve()):
        raise ProjectError(
            "leads out of the project", place, None, "copy it into the project; links out of it are refused"
        )
    if not _is_text(str(place.relative_to(root))):
        raise ProjectError("has a name that is not UTF-8, which no output could name", place, None, "rename it")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that the system could not read as text
        return False
    return True


def _require(path: Path) -> None:
    if not path.is_file():
        raise ProjectError("is not a file" if path.exists() else "there is no such file", path)


def _read(place: Path, name: str, code: str, findings: Findings) -> Source | None:
    try:
        data = place.read_bytes()
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", place) from error
    return _decode(name, data, code, findings)


def decode_topology(name: str, data: bytes, findings: Findings) -> Source | None:
    """Return the text of a topology file without its byte order mark; bytes that are no UTF-8 are E0312."""
    return _decode(name, data, NOT_UTF8_TOPOLOGY, findings)


def _decode(name: str, data: bytes, code: str, findings: Findings) -> Source | None:
    data = data.removeprefix(_BOM)
    try:
        return Source(name, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = _LINE_END.split(data[: error.start].decode("utf-8"))
        line, column = len(before), len(before[-1]) + 1
        span = Span(name, line, column, line, column + 1)
        findings.error(code, f"the byte 0x{data[error.start]:02X} is no UTF-8", span, help=("save the file as UTF-8",))
        return None
