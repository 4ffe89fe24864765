"""From intents to routers that really forward that way: the demo's network, configured over SSH and measured."""

import time
from dataclasses import replace

import pytest
from frr_nodes import wait_for
from world import running_world

from intentc.lab import netns
from intentc.lab.capture import capture
from intentc.lab.convergence import wait_converged
from intentc.lab.probe import measure, probing
from intentc.live.measure import failure_of, measure_demands, measure_failure, trace_all
from intentc.manifest.elements import failed_elements

MISSING = netns.missing()
pytestmark = [
    pytest.mark.lab,
    pytest.mark.timed,
    pytest.mark.skipif(bool(MISSING), reason=f"labs cannot run in namespaces here: {', '.join(MISSING)}"),
]
BFD_MS = 150  # 3 × 50 ms, as the demo's topology says
SLACK_MS = 200


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running_world("demo", tmp_path_factory.mktemp("whole")) as made:
        before = made.running_state()
        applied = made.intentc("apply", "--lab", "--yes")
        assert applied.status == 0, applied.out + applied.err
        yield replace(made, before=before)


@pytest.fixture
def whole(world):
    """Yield the world, and mend afterwards what a test breaks."""
    yield world
    world.lab.repair_link(*world.lab.state.failed_links)
    wait_converged(world.lab, 30)


def own(world, intent):
    return [probe for probe in world.probes() if probe.intent == intent]


def first_family(world):
    return [probe for probe in world.probes() if probe.name == probe.demand.id]


def test_a_second_apply_finds_nothing_to_do(world):
    again = world.intentc("apply", "--lab", "--yes")
    assert (again.status, again.out) == (0, "nothing to do: every device is already as the intents ask\n")


def test_no_drift_after_an_apply(world):
    assert world.intentc("drift", "--lab").status == 0


def test_delay_loss_code_point_and_path_are_as_predicted(world):
    assert world.intentc("-q", "compile").status == 0
    said = world.intentc("verify", "--live", "--lab", "--seconds", "2")
    assert said.status == 0, said.out


def test_the_pinned_flow_takes_its_path_and_others_do_not(world):
    pinned = next(probe for probe in own(world, "diagnosis") if probe.demand.direction == "forward")
    other = world.flow("other", "muc-br1", "fra-dc1", 9444)
    from intentc.lab.trace import trace

    assert trace_all(world.lab, [pinned])[pinned.name] == ("muc-br1", "muc-pe1", "nue-pe1", "fra-pe1", "fra-dc1")
    assert [hop.node for hop in trace(world.lab, other)][:3] == ["muc-br1", "muc-pe1", "zrh-pe1"]


@pytest.mark.parametrize("state", ["link:fra-ams", "link:muc-nue", "srlg:duct-elbe"])
def test_a_silent_failure_costs_the_detection_time_and_others_nothing(whole, state):
    topology = whole.compiled().topology
    failed = failed_elements(state, topology)
    costs = measure_failure(whole.lab, first_family(whole), failure_of(failed, topology), 2.0)
    cut = [cost for cost in costs if failed.breaks(cost.probe.demand.primary.paths)]
    intact = [cost for cost in costs if not failed.breaks(cost.probe.demand.primary.paths)]
    promised = [cost for cost in cut if state in {name for entry in cost.probe.demand.states for name in entry.when}]
    assert promised
    assert [cost.probe.name for cost in promised if cost.outage_ms > BFD_MS + SLACK_MS] == []
    assert [cost.probe.name for cost in intact if cost.lost] == []
    wrong = {
        cost.probe.name: cost.path
        for cost in promised
        for entry in cost.probe.demand.states
        if state in entry.when and cost.path not in [path.path for path in entry.paths]
    }
    assert not wrong, repr(wrong)


def test_with_every_way_in_the_region_cut_no_packet_leaves_it(whole):
    pinned = own(whole, "diagnosis")
    with (
        capture(whole.lab, "zrh-pe1", "any", "udp and port 9443") as seen,
        capture(whole.lab, "ams-pe1", "any", "udp and port 9443") as elsewhere,
        probing(whole.lab, [probe.flow for probe in pinned]) as measured,
    ):
        time.sleep(1)
        whole.lab.fail_link("muc-nue", "muc-nue2", "ber-muc", "muc-up2")
        time.sleep(3)
    assert seen.dropped == elsewhere.dropped == 0
    assert (len(seen.packets), len(elsewhere.packets)) == (0, 0)
    assert all(measured[probe.name].lost > 300 for probe in pinned), "the cut was meant to stop the flow"
    counters = whole.lab.exec("muc-pe1", ["nft", "list", "table", "inet", "itc_guard"]).stdout
    assert "packets 0 bytes 0 drop" in counters or "counter" in counters


