"""The example projects on routers of one platform: another topology under the same intents, and what is left of these.

A project is copied, the mistakes planted in it are mended as its README proposes, and every node becomes a router of the
platform: its release, its chassis, ports and addresses for every link. What the platform refuses of an intent (E06xx), and
what cannot be kept without that, is taken out clause by clause until the rest is accepted. Where hundreds of sites are alike,
a few of each region stand for them (`SAMPLED`). Of `openconfig`, whose models cannot mark, the routers without hosts are.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import yaml

from intentc.cli import main

EXAMPLES = Path(__file__).resolve().parents[1] / "intents"
MENDED = {  # text of a project: what stands there in its place once the planted mistake is mended
    "agent-traffic": (("ge-0/1/1.0}]", "ge-0/1/0.0}]"),),
    "card-fraud": ((", state: planned", ""),),
    "edge-satellite": ((", state: planned", ""),),
    "factory-vision": ((", state: planned", ""),),
    "hospital-imaging": ((", state: planned", ""),),
    "neocloud-backbone": ((", state: planned", ""),),
    "rag-assistant": (("at     ams, ash", "at     ams, ash, tlv"),),
    "sovereign-training": (("to otel-us", "to otel-eu"), ("crosses: [no]", "crosses: []")),
}
SAMPLED = {
    "card-fraud": ("branch", 3),
    "retail-inventory": ("store", 2),
}  # sites alike, so many of each region stand for all: with 10 and 5 every outcome is the same
SPEEDS_BPS = tuple(speed * 10**9 for speed in (1, 10, 25, 40, 100, 400))
QUEUE = "16MB"
UNITS_BPS = {"k": 10**3, "M": 10**6, "G": 10**9}
OF_A_ROUTER = frozenset({"platform", "release", "chassis"})
REACHED = re.compile(r": (\d+)ms can be reached")
ENDS = frozenset(
    {"from", "to", "between", "among", "match", "intent", "chain"}
)  # without these nothing of an intent is left
MOST = 12  # rounds; each takes at least one clause away
ASSERTION = re.compile(r"^assert .*\n", re.MULTILINE)


class Words(yaml.SafeLoader):
    """YAML whose `no` is a country and `on` a word, as intentc reads it."""


Words.yaml_implicit_resolvers = {
    first: [item for item in found if item[0] != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Kind:
    """What the nodes of an example become: `port` names a router's n-th port, `has_labels`: with segment routing."""

    platform: str
    release: str
    chassis: str | None
    port: Callable[[int], str]
    has_labels: bool = False
    fastest: str | None = None  # of its ports, with the queue that these can give one class
    has_port_speeds: bool = False  # links are as fast as ports of Ethernet: nothing there shapes below that
    edge: str | None = None  # the kind of nodes with hosts, where this platform is for those behind them only
    bfd: dict[str, object] | None = None  # where the platform runs none by itself


KINDS = {
    "eos": Kind("eos", "4.32", "DCS-7280R3-48", lambda n: f"Ethernet{n + 1}"),
    "frr": Kind("frr", "8.4", None, lambda n: f"eth{n}"),
    "iosxe": Kind(
        "iosxe",
        "17.18",
        "ASR1002-HX",
        lambda n: f"TenGigabitEthernet0/{n // 100}/{n % 100}",
        has_labels=True,
        fastest="100Gbps",
    ),
    "iosxr": Kind("iosxr", "25.4", "ASR-9901", lambda n: f"HundredGigE0/0/{n // 100}/{n % 100}", has_labels=True),
    "junos": Kind("junos", "24.4", "mx204", lambda n: f"et-0/{n // 100}/{n % 100}.0", has_labels=True),
    "openconfig": Kind(
        "openconfig",
        "5.9",
        None,
        lambda n: f"eth{n}",
        has_port_speeds=True,
        edge="frr",
        bfd={"interval": "300ms", "multiplier": 3},
    ),
    "srlinux": Kind(
        "srlinux", "25.3", "7220 IXR-D5", lambda n: f"ethernet-{n // 32 + 1}/{n % 32 + 1}", has_port_speeds=True
    ),
}


def kind_of(kind, node):
    return KINDS[kind.edge] if kind.edge is not None and node.get("attached") else kind


