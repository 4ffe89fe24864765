"""Telemetry as device configuration, the names of wires, and the traffic classes of labelled packets."""

import ipaddress
from dataclasses import replace

import pytest
from support_realised import (
    abilities,
    attached,
    demand,
    diamond,
    intent,
    load,
    placed,
    program,
    router,
    span,
    with_rate,
)

from intentc.diagnostics import Findings
from intentc.ir.lower import lower
from intentc.realise.model import CandidatePath, SegmentPolicy
from intentc.render.checks import check_capabilities
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import TelemetryRequirement
from intentc.targetkit.model import Support
from intentc.targetkit.probing import can_measure
from intentc.topology.model import Collector, LinkEnd

YES = Support(is_supported=True)
NO = Support(is_supported=False, reason="it cannot", instead="buy another")
OTEL = Collector("otel", ipaddress.ip_address("10.9.0.9"), None, span(80))
EVERY_10_S = TelemetryRequirement(10**10, "otel", span(6))


def net(**changed):
    return replace(diamond(**changed), collectors={"otel": OTEL})


def able(topology, **features):
    """Return the abilities of nodes that stream and measure, but for `features` by node."""
    wanted = {"streaming": YES, "probing": YES, "reflecting": YES, "sr-policy": YES, "sbfd": YES}
    return {
        name: replace(own, features={**own.features, **wanted, **features.get(name, {})})
        for name, own in abilities(topology).items()
    }


def devices(*items, telemetry=EVERY_10_S, topology=None, classes=BUILT_IN, loads=(), **features):
    of = program(*items, topology=topology or net(), intents=[intent("voice", telemetry)], classes=classes, loads=loads)
    findings = Findings()
    found = lower(of, able(of.model.topology, **features), findings)
    return found, findings


def test_all_nodes_on_the_path_send_counters_of_the_ports_that_it_leaves_by():
    found, _ = devices(placed(demand()))
    streams = {
        name: [(item.address, item.port, item.interval_us, item.interfaces) for item in config.streams]
        for name, config in found.devices.items()
    }
    assert streams == {
        "r1": [("10.9.0.9", 57_500, 10_000_000, ("eth1", "eth3"))],
        "r2": [],
        "r3": [("10.9.0.9", 57_500, 10_000_000, ("eth2",))],
        "r4": [("10.9.0.9", 57_500, 10_000_000, ("eth1",))],
    }


def test_intents_that_report_alike_share_a_stream():
    others = placed(demand("voice/b", precedence=2), path=("r1", "L12", "r2", "L24", "r4"))
    found, _ = devices(placed(demand("voice/a")), others)
    (stream,) = found.devices["r1"].streams
    assert stream.interfaces == ("eth1", "eth2", "eth3")
    assert stream.origin.intents == ("voice",)


@pytest.mark.parametrize("telemetry", [None, TelemetryRequirement(10**10, None, span(6))])
def test_nothing_is_sent_where_no_collector_is_named(telemetry):
    found, _ = devices(placed(demand()), telemetry=telemetry)
    assert not any(config.streams for config in found.devices.values())


def test_nodes_that_cannot_stream_are_given_nothing():
    found, _ = devices(placed(demand()), r3={"streaming": NO})
    assert [name for name, config in found.devices.items() if config.streams] == ["r1", "r4"]


@pytest.mark.parametrize(
    ("every_ns", "interval_us"), [(10**10, 1_000_000), (10**9, 100_000), (10**8, 100_000), (5 * 10**9, 500_000)]
)
def test_delay_is_measured_between_the_ends_with_the_code_point_of_the_class(every_ns, interval_us):
    found, _ = devices(placed(demand()), telemetry=TelemetryRequirement(every_ns, None, span(6)))
    (probe,) = found.devices["r1"].probes
    assert (probe.peer, probe.dscp, probe.interval_us) == ("r4", 46, interval_us)
    assert [item.peer for item in found.devices["r4"].probe_reflectors] == ["r1"]
    assert not found.devices["r4"].probes


def test_demands_of_one_class_between_two_nodes_are_measured_once():
    found, _ = devices(placed(demand("voice/a")), placed(demand("voice/b", precedence=2)))
    assert len(found.devices["r1"].probes) == 1
    found, _ = devices(placed(demand("voice/a")), placed(demand("voice/b", precedence=2, traffic_class="high")))
    assert sorted(probe.dscp for probe in found.devices["r1"].probes) == [34, 46]


@pytest.mark.parametrize("lacking", [{"r1": {"probing": NO}}, {"r4": {"reflecting": NO}}])
def test_an_end_that_cannot_measure_is_named_once_for_the_intent(lacking):
    items = [placed(demand(f"voice/{n}", precedence=n)) for n in range(2)]
    found, _ = devices(*items, **lacking)
    assert not any(config.probes or config.probe_reflectors for config in found.devices.values())
    of, findings = program(*items, topology=net(), intents=[intent("voice", EVERY_10_S)]), Findings()
    check_capabilities(of, able(of.model.topology, **lacking), findings)
    (finding,) = findings.items
    assert (finding.code, finding.node, finding.span) == ("W0617", next(iter(lacking)), span(6))
    assert finding.message.endswith("it cannot")


