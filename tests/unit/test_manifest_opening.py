"""A manifest begun before the rest is known: the same bytes as in one go, whatever becomes of who writes it, and nothing left behind."""

import errno
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from support_lacking import obstacles
from support_manifest import compiled

from intentc.cli import ahead, builds, main
from intentc.diagnostics import Diagnostic
from intentc.executor import beside as beside_module
from intentc.executor.beside import Beside
from intentc.manifest import build_directory
from intentc.manifest import opening as opening_module
from intentc.manifest.build_directory import MANIFEST, PROVENANCE, Begun, Listed, write_build
from intentc.manifest.opening import Opening, Provenance
from intentc.manifest.write import manifest_text, write_remaining
from intentc.values import Later

HASTY = """
intent hasty {
  from      branches
  to        patient-model
  latency   <= 1us
  bandwidth 1Mbps burst 3KB
}
"""
REFUSED = "chat"  # of the demo
DEMO = Path(__file__).parents[2] / "intents" / "demo"


@pytest.fixture(autouse=True)
def two_cpus(monkeypatch):
    monkeypatch.setattr(beside_module, "_is_possible", lambda: True)


RESULT = compiled()


@pytest.fixture
def whole(tmp_path):
    write_build(RESULT, tmp_path / "whole")
    return (tmp_path / "whole" / MANIFEST).read_bytes()


def begun(directory, begin):
    found = Opening.begun(replace(RESULT, bundle=None), directory, begin)
    assert found is not None
    return found


def written(directory, opening, result=None, provenance=None):
    write_build(result or RESULT, directory, Begun(opening, provenance))
    assert not list(directory.rglob("*.new"))
    return (directory / MANIFEST).read_bytes()


def test_the_rest_follows_what_a_copy_has_written(tmp_path, whole, monkeypatch):
    monkeypatch.setattr("intentc.manifest.build_directory.write_manifest", None)  # nobody writes it in one go
    with Beside() as beside:
        for _ in range(2):  # into nothing, and over what is there
            assert written(tmp_path / "build", begun(tmp_path / "build", beside.begin)) == whole
    assert (tmp_path / "build" / MANIFEST).stat().st_mode == (tmp_path / "whole" / MANIFEST).stat().st_mode


def test_where_the_copy_is_killed_half_way_it_is_written_here(tmp_path, whole, monkeypatch):
    ours, write = os.getpid(), opening_module.write_opening

    def half(*what):
        if os.getpid() == ours:
            write(*what)
        else:
            what[1].write(b"half")
            what[1].flush()
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(opening_module, "write_opening", half)
    with Beside() as beside:
        assert written(tmp_path / "build", begun(tmp_path / "build", beside.begin)) == whole


def traced(directory, bundle, begin):
    found = Provenance.begun(bundle, directory, begin)
    assert found is not None
    return found


def test_the_provenance_that_a_copy_has_written_gets_its_name(tmp_path, whole, monkeypatch):
    monkeypatch.setattr("intentc.manifest.build_directory.write_provenance", None)  # nobody else writes it
    with Beside() as beside:
        for _ in range(2):
            written(tmp_path / "build", None, provenance=traced(tmp_path / "build", RESULT.bundle, beside.begin))
            assert same_provenance(tmp_path)


def same_provenance(folder):
    one, other = ((folder / name / PROVENANCE).read_bytes() for name in ("build", "whole"))
    return one == other != b""


def test_where_who_writes_the_provenance_is_killed_half_way_it_is_written_here(tmp_path, whole, monkeypatch):
    ours, write = os.getpid(), opening_module.write_provenance

    def half(bundle, stream):
        if os.getpid() == ours:
            write(bundle, stream)
        else:
            stream.write(b"half")
            stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(opening_module, "write_provenance", half)
    with Beside() as beside:
        written(tmp_path / "build", None, provenance=traced(tmp_path / "build", RESULT.bundle, beside.begin))
    assert same_provenance(tmp_path)


@pytest.mark.parametrize("call", ["link", "ftruncate"])
def test_the_provenance_of_another_bundle_or_without_room_is_written_anew(tmp_path, whole, monkeypatch, call):
    with Beside() as beside:
        other = traced(tmp_path / "build", replace(RESULT.bundle, devices={}), beside.begin)
        written(tmp_path / "build", None, provenance=other)
    assert same_provenance(tmp_path)
    full = traced(tmp_path / "build", RESULT.bundle, lambda make: make)
    monkeypatch.setattr(os, call, refused)
    written(tmp_path / "build", None, provenance=full)
    assert same_provenance(tmp_path)


