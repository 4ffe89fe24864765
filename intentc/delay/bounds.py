"""Bounds on delay and backlog of every queue that placed demands use: what README.md derives, as a fixed point."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.delay.allowances import Allowances
from intentc.delay.courses import careers
from intentc.delay.ends import make_ends
from intentc.delay.kernel import solved
from intentc.delay.rows import Rows, rows_of
from intentc.delay.solve import Hints, Solver
from intentc.delay.streams import weave
from intentc.realise.model import QueueBound, QueueKey, Realised
from intentc.values import field, frozen


@frozen
class Bounds:
    """The bounds by link, sending node and class, sorted; `worst`: the states that turned out to be the worst of each queue."""

    queues: Mapping[QueueKey, QueueBound]
    worst: Hints = field(default_factory=dict)

    @property
    def hop_queueing_us(self) -> Mapping[QueueKey, int]:
        """Return what a packet may wait at each hop beyond its own serialisation, in µs."""
        return {key: bound.queueing_us for key, bound in self.queues.items()}


def bound(realised: Realised) -> Bounds:
    """Return the bounds that hold in the normal state and in every promised one."""
    return bound_rows(rows_of(realised), realised)


def bound_rows(rows: Rows | None, realised: Realised, hints: Hints | None = None) -> Bounds:
    """Return the bounds of a program, or of what is left of it, with its rows for kernels (None: without kernels).

    `hints`: the worst states of much the same program, which only spare finding them.
    """
    found = solved(rows, realised, hints or {}) if rows is not None else None
    return bound_twin(realised, hints) if found is None else Bounds(*found)


def bound_twin(realised: Realised, hints: Hints | None = None) -> Bounds:
    """Return the same without kernels."""
    topology = realised.model.topology
    web = weave(topology, careers(realised))
    solver = Solver(web, make_ends(realised, web), topology, Allowances(realised), hints or {})
    solver.settle()
    return Bounds({key: solver.bound_of(web.number[key]) for key in sorted(web.keys)}, solver.worst())
