"""Real routers that refuse or die at any phase of an apply: all go back, or after the decision all go forward.

What goes wrong really does: programs are missing, disks full, daemons and sshd killed, the power cut. Only the moment is
chosen by a trap on the router (frr_traps.py).
"""

import functools
import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from frr_traps import (
    CONFIG_IS_READ_ONLY,
    NO_NFT,
    NO_VTYSH,
    PORT_GOES_DOWN,
    RUN_IS_FULL,
    SOMEBODY_CHANGES_A_RULE,
    SSHD_IS_GONE,
    SSHD_IS_KILLED,
    STATICD_DIES,
    Trap,
)
from world import World

from intentc.cli import network
from intentc.lab import netns
from intentc.lab.convergence import wait_converged
from intentc.lab.export import export, write
from intentc.lab.starting import running_lab
from intentc.push.team import Limits

MISSING = netns.missing()
pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(bool(MISSING), reason=f"labs cannot run in namespaces here: {', '.join(MISSING)}"),
]
VICTIM = "west"

PROJECT = """
[project]
name     = "refusals"
language = 1
topology = ["topology.yaml"]
intents  = ["wanted.intent"]

[apply]
confirm_timeout = "{confirm}s"
"""
TOPOLOGY = """
name: refusals
regions: {inland: [], coast: []}
defaults: {platform: frr}
routing: {igp: isis, bfd: {interval: 200ms, multiplier: 3}}
nodes:
  west: {region: inland, loopback: 10.255.9.1/32, loopback6: "fd00:255:9::1/128", attached: [{prefix: 10.91.0.0/24, interface: eth3}, {prefix: "2001:db8:91::/64", interface: eth3}]}
  south: {region: inland, loopback: 10.255.9.3/32, loopback6: "fd00:255:9::3/128"}
  east: {region: inland, loopback: 10.255.9.4/32, loopback6: "fd00:255:9::4/128", attached: [{prefix: 10.94.0.0/24, interface: eth3}, {prefix: "2001:db8:94::/64", interface: eth3}]}
links:
  - {id: we, a: west:eth1, b: east:eth1,  capacity: 1Gbps, latency: 1ms, igp_metric: 10, crosses: [coast]}
  - {id: ws, a: west:eth2, b: south:eth1, capacity: 1Gbps, latency: 1ms, igp_metric: 30, crosses: []}
  - {id: se, a: south:eth2, b: east:eth2,  capacity: 1Gbps, latency: 1ms, igp_metric: 30, crosses: []}
"""
INTENTS = {
    "old": """
intent inference "Inference takes the southern way" {
  from west  to east  match udp/8443
  priority critical
  bandwidth 2Mbps
  via node south
}
""",
    "new": """
intent inference "Inference never leaves the country, and only west may ask" {
  from west  to east  match udp/8443
  priority high
  bandwidth 3Mbps
  pin region inland
  isolate to
}
""",
}

# Everything an apply could have left on a router: what runs, what a reboot would start with, and the transaction itself.
# Routes to neighbours' addresses are the IGP's business; counters count, and `last` tells of the transaction before.
STATE = r"""
echo '# nft';     nft -s list ruleset
echo '# frr';     vtysh -c 'show running-config'
echo '# tc';      for port in $(ls /sys/class/net); do tc qdisc show dev $port; tc class show dev $port; tc filter show dev $port; done
echo '# rules';   ip rule; ip -6 rule
echo '# tables';  for family in 4 6; do ip -N -$family route show table all | awk '/ table 11[0-9]{5} /'; done
echo '# saved';   find /etc/intentc /etc/frr /etc/systemd -type f -exec sha256sum {} + 2>/dev/null | sort -k 2
echo '# pending'; ls -d /run/intentc/lock /run/intentc/pending /run/intentc/returning /run/intentc/stage/* 2>/dev/null
for process in /proc/[0-9]*; do tr '\0' ' ' <$process/cmdline | grep -a 'agent[^ ]*.sh '; done 2>/dev/null
for file in /run/intentc/applied/*.* /run/intentc/applied/digest; do [ -f $file ] && sha256sum $file; done
exit 0
"""
UNTOUCHED, BACK, UNCERTAIN, APPLIED = 6, 3, 4, 0


