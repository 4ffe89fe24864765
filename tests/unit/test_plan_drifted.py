"""Lines of drift: what was done to each, and whom it serves."""

from __future__ import annotations

import pytest
from support_plan import config, items

from intentc.plan.drifted import Fate, drifted

GIVEN = config(items(1, "a"), items(2, "b"))


def fates(*lines, given=GIVEN):
    return [(item.fate, item.artefact, item.intents) for item in drifted(given, lines)]


def test_two_lines_about_one_object_are_one_change():
    assert fates("-m1: x", "+m1: y", "-f2: z", "+other: w", "-q: 1") == [
        (Fate.CHANGED, "m1", ("a",)),
        (Fate.REMOVED, "f2", ("b",)),
        (Fate.ADDED, "other", ()),
        (Fate.REMOVED, "q", ()),
    ]


@pytest.mark.parametrize(
    ("line", "intents"),
    [
        ("-rule: from 10.2.0.0/16 to 10.200.0.0/16 tcp 443", ("b",)),
        ("-queue eth1: 10 Mbps", ("a",)),
        ("-queue eth11: 10 Mbps", ()),
        ("-policy way-2: gone", ("b",)),
        ("-meter-1: 1 Mbps", ("a",)),
        ("+somebody: else", ()),
    ],
)
def test_an_intent_is_found_by_our_names_then_by_both_ends_then_by_the_port(line, intents):
    assert fates(line)[0][2] == intents


def test_where_nothing_was_given_nothing_is_served():
    assert fates("+m1: x", given=None) == [(Fate.ADDED, "m1", ())]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("+x: 1",), "+ x: 1 (added by someone else)"),
        (("-m1: 1",), "- m1: 1 (removed by someone else; serves `a`)"),
        (("-m1: 1", "+m1: 2"), "~ m1: 2, was 1 (changed by someone else; serves `a`)"),
    ],
)
def test_a_difference_in_words(lines, words):
    assert [item.words for item in drifted(GIVEN, lines)] == [words]
