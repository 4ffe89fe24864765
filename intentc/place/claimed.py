"""What a demand claims in the books, kept in few bytes: what its states are is told once it is entered into further books."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Walk
from intentc.place.ledger import Ledger
from intentc.place.reservation import Reservation
from intentc.place.reserve import reserve
from intentc.place.settled import Settled, SettledStates
from intentc.place.tasks import Task
from intentc.values import frozen


@frozen
class Claimed:
    """The claims of a demand that a kernel has settled; in the states `freed` it claims nothing."""

    task: Task
    normal: Walk
    settled: Settled
    freed: Sequence[Outage]

    def reservation(self, network: Network) -> Reservation:
        """Return the same in full."""
        walks: dict[Outage, Walk | None] = {each.outage: each.taken for each in SettledStates(self.settled, network, 0)}
        return reserve(network, self.task, self.normal, walks | dict.fromkeys(self.freed, None))

    def enter(self, network: Network, ledger: Ledger) -> None:
        """Enter them into books."""
        claims, of_states = (self.task.claim, self.task.failed_claim), (self.settled.over(network), self.settled.watch)
        if not ledger.enter_ways(claims, self.normal.each_arc, of_states, self.freed, 1):
            ledger.add(self.reservation(network))
