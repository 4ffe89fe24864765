"""Bounds on delay and backlog of every queue that placed demands use: what README.md derives, as a fixed point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intentc.delay.allowances import Allowances
from intentc.delay.courses import careers
from intentc.delay.ends import make_ends
from intentc.delay.solve import Solver
from intentc.delay.streams import weave
from intentc.realise.model import QueueBound, QueueKey, Realised


@dataclass(frozen=True)
class Bounds:
    """The bounds by link, sending node and class, sorted."""

    queues: Mapping[QueueKey, QueueBound]

    @property
    def hop_queueing_us(self) -> Mapping[QueueKey, int]:
        """Return what a packet may wait at each hop beyond its own serialisation, in µs."""
        return {key: bound.queueing_us for key, bound in self.queues.items()}


def bound(realised: Realised) -> Bounds:
    """Return the bounds that hold in the normal state and in every promised one."""
    topology = realised.model.topology
    web = weave(topology, careers(realised))
    solver = Solver(web, make_ends(realised, web), topology, Allowances(realised))
    solver.settle()
    return Bounds({key: solver.bound_of(web.number[key]) for key in sorted(web.keys)})
