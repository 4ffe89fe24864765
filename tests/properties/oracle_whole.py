"""What a manifest says of chains and assertions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from oracle_facts import ensure
from oracle_network import NOTHING

PPM = 1_000_000


class Chains:
    """Sums up what the steps of chains take."""

    def __init__(self, facts, cases):
        self.facts, self.cases = facts, cases
        self.routers = facts.program.net.routers

    def check(self, entries):
        talks = [talk for talk in self.facts.program.talks if talk.steps]
        expected = {}
        for talk in talks:
            if any(case.want.talk.name == talk.name for case in self.cases):
                expected[talk.name, talk.steps[0].source] = talk
        ensure(sorted(expected) == sorted((x["name"], x["source_site"]) for x in entries), "other chains")
        for entry in entries:
            self._check(expected[entry["name"], entry["source_site"]], entry)

    def _pair(self, talk, step):
        """Return the requests and the replies of a step."""
        found = [x for x in self.cases if (x.want.talk.name, x.want.pair) == (talk.name, (step.source, step.target))]
        ensure(len(found) == 2, "a demand of a step is missing")
        return sorted(found, key=lambda case: case.want.is_reply)

    def _network_us(self, talk, step, name, state):
        total = 0
        for case in self._pair(talk, step):
            told = None if state is None else case.told(name, state)
            total += (case.entry["primary"] if told is None else told[2])["latency_us"]["total"]
        return step.calls * total

    def _costs(self, talk, name=None, state=None):
        return [self._network_us(talk, s, name, state) + s.calls * s.processing_us for s in talk.steps]

    @staticmethod
    def _total(talk, costs):
        stages = {step.stage for step in talk.steps}
        return sum(max(c for c, s in zip(costs, talk.steps, strict=True) if s.stage == stage) for stage in stages)

    def _check(self, talk, entry):
        expected, left = self.entry(talk), self._left(talk)
        ensure(expected["slack_us"] >= 0 and all(slack >= 0 for slack in left.values()), "a budget missed")
        worst = expected.pop("worst")
        ensure({key: entry[key] for key in expected} == expected, "other sums")
        ensure((worst is None) == (entry["worst"] is None), "a worst state of none, or none")
        if worst is not None:
            told = entry["worst"]
            ensure(left.get(told["state"]) == told["slack_us"] == worst["slack_us"], "another worst state")

    def entry(self, talk):
        """Return what the manifest has to say of a chain."""
        budget, costs, left = talk.latency[0], self._costs(talk), self._left(talk)
        slack, worst = budget - self._total(talk, costs), min(left, key=lambda name: (left[name], name), default=None)
        return {
            "budget_us": budget,
            "slack_us": slack,
            "steps": [self._step(talk, at, slack, costs) for at in range(len(costs))],
            "worst": None if worst is None else {"state": worst, "slack_us": left[worst]},
        }

    def _step(self, talk, at, slack, costs):
        step = talk.steps[at]
        widest = max(c for c, s in zip(costs, talk.steps, strict=True) if s.stage == step.stage)
        there, back = self._pair(talk, step)
        return {
            "step": at + 1,
            "calls": step.calls,
            "processing_us": step.calls * step.processing_us,
            "replica": self.routers[there.primary[0][0][-1]].place,
            "network_us": self._network_us(talk, step, None, None),
            "demands": [there.name, back.name],
            "slack_us": slack + widest - costs[at],
        }

    def _left(self, talk):
        """Return what each promised state leaves of the budget under failure."""
        failover = talk.failover
        budget = (failover.latency if failover and failover.latency else talk.latency)[0]
        cases = [case for step in talk.steps for case in self._pair(talk, step)]
        states = {name: state for case in cases for name, state in case.want.states.items()}
        kept = {name: state for name, state in states.items() if all(name in case.kept for case in cases)}
        return {name: budget - self._total(talk, self._costs(talk, name, state)) for name, state in kept.items()}


class Assertions:
    """Derives assertions by going through all states that they speak of."""

    def __init__(self, facts, cases, books):
        self.facts, self.cases, self.books = facts, cases, books
        self.network, self.wires = facts.network, facts.program.net.wires

    def check(self, entries, findings):
        claims = {claim.name: claim for claim in self.facts.program.claims}
        ensure(sorted(claims) == sorted(entry["name"] for entry in entries), "other assertions")
        for entry in entries:
            self._check(claims[entry["name"]], entry, findings)

    def _check(self, claim, entry, findings):
        values, expected = self._values(claim), self.entry(claim)
        ensure(entry["holds"] == expected["holds"], "holds, or not")
        is_said = any(x["intent"] == claim.name and x["code"].startswith("E070") for x in findings)
        ensure(expected["holds"] or is_said, "a finding left out")
        ensure(entry["worst"] is not None, "no worst state")
        ensure(entry["worst"]["value"] == expected["worst"]["value"], "another worst value")
        told = entry["worst"]["state"]
        ensure(self._value_at(claim, told, values) == max(values.values()), "not the worst state")

    def _value_at(self, claim, told, values):
        """Return the value in a state that is told, by its own name or another of a state with the same elements."""
        if told in values:
            return values[told]
        meant = self.network.meaning(told)
        named = self.network.combined(claim.under) if claim.under else {}
        return next((values[name] for name, state in named.items() if state == meant), None)

    def entry(self, claim):
        """Return what the manifest has to say of an assertion."""
        values = self._values(claim)
        worst = max(values.values())
        holds = {"utilization": worst <= Fraction(claim.bound, 100), "hops": worst <= claim.bound}.get(
            claim.what, not worst
        )
        state = min((name for name in values if values[name] == worst), key=lambda name: (name != "normal", name))
        is_share = claim.what == "utilization"
        value = -(-worst.numerator * PPM // worst.denominator) / PPM if is_share else worst
        return {"holds": holds, "worst": {"state": state, "value": value}}

    def _values(self, claim):
        """Return the value in every state that the assertion speaks of, by id."""
        states = {"normal": NOTHING} | (self.network.combined(claim.under) if claim.under else {})
        named = set(states)
        if claim.what == "no-traffic":
            states |= {name: state for case in self._meant(claim) for name, state in case.want.states.items()}
        return {name: self._value(claim, name, state, is_named=name in named) for name, state in states.items()}

    def _meant(self, claim):
        return [case for case in self.cases if case.want.talk.name in claim.members]

    def _value(self, claim, name, state, *, is_named):
        match claim.what:
            case "utilization":
                return self._fullest(claim, state)
            case "connected":
                key = ("apart", claim.members, state)
                if key not in self.facts.flights:
                    self.facts.flights[key] = self._apart(claim, state)
                return self.facts.flights[key]
            case _:
                meant = [case for case in self._meant(claim) if is_named or name in case.want.states]
                return max((self._journey(claim, case, state) for case in meant), default=0)

    def _fullest(self, claim, state):
        page = self.books.page_of(state or None)
        wires = [w for w in self.wires.values() if w.name not in state and claim.provider in (None, w.provider)]
        loads = [
            Fraction(sum(page.get((wire.name, end), {}).values()) + wire.background, wire.capacity[side])
            for wire in wires
            for side, end in enumerate((wire.a, wire.b))
        ]
        return max(loads, default=Fraction(0))

    def _apart(self, claim, state):
        routers = self.network.net.routers.values()
        live = {node.name for node in routers if node.state == "up" and node.name not in state}
        members = [node.name for node in routers if node.place in claim.members and node.name in live]
        wires = [
            w
            for w in self.wires.values()
            if w.name not in state and not self.network.is_drained(w) and {w.a, w.b} <= live
        ]
        return sum(not self._joined(one, other, wires) for one, other in combinations(members, 2))

    def _joined(self, one, other, wires):
        pending, found = [one], {one}
        while pending:
            here = pending.pop()
            near = {wire.other(here) for wire in wires if here in (wire.a, wire.b)} - found
            found |= near
            pending += [name for name in near if self.network.passes(name)]
        return other in found

    def _journey(self, claim, case, state):
        """Return how much of the forbidden node packets touch, or the links of the longest path where all arrive."""
        met, _, is_whole, longest = self._followed(case, state)
        return len(met & {claim.node}) if claim.what == "no-traffic" else longest if is_whole else 0

    def _followed(self, case, state):
        if case.requests is None:
            return self._tried(case, case.entrance(state), state)
        _, ends, is_there, _ = self._followed(case.requests, state)
        found = [self._tried(case, start, state) for start in sorted(ends)]
        met = set().union(*(one[0] for one in found))
        last = set().union(*(one[1] for one in found))
        return met, last, is_there and bool(found) and all(x[2] for x in found), max((x[3] for x in found), default=0)

    def _tried(self, case, start, state):
        """Follow packets to one replica after another, up to the first where all arrive."""
        own = [course for course in case.courses if start in course[0]] or case.courses
        met, ends = set(), set()
        for _, prefixes, rules, stops in own:
            one = self.network.touched(state, start, prefixes, rules, case.fenced)
            met |= one[0]
            ends |= one[1]
            if one[2] and (case.want.is_reply or any(stop not in state for stop in stops)):
                return met, ends, True, one[3]
        return met, ends, False, 0
