"""The end of a command's process: nothing that was said is lost, and only a process that is about to end keeps anything."""

import os
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


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("ends", "status", "told"),
    [
        ("<&-", 1, ""),
        (">&-", 1, ""),
        ("2>&-", 1, ""),
        ("<&- >&- 2>&-", 1, ""),
        (">/dev/full", None, "error: cannot write to standard output: No space left on device\n"),
    ],
)
def test_a_command_without_a_place_to_print_to_keeps_its_status_and_says_so(ends, status, told, unbuffered):
    """`None`: 1, what the command has come to, or 2 where it could not even print that; nothing is a bug."""
    project = ROOT / "intents" / "rag-assistant"
    command = f"{sys.executable} -m intentc -C {project} check {ends}"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode in ({1, 2} if status is None else {status})
    assert done.stderr == told


@pytest.mark.parametrize("words", ["explain E0522", "targets"])
def test_results_that_could_not_be_written_are_no_success(words):
    command = f"{sys.executable} -m intentc {words} >/dev/full"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (2, "error: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_locale_with_few_characters_prints_the_same(encoding):
    command = [sys.executable, "-m", "intentc", "-C", str(ROOT / "intents" / "demo"), "check"]
    told = [
        subprocess.run(
            command, capture_output=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": name}
        ).stdout
        for name in (encoding, "utf-8")
    ]
    assert told[0] == told[1]
    assert "─" in told[0].decode()
