"""The diamond h1 – r1 – {r2: IS-IS metric 100 | r3: metric 10} – r4 – h2 of real routers, and the agent on one of them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from frr_nodes import Bench, Node, Wire, bench, wait_for
from frr_probe import outage_ms

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import support_frr as made  # noqa: E402  (the path comes first)

from intentc.render.render import load_code, render_device  # noqa: E402

AGENT = ROOT / "targets" / "frr" / "agent.sh"
PROBE = Path(__file__).resolve().with_name("frr_probe.py")
ADDRESS = {"h1": {4: "10.10.1.2", 6: "fd10:1::2"}, "h2": {4: "10.10.2.2", 6: "fd10:2::2"}}
_LINKS = {"12": 100, "13": 10, "24": 100, "34": 10}


@dataclass
class Answer:
    """What the agent said."""

    status: int
    text: str

    def __getitem__(self, key: str) -> str:
        return next((line.partition("=")[2] for line in self.text.splitlines() if line.startswith(f"{key}=")), "")

    def all(self, key: str) -> list[str]:
        return [line.partition("=")[2] for line in self.text.splitlines() if line.startswith(f"{key}=")]


class Agent:
    """The agent of one node."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def ask(self, *call: str) -> Answer:
        status, text = self.node.status("sh", str(AGENT), *call)
        return Answer(status, text)

    def do(self, *call: str) -> Answer:
        answer = self.ask(*call)
        assert answer.status == 0, f"{call}: {answer.text}"
        assert answer["status"] == "ok"
        return answer

    def put(self, config, **changed: str) -> str:
        """Write the files of a configuration (some replaced by `changed`, `_` standing for a dot) and return their directory."""
        directory = self.node.directory / "upload"
        directory.mkdir(exist_ok=True)
        for old in directory.iterdir():
            old.unlink()
        texts = {**files_of(config), **{name.replace("_", "."): text for name, text in changed.items()}}
        for name, text in texts.items():
            (directory / name).write_text(text)
        return str(directory)

    def take(self, config, ticket: str = "t1", seconds: int = 300) -> Answer:
        """Lock, stage, arm and apply."""
        self.do("lock", ticket, "tester", "test")
        self.do("stage", ticket, "next", self.put(config))
        self.do("arm", ticket, str(seconds))
        return self.do("apply", ticket, "next")

    def settle(self, config, ticket: str = "t1") -> None:
        """Take a configuration for good."""
        self.take(config, ticket)
        self.do("confirm", ticket)
        self.do("unlock", ticket)


def files_of(config) -> dict[str, str]:
    return made.files(render(config))


def render(config):
    return render_device(config, made.fleet(config), made.targets()["frr"])


def drift(agent: Agent, config):
    """Return where what runs is not what the configuration says."""
    return load_code(made.targets()["frr"]).differences(render(config), agent.do("read").text)


def raw(node: Node) -> str:
    """Return all state that the agent could touch, as the kernel's and FRR's own tools print it."""
    text = node.sh(
        "nft -s list ruleset; tc qdisc show; for i in eth1 eth2 eth3; do tc -d class show dev $i; tc filter show dev $i; done;"
        "ip rule; ip -6 rule; vtysh -c 'show running-config'"
    )
    return re.sub(r"direct_packets_stat \d+", "", text)  # a counter


@dataclass
class Diamond:
    """The running lab."""

    bench: Bench
    wires: dict[str, Wire]

    def __getitem__(self, name: str) -> Node:
        return self.bench.nodes[name]

    def agent(self, name: str) -> Agent:
        return Agent(self[name])

    def flow(self, source: str, sink: str, port: int, *, family: int = 4, during=None, **how) -> dict:
        """Send packets between hosts and return what arrived, and the longest outage; `during` runs once they flow."""
        with self.listening(sink, port, family=family) as heard:
            call = json.dumps({"family": family, "destination": ADDRESS[sink][family], "port": port, **how})
            sending = self[source].spawn("python3", str(PROBE), "send", call)
            if during is not None:
                during()
            said, _ = sending.communicate()
            assert sending.returncode == 0, said
        return heard | {"outage_ms": outage_ms(json.loads(said)["sent"], heard["arrivals"], how.get("interval", 0.002))}

    @contextmanager
    def listening(self, sink: str, port: int, *, family: int = 4) -> Iterator[dict]:
        """Yield a dictionary that holds, afterwards, what arrived meanwhile."""
        listener = self[sink].spawn("python3", str(PROBE), "receive", json.dumps({"family": family, "port": port}))
        assert listener.stdout is not None
        assert listener.stdout.readline() == "listening\n"
        heard: dict = {}
        try:
            yield heard
        finally:
            heard.update(json.loads(listener.communicate("")[0]))


