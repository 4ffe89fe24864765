"""Intents that are never in effect: others win over every packet that they match."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Findings, Label
from intentc.resolve.conflicts import Judgement, packet_of
from intentc.resolve.draft import Draft
from intentc.resolve.overlaps import Part
from intentc.resolve.packets import is_covered, meet, remainder
from intentc.resolve.prefixes import network

SHADOWED = "W0407"
_SHOWN = 8  # winners that one finding points at


def report_shadowed(judgement: Judgement, drafts: Mapping[str, Draft], findings: Findings) -> None:
    """Warn of each intent of which no forward packet is left by those that win over it, together or alone."""
    winners: dict[int, list[int]] = {}
    for winner, loser in sorted(judgement.before):
        part = judgement.parts[loser]
        if not part.is_reply and part.intent in drafts and judgement.parts[winner].intent in drafts:
            winners.setdefault(loser, []).append(winner)
    for loser in sorted(winners):
        if _is_shadowed(judgement.parts[loser], [judgement.parts[number] for number in winners[loser]]):
            _report(loser, winners[loser], judgement, drafts, findings)


def _is_shadowed(part: Part, winners: list[Part]) -> bool:
    for key, pieces in part.pieces.items():
        covers = [winner.covers[key] for winner in winners if key in winner.covers]
        for piece in pieces:
            found = (box for cover in covers for box in cover.overlapping(network(piece.flow.destination)))
            near = [box for box in found if meet(piece.box, box) is not None]
            if not near or not all(is_covered(rest, near) for rest in remainder(piece.box, piece.holes)):
                return False
    return True


def _report(
    loser: int, winners: list[int], judgement: Judgement, drafts: Mapping[str, Draft], findings: Findings
) -> None:
    name = judgement.parts[loser].intent
    names = list(dict.fromkeys(judgement.parts[number].intent for number in winners))
    others = f" and {len(names) - 1} more win" if len(names) > 1 else " wins"
    witness = judgement.shared[min(loser, winners[0]), max(loser, winners[0])]
    findings.error(
        SHADOWED,
        f"`{name}` is never in effect: `{names[0]}`{others} over all that it matches, as {packet_of(witness)}",
        drafts[name].intent.name.span,
        related=tuple(Label(drafts[other].intent.name.span, "wins over it") for other in names[:_SHOWN]),
        help=("leave it out, or take its packets out of the others' matches with `except`",),
        intent=name,
    )
