"""A project that is compiled again and again in one process: what `compile --keep` comes to, from what the last time has left."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_

from intentc import pipeline
from intentc.diagnostics import Findings, Severity
from intentc.diagnostics.places import points_into
from intentc.incremental.front_end import FrontEnd, Stage
from intentc.incremental.memory import Memory
from intentc.outcome import Digests, LastDemands, build_of
from intentc.realise.earlier import Earlier
from intentc.run import EarlierBuild, Request, Run
from intentc.values import names_of, replace

_MOST_UNTOLD = (
    16  # builds whose digest nobody has asked for: each holds its run, and its digest needs that of the build before
)
_BEGINS_WITH = {
    *("request", "findings", "files", "topology", "targets", "capabilities"),
    *("is_trial", "parsed", "kept", "memory", "places"),
}
_PRODUCTS = tuple(name for name in names_of(Run) if name not in _BEGINS_WITH)  # of the stages behind the front end
_MOST_ALIKE = 64  # of them with those that hold nothing of their own: digests ask each other one in the other


class Session:
    """Holds the last run of a project. `compile` is all there is to it.

    Each run keeps the build of the one before, and is what a compilation of the same sources from nothing comes to that keeps
    the manifest of that one, byte for byte. Without `is_keeping` it is what a compilation from nothing comes to.
    """

    def __init__(self, stages: tuple[Stage, ...] = pipeline.STAGES, *, is_keeping: bool = True) -> None:
        begin = stages.index(pipeline.resolve)
        self.memory = Memory(is_lasting=True)
        self._front_end = FrontEnd(tuple(stage for stage in stages[:begin] if stage is not pipeline.parse))
        self._stages = stages[begin:]
        self._is_keeping = is_keeping
        self._build: EarlierBuild | None = None
        self._untold = self._alike = 0
        self._kept, self._digests = LastDemands(), Digests()
        self._last: tuple[_Begun, Run] | None = None
        self._is_calm = False

    @property
    def build(self) -> EarlierBuild | None:
        """What the next run keeps: the build of the last one, unless another one is set."""
        return self._build

    @build.setter
    def build(self, build: EarlierBuild) -> None:
        self._build = build
        self._untold = self._alike = 0

    def compile(self, request: Request, findings: Findings, stages: tuple[Stage, ...] | None = None) -> Run:
        """Return the run of a request; `findings` may hold what was found while its sources were read.

        A build to keep that the request names is kept in the first run. What has no model leaves nothing to keep, as it has no
        manifest, and the build before it stays. `stages`: those of this run, with what is begun between them (None: the session's).
        """
        if self._build is not None:
            request = replace(request, earlier=self._build)
        found = tuple(findings.items)
        run = self._run(request, findings, stages, may_space=self._is_calm)
        if run is None:
            findings.items = list(found)
            self._front_end.settle()
            run = self._run(request, findings, stages, may_space=False)
        assert run is not None  # its lines have their own numbers  # noqa: S101
        self._is_calm = _is_calm(run)
        return run

    def _run(
        self, request: Request, findings: Findings, stages: tuple[Stage, ...] | None, *, may_space: bool
    ) -> Run | None:
        """Return the run of a request; None where something has to be said of what stands on lines that are numbered apart.

        Errors are explained by what their intents' text says, line by line, so that none is with such numbers.
        """
        run = Run(request, findings, memory=self.memory)
        self._front_end.read(run, may_space=may_space)
        begun = _Begun(run)
        if self._last is not None and self._last[0].is_like(begun):
            self._end_as(run, self._last[1])
        else:
            for stage in self._stages if stages is None else stages[stages.index(pipeline.resolve) :]:
                stage(run)
                if run.places.is_any and _has_error(run):
                    return None
            if any(map(run.places.concern, run.findings.items)):
                return None
            self._keep(run)
        self._last = begun, run
        return run

    def _keep(self, run: Run) -> None:
        """Keep the build of a run for the next one."""
        if self._is_keeping and run.model is not None:
            self._build = build_of(run, self._kept, self._digests)
            self._untold += 1
            if self._untold == _MOST_UNTOLD:
                self._tell()

    def _end_as(self, run: Run, before: Run) -> None:
        """End a run as the one before, which began with the very same: all stages come to what they came to then."""
        run.findings.items[:] = before.findings.items
        for name in _PRODUCTS:
            setattr(run, name, getattr(before, name))
        self.memory.rest()
        if self._is_keeping and run.model is not None and self._build is not None:
            self._build = EarlierBuild(self._build.demands, build_of(run, digests=self._digests).digest)
            self._alike += 1
            if self._alike == _MOST_ALIKE:
                self._tell()

    def _tell(self) -> None:
        """Ask for the digest of the last build, so that the runs before it go."""
        if self._build is not None:
            with self._digests.together():
                self._build.digest()
        self._untold = self._alike = 0


def _has_error(run: Run) -> bool:
    return any(item.severity is Severity.ERROR for item in run.findings.items)


def _is_calm(run: Run) -> bool:
    """Return whether nothing was refused, or is to be said of any line of the intents."""
    files = {file.source.path for file in run.files}
    return not _has_error(run) and not any(points_into(item, files) for item in run.findings.items)


class _Begun:
    """What a run begins with behind the front end: all that its further stages rest on."""

    def __init__(self, run: Run) -> None:
        self._request, self._files, self._found = run.request, run.files, tuple(run.findings.items)
        self._network = run.topology, run.targets, run.capabilities

    def is_like(self, other: _Begun) -> bool:
        """Return whether a run that begins so ends as one that began with the other, but for the digest of the build that it keeps."""
        mine, its = self._request, other._request
        is_same = len(self._files) == len(other._files) and all(map(is_, self._files, other._files))
        return (
            is_same
            and all(map(is_, self._network, other._network))
            and self._found == other._found
            and _facts(mine) == _facts(its)
            and _demands(mine) == _demands(its)
        )


def _facts(request: Request) -> tuple[object, ...]:
    """Return what a request says beside what is kept, and how its imports are read: of these the files tell."""
    sources = request.project, request.intents, request.topology
    return *sources, request.today, request.overlay, request.asked


def _demands(request: Request) -> Mapping[str, Earlier] | None:
    return None if request.earlier is None else request.earlier.demands()
