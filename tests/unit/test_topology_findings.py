"""One mistake, one finding, at the text that is wrong: a case per way to get each code."""

from textwrap import dedent

import pytest
from support_topology import SMALL, load_texts

from intentc.diagnostics.catalogue import CATALOGUE
from intentc.diagnostics.catalogue.topology_files import FILE_ENTRIES
from intentc.diagnostics.catalogue.topology_network import NETWORK_ENTRIES

BASE = """\
defaults: {platform: frr}
regions: {eu: [de, nl]}
sites: {fra: {region: de}, ams: {region: nl}}
nodes:
  r1: {site: fra, loopback: 10.255.0.1/32}
  r2: {site: ams, loopback: 10.255.0.2/32}
links:
  - {id: L1, a: "r1:eth1", b: "r2:eth1", capacity: 10Gbps, latency: 4ms}
"""


def node(fields):
    return BASE.replace("site: fra, loopback: 10.255.0.1/32", f"site: fra, loopback: 10.255.0.1/32, {fields}")


def link(fields):
    return BASE.replace("latency: 4ms", f"latency: 4ms, {fields}")


def algorithms(definitions, fields="affinity: [red]"):
    """Both nodes in algorithm 128, which `definitions` define or not; `fields` of the link."""
    routing = "segment_routing: {index: 1, srgb: [16000, 16999], flex_algos: {128: 11}}"
    text = node(routing).replace("10.255.0.2/32", f"10.255.0.2/32, {routing.replace('1', '2', 1).replace('11', '12')}")
    return text.replace("latency: 4ms", f"latency: 4ms, {fields}") + f"routing: {{flex_algos: {{{definitions}}}}}\n"


def more(line):
    return BASE + f"  - {line}\n"


def instead(old, new):
    assert BASE.count(old) == 1
    return BASE.replace(old, new)


