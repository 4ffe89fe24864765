"""Mutations of manifests of programs on nets with tunnels: the prover accepts and rejects what an oracle does.

As in `test_verify_oracle`, which says what the oracle is. What runs over a tunnel is reserved below it, and waits there too.
Tunnels have no `overhead` here, so that all packets are of one size (`tests/unit/test_place_tunnels.py` has some).
"""

import pytest
from oracle_subjects import KINDS_OF_LISTS, tunnelled

SEEDS = (2, 11, 20, 26, 35, 91, 101, 125, 148, 151)  # of which demands take tunnels
EACH = 30
LEAST = 0.15  # of the mutations of a program are true, and false


@pytest.mark.parametrize("seed", SEEDS)
def test_mutations_are_judged_right_in_both_directions(seed):
    given = tunnelled(seed)
    taken = {link for demand in given.draft.demands() for path in demand["primary"]["paths"] for link in path["links"]}
    assert any(given.draft.program.net.wires[link].over for link in taken)
    assert given.hear(given.draft) == (None, [])
    tally = given.trial(seed, EACH, KINDS_OF_LISTS)
    assert tally.apart == []
    assert tally.true >= LEAST * EACH
    assert tally.false >= LEAST * EACH