@contextmanager
def diamond() -> Iterator[Diamond]:
    """Start all routers and hosts, wait until the routes are there, and stop them in the end."""
    with bench() as lab:
        routers = {name: lab.node(name) for name in ("r1", "r2", "r3", "r4")}
        hosts = {name: lab.node(name, forward=False) for name in ("h1", "h2")}
        lab.link(hosts["h1"], "eth0", routers["r1"], "eth1")
        lab.link(hosts["h2"], "eth0", routers["r4"], "eth1")
        wires = {
            "12": lab.wire(routers["r1"], "eth2", routers["r2"], "eth1"),
            "13": lab.wire(routers["r1"], "eth3", routers["r3"], "eth1"),
            "24": lab.wire(routers["r2"], "eth2", routers["r4"], "eth2"),
            "34": lab.wire(routers["r3"], "eth2", routers["r4"], "eth3"),
        }
        for name, node in routers.items():
            node.start_frr(router_config(name))
        for number, name in ((1, "h1"), (2, "h2")):
            hosts[name].sh(
                f"ip address add 10.10.{number}.2/24 dev eth0; ip -6 address add fd10:{number}::2/64 dev eth0 nodad;"
                f"ip route add default via 10.10.{number}.1; ip -6 route add default via fd10:{number}::1"
            )
        lab_ = Diamond(lab, wires)
        wait_for(lambda: is_converged(lab_), 20, "IS-IS")
        yield lab_


def is_converged(lab: Diamond) -> bool:
    """Return whether every router knows every loopback."""
    return all(
        lab[name].run("ip", "route", "show", f"10.0.0.{other}")
        and lab[name].run("ip", "-6", "route", "show", f"fd00::{other}")
        for name in ("r1", "r2", "r3", "r4")
        for other in range(1, 5)
        if name != f"r{other}"
    )


def router_config(name: str) -> str:
    """Return the underlay of a router: addresses and IS-IS, BFD on r2, r3 and r4 only (r1's is intentc's)."""
    number = name[1:]
    ports = {"r1": ["", "12", "13"], "r2": ["12", "24"], "r3": ["13", "34"], "r4": ["", "24", "34"]}[name]
    blocks = [_header(name, number)]
    for index, link in enumerate(ports, 1):
        blocks.append(_core(index, link, number, name) if link else _host(index, number))
    return "".join(blocks)


def _header(name: str, number: str) -> str:
    bfd = "" if name == "r1" else "bfd\n profile lab\n  transmit-interval 50\n  receive-interval 50\n exit\nexit\n"
    return f"""hostname {name}
{bfd}router isis CORE
 is-type level-2-only
 net 49.0001.0000.0000.000{number}.00
 lsp-timers gen-interval 1 refresh-interval 900 max-lifetime 1200
 spf-delay-ietf init-delay 5 short-delay 20 long-delay 100 holddown 500 time-to-learn 300
exit
interface lo
 ip address 10.0.0.{number}/32
 ipv6 address fd00::{number}/128
 ip router isis CORE
 ipv6 router isis CORE
 isis passive
exit
"""


def _host(index: int, number: str) -> str:
    site = 1 if number == "1" else 2
    return f"""interface eth{index}
 ip address 10.10.{site}.1/24
 ipv6 address fd10:{site}::1/64
 ip router isis CORE
 ipv6 router isis CORE
 isis passive
exit
"""


def _core(index: int, link: str, number: str, name: str) -> str:
    bfd = "" if name == "r1" else " isis bfd\n isis bfd profile lab\n"
    return f"""interface eth{index}
 ip address 10.1.{link}.{number}/24
 ipv6 address fd01:{link}::{number}/64
 ip router isis CORE
 ipv6 router isis CORE
 isis network point-to-point
 isis hello-interval 1
 isis metric {_LINKS[link]}
{bfd}exit
"""


@contextmanager
def lone_router() -> Iterator[tuple[Bench, Node]]:
    """Start r1 alone, with nobody at the other end of its ports."""
    with bench() as lab:
        yield lab, power_on(lab, router_config("r1"))


def power_on(lab: Bench, config: str | None = None) -> Node:
    """Start r1 with what its disk holds (and `config` as FRR's configuration)."""
    node = lab.node("r1")
    for index in (1, 2, 3):
        node.sh(
            f"ip link add eth{index} type veth peer name far{index}; ip link set eth{index} up; ip link set far{index} up"
        )
    node.start_frr(config)
    wait_for(lambda: "10.1.13.1" in node.run("ip", "address"), 10, "FRR's addresses")
    return node
