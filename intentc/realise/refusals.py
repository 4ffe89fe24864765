"""Why an intent cannot be placed, as data that anybody can check: certificates, or how much was tried where there is none.

Elements by name, states by id ("" is the normal one), integers only.
"""

from __future__ import annotations

from typing import Literal

from intentc.values import frozen, ordered

Given = Literal["nothing", "placed"]
Side = Literal["source", "destination"]
Reason = Literal["failed", "drained", "excluded", "fenced", "unknown", "transit", "small", "full"]


@ordered
class Place:
    """A node that a path comes to after `passed` of its waypoints; `distance_ns`: the least time from there to the end."""

    node: str
    passed: int
    distance_ns: int = 0


@ordered
class Closed:
    """A direction of a link, the one that leaves `node`, which the demand cannot use."""

    link: str
    node: str
    reason: Reason


@frozen
class Cut:
    """`inside` holds all places where the demand may begin and none where it may end (`side` `destination`: the other way

    round); every link out of it (into it) is `closed`. `given` `placed`: next to what is placed at the same or a higher
    priority. Only the first `waypoints` of the demand are looked at.
    """

    given: Given
    side: Side
    waypoints: int
    inside: tuple[Place, ...]
    closed: tuple[Closed, ...]


@frozen
class Part:
    """Least times to the end of one direction; places that are not listed are further away than the bound."""

    demand: str
    places: tuple[Place, ...]


@frozen
class Potential:
    """No path keeps the bound: a feasible potential (the dual of the shortest path) for the demand, or for both directions.

    A hop counts with its propagation, one packet's serialisation, and `queueing` packets more (assumed for the class); only
    the first `waypoints` of the demand are looked at.
    """

    given: Given
    waypoints: int
    queueing: int
    bound_us: int
    parts: tuple[Part, ...]


@ordered
class Price:
    """What a bit pays on a link, from its end a to b and back."""

    link: str
    ab: int
    ba: int


@frozen
class Prices:
    """No routing carries the demand together with those placed at the same or a higher priority, even split in any way.

    At these prices the demands of `traffic_class` (None: of all classes) pay more on their cheapest ways than all room is
    worth; links that are not listed cost nothing. `is_whole`: only with room rounded down to what whole rates add up to,
    so that it is no proof for paths that split.
    """

    traffic_class: str | None
    prices: tuple[Price, ...]
    is_whole: bool = False


@frozen
class Exhausted:
    """No choice of replicas keeps a chain's budget for a source site: all `choices` were gone through, and the best takes

    `least_us`. Each direction counts with its fastest way, a hop with its propagation, one packet's serialisation and
    `queueing` packets more. In a failure state each step counts with its fastest leg, wherever the one before it ends. `given`
    "placed": ways count only over links that have room beside what is placed at the same or a higher priority.
    """

    site: str
    queueing: int
    budget_us: int
    least_us: int
    choices: int
    given: Given = "nothing"


@frozen
class Packing:
    """No assignment of requests to `hosts` keeps the capacity of a service ("": all hosts together), whatever their paths.

    `asked_bps` is the sum of the rates of the refused intent and of all that is placed at the same or a higher priority and
    promised the state, of each pool its biggest member; each goes as a whole to one of the hosts that it may end at.
    """

    service: str
    capacity_bps: int
    hosts: tuple[str, ...]
    asked_bps: int


@frozen
class Walks:
    """No path keeps the bounds of both directions: all `paths` that come to no node twice were gone through.

    Each link is usable in both directions; a hop counts as in `Potential`.
    """

    queueing: int
    paths: int


@frozen
class Lists:
    """No list of at most `size` fixed paths has, in every promised state, a path that is right as the first that is whole.

    All `paths` that come to no node twice and are right in some state were gone through. What re-converges is not looked at.
    """

    size: int
    paths: int


@frozen
class Effort:
    """No certificate was found: `rounds` of prices were tried in `states` states.

    `is_split_enough`: in the state of the refusal it fits, with all that is placed, over paths that split: no prices exist.
    """

    states: int
    rounds: int
    is_split_enough: bool = False


Certificate = Cut | Potential | Prices | Exhausted | Packing | Walks | Lists | Effort


@frozen
class Refusal:
    """One demand (by key) of an intent that was not placed, with the finding about it; `certificate` None: it claims no proof."""

    intent: str
    demand: str
    finding: str
    state: str
    certificate: Certificate | None
