"""`intentc serve`: commands that ask it come to what they do alone, and whoever ends, nobody is left waiting or with half of anything."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from support_command import intentc

from intentc.cli import serve
from intentc.cli.asking import SOCKET
from intentc.cli.calling import Answer, call_of, receive_answer, send
from intentc.cli.console import open_console

ROOT = Path(__file__).parents[2]


@contextmanager
def server(root):
    """Serve a project by a process, and yield that and the calls that it has answered (as its log tells)."""
    words = [sys.executable, "-m", "intentc", "-C", str(root), "--log-format", "json", "serve"]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"NO_COLOR": "1"}
    ) as process:
        try:
            assert process.stdout.readline().startswith("serving `")
            yield process
        finally:
            process.kill()


def project_in(folder):
    shutil.copytree(ROOT / "intents" / "demo", folder, ignore=shutil.ignore_patterns("build", ".intentc"))
    return folder


@pytest.fixture
def root(tmp_path):
    return project_in(tmp_path / "p")


def edit(root, number):
    """Change the rate of one intent in a way of its own."""
    file = min(root.rglob("*.intent"))
    file.write_text(re.sub(r"bandwidth \d+", f"bandwidth {number}", file.read_text(), count=1))


def files(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def ended(process):
    """End a server as a person does, and return the words of the calls that it answered."""
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=20)
    return [json.loads(line)["words"] for line in log.splitlines() if '"served"' in line]


def test_commands_come_to_what_they_do_alone(root, tmp_path):
    alone = project_in(tmp_path / "alone" / "p")
    asked = [
        (("check",), None),
        (("compile",), None),
        (("compile", "--keep", "build"), 11),
        (("compile", "--keep", "build"), 12),
        (("compile", "--keep", "build", "--format", "json"), 12),
        (("compile", "-q"), 900_000),
        (("check", "--format", "sarif"), 900_000),
        (("compile", "--keep", "nowhere"), 10),
    ]
    with server(root) as process:
        for words, number in asked:
            if number is not None:
                edit(root, number)
                edit(alone, number)
            done = intentc("-C", root, *words, cwd=root)
            expected = intentc("-C", alone, *words, cwd=alone)
            place = str(alone), str(root)
            assert (done.returncode, done.stdout, done.stderr) == (
                expected.returncode,
                expected.stdout.replace(*place),
                expected.stderr.replace(*place),
            )
            if (alone / "build").exists():
                assert files(root / "build") == files(alone / "build")
        answered = ended(process)
    assert answered == [["-C", str(root), *words] for words, _ in asked]
    assert not (root / SOCKET).exists()


def test_what_the_command_is_told_by_its_process_counts(root, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    with server(root) as process:
        assert intentc("compile", "-o", "there", cwd=root).returncode == 0
        assert json.loads((root / "there" / "manifest.json").read_text())["generator"]["today"] == "2027-01-15"
        before = os.umask(0o077)
        try:
            intentc("compile", "-o", "private", cwd=root)
        finally:
            os.umask(before)
        assert (root / "private" / "manifest.json").stat().st_mode & 0o777 == 0o600
        assert len(ended(process)) == 2


@pytest.mark.parametrize(
    "words", [("compile", "--alone"), ("check", "--fix"), ("check", "--workers", "1")], ids=lambda words: words[1]
)
def test_some_commands_do_their_work_themselves(root, words):
    with server(root) as process:
        assert intentc(*words, cwd=root).returncode == 0
        assert ended(process) == []


def test_one_process_serves_a_project(root):
    with server(root) as process:
        done = intentc("serve", cwd=root)
        assert (done.returncode, done.stdout) == (6, "")
        assert f"process {process.pid} serves this project already" in done.stderr
        assert (root / SOCKET).stat().st_mode & 0o077 == 0
        process.terminate()
        assert process.wait(20) == 0
    assert not (root / SOCKET).exists()


def test_a_killed_one_leaves_nothing_in_the_way(root):
    with server(root) as process:
        process.kill()
    assert (root / SOCKET).exists()
    assert intentc("compile", cwd=root).returncode == 0
    with server(root) as process:
        assert intentc("compile", cwd=root).returncode == 0
        assert len(ended(process)) == 1


def test_what_is_not_a_socket_is_left_alone(root):
    (root / SOCKET).parent.mkdir(exist_ok=True)
    (root / SOCKET).write_text("somebody's")
    done = intentc("serve", cwd=root)
    assert (done.returncode, (root / SOCKET).read_text()) == (2, "somebody's")
    assert "there is something else" in done.stderr
    assert intentc("check", cwd=root).returncode == 0


def test_a_place_that_is_too_deep_for_a_socket_is_refused(tmp_path):
    root = project_in(tmp_path / ("deep" * 25) / "p")
    done = intentc("serve", cwd=root)
    assert done.returncode == 2
    assert "cannot listen" in done.stderr
    assert intentc("check", cwd=root).returncode == 0


def test_a_place_that_may_not_be_looked_at_is_no_reason_to_fail(root, monkeypatch):
    exists = Path.exists

    def refused(path):
        if path.name == SOCKET.name:
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    monkeypatch.setattr(Path, "exists", refused)
    assert intentc("check", cwd=root).returncode == 0


def asked_by_hand(root, call):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(root / SOCKET))
        connection.settimeout(20)
        send(connection, call)
        return receive_answer(connection)


def test_calls_without_sense_are_left_and_others_still_answered(root):
    with server(root) as process:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(root / SOCKET))
            connection.sendall(b'{"program": 3}\n')
            assert connection.recv(1) == b""
        assert asked_by_hand(root, call_of(("-C", str(root), "fmt"))).why == "it does not do this"
        assert asked_by_hand(root, call_of(("-C", str(ROOT / "intents" / "demo"), "check"))).status is None
        assert asked_by_hand(root, call_of(("make", "tea"))).status is None
        assert asked_by_hand(root, call_of(("-C", "/", "check"))).why == "it does not do this"
        assert asked_by_hand(root, call_of(("-C", str(root), "check"))).status == 0
        process.kill()


@contextmanager
def serving_here(root, monkeypatch, marks):
    """Serve by a thread, with marks of the code that are told one after the other."""
    monkeypatch.setattr(serve, "code_marks", lambda: marks.pop(0))
    path = root / SOCKET
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=serve._serve, args=(listener, root, open_console("never", is_quiet=True)))
        thread.start()
        yield thread
        thread.join(20)
        assert not thread.is_alive()


def test_a_program_that_has_changed_is_not_asked_and_ends(root, monkeypatch):
    with serving_here(root, monkeypatch, [("a",), ("b",)]):
        answer = asked_by_hand(root, call_of(("-C", str(root), "check")))
        assert answer == Answer(None, why="it was started from other files of intentc; start it again")


def test_who_asks_does_the_work_where_the_other_one_ends_before_it_answers(root, monkeypatch):
    path = root / SOCKET
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def hang_up():
            connection, _ = listener.accept()
            connection.recv(1 << 16)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        done = intentc("check", cwd=root)
        thread.join(20)
    assert done.returncode == 0
    assert "it ended before it answered" in done.stderr
    assert "intent" in done.stdout


def test_nothing_is_written_where_nobody_waits(root):
    from intentc.cli.arguments import read_arguments
    from intentc.cli.compile import run_at
    from intentc.cli.desk import Desk
    from intentc.failures import Refusal

    desk = Desk()
    desk.is_wanted = lambda: False
    arguments = read_arguments(("-C", str(root), "compile"))
    with pytest.raises(Refusal, match="nobody waits") as refused:
        run_at(desk, arguments, open_console("never", is_quiet=True))
    assert refused.value.status == 130
    assert not (root / "build").exists()
