"""How a link is divided: caps of strict classes, and where guarantees are shares of what these leave, whole percents of the others.

Network control is served first and capped, then come the strict classes with their caps; whatever these may take is not promised
to anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ir.model import PortQueueing

_CONTROL_SHARE = 10  # network control: at most a tenth of the link
_LEAST_CONTROL_BPS = 256_000  # 50 ms BFD on both families and padded IS-IS hellos fit in it
_LEAST_BPS = 64_000  # policers and shapers want a rate
_WHOLE = 100


def control_bps(port: PortQueueing) -> int:
    """Return what network control may use of a link at most."""
    return max(port.rate_bps // _CONTROL_SHARE, min(_LEAST_CONTROL_BPS, port.rate_bps // 2))


def strict_caps(port: PortQueueing, *, are_shares: bool = True) -> dict[str, int]:
    """Return the cap of each strict class: its own, or less where the guarantees of others could not be kept beside it.

    It is never below what the class itself is guaranteed: nothing that keeps to its rate is lost. `are_shares`: guarantees are
    whole percents, not rates.
    """
    strict = [queue for queue in port.queues if queue.scheduling == "strict"]
    spare = max(0, _spare(port, are_shares=are_shares))
    whole = sum(queue.cap_bps for queue in strict) or 1
    return {
        queue.traffic_class: max(_LEAST_BPS, min(queue.cap_bps, queue.guarantee_bps + spare * queue.cap_bps // whole))
        for queue in strict
    }


def do_guarantees_fit(port: PortQueueing, *, are_shares: bool = True) -> bool:
    """Return whether all guarantees can be kept beside network control, in whole percents unless they are rates."""
    return _spare(port, are_shares=are_shares) >= 0


def _spare(port: PortQueueing, *, are_shares: bool) -> int:
    """Return what no class is guaranteed and network control cannot take; a share may be rounded up by a percent."""
    rounding = sum(queue.scheduling != "strict" for queue in port.queues) if are_shares else 0
    promised = sum(queue.guarantee_bps for queue in port.queues)
    return port.rate_bps - control_bps(port) - promised - port.rate_bps * rounding // _WHOLE


def shares(port: PortQueueing, caps: Mapping[str, int]) -> dict[str, int]:
    """Return what each class that is not strict gets of what the caps of the strict ones leave, in whole percents.

    Each gets at least its guarantee where they all fit (`do_guarantees_fit`), and what is left goes by weight.
    """
    others = [queue for queue in port.queues if queue.scheduling != "strict"]
    left = max(1, port.rate_bps - sum(caps.values()) - control_bps(port))
    least = {queue.traffic_class: max(1, -(-queue.guarantee_bps * _WHOLE // left)) for queue in others}
    spare = _WHOLE - sum(least.values())
    if spare < 0:
        return {name: max(1, share * _WHOLE // sum(least.values())) for name, share in least.items()}
    weights = sum(queue.weight for queue in others) or 1
    return {queue.traffic_class: least[queue.traffic_class] + spare * queue.weight // weights for queue in others}