CASES = {
    # fields and their values
    "unknown field of a node": ("E0304", "platfrom", node("platfrom: frr")),
    "unknown field of a link": ("E0304", "capcity", instead("capacity: 10Gbps", "capcity: 10Gbps")),
    "unknown field of a site": ("E0304", "regoin", instead("ams: {region: nl}", "ams: {regoin: nl}")),
    "unknown section": ("E0304", "node", BASE + "node: {r9: {}}\n"),
    "unknown field of routing": ("E0304", "protocol", BASE + "routing: {protocol: isis}\n"),
    "unknown default": ("E0304", "platfrom", instead("platform: frr", "platform: frr, platfrom: x")),
    "unknown field of management": ("E0304", "hots", node("management: {hots: 192.0.2.1}")),
    "unknown field of an attachment": ("E0304", "prefx", node("attached: [{prefx: 10.1.0.0/24}]")),
    "unknown field of a collector": ("E0304", "adress", BASE + "collectors: {c: {adress: 10.1.0.1}}\n"),
    "unknown field of bfd": ("E0304", "multiplyer", node("bfd: {interval: 50ms, multiplyer: 3}")),
    "unknown field of segment routing": (
        "E0304",
        "sid",
        node("segment_routing: {index: 1, srgb: [16000, 16999], sid: 3}"),
    ),
    "unknown field of an upgrade": ("E0304", "price", link("upgrade: {to: 20Gbps, cost: 5, price: 3}")),
    "a zone is no part of a loopback": ("E0309", "fd00::1%e/128", node('loopback6: "fd00::1%e/128"')),
    "a zone is no part of a prefix": ("E0309", "fe80::%x<y/64", node('attached: ["fe80::%x<y/64"]')),
    "a zone is no part of a collector": (
        "E0309",
        "fe80::1%e",
        BASE + 'collectors: {c: {address: "fe80::1%e"}}\n',
    ),
    "a list is not one value": ("E0305", "[a]", node("role: [a]")),
    "one value is not a list": ("E0305", "duct-7", link("srlg: duct-7")),
    "a mapping is no text": ("E0305", "{a: b}", node("role: {a: b}")),
    "nothing": ("E0305", "role", node("role: ")),
    "true is no text": ("E0305", "true", instead("site: ams", "site: true")),
    "text is no number": ("E0305", '"9000"', link('mtu: "9000"')),
    "a fraction is no whole number": ("E0305", "1.5", link("cost: 1.5")),
    "yes is no boolean": ("E0305", "yes", node("transit: yes")),
    "one end is not two addresses": ("E0305", "addresses", link("addresses: [10.0.0.0/31]")),
    "one direction is not both": ("E0305", "{ab: 20}", link("igp_metric: {ab: 20}")),
    "a list in a direction": ("E0305", "[20]", link("igp_metric: {ab: [20], ba: 20}")),
    "one number is no location": ("E0305", "location", instead("region: de}, ams", "region: de, location: [50]}, ams")),
    "text is no latitude": ("E0305", "north", instead("region: de}, ams", "region: de, location: [north, 8]}, ams")),
    "one label is no block": ("E0305", "srgb", node("segment_routing: {index: 1, srgb: [16000]}")),
    "a node is a mapping": ("E0305", "r3", instead("nodes:", "nodes:\n  r3: [a]")),
    "nodes are a mapping": ("E0305", "nodes", "nodes: [r1, r2]\n"),
    "links are a list": ("E0305", "links", "nodes: {r1: {platform: none}}\nlinks: {L1: {a: r1}}\n"),
    "regions are no number": ("E0305", "regions", "nodes: {r1: {platform: none}}\nregions: 12\n"),
    "a link is a mapping": ("E0305", "r1--r2", more("r1--r2")),
    "an attachment is no list": ("E0305", "[10.1.0.0/24]", node("attached: [[10.1.0.0/24]]")),
    "a label is no list": ("E0305", "[1]", node("labels: {tier: [1]}")),
    "a name is no list": ("E0305", "name", BASE + "name: [a]\n"),
    "a name is no boolean": ("E0305", "true", BASE + "name: true\n"),
    "mean of nothing": ("E0306", "0", BASE + "routing: {mean_packet: 0}\n"),
    "hosts with tiny packets": ("E0306", "68", BASE + "routing: {host_mtu: 68}\n"),
    "uneven hashing": ("E0306", "150%", BASE + "routing: {hash_imbalance: 150%}\n"),
    "unknown igp": ("E0306", "isiss", BASE + "routing: {igp: isiss}\n"),
    "unknown state": ("E0306", "down", link("state: down")),
    "unknown trust": ("E0306", "all", node("attached: [{prefix: 10.1.0.0/24, trust: all}]")),
    "unknown encryption": ("E0306", "tls", link("encryption: tls")),
    "unknown transport": ("E0306", "telnet", node("management: {host: 192.0.2.1, transport: telnet}")),
    "port too large": ("E0306", "70000", node("management: {host: 192.0.2.1, port: 70000}")),
    "metric too large": ("E0306", "16777215", link("igp_metric: 16777215")),
    "metric too large for ospf": ("E0306", "65536", link("igp_metric: 65536") + "routing: {igp: ospf}\n"),
    "mtu too small": ("E0306", "500", link("mtu: 500")),
    "no capacity": ("E0306", "0bps", instead("capacity: 10Gbps", "capacity: 0bps")),
    "no capacity one way": ("E0306", "0bps", instead("capacity: 10Gbps", "capacity: {ab: 1Gbps, ba: 0bps}")),
    "more than everything lost": ("E0306", "101%", link("loss: 101%")),
    "no such latitude": ("E0306", "91", instead("region: de}, ams", "region: de, location: [91, 8]}, ams")),
    "no such longitude": ("E0306", "-181", instead("region: de}, ams", "region: de, location: [50, -181]}, ams")),
    "bfd too fast": ("E0306", "500us", node("bfd: {interval: 500us, multiplier: 3}")),
    "bfd finer than µs": ("E0306", "50000500ns", node("bfd: {interval: 50000500ns, multiplier: 3}")),
    "multiplier zero": ("E0306", "0", node("bfd: {interval: 50ms, multiplier: 0}")),
    "block backwards": ("E0306", "srgb", node("segment_routing: {index: 1, srgb: [23999, 16000]}")),
    "link without capacity": ("E0307", "L1", instead("capacity: 10Gbps, ", "")),
    "link without an end": ("E0307", "{id: L2, a: r1, capacity: 1Gbps}", more("{id: L2, a: r1, capacity: 1Gbps}")),
    "node without platform": (
        "E0307",
        "r1",
        instead("defaults: {platform: frr}\n", "").replace("r2: {", "r2: {platform: frr, "),
    ),
    "management without host": ("E0307", "management", node("management: {port: 22}")),
    "attachment without prefix": ("E0307", "{interface: eth5}", node("attached: [{interface: eth5}]")),
    "collector without address": ("E0307", "c", BASE + "collectors: {c: {region: de}}\n"),
    "bfd without multiplier": ("E0307", "bfd", node("bfd: {interval: 50ms}")),
    "segment routing without block": ("E0307", "segment_routing", node("segment_routing: {index: 1}")),
    "upgrade without price": ("E0307", "upgrade", link("upgrade: {to: 20Gbps}")),
    "capacity without unit": ("E0308", "1000", instead("10Gbps", "1000")),
    "latency as a rate": ("E0308", "4Mbps", instead("4ms", "4Mbps")),
    "latency one way as a rate": ("E0308", "4Mbps", instead("4ms", "{ab: 4ms, ba: 4Mbps}")),
    "not an address": ("E0309", "10.255.0.256/32", instead("10.255.0.2/32", "10.255.0.256/32")),
    "loopback of the other family": ("E0309", "2001:db8::1/128", instead("10.255.0.1/32", '"2001:db8::1/128"')),
    "loopback that is a network": ("E0309", "10.255.0.1/24", instead("10.255.0.1/32", "10.255.0.1/24")),
    "not a prefix": ("E0309", "ten", node("attached: [ten]")),
    "link address without length": ("E0309", "10.0.0.0", link("addresses: [10.0.0.0, 10.0.0.1/31]")),
    "network address on a link": ("E0309", "10.0.0.0/30", link("addresses: [10.0.0.0/30, 10.0.0.1/30]")),
    "broadcast address on a link": ("E0309", "10.0.0.3/30", link("addresses: [10.0.0.1/30, 10.0.0.3/30]")),
    "collector with a length": ("E0309", "10.1.0.9/24", BASE + "collectors: {c: {address: 10.1.0.9/24}}\n"),
    "host bits": ("E0310", "10.1.0.1/24", node("attached: [10.1.0.1/24]")),
    "host bits in ipv6": ("E0310", "2001:db8::1/64", node("attached: [{prefix: 2001:db8::1/64}]")),
    "node name": ("E0311", '"r 3"', instead("nodes:", 'nodes:\n  "r 3": {platform: none}')),
    "node name that starts an option": ("E0311", '"-r3"', instead("nodes:", 'nodes:\n  "-r3": {platform: none}')),
    "site name with an escape": ("E0311", r'"a\e[2J"', instead("sites: {", r'sites: {"a\e[2J": {}, ')),
    "site name with a glob": ("E0311", '"a*"', instead("sites: {", 'sites: {"a*": {}, ')),
    "region name": ("E0311", '"a>b"', instead("eu: [de", 'eu: ["a>b", de')),
    "link id": ("E0311", '"L+1"', instead("id: L1", 'id: "L+1"')),
    "srlg name": ("E0311", '"duct 7"', link('srlg: ["duct 7"]')),
    "interface name": ("E0311", '"r2:eth 1"', instead('"r2:eth1"', '"r2:eth 1"')),
    "end without interface after the colon": ("E0311", '"r2:"', instead('"r2:eth1"', '"r2:"')),
    "interface of an attachment": (
        "E0311",
        '"eth5; reboot"',
        node('attached: [{prefix: 10.1.0.0/24, interface: "eth5; reboot"}]'),
    ),
    "management host": ("E0311", '"-oProxyCommand=x"', node('management: {host: "-oProxyCommand=x"}')),
    "host key": ("E0311", "AAAA", node("management: {host: 192.0.2.1, host_key: AAAA}")),
    "role with a line break": ("E0311", r'"a\nb"', node(r'role: "a\nb"')),
    "label name": ("E0311", '"a/b"', node('labels: {"a/b": 1}')),
    "empty label": ("E0305", '""', node('labels: {tier: ""}')),
    "collector name": ("E0311", '"c d"', BASE + 'collectors: {"c d": {address: 10.1.0.1}}\n'),
    # the same thing twice
    "srlg twice": ("E0302", "d1", link("srlg: [d1, d2, d1]")),
    "region twice in a list": ("E0302", "us", instead("regions: {eu: [de, nl]}", "regions: [{eu: [de, nl]}, us, us]")),
    "one id for two links": ("E0325", "L1", more("{id: L1, a: r1, b: r2, capacity: 1Gbps, latency: 1ms}")),
    "interface of two links": (
        "E0327",
        '"r1:eth1"',
        more('{id: L2, a: "r1:eth1", b: "r2:eth2", capacity: 1Gbps, latency: 1ms}'),
    ),
    "interface of a link and a prefix": (
        "E0327",
        "10.1.0.0/24",
        node("attached: [{prefix: 10.1.0.0/24, interface: eth1}]"),
    ),
    "loopback twice": ("E0328", "10.255.0.1/32", instead("10.255.0.2/32", "10.255.0.1/32")),
    "loopback and link": ("E0328", "10.255.0.2/31", link("addresses: [10.255.0.2/31, 10.255.0.3/31]")),
    "both ends the same": ("E0328", "10.0.0.0/31", link("addresses: [10.0.0.0/31, 10.0.0.0/31]")),
    "management twice": (
        "E0328",
        "192.0.2.1",
        node("management: {host: 192.0.2.1, port: 22}").replace(
            "10.255.0.2/32", "10.255.0.2/32, management: {host: 192.0.2.1, port: 22}"
        ),
    ),
    "prefix twice at one node": (
        "E0330",
        "10.1.0.0/24",
        node("attached: [10.1.0.0/24, {prefix: 10.1.0.0/24, interface: eth5}]"),
    ),
    "two kinds of trust": (
        "E0335",
        "10.2.0.0/24",
        node("attached: [{prefix: 10.1.0.0/24, interface: e5}, {prefix: 10.2.0.0/24, interface: e5, trust: dscp}]"),
    ),
    # references
    "unknown region of a site": ("E0320", "du", instead("fra: {region: de}", "fra: {region: du}")),
    "unknown region of a node": ("E0320", "du", node("region: du")),
    "unknown region crossed": ("E0320", "be", link("crosses: [be]")),
    "unknown region of a collector": ("E0320", "us", BASE + "collectors: {c: {address: 10.1.0.1, region: us}}\n"),
    "no is Norway, and not declared": ("E0320", "no", node("region: no")),
    "region in two regions": ("E0321", "de", instead("eu: [de, nl]", "eu: [de, nl], efta: [de]")),
    "region in itself": ("E0321", "by", instead("eu: [de, nl]", "eu: [de, nl], de: [by], by: [eu]")),
    "unknown site": ("E0322", "frankfurt", instead("r1: {site: fra", "r1: {site: frankfurt")),
    "dangling end": ("E0323", '"r22:eth1"', instead('"r2:eth1"', '"r22:eth1"')),
    "link to itself": ("E0324", '"r1:eth2"', instead('"r2:eth1"', '"r1:eth2"')),
    "overhead that is no size": ("E0308", "60ms", more("{id: T1, a: r1, b: r2, over: [L1], overhead: 60ms}")),
    "tunnel too large": ("E0345", "1500", more("{id: T1, a: r1, b: r2, over: [L1], overhead: 60, mtu: 1500}")),
    "tunnel with too much around": ("E0345", "1000", more("{id: T1, a: r1, b: r2, over: [L1], overhead: 1000}")),
    "tunnel over nothing": ("E0326", "L9", more("{id: T1, a: r1, b: r2, over: [L9]}")),
    "tunnel over itself": ("E0326", "T1", more("{id: T1, a: r1, b: r2, over: [T1]}")),
    "tunnels in a circle": (
        "E0326",
        "T1",
        more("{id: T2, a: r1, b: r2, over: [T1]}")
        + "  - {id: T1, a: r1, b: r2, over: [T2]}\n  - {id: T3, a: r1, b: r2, over: [T2]}\n",
    ),
    "tunnel that leads elsewhere": (
        "W0305",
        "[L1, T0]",
        more("{id: T0, a: r1, b: r2, over: [L1]}")
        + "  - {id: T1, a: r1, b: r2, over: [L1, T0], capacity: 1Gbps, latency: 1ms}\n",
    ),
    # what a network needs
    "the other half of the next pair": ("E0329", "10.0.0.2/31", link("addresses: [10.0.0.1/31, 10.0.0.2/31]")),
    "lengths that differ": ("E0329", "10.0.0.2/29", link("addresses: [10.0.0.1/30, 10.0.0.2/29]")),
    "ipv6 ends that do not match": ("E0329", "2001:db8::2/127", link("addresses6: [2001:db8::1/127, 2001:db8::2/127]")),
    "no loopback": ("E0331", "r1", instead(", loopback: 10.255.0.1/32", "")),
    "index outside of the block": ("E0332", "1000", node("segment_routing: {index: 1000, srgb: [16000, 16999]}")),
    "index twice": (
        "E0332",
        "7",
        node("segment_routing: {index: 7, srgb: [16000, 16999]}").replace(
            "10.255.0.2/32", "10.255.0.2/32, segment_routing: {index: 7, srgb: [17000, 17999]}"
        ),
    ),
    "mtu too small for ipv6": ("E0333", "1000", link("mtu: 1000, addresses6: [2001:db8::/127, 2001:db8::1/127]")),
    "mtu too small for attached ipv6": (
        "E0333",
        "1000",
        link("mtu: 1000").replace("loopback: 10.255.0.1/32", "loopback: 10.255.0.1/32, attached: [2001:db8::/64]"),
    ),
    "upgrade to less": ("E0334", "5Gbps", link("upgrade: {to: 5Gbps, cost: 40}")),
    "no nodes": ("E0336", "", "name: empty\n"),
    "index outside of another node's block": (
        "E0332",
        "500",
        node("segment_routing: {index: 500, srgb: [16000, 16999]}").replace(
            "10.255.0.2/32", "10.255.0.2/32, segment_routing: {index: 7, srgb: [17000, 17499]}"
        ),
    ),
    "index of an algorithm outside of another node's block": (
        "E0332",
        "500",
        algorithms("128: {}")
        .replace("{128: 11}", "{128: 500}")
        .replace("index: 2, srgb: [16000, 16999]", "index: 2, srgb: [16000, 16499]"),
    ),
    "index of an algorithm outside of the block": (
        "E0332",
        "1000",
        algorithms("128: {}").replace("{128: 11}", "{128: 1000}"),
    ),
    "index of an algorithm twice": ("E0332", "11", algorithms("128: {}").replace("{128: 12}", "{128: 11}")),
    "index of an algorithm that is a node's": ("E0332", "11", algorithms("128: {}").replace("index: 2", "index: 11")),
    "unknown field of an algorithm": ("E0304", "metrik", algorithms("128: {metrik: delay}")),
    "an algorithm is a mapping": ("E0305", "128", algorithms("128: delay")),
    "algorithms are a mapping": ("E0305", "[128]", BASE + "routing: {flex_algos: [128]}\n"),
    "an index is a number": ("E0305", "red", algorithms("128: {}").replace("{128: 12}", "{128: red}")),
    "an algorithm below 128": ("E0306", "127", BASE + "routing: {flex_algos: {127: {}}}\n"),
    "an algorithm above 255": ("E0306", "256", BASE + "routing: {flex_algos: {256: {}}}\n"),
    "an algorithm with a name": ("E0306", "fast", BASE + "routing: {flex_algos: {fast: {}}}\n"),
    "a part in algorithm 1": ("E0306", "1", algorithms("128: {}").replace("{128: 12}", "{1: 12, 128: 13}")),
    "unknown metric": ("E0306", "latency", algorithms("128: {metric: latency}")),
    "a metric too large for te": (
        "E0306",
        "16777215",
        algorithms("", "te_metric: 16777215").replace("{128: 11}", "{}").replace("{128: 12}", "{}"),
    ),
    "an affinity twice": ("E0302", "red", algorithms("128: {exclude_any: [red, red]}")),
    "an affinity with a blank": ("E0311", "dark red", algorithms("128: {}", "affinity: [dark red]")),
    "asked for and excluded": ("E0338", "red", algorithms("128: {include_all: [red], exclude_any: [red]}")),
    "all of any excluded": ("E0338", "red", algorithms("128: {include_any: [red], exclude_any: [red]}")),
    "an affinity that no link has": ("W0304", "rde", algorithms("128: {exclude_any: [rde]}")),
    "an algorithm that nobody defines": ("E0339", "11", algorithms("130: {}")),
    "a link without te metric": ("N0303", "L1", algorithms("128: {metric: te}")),
    "an algorithm by an estimate": (
        "W0303",
        "L1",
        algorithms("128: {metric: delay}")
        .replace(", latency: 4ms", "")
        .replace("region: de}", "region: de, location: [50, 8]}")
        .replace("nl}}", "nl, location: [52, 4]}}"),
    ),
    "vrf": ("E0337", "blue", node("attached: [{prefix: 10.1.0.0/24, vrf: blue}]")),
    "overlap": (
        "W0301",
        "10.1.0.0/16",
        node("attached: [10.1.0.0/16]").replace("10.255.0.2/32", "10.255.0.2/32, attached: [10.1.5.0/24]"),
    ),
    "loopback in an attached prefix": ("W0301", "10.255.0.0/24", node("attached: [10.255.0.0/24]")),
    "link in a prefix of which only end b is written": (
        "W0301",
        "10.0.0.2/24",
        link("addresses: [null, 10.0.0.2/24]")
        + "  - {a: r1, b: r2, capacity: 1Gbps, latency: 1ms, addresses: [10.0.0.8/31, 10.0.0.9/31]}\n",
    ),
    "link in another link's prefix": (
        "W0301",
        "10.0.0.1/24",
        link("addresses: [10.0.0.1/24, 10.0.0.2/24]")
        + "  - {a: r1, b: r2, capacity: 1Gbps, latency: 1ms, addresses: [10.0.0.8/31, 10.0.0.9/31]}\n",
    ),
    "two links in one prefix": (
        "W0301",
        "10.0.0.1/24",
        link("addresses: [10.0.0.1/24, 10.0.0.2/24]")
        + "  - {a: r1, b: r2, capacity: 1Gbps, latency: 1ms, addresses: [10.0.0.8/24, 10.0.0.9/24]}\n",
    ),
    "an island": ("W0302", "r3", instead("nodes:", "nodes:\n  r3: {platform: none}")),
    "connected by a plan only": ("W0302", "r2", link("state: planned")),
    "estimated": (
        "N0301",
        "L1",
        instead(", latency: 4ms", "")
        .replace("region: de}", "region: de, location: [50, 8]}")
        .replace("nl}}", "nl, location: [52, 4]}}"),
    ),
    "unknown latency": ("N0302", "L1", instead(", latency: 4ms", "")),
}


