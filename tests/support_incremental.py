"""Small programs that change step by step: a network with too little room for all, intents in a mix, and edits of both."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from support_targets import Stages, stages_with_all_targets

from intentc.cli.builds import Build
from intentc.diagnostics import Findings, Source
from intentc.manifest.digest import input_digest
from intentc.manifest.read import read_manifest
from intentc.manifest.write import write_provenance
from intentc.outcome import manifest_text
from intentc.project.model import Project
from intentc.render.model import Bundle
from intentc.run import Request, Run
from intentc.topology.overlay import Overlay
from intentc.values import replace

TODAY = dt.date(2026, 1, 1)
_NODES = 9
_SERVICES = """
service web { at n1, n6  prefix 10.0.1.0/24, 10.0.6.0/24  port tcp/443 }
service vault { at n2, n7  prefix 10.0.2.0/24, 10.0.7.0/24  port tcp/444  capacity 400Mbps }
assert headroom { utilization <= 70% }
"""
_PROMISES = (
    "",
    "",
    "  failover within 2s { survive any 1 link }\n",
    "  failover within 5s { survive any 1 node latency <= 900ms bandwidth 40Mbps }\n",
    "  failover within 5s { survive any 1 srlg }\n",
    "  failover within 100ms { survive any 1 link }\n",
    "  failover within 2s { survive any 1 link otherwise drop }\n",
)
_WISHES = (
    "",
    "",
    "",
    "  latency <= 9ms\n",
    "  avoid node n4\n",
    "  optimize latency\n",
    "  prefer node n2\n",
    "  via node n5\n",
    "  spread\n",
    "  symmetric\n",
    '  waive E0505 until 2027-01-01 because "known"\n',
)


@dataclass
class Program:
    """What a project's two files say; `edit` changes something of it.

    `is_calm`: intents ask for little and nothing special, so that they all find room, and only they change.
    """

    seed: int
    platform: str
    is_calm: bool = False
    links: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)  # ends, metric, ms
    drained: set[str] = field(default_factory=set)
    narrow: set[str] = field(default_factory=set)  # links of a lower capacity
    overlay: Overlay | None = None
    intents: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    made: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311  (a program, no secret)
        for node in range(_NODES):
            for step in (1, 2) if node % 3 else (1, 3):
                self._add_link(node, (node + step) % _NODES)
        for _ in range(self._chance.randint(5, 10)):
            self._add_intent()

    def edit(self) -> None:
        """Change something: mostly one intent, at times several, a place, a link."""
        chance = self._chance
        names = sorted(self.intents)
        edits = ("change", "change", "change", "add", "remove", "many", "comment", "link", "cut", "nothing")
        match chance.choice(edits[:8] if self.is_calm else edits):
            case "change":
                name = chance.choice(names)
                self.intents[name] = self._intent(name)
            case "add":
                self._add_intent()
            case "remove" if len(names) > 4:
                del self.intents[chance.choice(names)]
            case "many":
                for name in chance.sample(names, 3):
                    self.intents[name] = self._intent(name)
            case "comment":
                self.comment += "# a line\n"
            case "link" if not self.is_calm:
                self._add_link(*chance.sample(range(_NODES), 2))
            case "cut" if len(self.links) > 14:
                del self.links[chance.choice(sorted(self.links))]
            case _:
                pass

    def edit_figures(self) -> None:
        """Change the rate of an intent or two, at times what one is promised: most others are the very same demands then."""
        chance = self._chance
        for name in chance.sample(sorted(self.intents), chance.choice((1, 1, 2))):
            self.intents[name] = re.sub(r"bandwidth \d+", f"bandwidth {chance.randint(1, 90)}", self.intents[name])
        if chance.random() < 0.2:
            name, promise = chance.choice(sorted(self.intents)), chance.choice(_PROMISES[:3])
            self.intents[name] = re.sub(r"  failover .*\n", promise, self.intents[name])

    def edit_links(self) -> None:
        """Change a figure of a link or two, or whether it is drained, in the topology or by the state overlay; at times an intent as well."""
        chance = self._chance
        plain = [name for name, (_, _, metric, _) in sorted(self.links.items()) if metric != 24]  # others are in groups
        for name in chance.sample(plain, chance.choice((1, 1, 2))):
            a, b, metric, ms = self.links[name]
            match chance.choice(("drain", "drain", "metric", "metric", "latency", "capacity", "state")):
                case "drain":
                    self.drained ^= {name}
                case "metric":
                    self.links[name] = a, b, chance.choice((3, 10, 13, 17, 40)), ms
                case "latency":
                    self.links[name] = a, b, metric, ms % 4 + 1
                case "capacity":
                    self.narrow ^= {name}
                case _:
                    entries = (("link", name, "drained"),)
                    self.overlay = None if self.overlay is not None else Overlay(entries)
        if chance.random() < 0.3:
            changed = chance.choice(sorted(self.intents))
            self.intents[changed] = self._intent(changed)

    def _add_link(self, a: int, b: int) -> None:
        self.made += 1
        self.links[f"l{self.made}"] = a, b, self._chance.choice((10, 10, 17, 24)), self._chance.randint(1, 4)

    def _add_intent(self) -> None:
        self.made += 1
        self.intents[f"f{self.made}"] = self._intent(f"f{self.made}")

    def _intent(self, name: str) -> str:
        chance = self._chance
        a, b = chance.sample(range(_NODES), 2)
        goal = chance.choice((f"n{b}", f"n{b}", f"n{b}", "any of web", "any of vault"))
        ends = f"  from n{a}{', n8' if b != 8 != a and chance.random() < 0.2 else ''}\n  to {goal}\n"
        match = f"  match tcp/{10000 + int(name[1:])}\n" if goal.startswith("n") else ""
        rate = chance.choice((1, 2, 9, 20, 90) if self.is_calm else (40, 90, 180, 320, 500))
        way = "  unidirectional\n" if chance.random() < 0.7 else ""
        priority = chance.choice(("high", "normal", "normal", "low"))
        return (
            f"intent {name} {{\n{ends}{way}{match}  priority {priority}\n"
            f"  bandwidth {rate}Mbps burst 9KB\n{chance.choice(_PROMISES[:3] if self.is_calm else _PROMISES)}"
            f"{chance.choice(_WISHES[:3] if self.is_calm else _WISHES)}}}\n"
        )

    @property
    def topology_text(self) -> str:
        lines = [
            "name: changing",
            f"defaults: {{platform: {self.platform}}}",
            "routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}",
            "nodes:",
        ]
        lines += [
            f"  n{node}: {{loopback: 10.255.0.{node}/32, attached: [{{prefix: 10.0.{node}.0/24, interface: eth0}}],"
            f" segment_routing: {{index: {node + 1}, srgb: [16000, 29999], max_sid_depth: 6}}}}"
            for node in range(_NODES)
        ]
        lines.append("links:")
        for name, (a, b, metric, ms) in self.links.items():
            group = f", srlg: [duct{ms}]" if metric == 24 else ""
            address = int(name[1:])
            state = ", state: drained" if name in self.drained else ""
            lines.append(
                f'  - {{id: {name}, a: "n{a}:e{name}", b: "n{b}:e{name}", addresses: [172.16.{address}.0/31, 172.16.{address}.1/31],'
                f" capacity: {900 if name in self.narrow else 1000}Mbps, latency: {ms}ms, igp_metric: {metric}{group}{state}}}"
            )
        return "\n".join(lines) + "\n"

    @property
    def intent_text(self) -> str:
        return self.comment + _SERVICES + "\n".join(self.intents.values())

    def request(self) -> Request:
        project = Project("changing", Path("/nowhere"), ("topology.yaml",), ("flows.intent",))
        intents, topology = Source("flows.intent", self.intent_text), Source("topology.yaml", self.topology_text)
        request = Request(project, (intents,), (topology,), TODAY, lambda _path: None)
        return replace(request, overlay=self.overlay)


def stages() -> Stages:
    """The stages of a compilation, over the targets of the tests as well."""
    return stages_with_all_targets()


def from_nothing(request: Request, before: str | None, by: Stages | None = None) -> Run:
    """Compile as the command does with `--keep` and the manifest `before` (None: without), and remember nothing on the way.

    `by`: other stages than those that are usual.
    """
    if before is not None:
        request = replace(request, earlier=Build(read_manifest(before), input_digest(before.encode())).to_keep)
    run = Run(request, Findings())
    for stage in stages() if by is None else by:
        stage(run)
    return run


def told(run: Run) -> tuple[str, dict[str, str], bytes]:
    """Return all that a run has to say: its manifest, the files of its devices, and their provenance."""
    bundle, provenance = run.bundle or Bundle({}), io.BytesIO()
    write_provenance(bundle, provenance)
    files = {file.path: file.text for device in bundle.devices.values() for file in device.files}
    return manifest_text(run), files, provenance.getvalue()