def test_the_collector_of_ipv6_is_told_apart_from_its_port_in_words():
    topology = replace(net(), collectors={"otel": replace(OTEL, address=ipaddress.ip_address("2001:db8::9"), port=443)})
    found, _ = devices(placed(demand()), topology=topology)
    (stream,) = found.devices["r3"].streams
    assert (stream.address, stream.port) == ("2001:db8::9", 443)


def test_both_ends_of_a_link_are_known_by_port_and_address():
    topology = net()
    ends = {
        "a": LinkEnd("r1", "eth2", ipaddress.ip_interface("10.0.12.0/31"), ipaddress.ip_interface("fd00:12::/127")),
        "b": LinkEnd("r2", None, ipaddress.ip_interface("10.0.12.1/31"), None),
    }
    links = {**topology.links, "L12": replace(topology.links["L12"], **ends)}
    found, _ = devices(placed(demand()), topology=replace(topology, links=links))
    own, other = found.wires["L12", "r1"], found.wires["L12", "r2"]
    assert (own.interface, own.address, own.address6) == ("eth2", "10.0.12.0", "fd00:12::")
    assert (own.peer, own.peer_address, own.peer_address6) == ("r2", "10.0.12.1", None)
    assert (other.interface, other.peer_address6) == (None, "fd00:12::")
    assert list(found.wires) == sorted(found.wires)


def policy(item):
    """Return a placed demand whose packets an SR policy carries along its path."""
    segments = tuple(f"{link}@{node}" for node, link in zip(item.primary[0].nodes, item.primary[0].links, strict=False))
    way = SegmentPolicy("r1", "r4", (CandidatePath(100, segments),), False, None)
    return replace(item, mechanism="sr-policy", policies=(way,))


def label_classes(*items, **rest):
    found, findings = devices(*items, topology=labelled(), telemetry=None, **rest)
    port = next(port for port in found.devices["r1"].queueing if port.interface == "eth3")
    return {queue.traffic_class: queue.tc for queue in port.queues}, findings


def labelled():
    return net(r1=router(1, attached("10.10.1.0/24")))


def test_labelled_packets_of_a_class_have_the_first_three_bits_of_its_code_point():
    found, findings = label_classes(policy(placed(demand())), placed(demand("voice/b", traffic_class="high")))
    assert found == {"critical": 5, "default": 0, "high": None}  # nothing of `high` is labelled here
    assert not findings.items


def test_labelled_background_packets_wait_with_the_default_class():
    found, findings = label_classes(policy(placed(demand(traffic_class="background"))))
    assert found == {"background": None, "default": 0}
    assert not findings.items


@pytest.mark.parametrize(("name", "dscp"), [("background", 1), ("twin", 40)])
def test_classes_that_labels_cannot_tell_apart_are_not_promised_anything_on_one_link(name, dscp):
    other = {"background": "default", "twin": "critical"}[name]
    classes = {**BUILT_IN, name: replace(BUILT_IN["low"], name=name, dscp=dscp)}
    _, findings = label_classes(
        policy(placed(demand(traffic_class=name))),
        policy(placed(demand("voice/b", traffic_class=other, **with_rate(10**6)))),
        classes=classes,
        loads=[load("L13", **{other: 1})],
    )
    assert {item.code for item in findings.items} == {"E0690"}
    assert "cannot be told apart" in findings.items[0].message


def test_packets_are_marked_from_a_quarter_of_the_queue_on():
    classes = {**BUILT_IN, "high": replace(BUILT_IN["high"], is_ecn=True)}
    found, _ = devices(placed(demand(traffic_class="high")), telemetry=None, classes=classes)
    port = next(port for port in found.devices["r1"].queueing if port.interface == "eth3")
    queues = {queue.traffic_class: queue for queue in port.queues}
    high, default = queues["high"], queues["default"]
    assert (high.mark_from_bytes, high.mark_all_bytes) == (high.limit_bytes // 4, high.limit_bytes * 3 // 4)
    assert 0 < high.mark_from_bytes < high.mark_all_bytes < high.limit_bytes
    assert (default.mark_from_bytes, default.mark_all_bytes) == (0, 0)


@pytest.mark.parametrize("is_own", [{"r1"}, {"r4"}, {"r1", "r4"}])
def test_two_of_one_platform_may_measure_by_what_only_they_speak(is_own):
    lacking = {
        name: {"probing": NO, "reflecting": NO} | ({"probing-own": YES} if name in is_own else {})
        for name in ("r1", "r4")
    }
    found, _ = devices(placed(demand()), **lacking)
    measured = [name for name, config in found.devices.items() if config.probes]
    assert measured == (["r1"] if len(is_own) == 2 else [])
    of, findings = program(placed(demand()), topology=net(), intents=[intent("voice", EVERY_10_S)]), Findings()
    check_capabilities(of, able(of.model.topology, **lacking), findings)
    assert [item.code for item in findings.items] == ([] if len(is_own) == 2 else ["W0617"])


def test_devices_of_two_platforms_do_not_measure_by_what_each_speaks_for_itself():
    lacking = {name: {"probing": NO, "reflecting": NO, "probing-own": YES} for name in ("r1", "r4")}
    of = able(net(), **lacking)
    assert can_measure(of, "r1", "r4")
    assert not can_measure(of | {"r4": replace(of["r4"], platform="other")}, "r1", "r4")
    assert not can_measure(of, "r1", "nowhere")
