"""Jobs that say who did them, and some that end the worker that has them. Workers import this module by name."""

import os
import signal
import time
from pathlib import Path

from intentc.executor.model import Job

PREPARED = []


def prepare(shared):
    PREPARED.append(shared)
    return sum(shared)


def multiply(ready, chunk):
    return ready * chunk


def tell(ready, chunk):
    """Return which process did a chunk, and how often it has prepared a shared value so far."""
    time.sleep(0.02)  # so that one worker does not do everything before the others have started
    return ready, chunk, os.getpid(), len(PREPARED)


def fail(ready, chunk):
    if chunk == 3:
        raise ZeroDivisionError("three")
    return chunk


def keep_path(shared):
    return Path(shared[0]), shared[1]


def die_once(ready, chunk):
    """Kill the worker that has chunk 2 the first `count` times that it is done."""
    marks, count = ready
    deaths = len(list(marks.iterdir()))
    if chunk == 2 and deaths < count:
        (marks / str(deaths)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return chunk, os.getpid()


def die_elsewhere(ready, chunk):
    """Kill every process that does a chunk, but for the one whose id is the shared value."""
    if os.getpid() != ready[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk, os.getpid()


MULTIPLY = Job(prepare, multiply)
TELL = Job(prepare, tell)
FAIL = Job(prepare, fail)
DIE_ONCE = Job(keep_path, die_once)
DIE_ELSEWHERE = Job(keep_path, die_elsewhere)


class Recorder:
    """Runs jobs by another engine and keeps how many chunks each had, and how large it was said to be."""

    def __init__(self, engine):
        self.engine = engine
        self.seen = []

    def run(self, job, shared, chunks, units):
        self.seen.append((len(chunks), units))
        return self.engine.run(job, shared, chunks, units)
