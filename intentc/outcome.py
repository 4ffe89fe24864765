"""What a run ended with, for its manifest and for the compilations that keep what it did."""

from __future__ import annotations

import io
from collections.abc import Mapping

from intentc import __version__
from intentc.manifest.build import listed_demands
from intentc.manifest.digest import input_digest
from intentc.manifest.earlier import earlier_of
from intentc.manifest.model import Generator
from intentc.manifest.write import Compiled, write_manifest
from intentc.pipeline import EarlierBuild, Request, Run
from intentc.realise.earlier import Earlier
from intentc.recall import Recall
from intentc.values import Later


def manifest_text(compiled: Run) -> str:
    """Return the text of the manifest of a run (the run must have a model)."""
    stream = io.StringIO()
    write_manifest(manifest_parts(compiled), stream)
    return stream.getvalue()


def build_of(compiled: Run, known: Recall[Earlier] | None = None) -> EarlierBuild:
    """Return what the next compilation keeps of a run, as it would from the run's manifest (the run must have a model).

    `known`: what was kept of the run before.
    """

    def demands() -> Mapping[str, Earlier]:
        if compiled.model is None or compiled.realised is None:
            return {}
        return earlier_of(listed_demands(compiled.model, compiled.realised, compiled.findings.sorted()), known)

    return EarlierBuild(Later(demands), Later(lambda: input_digest(manifest_text(compiled).encode())))


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
    )


def _options(request: Request) -> dict[str, str | int | bool | None]:
    """Return what else than the inputs decided: the earlier build, by the digest of its manifest, and the state overlay."""
    kept: dict[str, str | int | bool | None] = {} if request.earlier is None else {"keep": request.earlier.digest()}
    return kept if not request.overlay or not request.overlay.entries else {**kept, "state": request.overlay.words}
