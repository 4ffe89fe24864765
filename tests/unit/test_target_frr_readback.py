"""Read-back of the target `frr`: every owned number is compared, spelling is not."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import config, files, fleet, full_config, targets

from intentc.render.render import load_code, render_device

TARGET = targets()["frr"]
CODE = load_code(TARGET)
BUNDLE = render_device(full_config(), fleet(full_config()), TARGET)
RUNNING = (
    Path(__file__).with_name("frr_running.txt")
).read_text()  # the agent's `read` of this configuration on FRR 8.4.4


def as_rendered(**changed):
    """Return the rendered files as if they were what runs."""
    texts = {**files(BUNDLE), **{name.replace("_", "."): text for name, text in changed.items()}}
    return "".join(f"begin={name}\n{text}end={name}\n" for name, text in texts.items())


def differences(running, bundle=BUNDLE):
    return CODE.differences(bundle, running)


def test_what_a_real_device_says_is_what_was_rendered():
    assert differences(RUNNING) == ()


def test_what_was_rendered_is_what_was_rendered():
    assert differences(as_rendered()) == ()


def test_both_ways_to_mark_sections_are_read():
    other = re.sub(
        r"^(end|digest|status)=.*\n", "", re.sub(r"^begin=", "# ", RUNNING, flags=re.MULTILINE), flags=re.MULTILINE
    )
    assert differences(other) == ()


def test_nothing_runs_where_nothing_should():
    empty = config()
    assert differences("", render_device(empty, fleet(empty), TARGET)) == ()


def test_everything_is_missing_where_nothing_runs():
    found = differences("")
    assert {item.artefact for item in found} == {"guard.nft", "queue.tc", "queue.nft", "frr.conf", "rules", "edge.nft"}
    assert all(item.running == "" for item in found)


def test_everything_is_too_much_where_nothing_should_run():
    empty = config()
    found = differences(RUNNING, render_device(empty, fleet(empty), TARGET))
    assert found
    assert all(item.expected == "" for item in found)


NUMBER = re.compile(r"(?<![\w.:-])\d+(?![\w.:/-])|(?<=/)\d+\b|(?<=dport )\d+|(?<=-)\d+(?= )|(?<=[a-z])\d+(?=\")")
LINES = RUNNING.splitlines()
# (line, position) of every number of an owned item; addresses and handles are covered by their own parts
NUMBERS = [
    (index, match.start(), match.end())
    for index, line in enumerate(LINES)
    for match in NUMBER.finditer(line)
    if not line.startswith(("begin=", "end=", "digest=", "status="))
]


@given(st.sampled_from(NUMBERS), st.integers(1, 9))
@settings(max_examples=300, deadline=None)
def test_a_changed_number_anywhere_is_found(place, more):
    index, start, end = place
    line = LINES[index]
    changed = line[:start] + str(int(line[start:end]) + more) + line[end:]
    text = "\n".join([*LINES[:index], changed, *LINES[index + 1 :], ""])
    if is_within_the_clock_of_tc(line, changed):
        return
    found = differences(text)
    assert found, f"{line.strip()} -> {changed.strip()}"


def is_within_the_clock_of_tc(line, changed):
    """Bursts are kept as times and shown rounded: 1 % is the same."""
    return re.sub(r"burst \d+b", "", line) == re.sub(r"burst \d+b", "", changed)


@given(st.integers(0, len(LINES) - 1))
@settings(max_examples=200, deadline=None)
def test_a_missing_line_is_found(index):
    line = LINES[index].strip()
    if not line or line in {"}", "exit"} or line.startswith(("table ", "begin=", "end=", "digest=", "status=")):
        return
    text = "\n".join([*LINES[:index], *LINES[index + 1 :], ""])
    assert differences(text), line


SAME = {
    "names of code points": ("dscp set ef", "dscp set 0x2e"),
    "code points in a map": ("cs0 : 1ca0:100", "0 : 1ca0:100"),
    "order in a set": ("{ cs6, cs7 }", "{ 56, 48 }"),
    "units of a burst": ("burst 15000 bytes", "burst 15000 bytes"),
    "the name of a protocol": ("meta l4proto ipv6-icmp", "meta l4proto 58"),
    "a priority by number": ("priority mangle;", "priority -150;"),
    "a rate in another unit": ("rate 4Mbit", "rate 4000Kbit"),
    "a size in another unit": ("limit 30Kb", "limit 30720b"),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_another_spelling_is_no_difference(case):
    one, other = SAME[case]
    assert one in RUNNING
    assert differences(RUNNING.replace(one, other)) == ()


def test_counters_do_not_count():
    assert (
        differences(RUNNING.replace("counter voice-4 {\n\t}", "counter voice-4 {\n\t\tpackets 7 bytes 700\n\t}")) == ()
    )


def test_the_order_of_rules_counts():
    first, second = (line for line in LINES if 'counter name "voice-' in line)
    swapped = RUNNING.replace(first, "@").replace(second, first).replace("@", second)
    assert differences(swapped)


def test_a_difference_shows_both_sides():
    (found,) = differences(RUNNING.replace("rate over 1000000 bytes/second", "rate over 2000000 bytes/second"))
    assert (found.artefact, "1000000" in found.expected, "2000000" in found.running) == ("edge.nft", True, True)
