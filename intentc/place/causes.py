"""The code of a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from intentc.forwarding.outage import NORMAL
from intentc.place.check import Lack
from intentc.place.context import Context
from intentc.place.diagnose import Layer, Verdict, rescuers
from intentc.realise.model import Protection

SHARED_RISK = "E0522"
GIVEN_UP = "E0509"
UNMIRRORED = "E0535"
CROWDED = "E0536"
FAILOVER_TIME = "E0620"
_OWN_CODES = {
    Lack.SERVICE: CROWDED,
    Lack.SPLIT: UNMIRRORED,
    Lack.TURN: UNMIRRORED,
    Lack.MIRROR: UNMIRRORED,
}  # what no single path is to blame for
_NORMAL = {
    Layer.ENDS: "E0506",
    Layer.LINKS: "E0501",
    Layer.FENCES: "E0503",
    Layer.VIA: "E0504",
    Layer.KNOWN: "E0507",
    Layer.LATENCY: "E0502",
    Layer.CAPACITY: "E0505",
    Layer.DEVICES: "E0508",
    Layer.JOINTLY: GIVEN_UP,
}
_FAILURE = {
    **_NORMAL,
    Layer.ENDS: "E0525",
    Layer.LINKS: "E0521",
    Layer.FENCES: "E0526",
    Layer.VIA: "E0526",
    Layer.LATENCY: "E0523",
    Layer.CAPACITY: "E0524",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A verdict with its code; `shared` are the links of a failed risk group that would each have left a path.

    `protection` is what can be reached, where that is not fast enough.
    """

    code: str
    verdict: Verdict
    shared: tuple[int, ...] = ()
    protection: Protection | None = None


def find_cause(context: Context, verdict: Verdict) -> Cause:
    """Return the cause of a setback. Nothing is called impossible that was not searched to the end."""
    if verdict.setback.shortfall.lack in _OWN_CODES:
        return Cause(_OWN_CODES[verdict.setback.shortfall.lack], verdict)
    if not verdict.is_proven and verdict.layer is not Layer.DEVICES:
        return Cause(GIVEN_UP, verdict)
    if verdict.outage is NORMAL:
        return Cause(_NORMAL[verdict.layer], verdict)
    shared = rescuers(context, verdict) if "+" not in verdict.state else ()  # what is cut at once shares nothing
    if len(shared) > 1:
        return Cause(SHARED_RISK, verdict, shared)
    return Cause(_FAILURE[verdict.layer], verdict)
