"""`intentc init`, and the files with which CI systems and pre-commit call intentc: each command in them is run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import support_command
import yaml

from intentc import __version__
from intentc.scaffold.write import scaffold

ROOT = Path(__file__).resolve().parents[2]


def intentc(*arguments, cwd=None):
    run = support_command.intentc(*arguments, cwd=cwd)
    return run.returncode, run.stdout, run.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    directory = tmp_path_factory.mktemp("somewhere") / "Acme WAN"
    status, shown, said = intentc("init", directory)
    assert (status, said) == (0, "")
    assert f"next: `intentc -C {directory} check`" in shown
    return directory


def test_the_new_project_passes_its_own_checks(project):
    status, shown, _ = intentc("-C", project, "check", "--format", "json")
    assert status == 0
    assert [item["code"] for item in json.loads(shown)["findings"]] == []
    assert intentc("-C", project, "fmt", "--check") == (0, "", "")
    assert intentc("-C", project, "compile")[0] == 0
    assert intentc("-C", project, "verify")[0] == 0
    assert 'name = "acme-wan"' in (project / "intentc.toml").read_text()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "topology").mkdir()
    (tmp_path / "topology" / "network.yaml").write_text("mine")
    status, shown, said = intentc("-C", tmp_path, "init")
    assert (status, shown) == (2, "")
    assert "network.yaml` is there already" in said
    assert [path.name for path in tmp_path.iterdir()] == ["topology"]
    assert (tmp_path / "topology" / "network.yaml").read_text() == "mine"


def test_other_files_are_no_hindrance(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert intentc("init", cwd=tmp_path)[0] == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_versions_are_pinned_to_this_one():
    files = scaffold("x", __version__)
    assert not any("@VERSION@" in text or "@NAME@" in text for text in files.values())
    assert f"intentc=={__version__}" in files[".github/workflows/intents.yml"]


# -- commands in files for CI ------------------------------------------------------------------------------------------


def steps_of_workflow(text):
    (job,) = yaml.safe_load(text)["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def steps_of_gitlab(text):
    (job,) = yaml.safe_load(text).values()
    return [*job["before_script"], *job["script"]]


def steps_of_action(text):
    runs = yaml.safe_load(text)["runs"]
    assert runs["using"] == "composite"
    assert all(step["shell"] == "bash" for step in runs["steps"] if "run" in step)
    return [step["run"] for step in runs["steps"] if "run" in step]


SCRIPTS = {
    "workflow of a new project": lambda: steps_of_workflow(scaffold("x", "1")[".github/workflows/intents.yml"]),
    "gitlab of a new project": lambda: steps_of_gitlab(scaffold("x", "1")[".gitlab-ci.yml"]),
    "action": lambda: steps_of_action((ROOT / ".github/actions/intentc/action.yml").read_text()),
    "gitlab template": lambda: steps_of_gitlab((ROOT / ".gitlab/intentc.yml").read_text()),
}


@pytest.fixture
def world(tmp_path, project):
    """Return what a job sees: `intentc` on its path, a checkout, and pip that installs nothing."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in {
        "intentc": f'exec "{sys.executable}" -m intentc "$@"',
        "pip": "exit 0",
        "python": 'test "$2" = pip || exit 1',
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    return project, {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "DIRECTORY": ".",
        "INTENTC_DIRECTORY": ".",
        "INTENTC_PACKAGE": "intentc",
        "SARIF": str(tmp_path / "found.sarif"),
        "HERE": str(ROOT / ".github/actions/intentc"),
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_command_runs(world, script):
    directory, environment = world
    steps = SCRIPTS[script]()
    assert any("intentc" in step and "check --format" in step for step in steps)
    for step in steps:
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", step], cwd=directory, env=environment, check=False, capture_output=True
        )
        assert run.returncode == 0, (step, run.stderr)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_mistake_fails_the_job_in_the_check_alone(world, script, tmp_path):
    directory, environment = world
    broken = tmp_path / "broken"
    subprocess.run(["cp", "-r", directory, broken], check=True)
    (broken / "intents" / "more.intent").write_text("const a = 5 parsec\n")
    statuses = {}
    for step in SCRIPTS[script]():
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", step], cwd=broken, env=environment, check=False, capture_output=True
        )
        statuses[step] = run.returncode
    checks = {step: status for step, status in statuses.items() if "intentc" in step and "pip" not in step}
    assert 1 in checks.values()
    assert set(checks.values()) <= {0, 1}


def test_the_hooks_name_commands_that_exist(project):
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    local = yaml.safe_load(scaffold("x", "1")[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    for hook in [*hooks, *local]:
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        program, *arguments = hook["entry"].split()
        assert program == "intentc"
        files = [] if hook.get("pass_filenames") is False else ["intents/ai.intent"]
        assert intentc("-C", project, *arguments, *files)[0] == 0
