"""The files of a project: found by its globs in a fixed order, decoded, and named relative to its root."""

from __future__ import annotations

import glob
import posixpath
from collections.abc import Sequence
from pathlib import Path

from intentc.diagnostics import Diagnostic, Findings, Source, Span
from intentc.project.model import Project, ProjectError


def bare_project(intents: Sequence[Path], topology: Sequence[Path]) -> Project:
    """Return a project of nothing but the named files; its root is the folder they share."""
    files = [path.resolve() for path in (*intents, *topology)]
    for path in files:
        if not path.is_file():
            raise ProjectError("there is no such file", path)
    root = Path(posixpath.commonpath([str(path.parent) for path in files]))
    names = [path.relative_to(root).as_posix() for path in files]
    escaped = [glob.escape(name) for name in names]
    return Project(root.name or "intents", root, tuple(escaped[len(intents) :]), tuple(escaped[: len(intents)]))


def read_sources(project: Project, findings: Findings) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """Return the intent files and the topology files, each sorted by path.

    A pattern that matches nothing and a file that cannot be read raise `ProjectError`; text that is not UTF-8 is a finding.
    """
    return _read_all(project, project.intents, findings), _read_all(project, project.topology, findings)


def read_source(project: Project, path: str, findings: Findings) -> Source | None:
    """Return the file at `path`, relative to the project's root, or None where there is none inside the project."""
    place = (project.root / path).resolve()
    if not place.is_relative_to(project.root.resolve()) or not place.is_file():
        return None
    return _read(project, place, path, findings)


def _read_all(project: Project, patterns: Sequence[str], findings: Findings) -> tuple[Source, ...]:
    found: dict[str, Path] = {}
    for pattern in patterns:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise ProjectError(f"`{pattern}` leads out of the project", project.root / "intentc.toml")
        matches = [place for place in project.root.glob(pattern) if place.is_file()]
        files = {place.relative_to(project.root).as_posix(): place for place in matches}
        if not files:
            raise ProjectError(f"`{pattern}` matches no file", project.root / "intentc.toml")
        for name, place in files.items():
            if not place.resolve().is_relative_to(project.root.resolve()):
                raise ProjectError(f"`{name}` leads out of the project", project.root / "intentc.toml")
            found[name] = place
    sources = (_read(project, found[name], name, findings) for name in sorted(found))
    return tuple(source for source in sources if source is not None)


def _read(project: Project, place: Path, name: str, findings: Findings) -> Source | None:
    try:
        data = place.read_bytes()
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", project.root / name) from error
    try:
        return Source(name, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        findings.add(_not_text(name, data, error.start))
        return None


def _not_text(name: str, data: bytes, start: int) -> Diagnostic:
    before = data[:start]
    line = before.count(b"\n") + 1
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    return Diagnostic(
        "E0199",
        f"the file is not UTF-8 text: byte 0x{data[start]:02x}",
        Span(name, line, column, line, column + 1),
        help=("save it as UTF-8",),
    )
