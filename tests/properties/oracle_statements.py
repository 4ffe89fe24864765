"""Changes of what a manifest says of states, paths and packets: coherent ones, true or not."""

from __future__ import annotations

from copy import deepcopy
from ipaddress import ip_network

from oracle_books import Books
from oracle_rewrite import Writer

_WIDE = {4: "10.0.0.0/8", 6: "2001:db8::/32"}
_NOBODY = {4: "192.0.2.0/24", 6: "2001:db8:ffff::/48"}

# -- states --------------------------------------------------------------------------------------------------------------


def _with_states(source, draft, *, least=1):
    found = [demand for demand in draft.demands() if sum(len(x["when"]) for x in demand["states"]) >= least]
    return source.choice(found) if found else None


def split_states(source, draft):
    """Give each state of an entry, or some of them, an entry of its own."""
    demand = _with_states(source, draft)
    found = [entry for entry in demand["states"] if len(entry["when"]) > 1] if demand else []
    if not found:
        return False
    entry = source.choice(found)
    at = source.randrange(1, len(entry["when"]))
    demand["states"].append({**deepcopy(entry), "when": entry["when"][at:]})
    entry["when"] = entry["when"][:at]
    return True


def move_state(source, draft):
    """Move a state to another entry."""
    demand = _with_states(source, draft)
    if demand is None or len(demand["states"]) < 2:
        return False
    one, other = source.sample(demand["states"], 2)
    other["when"].append(one["when"].pop(source.randrange(len(one["when"]))))
    demand["states"] = [entry for entry in demand["states"] if entry["when"]]
    return True


def drop_state(source, draft):
    """Leave one state out of its entry, or say instead that it is not protected."""
    demand = _with_states(source, draft)
    if demand is None:
        return False
    entry = source.choice(demand["states"])
    name = entry["when"].pop(source.randrange(len(entry["when"])))
    demand["states"] = [entry for entry in demand["states"] if entry["when"]]
    demand["unprotected"] += [name] if source.random() < 0.3 else []
    return True


def add_state(source, draft):
    """Name a further state, promised or not, in an entry."""
    demand = _with_states(source, draft)
    if demand is None:
        return False
    kinds = draft.facts.network.kinds
    names = sorted(
        {name for kind in kinds.values() for name in kind} - {x for e in demand["states"] for x in e["when"]}
    )
    source.choice(demand["states"])["when"].append(source.choice(names))
    return True


def rename_state(source, draft):
    """Name a state by another state's name, preferably one with the same elements."""
    demand = _with_states(source, draft)
    if demand is None:
        return False
    entry = source.choice(demand["states"])
    at = source.randrange(len(entry["when"]))
    network = draft.facts.network
    meant = network.meaning(entry["when"][at])
    names = {
        name: state for kind in network.kinds.values() for name, state in kind.items() if name != entry["when"][at]
    }
    same = sorted(name for name, state in names.items() if state == meant)
    entry["when"][at] = source.choice(same or sorted(names))
    return True


def say_any(source, draft):
    """Write an entry as `any`, at the end of the list."""
    demand = _with_states(source, draft)
    if demand is None:
        return False
    entry = demand["states"].pop(source.randrange(len(demand["states"])))
    demand["states"].append({**entry, "when": ["any"]})
    return True


def add_normal_state(source, draft):
    """Say of some promised state that the demand goes as normally, which is true where nothing touches it."""
    cases = [case for case in Writer(draft.facts, draft.whole).cases() if case.want.states]
    if not cases:
        return False
    case = source.choice(cases)
    name = source.choice(sorted(case.want.states))
    primary = deepcopy(case.entry["primary"])
    case.entry["states"].append({"when": [name], **primary, "destination": primary["paths"][0]["path"][-1]})
    return True


# -- paths ---------------------------------------------------------------------------------------------------------------


def tell_other_path(source, draft):
    """Tell another path between the same ends, normally or in a state, with the figures that it would have."""
    cases = list(Writer(draft.facts, draft.whole).cases())
    if not cases:
        return False
    case = source.choice(cases)
    places = [case.entry["primary"], *case.entry["states"]]
    place = source.choice(places)
    nodes = place["paths"][0]["path"]
    found = [
        path
        for path in _simple_paths(draft.program.net, nodes[0], nodes[-1])
        if list(path[1]) != place["paths"][0]["links"]
    ]
    if not found:
        return False
    told = source.choice(found)
    place["paths"] = [{"path": list(told[0]), "links": list(told[1]), "share_ppm": 1_000_000}]
    if any("any" in state["when"] for state in case.entry["states"]):
        return False  # which states are meant hangs on these paths
    cases = list(Writer(draft.facts, draft.whole).cases())
    writer = Writer(draft.facts, draft.whole)
    writer.write_sums(cases, Books(draft.facts, cases))
    return True


