"""From what runs and what shall run to the steps between."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from support_plan import NODE, PARTICULARS, config, configs, items, kit, payload, render, running

from intentc.diagnostics import Findings
from intentc.ir.model import Origin, PausePort
from intentc.ir.stages import stage_configs
from intentc.plan.estimate import duration_s
from intentc.plan.facts import relied_on
from intentc.plan.make import make_plan
from intentc.plan.model import StageName
from intentc.plan.promises import Guarantees
from intentc.render.model import Bundle, DeviceBundle, RenderedFile

KIT = kit(stage_configs)


def bundle(wanted, transport="ssh", commit=""):
    if wanted is None:
        return Bundle({})
    return Bundle({NODE: DeviceBundle(NODE, "frr", transport, wanted, render(wanted), (), commit)})


def plan(wanted, state, **changes):
    findings = Findings()
    made = make_plan(bundle(wanted, **changes), {NODE: state}, KIT, PARTICULARS, findings)
    return made, findings.items


@given(configs(), configs())
@settings(max_examples=60, deadline=None)
def test_steps_lead_in_order_from_old_to_new(old, new):
    made, findings = plan(new, running(old))
    assert findings == []
    if made.is_empty:
        assert render(old) == render(new)
        return
    (device,) = made.devices
    stages = [step.stage for step in device.steps]
    assert stages == sorted(set(stages), key=list(StageName).index)
    assert device.steps[-1].payload == device.after == payload(new)
    assert device.before == payload(old)
    texts = [device.before.texts, *(step.payload.texts for step in device.steps)]
    assert all(one != other for one, other in pairwise(texts))


@given(configs())
@settings(max_examples=30, deadline=None)
def test_a_plan_after_its_apply_is_empty(wanted):
    made, _ = plan(wanted, running(wanted))
    assert made.is_empty
    assert made.unchanged == (NODE,)


def test_what_no_intent_asks_for_any_more_is_taken_away():
    made, _ = plan(None, running(config(items(1, "a"))))
    (device,) = made.devices
    assert device.after.files == ()
    assert {change.operation.value for change in device.changes} == {"-"}


def test_a_device_without_anything_of_ours_stays_out_of_it():
    made, _ = plan(None, running(None))
    assert made.is_empty


def test_moved_sources_touch_no_device():
    made, _ = plan(config(items(1, "a", line=9)), running(config(items(1, "a", line=1))))
    assert made.is_empty


def test_drift_is_put_right_even_when_the_intents_are_the_same():
    wanted = config(items(1, "a"))
    made, _ = plan(wanted, running(wanted, drift=("-edge.nft: a", "+edge.nft: b")))
    (device,) = made.devices
    assert [step.payload for step in device.steps] == [payload(wanted)]
    assert device.drift
    assert any("overwritten" in risk for risk in device.risks)


@pytest.mark.parametrize("release", ["9.1", "8.40.1", "8"])
def test_another_release_than_compiled_for(release):
    made, (finding,) = plan(config(items(1, "a")), running(None, release=release))
    assert (made.devices, finding.code, finding.node) == ((), "E0807", NODE)


def test_another_platform_than_compiled_for():
    _, (finding,) = plan(config(items(1, "a")), running(None, platform="junos"))
    assert finding.code == "E0807"


def test_a_transport_that_nobody_speaks_yet():
    _, (finding,) = plan(config(items(1, "a")), running(None), transport="gnmi")
    assert finding.code == "E0823"


def test_a_way_to_commit_that_nobody_speaks_yet():
    _, (finding,) = plan(config(items(1, "a")), running(None), commit="by-hand")
    assert finding.code == "E0823"
    assert "`ssh` with `by-hand`" in finding.message


def test_the_way_to_commit_of_the_agent_is_spoken():
    made, findings = plan(config(items(1, "a")), running(None), commit="restore-timer")
    assert findings == []
    assert made.devices


def test_a_plan_holds_the_facts_that_it_relies_on():
    made, _ = plan(config(items(1, "a")), running(None))
    assert made.devices[0].facts == ("hostname=fra-pe1", "interface=eth1,1500", "rule_foreign=10000")


def test_facts_of_interfaces_that_only_the_old_configuration_names_count_too():
    found = relied_on(
        ("interface=eth1,1500", "interface=eth2,1500", "interface=eth3,1500"), *(config(items(n)) for n in (1, 2))
    )
    assert found == ("interface=eth1,1500", "interface=eth2,1500")


def test_a_plan_says_how_long_and_what_it_promises():
    made, _ = plan(config(items(1, "a")), running(None))
    assert made.duration_s > 0
    assert any("60 s" in sentence for sentence in made.guarantees)
    assert made.inputs[f"{NODE}/fences"].startswith("sha256:")


def test_an_empty_plan_promises_nothing():
    made, _ = plan(None, running(None))
    assert (made.guarantees, made.duration_s) == ((), 0)


def test_a_first_apply_begins_with_the_stage_that_changes_something():
    only_queues = {"queueing": items(1, "a")["queueing"]}
    made, _ = plan(config(only_queues), running(None))
    assert made.stages == (StageName.ADD,)


def test_risks_name_the_ports_and_prefixes():
    made, _ = plan(config(items(3, "a")), running(config(replace_rate(items(3, "a")))))
    (device,) = made.devices
    assert device.risks == ("the queues of eth3 are rebuilt: packets waiting in them are lost",)


def test_flow_control_is_a_risk_of_its_own():
    made, _ = plan(config({"pauses": PausePort("eth3", "roce", 3, (26,), 60_000, Origin((), ()))}), running(None))
    (device,) = made.devices
    assert device.risks == (
        "flow control of eth3 changes: hardware may block the port while it shares out its buffers anew",
    )


def replace_rate(made):
    return {**made, "queueing": replace(made["queueing"], rate_bps=7)}


def test_lines_that_are_typed_one_by_one_take_their_time():
    """A hundred lines at a command line take longer than a hundred lines in a file that an agent is given."""
    made, _ = plan(config(items(1, "a")), running(None))
    (device,) = made.devices
    long = tuple(
        replace(step, payload=replace(step.payload, files=(RenderedFile("x/config", "line\n" * 100),)))
        for step in device.steps
    )
    files = replace(device, steps=long)
    typed = replace(files, promises=Guarantees("session", True, True, True, True, False, False))
    assert duration_s([files]) == duration_s([device])
    assert duration_s([typed]) >= duration_s([files]) + 3 * len(long) - 1
    assert duration_s([replace(typed, transport="netconf")]) == duration_s([files])
