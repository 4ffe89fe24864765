"""What the placement promises depends on the hardware of each device: how fast it detects, and how deep its lists may be."""

from dataclasses import replace
from functools import cache

import pytest
from support_model import codes, demand, every_link, failover, model, wire
from support_sr import sr_network

from intentc.diagnostics import Findings
from intentc.place.place import place
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.realise import realise
from intentc.render.capabilities import capabilities
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

LINKS = [wire("a-b", metric=10), wire("b-d", metric=10), wire("a-c", metric=20), wire("c-d", metric=20)]


@cache
def targets():
    findings = Findings()
    found = load_targets(targets_paths(), findings)
    assert not findings.items
    return found


def net(*, depth=None, links=LINKS, **chassis):
    """A diamond of Junos routers, of MX204 where no other chassis is said."""
    nodes = {name: {"platform": "junos", "release": "24.4", "chassis": chassis.get(name, "mx204")} for name in "abcdef"}
    return sr_network(links, ends=("a", "d"), depth=depth, nodes=nodes)


def run(topology, *demands):
    findings = Findings()
    able = capabilities(topology, targets(), findings)
    placed = place(model(topology, *demands), Mechanisms(topology, able), findings)
    return realise(placed), [code for code in codes(findings) if code.startswith("E")]


def asked(topology, within_ms, **rest):
    return demand(topology, "a", "d", failover=failover(*every_link(topology), within_ms=within_ms), **rest)


@pytest.mark.parametrize(("chassis", "detect_ms"), [({}, 300), ({"b": "vmx"}, 900), ({"c": "vmx"}, 300)])
def test_detection_is_that_of_the_slowest_hardware_on_the_path(chassis, detect_ms):
    topology = net(**chassis)
    found, errors = run(topology, asked(topology, 5000))
    kept = found.demands["x/a>d"].protection
    assert (errors, kept.detect_ms, kept.repair_ms) == ([], detect_ms, 1000)


@pytest.mark.parametrize(("chassis", "expected"), [({}, []), ({"b": "vmx"}, ["E0620"])])
def test_a_time_that_the_hardware_cannot_keep_is_refused(chassis, expected):
    topology = net(**chassis)
    assert run(topology, asked(topology, 1500))[1] == expected


@pytest.mark.parametrize(("chassis", "detect_ms"), [({}, 300), ({"d": "vmx"}, 900)])
def test_s_bfd_is_as_slow_as_the_hardware_that_answers(chassis, detect_ms):
    """Over b the bound is missed, so a list leads over c; when that fails another one leads over b."""
    slow = [replace(link, latency_ns=replace(link.latency_ns, ab=9_000_000)) for link in LINKS[:2]]
    topology = net(links=[*slow, *LINKS[2:]], depth=8, **chassis)
    wanted = asked(topology, 5000, bound_ms=5)
    wanted = replace(wanted, failover=replace(wanted.failover, bound_ns=30_000_000))
    found, errors = run(topology, wanted)
    item = found.demands["x/a>d"]
    assert (errors, item.mechanism, item.protection.detect_ms) == ([], "sr-policy", detect_ms)


@pytest.mark.parametrize(
    ("depth", "mechanisms", "expected"),
    [(2, ["sr-policy"], []), (1, ["pbr"], []), (None, ["pbr"], [])],
    ids=["deep enough", "too shallow", "unknown"],
)
def test_lists_are_no_deeper_than_the_device_pushes(depth, mechanisms, expected):
    """The way over c takes two segments. Hardware that pushes fewer, or nobody knows how many, steers hop by hop."""
    slow = [replace(link, latency_ns=replace(link.latency_ns, ab=9_000_000)) for link in LINKS[:2]]
    topology = net(links=[*slow, *LINKS[2:]], depth=depth)
    found, errors = run(topology, demand(topology, "a", "d", bound_ms=5))
    assert (errors, [item.mechanism for item in found.demands.values()]) == (expected, mechanisms)
