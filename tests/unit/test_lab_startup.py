"""What a router of each platform starts from in a lab: all of its underlay, in its own words."""

import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from support_lab import link, node, topology
from support_lab_devices import LABS, OPTIONS, RUN, files, mixed, one, start
from support_startup import RULES, UNJUDGED, as_payload, stood, unknown
from support_yang import TOOL, yang_findings, yang_folder

from intentc.lab.layout import lay_out

TRACES = {
    "metric": {
        "junos": "metric 7;",
        "iosxr": "metric 7\n",
        "srlinux": "metric 7\n",
        "eos": "isis metric 7\n",
        "iosxe": "isis metric 7\n",
    },
    "a size of packets": {
        "junos": "mtu 9014;",
        "iosxr": "mtu 9014\n",
        "srlinux": "ip-mtu 9000\n",
        "eos": "mtu 9000\n",
        "iosxe": "mtu 9000\n",
    },
}
BFD = {
    "junos": "minimum-interval 100;",
    "iosxr": "bfd minimum-interval 100\n",
    "srlinux": "desired-minimum-transmit-interval 100000\n",
    "eos": "bfd interval 100 min-rx 100 multiplier 3\n",
    "iosxe": "bfd interval 100 min_rx 100 multiplier 3\n",
}
SEGMENTS = {
    "junos": "start-label 16000 index-range 8000;",
    "iosxr": "global-block 16000 23999\n",
    "srlinux": "end-label 23999\n",
    "eos": "mpls label range isis-sr 16000 8000\n",
    "iosxe": "global-block 16000 23999\n",
}
OVERLOAD = {
    "junos": "overload;",
    "iosxr": "set-overload-bit\n",
    "srlinux": "overload immediate set-bit true\n",
    "eos": "set-overload-bit\n",
    "iosxe": "set-overload-bit\n",
}


def is_written(address, text):
    """Whether an address is there, with its length or its mask."""
    return str(address) in text or f"{address.ip} {address.netmask}" in text


