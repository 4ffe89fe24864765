"""Isolation against reachability: intents that open a closed prefix only because their ends are wider than it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.diagnostics import Findings, Label
from intentc.resolve.draft import Draft
from intentc.resolve.isolation import TO, Guard, find_guards
from intentc.resolve.model import Candidate, Flow
from intentc.resolve.packets import Box, box, example, meet, remainder
from intentc.resolve.prefixes import Network, PrefixIndex, network, text_of

OPENED = "W0408"


def report_opened(drafts: Sequence[Draft], findings: Findings) -> None:
    """Warn of each intent that opens a prefix which another one isolates without being about that prefix alone."""
    guards = find_guards(drafts)
    by_side: dict[str, PrefixIndex[Guard]] = {}
    for guard in guards:
        by_side.setdefault(guard.direction, PrefixIndex()).add(guard.prefix, guard)
    by_name = {draft.name: draft for draft in drafts}
    for draft in drafts if guards else ():
        for side, index in sorted(by_side.items()):
            _report_first(draft, side, index, by_name, findings)


def _report_first(
    draft: Draft, side: str, index: PrefixIndex[Guard], drafts: Mapping[str, Draft], findings: Findings
) -> None:
    """Warn of the first closed prefix that an intent opens on one side."""
    for demand in draft.forward():
        for candidate in demand.candidates:
            ends = [_side(flow, side) for flow in candidate.flows]
            if all(any(outer == end or outer.contains(end) for outer in index.around(end)) for end in ends):
                continue  # it is about what is closed
            for flow, end in zip(candidate.flows, ends, strict=True):
                for guard in index.overlapping(end):
                    opened = None if draft.name in guard.intents else _opened(flow, candidate, guard, drafts)
                    if opened is not None:
                        where = f"{example(flow.family, opened)} entering at `{candidate.source.node}`"
                        _report(draft, guard, where, findings)
                        return


def _side(flow: Flow, side: str) -> Network:
    return network(flow.destination if side == TO else flow.source)


def _opened(flow: Flow, candidate: Candidate, guard: Guard, drafts: Mapping[str, Draft]) -> Box | None:
    """Return packets of a flow that pass the guard, and that those who closed the prefix do not let pass themselves."""
    axis = 2 if guard.direction == TO else 0
    whole = box(flow)
    low, high = max(whole[axis], guard.prefix.low), min(whole[axis + 1], guard.prefix.high)
    inside: Box = (*whole[:axis], low, high, *whole[axis + 2 :])  # type: ignore[assignment]  # one axis is narrower
    own = (item for name in guard.intents for demand in drafts[name].demands for item in demand.candidates)
    known = [box(item) for other in own if other.source.node == candidate.source.node for item in other.flows]
    holes = [*(box(item) for item in candidate.excepted if item.family == flow.family), *known]
    return next(iter(remainder(inside, [hole for hole in holes if meet(inside, hole) is not None])), None)


def _report(draft: Draft, guard: Guard, where: str, findings: Findings) -> None:
    prefix, closer = text_of(guard.prefix), guard.intents[0]
    findings.error(
        OPENED,
        f"`{draft.name}` opens `{prefix}`, which `{closer}` isolates, for {where}",
        draft.intent.name.span,
        related=(Label(guard.span, f"`{closer}` closes it here"),),
        help=(f"take it out with `except prefix …` in `match`, or write an intent for just `{prefix}`",),
        intent=draft.name,
    )
