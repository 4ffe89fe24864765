"""What a run ended with, for its manifest and for the compilations that keep what it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from intentc import __version__
from intentc.manifest.again import About
from intentc.manifest.build import listed_demands
from intentc.manifest.digest import digest_of, input_digest
from intentc.manifest.earlier import earlier_of
from intentc.manifest.model import Generator
from intentc.manifest.statuses import Standing, standing_of
from intentc.manifest.write import Compiled, manifest_pieces
from intentc.manifest.write import manifest_text as text_of
from intentc.realise.earlier import Earlier
from intentc.recall import changed_keys, differing
from intentc.run import EarlierBuild, Request, Run
from intentc.values import Later

if TYPE_CHECKING:
    from intentc.diagnostics import Diagnostic
    from intentc.realise.model import Realised, RealisedDemand
    from intentc.realise.seen import Seen
    from intentc.resolve.model import Model, ResolvedIntent


def manifest_text(compiled: Run) -> str:
    """Return the text of the manifest of a run (the run must have a model)."""
    return text_of(manifest_parts(compiled))


class Digests:
    """The digests of the manifests of several runs, mostly of the very same things: asked for one by one, or `together`."""

    def __init__(self) -> None:
        self._pieces: dict[int, tuple[object, bytes]] | None = (
            None  # of the last manifest, by the identity of what each is about
        )

    def of(self, compiled: Run) -> str:
        """Return the digest of the manifest of a run (the run must have a model)."""
        parts = manifest_parts(compiled)  # asks for the digest of the build before
        known, pieces = self._pieces, dict[int, tuple[object, bytes]]()

        def made(piece: About) -> bytes:
            found = None if known is None else known.get(id(piece.value))
            data = piece.make() if found is None else found[1]
            if known is not None:
                pieces[id(piece.value)] = piece.value, data
            return data

        found = digest_of(piece if isinstance(piece, bytes) else made(piece) for piece in manifest_pieces(parts))
        self._pieces = None if known is None else pieces
        return found

    @contextmanager
    def together(self) -> Iterator[None]:
        """Until the end, take what one manifest says of something again in the next one that says something of it."""
        self._pieces = {}
        try:
            yield
        finally:
            self._pieces = None


def build_of(compiled: Run, last: LastDemands | None = None, digests: Digests | None = None) -> EarlierBuild:
    """Return what the next compilation keeps of a run, as it would from the run's manifest (the run must have a model).

    `last`: what was kept of the run before; `digests`: those of the runs before.
    """

    def demands() -> Mapping[str, Earlier]:
        if compiled.model is None or compiled.realised is None:
            return {}
        memory = compiled.memory
        seen = memory.last_seen.turned(compiled.realised.demands) if memory is not None and memory.last_seen else None
        known = last or LastDemands()
        return known.turned(compiled.model, compiled.realised, compiled.findings.sorted(), seen)

    return EarlierBuild(Later(demands), Later(lambda: (digests or Digests()).of(compiled)))


class LastDemands:
    """The demands that the manifest of the last run lists, as the next one keeps them; `turned` to another run, in which mostly few differ."""

    def __init__(self) -> None:
        self._listed: tuple[Standing, Sequence[ResolvedIntent]] | None = None
        self._demands: Mapping[str, RealisedDemand] = {}
        self._earlier: Mapping[str, Earlier] = {}

    def turned(
        self, model: Model, realised: Realised, findings: Sequence[Diagnostic], seen: Seen | None = None
    ) -> Mapping[str, Earlier]:
        """Return what is kept of the demands that a manifest lists, by id; what is as it was is the very same. `seen`: these demands, as devices see them."""
        standing, before = standing_of(findings, realised), self._demands
        demands = realised.demands if seen is None else seen.by_key  # no figures are kept
        changed = changed_keys(before, demands)
        if (
            changed is None
            or any(before[key].id != demands[key].id for key in changed)
            or self._listed is None
            or self._listed[0] != standing
            or not _list_alike(self._listed[1], model.intents)
        ):
            changed = None
        if changed is None:
            listed = listed_demands(model, realised, findings)
            self._earlier = {item.id: self._of(before.get(item.demand.key), item) for item in listed}
        else:
            both = ((demands[key].id, self._of(before[key], demands[key])) for key in changed)
            anew = {name: known for name, known in both if known is not self._earlier.get(name, known)}
            self._earlier = {**self._earlier, **anew} if anew else self._earlier
        self._listed, self._demands = (standing, model.intents), demands
        return self._earlier

    def _of(self, before: RealisedDemand | None, item: RealisedDemand) -> Earlier:
        """Return what is kept of a demand: the very same where it is what was kept of it before."""
        known = self._earlier.get(item.id)
        if known is not None and before is item:
            return known
        found = earlier_of(item)
        return known if known is not None and known == found else found


def _list_alike(some: Sequence[ResolvedIntent], others: Sequence[ResolvedIntent]) -> bool:
    """Return whether the manifest lists the demands of some intents where it lists those of others, if as many of these are placed."""
    return len(some) == len(others) and all(
        _listing(some[at]) == _listing(others[at]) for at in differing(some, others)
    )


def _listing(intent: ResolvedIntent) -> tuple[object, ...]:
    return intent.name, intent.demands, intent.is_rejected, intent.is_unsupported, intent.is_chain


def manifest_parts(compiled: Run) -> Compiled:
    """Return the parts of a run that its manifest tells of (the run must have a model)."""
    assert compiled.model is not None  # noqa: S101  (the caller has checked; narrows the type)
    request = compiled.request
    return Compiled(
        project=request.project.name,
        model=compiled.model,
        realised=compiled.realised,
        bundle=compiled.bundle,
        findings=compiled.findings.sorted(),
        generator=Generator(__version__, request.project.language, request.today.isoformat(), _options(request)),
        inputs={path: input_digest(text.encode()) for path, text in compiled.sources.items()},
        assertions=compiled.assertions,
        places=compiled.places,
    )


def _options(request: Request) -> dict[str, str | int | bool | None]:
    """Return what else than the inputs decided: the earlier build, by the digest of its manifest, and the state overlay."""
    kept: dict[str, str | int | bool | None] = {} if request.earlier is None else {"keep": request.earlier.digest()}
    return kept if not request.overlay or not request.overlay.entries else {**kept, "state": request.overlay.words}
