"""What is not searched for, as it is known, is what a search would have found."""

import random
from collections import Counter

from support_model import demand, every_link, failover, model, waypoint, wire
from support_sr import sr_network, sr_realised

from intentc.place import diagnose, primary, reach, scarce
from intentc.place.primary import make_quest, open_arcs
from intentc.place.reach import free_quest
from intentc.place.roles import Ends
from intentc.place.roomy import Roomy
from intentc.place.search import find_path
from intentc.values import replace

LINKS = ("a-b", "b-c", "c-d", "d-e", "e-f", "a-f", "a-d", "b-e", "c-f")
NAMES = "abcdef"


def program(seed):
    """More demands, some of them with a bound, than links of 100 Mbps hold; nodes of which one does no segment routing."""
    source = random.Random(seed)  # noqa: S311  (seeded programs, no secret)
    net = sr_network([wire(name, mbps=100) for name in LINKS], ends=NAMES, depth=2, without="e")
    states, demands = every_link(net), []
    for index in range(16):
        mbps = source.choice([20, 35, 50, 60])
        rest = {"bound_ms": 3} if index % 4 == 0 else {}
        promised = failover(*states, mbps=mbps)
        demands.append(
            demand(
                net,
                *source.sample(NAMES, 2),
                intent=f"s{index}",
                mbps=mbps,
                failover=promised,
                **rest,
            )
        )
    return net, demands


def test_a_path_that_still_has_room_and_steps_that_are_free_are_those_that_searches_find(monkeypatch):
    seen = Counter()
    find, is_expressible = Roomy.find, diagnose._Probe._is_expressible

    def kept(self, context, terms, start):
        found = find(self, context, terms, start)
        ends = Ends(terms.task.groups.index(terms.group), start)
        quest = replace(free_quest(context, terms, ends, open_arcs(context, terms)), bound_us=terms.bound_us)
        assert found is None or find_path(quest).hops is not None
        seen["kept", found is not None] += 1
        return found

    def expressible(self):
        found = is_expressible(self)
        if not self._is_split:
            packets, start = self._task.packets(self._group), self._ends.start
            course = self._context.realiser.course(packets, self._group.families, frozenset(), (start,))
            is_open = open_arcs(self._context, self._terms)
            answer = find_path(make_quest(self._context, self._terms, course, start, is_open))
            assert found == (answer.hops is not None)
            seen["expressible", found] += 1
        return found

    monkeypatch.setattr(Roomy, "find", kept)
    monkeypatch.setattr(diagnose._Probe, "_is_expressible", expressible)
    for seed in range(2):
        net, demands = program(seed)
        sr_realised(model(net, *demands))
    asked = (("kept", True), ("kept", False), ("expressible", True), ("expressible", False))
    assert all(seen[each] for each in asked), seen


def test_a_way_that_is_called_too_late_is_none_that_a_search_finds(monkeypatch):
    """Under bounds of one way or past waypoints."""
    seen = Counter()
    is_too_late = reach.is_too_late

    def late(context, terms, start):
        found = is_too_late(context, terms, start)
        ends = Ends(terms.task.groups.index(terms.group), start)
        quest = replace(free_quest(context, terms, ends, context.open_but(())), bound_us=terms.bound_us)
        assert not found or find_path(quest).hops is None
        seen[bool(terms.task.via), found] += 1
        return found

    for module in (primary, diagnose):
        monkeypatch.setattr(module, "is_too_late", late)
    net = sr_network([wire(name, mbps=100, ms=2) for name in LINKS], ends=NAMES, depth=4)
    demands = [
        demand(net, one, other, intent=f"{one}{other}{ms}{len(past)}", mbps=1, bound_ms=ms, via=past)
        for one, other in (("a", "c"), ("a", "e"), ("f", "d"))
        for ms in (1, 3, 5, 9)
        for past in ((), (waypoint(nodes=["b"]),))
    ]
    sr_realised(model(net, *demands))
    assert all(seen[each] for each in ((False, True), (True, True), (True, False))), seen


def test_the_path_that_lacks_least_is_the_same_without_kernels(monkeypatch):
    seen = Counter()

    def least_short(context, terms, ends):
        answer, missing = scarce.least_short(context, terms, ends)
        with monkeypatch.context() as patch:
            patch.setattr(scarce, "_prices", lambda *_: None)
            assert scarce.least_short(context, terms, ends) == (answer, missing)
        for arc, bps in missing:
            claim = terms.task.claim_in(terms.outage)
            assert context.ledger.shortage(arc, terms.outage, claim).missing_bps == bps > 0
        seen[bool(missing)] += 1
        return answer, missing

    monkeypatch.setattr(diagnose, "least_short", least_short)
    for seed in range(2):
        net, demands = program(seed)
        sr_realised(model(net, *demands))
    assert seen[True], seen
