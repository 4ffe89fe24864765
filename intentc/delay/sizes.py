"""Whether links carry the largest packets of the hosts, with the labels that SR policies put in front of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from intentc.delay.withdraw import withdraw
from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.realise.labels import LABEL_BYTES, most_labels
from intentc.realise.model import Realised, RealisedDemand
from intentc.topology.model import Topology

TOO_LARGE = "E0513"
_MOST_RELATED = 8


def settle_sizes(realised: Realised, findings: Findings) -> Realised:
    """Return the program without the intents whose paths have a link too narrow for the hosts' packets (E0513, at the link).

    Without `host_mtu` in the topology nobody knows how large these are: hosts find out by themselves. What a waiver accepts
    stays placed.
    """
    topology = realised.model.topology
    if topology.routing.host_mtu is None:
        return realised
    accepted = {waiver.intent for waiver in realised.model.waivers if waiver.code == TOO_LARGE}
    found: dict[str, dict[str, int]] = {}
    for item in realised.demands.values():
        for link, size in _too_narrow(topology, item):
            links = found.setdefault(item.demand.intent, {})
            links[link] = max(size, links.get(link, 0))
    for intent in sorted(found):
        findings.add(_finding(realised, intent, found[intent]))
    lost: Collection[str] = [intent for intent in sorted(found) if intent not in accepted]
    return withdraw(realised, lost) if lost else realised


def _too_narrow(topology: Topology, item: RealisedDemand) -> Iterator[tuple[str, int]]:
    """Yield the links on any path, in any promised state, that a packet does not fit, with its size."""
    size = (topology.routing.host_mtu or 0) + LABEL_BYTES * most_labels(item)
    paths = [*item.primary, *(path for result in item.states for path in result.paths)]
    for link in sorted({name for path in paths for name in path.links}):
        if topology.links[link].mtu < size:
            yield link, size


def _finding(realised: Realised, intent: str, links: dict[str, int]) -> Diagnostic:
    topology = realised.model.topology
    first, *others = sorted(links, key=lambda name: (topology.links[name].mtu - links[name], name))
    host_mtu, mtu = topology.routing.host_mtu or 0, topology.links[first].mtu
    labels = (links[first] - host_mtu) // LABEL_BYTES
    more = f" with {labels} label{'s' * (labels != 1)}" if labels else ""
    span = next(item.span for item in realised.model.intents if item.name == intent)
    return Diagnostic(
        TOO_LARGE,
        f"link `{first}` carries packets of {mtu} bytes, and those of `{intent}` have up to {links[first]}: {host_mtu}{more}",
        topology.span_of("link", first, "mtu"),
        related=(
            Label(span, "its path runs over this link"),
            *(
                Label(topology.span_of("link", name, "mtu"), "nor does this one carry them")
                for name in others[:_MOST_RELATED]
            ),
        ),
        help=(f"an MTU of {links[first]} or more, or keep `{intent}` off the link with `avoid link {first}`",),
        intent=intent,
    )