def refused(*_arguments, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(("code", "holds"), [("W0617", True), ("W0503", False)])
def test_what_was_found_since_matters_as_far_as_it_decides_on_the_status_of_an_intent(tmp_path, code, holds):
    later = replace(RESULT, findings=[*RESULT.findings, Diagnostic(code, "found since", intent="scoring")])
    write_build(later, tmp_path / "whole")
    opening = begun(tmp_path / "build", lambda make: make)
    assert opening.complete(later) == holds
    assert written(tmp_path / "build", begun(tmp_path / "build", lambda make: make), later) == (
        (tmp_path / "whole" / MANIFEST).read_bytes()
    )


def test_what_no_longer_holds_is_not_used(tmp_path):
    later = replace(RESULT, findings=[*RESULT.findings, Diagnostic("E0690", "two want one port")])
    write_build(later, tmp_path / "whole")
    with Beside() as beside:
        opening = begun(tmp_path / "build", beside.begin)
        assert written(tmp_path / "build", opening, later) == (tmp_path / "whole" / MANIFEST).read_bytes()


def refused_result():
    """Return a result of which some intents are written by a copy, and the others here."""
    intents = tuple(replace(RESULT.model.intents[0], name=f"n{number}") for number in range(9))
    model = replace(RESULT.model, intents=(*RESULT.model.intents, *intents))
    findings = [*RESULT.findings, Diagnostic("E0502", "too slow", intent="n3")]
    return replace(RESULT, model=model, bundle=None, findings=findings)


def noting(names):
    """Return what writes the last intents, and notes which ones."""

    def write(result, stream, since):
        names.append([intent.name for intent in result.model.intents[since:]])
        write_remaining(result, stream, since)

    return write


def test_of_a_refused_program_the_last_intents_are_written_while_a_copy_writes_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr("intentc.manifest.build_directory.write_manifest", None)  # nobody writes it in one go
    result, names_written = refused_result(), []
    monkeypatch.setattr(opening_module, "write_remaining", noting(names_written))
    with Beside() as beside:
        opening = Opening.begun(result, tmp_path / "build", beside.begin)
        found = written(tmp_path / "build", opening, result)
    assert found == manifest_text(result).encode()
    assert names_written == [["n4", "n5", "n6", "n7", "n8"]]


@pytest.mark.parametrize("call", ["link", "ftruncate", "sendfile"])
def test_without_room_or_a_name_for_it_all_is_written_in_one_go(tmp_path, whole, monkeypatch, call):
    opening = begun(tmp_path / "build", lambda make: make)
    monkeypatch.setattr(os, call, refused)
    assert written(tmp_path / "build", opening) == whole


def test_on_a_disk_without_files_that_have_no_name_nothing_is_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "open", refused)
    assert Opening.begun(RESULT, tmp_path, lambda make: make) is None


def test_of_a_command_that_is_interrupted_nothing_is_left(tmp_path, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(ahead, "_MANY", 1)
    monkeypatch.setattr("intentc.cli.compile.manifest_parts", interrupted)
    before, children = len(list(Path("/proc/self/fd").iterdir())), Path(f"/proc/self/task/{os.getpid()}/children")
    others = children.read_text()  # of other tests of this process
    assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path)]) == 130
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not list(tmp_path.iterdir())
    assert children.read_text() == others


def test_a_build_is_the_same_with_its_manifest_begun_or_not(tmp_path, monkeypatch):
    begun_for = []
    monkeypatch.setattr(ahead, "Opening", Noted)
    monkeypatch.setattr(Noted, "noted", begun_for)
    for name, many in (("one", 1), ("two", 1 << 30)):
        monkeypatch.setattr(ahead, "_MANY", many)
        assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / name)]) == 0
    one, two = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert one == two
    one, two = ((tmp_path / name / PROVENANCE).read_bytes() for name in ("one", "two"))
    assert one == two
    assert begun_for == [tmp_path / "one"]


def test_the_bound_is_sought_for_what_is_not_sure_to_be_taken_back(tmp_path):
    begun = []

    class Copies:
        is_of_use = False

        def begin(self, make):
            begun.append(make())
            return make

    def run(floor, *, refused=(), many=ahead._FEW):
        docket, realised = SimpleNamespace(refused=refused), SimpleNamespace(floor=floor, demands=range(many))
        return SimpleNamespace(inquest=None, docket=docket, realised=realised)

    def stages(before, after):
        begun.clear()
        one = ahead.Ahead(Copies(), tmp_path)
        one.look_further(before)
        one.seek_bound(after)
        return list(begun)

    first, last = Later(lambda: "first"), Later(lambda: "last")
    assert stages(run(first), run(first)) == ["first"]
    assert stages(run(first), run(last)) == ["first", "last"]
    assert stages(run(first), run(last, many=ahead._FEW - 1)) == ["first"]  # a copy takes longer than to seek it
    assert stages(run(first, refused=("one",)), run(last, refused=("one",))) == ["last"]


