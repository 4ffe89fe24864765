"""What a transaction over these devices promises, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.plan.model import DevicePlan, Order
from intentc.plan.promises import Guarantees

# What the agent promises, which is the same on every device.
AGENT = "an agent on the device validates before it changes anything, and restores by its own timer what ran before"
_SHOWN = 4  # names of devices in one sentence


def guarantees(devices: Sequence[DevicePlan], confirm_s: int, order: Order | None = None) -> tuple[str, ...]:
    """Return what holds for a transaction over `devices` in an order that was proved (None: nobody looked for one).

    It is as strong as the weakest of them, which are named.
    """
    if not devices:
        return ()
    count = len(devices)
    everything = "the device" if count == 1 else f"all {count} devices"
    return (
        f"all or nothing: if any step fails, {everything} go{'es' * (count == 1)} back to what runs now",
        *_timers(devices, confirm_s),
        *_by_transport(devices),
        *_proved(order),
        "only what carries intentc's mark is changed; sessions and routes of others are compared before and after",
    )


def is_guarded(device: DevicePlan) -> bool:
    """Return whether the device goes back by itself when nobody can reach it any more."""
    return device.promises is None or device.promises.is_guarded


def _timers(devices: Sequence[DevicePlan], confirm_s: int) -> Iterator[str]:
    unguarded = [device.node for device in devices if not is_guarded(device)]
    if len(unguarded) < len(devices):
        which = "each device" if not unguarded else "each other device"
        yield f"unless it is confirmed, {which} goes back by itself {confirm_s} s after its last change"
    if unguarded:
        yield (
            f"weakest link: {_names(unguarded)} ha{'s' if len(unguarded) == 1 else 've'} no timer; if intentc cannot reach "
            "it, what was changed there stays until `intentc recover` has run"
        )


def _by_transport(devices: Sequence[DevicePlan]) -> Iterator[str]:
    kinds: dict[tuple[str, Guarantees | None], list[str]] = {}
    for device in devices:
        kinds.setdefault((device.transport, device.promises), []).append(device.node)
    is_mixed = len(kinds) > 1
    for (transport, promises), nodes in sorted(kinds.items(), key=lambda item: item[1]):
        where = f" ({_names(nodes)})" if is_mixed else ""
        if promises is None:
            yield f"over {transport}{where}: {AGENT}"
        else:
            yield f"over {promises.name}{where}: {'; '.join(promises.sentences)}"


def _names(nodes: Sequence[str]) -> str:
    more = f" and {len(nodes) - _SHOWN} more" if len(nodes) > _SHOWN else ""
    return ", ".join(f"`{node}`" for node in nodes[:_SHOWN]) + more


def _proved(order: Order | None) -> tuple[str, ...]:
    if order is None:
        return ()
    ways = f"{order.proven} way{'s' * (order.proven != 1)} of packets followed"
    return (
        f"no accepted intent is broken by any part of the change, nor by a device that stops halfway: proved, {ways}",
    )
