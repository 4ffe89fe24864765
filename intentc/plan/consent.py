"""What a plan needs a person's word for before anything is sent: disruptive changes, devices without a timer, too many devices."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Diagnostic
from intentc.plan.guarantees import is_guarded
from intentc.plan.model import Plan
from intentc.values import frozen


@frozen
class Consent:
    """What was agreed to on the command line. `max_devices` None: as many as there are."""

    is_disruption_allowed: bool = False
    is_unguarded_allowed: bool = False
    max_devices: int | None = None


def objections(plan: Plan, consent: Consent) -> tuple[Diagnostic, ...]:
    """Return why the plan is not carried out as long as nobody agrees to more than `consent`."""
    return tuple(_objections(plan, consent))


def _objections(plan: Plan, consent: Consent) -> Iterator[Diagnostic]:
    if consent.max_devices is not None and len(plan.devices) > consent.max_devices:
        yield Diagnostic(
            "E0843",
            f"the plan changes {len(plan.devices)} devices, more than the {consent.max_devices} that `--max-devices` allows",
            help=(
                "look at the plan: an edit that moves this much may not be the one that was meant",
                "take part of it with `--target intent:NAME`, or raise the number",
            ),
        )
    for device in plan.devices:
        if device.disruptive and not consent.is_disruption_allowed:
            more = f" (and {len(device.disruptive) - 1} more)" if len(device.disruptive) > 1 else ""
            yield Diagnostic(
                "E0841",
                f"the change of `{device.node}` is disruptive: {device.disruptive[0]}{more}",
                node=device.node,
                help=("agree to it with `--allow-disruptive`, in a maintenance window if need be",),
            )
        if not is_guarded(device) and not consent.is_unguarded_allowed:
            yield Diagnostic(
                "E0842",
                f"`{device.node}` has no timer of its own: what is changed there stays if intentc cannot reach it any more",
                node=device.node,
                help=("agree to it with `--allow-unguarded`; such devices are committed last",),
            )
