"""Random programs for tests of queues: rings with chords whose demands share, turn and fail over."""

from __future__ import annotations

import random

from support_delay import MBPS, net, realise, sender

from intentc.delay.withdraw import _Books
from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.resolve.model import FailoverRequirement, FailureState
from intentc.topology.model import Directional
from intentc.values import replace

CLASSES = ("critical", "critical", "high", "normal", "low", "background", "default")
MS = 1_000_000
NAMED = {"link": frozenset(), "srlg": frozenset({"N"})}
FIRST, TWIN = "link:L0", "duct:L0"  # two names for one state


class Maker:
    """Makes programs from a seed: rings with chords, pools, failover to other paths, labels, shares, short buffers, tunnels never."""

    def __init__(self, seed, *, has_twin=True):
        self.chance = random.Random(seed)  # noqa: S311  (tests draw repeatable networks, no secrets)
        self.shaky = random.Random(f"{seed} shakes")  # noqa: S311  (by itself, so that seeds go on to mean the same programs)
        chance = self.chance
        nodes = "abcdefg"[: chance.randint(3, 7)]
        pairs = [(one, nodes[(place + 1) % len(nodes)]) for place, one in enumerate(nodes)]
        pairs += [tuple(chance.sample(nodes, 2)) for _ in range(chance.randint(0, 5))]
        self.links = {f"L{number}": pair for number, pair in enumerate(pairs)}
        made = net(
            *(f"{name}:{a}-{b}" for name, (a, b) in self.links.items()),
            mbps={name: chance.choice((10, 100, 100, 1000)) for name in self.links},
            platform={node: "none" for node in nodes if chance.random() < 0.05},
        )
        sharing = random.Random(f"{seed} shares")  # noqa: S311  (by itself, for the same)
        sharers = frozenset(node for node in nodes if sharing.random() < 0.3)
        shapers = frozenset(node for node in nodes if sharing.random() < 0.3)
        links = {name: self.link(link) for name, link in made.links.items()}
        self.topology = replace(made, links=links, sharers=sharers, shapers=shapers)
        self.states = [
            *(FailureState(f"link:{name}", frozenset(), frozenset({name})) for name in self.links),
            *(FailureState(f"node:{node}", frozenset({node}), frozenset()) for node in nodes),
            FailureState("srlg:s", frozenset(), frozenset(chance.sample(sorted(self.links), 2))),
            *(
                [FailureState(TWIN, frozenset(), frozenset({"L0"}))] if has_twin else ()
            ),  # another name for what fails with a link
        ]
        self.promised = [tuple(chance.sample(self.states, chance.randint(1, len(self.states)))) for _ in range(2)]

    def link(self, link):
        chance = self.chance
        sides = chance.randint(0, 5 * MS), chance.randint(0, 5 * MS)
        return replace(
            link,
            latency_ns=Directional(*sides),
            queue_bytes=chance.choice((None, None, None, 20_000)),
            jitter_ns=self.shaky.choice((None, None, None, MS, 30_001)),
            background_bps=Directional(chance.choice((0, 0, MBPS)), 0),
        )

    def path(self, banned=frozenset()):
        """A walk that may come by a node again, but not over a link."""
        chance, here, words = self.chance, self.chance.choice("abc"), []
        for _ in range(chance.randint(1, 6)):
            ways = [name for name, pair in self.links.items() if here in pair and name not in {*banned, *words}]
            if not ways:
                break
            name = chance.choice(ways)
            words += [here, name]
            a, b = self.links[name]
            here = b if here == a else a
        return " ".join([*words, here])

    def real(self, *texts):
        words = [text.split() for text in texts]
        count = len(words)
        return tuple(
            Path(
                tuple(each[::2]),
                tuple(each[1::2]),
                share_ppm=1_000_000 // count,
                labels=tuple(self.chance.randint(0, 3) for _ in each[1::2]) if self.chance.random() < 0.3 else (),
            )
            for each in words
        )

    def demand(self, number):
        chance = self.chance
        rate = chance.choice((0, 0.1, 0.5, 1, 2, 5))
        rest, states = {}, ()
        if chance.random() < 0.7:
            after = round(chance.choice((1, 1, 1, 0.5, 2)) * rate * MBPS)
            asked = chance.choice(self.promised)
            span = self.topology.links["L0"].span
            bound_ns = chance.choice((None, 40 * MS))
            rest["failover"] = FailoverRequirement(len(asked), asked, bound_ns, after, after, None, span)
            ids = [state.id for state in chance.sample(asked, len(asked))]
            named = [name for name in ids if name != TWIN or FIRST not in ids]  # each has one result at most
            states = tuple(
                StateResult(
                    _with_twin(named[2 * turn : 2 * turn + chance.randint(1, 2)], ids),
                    "a",
                    self.real(*[self.path() for _ in range(chance.choice((1, 1, 1, 2)))]),
                    LatencyParts(1000, 10, 0, "assumed"),
                )
                for turn in range(chance.randint(0, (len(named) + 1) // 2))
            )
        if chance.random() < 0.3:
            rest["pool"] = f"p{number % 2}"
        if chance.random() < 0.4:
            rest["bound_ns"] = chance.randint(1, 60) * MS
        if chance.random() < 0.15 and rate:
            rest["loss_ppb"] = 0
        made = sender(
            f"d{number}",
            self.path(),
            mbps=rate,
            burst=chance.choice((1500, 20_000, 200_000)),
            traffic_class=chance.choice(CLASSES),
            is_spread=chance.random() < 0.2,
            states=states,
            **rest,
        )
        texts = [" ".join(_woven(path)) for path in made.primary]
        return replace(made, primary=self.real(*texts, *([self.path()] if chance.random() < 0.2 else ())))

    def program(self, least=1, most=12):
        return realise(self.topology, *[self.demand(number) for number in range(self.chance.randint(least, most))])

    def changed(self, program):
        """The same with a demand or two gone, new, or with others in their place."""
        demands, chance = dict(program.demands), self.chance
        for key in chance.sample(sorted(demands), chance.randint(0, 1)):
            del demands[key]
        for number in chance.sample(range(40), chance.randint(0, 1)):
            made = self.demand(number)
            demands[made.demand.key] = made
        return realise(self.topology, *[demands[key] for key in sorted(demands)])


def _with_twin(names, ids):
    return (*names, TWIN) if FIRST in names and TWIN in ids else tuple(names)


def _woven(path):
    for node, link in zip(path.nodes, path.links, strict=False):
        yield from (node, link)
    yield path.nodes[-1]


def counted(program):
    """The same with the loads that its demands make, as placement tells them."""
    return replace(program, loads=_Books(program, program.demands).loads())
