"""A manifest begun before the rest is known: the same bytes as in one go, whatever becomes of who writes it, and nothing left behind."""

import errno
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from support_manifest import compiled

from intentc.cli import ahead, main
from intentc.diagnostics import Diagnostic
from intentc.executor import beside as beside_module
from intentc.executor.beside import Beside
from intentc.manifest import opening as opening_module
from intentc.manifest.build_directory import MANIFEST, write_build
from intentc.manifest.opening import Opening

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


def written(directory, opening, result=None):
    write_build(result or RESULT, directory, opening)
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

    def half(result, stream):
        if os.getpid() == ours:
            write(result, stream)
        else:
            stream.write("half")
            stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(opening_module, "write_opening", half)
    with Beside() as beside:
        assert written(tmp_path / "build", begun(tmp_path / "build", beside.begin)) == whole


def test_what_no_longer_holds_is_not_used(tmp_path):
    later = replace(RESULT, findings=[*RESULT.findings, Diagnostic("E0690", "two want one port")])
    write_build(later, tmp_path / "whole")
    with Beside() as beside:
        opening = begun(tmp_path / "build", beside.begin)
        assert written(tmp_path / "build", opening, later) == (tmp_path / "whole" / MANIFEST).read_bytes()


@pytest.mark.parametrize("call", ["link", "ftruncate"])
def test_without_room_or_a_name_for_it_all_is_written_in_one_go(tmp_path, whole, monkeypatch, call):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    opening = begun(tmp_path / "build", lambda make: make)
    monkeypatch.setattr(os, call, full)
    assert written(tmp_path / "build", opening) == whole


def test_on_a_disk_without_files_that_have_no_name_nothing_is_begun(tmp_path, monkeypatch):
    def refused(*_arguments):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(os, "open", refused)
    assert Opening.begun(RESULT, tmp_path, lambda make: make) is None


def test_of_a_command_that_is_interrupted_nothing_is_left(tmp_path, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(ahead, "_MANY", 1)
    monkeypatch.setattr("intentc.cli.compile.manifest_parts", interrupted)
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path)]) == 130
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not list(tmp_path.iterdir())
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, 0)


def test_a_build_is_the_same_with_its_manifest_begun_or_not(tmp_path, monkeypatch):
    begun_for = []
    monkeypatch.setattr(ahead, "Opening", Noted)
    monkeypatch.setattr(Noted, "noted", begun_for)
    for name, many in (("one", 1), ("two", 1 << 30)):
        monkeypatch.setattr(ahead, "_MANY", many)
        assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / name)]) == 0
    one, two = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert one == two
    assert begun_for == [tmp_path / "one"]


class Noted(Opening):
    noted: list = []  # noqa: RUF012  (a test's own)

    @classmethod
    def begun(cls, result, directory, begin):
        cls.noted.append(directory)
        return super().begun(result, directory, begin)