class Refusals:
    """The lab, which of the two projects its routers run, and what they look like under each."""

    def __init__(self, world):
        self.world = world
        self.lab = world.lab
        self.trap = None
        self.runs = ""
        self.looks = {}
        self.looks_like = ""  # the project, if the routers were looked at since anything was asked of them
        self.is_in_order = True

    def write(self, name, confirm_s=60):
        (self.world.project / "intentc.toml").write_text(PROJECT.format(confirm=confirm_s))
        (self.world.project / "wanted.intent").write_text(INTENTS[name])

    def apply(self, name, confirm_s=60):
        self.write(name, confirm_s)
        self.looks_like = ""
        return self.world.intentc("apply", "--lab", "--yes")

    def recover(self):
        self.looks_like = ""
        return self.world.intentc("recover", "--lab")

    def settle(self, name):
        """Bring the routers to a project without any fault."""
        if self.runs != name:
            said = self.apply(name)
            assert said.status == 0, said.out + said.err
            self.runs = name

    def start_over(self):
        """Boot every router from its disk, bring it to the project `old` and forget what was under way."""
        shutil.rmtree(self.world.project / ".intentc" / "lab" / "state", ignore_errors=True)
        for node in self.lab.access:
            self.lab.restart(node)
        wait_converged(self.lab, 60)
        self.runs, self.is_in_order = "", False
        self.settle("old")

    def look(self):
        def ask(node):
            return self.lab.exec(node, ["/bin/sh", "-c", STATE]).stdout

        with ThreadPoolExecutor() as pool:
            return dict(zip(self.lab.access, pool.map(ask, self.lab.access), strict=True))

    def differs(self, name):
        """Return the lines in which routers do not look as under the project `name`."""
        found = {}
        for node, text in self.look().items():
            seen, wanted = text.splitlines(), self.looks[name][node].splitlines()
            if sorted(seen) != sorted(wanted):
                found[node] = sorted((Counter(seen) - Counter(wanted)) + (Counter(wanted) - Counter(seen)))
            elif seen != wanted and self.is_in_order:
                found[node] = ["the order of lines"]
        self.looks_like = "" if found else name
        return found

    def lingering(self, patience_s=30):
        """Return what is still pending on the victim when its own timer must have ended."""
        end = time.monotonic() + patience_s
        while "pending" in (found := self.lab.exec(VICTIM, ["ls", "/run/intentc"]).stdout) and time.monotonic() < end:
            time.sleep(0.3)
        return found

    def comes_to(self, name, patience_s=15):
        """Return how routers still differ from the project `name` when the IGP has had time to converge."""
        end = time.monotonic() + patience_s
        while (found := self.differs(name)) and time.monotonic() < end:
            time.sleep(0.3)
        return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    project = tmp_path_factory.mktemp("refusals") / "project"
    project.mkdir()
    (project / "topology.yaml").write_text(TOPOLOGY)
    Refusals(World(project, None)).write("old")
    lab_directory = project / ".intentc" / "lab"
    write(export(World(project, None).compiled().topology), lab_directory)
    with running_lab(lab_directory, "netns") as made:
        wait_converged(made, 60)
        found = Refusals(World(project, made))
        found.trap = Trap(made, VICTIM)
        for name in ("old", "new", "old"):  # each as it looks when it follows the other
            found.settle(name)
            found.looks[name] = found.look()
        yield found


@pytest.fixture
def either(lab, monkeypatch):
    """Yield the lab as it is, with a patience that a test can wait for."""
    monkeypatch.setattr(network, "Limits", functools.partial(Limits, verb_s=10.0, patience_s=6.0, neighbours_s=3.0))
    lab.looks_like = ""
    yield lab
    lab.trap.clear()
    if lab.looks_like != lab.runs and lab.differs(lab.runs):  # the test has failed: the next one shall tell of itself
        lab.start_over()


@pytest.fixture
def world(either):
    """Yield the lab with every router as in the project `old`."""
    either.settle("old")
    return either


