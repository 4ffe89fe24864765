"""On a large network what a steered demand does in failure states is kept once, and its claims are made anew when they are asked for."""

from support_model import demand, failed, failover, model, placed, wire
from support_sr import sr_devices, sr_network

from intentc.forwarding.outage import NORMAL
from intentc.place import compact
from intentc.place.booked import Booked


def meshed():
    """A demand off the narrow shortest way, with a spare; four equally long ways lead from its middle to its end.

    Of the states that touch its path, two leave the same spare, and the others three paths each.
    """
    links = [
        wire("s-p", mbps=10),
        wire("p-m", mbps=10),
        wire("s-q", mbps=100, metric=30),
        wire("q-m", mbps=100, metric=30),
        wire("s-z", mbps=100, metric=200),
        wire("z-m", mbps=100, metric=200),
        *(wire(f"m-{node}", mbps=100) for node in "abcd"),
        *(wire(f"{node}-e", mbps=100) for node in "abcd"),
    ]
    net = sr_network(links, ends=("s", "e"))
    states = [failed("link", name) for name in ("m-a", "a-e", "m-b", "s-q", "q-m", "s-p")]
    return model(net, demand(net, "s", "e", mbps=50, failover=failover(*states, mbps=50)))


def told(carried):
    return carried.outage.name, carried.course, carried.taken


def test_equal_ways_are_one_object_and_claims_are_the_same_when_they_are_made_anew(monkeypatch):
    of, seen = meshed(), []
    before, _ = placed(of, **sr_devices(of.topology))
    whole = Booked.compact

    def compacted(self):
        claimed = self.reservation()
        whole(self)
        assert self._reservation is None
        self._context.realiser.outages.of(failed("node", "q"))  # as a repair may that is judged later
        seen.append((claimed, self.reservation()))

    monkeypatch.setattr(compact, "LARGE", 0)
    monkeypatch.setattr(Booked, "compact", compacted)
    after, _ = placed(of, **sr_devices(of.topology))
    assert [one == other for one, other in seen] == [True]
    (demand_before,), (demand_after,) = before.demands.values(), after.demands.values()
    assert demand_before.courses[0].policies
    assert [told(carried) for carried in demand_after.states] == [told(carried) for carried in demand_before.states]
    walks = [carried.taken for carried in demand_after.states]
    paths = {tuple((trail.arcs, trail.labels) for trail in walk.trails) for walk in walks}
    assert 1 < len(paths) < len(walks) == 4
    assert len({id(walk) for walk in walks}) == len(paths) < len({id(each.taken) for each in demand_before.states})
    trails = {id(trail) for walk in walks for trail in walk.trails}
    assert len(trails) == len({(trail.arcs, trail.labels, trail.share) for walk in walks for trail in walk.trails})


def test_what_nothing_steers_keeps_no_course_when_it_is_placed(monkeypatch):
    """It is made anew when somebody asks for it, and its packets go as before."""
    of, kept = meshed(), []
    whole = Booked.rest

    def rested(self):
        before = {group: course.walk(NORMAL, self.ends.start) for group, course in self.courses.items()}
        whole(self)
        kept.append(dict(self._courses))
        assert {group: course.walk(NORMAL, self.ends.start) for group, course in self.courses.items()} == before

    monkeypatch.setattr(compact, "LARGE", 0)
    monkeypatch.setattr(Booked, "rest", rested)
    placed(of, **sr_devices(of.topology))
    light = model(of.topology, demand(of.topology, "s", "e", mbps=5, failover=failover(failed("link", "s-p"), mbps=5)))
    placed(light, **sr_devices(of.topology))
    assert [bool(courses) for courses in kept] == [True, False]


def test_what_frees_a_demand_that_nothing_steers_is_found_again_as_it_was(monkeypatch):
    """In states that are met later it claims what it did."""
    links = [wire(name, mbps=100) for name in ("s-a", "a-e", "s-b", "b-e")]
    net = sr_network([*links, wire("s-c", mbps=100, metric=50), wire("c-e", mbps=100, metric=50)], ends=("s", "e"))
    seen, later, whole = [], ["s-b", "b-e"], Booked.compact
    mine = demand(net, "s", "e", mbps=5, failover=failover(failed("link", "s-a"), mbps=5))
    others = demand(net, "e", "s", intent="z", mbps=5, failover=failover(failed("link", "a-e"), mbps=5))

    def compacted(self):
        freed = self.freed
        whole(self)
        assert self.settled is not None
        assert self._freed is None
        self._context.realiser.outages.of(failed("link", later.pop()))
        seen.append((tuple(freed), tuple(self.freed)))

    monkeypatch.setattr(compact, "LARGE", 0)
    monkeypatch.setattr(Booked, "compact", compacted)
    placed(model(net, mine, others), **sr_devices(net))
    assert [[outage.name for outage in freed] for freed, _ in seen] == [["link:a-e"], ["link:s-a", "link:b-e"]]
    assert all(before == after for before, after in seen)
