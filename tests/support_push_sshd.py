"""Real sshd processes on loopback addresses, each a "device" with the fake agent, in a mount namespace of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SSHD = "/usr/sbin/sshd"


def why_not():
    """Return why no sshd can be started here, or ""."""
    if os.geteuid() != 0:
        return "needs root: sshd in mount namespaces"
    missing = [tool for tool in (SSHD, "ssh-keygen", "unshare") if shutil.which(tool) is None]
    return f"needs {', '.join(missing)}" if missing else ""


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def make_key(path, kind="ed25519", passphrase="", bits=256):
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", passphrase, "-C", "test", "-f", path], check=True
    )
    return path


@dataclass
class Sshd:
    """One running sshd; `directory` holds its keys and its log."""

    name: str
    address: str
    port: int
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def host_key(self):
        return " ".join((self.directory / "host_key.pub").read_text().split()[:2])

    @property
    def known_hosts_line(self):
        return f"[{self.address}]:{self.port} {self.host_key}\n"

    @property
    def log(self):
        return (self.directory / "log").read_text()

    def stop(self):
        self.process.kill()
        self.process.wait()


# An /etc of its own, in which accounts are made: one may become root by sudo as targets/frr/README.md says, the other may not.
AUTOMATION, GUEST = "automation", "guest"
_KEYS = "/etc/ssh/intentc_keys"
_ACCOUNTS = f"""cp -a /etc /run/etc && mount --bind /run/etc /etc
for name in {AUTOMATION} {GUEST}; do useradd -M -s /bin/sh -p '*' $name; done
printf '%s\\n' '{AUTOMATION} ALL=(root) NOPASSWD: /bin/sh' 'Defaults env_keep += "FAKE_DEVICE"' >/etc/sudoers.d/intentc
chmod 440 /etc/sudoers.d/intentc
(printf 'restrict,from="127.0.0.0/8" '; cat DIRECTORY/authorized_keys) >{_KEYS}
"""


def why_no_sudo():
    """Return why no account can become root by sudo here, or ""; as root it is installed where it is missing."""
    if not why_not() and shutil.which("sudo") is None:
        subprocess.run(["apt-get", "install", "-y", "-q", "sudo"], check=False, capture_output=True)
    return why_not() or ("" if shutil.which("sudo") else "needs sudo")


def start(name, address, directory, user_key, *, settings=(), has_accounts=False):
    """Start an sshd that lets `user_key` in as root, or into the accounts if it `has_accounts`; `settings` are further lines of its configuration."""
    directory.mkdir(parents=True)
    make_key(directory / "host_key")
    shutil.copy(f"{user_key}.pub", directory / "authorized_keys")
    port = free_port(address)
    accounts = _ACCOUNTS.replace("DIRECTORY", str(directory)) if has_accounts else ""
    lines = [
        f"ListenAddress {address}:{port}",
        f"HostKey {directory}/host_key",
        f"AuthorizedKeysFile {_KEYS if has_accounts else f'{directory}/authorized_keys'}",
        f"PidFile {directory}/pid",
        f"SetEnv FAKE_DEVICE={name} HOME={directory}",  # no profile of whoever runs the tests
        "StrictModes no",
        "UsePAM no",
        "PermitRootLogin yes",
        "PasswordAuthentication yes",
        "MaxStartups 50",
        *settings,
    ]
    (directory / "config").write_text("\n".join(lines) + "\n")
    # /run of its own: what is installed there is gone with the process, and several devices do not share it.
    inside = f"mount -t tmpfs none /run && mkdir -p /run/sshd\n{accounts}exec {SSHD} -D -f {directory}/config -E {directory}/log"
    process = subprocess.Popen(["unshare", "--mount", "--kill-child", "sh", "-e", "-c", inside])
    wait_for(address, port, process)
    return Sshd(name, address, port, directory, process)


def wait_for(address, port, process):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection((address, port), 0.5).close()
        except OSError:
            assert process.poll() is None, "sshd did not start"
            time.sleep(0.02)
        else:
            return
    raise AssertionError("sshd does not listen")
