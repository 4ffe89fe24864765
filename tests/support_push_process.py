"""Applies a plan file from a process of its own, for tests that kill it: DIRECTORY KEY NODE=HOST:PORT…"""

from __future__ import annotations

import sys
from pathlib import Path

from support_push_network import LIMITS, fake_target

from intentc.inventory.model import Device
from intentc.plan.file import read_plan
from intentc.push import ssh
from intentc.push.agent import open_agent
from intentc.push.apply import apply
from intentc.push.team import Author, Options


def main():
    root, key, *addresses = sys.argv[1:]
    devices = {}
    for item in addresses:
        node, where = item.split("=")
        host, port = where.rsplit(":", 1)
        devices[node] = Device(
            node=node,
            host=host,
            port=int(port),
            username="root",
            key_file=Path(key),
            known_hosts=Path(root) / "known_hosts",
            host_key=None,
        )
    plan = read_plan(Path(root) / "plan.json")
    assert ssh.connect
    print("ready", flush=True)
    sys.stdin.readline()
    options = Options(Path(root) / "state", Author("bob", "noc1"), LIMITS)
    target = fake_target(Path(root) / "agent.sh")
    report = apply(plan, devices, options, opener=lambda device, limits: open_agent(device, limits, target))
    sys.exit(report.status)


if __name__ == "__main__":
    main()
