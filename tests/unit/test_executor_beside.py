"""Values worked out by a copy of this process: the same values, whatever becomes of the copy."""

import json
import os
import signal
import threading
import time
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest

from intentc.cli import ahead, main
from intentc.executor import beside as beside_module
from intentc.executor.beside import Beside
from intentc.values import Later

DEMO = Path(__file__).parents[2] / "intents" / "demo"


@pytest.fixture(autouse=True)
def two_cpus(monkeypatch):
    monkeypatch.setattr(beside_module, "_is_possible", lambda: True)


def test_a_value_is_made_elsewhere_and_comes_back():
    with Beside() as beside:
        asked = beside.begin(lambda: (os.getpid(), {"link": 1 << 80}))
        pid, prices = asked()
    assert pid != os.getpid()
    assert prices == {"link": 1 << 80}


def test_a_value_longer_than_a_pipe_holds_comes_whole():
    with Beside() as beside:
        assert beside.begin(lambda: b"x" * 3_000_000)() == b"x" * 3_000_000


def test_where_the_copy_is_killed_the_value_is_made_here():
    ours = os.getpid()
    with Beside() as beside:
        asked = beside.begin(lambda: time.sleep(0 if os.getpid() == ours else 60) or os.getpid())
        os.kill(beside._begun[0]._pid, signal.SIGKILL)
        assert asked() == ours


def test_an_error_is_raised_where_the_value_is_asked_for():
    with Beside() as beside:
        asked = beside.begin(lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            asked()


def test_what_nobody_asks_for_is_ended_with_the_block():
    begun = time.monotonic()
    with Beside() as beside:
        beside.begin(lambda: time.sleep(60))
        pid = beside._begun[0]._pid
    assert time.monotonic() - begun < 10
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, 0)


def test_with_another_thread_nothing_is_copied(monkeypatch):
    monkeypatch.undo()
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with Beside() as beside:
            assert beside.begin(os.getpid)() == os.getpid()
    finally:
        done.set()
        other.join()


@pytest.mark.parametrize(("cpus", "copies"), [(1, 0), (2, 1), (64, 3)])
def test_there_is_a_cpu_for_each_of_a_few_copies(monkeypatch, cpus, copies):
    monkeypatch.undo()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cpus)))
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert beside_module.spare_cpus() == copies


def test_a_later_value_that_was_begun_can_still_be_copied():
    with Beside() as beside:
        later = Later(partial(pow, 2, 10))
        later.begin(beside.begin)
        other = deepcopy(later)
        assert other() == later() == later() == 1024


def test_a_build_has_the_bound_that_was_sought_beside_it(tmp_path, monkeypatch):
    begun = []
    begin = Beside.begin

    def noted(self, make):
        begun.append(make)
        return begin(self, make)

    monkeypatch.setattr(Beside, "begin", noted)
    assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / "few")]) == 0
    assert not begun  # for its few demands no copy is made
    monkeypatch.setattr(ahead, "_FEW", 1)
    assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / "one")]) == 0
    monkeypatch.setattr(beside_module, "_is_possible", lambda: False)
    assert main(["-C", str(DEMO), "-q", "compile", "-o", str(tmp_path / "two")]) == 0
    one, two, few = ((tmp_path / name / "manifest.json").read_bytes() for name in ("one", "two", "few"))
    assert one == two == few
    assert json.loads(one)["objective"]["lower_bound"] > 0
    assert len(begun) == 2
