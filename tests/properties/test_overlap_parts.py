"""Sites whose nodes have random prefixes, some within others: each address hangs where the longest one is, by the compiler and by the prover.

All addresses of a small range are gone through one by one.
"""

import ipaddress
import random
from types import SimpleNamespace

import pytest

from intentc.clauses.requirement import EVERYTHING
from intentc.resolve.end_model import Attachment, End, Offer
from intentc.resolve.model import Endpoint
from intentc.resolve.parts import parts_of
from intentc.resolve.prefixes import meet, network_of, text_of
from intentc.resolve.services import ANY_PORT
from intentc.verify import ends as proved
from intentc.verify.flows import Offer as ProvedOffer

SEEDS = 400
RANGES = {4: ipaddress.ip_network("10.0.0.0/26"), 6: ipaddress.ip_network("2001:db8::/122")}
WEB, MAIL = (("tcp", (80, 80)),), (("tcp", (25, 25)),)


class Site:
    """Two or three nodes with prefixes, each a host of everything or of services; all of `offers` is prefixes by (node, ports)."""

    def __init__(self, seed):
        source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
        self.whole = RANGES[source.choice([4, 4, 6])]
        pool = [self.prefix(source) for _ in range(source.randint(1, 4))]
        nodes = ["y1", "y2", "y3"][: source.choice([2, 2, 3])]
        self.attached = {
            node: sorted({network_of(item) for item in source.sample(pool, source.randint(1, len(pool)))})
            for node in nodes
        }
        services = {WEB: self.prefix(source), MAIL: self.prefix(source)}
        is_named = source.random() < 0.4
        self.offers = {}
        for node, prefixes in self.attached.items():
            for ports in source.sample([WEB, MAIL], source.choice([1, 1, 2])) if is_named else [ANY_PORT]:
                shared = prefixes
                if is_named:
                    wanted = network_of(services[ports])
                    shared = sorted({found for item in prefixes if (found := meet(item, wanted)) is not None})
                if shared:
                    self.offers[node, ports] = shared

    def prefix(self, source):
        return source.choice(list(self.whole.subnets(new_prefix=self.whole.prefixlen + source.randint(0, 5))))

    @property
    def is_empty(self):
        return len({node for node, _ in self.offers}) < len(self.attached)

    @property
    def expected(self):
        """Return the nodes by address and ports, none where the nearest ones do not answer."""
        found = {}
        for address in map(int, self.whole):
            lengths = {
                node: max((item.length for item in own if item.low <= address <= item.high), default=-1)
                for node, own in self.attached.items()
            }
            nearest = {node for node, length in lengths.items() if length == max(lengths.values())}
            for (node, ports), prefixes in self.offers.items():
                if any(item.low <= address <= item.high for item in prefixes):
                    found.setdefault((address, ports), set()).update({node} & nearest)
        return found

    def compiled(self):
        """Return the parts by address and ports, or why there are none."""
        attachments = tuple(self._attachment(node) for node in self.attached)
        parts = parts_of(End("y", attachments), self.attached)
        if isinstance(parts, str):
            return parts
        found = {}
        for part in parts:
            assert part.name == ("y" if len(parts) == 1 and part.part_of is None else f"y@{'+'.join(part.nodes)}")
            for item in part.attachments:
                assert set(item.endpoint.prefixes) == {text for offer in item.offers for _, text in offer.texts}
                for offer in item.offers:
                    for prefix in offer.prefixes:
                        for address in range(prefix.low, prefix.high + 1):
                            found.setdefault((address, offer.ports), set()).add((part.name, item.node))
        return self._by_nodes(found)

    def _attachment(self, node):
        offers = tuple(
            Offer(
                tuple(prefixes),
                ports,
                tuple((item.family, text_of(item)) for item in prefixes),
                EVERYTHING if ports == ANY_PORT else ports[0][0],
            )
            for (at, ports), prefixes in self.offers.items()
            if at == node
        )
        texts = sorted({prefix for offer in offers for prefix in offer.prefixes})
        return Attachment(Endpoint("y", node, tuple(map(text_of, texts))), offers)

    def proved(self):
        """Return the prover's parts by address and ports."""
        offers = {
            node: tuple(
                ProvedOffer(tuple(ipaddress.ip_network(text_of(item)) for item in prefixes), ports)
                for (at, ports), prefixes in self.offers.items()
                if at == node
            )
            for node in self.attached
        }
        topology = SimpleNamespace(
            nodes={
                node: SimpleNamespace(
                    attached=[SimpleNamespace(prefix=ipaddress.ip_network(text_of(item))) for item in own]
                )
                for node, own in self.attached.items()
            }
        )
        found = {}
        for part in proved.parts_of(proved.AttachedEnd("y", tuple(self.attached), False, offers), topology):
            for node, own in part.offers.items():
                for offer in own:
                    for prefix in offer.prefixes:
                        for address in map(int, prefix):
                            found.setdefault((address, offer.ports), set()).add((part.name, node))
        return self._by_nodes(found)

    @staticmethod
    def _by_nodes(found):
        """Return the nodes of each kind of packet, which are of one part."""
        assert all(len({name for name, _ in held}) == 1 for held in found.values())
        return {kind: {node for _, node in held} for kind, held in found.items()}


def may_be_refused(expected):
    """Return whether some packets come to nobody who answers, or those of an address to others by their ports."""
    by_address = {}
    for (address, _), nodes in expected.items():
        by_address.setdefault(address, set()).add(frozenset(nodes))
    return not all(expected.values()) or any(len(sets) > 1 for sets in by_address.values())


@pytest.mark.parametrize("start", range(0, SEEDS, 50))
def test_each_address_hangs_where_the_longest_prefix_is(start):
    for site in (Site(seed) for seed in range(start, start + 50)):
        if site.is_empty:
            continue
        expected, compiled = site.expected, site.compiled()
        assert isinstance(compiled, str) == may_be_refused(expected)
        if not isinstance(compiled, str):
            assert compiled == expected
            assert site.proved() == expected


def test_the_random_sites_are_worth_it():
    sites = [site for seed in range(SEEDS) if not (site := Site(seed)).is_empty]
    found = [site.compiled() for site in sites]
    cut = [
        parts
        for site, parts in zip(sites, found, strict=True)
        if not isinstance(parts, str) and len({frozenset(nodes) for nodes in parts.values()}) > 1
    ]
    assert len(cut) > SEEDS // 5
    assert sum(isinstance(parts, str) for parts in found) > SEEDS // 20
