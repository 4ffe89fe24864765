"""Every code of group E07xx is provoked, and explained with an example of each kind."""

import pytest
from support_resolve import run
from support_verify import build

from intentc.diagnostics.catalogue import CATALOGUE, assertions

ENDS = "intent t { from ber to fra2  bandwidth 300Mbps }\n"
BUILT = {
    "E0701": ENDS + "assert a { utilization <= 20% }",
    "E0702": ENDS + "assert a { connected ber, muc  under any 2 link failure }",
    "E0703": ENDS + "assert a { no traffic of t on p1 }",
    "E0704": ENDS + "assert a { hops <= 1 of t }",
}
RESOLVED = {
    "E0711": "assert a { connected links where media == fiber }",
    "E0712": "assert a { connected branches  under any 1 link and any 1 link failure }",
    "W0714": "assert a { connected ber }",
}
PROVED = {
    "E0721": lambda whole: whole.update(assertions=[]),
    "E0722": lambda whole: whole["assertions"][0].update(holds=False),
}


@pytest.mark.parametrize("code", BUILT)
def test_a_broken_assertion_has_its_code(code):
    assert [item.code for item in build(BUILT[code]).run.findings.items if item.code.startswith("E07")] == [code]


@pytest.mark.parametrize("code", RESOLVED)
def test_a_mistake_has_its_code(code):
    assert run(RESOLVED[code]).codes == [code]


@pytest.mark.parametrize("code", PROVED)
def test_a_false_statement_has_its_code(code):
    assert code in build(ENDS + "assert a { hops <= 2 of t }").codes(PROVED[code])


@pytest.mark.parametrize("entry", assertions.ENTRIES, ids=lambda entry: entry.code)
def test_the_explanation_has_a_bad_and_a_good_example(entry):
    assert CATALOGUE[entry.code] is entry
    assert "    bad:   " in entry.explanation
    assert "    good:  " in entry.explanation


def test_no_code_is_left_out():
    assert sorted([*BUILT, *RESOLVED, *PROVED]) == sorted(entry.code for entry in assertions.ENTRIES)
