"""Faults for real routers at an exact moment: a trap on the router waits for a verb of the agent and then spoils something.

The trap is a `sh` that is found before the system's. It changes neither the agent nor what the agent says: it only runs
commands on the router right before a verb begins and right after it has ended. What goes wrong then goes wrong by itself.
"""

from __future__ import annotations

import shlex
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TRAP = "/srv/trap"  # on the node's disk: a full /run or a reboot does not disarm it
_SHELL = f"""#!/bin/sh
case "${{1-}}" in
/run/intentc/push/agent-*)
    echo "$2" >>{TRAP}/calls
    if [ "$2:$(grep -cx -- "$2" {TRAP}/calls)" = "$(cat {TRAP}/at 2>/dev/null)" ]; then
        /bin/sh {TRAP}/before "$2" >/dev/null 2>&1 </dev/null
        /bin/sh "$@"; status=$?
        /bin/sh {TRAP}/after >/dev/null 2>&1 </dev/null
        exit $status
    fi ;;
esac
exec /bin/sh "$@"
"""


@dataclass(frozen=True)
class Cause:
    """What spoils a verb, as shell commands on the router, and what mends it again."""

    spoil: str
    mend: str = ":"


def gone(path: str) -> Cause:
    """A program cannot be run, as while its package is upgraded; seen in the node's own mount namespace only."""
    return Cause(f"mount --bind /dev/null {path}", f"umount {path}")


def full(directory: str) -> Cause:
    """A file system (tmpfs) has not a page left."""
    page = f"{directory}/last-page"
    size = f"$(($(df -k --output=used {directory} | tail -n 1) + 4))k"
    fill = f"mount -o remount,size={size} {directory}; head -c 4096 /dev/zero >{page}"
    return Cause(fill, f"rm {page}; mount -o remount,size=50% {directory}")


def read_only(directory: str) -> Cause:
    return Cause(f"mount --bind {directory} {directory} && mount -o remount,bind,ro {directory}", f"umount {directory}")


NO_NFT = gone("/usr/sbin/nft")
NO_VTYSH = gone("/usr/bin/vtysh")
RUN_IS_FULL = full("/run")
CONFIG_IS_READ_ONLY = read_only("/etc/frr")
# watchfrr starts a daemon that died and gives it its start-up configuration; labs have no watchfrr
STATICD_DIES = Cause(
    "kill -9 $(cat /run/frr/staticd.pid); rm -f /run/frr/staticd.vty",
    "/usr/lib/frr/staticd -d -A 127.0.0.1 --log file:/var/log/frr/staticd.log && vtysh -b",
)
SOMEBODY_CHANGES_A_RULE = Cause("nft add rule inet itc marking counter")
PORT_GOES_DOWN = Cause("ip link set eth1 down", "ip link set eth1 up")

_KILL_SSHD = 'for one in /proc/[0-9]*; do [ "$(cat $one/comm)" != sshd ] || kill -9 "${one#/proc/}"; done'
SSHD_IS_KILLED = Cause(_KILL_SSHD)
_NO_SSHD = gone("/usr/sbin/sshd")
SSHD_IS_GONE = Cause(f"{_NO_SSHD.spoil}; {_KILL_SSHD}", _NO_SSHD.mend)
NODE_HANGS = Cause("sleep 300")  # until its power is cut


class Trap:
    """The trap of one router of a lab."""

    def __init__(self, lab, node):
        self._lab = lab
        self.node = node
        self._shell(f"mkdir -p {TRAP}; cat >/usr/local/sbin/sh; chmod 755 /usr/local/sbin/sh", _SHELL)

    def set(self, at: str, cause: Cause, *, is_mended_after: bool) -> None:
        """Let `cause` happen when the verb of `at` (`VERB:N`: its Nth call from now on) begins."""
        after = cause.mend if is_mended_after else ":"
        files = {"at": at, "before": f"touch {TRAP}/sprung\n{cause.spoil}", "after": after, "calls": ""}
        write = [f"printf '%s\\n' {shlex.quote(text)} >{TRAP}/{name}" for name, text in files.items()]
        self._shell(f"rm -f {TRAP}/*; {'; '.join(write)}")

    def clear(self) -> None:
        self._shell(f"rm -f {TRAP}/*")

    def mend(self, cause: Cause) -> None:
        self._shell(cause.mend)

    @property
    def is_sprung(self) -> bool:
        return Path(f"/proc/{self._lab.pid(self.node)}/root{TRAP}/sprung").exists()

    @contextmanager
    def power_cut(self, at: str, off_s: float):
        """Cut the router's power in the middle of the verb of `at`, and boot it again `off_s` later."""
        self.set(at, NODE_HANGS, is_mended_after=False)
        ended = threading.Event()
        thread = threading.Thread(target=self._cut, args=(ended, off_s))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _cut(self, ended, off_s):
        while not self.is_sprung:
            if ended.wait(0.05):
                return
        self._lab.fail_node(self.node)
        time.sleep(off_s)
        self._lab.repair_node(self.node)

    def _shell(self, script, stdin=""):
        self._lab.exec(self.node, ["/bin/sh", "-c", script], stdin=stdin)
