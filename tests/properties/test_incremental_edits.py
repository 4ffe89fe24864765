"""What a session compiles is what the command comes to from nothing with `--keep` and the manifest of the time before."""

import pytest
from support_incremental import TODAY, Program, from_nothing, stages, told

from intentc.diagnostics import Findings
from intentc.incremental.session import Session
from intentc.manifest.read import read_manifest
from intentc.place.crossing import Crossing
from intentc.place.standing import resume
from intentc.verify.prove import prove


def follow(seed, platform, steps, *, is_keeping, is_calm=False, edit=Program.edit):
    """Edit a program, and hold each run of a session against one from nothing; return how many intents were not tried again."""
    program, before, spared = Program(seed, platform, is_calm=is_calm), None, 0
    session = Session(stages(), is_keeping=is_keeping)
    for step in range(steps):
        run = session.compile(program.request(), Findings())
        fresh = from_nothing(program.request(), before if is_keeping else None)
        expected = told(fresh)
        assert told(run) == expected, (seed, platform, step)
        before = expected[0]
        spared += len(session.memory.placed.recalled)
        edit(program)
    assert not prove(fresh.files, fresh.topology, read_manifest(before), TODAY).findings, (seed, platform)
    return spared


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
@pytest.mark.parametrize("seed", [1, 5, 7])
def test_a_session_comes_to_what_a_compilation_from_nothing_that_keeps_the_build_does(seed, platform):
    assert follow(seed, platform, 4, is_keeping=True)


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
@pytest.mark.parametrize("seed", [3])
def test_so_does_one_whose_books_stand(seed, platform, monkeypatch):
    went_on = []

    def resumed(*words):
        found = resume(*words)
        went_on.append(found is not None)
        return found

    monkeypatch.setattr("intentc.place.place.resume", resumed)
    assert follow(seed, platform, 4, is_keeping=True, is_calm=True)
    assert any(went_on)


@pytest.mark.parametrize(("seed", "platform"), [(8, "frr"), (9, "sr-bench")])
def test_so_does_one_that_does_not_look_at_what_has_not_changed(seed, platform, monkeypatch):
    calm = []

    def resumed(*words):
        found = resume(*words)
        calm.append(len(found.placed) - len(found.stirred) if found is not None and found.stirred is not None else 0)
        return found

    monkeypatch.setattr("intentc.place.place.resume", resumed)
    assert follow(seed, platform, 6, is_keeping=True, is_calm=True, edit=Program.edit_figures)
    assert sum(calm) > 5


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
@pytest.mark.parametrize(("seed", "is_calm"), [(2, False), (4, True), (6, True)])
def test_so_does_one_where_links_change(seed, platform, is_calm, monkeypatch):
    stay, stayed = Crossing.stays, []

    def stays(*words):
        stayed.append(stay(*words))
        return stayed[-1]

    monkeypatch.setattr(Crossing, "stays", stays)
    assert follow(seed, platform, 5, is_keeping=True, is_calm=is_calm, edit=Program.edit_links)
    assert any(stayed)


@pytest.mark.parametrize("seed", [100, 105])
def test_without_keeping_it_comes_to_what_a_compilation_from_nothing_does(seed):
    assert follow(seed, "frr", 4, is_keeping=False)
