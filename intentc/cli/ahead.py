"""What `compile` has made before it is asked for, by copies of the process while the stages go on; nothing that comes out depends on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from intentc.cli.foresight import foresee_repair, try_repair, try_repairs
from intentc.executor.beside import Beside
from intentc.manifest.build_directory import Begun, Listed, Repeated
from intentc.manifest.opening import Opening, Provenance
from intentc.outcome import manifest_parts
from intentc.pipeline import STAGES, assess, check, degrade, place, prove, render, resolve, settle_chains
from intentc.realise.model import Floor
from intentc.run import Run
from intentc.values import Later

_FEW = 64  # demands: the lower bound for fewer takes less than a copy of the process
_MANY = 2_000  # demands: to write what the manifest says of them, or the provenance of their devices, takes longer than to copy the pages that both processes go on to write to


class Ahead:
    """What is begun while a project is compiled into `directory`: the lower bound, which only builds have, the manifest up to its last

    intent, the provenance, and what is read of an earlier build. What this process has `repeated` it copies sooner than a copy of it is made.
    """

    def __init__(self, beside: Beside, directory: Path, repeated: Repeated | None = None) -> None:
        self._repeated = repeated
        self._opening: Opening | None = None
        self._provenance: Provenance | None = None
        self._listed: Listed | None = None
        self._sought: Later[Floor] | None = None
        self._beside = beside
        self._directory = directory

    def __enter__(self) -> Self:
        self._listed = Listed.begun(self._directory, self._beside.begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._opening, self._provenance):
            if one is not None:
                one.close()

    @property
    def begun(self) -> Begun:
        """Return what of the build is begun."""
        return Begun(self._opening, self._provenance, self._listed, self._repeated)

    def stages(self) -> tuple[Callable[[Run], None], ...]:
        """Return the stages of the compilation, with what is begun between them."""
        begun = {
            resolve: self.take_earlier,
            place: self.look_further,
            settle_chains: self.seek_bound,
            check: self.seek_bound,
            assess: self.open_manifest,
            degrade: self.try_repairs,
            prove: self.open_manifest,
            render: self.write_provenance,
        }
        return tuple(one for stage in STAGES for one in ((stage, begun[stage]) if stage in begun else (stage,)))

    def take_earlier(self, run: Run) -> None:
        """Take what a copy has read of the build that is kept; one that cannot be used is told of whatever else there is to tell.

        While intents are placed, the one repair that there is effort for is tried as soon as it is known.
        """
        if run.request.earlier is not None:
            run.request.earlier.demands()
        foresee_repair(self._beside, run)

    def look_further(self, run: Run) -> None:
        """Begin to seek the lower bound for what was placed, where nothing is refused: else more is most likely taken back by queues.

        Where something is, begin to try the repair if no more than one is going to be tried.
        """
        if run.docket is None or not run.docket.refused:
            self.seek_bound(run)
        else:
            try_repair(self._beside, run)

    def try_repairs(self, run: Run) -> None:
        """Begin to try some of several repairs."""
        try_repairs(self._beside, run)

    def seek_bound(self, run: Run) -> None:
        """Begin to seek the lower bound for what is left, unless that is what it is sought for already."""
        if run.realised is None or len(run.realised.demands) < _FEW:
            return
        if run.realised.floor is not self._sought:
            self._sought = run.realised.floor
            self._sought.begin(self._beside.begin)

    def open_manifest(self, run: Run) -> None:
        """Begin to write the manifest, if it is worth it: while devices are checked and configured, or, of what is refused, with its certificates.

        Where something stood against that before, it may have been accepted since.
        """
        is_settled = run.is_accepted or run.docket is None
        if self._opening is None and is_settled and self._is_worth_it(run):
            self._opening = Opening.begun(manifest_parts(run), self._directory, self._beside.begin)

    def write_provenance(self, run: Run) -> None:
        """Begin to write where the lines of devices have come from, while their files are written."""
        if run.bundle is not None and self._is_worth_it(run):
            self._provenance = Provenance.begun(run.bundle, self._directory, self._beside.begin)

    def _is_worth_it(self, run: Run) -> bool:
        if self._repeated is not None:
            return False
        return run.realised is not None and len(run.realised.demands) >= _MANY and self._beside.is_of_use
