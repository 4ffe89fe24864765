"""No text can make the front end fail, hang or lose a mistake."""

# ruff: noqa: S311  (seeded chance is what these tests want)

import random
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from support_chance import TIMES
from support_language import found, read
from support_mutations import (
    AFTER,
    CONTROLS,
    KINDS,
    PROGRAM,
    check_files,
    compiled,
    examine,
    filled,
    vocabulary,
)

from intentc.language.nesting import DEEPEST

SEEDS = 40  # of each kind; tests/bench/fuzz.py goes through as many as one wants


@contextmanager
def named(example):
    """Say with which of many examples something went wrong."""
    try:
        yield
    except BaseException as error:
        error.add_note(example)
        raise


def check(text):
    """Parse, resolve and print, and see that each finding has a code and a place."""
    return examine(text.encode())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_made_up_programs_are_findings_or_values(kind):
    words = vocabulary()
    for seed in range(SEEDS):
        with named(f"seed {seed}"):
            examine(kind.make(random.Random(seed), words))


def test_made_up_programs_say_something_of_every_stage():
    words = vocabulary()
    codes = {item.code[:3] for seed in range(60) for item in examine(KINDS[0].make(random.Random(seed), words))}
    assert {"E01", "E02", "N04"} <= codes


def test_truncated_programs():
    for length in range(0, len(PROGRAM), 23):
        with named(f"{length} characters"):
            check(PROGRAM[:length])


@pytest.mark.parametrize("seed", range(6))
def test_no_hostile_text_reaches_a_device(seed):
    assert check_files(compiled(filled(random.Random(seed)))) > 20


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_control_characters_end_as_findings(control):
    run = compiled(filled(random.Random(0)).replace(AFTER, control + AFTER, 1))
    assert run.bundle is None
    assert {item.code for item in run.findings.items} & {"E0111", "E0113"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("intent i { from ber to fra bandwidth 5\ts }", "`bandwidth` takes a rate, and `5s` is a time"),
        ("class c { queue 5 \t s }", "`queue` takes a ratio, and `5s` is a time"),
        ("group g = sites where tier == 5\ts", "`tier` is compared with a whole number, not with `5s`"),
        ("group g = sites where region < 5\ts", "`region <` does not compare a region with `5s`"),
    ],
)
def test_a_tab_before_a_unit_is_not_shown(text, message):
    assert message in {item.message for item in check(text)}


@pytest.mark.parametrize("raw", ["zqx7{{7*7}}zqx8", "a zqx749zqx8", "zqx7; flush ruleset", "a\x1bb", "zqx7a\u202ezqx8"])
def test_hostile_text_in_a_device_file_is_seen(raw):
    files = SimpleNamespace(files=(SimpleNamespace(path="r1/x", text=f"line {raw}\n"),))
    with pytest.raises(AssertionError):
        check_files(SimpleNamespace(bundle=SimpleNamespace(devices={"r1": files})))


@pytest.mark.parametrize("depth", [DEEPEST - 1, DEEPEST + 1, 20_000])  # far beyond what the interpreter's stack holds
@pytest.mark.parametrize(
    ("before", "step", "inside", "back"),
    [
        ("group g = ", "(", "a", ")"),
        ("group g = sites where ", "(", "a == 1", ")"),
        ("group g = sites where ", "not ", "a == 1", ""),
        ("group g = a ", "except a ", "", ""),
        ("group g = a ", "& (a) ", "", ""),
        ("intent i { from ", "(", "a", ")"),
    ],
)
def test_nesting_is_bounded(depth, before, step, inside, back):
    text = before + step * depth + inside + back * depth + (" }" if "{" in before else "")
    codes = [code.split()[0] for code in found(text)]
    assert codes == ([] if depth < DEEPEST else ["E0108"])


def test_many_clauses_with_sets_of_their_own_are_not_deep():
    assert found("intent i {\n" + "from a except (b, c) & d\n" * 60 + "}") == []
    assert found("group g = sites where " + " or ".join(["not (a == 1)"] * 60)) == []


HOSTILE = {
    "quotes": '"' * 20_000,
    "open braces": "{" * 20_000,
    "closing braces": "}" * 20_000,
    "open parentheses": "group g = " + "(" * 20_000,
    "open blocks": "intent x {\n" * 500,
    "open failovers": "intent x {\n" + "failover within 1s {\n" * 500,
    "keywords": "intent " * 5_000,
    "keywords in lines": "intent\n" * 500,
    "blanks": "const a = 1" + " " * 50_000 + "ms",
    "blanks at the end": "const a = 1ms" + " " * 50_000,
    "dashes": "group g = a" + "-" * 20_000,
    "dots": "group g = a" + "." * 20_000,
    "digits": "const a = " + "9" * 20_000,
    "colons": "service s { prefix " + ":" * 20_000 + " }",
    "hexadecimal": "group g = " + "f:" * 10_000,
    "backslashes": 'import "' + "\\" * 20_000,
    "wrong clauses": "intent i {\n" + "spread\nfoo\n" * 1_000 + "}",
    "semicolons": ";" * 20_000,
    "comments": "# " * 20_000,
    "hidden": "# \x01\n" * 1_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_take_little_time(text):
    start = time.process_time()
    check(text)
    assert time.process_time() - start < 5


def test_time_grows_with_the_text_and_no_faster():
    def seconds(count):
        text = "intent i {\n" + "from a b\nspread\nfailover within 1s {\nfoo\n}\n" * count + "}"
        start = time.process_time()
        read(text)
        return time.process_time() - start

    seconds(10)
    assert seconds(800) < 40 * max(seconds(80), 0.005)


SOME = (
    min(10, 2 * TIMES) * 1_000_000
)  # of what takes a word or more for each character: 10 MB with `INTENTC_EXAMPLES=5`
LARGE = {
    "one comment": "# " + "x" * 10_000_000,
    "a text without an end": 'import "' + "x" * SOME,
    "one word": "intent " + "x" * 10_000_000,
    "blanks": " " * 10_000_000,
    "binary": "\x00\ufffd" * (SOME // 4),
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_megabytes_are_read_in_seconds(text):
    start = time.process_time()
    check(text)
    assert time.process_time() - start < 6 * len(text.encode()) / 1_000_000  # a bound for busy machines: 60 s for 10 MB


def test_ten_megabytes_of_intents_are_read_in_seconds():
    text = "".join(f"intent i{number} {{ from a{number} {'# x' * 300}\n to b }}\n" for number in range(10_800))
    assert len(text) > 9_900_000
    start = time.process_time()
    file, findings = read(text)
    assert time.process_time() - start < 20
    assert (len(file.declarations), findings) == (10_800, ())
