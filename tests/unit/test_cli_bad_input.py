"""Mistakes that a new user makes: one clear message or finding each, the promised exit status, never a traceback."""

import fcntl
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import support_command

ROOT = Path(__file__).resolve().parents[2]
TOML = """
[project]
name = "small"
topology = ["topology.yaml"]
intents = ["a.intent"]
"""
TOPOLOGY = """
regions: [eu]
defaults: {platform: frr}
sites:
  fra: {region: eu}
  ams: {region: eu}
nodes:
  r1: {site: fra, loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  r2: {site: ams, loopback: 10.255.0.2/32, attached: [10.2.0.0/24]}
links:
  - {id: L1, a: r1, b: r2, capacity: 1Gbps, latency: 2ms}
"""
INTENT = "intent x { from fra to ams priority high latency <= 10ms bandwidth 10Mbps }\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "intentc.toml").write_text(TOML)
    (tmp_path / "topology.yaml").write_text(TOPOLOGY)
    (tmp_path / "a.intent").write_text(INTENT)
    return tmp_path


def intentc(*words, cwd):
    done = support_command.intentc(*words, cwd=cwd)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_a_process_of_its_own_ends_the_same_way(project):
    (project / "intentc.toml").unlink()
    argv = [sys.executable, "-m", "intentc", "check"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(argv, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False)
    done = intentc("check", cwd=project)
    assert (run.returncode, run.stdout, run.stderr) == (done.returncode, done.stdout, done.stderr)


def test_the_small_project_is_accepted(project):
    done = intentc("check", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr


REFUSED = {
    "no project": (lambda root: (root / "intentc.toml").unlink(), "no intentc.toml"),
    "no intent file": (lambda root: (root / "a.intent").unlink(), "there is no such file"),
    "no topology file": (lambda root: (root / "topology.yaml").unlink(), "there is no such file"),
    "not TOML": (lambda root: (root / "intentc.toml").write_text("[project\n"), "not TOML"),
    "TOML without an end": (
        lambda root: (root / "intentc.toml").write_text(TOML + "x = " + "[" * 100_000),
        "is nested too deeply",
    ),
    "unknown key": (lambda root: (root / "intentc.toml").write_text(TOML + "intent = []\n"), "did you mean `intents`"),
    "other language": (lambda root: (root / "intentc.toml").write_text(TOML + "language = 2\n"), "language 2"),
    "password in the file": (
        lambda root: (root / "intentc.toml").write_text(TOML + '[credentials.default]\nusername="a"\npassword="b"\n'),
        "`password` must not stand in a file",
    ),
    "files outside": (
        lambda root: (root / "intentc.toml").write_text(TOML.replace("a.intent", "../a.intent")),
        "leads out of the project",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_unusable_project_is_one_message_and_status_2(project, name):
    spoil, words = REFUSED[name]
    spoil(project)
    done = intentc("check", cwd=project)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("error") == 1
    assert done.stdout == ""


FOUND = {
    "YAML error": ("topology.yaml", TOPOLOGY.replace("nodes:", "nodes: ["), "E03"),
    "unknown key in YAML": ("topology.yaml", TOPOLOGY.replace("latency:", "latancy:"), "E03"),
    "dangling link": ("topology.yaml", TOPOLOGY.replace("b: r2", "b: r3"), "E03"),
    "unknown node": ("a.intent", INTENT.replace("to ams", "to amd"), "E02"),
    "wrong unit": ("a.intent", INTENT.replace("10ms", "10Mbps"), "E02"),
    "unknown unit": ("a.intent", INTENT.replace("10ms", "10msec"), "E01"),
    "unclosed block": ("a.intent", INTENT.replace("}", ""), "E01"),
    "misspelt clause": ("a.intent", INTENT.replace("latency", "latancy"), "E01"),
    "not yet": (
        "a.intent",
        INTENT.replace("bandwidth", "failover within 9s { bandwidth 1kbps burst 1MB } bandwidth"),
        "E02",
    ),
    "too slow": ("a.intent", INTENT.replace("10ms", "1ms"), "E05"),
    "not UTF-8": ("a.intent", b"intent x { \xff }", "E01"),
    "unknown platform": ("topology.yaml", TOPOLOGY.replace("r1: {site", "r1: {platform: frrr, site"), "E06"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_mistake_in_a_source_is_one_finding_at_its_place(project, name):
    file, text, group = FOUND[name]
    (project / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    done = intentc("--format", "json", "check", cwd=project)
    errors = [item for item in json.loads(done.stdout)["findings"] if item["severity"] == "error"]
    assert done.returncode == 1
    assert [item["code"][:3] for item in errors] == [group], errors
    assert errors[0]["file"] == file
    assert errors[0]["line"] >= 1


def managed(project, rest="", credentials='[credentials.default]\nusername = "root"\nkey = "key"\n'):
    text = TOPOLOGY.replace("a: r1, b: r2", 'a: "r1:eth1", b: "r2:eth1"')
    for number in (1, 2):
        text = text.replace(
            f"attached: [10.{number}.0.0/24]}}",
            f"attached: [{{prefix: 10.{number}.0.0/24, interface: eth9}}], "
            f"management: {{host: 127.0.0.1, port: {number}{rest}}}}}",
        )
    (project / "topology.yaml").write_text(text)
    (project / "intentc.toml").write_text(TOML + credentials)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(project / "key")], check=True)


def test_a_plan_without_any_management_address_is_refused(project):
    done = intentc("plan", cwd=project)
    assert done.returncode == 6
    assert "no node of the topology says how it is reached" in done.stderr


def test_an_unreachable_device_is_refused_before_anything_is_touched(project):
    managed(project)
    done = intentc("plan", cwd=project)
    assert done.returncode == 6, done.stdout + done.stderr
    assert "nothing was touched" in done.stderr
    assert "127.0.0.1" in done.stderr


def test_missing_credentials_are_refused(project):
    managed(project, ", credentials: lab")
    done = intentc("plan", cwd=project)
    assert done.returncode == 6
    assert "there are no credentials `lab`" in done.stderr


def test_a_missing_key_file_is_refused(project):
    managed(project)
    (project / "key").unlink()
    done = intentc("plan", cwd=project)
    assert done.returncode == 6
    assert "there is no key file" in done.stderr


def test_apply_without_a_terminal_needs_to_be_told(project):
    done = intentc("apply", "nowhere.plan", cwd=project)
    assert done.returncode == 6


@pytest.mark.parametrize("words", [["chekc"], ["check", "--nonsense"], ["--today", "tomorrow", "check"], []])
def test_wrong_usage_is_status_2(project, words):
    assert intentc(*words, cwd=project).returncode == 2


def test_verify_without_a_build_says_what_to_do(project):
    done = intentc("verify", cwd=project)
    assert done.returncode == 2
    assert "`intentc compile` writes it" in done.stderr


def test_a_changed_manifest_does_not_verify(project):
    assert intentc("-q", "compile", cwd=project).returncode == 0
    manifest = project / "build" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"total": 2', '"total": 1', 1))
    assert intentc("verify", cwd=project).returncode == 1


def test_an_infeasible_program_still_writes_its_manifest_but_no_configuration(project):
    (project / "a.intent").write_text(INTENT.replace("10ms", "1ms"))
    assert intentc("compile", cwd=project).returncode == 1
    manifest = json.loads((project / "build" / "manifest.json").read_text())
    assert [(item["name"], item["status"], item["demands"]) for item in manifest["intents"]] == [
        ("x", "infeasible", [])
    ]
    assert sorted(path.name for path in (project / "build").iterdir()) == ["manifest.json", "provenance.jsonl"]


def test_files_of_an_earlier_build_are_removed(project):
    assert intentc("-q", "compile", cwd=project).returncode == 0
    assert (project / "build" / "r1").is_dir()
    (project / "build" / "mine.txt").write_text("keep me")
    (project / "a.intent").write_text(INTENT.replace("10ms", "1ms"))
    assert intentc("-q", "compile", cwd=project).returncode == 1
    assert sorted(path.name for path in (project / "build").iterdir()) == [
        "manifest.json",
        "mine.txt",
        "provenance.jsonl",
    ]


def test_bare_files_work_without_a_project(project):
    (project / "intentc.toml").unlink()
    assert intentc("check", "a.intent", "--topology", "topology.yaml", cwd=project).returncode == 0
    assert intentc("check", "b.intent", "--topology", "topology.yaml", cwd=project).returncode == 2


def test_a_file_named_in_a_project_is_answered_with_how_to_check_the_project(project):
    done = intentc("check", "a.intent", cwd=project)
    assert done.returncode == 2
    assert f"to check the project of `{project / 'intentc.toml'}`, leave FILE and `--topology` out" in done.stderr
    (project / "intentc.toml").unlink()
    assert "leave FILE" not in intentc("check", "a.intent", cwd=project).stderr


def test_who_waits_for_the_build_of_another_says_so_once(project):
    def told(work):
        (project / "build").mkdir(exist_ok=True)
        other = os.open(project / "build", os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        ending = threading.Timer(work, os.close, (other,))
        ending.start()
        done = intentc("compile", cwd=project)
        ending.join()
        assert done.returncode == 0
        return done.stderr

    assert told(4.0).count(f"waiting until process {os.getpid()} has written its build") == 1
    assert "waiting" not in told(0.1)


@pytest.mark.parametrize("command", [["check"], ["compile"], ["fmt", "--check"], ["init", "new"]], ids=str)
def test_a_folder_that_is_gone_is_no_bug_of_ours(project, command):
    gone = project / "gone"
    gone.mkdir()
    start = f"import os; os.rmdir({str(gone)!r}); import intentc.cli as c; raise SystemExit(c.main({command!r}))"
    paths = os.pathsep.join([str(ROOT), *sys.path])
    done = subprocess.run(
        [sys.executable, "-P", "-c", start],
        cwd=gone,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "compile", "verify", "plan", "fmt"])
def test_a_mistyped_folder_is_not_the_project_above_it(project, command):
    done = intentc("-C", project / "sites", command, cwd=project)
    assert done.returncode == 2
    assert f"cannot go to the folder `{project / 'sites'}`: No such file or directory" in done.stderr


def test_a_file_whose_name_no_output_could_hold_is_refused(project):
    (project / "intentc.toml").write_text(TOML.replace("a.intent", "*.intent"))
    (project / os.fsdecode(b"\xff.intent")).write_text("")
    for command in ("check", "compile", "report", "fmt"):
        done = intentc(command, *(["-o", project / "out"] if command == "report" else []), cwd=project)
        assert done.returncode == 2
        assert "\\u{dcff}.intent: has a name that is not UTF-8" in done.stderr


@pytest.mark.parametrize("pattern", ["*.intent", "intents/**/*.intent", "intents/*/*.intent", "intents/more/*.intent"])
def test_a_folder_that_may_not_be_read_is_not_passed_over(project, pattern, monkeypatch):
    more = project / "intents" / "more"
    more.mkdir(parents=True)
    (project / "a.intent").rename(project / "intents" / "a.intent")
    (project / "b.intent").write_text(INTENT)
    (more / "c.intent").write_text("")
    (project / "intentc.toml").write_text(TOML.replace("a.intent", pattern))
    closed = project if pattern == "*.intent" else more
    may = os.access  # whoever runs the tests may read all
    monkeypatch.setattr(os, "access", lambda path, how: path != closed and may(path, how))
    done = intentc("check", cwd=project)
    assert done.returncode == 2
    assert f"{closed}: the files in this folder may not be read" in done.stderr


def test_a_day_after_all_days_is_refused(project, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "9" * 14)
    done = intentc("check", cwd=project)
    assert (done.returncode, "after the year 9999" in done.stderr) == (2, True)


def test_a_state_that_begins_with_a_byte_order_mark_is_read(project):
    (project / "down.txt").write_bytes(b"\xef\xbb\xbfnode:r1 drained\r\n")
    assert intentc("check", "--state", project / "down.txt", cwd=project).returncode != 2


def test_what_is_in_the_way_of_a_build_is_named(project):
    (project / "build").write_text("")
    assert "that is no folder" in intentc("compile", cwd=project).stderr
    (project / "build").unlink()
    (project / "build" / "manifest.json" / "x").mkdir(parents=True)
    done = intentc("compile", cwd=project)
    assert f"cannot write `{project / 'build' / 'manifest.json'}`" in done.stderr


@pytest.mark.parametrize("text", [None, "", '{"schema": 2}'], ids=["none", "empty", "later"])
def test_a_build_that_cannot_be_kept_is_said_with_what_to_do(project, text):
    if text is not None:
        (project / "manifest.json").write_text(text)
    done = intentc("compile", "--keep", project, cwd=project)
    assert done.returncode == 2
    assert "without `--keep` all is placed anew" in done.stderr
    assert "damaged" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ceck"], "there is no command `ceck`: did you mean `check`?"),
        (["xyzzy"], "there is no command `xyzzy`: there are init, check, "),
        (["check", "--today", "2026-13-01"], "`2026-13-01` is no day: write it as 2027-01-31"),
        (["check", "--state", "nowhere"], "cannot read `--state nowhere`: No such file or directory"),
        (["check", "--state", "topology.yaml"], "write one element on a line, such as `link:fra-ams failed`"),
        (["check", "--state", "down.txt"], "did you mean `L1`?"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said_in_its_own_words(project, words, said):
    (project / "down.txt").write_text("link:L11\n")
    done = intentc(*words, cwd=project)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Errno" not in done.stderr