def topology_of(project):
    """Return the merged topology of a project, as the files write it."""
    merged = {}
    for path in sorted((project / "topology").glob("*.yaml")):
        for key, value in yaml.load(path.read_text(), Loader=Words).items():  # noqa: S506  (a safe loader)
            if isinstance(value, dict):
                merged[key] = {**merged.get(key, {}), **value}
            elif isinstance(value, list):
                merged[key] = [*merged.get(key, []), *value]
            else:
                merged[key] = value
    return merged


def sampled(topology, role, most):
    """Return the topology with so many sites of a role in each region only."""
    seen, gone = Counter(), set()
    for name, site in topology["sites"].items():
        seen[site["region"]] += site["role"] == role
        if site["role"] == role and seen[site["region"]] > most:
            gone.add(name)
    nodes = {name: node for name, node in topology["nodes"].items() if node.get("site") not in gone}
    links = [link for link in topology["links"] if {link["a"], link["b"]} <= set(nodes)]
    sites = {name: site for name, site in topology["sites"].items() if name not in gone}
    return topology | {"sites": sites, "nodes": nodes, "links": links}


def bps(capacity):
    number, unit = re.fullmatch(r"([0-9.]+)([kMG])bps", capacity).groups()
    return int(float(number) * UNITS_BPS[unit])


def ported(link, kind):
    """Return what a link has where the routers of a kind are its ends: a speed that ports have, a queue that fits."""
    capacity = link.get("upgrade", {}).get("to", link["capacity"])
    if kind.has_port_speeds:
        return {"capacity": f"{min(one for one in SPEEDS_BPS if one >= bps(capacity)) // 10**9}Gbps"}
    if kind.fastest and bps(capacity) >= SPEEDS_BPS[3]:
        return {"capacity": min(capacity, kind.fastest, key=bps), "queue": QUEUE}
    return {"capacity": capacity}


def attachments(given, port):
    for item in given:
        one = item if isinstance(item, dict) else {"prefix": item}
        yield {**one, "interface": port}


def node_as(node, index, kind):
    own = kind_of(kind, node)
    kept = {key: value for key, value in node.items() if key not in OF_A_ROUTER}
    made = kept | {"platform": own.platform, "release": own.release}
    if own.chassis is not None:
        made["chassis"] = own.chassis
    if own.has_labels:
        made["segment_routing"] = {"index": index, "srgb": [16000, 23999], "max_sid_depth": 5}
    if "attached" in node:
        made["attached"] = list(attachments(node["attached"], own.port(0)))
    return made


def links_as(links, nodes, kind):
    """Yield links with ports, from the second one of each node on, and addresses."""
    used = Counter()
    nets = ip_network("172.16.0.0/16").subnets(new_prefix=31)
    for link, net in zip(links, nets, strict=False):
        ends = {}
        for side in "ab":
            name = link[side].partition(":")[0]
            used[name] += 1
            ends[side] = f"{name}:{kind_of(kind, nodes[name]).port(used[name])}"
        kept = {key: value for key, value in link.items() if key != "upgrade"}
        yield kept | ends | ported(link, kind) | {"addresses": [f"{address}/31" for address in net]}


def with_middle(topology):
    """Return the topology with a router in the middle of its widest link where hosts hang at all others."""
    nodes = topology["nodes"]
    if not all(node.get("attached") for node in nodes.values()):
        return topology
    first = max(topology["links"], key=lambda link: bps(link["capacity"]))
    region = next(iter(topology["sites"].values()))["region"]
    middle = {"region": region, "role": "middle", "loopback": "10.255.99.1/32"}
    there = first | {"b": "middle"}
    back = first | {"id": f"{first['id']}-2", "a": "middle", "latency": "1us", "igp_metric": 1}
    return topology | {
        "nodes": nodes | {"middle": middle},
        "links": [*(link for link in topology["links"] if link is not first), there, back],
    }


