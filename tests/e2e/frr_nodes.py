"""Small test support: FRR routers and hosts as Linux namespaces, joined by wires that can be cut silently.

Each node is one `unshare` child with namespaces of its own (network, mounts, processes, host name); its death takes everything with
it, and it dies with the process that started it. A wire is a bridge in one more network namespace: taking one port off it
loses packets without a loss of carrier.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

DAEMONS = ("zebra", "staticd", "isisd", "bfdd")
TOOLS = ("unshare", "nsenter", "setpriv", "ip", "tc", "nft", "vtysh")

_UNSHARE = (
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "-n",
    "-m",
    "-p",
    "-u",
    "--fork",
    "--mount-proc",
    "--kill-child",
)
_INIT = r"""
set -e
mount --make-rprivate /
mount -t sysfs sysfs /sys
mkdir -p "$DIR/frr" "$DIR/log"
[ -d "$DIR/etc" ] || cp -a /etc "$DIR/etc"
chown frr:frr "$DIR/frr" "$DIR/log" 2>/dev/null || true
mount --bind "$DIR/etc" /etc
if [ -d /etc/frr ]; then mount --bind "$DIR/frr" /etc/frr; mount --bind "$DIR/log" /var/log/frr; fi
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/tmp
mkdir -p /run/frr /var/tmp/frr; chown frr:frr /run/frr /var/tmp/frr 2>/dev/null || true
hostname "$NAME"
ip link set lo up
for key in net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv6.conf.default.forwarding; do
  echo "$FORWARD" > /proc/sys/$(echo $key | tr . /)
done
for key in net.ipv4.conf.all.rp_filter net.ipv4.conf.default.rp_filter net.ipv6.conf.default.accept_dad net.ipv6.conf.all.accept_dad; do
  echo 0 > /proc/sys/$(echo $key | tr . /)
