"""`intentc fmt` as people and editors call it."""

import json
import subprocess
import sys

import pytest

GOOD = "const a = 5ms\n"
BAD = "const  a=5 ms"
BROKEN = "const a = 5 parsec\n"


def fmt(directory, *arguments, text=None):
    run = subprocess.run(
        [sys.executable, "-m", "intentc", "-C", str(directory), "fmt", *arguments],
        input=None if text is None else text.encode(),
        capture_output=True,
        check=False,
    )
    return run.returncode, run.stdout.decode(), run.stderr.decode()


@pytest.fixture
def project(tmp_path):
    (tmp_path / "intentc.toml").write_text('[project]\nname = "p"\n')
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "a.intent").write_text(BAD)
    (tmp_path / "intents" / "b.intent").write_text(GOOD)
    return tmp_path


def test_the_files_of_the_project_are_written_anew_and_named(project):
    assert fmt(project) == (0, "intents/a.intent: formatted\n", "")
    assert (project / "intents" / "a.intent").read_text() == GOOD
    assert fmt(project) == (0, "", "")


def test_check_changes_nothing_and_says_what_would_change(project):
    assert fmt(project, "--check") == (1, "intents/a.intent: would be formatted\n", "")
    assert (project / "intents" / "a.intent").read_text() == BAD
    assert fmt(project, "--check", "intents/b.intent") == (0, "", "")


def test_diff_shows_the_lines_and_changes_nothing(project):
    status, shown, _ = fmt(project, "--diff")
    assert status == 1
    assert "-const  a=5 ms\n\\ No newline at end of file\n+const a = 5ms\n" in shown
    assert (project / "intents" / "a.intent").read_text() == BAD


def test_a_file_with_mistakes_is_left_alone_and_the_others_are_not(project):
    (project / "intents" / "b.intent").write_text(BROKEN)
    status, shown, _ = fmt(project)
    assert status == 1
    assert "E0120" in shown
    assert "intents/a.intent: formatted" in shown
    assert (project / "intents" / "b.intent").read_text() == BROKEN


def test_bytes_that_are_no_text_are_a_finding(project):
    (project / "intents" / "b.intent").write_bytes(b"const a = \xff")
    status, shown, _ = fmt(project, "intents/b.intent")
    assert status == 1
    assert "E0114" in shown
    assert (project / "intents" / "b.intent").read_bytes() == b"const a = \xff"


def test_the_mode_and_the_link_of_a_file_stay(project):
    target = project / "intents" / "a.intent"
    target.chmod(0o640)
    link = project / "link.intent"
    link.symlink_to(target)
    assert fmt(project, "link.intent")[0] == 0
    assert link.is_symlink()
    assert target.read_text() == GOOD
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in (project / "intents").iterdir()) == ["a.intent", "b.intent"]


def test_standard_input_goes_to_standard_output(tmp_path):
    assert fmt(tmp_path, "-", text=BAD) == (0, GOOD, "")
    status, shown, said = fmt(tmp_path, "-", text=BROKEN)
    assert (status, shown) == (1, BROKEN)
    assert "E0120" in said
    assert fmt(tmp_path, "-", "--check", text=BAD)[0] == 1
    assert fmt(tmp_path, "-", "--check", text=GOOD)[0] == 0


def test_json_names_every_file(project):
    (project / "intents" / "c.intent").write_text(BROKEN)
    status, shown, _ = fmt(project, "--check", "--format", "json")
    document = json.loads(shown)
    assert status == 1
    assert [(file["path"], file["status"]) for file in document["files"]] == [
        ("intents/a.intent", "changed"),
        ("intents/b.intent", "unchanged"),
        ("intents/c.intent", "refused"),
    ]
    assert [item["code"] for item in document["findings"]] == ["E0120"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["-", "a.intent"], "stands alone"), (["no.intent"], "No such file"), ([], "no intentc.toml")],
)
def test_what_cannot_be_done_is_said(tmp_path, arguments, words):
    status, shown, said = fmt(tmp_path, *arguments)
    assert (status, shown) == (2, "")
    assert words in said
