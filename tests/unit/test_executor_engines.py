"""Engines do the same job with the same results; what they do when workers are lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support_executor import DIE_ELSEWHERE, DIE_ONCE, FAIL, MULTIPLY, TELL, prepare

from intentc.executor.cluster_worker import do_chunk
from intentc.executor.here import Graded, InProcess
from intentc.executor.identity import difference, digest_of, identity
from intentc.executor.model import Job
from intentc.executor.processes import LocalProcesses
from intentc.executor.wire import decode, encode, names_of

CHUNKS = tuple(range(12))
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=[1, 2, 3])
def processes(request):
    with LocalProcesses(request.param) as engine:
        yield engine


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_processes_do_as_this_one_does(processes):
    here = InProcess().run(MULTIPLY, (2, 3), CHUNKS, 0)
    assert list(processes.run(MULTIPLY, (2, 3), CHUNKS, 0)) == list(here) == [5 * chunk for chunk in CHUNKS]


def test_no_chunk_is_no_work(processes):
    assert list(processes.run(MULTIPLY, (2, 3), (), 0)) == list(InProcess().run(MULTIPLY, (2, 3), (), 0)) == []


def test_workers_do_the_work_and_prepare_once_per_job(processes):
    """As many workers as there are share it; another shared value is another job."""
    first = processes.run(TELL, (1, 1), CHUNKS, 0)
    second = processes.run(TELL, (1, 2), CHUNKS, 0)
    pids = {pid for _, _, pid, _ in first}
    assert pids == set(processes.pids)
    assert os.getpid() not in pids
    assert {ready for ready, _, _, _ in second} == {3}
    counts = {(pid, count) for _, _, pid, count in (*first, *second)}
    assert len(counts) == len(pids) * 2


def test_an_error_of_the_job_is_raised_as_it_is():
    with LocalProcesses(2) as engine, pytest.raises(ZeroDivisionError, match="three"):
        engine.run(FAIL, (1,), CHUNKS, 0)


@pytest.mark.parametrize("deaths", [1, 2], ids=["one of two", "both"])
def test_what_a_lost_worker_had_in_hand_is_done_here(tmp_path, deaths):
    with LocalProcesses(2) as engine:
        pids = set(engine.pids)
        found = engine.run(DIE_ONCE, (str(tmp_path), 1), CHUNKS, 0)
        pids |= set(engine.pids)
        assert [chunk for chunk, _ in found] == list(CHUNKS)
        assert found[2][1] == os.getpid()
        assert [pid for chunk, pid in found if chunk != 2 and pid == os.getpid()] == []
        assert len(engine.pids) == 1
        if deaths == 2:
            os.kill(engine.pids[0], signal.SIGKILL)
            again = engine.run(MULTIPLY, (1, 1), CHUNKS, 0)
            assert list(again) == [2 * chunk for chunk in CHUNKS]
            assert engine.pids == ()


def test_all_is_done_here_when_no_worker_survives(tmp_path):
    with LocalProcesses(2) as engine:
        found = engine.run(DIE_ELSEWHERE, (str(tmp_path), os.getpid()), CHUNKS, 0)
    assert list(found) == [(chunk, os.getpid()) for chunk in CHUNKS]


def test_workers_end_with_the_block():
    with LocalProcesses(2) as engine:
        engine.run(MULTIPLY, (1,), CHUNKS, 0)
        pids = engine.pids
    assert len(pids) == 2
    assert not any(map(is_alive, pids))


def test_workers_end_with_a_process_that_is_killed():
    code = (
        "import sys, time\n"
        "from intentc.executor.processes import LocalProcesses\n"
        "from support_executor import MULTIPLY\n"
        "if __name__ == '__main__':\n"
        "    engine = LocalProcesses(2)\n"
        "    engine.run(MULTIPLY, (1,), (1, 2, 3), 0)\n"
        "    print(*engine.pids, flush=True)\n"
        "    time.sleep(60)\n"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as parent:
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert all(map(is_alive, pids))
        parent.kill()
    assert len(pids) == 2
    assert wait_until(lambda: not any(map(is_alive, pids)))


def test_small_work_stays_here_and_large_work_opens_its_engine_once():
    opened = []

    def open_large():
        opened.append(InProcess())
        return opened[-1]

    engine = Graded(open_large, least_units=100)
    assert list(engine.run(MULTIPLY, (1,), CHUNKS, 99)) == list(CHUNKS)
    assert list(engine.run(MULTIPLY, (1,), (7,), 100)) == [7]
    assert opened == []
    assert list(engine.run(MULTIPLY, (1,), CHUNKS, 100)) == list(engine.run(MULTIPLY, (1,), CHUNKS, 200))
    assert len(opened) == 1


@pytest.mark.parametrize("value", [object(), Path(), (1, MULTIPLY), MULTIPLY], ids=["object", "path", "inside", "job"])
def test_nothing_but_plain_values_goes_to_workers(value):
    with pytest.raises(ValueError, match="unmarshallable"):
        encode(value)


def test_plain_values_come_back_as_they_were():
    value = (1 << 200, "ü", None, True, frozenset({1, 2}), (b"x", ()), 0.5)
    assert decode(encode(value)) == value


def test_only_functions_that_workers_find_make_a_job():
    assert names_of(MULTIPLY) == ("support_executor:prepare", "support_executor:multiply")
    with pytest.raises(ValueError, match="no top-level function"):
        names_of(Job(prepare, lambda *words: words[1]))


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (("3.11", "1.0", "a"), None),
        (("3.12", "1.0", "a"), "Python 3.12 instead of 3.11"),
        (("3.11", "1.1", "b"), "intentc 1.1 instead of 1.0"),
        (("3.11", "1.0", "b"), "other code of intentc 1.0"),
    ],
)
def test_who_runs_something_else(theirs, said):
    assert difference(theirs, ("3.11", "1.0", "a")) == said


@pytest.mark.parametrize(
    ("path", "is_other"), [("a.py", True), ("room/b.py", True), ("_data/targets/x.py", False), ("README.md", False)]
)
def test_the_code_is_that_of_the_modules(tmp_path, path, is_other):
    (tmp_path / "__init__.py").write_text("x = 1\n")
    before = digest_of(tmp_path)
    assert len(before) == 64
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("")
    assert (digest_of(tmp_path) != before) is is_other


def test_a_worker_that_runs_something_else_does_nothing():
    """What an answer of such a worker comes to is tested with a cluster."""
    asked = (names_of(MULTIPLY), "token", encode((2, 3)), encode(7))
    assert do_chunk(("3.11", "0.0.0", "other"), *asked) == (identity(), b"")
    assert do_chunk(identity(), *asked) == (identity(), encode(35))