def covered(text, span):
    """The text that a span of one line covers."""
    return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(("code", "at", "text"), CASES.values(), ids=CASES.keys())
def test_one_mistake_is_one_finding_at_its_place(code, at, text):
    _, findings = load_texts(text)
    assert [(item.code, covered(text, item.span).strip("\"'")) for item in findings.items] == [(code, at.strip("\"'"))]


def test_the_base_of_the_cases_is_clean():
    assert load_texts(BASE)[1].items == []


@pytest.mark.parametrize("text", [text for _, _, text in CASES.values()], ids=CASES.keys())
def test_messages_are_one_plain_line(text):
    (finding,) = load_texts(text)[1].items
    assert finding.message[0].islower() or finding.message[0] == "`"
    assert not finding.message.endswith(".")
    assert finding.help or finding.code == "E0305"


ELSEWHERE = {"E0301", "E0303"} | {"E0312"}  # test_topology_yaml, test_project_files


@pytest.mark.parametrize("entry", [*FILE_ENTRIES, *NETWORK_ENTRIES], ids=lambda entry: entry.code)
def test_every_code_has_a_case_and_an_explanation(entry):
    assert entry.code in ELSEWHERE | {code for code, _, _ in CASES.values()}
    assert CATALOGUE[entry.code] is entry
    assert len(entry.explanation) > 100
    assert entry.explanation.endswith("\n")