def test_critical_traffic_loses_nothing_under_overload_while_background_yields(whole):
    """Berlin's first uplink is cut, so everything squeezes through the second one, which has 10 Mbit/s."""
    whole.lab.fail_link("ber-up1", mode="down")
    time.sleep(1)
    critical = uplink(whole, "critical", 8443, 1_500_000)
    background = uplink(whole, "background", 5201, 9_000_000)
    rest = uplink(whole, "rest", 7000, 9_500_000)
    result = measure(whole.lab, [critical, background, rest], 4.0)
    assert result["critical"].lost == 0
    assert result["critical"].delay.p99_us < 40_000
    assert result["background"].received_bps + result["rest"].received_bps < 9_000_000
    assert result["background"].received_bps < result["rest"].received_bps / 2


def uplink(world, name, port, rate):
    return world.flow(name, "ber-br1", "fra-dc1", port).at_rate(rate, 1_200)


@pytest.mark.parametrize("version", [4, 6])
def test_isolation_lets_only_its_own_flows_in(world, version):
    allowed = world.flow("allowed", "fra-dc1", "par-dc1", 7443, version=version)
    wrong_port = world.flow("wrong port", "fra-dc1", "par-dc1", 7444, version=version)
    wrong_source = world.flow("wrong source", "ber-br1", "par-dc1", 7443, version=version)
    result = measure(world.lab, [allowed, wrong_port, wrong_source], 1.5)
    assert result["allowed"].lost == 0
    assert result["wrong port"].received == 0
    assert result["wrong source"].received == 0


def test_policing_holds_the_ceiling_and_marks_what_exceeds_the_commitment(world):
    """The kernel's byte limits hold a second's worth at first (targets/frr/README.md): what is policed is the time after it."""
    size = 1_200
    flow = world.flow("bulk", "fra-dc1", "ams-dc1", 2049).at_rate(30_000_000, size)
    result = measure(world.lab, [flow], 10.0)["bulk"]
    late = [delay for at_us, delay in result.samples if 7_000_000 <= at_us < 10_000_000]
    rate_bps = sum(delay is not None for delay in late) * size * 8 / 3
    assert 18_000_000 < rate_bps <= 20_600_000
    assert result.received_bps < 24_000_000
    assert set(result.dscps) == {10, 12}
    assert result.dscps[12] > result.dscps[10] / 2


def test_control_traffic_to_router_addresses_is_left_alone(world):
    """A host of an untrusted port reaches a router's loopback with its own code point, and nothing polices it."""
    host = {item.router: item for item in world.layout.hosts}["ber-br1"]
    with capture(world.lab, "fra-dc1", "any", "icmp and dst host 10.255.0.21") as seen:
        done = world.lab.exec(host.name, ["ping", "-Q", "0xc0", "-c", "5", "-i", "0.05", "10.255.0.21"])
    assert " 0% packet loss" in done.stdout
    assert {packet.data[packet.data.index(b"\x45") + 1] for packet in seen.packets} == {0xC0}
    sessions = world.lab.exec("fra-pe1", ["vtysh", "-c", "show bfd peers brief"]).stdout
    assert "down" not in sessions.lower()


def has_booted(lab, node):
    """Return whether the agent has ended what it does at a start, early and once FRR runs; it waits up to a minute for FRR."""
    return lab.exec(node, ["cat", "/var/log/intentc-boot.log"]).stdout.count("status=") == 2


def test_what_was_applied_survives_a_reboot(whole):
    before = {key: text for key, text in whole.running_state().items() if key.startswith(("muc-pe1", "fra-dc1"))}
    for node in ("muc-pe1", "fra-dc1"):
        whole.lab.restart(node)
    wait_converged(whole.lab, 60)
    for node in ("muc-pe1", "fra-dc1"):
        wait_for(lambda node=node: has_booted(whole.lab, node), 90, f"the end of the agent's boot on {node}")
    deadline = time.monotonic() + 20
    while whole.intentc("drift", "--lab").status != 0 and time.monotonic() < deadline:
        time.sleep(0.5)
    drift = whole.intentc("drift", "--lab")
    assert drift.status == 0, drift.out + drift.err
    after = {key: text for key, text in whole.running_state().items() if key.startswith(("muc-pe1", "fra-dc1"))}
    assert after.keys() == before.keys()
    pinned = own(whole, "diagnosis")
    measured = measure_demands(whole.lab, pinned, 1.0)
    assert [measured[probe.name].received for probe in pinned] == [measured[probe.name].sent for probe in pinned]
    assert measured[pinned[0].name].path in [path.path for path in pinned[0].demand.primary.paths]


def test_rollback_restores_the_running_state_to_the_byte(whole):
    undone = whole.intentc("rollback", "--lab", "--yes")
    assert undone.status == 0, undone.out + undone.err
    after = whole.running_state()
    assert {key: after[key] for key in after if after[key] != whole.before[key]} == {}
    applied = whole.intentc("apply", "--lab", "--yes")
    assert applied.status == 0, applied.out + applied.err
    history = whole.intentc("history", "--lab").out.splitlines()
    assert [line.split("  ")[2].split(" by ")[0].split(" of ")[0] for line in history] == ["apply", "rollback", "apply"]
