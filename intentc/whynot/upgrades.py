"""The cheapest upgrades on offer that give every demand of a finding room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.forwarding.walk import Arcs
from intentc.place.check import Terms
from intentc.place.diagnose import Layer, Verdict
from intentc.place.reach import MOST_HOPS, free_quest
from intentc.place.roles import Ends
from intentc.place.room import PPB
from intentc.place.search import find_path
from intentc.place.wording import rate_text
from intentc.topology.model import Link
from intentc.values import replace
from intentc.whynot.model import Candidate
from intentc.whynot.question import Question

_OFFERED = 0  # rank
_MOST_ARCS = 500_000  # that the searches for all demands of one finding may look at
_MOST_SHOWN = 16


def upgrades(question: Question) -> Iterator[Candidate]:
    """Yield the upgrades that the topology offers, for all demands of the finding together.

    First each demand takes the way whose upgrades cost least; what was chosen for one before it, the gravest first, costs
    nothing more. Where no two of them could use an upgrade of the same link, no other set costs less. Devices may not be
    able to keep traffic there, so then each takes the way that lacks least.
    """
    verdicts = [cause.verdict for cause in question.causes]
    if not all(verdict.layer is Layer.CAPACITY for verdict in verdicts):
        return
    network = question.context.network
    nearest = tuple(sorted({network.links[arc >> 1] for item in verdicts for arc, _ in item.missing}))
    for names in dict.fromkeys((_cheapest(question, verdicts), nearest)):
        yield from _candidate(question, [network.topology.links[name] for name in names])


def _cheapest(question: Question, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return the links to upgrade for all demands; none if what is on offer is not enough for one of them."""
    if len(verdicts) * len(question.context.network.tail) > _MOST_ARCS:
        return ()
    chosen: frozenset[str] = frozenset()
    with question.context.ledger.without_caps():
        for verdict in verdicts:
            found = _Offers(question, verdict, chosen).cheapest()
            if found is None:
                return ()
            chosen |= found
    return tuple(sorted(chosen))


def _candidate(question: Question, links: Sequence[Link]) -> Iterator[Candidate]:
    """Yield the upgrade of some links, if there are any and each is on offer."""
    found = [(link.id, link.upgrade) for link in links if link.upgrade is not None]
    if not found or len(found) < len(links):
        return
    cost, texts = sum(offer.cost for _, offer in found), question.texts
    edits = [texts.field("link", name, "capacity", rate_text(offer.to_bps)) for name, offer in found]
    edits += [texts.no_field("link", name, "upgrade") for name, _ in found]  # an offer that was taken is none
    certain = tuple(edit for edit in edits if edit is not None)
    words = [f"`{name}` to {rate_text(offer.to_bps)}" for name, offer in found[:_MOST_SHOWN]]
    words += [f"{len(found) - _MOST_SHOWN} more"] if len(found) > _MOST_SHOWN else []
    which = f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
    if len(certain) == len(edits):
        yield Candidate((_OFFERED, cost), "upgrade", f"upgrade {which} (the topology prices that at {cost})", certain)


class _Offers:
    """What room costs for one demand, in the state in which it has none. `taken`: links whose upgrade was chosen before."""

    def __init__(self, question: Question, verdict: Verdict, taken: frozenset[str]) -> None:
        self._context = question.context
        self._verdict = verdict
        self._taken = taken
        self._share_ppb = question.share_ppb
        self._claim = verdict.task.claim_in(verdict.outage)
        self._prices: dict[int, int | None] = {}

    def cheapest(self) -> frozenset[str] | None:
        """Return the links to upgrade on the way on which that costs least, None where nothing on offer is enough."""
        found = [self._way(ends) for ends in self._verdict.setback.role.ends_in(self._verdict.outage)]
        ways = [arcs for arcs in found if arcs is not None]
        if not ways:
            return None
        best = min(ways, key=lambda arcs: sum(map(self._weight, arcs)))
        return frozenset(self._context.network.links[arc >> 1] for arc in best if self._lacks(arc))

    def _way(self, ends: Ends) -> Arcs | None:
        task, outage = self._verdict.task, self._verdict.outage
        bound_us = self._verdict.setback.role.bound_us(outage)
        terms = Terms(task, task.groups[ends.group], outage, bound_us)
        quest = free_quest(self._context, terms, ends, self._is_open)
        quest = replace(
            quest, bound_us=bound_us, weigh=lambda hop: self._weight(hop.arcs[0]), floor=self._weight, guide=None
        )
        answer = find_path(quest)
        return None if answer.hops is None else tuple(hop.arcs[0] for hop in answer.hops)

    def _is_open(self, arc: int) -> bool:
        return arc >> 1 not in self._verdict.task.barred and self._price(arc) is not None

    def _weight(self, arc: int) -> int:
        return (self._price(arc) or 0) * MOST_HOPS + 1

    def _price(self, arc: int) -> int | None:
        """Return what room on an arc costs, None where nobody offers enough."""
        if arc not in self._prices:
            missing = self._lacks(arc)
            self._prices[arc] = self._offer(arc, missing) if missing else 0
        return self._prices[arc]

    def _lacks(self, arc: int) -> int:
        shortage = self._context.ledger.shortage(arc, self._verdict.outage, self._claim)
        return shortage.missing_bps if shortage is not None else 0

    def _offer(self, arc: int, missing_bps: int) -> int | None:
        link = self._context.network.link_of(arc)
        if link.upgrade is None:
            return None
        added_bps = (link.upgrade.to_bps - self._context.network.capacity_bps[arc]) * self._share_ppb // PPB
        if added_bps < missing_bps:
            return None
        return 0 if link.id in self._taken else link.upgrade.cost
