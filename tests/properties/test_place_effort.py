"""What placement does not do twice, or in vain, of what finds no room: the same is placed, with less work, which is counted."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.forwarding.policies import SegmentRouter
from intentc.place import attempt, ranks, rescue
from intentc.place.check import Judge
from intentc.place.displace import Displacer
from intentc.place.roomy import Roomy
from intentc.place.trial import Trial
from intentc.realise.sr_course import SrCourse

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import workload

NODES, INTENTS, MBPS, SEED = 20, 40, 60_000, 3  # more than there is room for
DEPTH = "max_sid_depth: 2"  # so that candidate paths soon cannot go down where they should


class Work(Counter):
    """How often functions were called, and what was placed."""

    demands, findings = None, None


def counting(work, name, function):
    def counted(*arguments, **rest):
        work[name] += 1
        return function(*arguments, **rest)

    return counted


def forgetful(encode):
    """Return what makes each segment list anew."""

    def encoded(router, *arguments, **rest):
        router._encoded.clear()
        return encode(router, *arguments, **rest)

    return encoded


def place(change=lambda _patch: None, size=(NODES, INTENTS, MBPS), depth=DEPTH):
    """Return the work of placing a crowded network, with something in the code changed."""
    nodes, intents, mbps = size
    work = Work()
    with pytest.MonkeyPatch.context() as patch:
        change(patch)
        patch.setattr(rescue, "find_path", counting(work, "searches", rescue.find_path))
        patch.setattr(Judge, "_look", counting(work, "sights", Judge._look))
        patch.setattr(SegmentRouter, "_encode", counting(work, "lists", SegmentRouter._encode))
        patch.setattr(Trial, "_settle", counting(work, "states", Trial._settle))
        patch.setattr(Displacer, "_make_room", counting(work, "rooms", Displacer._make_room))
        wan = workload.gabriel(nodes, SEED)
        every = stages_with_all_targets()
        stages = every[: next(at for at, stage in enumerate(every) if stage.__name__ == "place") + 1]
        net = workload.topology_text(wan, "sr-bench").replace("max_sid_depth: 10", depth)
        run = build(
            workload.intents_text(wan, intents, SEED + 1, workload.Mix(mean_mbps=mbps, burst_kb=90)), net, stages
        ).run
    work.demands = run.realised.demands
    work.findings = [(item.code, item.message) for item in run.findings.items]
    return work


@pytest.fixture(scope="module")
def swift():
    found = place()
    codes = {code for code, _ in found.findings}
    assert {"E0509", "E0524"} <= codes  # it is crowded, and not only for want of room
    return found


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        pytest.param(lambda p: p.setattr(Roomy, "find", lambda *_: None), "searches", id="known-ways"),
        pytest.param(lambda p: p.setattr(SrCourse, "may_steer", lambda *_: True), "searches", id="no-candidate-left"),
        pytest.param(lambda p: p.setattr(Displacer, "_may_differ", lambda _: True), "rooms", id="single-paths-anyway"),
        pytest.param(
            lambda p: p.setattr(Judge, "is_right", lambda judge, *walk: judge.find_shortfall(*walk) is None),
            "sights",
            id="each-walk-looked-at",
        ),
        pytest.param(
            lambda p: p.setattr(SegmentRouter, "encode", forgetful(SegmentRouter.encode)), "lists", id="lists-made-anew"
        ),
    ],
)
def test_the_long_way_comes_to_the_same(change, counted, swift):
    slow = place(change)
    assert slow.demands == swift.demands
    assert slow.findings == swift.findings
    assert slow[counted] > 1.04 * swift[counted]


def test_further_tries_begin_with_the_states_that_stopped_earlier_ones(swift):
    tried = attempt._try

    def without_suspects(trial, role, may_lack, _suspects=None):
        return tried(trial, role, may_lack)

    slow = place(lambda patch: patch.setattr(attempt, "_try", without_suspects))
    assert len(slow.demands) <= len(swift.demands)
    assert slow["states"] > 1.1 * swift["states"]


@pytest.mark.parametrize("most", [0, 1])
def test_what_is_placed_once_more_to_make_room_is_counted_and_ends(most, swift):
    """Of each of the three priorities so many intents are given room, each in at most two ways."""
    found = place(lambda patch: patch.setattr(ranks, "MOST_AGAIN", most))
    assert found["rooms"] <= 2 * 3 * most < swift["rooms"]
    assert len(found.demands) <= len(swift.demands)


def test_room_that_was_made_in_vain_so_often_is_sought_no_more(swift):
    found = place(lambda patch: patch.setattr(ranks, "MOST_IN_VAIN", 1))
    assert found["rooms"] < swift["rooms"]


def test_where_room_is_scarce_the_smallest_first_leave_fewer_without():
    """Of a priority with more intents than may be placed once more, that is done as soon as scarcity is seen."""

    def placed(scarce):
        def change(patch):
            patch.setattr("intentc.place.joint.replan.MOST_CELLS", 1)  # too large for a plan
            patch.setattr(ranks, "MOST_AGAIN", 4)
            patch.setattr(ranks, "_SCARCE", scarce)

        return place(change, (40, 160, 40_000), "max_sid_depth: 6").demands

    assert len(placed(ranks._SCARCE)) > len(placed(1))