@pytest.fixture
def refused_demo(tmp_path):
    """Return the demo with an intent more, which no path serves in time."""
    shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("build"))
    source = next((tmp_path / "demo").rglob("*.intent"))
    source.write_text(source.read_text() + HASTY)
    return tmp_path / "demo"


def test_what_is_refused_stands_in_a_manifest_that_was_begun_as_in_any_other(
    tmp_path, refused_demo, monkeypatch, capsys
):
    begun_for = []
    monkeypatch.setattr(ahead, "Opening", Noted)
    monkeypatch.setattr(Noted, "noted", begun_for)
    for name, many in (("one", 1), ("two", 1 << 30)):
        monkeypatch.setattr(ahead, "_MANY", many)
        assert main(["-C", str(refused_demo), "-q", "compile", "-o", str(tmp_path / name)]) == 1
    one, two = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert one == two
    assert b'"refused": [\n' in one
    assert begun_for == [tmp_path / "one"]


@pytest.mark.parametrize("is_late", [True, False])
def test_nothing_is_kept_of_what_was_written_before_devices_refused_an_intent(tmp_path, monkeypatch, is_late):
    begun_for = []
    monkeypatch.setattr(ahead, "Opening", Noted)
    monkeypatch.setattr(Noted, "noted", begun_for)
    if is_late:  # only what devices would be given shows it: the manifest is begun by then
        monkeypatch.setattr("intentc.render.obstacles.check_obstacles", obstacles(lambda name: name == REFUSED))
    else:
        monkeypatch.setattr("intentc.render.checks.CHECKS", (refusing,))
    for name, many in (("one", 1), ("two", 1 << 30)):
        monkeypatch.setattr(ahead, "_MANY", many)
        assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / name)]) == 1
    one, two = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert one == two
    assert b'"status": "unsupported"' in one
    assert begun_for == [tmp_path / "one"]
    assert main(["-C", str(DEMO), "-q", "verify", "--build", str(tmp_path / "one")]) == 0


def refusing(placed, _, findings):
    if any(item.demand.intent == REFUSED for item in placed.demands):
        findings.add(Diagnostic("E0610", "it cannot", help=("none",), intent=REFUSED))


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return a build of the demo, and begin to read whatever there is to read of one."""
    assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / "kept")]) == 0
    monkeypatch.setattr(builds, "LONG", 1)
    monkeypatch.setattr(build_directory, "LONG", 1)
    return tmp_path / "kept"


def compile_keeping(kept, into):
    return main(["-C", str(DEMO), "-q", "compile", "--keep", str(kept), "-o", str(into)])


def test_a_build_that_keeps_another_is_the_same_whoever_reads_that(tmp_path, kept, monkeypatch):
    assert compile_keeping(kept, tmp_path / "one") == 0
    monkeypatch.setattr(builds, "LONG", 1 << 30)
    assert compile_keeping(kept, tmp_path / "two") == 0
    one, two = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert one == two
    assert compile_keeping(kept, kept) == 0  # and in its place
    assert (kept / MANIFEST).read_bytes() == one


def test_a_build_that_cannot_be_kept_is_refused_and_nothing_is_written(tmp_path, kept, capsys):
    (kept / MANIFEST).write_text((kept / MANIFEST).read_text()[:-20])
    assert compile_keeping(kept, tmp_path / "one") == 2
    assert "cannot be used: it is not JSON" in capsys.readouterr().err
    assert not (tmp_path / "one").exists()


def test_files_that_a_build_has_no_more_are_removed_whoever_has_looked_them_up(tmp_path):
    write_build(RESULT, tmp_path)
    files = list(tmp_path.rglob("itc.nft"))
    with Beside() as beside:
        write_build(replace(RESULT, bundle=None), tmp_path, Begun(listed=Listed(tmp_path, beside.begin)))
    assert files
    assert not [path for path in files if path.exists()]


def test_another_manifest_than_was_looked_into_is_looked_into_again(tmp_path):
    write_build(replace(RESULT, bundle=None), tmp_path)
    with Beside() as beside:
        listed = Listed(tmp_path, beside.begin)
        write_build(RESULT, tmp_path)
        assert "a/itc.nft" in listed.names()


def test_nothing_is_begun_where_there_is_no_build_or_a_short_one(tmp_path):
    assert Listed.begun(tmp_path / "none", lambda make: make) is None
    write_build(RESULT, tmp_path)
    assert Listed.begun(tmp_path, lambda make: make) is None


class Noted(Opening):
    noted: list = []  # noqa: RUF012  (a test's own)

    @classmethod
    def begun(cls, result, directory, begin):
        cls.noted.append(directory)
        return super().begun(result, directory, begin)
