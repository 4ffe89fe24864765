"""What is found out about an intent that cannot be placed: what cannot hold together, and ways out that may be tried."""

from __future__ import annotations

from intentc.diagnostics import Edit, Label, Span
from intentc.values import frozen

MOST_CASES = 8  # findings per run that are looked into; the others stay as the placement made them
MOST_CALLS = 160  # searches per finding
MOST_VISITS = 1_000_000  # arcs that all searches of a run may look at: searches × arcs of the network
MOST_TRIALS = 6  # compilations per finding
MOST_DEMANDS = 1000  # demands that all trials of a run may compile: none of a larger program, unless somebody asks
MOST_SHOWN = 3  # repairs


@frozen
class Element:
    """A clause of an intent, or a fact of the topology, that can be left out of what must hold.

    `kind` with `key` says which (`latency`, `exclusion` 0, `capacity` of link 3 …); `text` names it, `note` says what it
    does, at `span`. Without a span it stands nowhere: what is placed before.
    """

    kind: str
    key: int
    text: str
    note: str
    span: Span | None


@frozen
class Candidate:
    """A repair to be tried. Smallest `rank` first: how grave the kind of change is, how much it costs or changes.

    Of one `family` (the same change in several sizes) the first that holds is enough.
    """

    rank: tuple[int, int]
    family: str
    text: str
    edits: tuple[Edit, ...]


@frozen
class Case:
    """What belongs to the finding of `intent` with `code` in `state`; `core` is empty where none was found."""

    intent: str
    code: str
    state: str | None
    core: tuple[Element, ...]
    candidates: tuple[Candidate, ...]

    def labels(self) -> tuple[Label, ...]:
        """Return the elements of the core that stand somewhere."""
        return tuple(Label(item.span, item.note) for item in self.core if item.span is not None)
