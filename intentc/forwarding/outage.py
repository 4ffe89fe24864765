"""Failure states as sets of indices, each one object, so that they are cheap to hash and to compare."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from intentc.forwarding.network import Network
from intentc.native import compiled
from intentc.resolve.model import FailureState
from intentc.values import unique

if TYPE_CHECKING:
    from intentc.native.states import States

_KERNELS = compiled("graph")
_NONE: frozenset[int] = frozenset()
_FEW = 8  # elements of a state that are looked for one by one in a mask
_SHORT = 8192  # bits of masks that are kept of each state: a kilobyte


@unique
class Outage:
    """What is down together: `links` with those of the failed `nodes`; `mask` has a bit for each element.

    `name` is the first id under which the state was met (other ids may denote the same elements). The mask is as long as the network is
    large: where that is more than is kept for each of thousands of states (`told` None), it is made anew each time, in a network of `among` links.
    """

    name: str
    nodes: frozenset[int]
    links: frozenset[int]
    told: int | None
    among: int = 0

    @property
    def mask(self) -> int:
        return mask_of(self.links, self.nodes, self.among) if self.told is None else self.told

    @property
    def bits(self) -> list[int]:
        """The numbers of the bits of the mask, the lowest first."""
        if self.told is not None:
            return list(bits_of(self.told))
        return [*sorted(self.links), *(self.among + node for node in sorted(self.nodes))]

    def touches(self, mask: int) -> bool:
        """Return whether an element of a mask is down."""
        if self.told is not None:
            return bool(self.told & mask)
        if len(self.links) + len(self.nodes) > _FEW:
            return bool(self.mask & mask)
        return any(mask >> bit & 1 for bit in self.bits)


def mask_of(links: Collection[int], nodes: Collection[int], among: int) -> int:
    """Return the bits of some links and nodes of a network of `among` links: first those of all links, then of all nodes."""
    found = bytearray(((among + max(nodes, default=0)) >> 3) + 1)
    for link in links:
        found[link >> 3] |= 1 << (link & 7)
    for node in nodes:
        found[among + node >> 3] |= 1 << (among + node & 7)
    return int.from_bytes(found, "little")


NORMAL = Outage("", frozenset(), frozenset(), 0)


class Watch:
    """Some failure states, each once and in order, told by what they touch: most states touch little of any path."""

    def __init__(self, outages: Iterable[Outage] = ()) -> None:
        self._outages: list[Outage] = []
        self._places: dict[Outage, int] = {}
        self._by_bit: dict[int, list[int]] = {}  # of `whole`, where there are no kernels: places
        self._by_bit_of = 0  # how many states are in it
        self._gone: frozenset[Outage] = frozenset()
        self._gone_places: frozenset[int] = frozenset()
        self._whole = self
        self._states: States | None = None
        for outage in outages:
            self.add(outage)

    def without(self, gone: frozenset[Outage]) -> Watch:
        """Return the states but for some of them, as they are from now on: what is known of the others is shared."""
        found = Watch()
        found._outages, found._places = self._outages, self._places
        found._gone, found._whole = self._gone | gone, self._whole
        found._gone_places = frozenset([self._places[outage] for outage in found._gone if outage in self._places])
        return found

    def copy(self) -> Watch:
        """Return the same states, to be added to apart; none is left out of them."""
        found = Watch()
        found._outages, found._places = list(self._outages), dict(self._places)
        found._by_bit = {bit: list(places) for bit, places in self._by_bit.items()}
        found._states = self._states
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_states": None}

    @property
    def whole(self) -> Watch:
        """Return the same with all the states that were left out of it (`gone`)."""
        return self._whole

    @property
    def gone(self) -> frozenset[Outage]:
        return self._gone

    @property
    def gone_places(self) -> frozenset[int]:
        """The places of the same."""
        return self._gone_places

    def add(self, outage: Outage) -> None:
        """Add a state, unless it is there."""
        if outage not in self._places:
            self._places[outage] = len(self._outages)
            self._outages.append(outage)

    @property
    def outages(self) -> tuple[Outage, ...]:
        gone = self._gone
        return tuple(outage for outage in self._outages if outage not in gone) if gone else tuple(self._outages)

    def among(self, outages: Iterable[Outage]) -> list[Outage]:
        """Return those of some states, each told once, that are among these, in the order of these."""
        places = self._places
        return [self._outages[place] for place in sorted([places[outage] for outage in outages if outage in self])]

    def __contains__(self, outage: Outage) -> bool:
        return outage in self._places and outage not in self._gone

    def __len__(self) -> int:
        return len(self._outages) - len(self._gone)

    def touching(self, mask: int) -> list[Outage]:
        """Return the states that touch an element of a mask, in order."""
        return self.at(self.places_touching(mask))

    def places_touching(self, mask: int) -> list[int]:
        """Return the places of the same among all that there are in `whole`."""
        states, gone = self.states, self._gone_places
        if states is None:
            by_bit, none = self._whole.by_bit().get, list[int]()
            found = sorted(set().union(*[by_bit(bit, none) for bit in bits_of(mask)]))
        else:
            found = states.touching(mask)
        return [place for place in found if place not in gone] if gone else found

    def places_along(self, network: Network, start: int, arcs: tuple[int, ...]) -> list[int]:
        """Return the same of a node, and of some arcs with the nodes that they lead to."""
        states, gone = self.states, self._gone_places
        if states is None or network.graph is None:
            return self.places_touching(network.mask_of(start, arcs))
        found = states.along(network.graph, start, arcs)
        return [place for place in found if place not in gone] if gone else found

    def by_bit(self) -> Mapping[int, list[int]]:
        """Return the places of the states of `whole` that each bit is one of, where there are no kernels."""
        for place in range(self._by_bit_of, len(self._outages)):
            for bit in self._outages[place].bits:
                self._by_bit.setdefault(bit, []).append(place)
        self._by_bit_of = len(self._outages)
        return self._by_bit

    def at(self, places: Iterable[int]) -> list[Outage]:
        """Return the states at some places."""
        return [self._outages[place] for place in places]

    @property
    def all(self) -> Sequence[Outage]:
        """All states of `whole`, by place."""
        return self._outages

    def place_of(self, outage: Outage) -> int | None:
        """Return the place of a state in `whole`; None where it is not there."""
        return self._places.get(outage)

    def without_any(self, outages: Collection[Outage]) -> list[Outage]:
        """Return those of some states that are not among these."""
        places, gone = self._places, self._gone
        return [outage for outage in outages if outage not in places or outage in gone]

    @property
    def states(self) -> States | None:
        """All states of `whole`, by place, as kernels take them; None where there are none."""
        if self._whole is not self:
            return self._whole.states
        if self._states is None or self._states.count != len(self._outages):
            kernels, outages = compiled("states"), self._outages
            if kernels is None:
                return None
            masks = [outage.bits for outage in outages]
            links, nodes = [outage.links for outage in outages], [outage.nodes for outage in outages]
            self._states = kernels.States(masks, links, nodes)
        return self._states


def bits_of(mask: int) -> Iterable[int]:
    """Return the numbers of the bits that are set, the lowest first: few, of as many as a network has elements."""
    return bits_twin(mask) if _KERNELS is None else _KERNELS.bits_of(mask)


def bits_twin(mask: int) -> Iterator[int]:
    """Yield the same, without a kernel."""
    digits = bin(mask)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


class Outages:
    """All failure states of a run: equal sets of elements are one `Outage`, whatever their ids."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[tuple[frozenset[int], frozenset[int]], Outage] = {}
        self._before: Mapping[tuple[frozenset[int], frozenset[int]], Outage] = {}
        self._watch = self._watch_before = Watch()

    def __len__(self) -> int:
        """Return how many states were met."""
        return len(self._known)

    def back_to(self, count: int) -> None:
        """Forget all states but for the first ones that were met."""
        if len(self) > count:
            self._known = dict(list(self._known.items())[:count])
            self._watch = Watch(self._known.values())

    def anew(self) -> Outages:
        """Return the registry of another run over the same network: states met under the same id are the same objects."""
        return self.over(self._network)

    def over(self, network: Network) -> Outages:
        """Return the same for a run over another network of the same nodes and links."""
        found = Outages(network)
        found._before, found._watch_before = self._known, self._watch
        return found

    def meet_first(self, count: int) -> bool:
        """Meet the first states that were met in the run before, in their order; return False where any has been met, or there are fewer."""
        if self._known or len(self._before) < count:
            return False
        is_all = len(self._before) == count
        self._known = dict(self._before) if is_all else dict(islice(self._before.items(), count))
        is_watched = is_all and len(self._watch_before) == count
        self._watch = self._watch_before.copy() if is_watched else Watch(self._known.values())
        return True

    def is_like(self, other: Outages) -> bool:
        """Return whether the same states were met in the same order, as the very same objects."""
        return list(self._known.values()) == list(other._known.values())

    def of(self, state: FailureState) -> Outage:
        """Return the outage of a failure state; elements that do not exist yet (`planned`) cannot fail."""
        network = self._network
        nodes = frozenset(network.node_index[name] for name in state.nodes if name in network.node_index) or _NONE
        links = frozenset(network.link_index[name] for name in state.links if name in network.link_index)
        if nodes:
            links = links.union(*(frozenset(arc >> 1 for arc in network.leaving[node]) for node in nodes))
        if not nodes and not links:
            return NORMAL
        if (nodes, links) not in self._known:
            found = self._before.get((nodes, links))
            if found is None or found.name != state.id:
                is_short = len(network.links) + len(network.nodes) <= _SHORT
                mask = mask_of(links, nodes, len(network.links)) if is_short else None
                found = Outage(state.id, nodes, links, mask, len(network.links))
            self._known[nodes, links] = found
            self._watch.add(found)
        return self._known[nodes, links]

    def meet_again(self, pairs: Iterable[tuple[str, Outage]]) -> bool:
        """Meet states, by id, that were met in the run before; return False as soon as one would be another object now."""
        for name, outage in pairs:
            known = self._known.get((outage.nodes, outage.links))
            if known is None and outage.name == name:
                self._known[outage.nodes, outage.links] = outage
                self._watch.add(outage)
            elif known is not outage:
                return False
        return True

    @property
    def known(self) -> tuple[Outage, ...]:
        """Return the outages met so far, in the order in which they were met."""
        return self._watch.outages

    def among_first(self, count: int, outages: Iterable[Outage]) -> list[Outage]:
        """Return those of some outages that are among the first so many met."""
        place_of = self._watch.place_of
        return [outage for outage in outages if (place := place_of(outage)) is not None and place < count]

    def touching(self, mask: int) -> list[Outage]:
        """Return the outages met so far that touch an element of a mask, in the order in which they were met."""
        return self._watch.touching(mask)
