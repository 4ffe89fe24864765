"""What a device must be able to do to compute a Flexible Algorithm (RFC 9350), in the words of the targets' features."""

from __future__ import annotations

HEAD_END = "flex-algo"  # sends packets of its attached hosts into an algorithm; the mechanism has the same name
_BASIC, _BY_OSPF = "flex-algo-affinity", "flex-algo-ospf"
_BY_METRIC = {"delay": "flex-algo-delay", "te": "flex-algo-te"}


def features_to_take_part(metric: str, igp: str) -> tuple[str, ...]:
    """Return the features that every node needs that takes part in an algorithm which minimises `metric` over an IGP.

    A router that does not know all of a definition stops taking part in the algorithm (RFC 9350, section 5.3).
    """
    by_metric = (_BY_METRIC[metric],) if metric in _BY_METRIC else ()
    return (_BASIC, *by_metric, *((_BY_OSPF,) if igp == "ospf" else ()))
