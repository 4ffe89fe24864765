"""What the mechanism that a device prefers cannot do is left to the other one that it has."""

import pytest
from support_model import capabilities, codes, demand, every_link, failover, model, nodes_of, wire
from support_sr import sr_devices, sr_network, sr_realised

from intentc.diagnostics import Findings
from intentc.place.place import place
from intentc.realise.earlier import Earlier, EarlierRule
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.realise import realise
from intentc.targetkit.model import Support

# The IGP's way from a to d is a-b-d (20); a-c-d is faster and dearer.
LINKS = [
    wire("a-b", metric=10, ms=5),
    wire("b-d", metric=10, ms=5),
    wire("a-c", metric=25, ms=1),
    wire("c-d", metric=25, ms=1),
]
BY_SR, BY_PBR = ("igp", "sr-policy", "pbr"), ("igp", "pbr", "sr-policy")


def net(links=LINKS, ends=("a", "d"), **rest):
    return sr_network(links, ends=ends, **rest)


def run(topology, *demands, mechanisms=BY_SR, **overrides):
    devices = sr_devices(topology, mechanisms, **overrides)
    return sr_realised(model(topology, *demands), **devices)


@pytest.mark.parametrize(
    ("kind", "rest"),
    [("too shallow", {"depth": 1}), ("a node without segment routing", {"without": ("c",)})],
)
def test_next_hops_do_what_no_list_of_segments_can(kind, rest):
    topology = net(**rest)
    found, findings = run(topology, demand(topology, "a", "d", bound_ms=3))
    assert (codes(findings), found.demands["x/a>d"].mechanism) == ([], "pbr"), kind
    assert nodes_of(found, "x/a>d") == ["a c d"]


def test_lists_of_segments_do_what_next_hops_cannot():
    """The IGP never takes the link from a to c, not even to c, so that no next hop leads over it."""
    topology = net([*LINKS[:2], wire("a-c", metric=90, ms=1), *LINKS[3:]])
    found, findings = run(topology, demand(topology, "a", "d", bound_ms=3), mechanisms=BY_PBR)
    assert (codes(findings), found.demands["x/a>d"].mechanism) == ([], "sr-policy")


@pytest.mark.parametrize(("mechanisms", "expected"), [(BY_SR, "sr-policy"), (BY_PBR, "pbr")])
def test_what_both_can_do_is_done_by_the_preferred_one(mechanisms, expected):
    topology = net()
    found, _ = run(topology, demand(topology, "a", "d", bound_ms=3), mechanisms=mechanisms)
    assert found.demands["x/a>d"].mechanism == expected


def test_failure_states_are_left_to_next_hops_as_a_whole():
    topology = net(depth=1)
    wanted = demand(topology, "a", "d", bound_ms=3, failover=failover(*every_link(topology), bound_ms=30))
    alone, _ = run(topology, wanted, mechanisms=("igp", "pbr"))
    both, _ = run(topology, wanted)
    assert both.demands["x/a>d"].steering == alone.demands["x/a>d"].steering != ()


def test_that_devices_cannot_be_told_is_said_when_neither_mechanism_does():
    """Neither does a push two segments nor has the IGP a next hop over the link from a to c."""
    topology = net([*LINKS[:2], wire("a-c", metric=90, ms=1), *LINKS[3:]], without=("c",))
    found, findings = run(topology, demand(topology, "a", "d", bound_ms=3))
    assert (codes(findings), dict(found.demands)) == (["E0508"], {})


def test_next_hops_of_an_earlier_build_stay():
    topology = net(depth=1)
    wanted = demand(topology, "a", "d", bound_ms=3)
    found, _ = run(topology, wanted)
    (rule,) = found.demands["x/a>d"].steering
    other = EarlierRule(rule.node, rule.ingress, ("c", "b"), None)
    earlier = {found.demands["x/a>d"].id: Earlier("a", "d", (other,), (), wanted.bandwidth_bps)}
    mechanisms = Mechanisms(topology, capabilities(topology, **sr_devices(topology, BY_SR)))
    kept = realise(place(model(topology, wanted), mechanisms, Findings(), earlier=earlier))
    assert [item.waypoints for item in kept.demands["x/a>d"].steering] == [("c", "b")]


def test_what_the_device_cannot_do_by_either_is_refused():
    topology = net(depth=1)
    blunt = {name: own["features"] | {"steering": Support(False)} for name, own in sr_devices(topology).items()}
    found, findings = run(
        topology, demand(topology, "a", "d", bound_ms=3), **{name: {"features": each} for name, each in blunt.items()}
    )
    assert (codes(findings), dict(found.demands)) == (["E0509"], {})