done
trap '' CHLD
echo ready >&3
exec 3>&-
exec sleep infinity
"""

# A daemon is a session of its own. Where the kernel shares processors out by session (autogroup), `nice` counts within one only.
_AS_NICE_AS_WE_ARE = """
for file in /run/frr/*.pid; do nice >"/proc/$(cat "$file")/autogroup"; done 2>/dev/null
"""


def missing() -> str | None:
    """Return why the labs cannot run here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent or not Path("/usr/lib/frr/zebra").exists():
        return f"needs {', '.join(absent) or 'FRR'}"
    return None


@dataclass
class Node:
    """One running node; `run` executes a command inside it."""

    name: str
    process: subprocess.Popen[bytes]
    pid: int
    directory: Path

    def command(self, *argv: str) -> list[str]:
        return ["nsenter", "-t", str(self.pid), "-n", "-m", "-p", "-u", "--", *argv]

    def run(self, *argv: str, stdin: str | None = None, check: bool = True, timeout: float = 60) -> str:
        done = subprocess.run(
            self.command(*argv), input=stdin, text=True, capture_output=True, check=False, timeout=timeout
        )
        if check and done.returncode != 0:
            message = f"{self.name}: {' '.join(argv)}: status {done.returncode}\n{done.stdout}{done.stderr}"
            raise AssertionError(message)
        return done.stdout

    def status(self, *argv: str, stdin: str | None = None, timeout: float = 60) -> tuple[int, str]:
        done = subprocess.run(
            self.command(*argv), input=stdin, text=True, capture_output=True, check=False, timeout=timeout
        )
        return done.returncode, done.stdout + done.stderr

    def sh(self, script: str, *, check: bool = True) -> str:
        return self.run("sh", "-c", script, check=check)

    def spawn(self, *argv: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(self.command(*argv), text=True, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)

    def start_frr(self, config: str | None = None) -> None:
        """Write `frr.conf` (None: it is there) and start the daemons; fail when a line is refused, as `vtysh -b` exits 0."""
        if config is not None:
            (self.directory / "frr" / "frr.conf").write_text(config)
            (self.directory / "frr" / "vtysh.conf").write_text("service integrated-vtysh-config\n")
            shutil.chown(self.directory / "frr" / "frr.conf", "frr", "frr")
        for daemon in DAEMONS:
            self.run(f"/usr/lib/frr/{daemon}", "-d", "-A", "127.0.0.1", "--log", f"file:/var/log/frr/{daemon}.log")
        self.sh(_AS_NICE_AS_WE_ARE, check=False)
        _, said = self.status("vtysh", "-b")
        assert "%" not in said, said
        assert "rror" not in said, said


@dataclass
class Bench:
    """All nodes and wires of one test; leaving the context kills exactly what it started."""

    directory: Path
    nodes: dict[str, Node] = field(default_factory=dict)
    wires: int = 0

    def node(self, name: str, *, forward: bool = True) -> Node:
        """Start a node; one of the same name, with the files that the last one left, is a reboot."""
        directory = self.directory / name
        directory.mkdir(exist_ok=True)
        reader, writer = os.pipe()
        environment = {**os.environ, "DIR": str(directory), "NAME": name, "FORWARD": "1" if forward else "0"}
        process = subprocess.Popen(
            [*_UNSHARE, "sh", "-c", f"exec 3>/proc/self/fd/{writer}\n{_INIT}"],
            env=environment,
            pass_fds=(writer,),
            start_new_session=True,
        )
        os.close(writer)
        with os.fdopen(reader) as ready:
            is_ready = ready.readline().strip() == "ready"
        if not is_ready:
            process.kill()
            process.wait()
            raise AssertionError(f"{name} did not start")
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        self.nodes[name] = Node(name, process, int(child), directory)
        return self.nodes[name]

    def link(self, a: Node, port_a: str, b: Node, port_b: str) -> None:
        """Join two ports by a veth pair."""
        _ip("link", "add", port_a, "netns", str(a.pid), "type", "veth", "peer", "name", port_b, "netns", str(b.pid))
        a.run("ip", "link", "set", port_a, "up")
        b.run("ip", "link", "set", port_b, "up")

    def wire(self, a: Node, port_a: str, b: Node, port_b: str) -> Wire:
        """Join two ports by a wire that `Wire.cut` interrupts silently."""
        if "wires" not in self.nodes:
            self.node("wires", forward=False)
        middle = self.nodes["wires"]
        number = self.wires
        self.wires += 1
        bridge, left, right = f"br{number}", f"l{number}", f"r{number}"
        self.link(a, port_a, middle, left)
        self.link(b, port_b, middle, right)
        middle.run("ip", "link", "add", bridge, "type", "bridge", "mcast_snooping", "0")
        middle.run("ip", "link", "set", bridge, "up", "address", "02:00:00:00:00:01")
        # 802.1D keeps some group addresses on the segment; a wire does not
        middle.sh(f"echo 65528 > /sys/class/net/{bridge}/bridge/group_fwd_mask || true")
        wire = Wire(middle, bridge, left, right)
        wire.mend()
        return wire

    def kill(self, node: Node) -> None:
        """Take a node's power."""
        node.process.kill()
        node.process.wait()

    def close(self) -> None:
        for node in self.nodes.values():
            node.process.kill()
        for node in self.nodes.values():
            node.process.wait()


@dataclass
class Wire:
    middle: Node
    bridge: str
    left: str
    right: str

    def cut(self) -> None:
        """Lose every packet; both ends keep their carrier."""
        self.middle.run("ip", "link", "set", self.left, "nomaster")

    def mend(self) -> None:
        self.middle.run("ip", "link", "set", self.left, "master", self.bridge)
        self.middle.run("ip", "link", "set", self.right, "master", self.bridge)


@contextmanager
def bench() -> Iterator[Bench]:
    directory = Path(tempfile.mkdtemp(prefix="itc-frr-"))
    made = Bench(directory)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(directory, ignore_errors=True)


def wait_for(what: Callable[[], bool], seconds: float, say: str) -> None:
    """Return as soon as `what` holds; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not within {seconds} s: {say}"
        time.sleep(0.05)


def _ip(*argv: str) -> None:
    subprocess.run(["ip", *argv], check=True, capture_output=True)