class TestStartUp:
    """What a router starts from: all of its underlay, in its own words."""

    @pytest.mark.parametrize("name", RUN)
    def test_every_address_is_there(self, name):
        router = f"r-{name}"
        made = lay_out(mixed(), OPTIONS)
        own = made.topology.nodes[router]
        ends = [item.end(router) for item in made.topology.links_of[router]]
        addresses = [own.loopback, own.loopback6, *(end.address for end in ends), *(end.address6 for end in ends)]
        addresses += [address for host in made.hosts if host.router == router for address in host.gateways]
        text = start(name)
        assert [str(address) for address in addresses if not is_written(address, text)] == []

    @pytest.mark.parametrize("name", RUN)
    @pytest.mark.parametrize("word", ["49.0001.0102.5500.", "isis"])
    def test_isis_is_there(self, name, word):
        assert word in start(name)

    @pytest.mark.parametrize("name", RUN)
    @pytest.mark.parametrize("what", sorted(TRACES))
    def test_what_the_topology_says_of_links(self, name, what):
        made = topology(
            [node("r1", 1, platform=name), node("r2", 2)],
            [link("r1", "r2", metric=7, mtu=9000)],
        )
        assert TRACES[what][name] in files(made)[f"routers/r1/{LABS[name].startup}"]

    @pytest.mark.parametrize("name", RUN)
    def test_bfd_of_the_underlay_in_the_units_of_the_platform(self, name):
        assert BFD[name] in start(name)
        assert BFD[name] not in start(name, mixed(bfd_ms=None))

    BOTH = ("family inet6 {\n                bfd", "bfd fast-detect ipv6", "ipv6-unicast enable-bfd true")

    @pytest.mark.parametrize(("name", "words"), list(zip(("junos", "iosxr", "srlinux"), BOTH, strict=True)))
    def test_bfd_runs_in_both_families_as_the_other_end_may_choose_either(self, name, words):
        assert words in start(name)

    @pytest.mark.parametrize("name", RUN)
    def test_labels_of_the_underlay(self, name):
        assert SEGMENTS[name] in start(name)
        made = mixed()
        without = replace(made, nodes={key: replace(own, segment_routing=None) for key, own in made.nodes.items()})
        assert SEGMENTS[name] not in start(name, without)

    @pytest.mark.parametrize("name", RUN)
    def test_a_node_without_transit_says_so(self, name):
        assert OVERLOAD[name] not in start(name)
        text = files(one(name, transit=False))[f"routers/r1/{LABS[name].startup}"]
        assert OVERLOAD[name] in text

    @pytest.mark.parametrize("name", RUN)
    def test_a_name_of_a_link_that_is_not_plain_is_left_out(self, name):
        made = topology([node("r1", 1, platform=name), node("r2", 2)], [link("r1", "r2", name='L";\n}{{ .Env }}')])
        assert ".Env" not in files(made)[f"routers/r1/{LABS[name].startup}"]

    def test_braces_of_junos_are_balanced_and_statements_end(self):
        depth = 0
        for line in start("junos").splitlines()[1:]:
            assert line.endswith(("{", "}", ";"))
            assert line.startswith("    " * (depth - line.endswith("}"))), line
            depth += line.endswith("{") - line.endswith("}")
        assert depth == 0

    @pytest.mark.parametrize("name", sorted({"eos", "iosxr"} & set(RUN)))
    def test_what_containerlab_fills_in_is_closed_again(self, name):
        text = start(name)
        assert text.count("{{- if .Mgmt") == text.count("{{- end }}") > 0
        assert "{%" not in text

    def test_xr_gets_its_management_from_containerlab(self):
        text = start("iosxr")
        assert re.findall(r"\{\{.*?\}\}", text) == [
            "{{- if .MgmtIPv4Gateway }}",
            "{{ .MgmtIPv4Gateway }}",
            "{{- end }}",
            "{{- if .MgmtIPv6Gateway }}",
            "{{ .MgmtIPv6Gateway }}",
            "{{- end }}",
        ]
        assert text.endswith("!\nend\n")
        assert "netconf-yang agent" in text


def tree(root):
    """Return what Nokia's models may have below a top-level node, as nested names; lists have their keys under `[]`."""
    folder = yang_folder()
    if folder is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    argv = [sys.executable, str(folder / TOOL), "-p", "srlinux", "--tree", root]
    listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    found: dict = {}
    path = [(-1, found)]
    for line in listed.splitlines():
        words = line.split()
        depth = len(line) - len(line.lstrip())
        if words[0].startswith("("):
            continue
        while path[-1][0] >= depth:
            path.pop()
        own: dict = {"[]": re.findall(r"\[(.*?)\]", line)[0].split()} if "* [" in line else {}
        path[-1][1][words[0].rstrip("/*:")] = own
        path.append((depth, own))
    return found


def test_nokias_models_know_every_command():
    roots = {
        "interface": "/srl_nokia-interfaces:interface",
        "bfd": "/srl_nokia-bfd:bfd",
        "network-instance": "/srl_nokia-network-instance:network-instance",
        "system": "/srl_nokia-system:system",
    }
    known: dict = {}
    for root in roots.values():
        known |= tree(root)
    lines = [line for line in start("srlinux").splitlines() if line.startswith("set / ")]
    assert len(lines) > 40
    for line in lines:
        words = re.sub(r"\[ (\S+) \]", r"\1", line).split()[2:]
        place = known
        while words:
            assert words[0] in place, f"{words[0]} in {line}"
            place = place[words.pop(0)]
            if "[]" in place:
                words = words[1:]
            elif set(place) == set():
                words = words[1:] if words else words
                assert words == [], line


KEYED = {  # lists of Junos, by the part they are in: the word behind is the name of an entry
    "interfaces": {"address", "interface", "unit"},
    "protocols": {"family", "interface", "level"},
}
WITHIN = {"family": 1, "node-segment": 2, "srgb": 2}  # what leads to others on its line, and of how many words each is


