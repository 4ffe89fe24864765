"""State that is shared, as the command line finds it: from intentc.toml to the place, and a lease that was left there."""

import io
import subprocess
from argparse import Namespace
from dataclasses import replace

import pytest

from intentc.cli.console import open_console
from intentc.cli.states import await_others, break_lease, refresh, state_of
from intentc.failures import Refusal
from intentc.project import load_project
from intentc.project.state import GitState, SshState, shared_state
from intentc.push.holder import Holder
from intentc.push.shared_git import GitShared
from intentc.push.store import Store
from intentc.push.team import Author, Options

AUTHOR = Author("bob", "noc1", "c0ffee")
HOLDER = Holder("ann", "noc2", 4712, "2026-11-20T09:16:00+00:00", "apply", "t-two")

PLACES = {
    ".intentc/state": None,
    "git+intentc-state": GitState(None, "intentc-state"),
    "git+https://git.example.net/net/state.git#main": GitState("https://git.example.net/net/state.git", "main"),
    "git+git@git.example.net:state.git#a/b": GitState("git@git.example.net:state.git", "a/b"),
    "ssh+bob@state.example.net/var/lib/intentc": SshState("bob", "state.example.net", 22, "/var/lib/intentc"),
    "ssh+[2001:db8::1]:2222/srv/a b": SshState(None, "2001:db8::1", 2222, "/srv/a b"),
}


@pytest.mark.parametrize(("text", "place"), PLACES.items())
def test_a_place_is_read(text, place):
    assert shared_state(text) == place


@pytest.mark.parametrize(
    "text", ["git+", "git+#main", "git+a b", "git+--upload-pack=x", "ssh+host", "ssh+/path", "ssh+h:0/x"]
)
def test_what_is_no_place_is_said(text):
    with pytest.raises(ValueError, match="named"):
        shared_state(text)


def project(tmp_path, state, *more):
    lines = ['[project]\nname = "x"', f'[apply]\nstate = "{state}"', *more]
    (tmp_path / "intentc.toml").write_text("\n".join([*lines, ""]))
    return load_project(tmp_path / "intentc.toml")


@pytest.fixture
def bare(tmp_path):
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "origin.git"], check=True)
    return tmp_path / "origin.git"


@pytest.fixture
def options(tmp_path, bare):
    shared = GitShared(f"file://{bare}", "state", "bob", "noc1")
    return Options(tmp_path / "mirror", AUTHOR, shared=shared)


@pytest.fixture
def console():
    return open_console("never", is_quiet=True)


def test_a_directory_is_below_the_project(tmp_path):
    assert state_of(project(tmp_path, "s"), AUTHOR) == (tmp_path / "s", None)


def test_a_branch_is_one_of_the_repository_of_the_project(tmp_path, bare):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", "origin.git"], check=True)
    mirror, shared = state_of(project(tmp_path, "git+state"), AUTHOR)
    assert (mirror, shared.url, shared.branch) == (tmp_path / ".intentc" / "shared", str(bare), "state")
    refresh(mirror, shared)
    assert Store(mirror, shared).transactions() == ()


def test_without_origin_the_branch_is_nowhere(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(Refusal, match="it has none"):
        state_of(project(tmp_path, "git+state"), AUTHOR)


def test_a_machine_needs_credentials(tmp_path):
    with pytest.raises(Refusal, match="no credentials for the state on `h`"):
        state_of(project(tmp_path, "ssh+h/x"), AUTHOR)
    _, shared = state_of(project(tmp_path, "ssh+h/x", '[credentials.state]\nusername = "bob"\nagent = true'), AUTHOR)
    assert (shared.path, shared.words) == ("/x", "ssh+h/x")


def test_a_place_that_is_gone_is_said(tmp_path):
    shared = GitShared(f"file://{tmp_path}/none.git", "state", "bob", "noc1")
    with pytest.raises(Refusal, match="cannot be used") as raised:
        refresh(tmp_path / "mirror", shared)
    assert raised.value.status == 6


def test_a_lease_that_was_left_is_broken_by_name_and_written_down(options, console, tmp_path, capsys):
    GitShared(options.shared.url, "state", "ann", "noc2").acquire(tmp_path / "there", HOLDER)
    with pytest.raises(Refusal, match="ann on noc2"):
        await_others(options, console)
    break_lease(options, Namespace(yes=True), console)
    assert "broken: the lease of ann on noc2 (process 4712)" in capsys.readouterr().err
    await_others(options, console)
    assert "break-lease" in (options.state / "audit.jsonl").read_text()


def test_no_lease_is_no_mistake(options, console, capsys):
    break_lease(options, Namespace(yes=True), console)
    assert capsys.readouterr().err == "nobody holds a lease\n"


def test_nobody_breaks_a_lease_unasked(options, console, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(Refusal, match="nobody is there to ask"):
        break_lease(options, Namespace(yes=False), console)


def test_a_lease_of_this_machine_needs_no_breaking(options, console):
    with pytest.raises(Refusal, match="ends with the process"):
        break_lease(replace(options, shared=None), Namespace(yes=True), console)


def test_a_reader_does_not_disturb_who_is_at_work_on_the_same_machine(options):
    store = Store(options.state, options.shared)
    with store.lease(HOLDER):
        (options.state / "transactions").mkdir()
        (options.state / "transactions" / "x").write_text("not published yet")
        refresh(options.state, options.shared)
        assert (options.state / "transactions" / "x").exists()


def test_the_log_for_machines_is_lines_of_json(capsys):
    import json

    console = open_console("never", is_quiet=False, has_json_log=True)
    console.log("phase", phase="lock", devices=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["phase"], line["devices"]) == ("phase", "lock", 3)