@pytest.mark.parametrize(
    ("mistake", "fix"),
    [
        (node("platfrom: frr"), "did you mean `platform`?"),
        (BASE + "routing: {igp: isiss}\n", "did you mean `isis`?"),
        (instead("fra: {region: de}", "fra: {region: dee}"), "did you mean `de`?"),
        (instead("r1: {site: fra", "r1: {site: fraa"), "did you mean `fra`?"),
        (instead('"r2:eth1"', '"r22:eth1"'), "did you mean `r2`?"),
        (more("{id: T1, a: r1, b: r2, over: [L11]}"), "did you mean `L1`?"),
        (node("attached: [10.1.0.1/24]"), "did you mean `10.1.0.0/24`?"),
        (instead("10.255.0.1/32", "10.255.0.1/24"), "did you mean `10.255.0.1/32`?"),
        (instead("10Gbps", "10Gbit"), "did you mean `Gbps`?"),
        (BASE + "nodse: {}\n", "did you mean `nodes`?"),
        (link("addresses: [10.0.0.1/31, 10.0.0.2/31]"), "the other end of `10.0.0.1/31` is `10.0.0.0/31`"),
        (instead("site: ams", "site: true"), 'write `"true"` to make it text'),
    ],
)
def test_help_proposes_what_was_meant(mistake, fix):
    (finding,) = load_texts(mistake)[1].items
    assert finding.help == (fix,)