def named(said):
    """Return the codes of findings, and whether each names the victim."""
    codes = [line.split("[")[1][:5] for line in said.err.splitlines() if line.startswith("error[")]
    return codes, all(f"`{VICTIM}`" in line for line in said.err.splitlines() if line.startswith("error["))


# The victim's verbs: `look` is called once by the plan, once under the lock, then after each stage; `stage`, `arm` and
# `apply` once per stage (guard, add, switch, remove); `neighbours` under the lock and by the probe.
REFUSALS = {
    "plan": ("look:1", NO_NFT, UNTOUCHED, "E0819"),
    "lock": ("lock:1", RUN_IS_FULL, UNTOUCHED, "E0811"),
    "read": ("look:2", STATICD_DIES, UNTOUCHED, "E0809"),
    "validate guard": ("stage:1", NO_NFT, BACK, "E0819"),
    "validate add": ("stage:2", NO_VTYSH, BACK, "E0811"),
    "validate switch": ("stage:3", RUN_IS_FULL, BACK, "E0811"),
    "validate remove": ("stage:4", NO_VTYSH, BACK, "E0811"),
    "arm": ("arm:1", RUN_IS_FULL, BACK, "E0811"),
    "arm again": ("arm:3", RUN_IS_FULL, BACK, "E0811"),
    "commit guard": ("apply:1", NO_NFT, BACK, "E0819"),
    "commit add": ("apply:2", STATICD_DIES, BACK, "E0811"),
    "commit switch": ("apply:3", RUN_IS_FULL, BACK, "E0811"),
    "commit remove": ("apply:4", STATICD_DIES, BACK, "E0811"),
    "read back guard": ("look:3", NO_NFT, BACK, "E0819"),
    "read back add": ("look:4", STATICD_DIES, BACK, "E0814"),
    "read back switch": ("look:5", SOMEBODY_CHANGES_A_RULE, BACK, "E0814"),
    "read back remove": ("look:6", NO_NFT, BACK, "E0819"),
    "probe": ("neighbours:2", PORT_GOES_DOWN, BACK, "E0815"),
}


@pytest.mark.parametrize("phase", REFUSALS)
def test_a_router_that_refuses_before_the_decision_leaves_all_as_they_were(world, phase):
    at, cause, status, code = REFUSALS[phase]
    lasts = cause is PORT_GOES_DOWN  # a neighbour is given time to come back
    world.trap.set(at, cause, is_mended_after=not lasts)
    said = world.apply("new")
    assert world.trap.is_sprung
    if lasts:
        world.trap.mend(cause)
    assert (said.status, named(said)) == (status, ([code], True)), said.out + said.err
    assert world.comes_to("old") == {}


# A session that ends takes the verb that is at work with it, as soon as that has something to say.
DEATHS = {
    "plan": ("look:1", UNTOUCHED),
    "lock": ("lock:1", UNTOUCHED),
    "read": ("look:2", UNTOUCHED),
    "validate guard": ("stage:1", BACK),
    "validate add": ("stage:2", BACK),
    "validate switch": ("stage:3", BACK),
    "validate remove": ("stage:4", BACK),
    "arm": ("arm:1", BACK),
    "commit guard": ("apply:1", BACK),
    "commit add": ("apply:2", BACK),
    "commit switch": ("apply:3", BACK),
    "commit remove": ("apply:4", BACK),
    "read back guard": ("look:3", BACK),
    "read back remove": ("look:6", BACK),
    "probe": ("neighbours:2", BACK),
}


@pytest.mark.parametrize("phase", DEATHS)
def test_a_router_whose_sshd_dies_before_the_decision_leaves_all_as_they_were(world, phase):
    at, status = DEATHS[phase]
    world.trap.set(at, SSHD_IS_KILLED, is_mended_after=False)
    said = world.apply("new")
    assert world.trap.is_sprung
    assert (said.status, named(said)) == (status, (["E0813"], True)), said.out + said.err
    assert world.comes_to("old") == {}


