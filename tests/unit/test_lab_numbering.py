"""Names and addresses for what a topology leaves open."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_lab import attachment, diamond, link, node, topology

from intentc.diagnostics import Findings
from intentc.lab.numbering import LINKS4, LINKS6, is_linux_name, number


def numbered(made):
    findings = Findings()
    result = number(made, findings)
    assert findings.sorted() == ()
    return result


def ends(made, link_id):
    link_ = made.links[link_id]
    return tuple(f"{end.node}:{end.interface} {end.address} {end.address6}" for end in (link_.a, link_.b))


def test_links_get_ports_and_addresses_in_their_order():
    made = numbered(diamond())
    assert ends(made, "r1--r2") == (
        "r1:eth1 100.64.0.0/31 fd00:100:64::/127",
        "r2:eth1 100.64.0.1/31 fd00:100:64::1/127",
    )
    assert ends(made, "r3--r4") == (
        "r3:eth2 100.64.0.6/31 fd00:100:64::6/127",
        "r4:eth2 100.64.0.7/31 fd00:100:64::7/127",
    )


def test_written_names_and_addresses_stay_and_are_not_given_twice():
    first = link("r1:eth1", "r2:eth7", addresses=("100.64.0.0/31", "100.64.0.1/31"), name="first")
    second = link("r1", "r2", name="second")
    nodes = [node("r1", 1, has_ipv6=False), node("r2", 2, has_ipv6=False)]
    made = numbered(topology(nodes, [second, first]))
    assert ends(made, "first") == ("r1:eth1 100.64.0.0/31 None", "r2:eth7 100.64.0.1/31 None")
    assert ends(made, "second") == ("r1:eth2 100.64.0.2/31 None", "r2:eth1 100.64.0.3/31 None")


def test_attached_prefixes_get_ports_after_the_links_one_for_each_pair_of_families():
    prefixes = ("10.1.0.0/24", "10.2.0.0/24", "2001:db8:1::/64", attachment("10.3.0.0/24", "lan0"), "2001:db8:2::/64")
    made = numbered(topology([node("r1", 1, prefixes), node("r2", 2)], [link("r1", "r2")]))
    assert [item.interface for item in made.nodes["r1"].attached] == ["eth2", "eth3", "eth2", "lan0", "eth3"]


def test_an_end_without_address_gets_the_other_one_of_the_prefix():
    made = numbered(topology([node("r1", 1), node("r2", 2)], [link("r1", "r2", addresses=(None, "10.0.0.1/30"))]))
    assert str(made.links["r1--r2"].a.address) == "10.0.0.2/30"


@pytest.mark.parametrize(
    ("nodes", "families"),
    [
        ([node("r1"), node("r2")], (True, False)),
        ([node("r1", 1, has_ipv6=False), node("r2", 2, has_ipv6=False)], (True, False)),
        ([node("r1", 1), node("r2", 2)], (True, True)),
        ([node("r1", attached=["2001:db8::/64"]), node("r2")], (False, True)),
    ],
    ids=["no address at all", "IPv4", "both", "IPv6"],
)
def test_links_have_the_families_of_the_network(nodes, families):
    end = numbered(topology(nodes, [link("r1", "r2")])).links["r1--r2"].a
    assert (end.address is not None, end.address6 is not None) == families


def test_ranges_that_the_topology_uses_are_left_out():
    nodes = [node("r1", 1, ["100.64.0.0/30", "fd00:100:64::/64"]), node("r2", 2)]
    end = numbered(topology(nodes, [link("r1", "r2")])).links["r1--r2"].a
    assert (str(end.address), str(end.address6)) == ("100.64.0.4/31", "fd00:100:64:1::/127")


@pytest.mark.parametrize(
    ("nodes", "links"),
    [
        ([node("r1", 1), node("r2", 2)], [link("r1", "r2", addresses=("10.0.0.1/32", None))]),
        ([node("r1", 1, ["100.64.0.0/10"]), node("r2", 2)], [link("r1", "r2")]),
    ],
    ids=["prefix of one address", "range in use"],
)
def test_a_link_without_an_address_left_is_refused(nodes, links):
    findings = Findings()
    number(topology(nodes, links), findings)
    assert [(item.code, item.span) for item in findings.sorted()] == [("E0390", links[0].span)]


@pytest.mark.parametrize("name", ["GigabitEthernet0", "ge-0/0/0", "", "1eth", "eth 1", "abcdefghijklmnop"])
def test_a_name_that_linux_cannot_have_is_refused_on_an_frr_node(name):
    nodes = [node("r1", 1, [attachment("10.1.0.0/24", name)]), node("r2", 2, platform="junos")]
    findings = Findings()
    number(topology(nodes, [link("r1", "r2:ge-0/0/0")]), findings)
    assert [(item.code, item.node) for item in findings.sorted()] == [("E0391", "r1")]


@given(st.integers(0, 6), st.integers(1, 6), st.randoms())
def test_addresses_are_unique_and_names_too(written, blank, random):
    texts = [f"100.64.{random.randrange(2)}.{random.randrange(128) * 2}" for _ in range(written)]
    given_ = [
        link("r1", "r2", name=f"w{count}", addresses=(f"{low}/31", f"{ipaddress.ip_address(low) + 1}/31"))
        for count, low in enumerate(dict.fromkeys(texts))
    ]
    links = given_ + [link("r1", "r2", name=f"b{count}") for count in range(blank)]
    random.shuffle(links)
    made = numbered(topology([node("r1", 1), node("r2", 2)], links))
    addresses = [end.address.ip for item in made.links.values() for end in (item.a, item.b)]
    names = [item.a.interface for item in made.links.values()]
    assert len(set(addresses)) == len(addresses)
    assert len(set(names)) == len(names)
    assert all(is_linux_name(name) for name in names)
    assert all(item.a.address.network == item.b.address.network for item in made.links.values())
    assert all(item.a.address.ip in LINKS4 and item.a.address6.ip in LINKS6 for item in made.links.values())
