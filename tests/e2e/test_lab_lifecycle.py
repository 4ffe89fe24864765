"""Labs start, live side by side, and end whatever happens to those who started them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support_lab import SPAN, diamond, flow, link, node, topology

from intentc.lab import netns, starting
from intentc.lab.convergence import wait_converged
from intentc.lab.engine import environment
from intentc.lab.export import export, write
from intentc.lab.model import LabError
from intentc.lab.probe import measure
from intentc.lab.runs import start_time
from intentc.lab.starting import running_lab
from intentc.topology.model import Management, SegmentRouting

MISSING = netns.missing()
pytestmark = [
    pytest.mark.lab,
    pytest.mark.timed,
    pytest.mark.skipif(bool(MISSING), reason=f"labs cannot run in namespaces here: {', '.join(MISSING)}"),
]
GONE_S = 10

STARTER = """
import sys, time
from pathlib import Path
from intentc.lab.starting import running_lab
with running_lab(Path(sys.argv[1]), "netns") as lab:
    print(lab.run, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def pair(tmp_path):
    """Return the directory of a lab of two routers."""
    write(export(topology([node("r1", 1), node("r2", 2)], [link("r1", "r2")], name="pair")), tmp_path)
    return tmp_path


def descendants(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def wait_gone(processes):
    """Wait until none of the processes, given with their start times, is left; return those that are."""
    end = time.monotonic() + GONE_S
    while left := [pid for pid, start in processes.items() if start_time(pid) == start]:
        if time.monotonic() > end:
            return left
        time.sleep(0.05)
    return []


def own_links():
    return sorted(item["ifname"] for item in json.loads(subprocess.check_output(["ip", "-j", "link"])))


@pytest.mark.parametrize("victim", ["starter", "supervisor"])
def test_a_killed_lab_leaves_nothing_behind(pair, victim):
    before = own_links()
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(pair)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with starter:
        run = Path(starter.stdout.readline().strip())
        supervisor = json.loads((run / "state.json").read_text())["supervisor"]
        family = {pid: start_time(pid) for pid in (supervisor, *descendants(supervisor))}
        assert len(family) > 12  # routers with their daemons, and the relay
        os.kill(starter.pid if victim == "starter" else supervisor, signal.SIGKILL)
        assert wait_gone(family) == []
        starter.kill()
    assert own_links() == before
    assert run not in starting.labs()
    assert not run.exists()


def test_the_end_of_a_with_is_the_end_of_the_lab(pair):
    with running_lab(pair, "netns") as lab:
        supervisor = lab.state.supervisor
        family = {pid: start_time(pid) for pid in (supervisor, *descendants(supervisor))}
    assert wait_gone(family) == []
    assert not lab.run.exists()


def test_two_labs_run_side_by_side(tmp_path):
    write(export(diamond()), tmp_path)
    with running_lab(tmp_path, "netns") as first, running_lab(tmp_path, "netns") as second:
        wait_converged(first, 20)
        wait_converged(second, 20)
        first.fail_link("r1--r2", "r3--r4")
        time.sleep(0.5)
        assert measure(first, [flow(1, 4)], 0.3)["1>4"].received == 0
        assert measure(second, [flow(1, 4)], 0.3)["1>4"].lost == 0
        places = [(item.host, item.port) for lab in (first, second) for item in lab.access.values()]
        assert len(set(places)) == 8


def test_a_lab_outlives_the_command_that_started_it_until_it_is_ended(pair):
    lab = starting.up(pair, "netns")
    try:
        assert starting.find(pair) == lab
        assert lab.exec("r1", ["hostname"]).stdout == "r1\n"
        with pytest.raises(LabError, match="already running"):
            starting.up(pair, "netns")
    finally:
        starting.down(pair)
    assert not lab.run.exists()
    with pytest.raises(LabError, match="is not running"):
        starting.find(pair)


def test_a_router_listens_where_the_topology_says_if_that_is_loopback(tmp_path):
    fixed = Management("127.127.77.1", "ssh", 2201, "default", None, SPAN)
    routers = [node("r1", 1, management=fixed), node("r2", 2, management=replace(fixed, host="192.0.2.7"))]
    for name in ("first", "second"):
        write(export(topology(routers, [link("r1", "r2")], name="fixed")), tmp_path / name)
    lab = starting.up(tmp_path / "first", "netns")
    try:
        assert (lab.access["r1"].host, lab.access["r1"].port) == ("127.127.77.1", 2201)
        assert lab.access["r2"].host.startswith("127.")
        with pytest.raises(LabError, match=r"r1 cannot listen on 127\.127\.77\.1 port 2201: Address already in use"):
            starting.up(tmp_path / "second", "netns")
    finally:
        lab.down()


def test_a_configuration_that_frr_does_not_take_stops_the_lab(pair):
    with (pair / "routers/r1/frr/frr.conf").open("a") as file:
        file.write("router isis CORE\n no such thing\n")
    with (
        pytest.raises(LabError, match=r"on r1 failed: FRR did not take its start-up configuration: .*no such thing"),
        running_lab(pair, "netns"),
    ):
        pytest.fail("the lab runs")
    assert all(state.directory != str(pair) for state in starting.labs().values())


def test_a_lab_whose_files_are_missing_says_so(pair):
    (pair / "node/start.sh").unlink()
    with pytest.raises(LabError, match=r"did not start: .*start\.sh"), running_lab(pair, "netns"):
        pytest.fail("the lab runs")


def test_a_tunnel_fails_with_the_links_below_it(tmp_path):
    links = [
        link("r1", "r2", name="below"),
        link("r1", "r2", name="tunnel", over=("below",)),
        link("r1", "r2", name="other"),
    ]
    write(export(topology([node("r1", 1), node("r2", 2)], links)), tmp_path)
    with running_lab(tmp_path, "netns") as lab:
        lab.fail_link("below")
        assert lab.state.failed_links == {"below": "drop", "tunnel": "drop"}
        lab.repair_link("below")
        assert lab.state.failed_links == {}


def test_loss_and_jitter_are_those_of_the_link(tmp_path):
    lossy = link("r1", "r2", delay_ms=1, loss_ppb=50_000_000, jitter_ns=3_000_000)
    routers = [node("r1", 1, ["10.10.1.0/24"]), node("r2", 2, ["10.10.2.0/24"])]
    write(export(topology(routers, [lossy])), tmp_path)
    with running_lab(tmp_path, "netns") as lab:
        wait_converged(lab, 20)
        made = measure(lab, [flow(1, 2)], 4.0)["1>2"]
    assert 0.02 < made.lost / made.sent < 0.09
    assert made.reordered == 0
    assert made.delay.p50_us > 1_800
    assert made.delay.p95_us - min(delay for _, delay in made.samples if delay is not None) > 1_500


@pytest.mark.parametrize("igp", ["isis", "ospf"])
def test_frr_shows_the_start_up_configuration_as_it_was_written(tmp_path, igp):
    made = diamond(igp=igp)
    routing = SegmentRouting(7, (17_000, 24_999), 10)
    nodes = {**made.nodes, "r1": replace(made.nodes["r1"], transit=False, segment_routing=routing)}
    write(export(replace(made, nodes=nodes)), tmp_path)
    with running_lab(tmp_path, "netns") as lab:
        done = lab.exec("r1", ["/usr/lib/frr/frr-reload.py", "--test", "--stdout", "/etc/frr/frr.conf"])
        wait_converged(lab, 40)
    assert "Lines To" not in done.stdout


@pytest.mark.slow
def test_ospf_carries_both_families_and_fails_over(tmp_path):
    write(export(diamond(igp="ospf")), tmp_path)
    with running_lab(tmp_path, "netns") as lab:
        wait_converged(lab, 40)
        flows = [flow(1, 4), flow(1, 4, version=6, name="v6")]
        assert [made.lost for made in measure(lab, flows, 0.5).values()] == [0, 0]
        with starting_failure(lab, flows) as measurement:
            lab.fail_link("r1--r2")
    # BFD does it: without, nothing is noticed for the dead interval of 10 s. How soon a busy machine's FRR is done is not asked.
    outages_ms = {name: measurement[name].outage_ms for name in ("1>4", "v6")}
    assert all(50 <= outage_ms <= 3_000 for outage_ms in outages_ms.values()), outages_ms


@contextlib.contextmanager
def starting_failure(lab, flows):
    from intentc.lab.probe import probing

    with probing(lab, flows) as measurement:
        time.sleep(0.5)
        yield measurement
        time.sleep(4.0)
