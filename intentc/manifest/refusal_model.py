"""Certificates of a manifest: why an intent that is not placed cannot be, in a form that anybody can check.

Names of nodes and links, ids of states, times in ns and us, prices without a unit; README.md says what each kind proves.
"""

from __future__ import annotations

from typing import Literal

from intentc.values import field, frozen

Given = Literal["nothing", "placed"]
Reason = Literal["failed", "drained", "excluded", "fenced", "unknown", "transit", "small", "full"]


@frozen
class SpotEntry:
    """A node that a path comes to when `passed` of its waypoints lie behind it."""

    node: str
    passed: int


@frozen
class ClosedEntry:
    """The direction of a link that leaves `node`, and why the demand cannot use it."""

    link: str
    node: str
    reason: Reason


@frozen
class CutEntry:
    kind: Literal["cut"]
    given: Given
    side: Literal["source", "destination"]
    waypoints: int
    inside: tuple[SpotEntry, ...]
    closed: tuple[ClosedEntry, ...]


@frozen
class TimeEntry:
    """The least time from a place to the end."""

    node: str
    passed: int
    ns: int


@frozen
class TimesEntry:
    """The places of one direction that are no further from its end than the bound."""

    demand: str
    places: tuple[TimeEntry, ...]


@frozen
class PotentialEntry:
    kind: Literal["potential"]
    given: Given
    waypoints: int
    queueing: int
    bound_us: int
    parts: tuple[TimesEntry, ...]


@frozen
class PriceEntry:
    """What a bit pays on a link, from its end a to b and back."""

    link: str
    ab: int
    ba: int


@frozen
class PricesEntry:
    kind: Literal["prices"]
    given: Literal["together"]
    traffic_class: str | None = field(metadata={"key": "class"})
    prices: tuple[PriceEntry, ...]
    whole: bool


@frozen
class ExhaustedEntry:
    kind: Literal["exhausted"]
    given: Given
    site: str
    queueing: int
    budget_us: int
    least_us: int
    choices: int


@frozen
class PackingEntry:
    kind: Literal["packing"]
    given: Literal["together"]
    service: str
    capacity_bps: int
    hosts: tuple[str, ...]
    asked_bps: int


@frozen
class WalksEntry:
    kind: Literal["walks"]
    given: Literal["nothing"]
    queueing: int
    paths: int


@frozen
class ListsEntry:
    kind: Literal["lists"]
    given: Literal["nothing"]
    size: int
    paths: int


@frozen
class EffortEntry:
    kind: Literal["none"]
    states: int
    rounds: int
    split_enough: bool


CertificateEntry = (
    CutEntry | PotentialEntry | PricesEntry | ExhaustedEntry | PackingEntry | WalksEntry | ListsEntry | EffortEntry
)


@frozen
class RefusalEntry:
    """Why a demand of an intent that is not placed cannot be, in one state; README.md says what each certificate proves."""

    demand: str
    finding: str
    state: str | None
    certificate: CertificateEntry | None
