"""What packets meet where they leave by a port, read from the policies of the port: its shaper, and the classes below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import Treatment as Found

from .owned import Owned, Port
from .owned_qos import Treatment
from .readback import read

_PPM_OF_PERCENT = 10_000


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Found, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted."""
    owned = read(running).owned
    return tuple(
        sorted(one for port in owned.ports if port.name in rates for one in _of_port(owned, port, rates[port.name]))
    )


def _of_port(owned: Owned, port: Port, speed: int) -> Iterator[Found]:
    policies = {policy.name: policy.classes for policy in owned.policy_maps}
    codes = {one.name: one.dscps for one in owned.class_maps}
    labels = {one.name: one.labels for one in owned.class_maps}
    for shaper in policies.get(port.output or "", ()):
        rate = _first(shaper, "shape") or speed
        child = next((action.child for action in shaper.actions if action.child is not None), "")
        classes = policies.get(child, ())
        for one in classes:
            most = _cap(one, rate)
            sure = most if _is_strict(one) else 0
            part = 0 if _is_strict(one) else (_first(one, "remaining") or 0) * _PPM_OF_PERCENT
            for dscp in codes.get(one.name, ()):
                marks = _marks(one, dscp)
                yield Found(port.name, dscp, _is_strict(one), sure, part, most, *marks, labels=labels.get(one.name, ()))


def _first(own: Treatment, field: str) -> int | None:
    values = (getattr(action, field) for action in own.actions)
    return next((int(value) for value in values if value is not None), None)


def _is_strict(own: Treatment) -> bool:
    return _first(own, "level") is not None


def _cap(own: Treatment, rate: int) -> int:
    police = next((meter.rate for action in own.actions for meter in action.police), None)
    return police or _first(own, "shape") or rate


def _marks(own: Treatment, dscp: int) -> tuple[int, int]:
    is_marking = any(action.is_ecn for action in own.actions)
    levels = (one for action in own.actions for one in action.early if is_marking and one.dscp == dscp)
    return next(((one.low, one.high) for one in levels), (0, 0))
