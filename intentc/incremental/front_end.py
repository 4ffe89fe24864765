"""Reading a project again and again: the network as long as it stays the same, of files only declarations that have changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.diagnostics.places import OWN, Places
from intentc.language import ast
from intentc.language.again import Parsed, alike, parse_again, parsed, settled, shifts, spaced_out
from intentc.language.parser import Memo, parse
from intentc.resolve.kept import Kept
from intentc.run import Run
from intentc.topology.overlay import Overlay

Stage = Callable[[Run], None]
_ON_THE_NETWORK: tuple[Stage, ...] = (pipeline.load, pipeline.equip)


class FrontEnd:
    """Does what the stages before `resolve` do, with the same findings. `kept` is for `resolve`.

    Where a run `may_space` lines, a file of which unchanged declarations would stand on other lines has its lines numbered apart from then on, and
    the places of the run tell which they are, until `settle`.
    """

    def __init__(self, on_the_network: tuple[Stage, ...] = _ON_THE_NETWORK) -> None:
        self.kept = Kept()
        self._stages = on_the_network
        self._network: tuple[tuple[Source, ...], Overlay | None, Run] | None = None
        self._parsed: dict[str, tuple[ast.File, tuple[Diagnostic, ...]]] = {}
        self._cut: dict[str, Parsed] = {}
        self._memo: dict[str, Memo] = {}
        self._places = OWN
        self._may_space = False

    def read(self, run: Run, *, may_space: bool = False) -> None:
        """Load the network of a run and parse its files."""
        self._may_space = may_space
        self._load(run)
        self._parse(run)
        run.kept, run.places = self.kept, self._told()

    def settle(self) -> None:
        """Have all lines numbered from 1 on."""
        for path, cut in self._cut.items():
            if cut.numbers is not None:
                own = self._cut[path] = settled(cut)
                self._parsed[path] = own.file, ()

    def _told(self) -> Places:
        """Return the places of all lines: the very same where they are what they were."""
        numbers = {path: cut.numbers for path, cut in self._cut.items() if cut.numbers is not None}
        known = self._places.numbers
        if numbers.keys() != known.keys() or any(known[path] is not own for path, own in numbers.items()):
            self._places = Places(numbers)
        return self._places

    def _load(self, run: Run) -> None:
        """Load the network, unless it is the one that was loaded last."""
        sources, overlay = run.request.topology, run.request.overlay
        if self._network is None or self._network[:2] != (sources, overlay):
            loaded = Run(run.request, Findings())
            for stage in self._stages:
                stage(loaded)
            if self._network is not None and self._network[2].capabilities == loaded.capabilities:
                loaded.capabilities = self._network[2].capabilities  # what is equal, as the same object
            self._network = (sources, overlay, loaded)
        known = self._network[2]
        run.topology, run.targets, run.capabilities = known.topology, known.targets, known.capabilities
        run.findings.items += known.findings.items

    def _parse(self, run: Run) -> None:
        """Parse what has changed; declarations that have not are kept from the last time."""
        from intentc.resolve.imports import imported_paths, load_closure  # noqa: PLC0415  (as the pipeline does)

        def file_of(source: Source) -> ast.File:
            known = self._parsed.get(source.path)
            if known is None or known[0].source.text != source.text:
                known = self._parsed[source.path] = self._changed(source)
            run.findings.items += known[1]
            return known[0]

        def read(path: str) -> ast.File | None:
            source = run.request.read(path)
            return None if source is None else file_of(source)

        def imported(file: ast.File) -> Sequence[tuple[str, ast.Import]]:
            cut = self._cut.get(file.source.path)
            return () if cut is not None and cut.file is file and not cut.may_import else imported_paths(file)

        entries = [file_of(source) for source in run.request.intents]
        run.files = load_closure(entries, read, run.findings, imported)

    def _changed(self, source: Source) -> tuple[ast.File, tuple[Diagnostic, ...]]:
        """Return a file that has changed, and what is found in it."""
        path, before = source.path, self._parsed.get(source.path)
        cut = self._cut.pop(path, None)
        if cut is None and before is not None and not before[1]:
            cut = parsed(before[0])
        same = None if cut is None else alike(cut, source.text)
        if cut is not None and cut.numbers is None and self._may_space and shifts(cut, source.text, same):
            cut = spaced_out(cut)
        again = None if cut is None else parse_again(cut, source, same)
        if again is None and cut is not None and cut.numbers is not None:
            cut = settled(cut)
            again = parse_again(cut, source, same)
        if again is not None:
            self._cut[path] = again
            self._memo.pop(path, None)  # of a text before
            return again.file, ()
        last = cut.file if cut is not None else None if before is None else before[0]
        memo = self._memo.get(path) or (Memo() if last is None else Memo.of(last))
        self._memo[path], found = memo, Findings()
        return parse(source, found, memo), tuple(found.items)