@pytest.mark.parametrize(
    ("at", "cause"), [("apply:3", SSHD_IS_GONE), ("apply:2", STATICD_DIES)], ids=["unreachable", "no daemon"]
)
def test_a_router_that_cannot_go_back_is_named_goes_back_by_itself_and_recover_ends_it(world, at, cause):
    world.trap.set(at, cause, is_mended_after=False)
    said = world.apply("new", confirm_s=8)
    assert (world.trap.is_sprung, said.status) == (True, UNCERTAIN), said.out + said.err
    assert named(said) == ([said.err.split("[")[1][:5], "E0816"], True)
    assert f"not known to be where they should be: {VICTIM};" in said.out
    if cause is STATICD_DIES:
        world.trap.mend(cause)
    assert "pending" not in world.lingering()  # nobody has logged in since
    if cause is SSHD_IS_GONE:
        world.trap.mend(cause)
    recovered = world.recover()
    assert recovered.status == 0, recovered.out + recovered.err
    assert world.comes_to("old") == {}
    assert world.recover().out == "nothing to recover: no apply was interrupted\n"


FORWARD = {
    "confirm, refused": ("confirm:1", NO_NFT, True),
    "confirm, sshd dies": ("confirm:1", SSHD_IS_KILLED, False),
    "persist, read-only": ("persist:1", CONFIG_IS_READ_ONLY, True),
    "persist, sshd dies": ("persist:1", SSHD_IS_KILLED, False),
    "unlock, refused": ("unlock:1", NO_NFT, True),
    "unlock, sshd dies": ("unlock:1", SSHD_IS_KILLED, False),
}


@pytest.mark.parametrize("phase", FORWARD)
def test_a_router_that_refuses_or_dies_after_the_decision_goes_forward_with_all(either, phase):
    at, cause, is_mended_after = FORWARD[phase]
    goal = {"old": "new", "new": "old"}[either.runs]
    either.trap.set(at, cause, is_mended_after=is_mended_after)
    said = either.apply(goal)
    assert either.trap.is_sprung
    assert (said.status, named(said)) == (APPLIED, ([], True)), said.out + said.err
    assert either.comes_to(goal) == {}
    either.runs = goal


def test_a_router_that_cannot_persist_is_named_and_recover_makes_it_new(either):
    goal = {"old": "new", "new": "old"}[either.runs]
    either.trap.set("persist:1", CONFIG_IS_READ_ONLY, is_mended_after=False)
    said = either.apply(goal)
    assert (said.status, named(said)) == (UNCERTAIN, (["E0816"], True)), said.out + said.err
    either.trap.mend(CONFIG_IS_READ_ONLY)
    recovered = either.recover()
    assert recovered.status == 0, recovered.out + recovered.err
    assert either.comes_to(goal) == {}
    either.runs = goal


# Who we talk to and who we are. These go by the addresses of a topology, as with real devices.


@pytest.fixture
def managed(world):
    """Yield the project with its routers under `management`, in a way to break it."""
    found = Managed(world)
    found.write()
    yield found
    world.write("old")
    (world.world.project / "topology.yaml").write_text(TOPOLOGY)


class Managed:
    def __init__(self, world):
        self.world = world
        self.project = world.world.project
        self.key = world.lab.key
        self.known_hosts = self.project / "known_hosts"
        self.known_hosts.write_text(world.lab.known_hosts.read_text())
        self.places = {node: (access.host, access.port) for node, access in world.lab.access.items()}
        self.pins = {}

    def write(self):
        self.world.write("new")
        with (self.project / "intentc.toml").open("a") as file:
            file.write(f'[credentials.default]\nusername = "root"\nkey = "{self.key}"\n')
            file.write(f'known_hosts = "{self.known_hosts}"\n')
        text = TOPOLOGY
        for node, (host, port) in self.places.items():
            pin = f', host_key: "{self.pins[node]}"' if node in self.pins else ""
            managed = f"management: {{host: {host}, port: {port}{pin}}}, region: inland"
            text = re.sub(rf"(  {node}: +{{)region: inland", rf"\g<1>{managed}", text)
        (self.project / "topology.yaml").write_text(text)

    def new_key(self, name):
        path = self.project / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
        return path, " ".join(Path(f"{path}.pub").read_text().split()[:2])

    def router_is_replaced(self):
        """Give the victim another host key, as a re-installed router has."""
        path, _ = self.new_key("replaced")
        self._host_key(path.read_text())

    def router_is_put_back(self, key):
        self._host_key(key)

    def _host_key(self, text):
        self.world.lab.exec(VICTIM, ["/bin/sh", "-c", "umask 077; cat >/etc/ssh/lab_host_key"], stdin=text)