def test_one_unknown_name_is_one_finding_with_all_its_places():
    text = instead("fra: {region: de}", "fra: {region: du}").replace("ams: {region: nl}", "ams: {region: du}")
    (finding,) = load_texts(text)[1].items
    assert finding.message == "there is no region `du`"
    assert [covered(text, label.span) for label in finding.related] == ["du"]


def test_thousands_of_missing_names_are_found_in_little_time():
    nodes = "".join(f"  r{n}: {{platform: none}}\n" for n in range(2000))
    links = "".join(f"  - {{a: r{n}, b: x{n}, capacity: 1Gbps, latency: 1ms}}\n" for n in range(2000))
    _, findings = load_texts(f"nodes:\n{nodes}links:\n{links}")
    helped = [item for item in findings.items if item.help[0].startswith("did you mean")]
    assert len(findings.items) == 2000
    assert 0 < len(helped) <= 50


def test_a_missing_platform_is_one_finding_for_all_nodes():
    (finding,) = load_texts(instead("defaults: {platform: frr}\n", ""))[1].items
    assert finding.code == "E0307"
    assert len(finding.related) == 1


def test_what_depends_on_a_broken_element_is_left_out_without_another_finding():
    topology, findings = load_texts(instead("region: de}, ams", "region: de, role: [x]}, ams"))
    assert [item.code for item in findings.items] == ["E0305"]
    assert dict(topology.broken) == {"link": {"L1"}, "node": {"r1"}, "site": {"fra"}}
    assert list(topology.nodes) == ["r2"]
    assert topology.is_complete
    assert topology.is_broken("node", "r1")
    assert not topology.is_broken("node", "r7")


