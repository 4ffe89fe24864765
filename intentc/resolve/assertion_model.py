"""What `assert` declarations ask of the whole network: names resolved, sets expanded."""

from __future__ import annotations

from intentc.diagnostics import Span
from intentc.values import frozen


@frozen
class FailureCount:
    """Every set of `count` failures of one kind: `link node srlg site provider`."""

    kind: str
    count: int


@frozen
class UtilisationBound:
    """Each direction of `links` is at most (`is_strict`: less than) `bound_ppb` full; the ids are sorted."""

    links: tuple[str, ...]
    bound_ppb: int
    is_strict: bool


@frozen
class Connection:
    """Those of `nodes` (sorted) that are up reach each other."""

    nodes: tuple[str, ...]


@frozen
class TrafficBan:
    """No packet of `intents` comes to one of `nodes` or runs over one of `links`; all sorted."""

    intents: tuple[str, ...]
    nodes: tuple[str, ...]
    links: tuple[str, ...]


@frozen
class LengthBound:
    """No path of `intents` (sorted) has more than `most_links` links."""

    intents: tuple[str, ...]
    most_links: int


Property = UtilisationBound | Connection | TrafficBan | LengthBound


@frozen
class Assertion:
    """A property that holds in the normal state and in every state of `under`: all its counts fail at the same time.

    `span` is that of the name, `property_span` that of the property, `text` the property's first words as written.
    """

    name: str
    property: Property
    under: tuple[FailureCount, ...]
    text: str
    span: Span
    property_span: Span