def topology_as(topology, kind):
    """Return a topology whose nodes are all of one kind."""
    topology = topology if kind.edge is None else with_middle(topology)
    nodes = topology["nodes"]
    routing = {key: value for key, value in topology["routing"].items() if key != "bfd"}
    return topology | {
        "defaults": {key: value for key, value in topology.get("defaults", {}).items() if key not in OF_A_ROUTER},
        "routing": routing | {"process": "CORE"} | ({"bfd": kind.bfd} if kind.bfd else {}),
        "nodes": {name: node_as(node, index, kind) for index, (name, node) in enumerate(nodes.items(), 1)},
        "links": list(links_as(topology["links"], nodes, kind)),
    }


def retargeted(name, target, folder):
    """Return a copy of an example, mended, on routers of one platform; without what it asserts of its own network."""
    project = folder / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns(".intentc", "build"))
    for old, new in MENDED.get(name, ()):
        paths = [path for path in [*project.rglob("*.yaml"), *project.rglob("*.intent")] if old in path.read_text()]
        assert paths, f"`{old}` stands in no file of {name}"
        for path in paths:
            path.write_text(path.read_text().replace(old, new))
    whole = topology_of(project)
    made = topology_as(sampled(whole, *SAMPLED[name]) if name in SAMPLED else whole, KINDS[target])
    shutil.rmtree(project / "topology")
    (project / "topology").mkdir()
    (project / "topology" / "net.yaml").write_text(json.dumps(made, indent=1))
    for path in project.rglob("*.intent"):
        path.write_text(ASSERTION.sub("", path.read_text()))
    return project


def intentc(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main([str(word) for word in words])
    return status, out.getvalue()


@dataclass(frozen=True)
class Settled:
    """An example on one platform: the project as compiled, what was taken out of it, and what is left."""

    project: Path
    intents: tuple[str, ...]  # of the example
    rendered: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]  # code and intent, of every clause that had to go


def clause_end(text, start):
    """Return where a clause ends: at the end of its line, or behind the braces that begin on it."""
    line = text.index("\n", start)
    if "{" not in text[start:line]:
        return line
    depth, at = 0, text.index("{", start)
    while True:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at


def declaration(text, name):
    start = re.search(rf"^(intent|chain) {re.escape(name)}\b", text, re.MULTILINE).start()
    return start, clause_end(text, start)


def taken_out(text, finding):
    """Return the text of a file without the clause that a finding is about; a failover gets the time that can be reached."""
    start = sum(map(len, text.splitlines(keepends=True)[: finding["line"] - 1])) + finding["column"] - 1
    reached = REACHED.search(finding["message"])
    if finding["code"] == "E0620" and reached:
        return text[:start] + re.sub(r"within +\w+", f"within {reached[1]}ms", text[start:], count=1)
    word = re.match(r"[a-z-]*", text[start:])[0]
    if word == "latency" and "chain" in text[slice(*declaration(text, finding["intent"]))].split(maxsplit=1)[0]:
        return text[:start] + re.sub(r"<= *(\d+)ms", r"<= \g<1>0ms", text[start:], count=1)  # a chain needs its budget
    begins_line = not text[:start].rpartition("\n")[2].strip()
    if begins_line and word not in ENDS:
        return text[:start] + text[clause_end(text, start) :]
    begin, end = declaration(text, finding["intent"])
    return text[:begin] + text[end:]


def settle(project):
    """Compile a project until nothing is refused; each round takes one clause of each intent that has errors out."""
    entries = sorted(project.glob("intents/**/*.intent"))
    intents = [
        name for path in entries for name in re.findall(r"^(?:intent|chain) ([\w-]+)", path.read_text(), re.MULTILINE)
    ]
    refused = []
    for _ in range(MOST):
        status, out = intentc("-C", project, "--format", "json", "compile")
        errors = {item["intent"]: item for item in json.loads(out)["findings"] if item["severity"] == "error"}
        if status == 0:
            manifest = json.loads((project / "build" / "manifest.json").read_text())
            placed = sorted(item["name"] for item in manifest["intents"] if item["status"] == "placed")
            return Settled(project, tuple(intents), tuple(placed), tuple(sorted(refused)))
        for item in sorted(errors.values(), key=lambda item: (item["file"], -item["line"])):
            refused.append((item["code"], item["intent"]))
            path = project / item["file"]
            path.write_text(taken_out(path.read_text(), item))
    raise AssertionError(f"{project.name}: {errors}")
