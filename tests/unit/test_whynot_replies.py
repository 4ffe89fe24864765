"""What cannot hold together, of replies from a site with several routers: requests may have been made to end at another one."""

from support_model import capabilities, demand, model, prefix_of, reply, wire
from support_sr import sr_network

from intentc.diagnostics import Findings
from intentc.place.place import place
from intentc.realise.mechanisms import Mechanisms
from intentc.topology.model import Directional
from intentc.whynot.elements import ground_of
from intentc.whynot.minimal import find_core
from intentc.whynot.oracle import Oracle

PREFIXES = {"a": (prefix_of("a"),), "b": (prefix_of("s"),), "c": (prefix_of("s"),)}


def cores(bound_ms, ms_from_c):
    """Return what cannot hold together of replies to a: requests reach b in 1 ms, from where replies take 9, and c in 5."""
    times = {"a-b": (1, 9), "a-c": (5, ms_from_c)}
    links = [wire(name, latency_ns=Directional(*(ms * 1_000_000 for ms in each))) for name, each in times.items()]
    topology = sr_network(links, prefixes=PREFIXES)
    wanted = demand(topology, "a", "b", "c", bound_ms=bound_ms)
    found = []

    def inquire(context, _intent, causes):
        for verdict in (cause.verdict for cause in causes):
            if verdict.task.demand.reply_to is not None:
                ground = ground_of(context, verdict)
                core = find_core(ground.elements, Oracle(context, verdict, ground, 1_000).can_hold)
                found.append(sorted((item.kind, item.key) for item in core))

    parts = model(topology, wanted, reply(wanted)), Mechanisms(topology, capabilities(topology)), Findings()
    place(*parts, inquire)
    return found


def test_what_holds_from_another_router_is_no_contradiction():
    assert cores(bound_ms=2, ms_from_c=1) == [[]]


def test_what_holds_from_none_of_them_is_one():
    assert cores(bound_ms=2, ms_from_c=3) == [[("delay", 0), ("delay", 1), ("latency", 0)]]
