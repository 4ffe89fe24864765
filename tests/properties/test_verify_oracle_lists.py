"""Mutations of manifests of programs with SR policies and Flexible Algorithms: the prover accepts and rejects what an oracle does.

As in `test_verify_oracle`, which says what the oracle is; what it knows of labels stands in `oracle_labels`. Not drawn here:
local repair (`test_repairs_mutated`), several lists of one candidate (`test_spread_agreement`), assertions but on utilisation.
"""

import random
from collections import Counter

import pytest
from oracle_lists import LISTS
from oracle_subjects import KINDS_OF_LISTS, labelled, paired_labelled

# Programs small enough to be proved thousands of times; the first two ride algorithms, the next two have them in lists.
SEEDS = (348, 372, 135, 317, 38, 53, 154, 212, 252, 314, 345)
TURNING = 377
EACH = 40
LEAST = 0.15  # of the mutations of a program are true, and false


@pytest.fixture(scope="module")
def few():
    return [labelled(seed) for seed in SEEDS[:4]]


@pytest.mark.parametrize("seed", SEEDS)
def test_mutations_are_judged_right_in_both_directions(seed):
    given = labelled(seed)
    assert given.is_labelled
    assert given.hear(given.draft) == (None, [])
    tally = given.trial(seed, EACH, KINDS_OF_LISTS)
    assert tally.apart == []
    assert tally.true >= LEAST * EACH
    assert tally.false >= LEAST * EACH


def test_mutations_of_policies_that_turn_to_another_router_are_judged_right():
    """The site of one end has two routers, and where one is gone packets are led into a policy to the other."""
    given = paired_labelled(TURNING)
    routers = given.draft.facts.network.net.wires
    ends = [
        {
            routers[link].other(node) if link else node
            for link, _, node in (x["segments"][-1].rpartition("@") for x in of)
        }
        for of in (policy["candidates"] for demand in given.draft.demands() for policy in demand["policies"])
    ]
    assert max(map(len, ends)) > 1
    assert given.hear(given.draft) == (None, [])
    tally = given.trial(TURNING, EACH, KINDS_OF_LISTS)
    assert tally.apart == []
    assert min(tally.true, tally.false) >= LEAST * EACH


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.__name__)
def test_no_kind_of_mutation_of_policies_is_idle(kind, few):
    source = random.Random(kind.__name__)  # noqa: S311  (seeded mutations, no secret)
    drafts = [(each, each.changed(source, kind)) for each in few for _ in range(10)]
    heard = [each.hear(draft) for each, draft in drafts if draft is not None]
    assert heard
    assert [(why, found) for why, found in heard if (why is None) == bool(found)] == []


def test_the_programs_are_worth_it(few):
    used = Counter(demand["mechanism"] for each in few for demand in each.draft.demands())
    assert used["flex-algo"] > 1
    assert used["sr-policy"] > 1
    assert any(
        "~" in name for each in few for demand in each.draft.demands() for name in demand["segments"] if "@" not in name
    )
