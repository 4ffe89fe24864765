"""`capacity` of services over random programs: no host is asked for too much in any state, and nobody is refused for nothing.

What is asked is added up from the manifest's own words, with no code of the product.
"""

import json
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from support_verify import build

MBPS = 1_000_000
HOSTS = {"fra1": "fra", "ams1": "ams"}
PREFIXES = {False: "10.30.0.0/24, 10.40.0.0/24", True: "10.20.0.0/24"}
FAILOVER = "failover within 60s { survive any 1 node except access  bandwidth %dMbps reverse 0bps }"


@st.composite
def programs(draw):
    """A service at two hosts, and intents from two branches with rates, priorities and promises of their own."""
    is_per_host, is_anycast = draw(st.booleans()), draw(st.booleans())
    capacity = draw(st.integers(10, 120))
    wanted = []
    for name in "abcde"[: draw(st.integers(1, 5))]:
        rate = draw(st.integers(1, 18))
        after = draw(st.none() | st.integers(1, 18))
        wanted.append(
            (name, draw(st.sampled_from(["ber", "muc"])), rate, after, draw(st.sampled_from(["high", "low"])))
        )
    limit = f"capacity {capacity}Mbps{' per host' if is_per_host else ''}"
    lines = [f"service api {{ at fra1, ams1  prefix {PREFIXES[is_anycast]}  port tcp/1-999  {limit} }}"]
    for number, (name, source, rate, after, priority) in enumerate(wanted):
        promise = FAILOVER % after if after is not None else ""
        lines.append(
            f"intent {name} {{ from site {source}  to any of api  match tcp/{number + 1}  priority {priority}"
            f"  bandwidth {rate}Mbps per pair reverse 0bps  {promise} }}"
        )
    return "\n".join(lines), capacity * MBPS, is_per_host, {item[0]: item for item in wanted}


def asked(manifest, wanted, is_per_host, state):
    """bps by host in a state, of what is placed."""
    found = {}
    for intent in manifest["intents"]:
        for demand in intent["demands"]:
            if demand["direction"] == "forward":
                _, _, rate, after, _ = wanted[intent["name"]]
                moved = [item for item in demand["states"] if state in item["when"]]
                end = moved[0]["destination"] if moved else demand["destination"]
                path = [node for item in demand["primary"]["paths"] for node in item["path"]]
                is_hit = state is not None and state.removeprefix("node:") in path
                if moved:
                    held = after
                elif is_hit:
                    continue  # not promised anything
                else:
                    held = max(rate, after) if after is not None and state is not None else rate
                host = HOSTS[end] if is_per_host else ""
                found[host] = found.get(host, 0) + held * MBPS
    return found


RANK = {"high": 0, "low": 1}


def could_be_served(manifest, wanted, capacity, is_per_host, name):
    """Whether hosts can be found, in the state that the refusal is about, for all that counts; whatever the paths."""
    (item,) = next(entry for entry in manifest["intents"] if entry["name"] == name)["refused"]
    placed = [entry["name"] for entry in manifest["intents"] if entry["status"] == "placed"]
    meant = [name, *(other for other in placed if RANK[wanted[other][4]] <= RANK[wanted[name][4]])]
    state = item["state"]
    rates = [
        (wanted[x][2] if state is None else wanted[x][3]) for x in meant if state is None or wanted[x][3] is not None
    ]
    up = [host for node, host in HOSTS.items() if state != f"node:{node}"] if is_per_host else [""]
    return any(
        all(sum(r for r, at in zip(rates, chosen, strict=True) if at == host) * MBPS <= capacity for host in up)
        for chosen in product(up, repeat=len(rates))
    )


@settings(max_examples=40, deadline=None)
@given(programs())
def test_no_host_is_asked_for_too_much_and_nobody_is_refused_for_nothing(program):
    text, capacity, is_per_host, wanted = program
    found = build(text)
    manifest = json.loads(found.text)
    assert found.codes() == set()
    is_promised = any(
        demand["protection"] is not None for intent in manifest["intents"] for demand in intent["demands"]
    )
    states = [None, "node:fra1", "node:ams1", "node:p1", "node:p2", "node:p3"] if is_promised else [None]
    for state in states:
        assert all(bps <= capacity for bps in asked(manifest, wanted, is_per_host, state).values())
    refused = {item["intent"] for item in manifest["findings"] if item["code"] == "E0536"}
    for name in refused:
        assert not could_be_served(manifest, wanted, capacity, is_per_host, name), name
    refused |= {item["intent"] for item in manifest["findings"] if item["code"] == "E0537"}
    held = asked(manifest, wanted, is_per_host, None)
    for name in refused:
        _, _, rate, after, _ = wanted[name]
        if after is None and not is_promised:
            free = [capacity - held.get(host, 0) for host in (HOSTS.values() if is_per_host else [""])]
            if PREFIXES[True] in text and is_per_host:
                continue  # which host answers is for the network to say
            assert all(rate * MBPS > room for room in free)