def element(words, lists):
    """Return the outer and the inner element of a statement of Junos."""
    made = inner = ET.Element(words[0])
    rest = words[1:]
    if words[0] in lists:
        ET.SubElement(made, "name").text = rest.pop(0)
    size = 2 if words[0] in lists else WITHIN.get(words[0], 0)
    if rest and size == 0:
        made.text = " ".join(rest).strip('"')
    while rest and size:
        child, inner = element(rest[:size], lists)
        made.append(child)
        rest = rest[size:]
    return made, inner


def as_xml(text):
    """Return a configuration of Junos in braces as XML, each part in the namespace of its model."""
    root = ET.Element("configuration", xmlns="http://yang.juniper.net/junos/conf/root")
    path = [root]
    for line in text.splitlines()[1:]:
        words = line.strip(" ;{").split()
        if words == ["}"]:
            path.pop()
            continue
        part = path[1].tag if len(path) > 1 else ""
        lists = KEYED.get(part, set())
        outer, inner = element(["interface", *words] if len(path) == 2 and part == "interfaces" else words, lists)
        known = path[-1].find(outer.tag) if outer.tag in WITHIN and outer.tag not in lists else None
        if path == [root]:
            outer.set("xmlns", f"http://yang.juniper.net/junos/conf/{words[0]}")
        if known is None:
            path[-1].append(outer)
        else:
            known.extend(outer)
        if line.endswith("{"):
            path.append(inner)
    return ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("wrong", [None, ("point-to-point", "point-to-points"), ("wide-metrics-only", "wide")])
def test_junipers_models_know_every_statement(wrong, tmp_path):
    text = start("junos") if wrong is None else start("junos").replace(*wrong)
    path = tmp_path / "startup.xml"
    path.write_text(as_xml(text))
    assert (yang_findings("junos", path) == []) is (wrong is None)


def rich(name):
    """A start-up file with everything that one can have: two addresses of a kind, labels, BFD, a node without transit."""
    return [
        start(name),
        start(name, mixed(bfd_ms=None)),
        files(one(name, transit=False))[f"routers/r1/{LABS[name].startup}"],
    ]


CISCO = sorted({"iosxr", "iosxe"} & set(RUN))


@pytest.mark.parametrize("name", CISCO)
def test_every_line_of_cisco_has_a_place_in_a_model_or_a_reason_why_none(name):
    assert [line for text in rich(name) for line in unknown(name, text)] == []


@pytest.mark.parametrize("name", CISCO)
def test_every_reason_and_every_rule_is_of_a_line_that_is_written(name):
    lines = [line for text in rich(name) for line in stood(text)]
    idle = [rule for rule in (*RULES[name], *UNJUDGED[name]) if not any(re.fullmatch(rule, line) for line in lines)]
    assert all("secondary" in rule or "description" in rule or "mtu" in rule for rule in idle), idle


@pytest.mark.parametrize("name", CISCO)
def test_ciscos_models_know_every_line(name, tmp_path):
    for number, text in enumerate(rich(name)):
        path = tmp_path / f"{number}.xml"
        path.write_text(as_payload(name, text))
        assert yang_findings(name, path) == []


WRONG = {
    "iosxr": (("is-type level-2-only", "is-type level-2"), ("bfd multiplier 3", "bfd multiplier 99")),
    "iosxe": (
        ("isis circuit-type level-2-only", "isis circuit-type level-2"),
        ("passive-interface Loopback0", "passive-interface GigabitEthernet2"),
    ),
}


@pytest.mark.parametrize(("name", "right", "wrong"), [(name, *pair) for name in CISCO for pair in WRONG[name]])
def test_ciscos_models_refuse_what_is_wrong(name, right, wrong, tmp_path):
    text = start(name)
    assert right in text
    path = tmp_path / "startup.xml"
    path.write_text(as_payload(name, text.replace(right, wrong)))
    assert yang_findings(name, path) != []
