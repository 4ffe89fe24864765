"""What the checks of all assertions of one program share; each part is made when the first one needs it."""

from __future__ import annotations

from functools import cached_property

from intentc.assertions.behaviour import Behaviour
from intentc.assertions.reservations import Reservations
from intentc.assertions.states import States
from intentc.realise.model import Realised


class Context:
    """A placed program, with what its demands do and reserve in the states of its network."""

    def __init__(self, realised: Realised) -> None:
        self.realised = realised

    @cached_property
    def behaviour(self) -> Behaviour:
        return Behaviour(self.realised)

    @cached_property
    def reservations(self) -> Reservations:
        return Reservations(self.realised, self.behaviour)

    @cached_property
    def states(self) -> States:
        return States(self.behaviour.network, self.behaviour.outages)
