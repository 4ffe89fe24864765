"""`intentc diff`: revisions of a repository, compared by what they mean, with the repository left as it is."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from support_cli_network import ONE, PROJECT, TOPOLOGY, TWO
from support_command import intentc

GIT = {
    **os.environ,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.net",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.net",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, env=GIT, check=True, capture_output=True, text=True).stdout


def commit(folder, message, **files):
    for name, text in files.items():
        (folder / f"{name}.intent").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def net(tmp_path):
    """A project below the root of a repository: one intent in the first revision, two in the second."""
    folder = tmp_path / "wan"
    folder.mkdir()
    (folder / "intentc.toml").write_text(PROJECT)
    (folder / "topology.yaml").write_text(TOPOLOGY)
    (folder / "key").write_text("")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(folder, "one", one=ONE)
    git(tmp_path, "tag", "first")
    commit(folder, "two", two=TWO)
    return folder


def test_two_revisions(net):
    done = intentc("-C", net, "diff", "first", "main")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("+ intent two  status placed")
    assert "device a  " in done.stdout
    assert "1 intent changed, 1 as before" in done.stdout


def test_a_revision_and_the_files_here_which_stay_as_they_are(net):
    (net / "two.intent").write_text(TWO.replace("priority critical", "priority low"))
    before = git(net, "status", "--porcelain")
    done = intentc("-C", net, "diff", "main")
    assert done.returncode == 0, done.stderr
    assert "class: critical → low" in done.stdout
    assert git(net, "status", "--porcelain") == before
    assert not list(net.glob(".intentc*"))


def test_the_same_is_the_same_also_without_its_comments(net):
    (net / "one.intent").write_text(f"# nothing new\n{ONE}")
    done = intentc("-C", net, "diff", "main")
    assert (done.returncode, done.stdout) == (
        0,
        "the change means nothing: the same traffic on the same paths, the same configuration\n",
    )


def test_an_intent_that_does_not_hold_any_more_is_status_1(net):
    (net / "two.intent").write_text(TWO.replace("via node b", "via node b  latency <= 1us"))
    done = intentc("-C", net, "diff", "main")
    assert done.returncode == 1
    assert "status: placed → infeasible" in done.stdout
    assert "not every intent holds now" in done.stdout
    assert "1 error; `intentc check` shows them" in done.stderr


def test_keep_compiles_the_second_from_the_first(net):
    (net / "one.intent").write_text(ONE.replace("  via node d", ""))
    assert "path:" in intentc("-C", net, "diff", "main").stdout
    assert "path:" not in intentc("-C", net, "diff", "main", "--keep").stdout


def test_machines_and_pull_requests_get_their_forms(net):
    told = json.loads(intentc("-C", net, "diff", "first", "--format", "json").stdout)
    assert [(item["name"], item["how"]) for item in told["intents"]] == [("two", "new")]
    assert told["holds_after"] is True
    text = intentc("-C", net, "diff", "first", "--format", "markdown").stdout
    assert text.startswith("## ✅ intentc: what first → the files here means")
    assert "| a | changed |" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "there is no revision `nowhere`"),
        (("--output=x",), "arguments are required"),
        (("main", "-x"), "unrecognized arguments"),
        (("--", "--output=x"), "there is no revision `--output=x`"),
        (("empty",), "`empty` has no folder `wan/`"),
        (("broken",), "the project in `broken` cannot be used"),
        (("blind",), "the topology of `blind` could not be loaded"),
    ],
)
def test_what_cannot_be_compared_is_refused(net, words, said):
    git(net, "checkout", "-q", "--orphan", "empty")
    git(net, "rm", "-rq", "--cached", ".")
    git(net, "commit", "-q", "--allow-empty", "-m", "nothing")
    for branch, name in (("broken", "intentc.toml"), ("blind", "topology.yaml")):
        git(net, "checkout", "-qf", "-B", branch, "main")
        (net / name).write_text("[")
        commit(net, branch)
    git(net, "checkout", "-qf", "main")
    done = intentc("-C", net, "diff", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_links_are_followed_inside_and_left_out_where_they_lead_elsewhere(net, tmp_path):
    (tmp_path / "outside.intent").write_text("intent far { from ber to fra  match tcp/22 }\n")
    (net / "three.intent").symlink_to(tmp_path / "outside.intent")
    (net / "four.intent").symlink_to("../outside.intent")
    (net / "net.yaml").symlink_to("topology.yaml")
    (net / "intentc.toml").write_text(PROJECT.replace("topology.yaml", "net.yaml"))
    commit(net, "links")
    told = json.loads(intentc("-C", net, "diff", "first", "main", "--format", "json").stdout)
    assert [item["name"] for item in told["intents"]] == ["two"]


def test_where_there_is_no_repository_or_no_git(net, tmp_path, monkeypatch):
    import shutil

    shutil.rmtree(net.parent / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "is in no git repository" in intentc("-C", net, "diff", "main").stderr
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "needs git" in intentc("-C", net, "diff", "main").stderr
