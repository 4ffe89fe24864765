"""`import`: which files a file asks for, and all files that a program is made of."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from intentc.diagnostics import Findings, Label
from intentc.language import ast

Read = Callable[[str], ast.File | None]
Imported = Callable[[ast.File], Sequence[tuple[str, ast.Import]]]


def imported_paths(file: ast.File) -> tuple[tuple[str, ast.Import], ...]:
    """Return the imports of a file with their paths, relative to the project's root (`..` in front: outside of it)."""
    folder = posixpath.dirname(file.source.path)
    return tuple(
        (posixpath.normpath(posixpath.join(folder, item.path.text)), item)
        for item in file.declarations
        if isinstance(item, ast.Import)
    )


def is_inside(path: str) -> bool:
    """Return whether a normalised path stays below the project's root."""
    return not posixpath.isabs(path) and path != ".." and not path.startswith("../")


def load_closure(
    entries: Iterable[ast.File],
    read: Read,
    findings: Findings,
    imported: Imported = imported_paths,
    *,
    may_leave_project: bool = False,
) -> tuple[ast.File, ...]:
    """Return `entries` and every file they import, directly or not, once each and sorted by path.

    `read` parses the file at a path relative to the project's root, or returns None where there is none. A path outside the
    project, a missing file and a cycle are findings at the `import`; the rest of the program is still loaded. `imported`: what a file imports.
    """
    files = {posixpath.normpath(file.source.path): file for file in entries}
    waiting = sorted(files)
    missing: set[str] = set()
    asked: dict[str, Sequence[tuple[str, ast.Import]]] = {}
    while waiting:
        asking = waiting.pop(0)
        asked[asking] = imported(files[asking])
        for path, item in asked[asking]:
            if not may_leave_project and not is_inside(path):
                _outside(item, findings)
            elif path not in files:
                found = None if path in missing else read(path)
                if found is None:
                    missing.add(path)
                    _missing(path, item, findings)
                else:
                    files[path] = found
                    waiting.append(path)
    _refuse_cycles(asked, findings)
    return tuple(files[path] for path in sorted(files))


def _outside(item: ast.Import, findings: Findings) -> None:
    findings.error(
        "E0226",
        f"`{item.path.text}` lies outside the project",
        item.path.span,
        help=("copy the file into the project, or allow imports from outside it",),
    )


def _missing(path: str, item: ast.Import, findings: Findings) -> None:
    findings.error(
        "E0224",
        f"there is no file `{path}` to import",
        item.path.span,
        help=("the path is relative to the file that imports",),
    )


def _refuse_cycles(asked: Mapping[str, Sequence[tuple[str, ast.Import]]], findings: Findings) -> None:
    """Report each import that closes a cycle, seen from the first file of the cycle by path; `asked`: by file."""
    edges = {path: [(target, item) for target, item in asked[path] if target in asked] for path in sorted(asked)}
    done: set[str] = set()
    for start in edges:
        if start not in done:
            _walk(start, edges, done, findings)


def _walk(
    start: str, edges: Mapping[str, Sequence[tuple[str, ast.Import]]], done: set[str], findings: Findings
) -> None:
    """Depth-first search without recursion: programs may import in chains of any length."""
    trail = [start]
    pending: list[Iterator[tuple[str, ast.Import]]] = [iter(edges[start])]
    while trail:
        step = next(pending[-1], None)
        if step is None:
            done.add(trail.pop())
            pending.pop()
            continue
        target, item = step
        if target in trail:
            _cycle([*trail[trail.index(target) :], target], item, edges, findings)
        elif target not in done:
            trail.append(target)
            pending.append(iter(edges[target]))


def _cycle(
    around: Sequence[str], item: ast.Import, edges: Mapping[str, Sequence[tuple[str, ast.Import]]], findings: Findings
) -> None:
    steps = itertools.pairwise(around[:-1])
    findings.error(
        "E0225",
        f"the imports run in a circle: {' → '.join(f'`{path}`' for path in around)}",
        item.path.span,
        related=tuple(
            Label(found.path.span, f"`{importer}` imports `{imported}`")
            for importer, imported in steps
            for target, found in edges[importer]
            if target == imported
        ),
        help=("move what both files need into a third one",),
    )
