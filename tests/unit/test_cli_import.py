"""`intentc import` on the command line: where the topology goes, what is said where, and the exit status."""

from __future__ import annotations

import io
import json
import random
import sys

import pytest
import support_command
from support_importing import COMMANDS, FILES, loaded

from intentc.cli import main
from intentc.importing import FORMATS


def intentc(*words, cwd):
    done = support_command.intentc(*words, cwd=cwd)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_the_topology_goes_to_standard_output_and_findings_to_standard_error(tmp_path):
    done = intentc("import", *COMMANDS["zoo.graphml"].split(), cwd=FILES)
    assert done.returncode == 0
    assert done.stdout == (FILES / "golden" / "zoo.graphml.yaml").read_text(encoding="utf-8")
    assert "warning[W0351]" in done.stderr
    assert "note[N0352]" in done.stderr


def test_what_is_imported_is_checked_like_any_other_topology(tmp_path):
    words = COMMANDS["lab.netlab.yml"].split()
    assert intentc("import", words[0], FILES / words[1], *words[2:], "-o", "net.yaml", cwd=tmp_path).returncode == 0
    (tmp_path / "a.intent").write_text("intent x { from r1 to r2 priority high }\n")
    done = intentc("--format", "json", "check", "a.intent", "--topology", "net.yaml", cwd=tmp_path)
    found = json.loads(done.stdout)["findings"]
    assert not [item for item in found if item["code"].startswith("E03")]


def test_a_file_is_written_and_never_over_another_one_unless_forced(tmp_path):
    words = ["import", "sndlib", FILES / "rhine.txt", "--capacity", "1Gbps", "-o", "net.yaml"]
    done = intentc(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    text = (tmp_path / "net.yaml").read_text()
    loaded(text)
    (tmp_path / "net.yaml").write_text("mine")
    done = intentc(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "`net.yaml` is there already" in done.stderr
    assert (tmp_path / "net.yaml").read_text() == "mine"
    assert intentc(*words, "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "net.yaml").read_text() == text


def test_with_errors_nothing_is_written_and_the_status_is_1(tmp_path):
    (tmp_path / "net.yaml").write_text("mine")
    words = ["import", "containerlab", FILES / "lab.clab.yml", "-o", "net.yaml", "--force"]
    done = intentc(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[E0353]" in done.stderr
    assert "`--capacity 10Gbps`" in done.stderr
    assert (tmp_path / "net.yaml").read_text() == "mine"


def test_findings_and_topology_are_one_document_in_json(tmp_path):
    done = intentc("import", *COMMANDS["dcim.json"].split(), "--format", "json", cwd=FILES)
    document = json.loads(done.stdout)
    assert done.stderr == ""
    assert document["topology"] == (FILES / "golden" / "dcim.json.yaml").read_text(encoding="utf-8")
    assert {item["code"] for item in document["findings"]} == {"N0351", "W0351"}
    assert document["summary"]["warnings"] == 2


def test_a_file_comes_from_standard_input(monkeypatch, capsys):
    typed = io.TextIOWrapper(io.BytesIO((FILES / "rhine.txt").read_bytes()))
    monkeypatch.setattr(sys, "stdin", typed)
    assert main(["import", "sndlib", "-", "--capacity", "1Gbps"]) == 0
    assert "# Imported by intentc from <stdin> (sndlib)." in capsys.readouterr().out


def test_quiet_says_only_errors(tmp_path):
    done = intentc("import", *COMMANDS["zoo.graphml"].split(), "-q", cwd=FILES)
    assert (done.returncode, done.stderr) == (0, "")


USAGE = {
    "no such file": (["import", "netlab", "none.yml"], "cannot be read"),
    "a folder": (["import", "netlab", "."], "cannot be read"),
    "no such format": (["import", "visio", "a.vsd"], "invalid choice"),
    "no rate": (["import", "netlab", "a.yml", "--capacity", "10ms"], "is a time, not a rate"),
    "no time": (["import", "netlab", "a.yml", "--latency", "fast"], "is not a time"),
    "nothing": (["import", "netlab", "a.yml", "--capacity", "0bps"], "is nothing"),
    "no prefix": (["import", "netlab", "a.yml", "--loopbacks", "10.0.0.1/8"], "is no prefix"),
    "a unit for nothing": (["import", "netlab", "a.yml", "--unit", "1Mbps"], "leave out `--unit`"),
    "no folder for it": (
        ["import", "sndlib", FILES / "rhine.txt", "--unit", "1Mbps", "--capacity", "1Gbps", "-o", "x/y.yaml"],
        "cannot be written",
    ),
}


@pytest.mark.parametrize("name", USAGE)
def test_mistakes_of_usage_are_one_message_and_status_2(tmp_path, name):
    words, message = USAGE[name]
    done = intentc(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize("format_", FORMATS)
def test_bytes_of_no_meaning_are_a_finding(tmp_path, format_):
    chance = random.Random(format_)  # noqa: S311  (the same bytes in every run)
    for length in (0, 1, 7, 400):
        (tmp_path / "f").write_bytes(chance.randbytes(length))
        done = intentc("import", format_, "f", "--format", "json", cwd=tmp_path)
        document = json.loads(done.stdout)
        assert done.returncode == 1
        assert document["topology"] is None
        assert document["summary"]["errors"] >= 1
    (tmp_path / "f").write_bytes("nodes: [zürich]".encode("latin-1"))
    assert '"E0312"' in intentc("import", format_, "f", "--format", "json", cwd=tmp_path).stdout
