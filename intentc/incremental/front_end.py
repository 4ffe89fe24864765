"""Reading a project again and again: the network as long as it stays the same, of files only declarations that have changed."""

from __future__ import annotations

from collections.abc import Callable

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.language import ast
from intentc.language.parser import Memo, parse
from intentc.resolve.kept import Kept
from intentc.topology.overlay import Overlay

Stage = Callable[[pipeline.Run], None]
_ON_THE_NETWORK: tuple[Stage, ...] = (pipeline.load, pipeline.equip)


class FrontEnd:
    """Does what the stages before `resolve` do, with the same findings. `kept` is for `resolve`."""

    def __init__(self, on_the_network: tuple[Stage, ...] = _ON_THE_NETWORK) -> None:
        self.kept = Kept()
        self._stages = on_the_network
        self._network: tuple[tuple[Source, ...], Overlay | None, pipeline.Run] | None = None
        self._parsed: dict[str, tuple[str, ast.File, tuple[Diagnostic, ...]]] = {}
        self._memo: dict[str, Memo] = {}

    def read(self, run: pipeline.Run) -> None:
        """Load the network of a run and parse its files."""
        self._load(run)
        self._parse(run)
        run.kept = self.kept

    def _load(self, run: pipeline.Run) -> None:
        """Load the network, unless it is the one that was loaded last."""
        sources, overlay = run.request.topology, run.request.overlay
        if self._network is None or self._network[:2] != (sources, overlay):
            loaded = pipeline.Run(run.request, Findings())
            for stage in self._stages:
                stage(loaded)
            if self._network is not None and self._network[2].capabilities == loaded.capabilities:
                loaded.capabilities = self._network[2].capabilities  # what is equal, as the same object
            self._network = (sources, overlay, loaded)
        known = self._network[2]
        run.topology, run.targets, run.capabilities = known.topology, known.targets, known.capabilities
        run.findings.items += known.findings.items

    def _parse(self, run: pipeline.Run) -> None:
        """Parse what has changed; declarations that have not are kept from the last time."""
        from intentc.resolve.imports import load_closure  # noqa: PLC0415  (as the pipeline does)

        def parsed(source: Source) -> ast.File:
            known = self._parsed.get(source.path)
            if known is None or known[0] != source.text:
                found = Findings()
                file = parse(source, found, self._memo.setdefault(source.path, Memo()))
                known = self._parsed[source.path] = (source.text, file, tuple(found.items))
            run.findings.items += known[2]
            return known[1]

        def read(path: str) -> ast.File | None:
            source = run.request.read(path)
            return None if source is None else parsed(source)

        run.files = load_closure([parsed(source) for source in run.request.intents], read, run.findings)
