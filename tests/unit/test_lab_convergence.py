"""A lab counts as converged only when OSPF has its adjacencies and BFD its sessions, for both families."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from support_lab import link, node, topology

from intentc.lab.convergence import wait_converged
from intentc.lab.export import export, write
from intentc.lab.model import LabError

ROUTES = {
    "r1": "10.255.0.2 dev eth1\nfd00:255::2 dev eth1\n",
    "r2": "10.255.0.1 dev eth1\nfd00:255::1 dev eth1\n",
}


class StubLab:
    """Two routers whose daemons say what they are told to; a stub, nothing runs."""

    def __init__(self, directory, *, states, peers):
        self.state = SimpleNamespace(directory=str(directory), pids={"r1": 1, "r2": 2}, failed_links={})
        self.states, self.peers = states, peers

    def exec(self, router, argv, **_):
        if argv[0] == "ip":
            return SimpleNamespace(stdout=ROUTES[router])
        return SimpleNamespace(stdout=json.dumps(self._shown(argv[-1])))

    def _shown(self, words):
        if words == "show bfd peers json":
            return [{"interface": "eth1", "status": status} for status in self.peers]
        if words == "show ip ospf neighbor json":
            return {"neighbors": {"10.255.0.9": [{"state": self.states[0]}]}}
        return {"neighbors": [{"state": self.states[1]}]}


@pytest.fixture
def directory(tmp_path: Path):
    made = topology([node("r1", 1), node("r2", 2)], [link("r1", "r2")], igp="ospf", bfd_ms=50)
    write(export(made), tmp_path)
    return tmp_path


def test_adjacencies_and_sessions_of_both_families_are_enough(directory):
    assert wait_converged(StubLab(directory, states=("Full/-", "Full"), peers=("up", "up")), 5) >= 0.6


@pytest.mark.parametrize(
    ("states", "peers", "missing"),
    [
        (("ExStart/-", "Full"), ("up", "up"), "r1 has 0 of 1 adjacencies of OSPF for IPv4"),
        (("Full/-", "Loading"), ("up", "up"), "r1 has 0 of 1 adjacencies of OSPF for IPv6"),
        (("Full/-", "Full"), ("up",), "r1 has 0 of 1 BFD sessions up"),
        (("Full/-", "Full"), ("up", "down"), "r1 has 0 of 1 BFD sessions up"),
    ],
)
def test_what_is_missing_is_said(directory, states, peers, missing):
    with pytest.raises(LabError, match=missing):
        wait_converged(StubLab(directory, states=states, peers=peers), 0.6)
