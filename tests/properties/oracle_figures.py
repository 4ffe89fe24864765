"""Latencies, bounds, jitter, loss and the time to repair of a demand."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from oracle_facts import breaks, ensure
from oracle_programs import BFD_MS, BFD_MULTIPLIER

PROVIDER_BFD = (300, 3)
BASES = ("proved", "queue-limit", "assumed", "none")


class Figures:
    """`waits` has (µs, basis) by queue."""

    def __init__(self, facts, waits):
        self.facts, self.wires, self.waits = facts, facts.program.net.wires, waits

    def parts(self, case, path):
        """Return (propagation, serialisation, queueing) in µs, and the basis, of a path."""
        nodes, links, _ = path
        hops = [
            (self.wires[link], self.wires[link].side(node), (link, node))
            for node, link in zip(nodes, links, strict=False)
        ]
        propagation = -(-sum(wire.latency_ns[side] for wire, side, _ in hops) // 1000)
        if not case.want.has_rate:
            return (propagation, 0, 0), "none"
        serialisation = ceil(sum(Fraction(1500 * 8 * 10**6, wire.capacity[side]) for wire, side, _ in hops))
        ensure(all((*arc, case.want.traffic_class) in self.waits for _, _, arc in hops), "a queue that nobody uses")
        below = [port[:2] for _, _, arc in hops for port in self.facts.network.carried_by(*arc)]
        waits = [self.waits[(*arc, case.want.traffic_class)] for arc in (*(arc for _, _, arc in hops), *below)]
        basis = max((basis for _, basis in waits), key=BASES.index)
        return (propagation, serialisation, sum(us for us, _ in waits)), basis

    def slowest(self, case, paths):
        return max(sum(self.parts(case, path)[0]) for path in paths)

    def check(self, case, paths, told, basis, *, is_failed):
        """Judge the figures of some paths: they are those of a slowest one, and keep the bounds."""
        most = self.slowest(case, paths)
        found = [self.parts(case, path) for path in paths]
        parts = (told["propagation"], told["serialisation"], told["queueing"])
        ensure(told["total"] == sum(parts) == most, "another latency")
        ensure((parts, basis) in found, "figures of no slowest path")
        self._keep(case, paths, is_failed=is_failed)

    def _keep(self, case, paths, *, is_failed):
        talk = case.want.talk
        bound = case.want.bound("one-way", is_failed=is_failed)
        is_excused = case.excuses(*_late(case, is_failed=is_failed))
        ensure(bound is None or self.slowest(case, paths) <= bound or is_excused, "too late")
        found = [self.parts(case, path) for path in paths]
        if talk.jitter_us is not None:
            slow = max(sum(own) + self._jitter(path) for (own, _), path in zip(found, paths, strict=True))
            varies = slow - self.quickest(paths)
            is_kept = varies <= talk.jitter_us or case.excuses("E0510")
            ensure(is_kept if case.want.has_rate else case.excuses("E0512"), "jitter")
        if talk.loss_ppb is not None:
            lost = max(sum(self.wires[link].loss_ppb or 0 for link in path[1]) for path in paths)
            is_proved = all(basis == "proved" for _, basis in found) or case.excuses("E0512")
            ensure(is_proved if lost <= talk.loss_ppb else case.excuses("E0511"), "loss")

    def quickest(self, paths):
        """Return the time of a packet without size over the quickest path."""
        return (
            min(
                sum(
                    self.wires[link].latency_ns[self.wires[link].side(node)]
                    for node, link in zip(*path[:2], strict=False)
                )
                for path in paths
            )
            // 1000
        )

    def _jitter(self, path):
        return -(-sum(self.wires[link].jitter_ns or 0 for link in path[1]) // 1000)

    def check_bounds_kept(self, case):
        """Judge that paths which are kept in a promised state meet its bound too."""
        bound = case.want.bound("one-way", is_failed=True)
        for name, state in case.kept.items():
            late = bound is not None and self.slowest(case, case.paths_in(name, state)) > bound
            codes = _late(case, is_failed=True) if case.told(name, state) else ("E0502", "E0523")
            ensure(not late or case.excuses(*codes), "too late under failure")

    def check_trips(self, case):
        """Judge the replies of a demand together with it: one replica, and the round trip in time."""
        there = case.requests
        pairs = [(there.primary, case.primary, False)]
        pairs += [
            (there.paths_in(name, state), case.paths_in(name, state), True)
            for name, state in there.kept.items()
            if name in case.kept
        ]
        for outward, homeward, is_failed in pairs:
            ensure(homeward[0][0][0] in {nodes[-1] for nodes, *_ in outward}, "replies from elsewhere")
            bound = there.want.bound("rtt", is_failed=is_failed)
            total = self.slowest(there, outward) + self.slowest(case, homeward)
            is_moved = (outward, homeward) != (there.primary, case.primary)
            codes = {*_late(there, is_failed=is_failed), *_late(there, is_failed=is_moved)}
            ensure(bound is None or total <= bound or there.excuses(*codes), "round trip too long")

    def check_repair(self, case):
        """Judge detection and repair; all links of these networks have timers, which settles detector and time."""
        told, failover = case.entry["protection"], case.want.talk.failover
        is_needed = any(breaks(state)(case.primary) for state in case.want.states.values())
        ensure(told is not None or not is_needed, "no protection")
        if told is None:
            return
        ensure(failover is not None, "protection of what nothing is promised")
        timers = [self.timer(link) for path in case.primary for link in path[1]]
        ensure(told["detector"] == "bfd", "another detector")
        if case.policy is None or case.entry["mechanism"] == "flex-algo":
            ensure(told["detect_ms"] == max(timers), "another detection")
        else:  # S-BFD of the head-end, whose figure is its target's
            least = max(timers) if self.facts.labels.relies_on_igp(case, case.policy) else 0
            ensure(told["detect_ms"] >= least, "another detection")
        ensure(told["repair_ms"] >= 0, "repair before the failure")
        is_late = is_needed and told["detect_ms"] + told["repair_ms"] > failover.within_ms
        ensure(not is_late or case.excuses("E0620"), "too late")

    def timer(self, link):
        """Return multiplier times interval, each the larger of both ends'."""
        wire, routers = self.wires[link], self.facts.program.net.routers
        own = [
            PROVIDER_BFD if routers[end].platform == "none" else (BFD_MS, BFD_MULTIPLIER) for end in (wire.a, wire.b)
        ]
        return max(interval for interval, _ in own) * max(count for _, count in own)


def _late(case, *, is_failed):
    """Return the findings of a missed bound; a failover block without one of its own has the normal one's."""
    failover = case.want.talk.failover
    is_normal = not is_failed or failover is None or failover.latency in (None, case.want.talk.latency)
    return (("E0502",) if is_normal else ()) + (("E0523",) if is_failed else ())
