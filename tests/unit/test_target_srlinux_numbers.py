"""Every number of every golden case of the target `srlinux`: a device that has another one is not what was asked for."""

import re
from itertools import chain

import pytest
from support_numbers import changes, holding
from support_srlinux import CODE, bundle
from test_target_srlinux_golden import CASES, GOLDEN

readback = pytest.importorskip("intentc_target_srlinux.readback")
HOLDER = bundle(CASES["queueing"])
WHOLE = frozenset({"interface", "linecard"})  # entries that are told by what is in them


def _text(case):
    return (GOLDEN / case / "itc.xml").read_text()


def _changes(case):
    return changes(_text(case), WHOLE)


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_changed_number_is_found(case):
    found = [
        change.place
        for change in _changes(case)
        if not CODE.differences(holding(HOLDER, change.document), change.changed)
    ]
    assert found == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_part_of_a_document_is_no_difference_to_itself(case):
    documents = {change.document for change in _changes(case)}
    assert documents or not re.search(r">[^<]*\d[^<]*</", _text(case))
    assert [one for one in documents if CODE.differences(holding(HOLDER, one), one)] == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_no_two_values_share_a_place(case):
    """Of two values at one place only one would be compared."""
    places = [place for place, _ in readback.places(CODE.read_back(_text(case)))]
    assert len(places) == len(set(places))


def test_the_numbers_of_every_kind_of_item_are_among_them():
    seen = {change.place.split(" ")[-2] for change in chain.from_iterable(map(_changes, CASES))}
    assert seen >= {
        "sequence-id",
        "prefix",
        "start",
        "end",
        "dscp-set",
        "set-dscp",
        "value",
        "queue-index",
        "forwarding-class-index",
        "peak-rate-percent",
        "weight",
        "maximum-burst-size",
        "min-threshold",
        "max-threshold",
        "peak-rate-kbps",
        "committed-burst-size",
        "interface-id",
        "subinterface",
    }
