"""A program with its network and demands, and what the packets of a demand do in a state by the rules of a manifest."""

from __future__ import annotations

from functools import cached_property

from oracle_labels import LOST, Labels
from oracle_network import NOTHING, Network
from oracle_verdict import Untrue, ensure
from oracle_wanted import wanted

__all__ = ["LACKING", "Case", "Facts", "Untrue", "breaks", "ensure", "waived_codes"]

# What is found of a promised state that stays without a path.
LACKING = ("E0508", "E0509", "E0520", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526")


class Facts:
    """Everything that follows from the sources alone, and what has been found out about rules so far."""

    def __init__(self, program):
        self.program = program
        self.network = Network(program.net)
        self.wants = wanted(program, self.network)
        self.labels = Labels(self.network)
        self.flights = {}  # what was found out already: the same rules are met again and again
        self.waits = {}

    @cached_property
    def grounds(self):
        """Return what each talk must not touch."""
        return {talk.name: self.network.banned(talk) for talk in self.program.talks}


class Case:
    """A demand of the manifest beside what is asked; `requests` is the case that it replies to.

    `waived` are the codes of what is found of its intent and waived.
    """

    def __init__(self, facts, want, entry, requests=None, waived=frozenset()):
        self.waived = waived
        self.facts, self.want, self.entry, self.requests = facts, want, entry, requests
        self.primary = tuple(_frozen(entry["primary"]["paths"]))
        self.states = [(tuple(state["when"]), tuple(_frozen(state["paths"])), state) for state in entry["states"]]
        self.policies = []  # of each course, by the node where packets enter
        self.courses = list(self._courses())
        self._signature = (
            want.talk.name,
            want.pair,
            want.is_reply,
            entry["source"],
            entry["destination"],
            repr(
                [
                    (rule["node"], rule["ingress"], rule["waypoints"], rule["fail_closed"], rule["replica"])
                    for rule in entry["steering"]
                ]
            ),
            repr(entry["policies"]),
        )

    def excuses(self, *codes):
        """Return whether a waiver accepts one of these findings."""
        return not self.waived.isdisjoint(codes)

    @property
    def kept(self):
        """Return the promised states that are not said to be unprotected, by id."""
        return {name: state for name, state in self.want.states.items() if name not in self.entry["unprotected"]}

    @property
    def name(self):
        return self.entry["id"]

    @property
    def marking(self):
        """Return the nodes that mark its packets: all where they may enter."""
        return {start for start, _ in self.want.choices} if self.want.traffic_class != "default" else set()

    def _courses(self):
        """Yield (sources, prefixes, rules) of packets that look alike, those of the chosen pair first."""
        groups = {}
        for pair, flows in sorted(self.want.choices.items()):
            groups.setdefault(frozenset(flows), []).append(pair)
        chosen = (self.entry["source"], self.entry["destination"])
        for pairs in sorted(groups.values(), key=lambda pairs: chosen not in pairs):
            flows = self.want.choices[pairs[0]]
            rules = {
                (rule["node"], rule["ingress"]): (tuple(rule["waypoints"]), rule["fail_closed"])
                for rule in self.entry["steering"]
                if self._is_for(rule, pairs, is_chosen=chosen in pairs)
            }
            meant = (x for x in self.entry["policies"] if self._is_for(x, pairs, is_chosen=chosen in pairs))
            self.policies.append({policy["node"]: policy for policy in meant})
            yield (
                {source for source, _ in pairs},
                sorted({flow[1] for flow in flows}),
                rules,
                {stop for _, stop in pairs},
            )

    @staticmethod
    def _is_for(rule, pairs, *, is_chosen):
        other = rule["replica"]
        return is_chosen if other is None else (other["source"], other["destination"]) in pairs

    @cached_property
    def fenced(self):
        network = self.facts.network
        held = [network.holders(NOTHING, prefix) for _, prefixes, _, _ in self.courses for prefix in prefixes]
        return network.fenced(self.facts.grounds[self.want.talk.name], frozenset.intersection(*held))

    def outcome(self, state):
        """Return {(nodes, links): share} in a state, None where packets are lost."""
        before = self.requests.outcome_key(state) if self.requests else None
        key = (*self._signature, before, state)
        if key not in self.facts.flights:
            self.facts.flights[key] = self._fly(state)
        return self.facts.flights[key]

    def stacks(self, state):
        """Return {(node, link): labels} in front of packets in a state."""
        start = self.start(state)
        for (sources, _, _, _), policies in zip(self.courses, self.policies, strict=True):
            if start in sources:
                return self.facts.labels.stacks(state, policies[start]) if start in policies else {}
        return {}

    def outcome_key(self, state):
        return (*self._signature, state)

    def _fly(self, state):
        start = self.start(state)
        for (sources, prefixes, rules, _), policies in zip(self.courses, self.policies, strict=True):
            if start in sources:
                found = self._ride(state, start, prefixes, policies.get(start))
                if found is None:
                    found = self.facts.network.fly(state, start, prefixes, rules, self.fenced)
                found = None if found == LOST else found
                if found is not None:
                    return found
        return None

    def _ride(self, state, start, prefixes, policy):
        """Return where a policy takes packets, None where it takes none."""
        kinds = [self.facts.network.holders(state, prefix) for prefix in prefixes]
        return self.facts.labels.ride(state, policy, kinds) if policy and start not in state and all(kinds) else None

    @property
    def policy(self):
        """Return the policy that packets of the normal state come to, None where there is none."""
        found = self.entry["policies"]
        return next((x for x in found if x["node"] == self.entry["source"] and x["replica"] is None), None)

    def start(self, state):
        """Return where packets start: replies where the requests end, as before if any end there."""
        if self.requests is None:
            return self.entrance(state)
        there, own = self.requests.outcome(state), self.entry["source"]
        return own if not there or own in {nodes[-1] for nodes, _ in there} else min(there)[0][-1]

    def entrance(self, state):
        """Return where requests enter: at the node that carries as long as it is up and has a link, else at the first that is and has."""
        order = sorted({start for start, _ in self.want.choices}, key=lambda name: (name != self.entry["source"], name))
        up = [name for name in order if name not in state]
        linked = [name for name in up if not self.facts.network.is_cut(name, state)]
        return (linked or up or order)[0]

    def told(self, name, state):
        """Return the entry of `states` that speaks of a state, by its id or as `any`; None without one."""
        by_name = [item for item in self.states if name in item[0]]
        if by_name:
            return by_name[0]
        broken = [self.primary]
        for when, paths, entry in self.states:
            if "any" in when and all(map(breaks(state), broken)) and not breaks(state)(paths):
                return when, paths, entry
            broken.append(paths)
        return None

    def paths_in(self, name, state):
        """Return the paths told for a promised state."""
        told = self.told(name, state)
        return self.primary if told is None else told[1]

    def led(self, place, waypoints):
        """Yield (paths, whether they differ from the normal ones) of promised states in which the last waypoint leads.

        Packets come to the rule at `place` then, and no earlier waypoint is in reach.
        """
        network = self.facts.network
        for name, state in self.want.states.items():
            near = [place[0] in network.distances(state, frozenset({point})) for point in waypoints]
            told = self.told(name, state)
            paths = self.primary if told is None else told[1]
            has_met = any(place in zip(nodes, (None, *links), strict=False) for nodes, links, _ in paths)
            if near == [False] * (len(near) - 1) + [True] and has_met:
                yield paths, told is not None


def waived_codes(manifest, name):
    """Return the codes of the waived findings of an intent that is said to be waived."""
    if not any(entry["name"] == name and entry["status"] == "waived" for entry in manifest["intents"]):
        return frozenset()
    found = [x for x in manifest["findings"] if x["waived"] and x["intent"] == name and x["severity"] == "error"]
    return frozenset(x["code"] for x in found)


def breaks(state):
    """Return the test of whether a state takes anything of some paths down."""
    return lambda paths: any(state & {*nodes, *links} for nodes, links, _ in paths)


def _frozen(paths):
    return [(tuple(item["path"]), tuple(item["links"]), item["share_ppm"]) for item in paths]
