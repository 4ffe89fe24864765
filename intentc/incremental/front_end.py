"""Reading a project again and again: the network as long as it stays the same, of files only declarations that have changed."""

from __future__ import annotations

from collections.abc import Callable

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.language import ast
from intentc.language.again import Parsed, parse_again, parsed
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
        self._parsed: dict[str, tuple[ast.File, tuple[Diagnostic, ...]]] = {}
        self._cut: dict[str, Parsed] = {}
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

        def file_of(source: Source) -> ast.File:
            known = self._parsed.get(source.path)
            if known is None or known[0].source.text != source.text:
                known = self._parsed[source.path] = self._changed(source)
            run.findings.items += known[1]
            return known[0]

        def read(path: str) -> ast.File | None:
            source = run.request.read(path)
            return None if source is None else file_of(source)

        run.files = load_closure([file_of(source) for source in run.request.intents], read, run.findings)

    def _changed(self, source: Source) -> tuple[ast.File, tuple[Diagnostic, ...]]:
        """Return a file that has changed, and what is found in it."""
        path, before = source.path, self._parsed.get(source.path)
        cut = self._cut.pop(path, None)
        if cut is None and before is not None and not before[1]:
            cut = parsed(before[0])
        again = None if cut is None else parse_again(cut, source)
        if again is not None:
            self._cut[path] = again
            self._memo.pop(path, None)  # of a text before
            return again.file, ()
        memo = self._memo.get(path) or (Memo() if before is None else Memo.of(before[0]))
        self._memo[path], found = memo, Findings()
        return parse(source, found, memo), tuple(found.items)
