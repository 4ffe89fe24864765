from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.topology.natural_order import natural_key
from intentc.topology.quantities import LARGEST, Measure, QuantityProblem, parse_quantity


@pytest.mark.parametrize(
    ("text", "measure", "value"),
    [
        ("4.2ms", Measure.TIME, 4_200_000),
        ("4.2 ms", Measure.TIME, 4_200_000),
        ("0ns", Measure.TIME, 0),
        ("1d", Measure.TIME, 86_400 * 10**9),
        ("10Gbps", Measure.RATE, 10**10),
        ("10gbps", Measure.RATE, 10**10),
        ("512Kbps", Measure.RATE, 512_000),
        ("1.000000001Gbps", Measure.RATE, 1_000_000_001),
        ("7bps", Measure.RATE, 7),
        ("9000", Measure.SIZE, 9000),
        ("512KiB", Measure.SIZE, 524_288),
        ("1.5KB", Measure.SIZE, 1500),
        ("0.01%", Measure.RATIO, 100_000),
        ("100%", Measure.RATIO, 10**9),
    ],
)
def test_quantities_are_exact_integers(text, measure, value):
    assert parse_quantity(text, measure) == value


@pytest.mark.parametrize(
    ("text", "measure", "message", "help_"),
    [
        ("10000", Measure.RATE, "`10000` has no unit", "10Gbps"),
        ("5", Measure.TIME, "`5` has no unit", "4.2ms"),
        ("50Mbps", Measure.TIME, "`50Mbps` is a rate, not a time", "4.2ms"),
        ("4ms", Measure.RATE, "`4ms` is a time, not a rate", "10Gbps"),
        ("5%", Measure.SIZE, "`5%` is a ratio, not a size", "512KB"),
        ("10Gbit", Measure.RATE, "unknown unit `Gbit`", "did you mean `Gbps`?"),
        ("4msec", Measure.TIME, "unknown unit `msec`", "did you mean `ms`?"),
        ("4parsec", Measure.SIZE, "unknown unit `parsec`", "units are B, KB"),
        ("5MS", Measure.TIME, "unknown unit `MS`", "did you mean `ms`?"),
        ("0.3ns", Measure.TIME, "`0.3ns` is finer than a nanosecond", "leave out"),
        ("1.5", Measure.SIZE, "`1.5` is finer than a byte", "leave out"),
        ("99999999999999999999Tbps", Measure.RATE, "`99999999999999999999Tbps` is too large", "unit"),
        ("-4ms", Measure.TIME, "`-4ms` is not a time", "4.2ms"),
        ("4,2ms", Measure.TIME, "`4,2ms` is not a time", "4.2ms"),
        ("1e3Mbps", Measure.RATE, "`1e3Mbps` is not a rate", "10Gbps"),
        ("", Measure.RATE, "`` is not a rate", "10Gbps"),
        ("٣ms", Measure.TIME, "`٣ms` is not a time", "4.2ms"),
        ("4ms\n", Measure.TIME, "`4ms\n` is not a time", "4.2ms"),
    ],
)
def test_a_wrong_quantity_says_why(text, measure, message, help_):
    problem = parse_quantity(text, measure)
    assert isinstance(problem, QuantityProblem)
    assert problem.message == message
    assert help_ in problem.help


@given(st.integers(0, 10**12), st.integers(0, 9), st.sampled_from(sorted(Measure.TIME.units)))
def test_no_digit_is_lost(whole, tenth, unit):
    exact = (whole + Fraction(tenth, 10)) * Measure.TIME.units[unit]
    value = parse_quantity(f"{whole}.{tenth}{unit}", Measure.TIME)
    if exact.denominator == 1 and exact <= LARGEST:
        assert value == exact
    else:
        assert isinstance(value, QuantityProblem)


def test_natural_order_compares_numbers_as_numbers():
    names = ["ge-0/0/10", "ge-0/0/2", "eth1", "eth01", "eth", "L9", "L10", "10", "9", ""]
    assert sorted(names, key=natural_key) == [
        "",
        "9",
        "10",
        "L9",
        "L10",
        "eth",
        "eth01",
        "eth1",
        "ge-0/0/2",
        "ge-0/0/10",
    ]


@given(st.text("a1²0-", max_size=6), st.text("a1²0-", max_size=6))
def test_natural_order_is_total(one, other):
    assert (natural_key(one) == natural_key(other)) == (one == other)
