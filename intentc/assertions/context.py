"""What the checks of all assertions of one program share; each part is made when the first one needs it."""

from __future__ import annotations

from functools import cached_property

from intentc.assertions.behaviour import Behaviour
from intentc.assertions.reservations import Reservations
from intentc.assertions.states import Singles
from intentc.assertions.tracks import Tracks
from intentc.executor.here import InProcess
from intentc.executor.model import Executor
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import Outages
from intentc.forwarding.policies import SegmentRouter
from intentc.realise.model import Realised

STATES_PER_CHUNK = 256  # a tenth of a second of work on some hundred nodes


class Context:
    """A placed program, with what its demands do and reserve in the states of its network, and who looks at these states.

    Nothing depends on `states_per_chunk` but how evenly workers share the work.
    """

    def __init__(
        self, realised: Realised, executor: Executor | None = None, states_per_chunk: int = STATES_PER_CHUNK
    ) -> None:
        self.realised = realised
        self.executor = executor if executor is not None else InProcess()
        self.states_per_chunk = states_per_chunk

    @cached_property
    def outages(self) -> Outages:
        return Outages(self.behaviour.network)

    @cached_property
    def behaviour(self) -> Behaviour:
        network = build_network(self.realised.model.topology)
        router = SegmentRouter(Igp(network))
        views = {0: (network, router.can_route)}
        views |= {number: (found.igp.network, found.has_part) for number, found in router.algorithms.items()}
        return Behaviour(views, Tracks(network, self.realised.demands).find)

    @cached_property
    def reservations(self) -> Reservations:
        return Reservations(self.realised, self.behaviour, self.outages)

    @cached_property
    def singles(self) -> Singles:
        return Singles(self.behaviour.network.topology, self.outages)
