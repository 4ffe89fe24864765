"""One compilation: what is asked for, and what each stage of the pipeline has made of it so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from intentc.diagnostics import Findings, Source
from intentc.diagnostics.places import OWN, Places
from intentc.values import Later, field, frozen, mutable

if TYPE_CHECKING:
    from intentc.assertions.model import AssertionResult
    from intentc.executor.model import Executor
    from intentc.incremental.memory import Memory
    from intentc.ir.model import Fleet
    from intentc.language import ast
    from intentc.place.certificates.docket import Docket
    from intentc.place.certificates.findings import Proofs
    from intentc.project.model import Project
    from intentc.realise.earlier import Earlier
    from intentc.realise.model import Realised
    from intentc.render.model import Bundle
    from intentc.resolve.kept import Kept
    from intentc.resolve.model import Model
    from intentc.targetkit.model import Capabilities, Target
    from intentc.topology.model import Topology
    from intentc.topology.overlay import Overlay
    from intentc.trials import Early
    from intentc.whynot.explain import Begun as BegunTrials
    from intentc.whynot.inquest import Inquest


@frozen
class EarlierBuild:
    """What an earlier build did with each demand, by the id that its manifest lists it by; the digest of that, as in `inputs`."""

    demands: Later[Mapping[str, Earlier]]
    digest: Later[str]


@frozen
class Request:
    """What to compile: a project, its sources as read, and the day that waivers are judged by.

    `read` gives the source at a path relative to the project's root, for `import`; None where there is none. `earlier`: the
    build of which everything is kept that still holds. `executor` looks at failure states that are many (None: this
    process); nothing that comes out depends on it. `overlay`: what is
    failed or drained just now (None: all is as the topology says). `asked`: the one intent of which repairs are tried, whatever that takes.
    """

    project: Project
    intents: tuple[Source, ...]
    topology: tuple[Source, ...]
    today: dt.date
    read: Callable[[str], Source | None]
    earlier: EarlierBuild | None = None
    executor: Executor | None = None
    overlay: Overlay | None = None
    asked: str | None = None


@mutable
class Run:
    """The state of one compilation; each stage fills in its product. `findings` collects what every stage says."""

    request: Request
    findings: Findings
    files: tuple[ast.File, ...] = ()
    topology: Topology | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    capabilities: Capabilities = field(default_factory=dict)
    model: Model | None = None
    realised: Realised | None = None
    assertions: tuple[AssertionResult, ...] = ()
    inquest: Inquest | None = None
    early: Early | None = None
    foresee: Callable[[Run], None] | None = (
        None  # told while intents are placed, as soon as there is a repair that may be tried
    )
    begun: BegunTrials | None = None
    docket: Docket | None = None
    proofs: Proofs | None = None
    is_trial: bool = False  # with a repair, to see whether it holds
    parsed: Mapping[str, ast.File] = field(default_factory=dict)  # by path: what a trial need not parse again
    kept: Kept | None = None  # what the last run of a session has resolved, or what trials need not resolve again
    memory: Memory | None = None  # what its later stages have left
    places: Places = OWN  # where spans stand; if lines have other numbers than their own nothing is explained
    fleet: Fleet | None = None
    bundle: Bundle | None = None

    @property
    def sources(self) -> dict[str, str]:
        """Text of every input by path, for showing findings."""
        return {source.path: source.text for source in self.all_sources}

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """Return every input, imported files included."""
        return (*self.request.topology, *self.request.intents, *(file.source for file in self.files))

    @property
    def is_topology_broken(self) -> bool:
        """Return whether the topology, or what is known of its devices, has a mistake."""
        return any(item.is_error and (item.code.startswith("E03") or item.node) for item in self.findings.items)

    @property
    def is_accepted(self) -> bool:
        """Return whether every intent holds: no error that is not waived."""
        return not self.findings.has_errors
