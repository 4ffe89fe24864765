"""Who reserves what on every link in every promised state, and whether the manifest's table of links says so."""

from __future__ import annotations

from collections import Counter

from oracle_facts import breaks, ensure
from oracle_labels import LABEL, grown
from oracle_network import NOTHING
from oracle_wanted import IDLE, PPB, SHARE, STRICT, class_of

PPM = 1_000_000


class Books:
    """Reservations by state (None: the normal one): {(link, sender): {class: bps}}; a class that only uses a link has 0."""

    def __init__(self, facts, cases):
        self.facts, self.cases, self._further = facts, cases, {}
        self.names = {None: {"normal"}}
        for case in cases:
            for name, state in case.want.states.items():
                self.names.setdefault(state, set()).add(name)
        self.pages = {state: self.page(state) for state in self.names}

    def page_of(self, state):
        """Return the page of any state, promised to someone or not."""
        if state not in self.pages and state not in self._further:
            self._further[state] = self.page(state)
        return self.pages.get(state) or self._further.get(state, {})

    def page(self, state):
        """Return what is reserved in a state, promised to anyone or not."""
        pools = {}
        for case in self.cases:
            paths, bps = self._claim(case, state)
            stacks = case.stacks(NOTHING if state is None else state) if paths else {}
            held = Counter()
            for link, node in {step for nodes, links, _ in paths for step in zip(links, nodes, strict=False)}:
                labels = LABEL * stacks.get((node, link), 0)
                held[link, node] += grown(bps, labels)
                for low, sender, around in self.facts.network.carried_by(link, node):
                    held[low, sender] += grown(bps, labels + around)
            for arc, amount in held.items():
                pool = case.want.traffic_class, case.want.talk.name, case.want.pool
                pools.setdefault(arc, {}).setdefault(pool, []).append(amount)
        return {arc: self._summed(shares) for arc, shares in pools.items()}

    @staticmethod
    def _summed(shares):
        found = {}
        for (name, _, _), rates in shares.items():
            found[name] = found.get(name, 0) + min(sum(rates), max(rates))
        return found

    def _claim(self, case, state):
        """Return the paths on which a demand reserves in a state, and how much."""
        want = case.want
        if state is None:
            return case.primary, want.bps
        name = next((name for name, own in want.states.items() if own == state), None)
        if name is None:
            found = case.outcome(state)
            is_normal = found is not None and set(found) == {path[:2] for path in case.primary}
            return (case.primary, want.bps) if is_normal else ((), 0)
        told = case.told(name, state)
        if told is not None and told[1] != case.primary:
            return told[1], want.failover_bps
        if breaks(state)(case.primary) or name in case.entry["unprotected"]:
            return (), 0
        return case.primary, max(want.bps, want.failover_bps)

    def worst(self, arc):
        """Return the largest reservation of each class on an arc in any state."""
        found = {}
        for page in self.pages.values():
            for name, bps in page.get(arc, {}).items():
                found[name] = max(bps, found.get(name, 0))
        return found

    def reserved(self):
        """Return the worst reservation by queue."""
        arcs = {arc for page in self.pages.values() for arc in page}
        return {(*arc, name): bps for arc in arcs for name, bps in self.worst(arc).items()}

    # -- capacity ------------------------------------------------------------------------------------------------------

    def check_room(self):
        """Judge that every link holds what is reserved on it in every state."""
        for page in self.pages.values():
            for (link, sender), classes in page.items():
                wire = self.facts.program.net.wires[link]
                capacity = wire.capacity[wire.side(sender)]
                needs = [self._need(name, bps, capacity) for name, bps in classes.items()]
                ensure(sum(needs) <= capacity - wire.background, f"{link} from {sender} is too full")
                for name, bps in classes.items():
                    kind, _, share, _ = class_of(self.facts.program, name)
                    is_limited = kind in (STRICT, SHARE)
                    ensure(not is_limited or bps <= capacity * share // PPB, f"{name} has too much of {link}")
        for link, sender in sorted({arc for page in self.pages.values() for arc in page}):
            wire = self.facts.program.net.wires[link]
            capacity = wire.capacity[wire.side(sender)]
            promised = sum(self._need(name, bps, capacity) for name, bps in self.worst((link, sender)).items())
            ensure(promised <= capacity - wire.background, f"the queues of {link} from {sender} are promised too much")

    def _need(self, name, bps, capacity):
        kind, _, share, _ = class_of(self.facts.program, name)
        if kind == SHARE:
            return -(-capacity * share // PPB)
        return max(bps, -(-capacity * share // PPB)) if kind == IDLE else bps

    # -- the table -----------------------------------------------------------------------------------------------------

    def check_table(self, links):
        told = {entry["id"]: entry for entry in links}
        used = {link for page in self.pages.values() for link, _ in page}
        ensure(len(told) == len(links), "a link stands twice")
        ensure(used <= set(told), "a link that is used is left out")
        for name, entry in told.items():
            wire = self.facts.program.net.wires.get(name)
            ensure(wire is not None, "no such link")
            ensure((entry["a"], entry["b"]) == (wire.a, wire.b), "other ends")
            for side, word in enumerate(("ab", "ba")):
                self._check_side(entry, (name, (wire.a, wire.b)[side]), word, wire.capacity[side])

    def _check_side(self, entry, arc, word, capacity):
        told = entry["capacity_bps"]
        ensure((told if isinstance(told, int) else told[word]) == capacity, "another capacity")
        normal, worst = self.pages[None].get(arc, {}), self.worst(arc)
        ensure(entry["reserved_bps"][word] == sum(normal.values()), "another reservation")
        ensure(_some(entry["by_class"], word) == {k: v for k, v in normal.items() if v}, "other classes")
        ensure(
            _some(entry["worst_by_class"], word) == {k: v for k, v in worst.items() if v}, "another worst of a class"
        )
        totals = {state: sum(page.get(arc, {}).values()) for state, page in self.pages.items()}
        ensure(entry["worst_bps"][word] == max(totals.values()), "another worst")
        state = next((state for state, names in self.names.items() if entry["worst_state"][word] in names), "")
        ensure(totals.get(state) == max(totals.values()), "another worst state")

    # -- the objective -------------------------------------------------------------------------------------------------

    def fullest(self):
        """Return the utilisation (ppm) of the fullest link that is used in the normal state, background included."""
        found = 0
        for (link, sender), classes in self.pages[None].items():
            wire = self.facts.program.net.wires[link]
            load = sum(classes.values()) + wire.background
            found = max(found, -(-load * PPM // wire.capacity[wire.side(sender)]))
        return found

    def check_objective(self, objective):
        ensure(objective["max_utilisation"] == self.fullest() / PPM, "another utilisation")
        told, prices = objective["lower_bound"], objective["prices"]
        if told is None:
            return
        wires = self.facts.program.net.wires
        ensure(told <= objective["max_utilisation"], "a bound above what was reached")
        ensure(set(prices) <= set(wires), "the price of no link")
        ensure(all(min(price.values()) >= 0 for price in prices.values()), "a price below zero")
        price = {
            (name, end): prices.get(name, {"ab": 0, "ba": 0})[word]
            for name, wire in wires.items()
            for end, word in ((wire.a, "ab"), (wire.b, "ba"))
        }
        worth = sum(value * wires[link].capacity[wires[link].side(end)] for (link, end), value in price.items())
        dearest = {}
        for case in self.cases:
            fare = case.want.bps * self._fare(case, price)
            pool = (case.want.talk.name, case.want.pool)
            dearest[pool] = max(fare, dearest.get(pool, 0))
        proven = sum(dearest.values()) * PPM // worth if worth else 0
        ensure(told * PPM <= proven + 1e-3, "a bound that the prices do not prove")

    def _fare(self, case, price):
        """Return the least price per bit between the ends, over links that the demand may use; 0 where there is no way."""
        network, banned = self.facts.network, self.facts.grounds[case.want.talk.name]
        starts, stops = {a for a, _ in case.want.choices}, {b for _, b in case.want.choices}
        paid = dict.fromkeys(stops - banned, 0)
        if starts & stops:
            return 0
        for _ in network.net.routers:
            for wire in network.net.wires.values():
                if network.is_drained(wire) or {wire.name, wire.a, wire.b} & banned:
                    continue
                for near, far in ((wire.a, wire.b), (wire.b, wire.a)):
                    if far in paid:
                        fare = paid[far] + price[wire.name, near]
                        paid[near] = min(fare, paid.get(near, fare))
        return min((paid[start] for start in starts if start in paid), default=0)


def _some(rates, word):
    return {name: rate[word] for name, rate in rates.items() if rate[word]}
