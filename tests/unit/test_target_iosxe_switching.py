"""Leaving a path that is up but slow, on IOS XE: where packets and probes go by what is written, whatever is down or slow."""

import re
from dataclasses import replace
from itertools import product

import pytest
from support_frr import flow
from support_iosxe import CODE, bundle, config, edge, fleet, late, policy, rendered, ride, spread
from support_iosxr import policy as plain_policy
from support_yang import yang_findings

from intentc.ir.model import SrCandidate, SrSegment, SwitchRule
from intentc.ir.stages import stage_configs

composing = pytest.importorskip("intentc_target_iosxe.composing")
guards = pytest.importorskip("intentc_target_iosxe.guards")
numbers = pytest.importorskip("intentc_target_iosxe.numbers")
switching = pytest.importorskip("intentc_target_iosxe.switching")

THREE = (
    SrCandidate(100, (SrSegment("r4", None, 16_004),)),
    SrCandidate(90, (SrSegment("r2", "L12", None), SrSegment("r4", None, 16_004))),
    SrCandidate(80, (SrSegment("r3", None, 16_003), SrSegment("r4", None, 17_004))),
)
UDP = flow(protocol="udp", ports=(7000, 7009))


def guarded(rule=None, *, closed=True, candidates=THREE, name="way-r4", color=2**30 + 5):
    return replace(policy(name, color, closed=closed, candidates=candidates), switches=(rule or late(),))


def device(*policies):
    rides = [ride(UDP, one.name, precedence=number) for number, one in enumerate(policies)]
    return config(edges=[edge()], policies=list(policies), policy_steering=rides)


def owned(item):
    return composing.compose(item, fleet(item))


class Router:
    """What a router of this kind does with packets to an address of ours, by the documentation of static routes and SR policies."""

    def __init__(self, item, *, slow=(), down=(), deaf=()):
        self.owned, self.down = owned(item), set(down)
        self.routes = {one.address: one for one in self.owned.routes4}
        self.policies = {one.name: one for one in self.owned.policies}
        answered = self.probed()
        late_ = set(slow) | set(deaf)
        self.tracks = {
            one.number: answered[one.operation] is not None and answered[one.operation] not in late_
            for one in self.owned.tracks
        }

    def probed(self):
        """Return by operation the segment list that its probes take, None if none."""
        (route_map,) = (one for one in self.owned.route_maps if one.name == switching.LOCAL)
        lists = {one.name: one.entries[0] for one in self.owned.lists4}
        found = {}
        for probe in self.owned.operations:
            for length in range(probe.size + 28, probe.size + 45):  # headers, and what the operation adds
                (hop,) = (
                    step.hop4
                    for step in route_map.steps
                    if (entry := lists[step.list4]).dscp == probe.tos >> 2
                    and (entry.from_host, entry.to_host) == (probe.source, probe.destination)
                    and step.lengths[0].least <= length <= step.lengths[0].most
                )
                assert found.setdefault(probe.number, self.taken(hop)) == self.taken(hop)
        return found

    def taken(self, address):
        """Return the segment list by which packets to an address leave; None: they are dropped, "" if there is no such route."""
        route = self.routes[address]
        ways = [
            (way.distance, way.hop)
            for way in (*route.tracked, *route.untracked)
            if way.track is None or self.tracks[way.track]
        ]
        ways += [(way.distance, self.policies[way.policy]) for way in route.policies]
        for _, way in sorted(ways, key=lambda one: one[0]):
            if way == "Null0":
                return None
            if isinstance(way, str):
                return self.taken(way)
            alive = [one for one in way.candidates if one.ways[0].segment_list not in self.down]
            if alive:
                return max(alive, key=lambda one: one.preference).ways[0].segment_list
            if way.is_dropping:
                return None
        return ""

    @property
    def packets(self):
        (entry,) = {
            step.hop4 for one in self.owned.route_maps if one.name != switching.LOCAL for step in one.steps if step.hop4
        }
        return self.taken(entry)


LISTS = [f"ITC-way-r4-{one.preference}" for one in THREE]


@pytest.mark.parametrize("state", list(product(("fine", "slow", "down"), repeat=3)), ids="-".join)
@pytest.mark.parametrize("closed", [True, False])
def test_packets_take_the_first_path_that_is_fast_or_the_first_that_is_up(state, closed):
    ways = dict(zip(LISTS, state, strict=True))
    found = Router(
        device(guarded(closed=closed)),
        slow=[one for one in LISTS if ways[one] == "slow"],
        down=[one for one in LISTS if ways[one] == "down"],
    )
    fine, alive = [[one for one in LISTS if ways[one] in which] for which in (("fine",), ("fine", "slow"))]
    assert found.packets == next(iter(fine or alive), None if closed else "")


@pytest.mark.parametrize("failed", LISTS)
def test_a_path_that_fails_is_left_before_any_probe_has_told(failed):
    """Tracks are as they were: all up. The policies themselves go on to the next path."""
    found = Router(device(guarded()))
    found.down = {failed}
    assert found.packets == next(one for one in LISTS if one != failed)


def test_while_no_probe_has_told_anything_packets_go_as_without_them():
    assert Router(device(guarded()), deaf=LISTS).packets == LISTS[0]


def test_each_probe_follows_its_own_path_and_no_other_where_that_is_down():
    item = device(
        guarded(),
        guarded(late(9_000, dscp=34), name="other", color=2**31),
        guarded(late(7_000), name="third", color=2**31 + 1),
    )
    found = Router(item)
    paths = found.probed()
    assert sorted(paths.values()) == sorted(
        f"ITC-{name}-{one.preference}" for name in ("way-r4", "other", "third") for one in THREE
    )
    found.down = {LISTS[1]}
    assert [number for number, path in found.probed().items() if path is None] == [
        number for number, path in paths.items() if path == LISTS[1]
    ]


