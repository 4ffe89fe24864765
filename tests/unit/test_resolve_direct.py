"""Intents that go the short way from clauses to their demand come to what they come to on the long one."""

import random

import pytest
from support_network import link, network, node
from support_resolve import TODAY

from intentc.diagnostics import Findings, Source
from intentc.language.parser import parse
from intentc.resolve import draft
from intentc.resolve.resolve import resolve

ENDS = [
    "n0",
    "n1",
    "n2",
    "n3",
    "site s",
    "leaf",
    "bare",
    "web",
    "any of web",
    "n0, n1",
    "all",
    "six",
    "both",
    "region eu",
]
CLAUSES = {
    "unidirectional": ["", *["unidirectional"] * 6],
    "symmetric": [*[""] * 12, "symmetric"],
    "match": [
        "",
        "match tcp/80",
        "match udp/1-9",
        "match any",
        "match tcp/80, udp/80",
        "match dscp EF",
        "match tcp/80 dscp 10",
        "match any except tcp/1",
        "match prefix 10.0.0.0/25 to 10.0.1.0/24",
        "match icmp",
    ],
    "priority": ["", "priority high", "priority low", "priority own", "priority wred", "priority nobody"],
    "bandwidth": [
        "",
        "bandwidth 5Mbps burst 9KB",
        "bandwidth 5Mbps per pair",
        "bandwidth 9Mbps per source ceiling 10Mbps",
        "bandwidth 7Mbps total",
        "bandwidth 5Mbps reverse 1Mbps",
        "transfer 1MB within 2s",
        "bandwidth 1500Mbps",
        "bandwidth 3ms",
    ],
    "latency": ["", "latency <= 9ms", "latency <= 9ms rtt", "latency <= zero"],
    "bounds": ["", "", "jitter <= 2ms", "loss <= 0.1%"],
    "failover": [
        "",
        "failover none",
        "failover within 1s { survive any 1 link }",
        "failover within 1s { survive any 1 node latency <= 1s }",
        "failover within 1s { survive any 1 link except access survive any 1 node otherwise drop revert after 1s }",
        "failover within 1s { survive any 1 srlg latency <= 2s rtt }",
        "failover within 1s { bandwidth 1Mbps }",
        "failover within 1s { survive any 2 link latency <= 1s }",
    ],
    "other": [
        *([""] * 8),
        "label a = 1",
        "spread",
        "optimize latency",
        "avoid node n2",
        "isolate to",
        "encrypt",
        "label a = 1 label b = 2",
        'waive E0520 until 2099-01-01 because "so"',
        "overrides f1",
        "pin region eu",
        "symmetric",
    ],
}
PLAIN_CLAUSES = {
    word: each[1] if word in {"unidirectional", "match", "bandwidth"} else "" for word, each in CLAUSES.items()
}
HEAD = """
const zero = 0ms
service web { at n0, n3  port tcp/443, udp/443 }
group both = n1, n2
class own { dscp 20  queue 5% }
class wred { dscp 22  drop high }
class calm { dscp 24  lossless }
profile base { unidirectional  bandwidth 1Mbps  label p = 1 }
"""


def net():
    nodes = [node(f"n{number}", region="eu", attached=(f"10.0.{number}.0/24",)) for number in range(4)]
    nodes += [node("leaf", attached=("10.0.9.0/24",)), node("bare"), node("six", attached=("2001:db8::/64",))]
    nodes += [node("all", attached=("10.0.8.0/24", "2001:db8:8::/64", "10.0.7.0/24"))]
    nodes += [node(name, site="s", attached=("10.0.20.0/24",)) for name in ("s1", "s2")]
    names = ["n0", "n1", "n2", "n3", "bare", "six", "all", "s1", "s2"]
    ring = [link(f"r{at}", one, names[at - 1]) for at, one in enumerate(names)]
    return network(nodes, [*ring, link("x", "n0", "n2"), link("y", "s1", "n1"), link("l", "leaf", "n0")])


NETWORK = net()


def drafted(text, monkeypatch, *, is_short):
    taken, plain = [], draft.demand_of
    with monkeypatch.context() as patch:
        patch.setattr(draft, "demand_of", lambda *given: taken.append(plain(*given)) or taken[-1] if is_short else None)
        findings = Findings()
        model = resolve([parse(Source("a.intent", text), findings)], NETWORK, TODAY, findings)
    return model, findings.items, [one for one in taken if one is not None]


def program(seed):
    chance = random.Random(seed)  # noqa: S311  (a test)
    intents = []
    for number in range(24):
        start, stop = chance.choice(ENDS[:8]), chance.choice(ENDS)
        if chance.random() < 0.6:
            start, stop = chance.sample(ENDS[:4], 2)
        extends = chance.choice([*[""] * 9, " extends base"])
        strange = chance.sample(sorted(CLAUSES), chance.choice((0, 1, 1, 2)))
        clauses = "  ".join(
            chance.choice(each) if word in strange else PLAIN_CLAUSES[word] for word, each in CLAUSES.items()
        )
        intents.append(f"intent f{number}{extends} {{ from {start}  to {stop}  {clauses} }}\n")
    return HEAD + "".join(intents)


@pytest.mark.parametrize("seed", range(16))
def test_the_short_way_comes_to_what_the_long_one_does(seed, monkeypatch):
    text = program(seed)
    short, told, taken = drafted(text, monkeypatch, is_short=True)
    long, known, _ = drafted(text, monkeypatch, is_short=False)
    assert told == known
    assert short == long
    assert repr(short.demands) == repr(long.demands)
    assert taken


PLAIN = "intent f { from n1 to n2 unidirectional %s bandwidth 5Mbps %s }"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN % ("match tcp/80", "priority high latency <= 9ms"),
        PLAIN % ("", "label a = 1"),
        PLAIN % ("match udp/7 dscp 10", "failover within 1s { survive any 1 node latency <= 1s }"),
        PLAIN % ("match any", "jitter <= 1ms loss <= 1%"),
    ],
)
def test_what_most_intents_ask_goes_the_short_way(text, monkeypatch):
    model, items, taken = drafted(text, monkeypatch, is_short=True)
    assert len(taken) == len(model.demands) == 1, items
