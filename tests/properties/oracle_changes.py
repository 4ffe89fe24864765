"""Changes of rules, ends and sources, after which the manifest is made coherent again as far as that can be (`rewrite`)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from oracle_programs import Failover, Survive
from oracle_random import MBPS
from oracle_rewrite import Writer, rewrite
from oracle_wanted import is_closed

# -- rules ---------------------------------------------------------------------------------------------------------------


def _case(source, draft):
    cases = list(Writer(draft.facts, draft.whole).cases())
    return source.choice(cases) if cases else None


def _rule(source, draft, case, place=None):
    """Return a random rule for a demand, at a place that its packets may come to."""
    net = draft.program.net
    routers = [node.name for node in net.routers.values() if node.platform != "none"]
    nodes, links, _ = source.choice(source.choice([case.primary, *(x[1] for x in case.states)]))
    places = [x for x in zip(nodes[:-1], (None, *links), strict=False) if x[0] in routers]
    if source.random() < 0.2 or not places:
        node = source.choice(routers)
        places = [(node, source.choice([None, *(wire.name for wire in net.wires_of(node))]))]
    node, ingress = place or source.choice(places)
    others = [name for name in net.routers if name != node]
    points = source.sample(others, source.choice([1, 1, 2]))
    if source.random() < 0.5:
        points[0] = source.choice([x for x in nodes if x != node])  # often the packets go there anyway
    points = list(dict.fromkeys(points))
    return {
        "node": node,
        "ingress": ingress,
        "waypoints": points,
        "fail_closed": is_closed(case.want.talk),
        "replica": None,
    }


def _steer(source, draft):
    """Add, drop or change a rule of one demand."""
    case = _case(source, draft)
    if case is None:
        return False
    steering = case.entry["steering"]
    way = source.choice(["add", "add", "drop", "points", "longer"]) if steering else "add"
    if way == "add":
        rule = _rule(source, draft, case)
        steering[:] = [
            x for x in steering if (x["node"], x["ingress"], x["replica"]) != (rule["node"], rule["ingress"], None)
        ]
        steering.append(rule)
    elif way == "drop":
        steering.pop(source.randrange(len(steering)))
    else:
        rule = source.choice(steering)
        others = [x for x in draft.program.net.routers if x not in (rule["node"], *rule["waypoints"])]
        rule["waypoints"] = [*rule["waypoints"], source.choice(others)] if way == "longer" else [source.choice(others)]
    steering.sort(key=lambda x: (x["node"], x["ingress"] or ""))
    return True


def steer(source, draft):
    """Change a rule, and tell what comes of it."""
    if not _steer(source, draft):
        return False
    rewrite(draft.facts, draft.whole)
    return True


def steer_only(source, draft):
    """Change a rule, and tell of it what goes without saying: the mechanism and the device."""
    if not _steer(source, draft):
        return False
    for demand in draft.demands():
        if not demand["policies"]:
            demand["mechanism"] = "pbr" if demand["steering"] else "igp"
    Writer(draft.facts, draft.whole).write_devices(list(Writer(draft.facts, draft.whole).cases()))
    return True


def clear_rules(source, draft):
    """Leave one demand, or all, to the IGP."""
    found = [demand for demand in draft.demands() if demand["steering"] or demand["policies"]]
    if not found:
        return False
    for demand in found if source.random() < 0.3 else [source.choice(found)]:
        demand["steering"], demand["policies"] = [], []
    rewrite(draft.facts, draft.whole)
    return True


def take_other_replica(source, draft):
    """Choose another replica for a demand and its replies."""
    cases = [case for case in Writer(draft.facts, draft.whole).cases() if len(case.want.choices) > 1]
    found = [case for case in cases if not case.want.is_reply]
    if not found:
        return False
    chosen = source.choice(found)
    for case in cases:
        if (case.want.talk, case.want.pair) == (chosen.want.talk, chosen.want.pair):
            _choose(draft, case)
    rewrite(draft.facts, draft.whole)
    return True


def _choose(draft, case):
    entry, want, routers = case.entry, case.want, draft.program.net.routers
    pair = next(pair for pair in want.choices if pair != (entry["source"], entry["destination"]))
    was = entry["source_site"] if want.is_reply else entry["destination_site"]
    entry["source"], entry["destination"] = pair
    entry["source_site"], entry["destination_site"] = (routers[node].place for node in pair)
    now = entry["source_site"] if want.is_reply else entry["destination_site"]
    entry["id"] = entry["id"].replace(f">{was}", f">{now}").replace(f"@{was}", f"@{now}")
    entry["steering"], entry["policies"] = [], []
    entry["match"] = [
        {
            "family": 4,
            "source": flow[0],
            "destination": flow[1],
            "protocol": flow[2],
            "source_ports": flow[3] and list(flow[3]),
            "destination_ports": flow[4] and list(flow[4]),
            "dscp": None,
        }
        for flow in want.choices[pair]
    ]


# -- sources -------------------------------------------------------------------------------------------------------------


def _wire_changed(source, draft):
    wires = draft.program.net.wires
    used = sorted({link for demand in draft.demands() for path in demand["primary"]["paths"] for link in path["links"]})
    wire = wires[source.choice(used or sorted(wires))]
    kind = source.choice(
        ["capacity", "latency_ns", "metric", "background", "jitter", "srlgs", "queue", "state", "encryption"]
    )
    match kind:
        case "capacity":
            changed = replace(wire, capacity=(source.choice([4, 20, 60, 2000]) * MBPS, wire.capacity[1]))
        case "latency_ns":
            changed = replace(
                wire, latency_ns=(wire.latency_ns[0] + source.choice([1, 999, 20_000_000]), wire.latency_ns[1])
            )
        case "metric":
            changed = replace(wire, metric=(wire.metric[0] + source.choice([1, 10]), wire.metric[1]))
        case "background":
            changed = replace(wire, background=source.choice([1, 2, 30]) * MBPS)
        case "jitter":
            changed = replace(
                wire, jitter_ns=source.choice([None, 1000, 50_000_000]), loss_ppb=source.choice([None, 5000])
            )
        case "srlgs":
            changed = replace(wire, srlgs=source.choice([(), ("duct1",), ("duct1", "duct2")]))
        case "queue":
            changed = replace(wire, queue_bytes=source.choice([None, 1500, 60_000]))
        case "state":
            changed = replace(wire, state="drained" if wire.state == "up" else "up")
        case _:
            changed = replace(wire, is_encrypted=not wire.is_encrypted, crosses=source.choice([(), ("ch",)]))
    return replace(draft.program, net=replace(draft.program.net, wires={**wires, wire.name: changed}))


def _router_changed(source, draft):
    routers = draft.program.net.routers
    node = routers[source.choice(sorted(routers))]
    changed = source.choice(
        [
            replace(node, is_transit=not node.is_transit),
            replace(node, state="up" if node.state == "drained" else "drained"),
            replace(node, region=source.choice(["nl", "ch"])),
        ]
    )
    near = {x.name: replace(x, region=changed.region) for x in routers.values() if node.site and x.site == node.site}
    return replace(draft.program, net=replace(draft.program.net, routers={**routers, **near, node.name: changed}))


def _talk_changed(source, draft):
    placed = [entry["name"] for entry in draft.whole["intents"] if entry["demands"]]
    found = [talk for talk in draft.program.talks if talk.name in placed]
    if not found:
        return None
    talk = source.choice(found)
    changed = source.choice([_bounded, _bounded, _failing, _failing, _grounded, _rated])(source, draft, talk)
    if changed is None:
        return None
    return replace(draft.program, talks=tuple(changed if x is talk else x for x in draft.program.talks))


def _totals(draft, talk):
    told = next(entry for entry in draft.whole["intents"] if entry["name"] == talk.name)["demands"]
    return [place["latency_us"]["total"] for demand in told for place in (demand["primary"], *demand["states"])]


def _bounded(source, draft, talk):
    """Move the bound to where it just holds or not, near one of the figures."""
    total = source.choice(_totals(draft, talk)) + source.choice([0, -1, 1, 500, 5000, 20_000])
    if talk.latency is None or talk.steps:
        return replace(talk, jitter_us=total) if talk.rate and not talk.steps and talk.rate.reverse != 0 else None
    return replace(talk, latency=(max(1, total), talk.latency[1]))


def _failing(source, draft, talk):
    failover = talk.failover
    if failover is None:
        return replace(talk, failover=Failover(5000, (Survive((("link", 1),)),)))
    total = source.choice(_totals(draft, talk)) + source.choice([0, -1, 1, 500, 20_000])
    kinds = (
        ["within", "survive", "otherwise"] + (["latency"] * 2 if talk.latency else []) + (["rate"] if talk.rate else [])
    )
    match source.choice(kinds):
        case "within":
            return replace(talk, failover=replace(failover, within_ms=source.choice([200, 250, 400, 9000])))
        case "survive":
            lines = source.choice([(("link", 1),), (("node", 1),), (("srlg", 1),), (("provider", 1),)])
            return replace(talk, failover=replace(failover, survive=(Survive(lines),)))
        case "otherwise":
            return replace(talk, failover=replace(failover, otherwise=source.choice(["drop", "best-effort"])))
        case "rate":
            return replace(talk, failover=replace(failover, bps=source.choice([MBPS, 4 * MBPS, 40 * MBPS])))
    mode = failover.latency[1] if failover.latency else talk.latency[1]
    if talk.steps:
        return None
    return replace(talk, failover=replace(failover, latency=(max(1, total), mode)))


def _grounded(source, draft, talk):
    net = draft.program.net
    node, wire = source.choice(sorted(net.routers)), source.choice(sorted(net.wires))
    return source.choice(
        [
            replace(talk, avoid=(*talk.avoid, ("node", node))),
            replace(talk, avoid=(*talk.avoid, ("link", wire))),
            replace(talk, avoid=(), via=(), pin=()),
            replace(talk, via=(("node", node),)),
            replace(talk, pin=("eu",)),
            replace(talk, is_encrypted=not talk.is_encrypted),
        ]
    )


def _rated(source, draft, talk):
    if talk.rate is None:
        return None
    rate = talk.rate
    changed = source.choice(
        [
            replace(rate, bps=source.choice([1, 3, 14, 60]) * MBPS),
            replace(rate, burst=source.choice([3000, 40_000, 400_000])),
            replace(rate, ceiling=source.choice([None, 100 * MBPS])),
        ]
    )
    if talk.steps and rate.per != "pair":
        return None
    return replace(talk, rate=changed)


def _claim_changed(source, draft):
    if not draft.program.claims:
        return None
    claim = source.choice(draft.program.claims)
    if claim.what in ("utilization", "hops"):
        changed = replace(claim, bound=source.choice([1, 2, 3, 5, 30, 99]))
    else:
        changed = replace(claim, under=source.choice([(), (("link", 1),), (("node", 1),)]))
    return replace(draft.program, claims=tuple(changed if x is claim else x for x in draft.program.claims))


def _changed(source, draft):
    make = source.choice([_wire_changed] * 3 + [_router_changed] + [_talk_changed] * 4 + [_claim_changed])
    program = make(source, draft)
    if program is None or program == draft.program:
        return False
    draft.change_source(program)
    return True


def change_source(source, draft):
    """Change the sources, and tell what they then come to."""
    if not _changed(source, draft):
        return False
    _align(draft)
    rewrite(draft.facts, draft.whole)
    return True


def change_source_only(source, draft):
    """Change the sources, and let the manifest say what was true of the others."""
    return _changed(source, draft)


def change_source_and_bounds(source, draft):
    """Change an intent, and let the manifest say its new bounds, but nothing else."""
    program = _talk_changed(source, draft)
    if program is None or program == draft.program:
        return False
    draft.change_source(program)
    _align(draft)
    for case in Writer(draft.facts, draft.whole).cases():
        entry, bound = case.entry, case.want.bound("one-way", is_failed=False)
        entry["bound_us"], entry["rtt_bound_us"] = bound, case.want.bound("rtt", is_failed=False)
        entry["margin_us"] = None if bound is None else bound - entry["primary"]["latency_us"]["total"]
    return True


def _align(draft):
    """Let rules be closed or open as the intents now ask."""
    for case in Writer(draft.facts, draft.whole).cases():
        for rule in (*case.entry["steering"], *case.entry["policies"]):
            rule["fail_closed"] = is_closed(case.want.talk)


def leave_source(source, draft):
    """Change the sources behind the manifest's back: what it says of its inputs is false."""
    before = deepcopy(draft.whole["inputs"])
    if not _changed(source, draft):
        return False
    draft.whole["inputs"] = before
    return True


CHANGES = {
    steer: 12,
    steer_only: 5,
    clear_rules: 3,
    take_other_replica: 4,
    change_source: 14,
    change_source_only: 4,
    change_source_and_bounds: 6,
    leave_source: 1,
}
