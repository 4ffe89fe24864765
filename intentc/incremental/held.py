"""A project that stays in memory between commands: from nothing, and by the build that the last command kept and wrote."""

from __future__ import annotations

from pathlib import Path

from intentc.diagnostics import Findings
from intentc.incremental.front_end import Stage
from intentc.incremental.session import Session
from intentc.pipeline import resolve
from intentc.run import EarlierBuild, Request, Run
from intentc.values import frozen

Mark = tuple[int, int, int]  # of a file that is never written in place: its number, when it was written (ns), its size
Facts = tuple[object, ...]


@frozen
class Kept:
    """A build to keep: where its manifest stands, what tells it from any other (None: there is none), and what it holds, read when that is asked for."""

    path: Path
    mark: Mark | None
    build: EarlierBuild


class Held:
    """Two sessions of one project: one that compiles from nothing, and one that keeps builds. Each is made when it is first asked for.

    A run comes to what the same compilation in a process of its own comes to, to the byte. Sessions live as long as `facts` are the same, which
    are all that runs rest on beside sources, overlay and day; the one that keeps also as long as the build to keep is the one that it
    wrote last, or kept last. A run that ends with an exception leaves nothing of its session.
    """

    def __init__(self) -> None:
        self._facts: Facts = ()
        self._plain: Session | None = None
        self._keeping: _Keeping | None = None

    def compile(
        self, request: Request, findings: Findings, stages: tuple[Stage, ...], facts: Facts, kept: Kept | None
    ) -> Run:
        """Return the run of a request; `kept` is the build that it keeps (None: none, from nothing)."""
        if facts != self._facts:
            self._facts, self._plain, self._keeping = facts, None, None
        return (
            self._from_nothing(request, findings, stages)
            if kept is None
            else self._kept(request, findings, stages, kept)
        )

    def _from_nothing(self, request: Request, findings: Findings, stages: tuple[Stage, ...]) -> Run:
        session, self._plain = self._plain or Session(_reading(stages), is_keeping=False), None
        run = session.compile(request, findings, stages)
        self._plain = session
        return run

    def _kept(self, request: Request, findings: Findings, stages: tuple[Stage, ...], kept: Kept) -> Run:
        keeping, self._keeping = self._keeping, None
        if keeping is None or not keeping.keeps(kept):
            keeping = _Keeping(Session(_reading(stages)), kept)
        run = keeping.session.compile(request, findings, stages)
        self._keeping = keeping
        return run

    def wrote(self, written: Kept) -> None:
        """Note where the last run that kept a build was written."""
        if self._keeping is not None:
            self._keeping.written = written


class _Keeping:
    """A session that keeps builds. `written`: its last run, once that stands in a file."""

    def __init__(self, session: Session, kept: Kept) -> None:
        self.session = session
        self.session.build = kept.build
        self.written: Kept | None = None
        self._kept = kept

    def keeps(self, kept: Kept) -> bool:
        """Have a build kept by the next run; False: it is neither what was written nor what was kept last."""
        build = self.session.build
        if self.written is not None and build is not None and _is_same(kept, self.written):
            self._kept = Kept(kept.path, kept.mark, EarlierBuild(build.demands, self.written.build.digest))
        elif not _is_same(kept, self._kept):
            return False
        self.session.build, self.written = self._kept.build, None
        return True


def _reading(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages that read the sources: the others come with each run, and are not to be held."""
    return stages[: stages.index(resolve) + 1]


def _is_same(one: Kept, other: Kept) -> bool:
    return one.mark is not None and (one.path, one.mark) == (other.path, other.mark)
