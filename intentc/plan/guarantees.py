"""What a transaction over these devices promises, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.plan.model import DevicePlan

# What each transport can promise by itself; a mixed transaction is as strong as its weakest.
TRANSPORTS: dict[str, str] = {
    "ssh": "an agent on the device validates before it changes anything, and restores by its own timer what ran before",
}


def guarantees(devices: Sequence[DevicePlan], confirm_s: int) -> tuple[str, ...]:
    """Return what holds for a transaction over `devices`."""
    if not devices:
        return ()
    count = len(devices)
    everything = "the device" if count == 1 else f"all {count} devices"
    used = sorted({device.transport for device in devices})
    return (
        f"all or nothing: if any step fails, {everything} go{'es' * (count == 1)} back to what runs now",
        f"unless it is confirmed, each device goes back by itself {confirm_s} s after its last change",
        *(f"over {name}: {TRANSPORTS[name]}" for name in used),
        "only what carries intentc's mark is changed; sessions and routes of others are compared before and after",
    )
