"""Applies plan files from processes of their own, for tests that kill them.

One JSON object a line in; out comes the process that will carry it out and, after another line, how it ended.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from support_push_network import LIMITS, fake_target

from intentc.inventory.model import Device
from intentc.plan.file import read_plan
from intentc.push import ssh
from intentc.push.agent import open_agent
from intentc.push.apply import apply
from intentc.push.team import Author, Options


def carry_out(root, key, places):
    devices = {
        node: Device(
            node=node,
            host=host,
            port=port,
            username="root",
            key_file=Path(key),
            known_hosts=Path(root) / "known_hosts",
            host_key=None,
        )
        for node, (host, port) in places.items()
    }
    plan = read_plan(Path(root) / "plan.json")
    options = Options(Path(root) / "state", Author("bob", "noc1"), LIMITS)
    target = fake_target(Path(root) / "agent.sh")
    return apply(plan, devices, options, opener=lambda device, limits: open_agent(device, limits, target)).status


def main():
    """Fork for each order: whatever takes long to import is there already, and nothing else runs in this process."""
    assert ssh.connect
    assert threading.active_count() == 1
    for line in sys.stdin:
        waiting, going = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(going)
            is_told = bool(os.read(waiting, 1))  # not where the tests have ended meanwhile
            os._exit(carry_out(**json.loads(line)) if is_told else 1)
        print(process, flush=True)
        sys.stdin.readline()
        os.write(going, b"!")
        _, status = os.waitpid(process, 0)
        os.close(waiting)
        os.close(going)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
