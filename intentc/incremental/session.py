"""A project that is compiled again and again in one process: what `compile --keep` comes to, from what the last time has left."""

from __future__ import annotations

from intentc import pipeline
from intentc.diagnostics import Findings
from intentc.incremental.front_end import FrontEnd, Stage
from intentc.incremental.memory import Memory
from intentc.outcome import build_of
from intentc.realise.earlier import Earlier
from intentc.values import Recall, replace

_MOST_UNTOLD = (
    16  # builds whose digest nobody has asked for: each holds its run, and its digest needs that of the build before
)


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
        self._build: pipeline.EarlierBuild | None = None
        self._untold = 0
        self._kept: Recall[Earlier] = Recall()

    def compile(self, request: pipeline.Request, findings: Findings) -> pipeline.Run:
        """Return the run of a request; `findings` may hold what was found while its sources were read.

        A build to keep that the request names is kept in the first run. What has no model leaves nothing to keep, as it has no
        manifest, and the build before it stays.
        """
        if self._build is not None:
            request = replace(request, earlier=self._build)
        run = pipeline.Run(request, findings, memory=self.memory)
        self._front_end.read(run)
        for stage in self._stages:
            stage(run)
        if self._is_keeping and run.model is not None:
            self._build = build_of(run, self._kept)
            self._untold += 1
            if self._untold == _MOST_UNTOLD:
                self._build.digest()
                self._untold = 0
        return run
