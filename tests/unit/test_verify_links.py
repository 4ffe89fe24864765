"""Figures of links that are not those of the demands: one finding, however many there are."""

import json

import pytest
from support_verify import build

PROGRAM = "intent x { from ber to fra1 bandwidth 5Mbps }\nintent y { from muc to fra2 bandwidth 2Mbps }"
UNBOUND = {"lower_bound": None, "prices": {}, "effort": None}
HINT = "such figures also count what devices cannot express"


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

    (item,) = figures(built, lambda whole: cannot_express(whole, "y"))
    assert item.help[0].startswith(HINT)


def test_it_is_said_of_latencies_too(built):
    def change(whole):
        cannot_express(whole, "y")
        demand = next(entry for entry in whole["intents"] if entry["name"] == "x")["demands"][0]
        demand["primary"]["latency_us"]["queueing"] += 1

    wrong = json.loads(built.text)
    change(wrong)
    (latency,) = [item for item in built.prove(json.dumps(wrong)).findings if item.code == "E0568"]
    assert latency.help[-1].startswith(HINT)


def cannot_express(whole, name):
    entry = next(entry for entry in whole["intents"] if entry["name"] == name)
    finding = {"id": "1", "code": "E0610", "severity": "error", "message": "no", "intent": name, "waived": False}
    blank = dict.fromkeys(("file", "line", "column", "end_line", "end_column", "node", "state", "fix"))
    entry.update(status="unsupported", demands=[])
    whole["objective"].update(UNBOUND)
    whole["findings"].append({**finding, **blank, "related": [], "help": [], "repairs": []})
