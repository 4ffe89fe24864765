"""Programs over routers that share their links by weights: compiler, prover and oracle come to the same figures of queues."""

import json

import pytest
from oracle_subjects import labelled

SEEDS = (38, 53, 60, 79, 117, 140, 181, 200, 253, 262, 291)  # of which classes that are not strict share a link


@pytest.mark.parametrize("seed", SEEDS)
def test_all_three_agree(seed):
    given = labelled(seed)
    assert given.hear(given.draft) == (None, [])
    primaries = [(entry["primary"], entry["primary"]["paths"][0]["path"]) for entry in given.draft.demands()]
    routers = given.draft.facts.program.net.routers
    shared = [part for part, nodes in primaries if any(routers[node].platform == "sr-share" for node in nodes[:-1])]
    assert {part["basis"] for part in shared} >= {"assumed"}


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_wait_that_is_a_microsecond_less_is_found_by_both(seed):
    given = labelled(seed)
    draft = given.draft.copy()
    part = next(entry["primary"] for entry in draft.demands() if entry["primary"]["basis"] == "assumed")
    before = json.dumps(part)
    part["latency_us"]["queueing"] -= 1
    part["latency_us"]["total"] -= 1
    assert json.dumps(part) != before
    why, found = given.hear(draft)
    assert why is not None
    assert any(said.startswith("E0568") for said in found)