def test_after_an_unreadable_file_missing_names_are_not_reported():
    topology, findings = load_texts(BASE.replace("r2: {site: ams", "r2: {site: elsewhere"), "sites: {elsewhere: [\n")
    assert [item.code for item in findings.items] == ["E0301"]
    assert not topology.is_complete
    assert topology.is_broken("site", "elsewhere")


@pytest.mark.parametrize(
    "texts",
    [
        (BASE, "nodes: {r1: {platform: none}}\n"),
        (BASE, "sites: {fra: {region: de}}\n"),
        (BASE, "defaults: {platform: none}\n"),
        (BASE, "regions: {eu: [be]}\n"),
        (BASE + "name: one\n", "name: two\n"),
        (BASE + "routing: {igp: isis}\n", "routing: {igp: isis}\n"),
    ],
    ids=["node", "site", "default", "region", "name", "routing"],
)
def test_one_key_in_two_files_points_at_both(texts):
    (finding,) = load_texts(*(dedent(text) for text in texts))[1].items
    assert finding.code == "E0302"
    assert finding.span.file == "1.yaml"
    assert finding.related[0].span.file == "0.yaml"


def test_two_mistakes_are_two_findings():
    text = node("attached: [10.1.0.1/24], role: [x]").replace("latency: 4ms", "latency: 4Mbps")
    assert sorted(item.code for item in load_texts(text)[1].items) == ["E0305", "E0308", "E0310"]


