"""Repairs of the network, or of what is said of it: capacity, links put into service, crossings, shared risks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from intentc.diagnostics import Edit
from intentc.place.causes import SHARED_RISK
from intentc.place.cuts import find_cut
from intentc.place.diagnose import Verdict
from intentc.place.room import PPB
from intentc.place.wording import names_text, rate_text, state_text
from intentc.topology.model import Link
from intentc.whynot.labels import labels_on
from intentc.whynot.model import Candidate
from intentc.whynot.question import Question

_SAID, _BOUGHT, _LINK, _RISK = 0, 2, 2, 5  # ranks
_MOST_LINKS = 3
_MBPS = 1_000_000


def crossings(question: Question) -> Iterator[Candidate]:
    """Yield `crosses: []` where only that nobody said what links pass through keeps a pin from using them."""
    network = question.context.network
    cut = find_cut(question.context, question.first.verdict)
    links = [network.topology.links[network.links[index]] for index in cut.links]
    unknown = [link.id for link in links if link.crosses is None]
    if not unknown or not any(item.kind == "pin" for item in cut.exclusions):
        return
    edits = [question.texts.field("link", name, "crosses", "[]") for name in unknown]
    which = names_text(unknown)
    text = f"write `crosses: []` on {which}, if no other region is passed through"
    yield from _made((_SAID, len(unknown)), "crosses", text, edits)


def capacities(question: Question) -> Iterator[Candidate]:
    """Yield the capacity that the links of the best ways would need, for these demands and for all of the intent."""
    verdict, lacking = question.first.verdict, _lacking(question)
    if not lacking:
        return
    rate_bps = verdict.task.claim_in(verdict.outage).rate_bps
    for extra in dict.fromkeys((0, rate_bps * (question.siblings - 1))):
        sizes = [(link, _grown_bps(question, link, missing + extra)) for link, missing in lacking]
        edits = [question.texts.field("link", link.id, "capacity", rate_text(size)) for link, size in sizes]
        words = " and ".join(f"`{link.id}` {rate_text(size)}" for link, size in sizes)
        added = sum(missing + extra for _, missing in lacking) // _MBPS
        yield from _made((_BOUGHT, added), "capacity", f"give {words} of capacity", edits)


def _lacking(question: Question) -> list[tuple[Link, int]]:
    """Return the links without room on the best way of each demand, with the most bps that one of them lacks, labels included."""
    missing: dict[int, int] = {}
    network, mean_packet = question.context.network, question.context.network.topology.routing.mean_packet
    for verdict in (cause.verdict for cause in question.causes if cause.verdict.missing):
        labels, claim = labels_on(question.context, verdict), verdict.task.claim_in(verdict.outage)
        for arc, bps in verdict.missing:
            added_bps = claim.with_labels(labels.get(arc, 0), mean_packet).rate_bps - claim.rate_bps
            missing[arc >> 1] = max(missing.get(arc >> 1, 0), bps + added_bps)
    return [(network.topology.links[network.links[index]], bps) for index, bps in missing.items()]


def _grown_bps(question: Question, link: Link, missing_bps: int) -> int:
    """Return the capacity of which the demand's class may have so much more, rounded up to Mbps."""
    needed_bps = max(link.capacity_bps.ab, link.capacity_bps.ba) + missing_bps * PPB // question.share_ppb
    return -(-needed_bps // _MBPS) * _MBPS


def services(question: Question) -> Iterator[Candidate]:
    """Yield links and nodes that exist or are ordered, put into service: drained ones of the core, planned ones that would join."""
    network, texts = question.context.network, question.texts
    topology = network.topology
    for index in question.keys("drained")[:_MOST_LINKS]:
        link = topology.links[network.links[index]]
        drained = [name for name in (link.a.node, link.b.node) if topology.nodes[name].state == "drained"]
        named = [("node", name) for name in drained] or [("link", link.id)]
        edits = [texts.field(kind, name, "state", "up") for kind, name in named]
        text = f"put {names_text([name for _, name in named])} back into service (`state: up`)"
        yield from _made((_LINK, 0), f"link {named[0][1]}", text, edits)
    planned = [link for link in topology.links.values() if link.state == "planned"]
    joining = _joiner(question) if planned else None
    chosen = [link for link in planned if joining is not None and joining(link)]
    for link in sorted(chosen, key=lambda link: (link.cost.ab + link.cost.ba, link.id))[:_MOST_LINKS]:
        text = f"put `{link.id}` into service (it is planned)"
        edit = texts.field("link", link.id, "state", "up")
        yield from _made((_LINK, link.cost.ab + link.cost.ba), f"link {link.id}", text, [edit])


def _joiner(question: Question) -> Callable[[Link], bool] | None:
    """Return what says whether a link joins what can be reached from an end with what reaches the other one."""
    verdict, network = question.first.verdict, question.context.network
    if verdict.ends is None:
        return None
    near = _reach(question, verdict, {verdict.ends.start}, network.leaving, network.head)
    far = _reach(question, verdict, verdict.task.groups[verdict.ends.group].targets, network.entering, network.tail)
    index = network.node_index

    def joins(link: Link) -> bool:
        if link.a.node not in index or link.b.node not in index:
            return False
        a, b = index[link.a.node], index[link.b.node]
        return (a in near and b in far) or (b in near and a in far)

    return joins


def _reach(
    question: Question,
    verdict: Verdict,
    starts: Iterable[int],
    arcs_at: Sequence[Sequence[int]],
    end: Sequence[int],
) -> set[int]:
    """Return the nodes that some can be reached from (or reach), over links that are up, allowed and have room."""
    ledger, claim, outage = question.context.ledger, verdict.task.claim_in(verdict.outage), verdict.outage
    found = set(starts) - outage.nodes
    pending = sorted(found)
    while pending:
        for arc in arcs_at[pending.pop()]:
            node, link = end[arc], arc >> 1
            if node in found or node in outage.nodes or link in outage.links or link in verdict.task.barred:
                continue
            if not claim.rate_bps or ledger.shortage(arc, outage, claim) is None:
                found.add(node)
                pending.append(node)
    return found


def risks(question: Question) -> Iterator[Candidate]:
    """Yield one of several links moved out of the risk group that they share."""
    cause, network = question.first, question.context.network
    kind, _, group = cause.verdict.state.partition(":")
    if cause.code != SHARED_RISK or kind != "srlg":
        return
    for index in cause.shared[:_MOST_LINKS]:
        link = network.topology.links[network.links[index]]
        left = [name for name in link.srlgs if name != group]
        edit = question.texts.field("link", link.id, "srlg", f"[{', '.join(left)}]")
        text = f"lead `{link.id}` another way, out of {state_text(cause.verdict.state)}"
        yield from _made((_RISK, 0), "risk", text, [edit])


def _made(rank: tuple[int, int], family: str, text: str, edits: Sequence[Edit | None]) -> Iterator[Candidate]:
    """Yield a candidate if all of its edits are certain."""
    certain = tuple(edit for edit in edits if edit is not None)
    if certain and len(certain) == len(edits):
        yield Candidate(rank, family, text, certain)
