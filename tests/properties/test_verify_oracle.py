"""Mutations of the manifests of a hundred random programs: the prover accepts and rejects what an oracle does.

10 000 in every run, n times as many with `INTENTC_EXAMPLES=n`, the first of which are those.

The oracle (`oracle_judge` and what it imports) was written from the language's page and the rooms' READMEs. It shares no
code with the product, not even its parsers: it reads the data from which the source texts were written. It is naive on
purpose: distances by relaxation, packets one by one, every state by enumeration, every queue over and over in fractions.

Mutations change one value, list or key at random; say something else of states, paths, packets, links, devices or
findings; or change rules, replicas or the sources and then make the whole manifest coherent again, so that it is true
unless a promise is broken. What nothing decides is listed in `oracle_drafts.UNPROVABLE`.

One program in five has sites of two routers, one of which carries while the other stands in. Three of ten others have prefixes
of IPv6. Not drawn here: waived findings, intents that share packets, tunnels (`test_verify_oracle_tunnels`), segment routing
(`test_verify_oracle_lists`): these have tests of their own.
"""

import ast
import random
import sys
from pathlib import Path

import pytest
from oracle_facts import Facts
from oracle_judge import judge
from oracle_rewrite import rewrite
from oracle_subjects import KINDS, paired, subject
from support_chance import TIMES

HERE = Path(__file__).parent
FEW = (174, 365, 445, 3759)  # a chain, alternatives, assertions, replicas with rules of their own
EACH = 100 * TIMES
LEAST = 0.15  # of the mutations of a program are true, and false
# Programs of which something is placed, small enough to be proved thousands of times; many are steered.
SEEDS = (
    1,
    3,
    23,
    25,
    29,
    1068,
    42,
    2363,
    70,
    1317,
    2343,
    1348,
    107,
    108,
    109,
    110,
    1007,
    145,
    154,
    157,
    165,
    174,
    179,
    180,
    203,
    2212,
    209,
    211,
    221,
    224,
    239,
    245,
    250,
    260,
    289,
    292,
    295,
    297,
    312,
    313,
    323,
    335,
    336,
    337,
    364,
    365,
    375,
    381,
    400,
    411,
    412,
    417,
    445,
    450,
    458,
    468,
    471,
    479,
    488,
    493,
    503,
    504,
    509,
    511,
    524,
    545,
    548,
    552,
    562,
    575,
    594,
    602,
    623,
    624,
    684,
    686,
    706,
    737,
    740,
    3759,
)
# The same, with sites of two routers, from which demands begin, or at which they end.
PAIRED = (
    4,
    9,
    11,
    17,
    24,
    38,
    45,
    60,
    65,
    73,
    88,
    92,
    98,
    102,
    107,
    110,
    115,
    124,
    133,
    140,
)


@pytest.fixture(scope="module")
def few():
    return [subject(seed) for seed in FEW]


@pytest.mark.parametrize(("make", "seed"), [*((subject, seed) for seed in SEEDS), *((paired, seed) for seed in PAIRED)])
def test_mutations_are_judged_right_in_both_directions(make, seed):
    given = make(seed)
    assert given.is_placed
    assert given.hear(given.draft) == (None, [])
    tally = given.trial(seed, EACH)
    assert tally.apart == []
    assert tally.true >= LEAST * (tally.true + tally.false)
    assert tally.false >= LEAST * (tally.true + tally.false)


def test_there_are_ten_thousand():
    assert (len(set(SEEDS)) + len(set(PAIRED))) * EACH == 10_000 * TIMES


@pytest.mark.parametrize("seed", PAIRED)
def test_demands_of_paired_programs_have_sites_of_two_routers(seed):
    ends = [set(zip(*want.choices, strict=True)) for want in paired(seed).draft.facts.wants]
    assert any(len(set(nodes)) > 1 for each in ends for nodes in each)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_kind_of_mutation_is_idle(kind, few):
    source = random.Random(kind.__name__)  # noqa: S311  (seeded mutations, no secret)
    drafts = [(each, each.changed(source, kind)) for each in few for _ in range(4 * TIMES)]
    heard = [each.hear(draft) for each, draft in drafts if draft is not None]
    assert heard
    assert [(why, found) for why, found in heard if (why is None) == bool(found)] == []


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_the_oracle_derives_what_the_compiler_wrote(seed):
    """Every figure that follows from ends and rules, derived anew, leaves the manifest as it is, but for equal choices."""
    given = subject(seed).draft
    told = given.copy()
    rewrite(told.facts, told.whole)
    assert judge(Facts(told.program), told.whole, (told.digests, told.outputs)) is None
    assert told.demands() == given.demands()


@pytest.mark.parametrize(
    "path", sorted(set(HERE.glob("oracle_*.py")) - {HERE / "oracle_subjects.py"}), ids=lambda x: x.stem
)
def test_the_oracle_shares_no_code_with_the_product(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    own = {item.stem for item in HERE.glob("oracle_*.py")} - {"oracle_subjects"}
    assert names <= own | sys.stdlib_module_names
