"""What packets meet where they leave by a port, in no vendor's words: each target reads it out of its own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from intentc.values import ordered


@ordered
class Treatment:
    """The queue of packets with `dscp` on `interface`: read from configuration, not from what it was made of. Rates in bps.

    `sure_bps` is what they get while all other queues of the port are full, where the platform says that as a rate; of a strict
    queue its cap. Otherwise it is 0, and `left_ppm` the part of what strict queues leave. `most_bps`: what they may use at most.
    Packets with ECT are marked from `mark_from_bytes` on, all of them from `mark_all_bytes` on; 0 where none is. `paused`: the
    priorities of flow control (IEEE 802.1Qbb) for them, in both directions of the port. `labels`: the traffic class fields
    (RFC 5462) of labelled packets that wait with them.
    """

    interface: str
    dscp: int
    is_strict: bool
    sure_bps: int
    left_ppm: int
    most_bps: int
    mark_from_bytes: int = 0
    mark_all_bytes: int = 0
    paused: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()


class TreatmentReader(Protocol):
    """What the code of a target offers besides, where its queues can be compared with those of other platforms."""

    def treatments(self, running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
        """Return the treatments of every queueing port, sorted.

        `running` is what `differences` takes. `rates`: the speed in bps of each port in question, by the name that the topology
        has for it, for platforms whose queues are parts of that. Pure; raises `ValueError` for what cannot be read.
        """