def test_every_policy_has_a_color_of_its_own():
    found = owned(device(guarded(), guarded(name="other", color=2**31)))
    assert len({one.color for one in found.policies}) == len(found.policies) == 2 * (1 + 2 + 3)
    made = [one for one in found.policies if re.search(r"-[FP]\d+$", one.name)]
    assert {one.color in numbers.COLORS for one in made} == {True}
    assert {one.profile for one in made if "-P" in one.name} == {None}


@pytest.mark.parametrize(
    ("threshold_us", "back_us", "told_ms"),
    [(30_000, 10_400, 40), (30_000, 0, 30), (8_999, 0, 8), (1_000, 0, 1), (500_000, 498_000, 998)],
)
def test_the_threshold_is_there_and_back_in_whole_milliseconds(threshold_us, back_us, told_ms):
    found = owned(device(guarded(late(threshold_us, back_us=back_us))))
    assert {one.threshold_ms for one in found.operations} == {told_ms}
    assert all(one.threshold_ms <= one.timeout_ms < one.interval_s * 1000 for one in found.operations)


@pytest.mark.parametrize(
    ("interval_us", "count", "down_s"), [(1_000_000, 3, 3), (1_500_000, 3, 5), (20_000_000, 9, 180)]
)
def test_all_probes_of_the_time_that_is_written_have_to_be_late(interval_us, count, down_s):
    found = owned(device(guarded(late(interval_us=interval_us, count=count))))
    assert {(one.down_s, one.up_s) for one in found.tracks} == {(down_s, 60)}
    assert {one.seconds_sla for one in found.timers} == {1}


def test_an_operation_is_never_changed():
    """It runs: another one has another number."""
    items = [device(guarded(late(threshold), name=f"way-{threshold}")) for threshold in (8_000, 9_000)]
    first, second = ({one.number for one in owned(item).operations} for item in items)
    assert not first & second
    assert first == {one.number for one in owned(device(*items[0].policies)).operations}


REFUSED = {
    "the share that is lost": (
        guarded(SwitchRule("loss", 500_000_000, 1_000_000, 3, 46, 0)),
        "the delay of a probe only",
    ),
    "two thresholds": (replace(guarded(), switches=(late(), late(90_000))), "one threshold"),
    "several lists": (replace(plain_policy(candidates=spread()), switches=(late(),)), "spread over"),
    "less than a millisecond": (guarded(late(900, back_us=99)), "whole ms"),
    "a second": (guarded(late(900_000, back_us=99_000)), "999 ms"),
    "more than tracks wait": (guarded(late(interval_us=61_000_000)), "180 s at most"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_probes_and_tracks_cannot_say_is_refused(case):
    asked, reason = REFUSED[case]
    item = device(asked)
    (found,) = CODE.obstacles(item, fleet(item))
    assert found.block == "leaving a path that is up but slow or lossy"
    assert reason in found.reason


def test_old_and_new_paths_stand_side_by_side_while_traffic_moves():
    """Each stage has a length of its own for each probe, though old and new ones are more than one device is given."""
    old, new = (
        device(*(guarded(late(ms * 1000), name=f"way-{ms}", color=2**30 + ms) for ms in few))
        for few in ((5, 6, 7), (8, 9, 10))
    )
    assert CODE.obstacles(old, fleet(old)) == CODE.obstacles(new, fleet(new)) == ()
    for _, stage in stage_configs(old, new):
        sizes = [one.size for one in owned(stage).operations]
        assert len(set(sizes)) == len(sizes)


def test_probes_that_cannot_be_told_apart_are_refused():
    item = device(*(guarded(late(number * 1000), name=f"way-{number}", color=2**30 + number) for number in range(5, 9)))
    (found,) = CODE.obstacles(item, fleet(item))
    assert "12 paths to `r4` would be probed with the code point 46, and 10" in found.reason


THEIRS = """<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><native xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-native">
<ip><local><policy><route-map>THEIRS</route-map></policy></local>
<sla xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-sla"><entry><number>7</number></entry></sla></ip>
<track><timer xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-track"><ip><sla><sec>9</sec></sla></ip></timer></track></native></config>"""


def test_the_one_place_for_the_routers_own_packets_may_be_somebody_elses():
    found = {item.expected: item.running for item in CODE.foreign(bundle(device(guarded())), THEIRS)}
    assert found == {
        "how often tracked operations are looked at": "9 s",
        "the route map of the router's own packets": "THEIRS",
    }
    assert CODE.foreign(bundle(config()), THEIRS) == ()
    assert CODE.removal(bundle(config()), THEIRS, bundle(config())) == ""


def test_the_routers_own_packets_are_let_go_first_and_probes_after_their_tracks(tmp_path):
    gone = CODE.removal(bundle(config()), rendered(device(guarded())), bundle(device(guarded())))
    order = [
        '<route-map nc:operation="remove"/>',
        "<name>ITC-LOCAL</name>",
        "<tracked-object-v2 ",
        "<schedule ",
        "<entry ",
        "<name>ITC-LOCAL-10.0.0.4-46</name>",
    ]
    assert [gone.index(name) for name in order] == sorted(gone.index(name) for name in order)
    path = tmp_path / "removal.xml"
    path.write_text(gone)
    assert yang_findings("iosxe", path, tolerated=frozenset({"leafref", "duplicate"})) == []
