"""The end of a command's process: nothing that was said is lost, and only a process that is about to end keeps anything."""

import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from intentc.cli.ending import Ending

ROOT = Path(__file__).parents[2]


class Thing:
    pass


def is_kept(ending):
    thing = Thing()
    ending.keep(thing)
    held = weakref.ref(thing)
    del thing
    return held() is not None


def test_without_an_end_in_sight_nothing_is_kept():
    assert not is_kept(Ending())


def test_what_is_said_to_be_done_with_stays_to_the_end():
    ending = Ending()
    ending.expect()
    assert is_kept(ending)


@pytest.mark.parametrize("kept", ["ENDING.keep(print)", "print(end='')"])
def test_all_that_was_printed_arrives_with_the_status(kept):
    code = f"from intentc.cli.ending import ENDING; ENDING.expect(); {kept}; print('x' * 100_000); ENDING.leave(3)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (3, "x" * 100_000 + "\n", "")


def test_a_command_ends_with_its_findings_printed():
    command = [sys.executable, "-m", "intentc", "-C", str(ROOT / "intents" / "demo"), "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0
    assert done.stdout.endswith("\n")
    assert done.stdout.splitlines()
