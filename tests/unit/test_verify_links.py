"""Figures of links that are not those of the demands: one finding, however many there are."""

import json

import pytest
from support_verify import build

PROGRAM = "intent x { from ber to fra1 bandwidth 5Mbps }\nintent y { from muc to fra2 bandwidth 2Mbps }"
UNBOUND = {"lower_bound": None, "prices": {}, "effort": None}


@pytest.fixture(scope="module")
def built():
    return build(PROGRAM)


def figures(built, change):
    whole = json.loads(built.text)
    change(whole)
    return [item for item in built.prove(json.dumps(whole)).findings if item.code == "E0577"]


def test_one_wrong_figure_is_told_as_it_is(built):
    (item,) = figures(built, lambda whole: whole["objective"].update(max_utilisation=0.9, **UNBOUND))
    assert "more figures" not in item.message
    assert item.help == ()


def test_many_wrong_figures_are_one_finding(built):
    (item,) = figures(built, lambda whole: whole.update(links=[]))
    assert item.message.endswith(("1 more such figure", "more such figures"))
