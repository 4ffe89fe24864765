"""Applies plans from processes of their own, for tests that kill them: one JSON object a line in, its exit status out."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from support_push_eos_network import LIMITS

from intentc.inventory.model import Device
from intentc.plan.file import read_plan
from intentc.push.apply import apply
from intentc.push.team import Author, Options


def carry_out(root, devices):
    (root / "pid").write_text(str(os.getpid()))
    found = {
        one["node"]: Device(
            **{
                **one,
                "known_hosts": Path(one["known_hosts"]),
                "key_file": Path(one["key_file"]),
                "memory": Path(one["memory"]),
            }
        )
        for one in devices
    }
    options = Options(root / "state", Author("bob", "noc1"), LIMITS)
    return apply(read_plan(root / "plan.json"), found, options).status


def main():
    """Fork for each order: whatever takes long to import is there already, and nothing else runs in this process."""
    assert threading.active_count() == 1
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            os._exit(carry_out(Path(order["root"]), order["devices"]))
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
