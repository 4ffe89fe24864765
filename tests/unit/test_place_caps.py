"""Assertions on utilisation: the placement keeps them where it can, and lets no intent fail for them."""

from dataclasses import replace

import pytest
from support_model import codes, demand, every_link, failover, model, network, nodes_of, realised, span, wire

from intentc.resolve.assertion_model import Assertion, FailureCount, UtilisationBound

# three ways from a to d; the IGP prefers the one over b, then the one over c
LINKS = [
    wire(f"{a}-{b}", mbps=100, metric=metric)
    for a, b, metric in (("a", "b", 1), ("b", "d", 1), ("a", "c", 5), ("c", "d", 5), ("a", "e", 9), ("d", "e", 9))
]


def place(*demands, most=50, links=("a-b", "a-c"), under=()):
    topology = network(LINKS, ends=("a", "d"))
    wanted = [item(topology) for item in demands]
    bound = UtilisationBound(tuple(links), most * 10_000_000, is_strict=False)
    assertion = Assertion("calm", bound, tuple(under), "utilization", span(90), span(91))
    return realised(replace(model(topology, *wanted), assertions=(assertion,)))


def flow(intent, mbps, *, is_protected=False):
    def made(topology):
        kept = failover(*every_link(topology), mbps=mbps) if is_protected else None
        return demand(topology, "a", "d", intent=intent, mbps=mbps, failover=kept)

    return made


def test_links_are_not_filled_above_the_cap():
    found, findings = place(flow("x", 40), flow("y", 40))
    assert not findings.items
    assert nodes_of(found, "x/a>d") == ["a b d"]
    assert nodes_of(found, "y/a>d") == ["a c d"]


def test_without_the_cap_both_take_the_igps_path():
    found, _ = place(flow("x", 40), flow("y", 40), most=100)
    assert nodes_of(found, "y/a>d") == ["a b d"]


def test_a_link_that_is_not_named_may_be_full():
    found, _ = place(flow("x", 40), flow("y", 40), links=["a-c"])
    assert nodes_of(found, "y/a>d") == ["a b d"]


def test_no_intent_fails_for_an_assertion():
    found, findings = place(flow("x", 60), most=50, links=("a-b", "a-c", "a-e"))
    assert codes(findings) == []
    assert found.infeasible == ()
    assert nodes_of(found, "x/a>d") == ["a b d"]


@pytest.mark.parametrize(
    ("under", "expected"), [((), "a c d"), ((FailureCount("link", 1),), "a e d"), ((FailureCount("node", 1),), "a c d")]
)
def test_the_cap_holds_in_the_states_that_it_names(under, expected):
    """When a-b fails, x goes over c; y, which fits there beside it, may not under a cap in that state."""
    found, findings = place(flow("x", 40, is_protected=True), flow("y", 30), most=60, links=("a-b", "a-c"), under=under)
    assert codes(findings) == []
    assert nodes_of(found, "x/a>d") == ["a b d"]
    assert nodes_of(found, "y/a>d") == [expected]