@pytest.mark.parametrize("text", ["", "nodes: {r1: [x]}\n", "nodes: [\n"])
def test_without_a_sound_node_there_is_no_topology(text):
    topology, findings = load_texts(text)
    assert topology is None
    assert len(findings.items) == 1


def test_no_file_at_all_is_a_finding_without_a_place():
    topology, findings = load_texts()
    assert topology is None
    assert [(item.code, item.span) for item in findings.items] == [("E0336", None)]


def test_many_things_inside_one_prefix_are_one_warning():
    text = SMALL.replace("10.255.0.1/32}", "10.255.0.1/32, attached: [10.0.0.0/8]}")
    (finding,) = [item for item in load_texts(text)[1].items if item.code == "W0301"]
    assert len(finding.related) == 1
    assert finding.message == "`10.0.0.0/8` at `r1` overlaps the loopback `10.255.0.2` of `r2`"


def test_an_index_of_an_algorithm_is_read_by_those_that_take_part():
    outside = (
        algorithms("128: {}")
        .replace("{128: 11}", "{128: 500}")
        .replace("index: 2, srgb: [16000, 16999], flex_algos: {128: 12}", "index: 2, srgb: [16000, 16499]")
    )
    assert "16499" in outside
    assert [item.code for item in load_texts(outside)[1].items if item.code == "E0332"] == []
