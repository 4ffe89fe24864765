"""What `compile` has made before it is asked for, by copies of the process while the stages go on; nothing that comes out depends on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from intentc.executor.beside import Beside
from intentc.manifest.opening import Opening
from intentc.outcome import manifest_parts
from intentc.pipeline import STAGES, Run, certify, place

_MANY = 2_000  # demands: to write what the manifest says of them takes longer than to copy the pages that both processes go on to write to


class Ahead:
    """What is begun while a project is compiled into `directory`: the lower bound, which only builds have, and the manifest up to its last intent."""

    def __init__(self, beside: Beside, directory: Path) -> None:
        self.opening: Opening | None = None
        self._beside = beside
        self._directory = directory

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.opening is not None:
            self.opening.close()

    def stages(self) -> tuple[Callable[[Run], None], ...]:
        """Return the stages of the compilation, with what is begun between them."""
        begun = {place: self.seek_bound, certify: self.open_manifest}
        return tuple(one for stage in STAGES for one in ((stage, begun[stage]) if stage in begun else (stage,)))

    def seek_bound(self, run: Run) -> None:
        """Begin to seek the lower bound, for what was placed."""
        if run.realised is not None:
            run.realised.floor.begin(self._beside.begin)

    def open_manifest(self, run: Run) -> None:
        """Begin to write the manifest while devices are configured, if nothing stands against that and it is worth it."""
        if run.realised is None or not run.is_accepted or len(run.realised.demands) < _MANY:
            return
        if self._beside.is_of_use:
            self.opening = Opening.begun(manifest_parts(run), self._directory, self._beside.begin)
