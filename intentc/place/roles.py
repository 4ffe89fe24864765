"""What one try at placing a demand is given, and what it gives back: ends, role, variation, setback."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from intentc.forwarding.outage import Outage
from intentc.place.check import Lack, Shortfall
from intentc.place.tasks import Task
from intentc.values import frozen

Landing = tuple[Outage, int]  # a state, and a node where packets end in it


@frozen
class Ends:
    """Where packets may enter: the group of candidates (by index) and the node."""

    group: int
    start: int


@frozen
class Role:
    """What a demand's partner (the other direction) leaves to it.

    `ends_in` gives the ends to try in a state, the preferred ones first; `bound_us` the bound in a state; `affected` are the
    states that have to be looked at although nothing happens to the demand's own path. `only` gives the arcs that it
    has to take in a state (None: any), `mirror` is the task whose packets have to take its links the other way. `is_even`: the
    bound is the same in all failure states.
    """

    ends_in: Callable[[Outage], Sequence[Ends]]
    bound_us: Callable[[Outage], int | None]
    affected: Collection[Outage] = ()
    only: Callable[[Outage], frozenset[int] | None] = lambda _outage: None
    mirror: Task | None = None
    is_even: bool = False


@frozen
class Setback:
    """Why a try failed in a state: what the devices would do by themselves falls short of, and nothing better was found."""

    task: Task
    role: Role
    outage: Outage
    shortfall: Shortfall
    has_given_up: bool


def without_room(setbacks: Collection[Setback]) -> int:
    """Return how many of the states that stopped a try lack room on some link for what the devices would do by themselves."""
    return sum(setback.shortfall.lack is Lack.CAPACITY for setback in setbacks)


@frozen
class Variation:
    """What a try does differently: arcs that the primary path leaves out, states to settle first, nodes without rules.

    `is_wary`: the primary path leaves out all arcs that lack room in any state, as if it were kept in all of them.
    `is_kept`: the steering of the earlier build as it is, or none. `algorithm`: no steering but the way of that Flexible
    Algorithm. `is_indifferent`: preferences do not count. `labels`: how many of them the search counts in front of each packet.
    `shunned`: nodes where packets must not end in a state, as their replies find no way from there. `is_second`: packets
    are led along paths by what the device that they enter at likes second best, where it has a choice.
    """

    banned: frozenset[int] = frozenset()
    is_wary: bool = False
    first: tuple[Outage, ...] = ()
    unsteered: frozenset[int] = frozenset()
    is_kept: bool = False
    algorithm: int | None = None
    is_indifferent: bool = False
    labels: int = 0
    shunned: frozenset[Landing] = frozenset()
    is_second: bool = False
