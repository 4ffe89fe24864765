from dataclasses import replace

import pytest
from support_manifest import compiled, sample

from intentc.diagnostics.text import TextStyle
from intentc.manifest.build import link_entries, listed_intents
from intentc.manifest.model import AssertionEntry, RateEntry, WorstEntry
from intentc.report.columns import Cell, Column, fitted, table, width
from intentc.report.html import report_page
from intentc.report.measured import comparison_table
from intentc.report.text import assertion_summary, compile_summary
from intentc.report.wording import milliseconds, percent, rate
from intentc.verify.live import Measurement, Prediction, Row

PLAIN, COLOURED = TextStyle(), TextStyle(is_coloured=True)
COLUMNS = (Column("name"), Column("rate", is_right=True))


def test_columns_line_up():
    text = table(COLUMNS, [[Cell("a"), Cell("1")], [Cell("bcdef"), Cell("1000")]], PLAIN)
    assert text == "name   rate\n─────  ────\na         1\nbcdef  1000\n"


def test_wide_and_combining_characters_line_up():
    text = table(
        COLUMNS, [[Cell("東京"), Cell("1")], [Cell("cafe\u0301"), Cell("2")], [Cell("abcdef"), Cell("3")]], PLAIN
    )
    assert {width(line) for line in text.splitlines()} == {12}


def test_colours_do_not_move_columns():
    rows = [[Cell("a", "31;1"), Cell("1", "32")], [Cell("long name"), Cell("22")]]
    plain = table(COLUMNS, rows, PLAIN)
    coloured = table(COLUMNS, rows, COLOURED)
    assert "\x1b[31;1ma\x1b[0m" in coloured
    stripped = coloured
    for code in ("1", "2", "31;1", "32", "0"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped == plain


def test_no_line_ends_in_blanks():
    text = table((Column("a"), Column("b")), [[Cell("x"), Cell("")], [Cell("y"), Cell("long")]], PLAIN)
    assert all(line == line.rstrip() for line in text.splitlines())


def test_text_cannot_drive_the_terminal():
    assert "\x1b" not in table(COLUMNS, [[Cell("a\x1b[2J"), Cell("\n")]], PLAIN)


def test_nothing_gives_nothing():
    assert table(COLUMNS, [], PLAIN) == ""


@pytest.mark.parametrize(
    ("text", "most", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("東京都", 5, "東京…"), ("東京都", 4, "東…")]
)
def test_long_text_is_cut_to_cells(text, most, shown):
    assert fitted(text, most) == shown


@pytest.mark.parametrize(
    ("us", "text"), [(0, "0.00 ms"), (12, "0.012 ms"), (2_072, "2.07 ms"), (15_000, "15.00 ms"), (250_000, "250 ms")]
)
def test_times_in_words(us, text):
    assert milliseconds(us) == text


@pytest.mark.parametrize(
    ("ppm", "text"), [(0, "0 %"), (1, "<1 %"), (10_000, "1 %"), (410_001, "42 %"), (1_000_000, "100 %")]
)
def test_shares_in_words(ppm, text):
    assert percent(ppm) == text


@pytest.mark.parametrize(("bps", "text"), [(500, "500b"), (50_000_000, "50M"), (2_500_000_000, "2.5G"), (10**12, "1T")])
def test_rates_in_words(bps, text):
    assert rate(bps) == text


# -- summary -----------------------------------------------------------------------------------------------------------


RESULT = compiled()


def listed():
    (found,) = listed_intents(RESULT.model, RESULT.realised, RESULT.findings)
    return found


def summary(*intents, fullest=None):
    links = [
        replace(link, worst_bps=RateEntry(10**9, 10**9) if link.id == fullest else link.worst_bps)
        for link in link_entries(RESULT.model.topology, RESULT.realised)
    ]
    return compile_summary(intents or (listed(),), links, PLAIN).splitlines()


def test_the_summary_has_a_line_per_intent():
    head, _, line = summary()
    assert head.split("  ")[0] == "intent"
    for part in ("scoring", "placed", "high", "3.13 ms", "10.00 ms", "6.87 ms", "igp", "250 ms (bfd)", "ab 10 %"):
        assert part in line


def test_the_tightest_demand_is_shown():
    one, other = listed().demands
    slow = replace(
        other, latency=replace(other.latency, propagation=other.latency.propagation + 9_900 - other.latency.total)
    )
    assert "0.100 ms" in summary(replace(listed(), demands=(one, slow)))[2]


def test_without_a_bound_the_largest_latency_is_shown():
    one, other = (replace(item, demand=replace(item.demand, bound_ns=None)) for item in listed().demands)
    slow = replace(other, latency=replace(other.latency, propagation=9_000))
    line = summary(replace(listed(), demands=(one, slow)))[2]
    assert f"  {slow.latency.total / 1000:.2f} ms" in line
    assert line.split().count("–") == 2


def test_the_link_that_is_fullest_in_its_worst_state_is_shown():
    """It is used in a failure state alone."""
    assert summary(fullest="cd")[2].endswith("cd 0 %, 100 % under failure")


def test_what_is_not_placed_shows_its_status_alone():
    line = summary(replace(listed(), status="infeasible", demands=()))[2]
    assert "infeasible" in line
    assert "ms" not in line


def test_unprotected_states_are_counted():
    open_ = replace(listed().demands[0], unprotected=("link:ab",))
    assert "1 states without path" in summary(replace(listed(), demands=(open_,)))[2]


ASSERTIONS = (
    AssertionEntry("headroom", False, WorstEntry("link:ab", 0.725)),
    AssertionEntry("two<ways", True, WorstEntry("normal", 0)),
    AssertionEntry("unknown", True, None),
)


def test_assertions_are_told_with_their_worst_state():
    lines = assertion_summary(ASSERTIONS, PLAIN).splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["headroom", "broken", "73", "%", "link:ab"],
        ["two<ways", "holds", "0", "normal"],
        ["unknown", "holds", "–", "–"],
    ]


