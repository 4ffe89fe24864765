"""What packets meet where they leave by a port, read from class of service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import Treatment

from .owned import Owned
from .owned_cos import CosInterface, CosUnit, Scheduler
from .readback import read_back

_STRICT = "strict-high"
_PERCENT = 100
_BITS_US = 8 * 1_000_000


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted."""
    owned = read_back(running)
    if owned is None:
        return ()
    return tuple(
        sorted(
            one for port in owned.cos_interfaces for unit in port.units for one in _of_unit(owned, port, unit, rates)
        )
    )


def _of_unit(owned: Owned, port: CosInterface, unit: CosUnit, rates: Mapping[str, int]) -> Iterator[Treatment]:
    profile = next((one for one in owned.profiles if one.name == unit.profile), None)
    name = port.scheduler_map if profile is None else profile.scheduler_map
    rate = port.rate_bps if profile is None else profile.rate_bps
    here = f"{port.name}.{unit.name}"
    interface = here if here in rates else port.name
    queues = {item.name: item.scheduler for one in owned.scheduler_maps if one.name == name for item in one.classes}
    schedulers = {one.name: one for one in owned.schedulers}
    for dscp, forwarding_class in _classified(owned, unit):
        if interface in rates and forwarding_class in queues:
            scheduler = schedulers[queues[forwarding_class]]
            most = scheduler.shaping_bps or rate or rates[interface]
            is_strict = scheduler.priority == _STRICT
            sure = most if is_strict else scheduler.transmit_bps
            labels = (field for field, name in _labelled(owned, unit) if queues.get(name) == queues[forwarding_class])
            marks = _marks(owned, scheduler)
            yield Treatment(interface, dscp, is_strict, sure, 0, most, *marks, labels=tuple(sorted(labels)))


def _classified(owned: Owned, unit: CosUnit) -> Iterator[tuple[int, str]]:
    for table in owned.classifiers4:
        if table.name == unit.classify4:
            yield from ((dscp, one.name) for one in table.classes for item in one.codes for dscp in item.codes)


def _labelled(owned: Owned, unit: CosUnit) -> Iterator[tuple[int, str]]:
    """Yield traffic class fields of labels with the forwarding class that they stand for."""
    for table in owned.classifiers_exp:
        if table.name == unit.classify_exp:
            yield from ((field, one.name) for one in table.classes for item in one.codes for field in item.codes)


def _marks(owned: Owned, scheduler: Scheduler) -> tuple[int, int]:
    """Return the fill levels as bytes of the buffer, which is a time at the rate of the scheduler."""
    names = {one.profile for one in scheduler.drop_profiles} if scheduler.is_ecn else set()
    size = scheduler.buffer_us * scheduler.transmit_bps // _BITS_US
    for profile in owned.drop_profiles:
        if profile.name in names:
            return profile.fill_levels[0] * size // _PERCENT, profile.fill_levels[-1] * size // _PERCENT
    return 0, 0
