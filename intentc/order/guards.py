"""Fences that stand in the way of a change: those that come once their traffic has moved, and those that go before it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.ir.model import DeviceConfig, FenceRule
from intentc.order.device import Device
from intentc.order.packets import is_meant, with_dscp
from intentc.order.promises import Promise
from intentc.order.walk import Trace, Walker
from intentc.plan.model import StageName
from intentc.values import field, frozen, replace

_MOST_ROUNDS = 50  # one fence more is moved in each; a packet meets at most as many as it has hops
_GUARDED, _SWITCHED = 1, 3  # versions


@frozen
class Guards:
    """By device, the new fences that come last (`late`), and the old ones that go before the switch (`early`).

    `held_up`: by device the intents, new ones, whose packets its fences drop until they have moved.
    """

    late: Mapping[str, frozenset[FenceRule]] = field(default_factory=dict)
    early: Mapping[str, frozenset[FenceRule]] = field(default_factory=dict)
    held_up: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Return whether a fence has another place than usual."""
        return bool(self.late or self.early)

    def notes(self) -> tuple[str, ...]:
        """Return which fences have another place than usual, in sentences."""
        said = (
            (self.late, "come once its traffic has moved: it used what they forbid"),
            (self.early, "go before its traffic moves: it will use what they forbade"),
        )
        moved = (
            f"at `{node}` fences of {_intents(fences)} {words}"
            for found, words in said
            for node, fences in sorted(found.items())
            if fences
        )
        dropped = (
            f"packets of {_quoted(names)} are dropped at `{node}` from the stage `guard` until they have moved: they use what it forbids"
            for node, names in sorted(self.held_up.items())
        )
        return (*moved, *dropped)


def bend(config: DeviceConfig, stage: StageName, guards: Guards) -> DeviceConfig:
    """Return the configuration of a stage with its fences moved as `guards` say."""
    gone: frozenset[FenceRule] = frozenset()
    if stage is not StageName.REMOVE:
        gone |= guards.late.get(config.node, frozenset())
    if stage in (StageName.ADD, StageName.SWITCH):
        gone |= guards.early.get(config.node, frozenset())
    return replace(config, fences=tuple(item for item in config.fences if item not in gone)) if gone else config


def find_guards(
    walker: Walker,
    promises: Sequence[Promise],
    versions: Mapping[str, Sequence[DeviceConfig]],
    steady: Mapping[str, Device],
) -> Guards:
    """Return which fences would drop what was let through before (they come late), or what shall be (they go early)."""
    known = [promise for promise in promises if promise.was_named]
    late = _blocking(walker, known, versions, steady, _GUARDED)
    early = _blocking(walker, promises, versions, steady, _SWITCHED)
    return Guards(
        late,
        {node: fences - late.get(node, frozenset()) for node, fences in early.items()},
        _held_up(walker, promises, versions, steady),
    )


def _held_up(
    walker: Walker,
    promises: Sequence[Promise],
    versions: Mapping[str, Sequence[DeviceConfig]],
    steady: Mapping[str, Device],
) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    devices = {**steady, **{node: Device(configs[_GUARDED]) for node, configs in versions.items()}}
    for promise in promises:
        if not promise.was_named and not promise.old.fault:
            trace = walker.walk(promise.packet, promise.entrance, devices)
            if trace.fence is not None:
                found.setdefault(trace.fence[0], set()).update(promise.intents)
    return {node: frozenset(names) for node, names in found.items()}


def _blocking(
    walker: Walker,
    promises: Sequence[Promise],
    versions: Mapping[str, Sequence[DeviceConfig]],
    steady: Mapping[str, Device],
    at: int,
) -> Mapping[str, frozenset[FenceRule]]:
    """Return the fences that drop promised packets in one version although one end of the change lets them pass."""
    found: dict[str, set[FenceRule]] = {}
    devices = {**steady, **{node: Device(configs[at]) for node, configs in versions.items()}}
    for promise in promises:
        wanted = promise.old if at == _GUARDED else promise.new
        if wanted.fault:
            continue
        for _ in range(_MOST_ROUNDS):
            trace = walker.walk(promise.packet, promise.entrance, devices)
            node = trace.fence[0] if trace.fence is not None else ""
            if node not in versions:
                break
            passing = versions[node][0 if at == _GUARDED else -1]
            blocking = set(_acting(promise, trace, devices[node].config)) - set(passing.fences)
            if not blocking:
                break
            found.setdefault(node, set()).update(blocking)
            kept = tuple(item for item in devices[node].config.fences if item not in blocking)
            devices[node] = Device(replace(devices[node].config, fences=kept))
    return {node: frozenset(fences) for node, fences in sorted(found.items())}


def _acting(promise: Promise, trace: Trace, config: DeviceConfig) -> Iterator[FenceRule]:
    """Yield the fences that drop packets of a promise where its trace ends, whatever code point it is marked with."""
    if trace.fence is None:
        return
    _, port = trace.fence
    marked = {path.dscp for known in (promise.old, promise.new) for path in known.paths}
    packets = [with_dscp(promise.packet, dscp) for dscp in sorted(marked)]
    for item in config.fences:
        if port in item.interfaces and any(is_meant(packet, item.flow, item.excepted) for packet in packets):
            yield item


def _intents(fences: frozenset[FenceRule]) -> str:
    return _quoted({name for item in fences for name in item.origin.intents})


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
