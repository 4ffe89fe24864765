"""Which classes use which direction of which link, in the normal state and in every promised one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from intentc.ir.ground import Ground
from intentc.realise.model import Path, RealisedDemand
from intentc.resolve.model import Scheduling
from intentc.values import frozen

Direction = tuple[str, str]  # link id, sending node


@frozen
class Usage:
    """The placed demands by link direction and class; `strict`: the strict classes that any of them has.

    `is_repaired`: some device repairs locally.
    """

    strict: frozenset[str]
    demands: Mapping[Direction, Mapping[str, tuple[RealisedDemand, ...]]]
    is_repaired: bool = False

    def classes(self, direction: Direction) -> frozenset[str]:
        """Return the classes whose packets may be sent there."""
        return frozenset(self.demands.get(direction, {}))

    def of(self, direction: Direction, traffic_class: str) -> tuple[RealisedDemand, ...]:
        """Return the demands of a class that may be sent there."""
        return self.demands.get(direction, {}).get(traffic_class, ())


def find_usage(ground: Ground) -> Usage:
    """Return where the demands go."""
    found: dict[Direction, dict[str, dict[str, RealisedDemand]]] = {}
    for realised in ground.demands:
        hops = chain.from_iterable(zip(path.links, path.nodes, strict=False) for path in _paths(realised))
        for hop in dict.fromkeys(hops):
            found.setdefault(hop, {}).setdefault(realised.demand.traffic_class, {})[realised.demand.key] = realised
    classes = {item.demand.traffic_class for item in ground.demands}
    return Usage(
        frozenset(name for name in classes if ground.classes[name].scheduling is Scheduling.STRICT),
        {
            direction: {name: tuple(demands[key] for key in sorted(demands)) for name, demands in of_link.items()}
            for direction, of_link in found.items()
        },
        any(item.protection is not None and item.protection.repairs for item in ground.demands),
    )


def _paths(realised: RealisedDemand) -> Iterator[Path]:
    yield from realised.primary
    for state in realised.states:
        yield from state.paths
    for alternative in realised.alternatives:
        yield from alternative.paths
