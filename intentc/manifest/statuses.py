"""Which status an intent has: what placement and findings decide."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.diagnostics import Diagnostic
from intentc.manifest.model import Status
from intentc.realise.model import Realised
from intentc.resolve.model import ResolvedIntent
from intentc.values import frozen

LISTED = frozenset({"placed", "waived", "degraded"})  # statuses of those whose demands are in the manifest

_DEGRADED = "W0503"


@frozen
class Standing:
    """The intents with findings that decide their status: waived ones, and open ones of placement and of capability; those not placed."""

    waived: frozenset[str | None]
    unplaced: frozenset[str | None]
    unable: frozenset[str | None]
    degraded: frozenset[str | None]
    infeasible: frozenset[str]


def standing_of(findings: Sequence[Diagnostic], realised: Realised | None) -> Standing:
    return Standing(
        waived=frozenset(item.intent for item in findings if item.waived and not item.code.startswith("E07")),
        unplaced=frozenset(item.intent for item in findings if item.is_error and item.code.startswith("E05")),
        unable=frozenset(item.intent for item in findings if item.is_error and item.code.startswith("E06")),
        degraded=frozenset(item.intent for item in findings if item.code == _DEGRADED),
        infeasible=frozenset(() if realised is None else realised.infeasible),
    )


def status_of(intent: ResolvedIntent, realised: Realised | None, standing: Standing) -> Status:
    name = intent.name
    if intent.is_unsupported or name in standing.unable:
        return "unsupported"
    if intent.is_rejected or realised is None:
        return "rejected"
    if name in standing.waived and name not in standing.unplaced:
        return "waived"
    if name in standing.degraded and name not in standing.unplaced:
        return "degraded"
    # A chain goes only where its replicas need it to: what it was placed without, it does not need.
    is_whole = intent.is_chain or all(key in realised.demands for key in intent.demands)
    is_left_out = name in standing.unplaced or name in standing.infeasible
    return "placed" if is_whole and not is_left_out else "infeasible"


def tell_alike(
    one: Realised | None, found: Sequence[Diagnostic], other: Realised | None, others: Sequence[Diagnostic]
) -> bool:
    """Return whether a manifest surely says the same of all intents of a model, placed and with findings in one way and another."""
    if one is None or other is None:
        return one is other and found == others
    is_same = one.demands is other.demands and one.refusals == other.refusals
    return is_same and standing_of(found, one) == standing_of(others, other)