def break_nothing(managed):
    """The same with nothing broken, so that what the other cases say is about what they break."""


def break_known_hosts(managed):
    host, port = managed.places[VICTIM]
    lines = managed.known_hosts.read_text().splitlines()
    managed.known_hosts.write_text("".join(f"{line}\n" for line in lines if f"[{host}]:{port}" not in line))


def break_pin(managed):
    managed.pins[VICTIM] = managed.new_key("other")[1]


def break_router(managed):
    managed.router_is_replaced()


def break_port(managed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        managed.places[VICTIM] = server.getsockname()


def break_key(managed):
    managed.key = managed.new_key("stranger")[0]


def break_key_file(managed):
    managed.key = managed.project / "no-such-key"


LOGINS = {
    "nothing": (break_nothing, 0, "", ""),
    "host key unknown": (break_known_hosts, UNTOUCHED, "E0802", "to `{known_hosts}`, or pin the key"),
    "host key replaced": (break_router, UNTOUCHED, "E0803", "the device was replaced or re-installed"),
    "host key not the pin": (break_pin, UNTOUCHED, "E0803", "the device was replaced or re-installed"),
    "unreachable": (break_port, UNTOUCHED, "E0801", "check the address and port under `management`"),
    "key not accepted": (break_key, UNTOUCHED, "E0805", "authorized_keys on the device"),
    "no key": (break_key_file, UNTOUCHED, "E0804", "`key` under `[credentials.…]`"),
}


@pytest.mark.parametrize("what", LOGINS)
def test_who_is_not_whom_we_know_or_does_not_know_us_is_named_and_nothing_is_touched(managed, what):
    break_it, status, code, advice = LOGINS[what]
    own = managed.world.lab.exec(VICTIM, ["cat", "/etc/ssh/lab_host_key"]).stdout
    break_it(managed)
    managed.write()
    try:
        said = managed.world.world.intentc("plan") if status == 0 else managed.world.world.intentc("apply", "--yes")
    finally:
        managed.router_is_put_back(own)
    assert said.status == status, said.out + said.err
    everyone = code in ("E0804", "E0805")  # our own key opens no router
    assert named(said)[0] == [code] * (3 if everyone else bool(code)), said.err
    assert everyone or named(said)[1]
    assert advice.format(known_hosts=managed.known_hosts) in said.err
    assert "Traceback" not in said.err
    assert said.out == "" or status == 0
    assert managed.world.differs("old") == {}


# Last, for a reboot makes everything anew: rules and tables are the same, but may be listed in another order from then on.


@pytest.mark.parametrize("phase", ["commit guard", "commit switch"])
def test_a_router_whose_power_is_cut_before_the_decision_boots_into_what_it_was(world, phase):
    """Its timer is gone and so is the transaction: the persisted configuration is the old one."""
    with world.trap.power_cut(DEATHS[phase][0], off_s=1.0):
        world.is_in_order = False
        said = world.apply("new")
    assert world.trap.is_sprung
    assert (said.status, named(said)[1]) == (BACK, True), said.out + said.err
    assert world.comes_to("old", 30) == {}


def test_a_router_whose_power_is_cut_after_the_decision_is_given_the_change_again(either):
    goal = {"old": "new", "new": "old"}[either.runs]
    with either.trap.power_cut("confirm:1", off_s=1.0):
        either.is_in_order = False
        said = either.apply(goal)
    assert either.trap.is_sprung
    assert said.status == APPLIED, said.out + said.err
    assert either.comes_to(goal, 30) == {}
    either.runs = goal
