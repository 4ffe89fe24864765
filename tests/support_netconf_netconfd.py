"""Real netconfd processes (yuma123, from Debian), each behind an sshd of its own, with the model of `support_netconf_lab`."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from support_netconf_lab import YANG
from support_netconf_world import pin
from support_push_sshd import SSHD, free_port, make_key, wait_for

TOOLS = ("netconfd", "ssh-keygen")
SUBSYSTEM = "/usr/sbin/netconf-subsystem"
MODULES = "/usr/share/yuma/modules"
CANDIDATE = ("--target=candidate",)  # a commit after <validate> is lost on this server, and answered with ok
DIRECT = ("--target=running",)
REFUSING = ("--target=candidate", "--with-validate=false")  # it refuses every edit for an option that nobody sent
EMPTY = '<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"/>'


def why_not():
    """Return why no netconfd can be started here, or ""."""
    if os.geteuid() != 0:
        return "needs root: sshd and netconfd"
    missing = [tool for tool in (*TOOLS, SSHD, SUBSYSTEM) if shutil.which(tool) is None]
    return f"needs {', '.join(missing)}" if missing else ""


@dataclass
class Netconfd:
    """One device; `arguments` are those of netconfd beside the places of its files."""

    name: str
    address: str
    root: Path
    user_key: Path
    arguments: tuple[str, ...] = CANDIDATE
    superuser: str = "root"
    server: subprocess.Popen | None = None

    def __post_init__(self):
        self.root.mkdir(parents=True)
        (self.root / "modules").mkdir()
        (self.root / "modules" / "lab-net.yang").write_text(YANG)
        (self.root / "startup.xml").write_text(EMPTY)
        self.port = free_port(self.address)
        self.start()
        self.sshd = self._sshd()

    @property
    def socket(self):
        return self.root / "nc.sock"

    @property
    def place(self):
        return self.address, self.port, pin(self.root / "host_key")

    def start(self):
        """Start netconfd; it refuses to where a socket is left, and shares a file below HOME with others."""
        self.socket.unlink(missing_ok=True)
        words = [
            *("netconfd", f"--port={self.port}", f"--ncxserver-sockname={self.socket}"),
            *(f"--modpath={self.root}/modules:{MODULES}", "--module=lab-net", f"--startup={self.root}/startup.xml"),
            *(f"--superuser={self.superuser}", f"--log={self.root}/log", *self.arguments),
        ]
        environment = {**os.environ, "HOME": str(self.root)}
        self.server = subprocess.Popen(
            words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while not self.socket.exists():
            assert self.server.poll() is None, (self.root / "log").read_text()[-2000:]
            assert time.monotonic() < until, "netconfd does not listen"
            time.sleep(0.02)

    def kill(self):
        self.server.kill()
        self.server.wait()

    def stop(self):
        self.kill()
        self.sshd.kill()
        self.sshd.wait()

    def _sshd(self):
        make_key(self.root / "host_key")
        shutil.copy(f"{self.user_key}.pub", self.root / "authorized_keys")
        Path("/run/sshd").mkdir(exist_ok=True)
        lines = [
            f"ListenAddress {self.address}:{self.port}",
            f"HostKey {self.root}/host_key",
            f"AuthorizedKeysFile {self.root}/authorized_keys",
            f"PidFile {self.root}/pid",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin yes",
            "MaxStartups 50",
            f"SetEnv HOME={self.root}",  # no profile of whoever runs the tests, which bash reads for each subsystem
            f'Subsystem netconf "{SUBSYSTEM} --ncxserver-sockname={self.port}@{self.socket}"',
        ]
        (self.root / "sshd_config").write_text("\n".join(lines) + "\n")
        process = subprocess.Popen([SSHD, "-D", "-f", self.root / "sshd_config", "-E", self.root / "sshd.log"])
        wait_for(self.address, self.port, process)
        return process
