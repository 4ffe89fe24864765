"""Every number of every golden case of the target `junos`: a device that has another one is not what was asked for."""

from itertools import chain

import pytest
from support_junos import CODE, CONFIG, bundle
from support_numbers import changes, holding
from test_target_junos_golden import CASES, GOLDEN

from intentc.targetkit.kit import flat

shapes = pytest.importorskip("intentc_target_junos.shapes")
HOLDER = bundle(CASES["reflecting"])


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_changed_number_is_found(case):
    text = (GOLDEN / case / CONFIG).read_text()
    found = [
        change.place
        for change in changes(text)
        if not CODE.differences(holding(HOLDER, change.document), change.changed)
    ]
    assert found == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_part_of_a_document_is_no_difference_to_itself(case):
    documents = {change.document for change in changes((GOLDEN / case / CONFIG).read_text())}
    assert documents
    assert [one for one in documents if CODE.differences(holding(HOLDER, one), one)] == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_no_two_values_share_a_place(case):
    """Of two values at one place only one would be compared."""
    places = [place for place, _ in flat(CODE.read_back((GOLDEN / case / CONFIG).read_text()), ordered=shapes.ORDERED)]
    assert len(places) == len(set(places))


def test_the_numbers_of_every_kind_of_item_are_among_them():
    seen = {change.place.split(" ")[-2] for change in chain.from_iterable(map(changes, map(_text, CASES)))}
    assert seen >= {
        "bandwidth-limit",
        "burst-size-limit",
        "queue-num",
        "temporal",
        "proportion",
        "rate",
        "fill-level",
        "code-points",
        "code-point",
        "destination-port",
        "label",
        "sr-preference",
        "color",
        "remote-discriminator",
        "minimum-interval",
        "multiplier",
        "reporting-rate",
        "remote-port",
        "dscp-code-points",
        "probe-interval",
        "next-hop",
    }


def _text(case):
    return (GOLDEN / case / CONFIG).read_text()