def _simple_paths(net, start, stop):
    pending, found = [((start,), ())], []
    while pending and len(found) < 40:
        nodes, links = pending.pop()
        if nodes[-1] == stop:
            found.append((nodes, links))
            continue
        for wire in net.wires_of(nodes[-1]):
            far = wire.other(nodes[-1])
            if far not in nodes:
                pending.append(((*nodes, far), (*links, wire.name)))
    return found


def shift_shares(source, draft):
    """Move some of the traffic from one path to another."""
    found = [x["paths"] for d in draft.demands() for x in (d["primary"], *d["states"]) if len(x["paths"]) > 1]
    if not found:
        return False
    one, other = source.sample(source.choice(found), 2)
    moved = source.choice([1, 1, 2, 1000])
    one["share_ppm"] -= moved
    other["share_ppm"] += moved
    return True


def retell_alternatives(source, draft):
    """Number alternatives otherwise, or tell other paths of one."""
    found = [demand for demand in draft.demands() if demand["alternatives"]]
    if not found:
        return False
    demand = source.choice(found)
    if source.random() < 0.4:
        for at, item in enumerate(demand["alternatives"]):
            item["preference"] = 1000 - 7 * at
        return True
    item = source.choice(demand["alternatives"])
    others = [[], *(state["paths"] for state in demand["states"]), demand["primary"]["paths"]]
    item["paths"] = deepcopy(source.choice(others))
    return True


# -- packets -------------------------------------------------------------------------------------------------------------


def split_packets(source, draft):
    """Write a flow as two halves of its prefix or of the ports; sometimes one half is lost."""
    demands = draft.demands()
    if not demands:
        return False
    match = source.choice(demands)["match"]
    flow = match.pop(source.randrange(len(match)))
    if source.random() < 0.5:
        key = source.choice(["source", "destination"])
        halves = [{**flow, key: str(half)} for half in ip_network(flow[key]).subnets(1)]
    else:
        key = "source_ports" if flow["source_ports"] is None else "destination_ports"
        halves = [{**flow, key: [0, 999]}, {**flow, key: [1000, 65535]}]
    match += halves if source.random() < 0.7 else halves[:1]
    return True


def widen_packets(source, draft):
    """Let a flow hold more packets, or say the same of fewer protocols."""
    demands = draft.demands()
    if not demands:
        return False
    flow = source.choice(source.choice(demands)["match"])
    key, value = source.choice(
        [
            ("protocol", "any"),
            ("protocol", "icmp"),
            ("dscp", 46),
            ("source", _WIDE[flow["family"]]),
            ("family", 10 - flow["family"]),
            ("source_ports", None),
            ("destination_ports", None),
        ]
    )
    if flow[key] == value:
        return False
    flow[key] = value
    return True


def except_packets(source, draft):
    """Take packets out that are not in, or some that are."""
    demands = draft.demands()
    if not demands:
        return False
    demand = source.choice(demands)
    flow = deepcopy(source.choice(demand["match"]))
    if source.random() < 0.6:
        flow["source"] = _NOBODY[flow["family"]]
    elif source.random() < 0.5:
        flow["dscp"] = 46
    demand["except"].append(flow)
    return True


# -- figures -----------------------------------------------------------------------------------------------------------


def miscount_figures(source, draft):
    """Move time from one part of a latency to another, or tell a larger one with its margin."""
    demands = draft.demands()
    if not demands:
        return False
    demand = source.choice(demands)
    told = source.choice([demand["primary"], *demand["states"]])["latency_us"]
    if source.random() < 0.5:
        told["propagation"] += 3
        told["serialisation"] -= 3
    else:
        told["queueing"] += 5
        told["total"] += 5
    if demand["bound_us"] is not None:
        demand["margin_us"] = demand["bound_us"] - demand["primary"]["latency_us"]["total"]
    return True


STATEMENTS = {
    split_states: 5,
    move_state: 2,
    drop_state: 2,
    add_state: 4,
    rename_state: 3,
    say_any: 3,
    add_normal_state: 3,
    tell_other_path: 3,
    shift_shares: 1,
    retell_alternatives: 2,
    split_packets: 4,
    widen_packets: 2,
    except_packets: 3,
    miscount_figures: 2,
}
