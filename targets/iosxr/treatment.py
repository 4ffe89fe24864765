"""What packets meet where they leave by a port, read from the policies of the port: its shaper, and the classes below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import Treatment as Found

from . import escape
from .owned import Owned, Port, Treatment
from .owned_pausing import PausedClass
from .pausing import ON
from .readback import read

_DEFAULT = "class-default"
_DEFAULT_NUMBER = 0
_PPM_OF_PERCENT = 10_000


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Found, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted."""
    owned = read(running).owned
    return tuple(sorted(one for port in owned.ports if port.name in rates for one in _of_port(owned, port)))


def _of_port(owned: Owned, port: Port) -> Iterator[Found]:
    policies = {policy.name: policy.classes for policy in owned.policy_maps}
    for shaper in (one for name in port.outputs for one in policies[name]):
        rate = shaper.shape[0].value
        classes = policies[shaper.child or ""]
        for dscp, name in _queued(owned, port, classes, "dscps"):
            own = next((one for one in classes if one.name == name), None)
            if own is not None:
                paused = _paused(owned, port, name)
                labels = sorted(field for field, other in _queued(owned, port, classes, "labels") if other == name)
                yield Found(
                    port.name,
                    dscp,
                    own.level is not None,
                    *_sure(own, rate),
                    _cap(own, rate),
                    *(_marks(own) if paused is None else _pause_marks(paused)),
                    paused=() if paused is None else (paused.number,),
                    labels=tuple(labels),
                )


def _queued(owned: Owned, port: Port, classes: tuple[Treatment, ...], field: str) -> Iterator[tuple[int, str]]:
    """Yield code points, or labels' traffic class fields, with their class of the output policy: by themselves, or by the number given inwards."""
    maps = {one.name: one for one in owned.class_maps}
    for one in classes:
        yield from ((number, one.name) for number in (getattr(maps[one.name], field) if one.name in maps else ()))
    numbers = {maps[one.name].traffic_class: one.name for one in classes if one.name in maps} | {
        _DEFAULT_NUMBER: _DEFAULT
    }
    policies = {policy.name: policy.classes for policy in owned.policy_maps}
    for given in (one for name in port.inputs for one in policies[name] if one.mark and one.name in maps):
        number = given.mark[0].traffic_class
        if number is not None and number in numbers:
            yield from ((one, numbers[number]) for one in getattr(maps[given.name], field))


def _paused(owned: Owned, port: Port, name: str) -> PausedClass | None:
    """Return the flow control of a class at a port; None where there is none."""
    numbers = {one.name: one.traffic_class for one in owned.class_maps}
    cards = (card for card in owned.pause_cards if port.pausing == ON and card.name == escape.card(port.name))
    return next((one for card in cards for one in card.classes if one.number == numbers.get(name)), None)


def _pause_marks(own: PausedClass) -> tuple[int, int]:
    return own.mark_from or 0, own.mark_all or 0


def _cap(own: Treatment, rate: int) -> int:
    if own.police:
        return own.police[0].rate[0].value
    return own.shape[0].value if own.shape else rate


def _sure(own: Treatment, rate: int) -> tuple[int, int]:
    """Return what a class is sure of as a rate, and as a part of what strict ones leave."""
    if own.level is not None:
        return _cap(own, rate), 0
    if own.bandwidth:
        return own.bandwidth[0].value, 0
    return 0, sum(one.value * _PPM_OF_PERCENT for one in own.remaining if one.unit == "percent")


def _marks(own: Treatment) -> tuple[int, int]:
    levels = [one for one in own.early if own.is_ecn and one.discard_class is None and one.dscp is None]
    return (levels[0].low, levels[0].high) if levels else (0, 0)
