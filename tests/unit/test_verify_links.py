"""Figures of links that are not those of the demands: one finding, however many there are."""

import json

import pytest
from support_verify import build

PROGRAM = "intent x { from ber to fra1 bandwidth 5Mbps }\nintent y { from muc to fra2 bandwidth 2Mbps }"
UNBOUND = {"lower_bound": None, "prices": {}, "effort": None}
HINT = "links count what devices cannot express"


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


def test_what_a_device_cannot_express_is_said_to_be_why(built):
    """As after a compile that E0610 refused: the links count an intent whose demands are not listed."""

    def change(whole):
        entry = next(entry for entry in whole["intents"] if entry["name"] == "y")
        finding = {"id": "1", "code": "E0610", "severity": "error", "message": "no", "intent": "y", "waived": False}
        blank = dict.fromkeys(("file", "line", "column", "end_line", "end_column", "node", "state", "fix"))
        entry.update(status="unsupported", demands=[])
        whole["objective"].update(UNBOUND)
        whole["findings"].append({**finding, **blank, "related": [], "help": [], "repairs": []})

    (item,) = figures(built, change)
    assert item.help[0].startswith(HINT)
