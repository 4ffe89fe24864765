"""What devices cannot express counts nowhere: all that the manifest says of the others is proved, whenever it was found."""

import json
import random

import pytest
from support_incremental import TODAY, Program, from_nothing, stages, told
from support_lacking import lacking_by_chance, obstacles, stages_lacking

from intentc.diagnostics import Findings
from intentc.incremental.session import Session
from intentc.manifest.read import read_manifest
from intentc.verify.prove import prove


def statuses(text):
    return [intent["status"] for intent in json.loads(text)["intents"]]


def flaws(run, text):
    return [(item.code, item.message) for item in prove(run.files, run.topology, read_manifest(text), TODAY).findings]


def by_chance(seed):
    """Return what refuses some intents by chance, and all others again and again."""
    chance, known = random.Random(seed), {}  # noqa: S311  (a program, no secret)
    return lambda name: known.setdefault(name, chance.random() < 0.3)


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_a_manifest_over_devices_that_lack_things_is_proved(platform):
    told_of = []
    for seed in range(3, 15):
        program, by = Program(seed, platform), stages_lacking(stages(), lacking_by_chance(seed))
        run = from_nothing(program.request(), None, by)
        text = told(run)[0]
        assert flaws(run, text) == [], seed
        told_of += statuses(text)
    assert told_of.count("unsupported") > 10
    assert told_of.count("placed") > 20


def test_so_is_one_where_only_what_devices_would_be_given_shows_it(monkeypatch):
    told_of = []
    for seed in range(24):
        monkeypatch.setattr("intentc.render.obstacles.check_obstacles", obstacles(by_chance(seed)))
        run = from_nothing(Program(seed, "frr", is_calm=True).request(), None)
        text = told(run)[0]
        assert flaws(run, text) == [], seed
        told_of += statuses(text) if run.fleet is not None else []
    assert told_of.count("unsupported") > 5
    assert told_of.count("placed") > 20


@pytest.mark.parametrize("is_keeping", [True, False])
@pytest.mark.parametrize(
    ("seed", "platform", "is_calm"), [(6, "frr", False), (10, "sr-bench", True), (11, "frr", True)]
)
def test_a_session_comes_to_what_a_compilation_from_nothing_does(seed, platform, is_calm, is_keeping):
    program, before, told_of = Program(seed, platform, is_calm=is_calm), None, []
    by = stages_lacking(stages(), lacking_by_chance(seed))
    session = Session(by, is_keeping=is_keeping)
    for step in range(6):
        run = session.compile(program.request(), Findings())
        fresh = from_nothing(program.request(), before if is_keeping else None, by)
        expected = told(fresh)
        assert told(run) == expected, step
        assert flaws(run, expected[0]) == [], step
        before = expected[0]
        told_of += statuses(before)
        program.edit()
    assert "unsupported" in told_of


def test_so_does_one_where_only_what_devices_would_be_given_shows_it(monkeypatch):
    program, told_of = Program(9, "frr", is_calm=True), []
    monkeypatch.setattr("intentc.render.obstacles.check_obstacles", obstacles(by_chance(9)))
    session = Session(stages(), is_keeping=False)
    for step in range(8):
        run = session.compile(program.request(), Findings())
        fresh = from_nothing(program.request(), None)
        expected = told(fresh)
        assert told(run) == expected, step
        assert flaws(run, expected[0]) == [], step
        told_of += statuses(expected[0]) if fresh.fleet is not None else []
        program.edit()
    assert "unsupported" in told_of
