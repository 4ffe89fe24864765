"""Where requests end that may end at several nodes: where replies find a way from there, in each state."""

from support_model import demand, failed, failover, in_state, model, nodes_of, prefix_of, reply, wire
from support_sr import sr_network, sr_realised

from intentc.topology.model import Directional

PREFIXES = {"a": (prefix_of("a"),), "b": (prefix_of("s"),), "c": (prefix_of("s"),)}
BACK_IS_FULL = Directional(100_000_000, 1_000_000)


def lasting(there_ms, back_ms):
    return Directional(there_ms * 1_000_000, back_ms * 1_000_000)


def both(links, **rest):
    """Place requests from a that may end at b or c, and their replies."""
    topology = sr_network(links, prefixes=PREFIXES)
    wanted = demand(topology, "a", "b", "c", **rest)
    found, findings = sr_realised(model(topology, wanted, reply(wanted)))
    assert findings.items == []
    return found, wanted.key, f"{wanted.key}/reply"


def test_requests_end_where_replies_have_room():
    links = [wire("a-b", metric=30), wire("a-c", capacity_bps=BACK_IS_FULL)]
    found, there, back = both(links, mbps=10)
    assert (nodes_of(found, there), nodes_of(found, back)) == (["a b"], ["b a"])


def test_requests_end_where_replies_are_soon_enough():
    links = [wire("a-b", metric=30), wire("a-c", latency_ns=lasting(1, 9))]
    found, there, back = both(links, bound_ms=5)
    assert (nodes_of(found, there), nodes_of(found, back)) == (["a b"], ["b a"])


def test_in_a_failure_state_requests_end_where_replies_have_room_then():
    links = [wire("a-b", metric=50), wire("a-c"), wire("a-d"), wire("d-c", capacity_bps=BACK_IS_FULL)]
    found, there, back = both(links, mbps=10, failover=failover(failed("link", "a-c"), mbps=10))
    assert (nodes_of(found, there), nodes_of(found, back)) == (["a c"], ["c a"])
    assert (in_state(found, there, "link:a-c"), in_state(found, back, "link:a-c")) == (["a b"], ["b a"])


def test_requests_leave_an_end_from_which_only_replies_are_lost():
    """The link c-e fails, over which replies come from c and no request goes: a state that does not touch requests to c."""
    links = [
        wire("a-b", metric=50),
        wire("a-c", capacity_bps=BACK_IS_FULL),
        wire("c-e", capacity_bps=BACK_IS_FULL),
        wire("e-a"),
    ]
    promise = failover(failed("link", "c-e"), mbps=10)
    found, there, back = both(links, mbps=10, failover=promise)
    assert (nodes_of(found, there), nodes_of(found, back)) == (["a b"], ["b a"])


def test_requests_come_sooner_to_an_end_from_which_replies_take_longer():
    """They may take 10 ms both ways: to b and back takes 11, to c and back over d 11 as well, and to c at once and back 10."""
    links = [
        wire("a-b", latency_ns=lasting(8, 3)),
        wire("a-c", metric=30, latency_ns=lasting(4, 6)),
        wire("a-d", metric=5, latency_ns=lasting(2, 6)),
        wire("d-c", metric=5, latency_ns=lasting(3, 6)),
    ]
    found, there, back = both(links, rtt_ms=10)
    assert (nodes_of(found, there), nodes_of(found, back)) == (["a c"], ["c a"])