def test_a_program_without_assertions_has_no_table_of_them():
    assert assertion_summary((), PLAIN) == ""
    assert "Assertions" not in report_page(sample().manifest, "<svg/>")


def test_the_page_shows_assertions():
    page = report_page(replace(sample().manifest, assertions=ASSERTIONS), "<svg/>")
    assert "<td>headroom</td><td><span class='bad'>broken</span></td><td class='n'>73 %</td><td>link:ab</td>" in page
    assert "<td>two&lt;ways</td><td><span class='good'>holds</span></td><td class='n'>0</td><td>normal</td>" in page


def test_the_page_of_a_program_that_does_not_hold_says_that_nothing_is_placed():
    refused = tuple(replace(intent, status="infeasible", demands=()) for intent in sample().manifest.intents)
    page = report_page(replace(sample().manifest, intents=refused, links=()), "<svg/>")
    assert page.count("<p>No intent is placed.</p>") == 3
    assert "promised" not in page


# -- predicted against measured ----------------------------------------------------------------------------------------


def measured(**fields):
    blank = Measurement("d", 1000, 200, 200, 2_100, 3_000, 3_500, {34: 200}, ("a", "b"))
    return replace(blank, **fields)


PREDICTED = Prediction((2_000, 2_000), 2_072, 10_000, 34, (("a", "b"),))


def test_predicted_stands_beside_measured():
    row = Row("scoring", "scoring/sa>sd", PREDICTED, measured(), ())
    line = comparison_table([("scoring/sa>sd", row)], PLAIN).splitlines()[2]
    for part in ("scoring/sa>sd", "2.00 ms", "2.10 ms", "3.00 ms", "10.00 ms", "a b", "34", "as predicted"):
        assert part in line


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Row("x", "d", PREDICTED, None, ("E0586",)), "not measured"),
        (Row("x", "d", PREDICTED, measured(p50_us=9_000), ("E0581",)), "deviates E0581"),
        (
            Row("x", "d", None, measured(received=0, p50_us=None, p99_us=None, dscps={}, path=None), ()),
            "nothing promised",
        ),
    ],
)
def test_what_deviates_says_so(row, told):
    assert told in comparison_table([("d", row)], PLAIN)
