"""Replies that an SR policy leads to one router of a site: where that fails, a second policy leads them to the other one."""

import json
from functools import cache
from ipaddress import ip_address

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_gateways import NET

from intentc.manifest.elements import NOTHING, Elements
from intentc.order.device import Device
from intentc.order.packets import Packet
from intentc.order.walk import Entrance, Walker
from intentc.pipeline import STAGES, equip
from intentc.values import replace
from intentc.verify.igp import Routing

SR_NET = NET.replace('platform: frr, release: "8.4"', 'platform: sr-bench, release: "1.0"')
# The IGP's own way to `b2` leads over `p3`, abroad, where what is pinned must not go.
ABROAD = (
    SR_NET.replace("{id: v2, a: p2, b: d,", "{id: v2, a: p2, b: d, igp_metric: 90,")
    .replace(
        "  - {id: s2,",
        "  - {id: s3, a: p3, b: p2, capacity: 1Gbps, latency: 1ms, igp_metric: 10, crosses: []}\n  - {id: s2,",
    )
    .replace(
        "a: p3, b: d, capacity: 1Gbps, latency: 1ms, igp_metric: 50",
        "a: p3, b: d, capacity: 1Gbps, latency: 1ms, igp_metric: 5",
    )
)
INTENT = """
intent home {
  from br to dc priority high bandwidth 10Mbps burst 64KB pin region eu
  failover within 500ms { survive any 1 link except access survive any 1 node except access }
}
"""


@cache
def built(intent=INTENT, net=ABROAD):
    return build(intent, net, stages_with_all_targets())


def with_one_policy():
    """The stages of a compilation for devices that lead packets into one policy, if that is down into no other."""

    def equip_less(run):
        stages[at](run)
        run.capabilities = {name: replace(own, max_policies=None) for name, own in run.capabilities.items()}

    stages, at = stages_with_all_targets(), STAGES.index(equip)
    return (*stages[:at], equip_less, *stages[at + 1 :])


def reply_of(found):
    return json.loads(found.text)["intents"][0]["demands"][1]


def paths_in(demand, state):
    return next(entry["paths"] for entry in demand["states"] if state in entry["when"])


def test_a_second_policy_ends_at_the_other_router():
    assert built().statuses == {"home": "placed"}
    reply = reply_of(built())
    assert reply["unprotected"] == []
    assert [path["path"][-1] for path in paths_in(reply, "node:b1")] == ["b2"]
    (policy,) = reply["policies"]
    assert policy["end_point"] == "b1"
    assert [candidate["segments"][-1] for candidate in policy["candidates"]] == ["w1@p1", "w1@p1", "w2@p2", "w2@p2"]


def test_the_prover_agrees():
    assert built().codes() == set()


def test_devices_get_two_policies_and_are_led_into_the_second_while_the_first_is_down():
    devices = built().run.fleet.devices
    one, other = sorted(devices["d"].policies, key=lambda policy: policy.end_point)
    assert [(own.end_point, len(own.candidates), own.is_fail_closed) for own in (one, other)] == [
        ("b1", 2, False),
        ("b2", 2, True),
    ]
    assert {(rule.policy, rule.others) for rule in devices["d"].policy_steering} == {(one.name, (other.name,))}
    assert [own.discriminator for own in (one, other)] == [
        devices[name].reflectors[0].discriminator for name in ("b1", "b2")
    ]


@pytest.mark.parametrize(
    ("failed", "answering", "path"),
    [
        (NOTHING, {"b1", "b2"}, ("d", "p1", "b1")),
        (Elements(frozenset({"b1"}), frozenset()), {"b1", "b2"}, ("d", "p1", "p2", "b2")),
        (NOTHING, {"b2"}, ("d", "p1", "p2", "b2")),
        (NOTHING, set(), None),
    ],
)
def test_a_change_is_proved_with_both_policies(failed, answering, path):
    """The order of a change follows packets through devices: into the first policy that is up, and whose end answers."""
    run = built().run
    devices = {name: Device(config) for name, config in run.fleet.devices.items()}
    answered = [item.discriminator for config in run.fleet.devices.values() for item in config.reflectors]
    for name in {"b1", "b2"} - answering:
        devices[name] = Device(replace(run.fleet.devices[name], reflectors=()))
    walker = Walker(run.topology, Routing(run.topology, failed), answered)
    packet = Packet(4, int(ip_address("10.2.0.1")), int(ip_address("10.1.0.1")), 6, 1024, 80, 0)
    trace = walker.walk(packet, Entrance("d", "eth9"), devices)
    assert [taken.nodes for taken in trace.paths] == ([path] if path is not None else [])


def swap_ends(policy):
    policy["candidates"][0], policy["candidates"][2] = policy["candidates"][2], policy["candidates"][0]


def leave_the_second_out(policy):
    del policy["candidates"][2:]


def end_beside(policy):
    policy["candidates"][3]["segments"] = ["v2@d"]


@pytest.mark.parametrize("change", [swap_ends, leave_the_second_out, end_beside])
def test_the_prover_knows_where_policies_end(change):
    def changed(whole):
        for demand in whole["intents"][0]["demands"][1:]:
            change(demand["policies"][0])

    assert built().codes(changed) & {"E0570", "E0572"}


def test_a_router_that_cannot_lead_on_leaves_it_to_the_igp():
    """And that drops here what is pinned: so nothing is found, though a way exists."""
    found = build(INTENT, ABROAD, with_one_policy())
    assert found.statuses == {"home": "infeasible"}
    assert {item.code for item in found.run.findings.items if item.is_error} == {"E0509"}


def test_a_policy_whose_paths_are_probed_has_one_end():
    text = INTENT.replace("500ms {", "9s { switch when latency > 15ms for 3s")
    found = build(text, ABROAD, stages_with_all_targets())
    assert found.statuses == {"home": "infeasible"}
    assert {item.code for item in found.run.findings.items if item.is_error} == {"E0509"}
