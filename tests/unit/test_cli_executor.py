"""`--workers` and `--scheduler`: the same bytes on any engine, and an answer within seconds where one cannot be used."""

import socket
import sys
from functools import partial
from pathlib import Path

import distributed
import pytest
from support_verify import NET

from intentc.cli import executing, main
from intentc.executor import connection
from intentc.executor.here import Graded

INTENT = """
intent web { from ber to fra2  bandwidth 300Mbps  failover within 1s { survive any 1 link } }
assert a { connected sites where not name == x  under any 2 link failure }
assert b { no traffic of web on region ch  under any 2 link failure }
assert c { hops <= 5 of web  under any 1 link failure }
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "x.intent").write_text(INTENT)
    (tmp_path / "intentc.toml").write_text(
        '[project]\nname = "x"\nlanguage = 1\ntopology = ["net.yaml"]\nintents = ["x.intent"]\n'
    )
    return tmp_path


def command(project, *words):
    return main([words[0], "-C", str(project), "--today", "2026-11-20", *words[1:]])


def outcome(project, capfd, name, *options):
    """Return the manifest of a compilation, and all that it and the proof of it print."""
    build = project / "build"
    statuses = [command(project, "compile", "-o", str(build), *options)]
    statuses.append(command(project, "verify", "--build", str(build), *options))
    statuses.append(command(project, "check", "--format", "json", *options))
    printed = capfd.readouterr()
    return statuses, (build / "manifest.json").read_bytes(), printed.out, printed.err


def test_the_bytes_are_those_of_any_engine(project, capfd, monkeypatch):
    """Everything counts as large here; the cluster is a real one, with two worker processes."""
    monkeypatch.setattr(executing, "Graded", partial(Graded, least_units=0))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        engines = {f"w{count}": ("--workers", str(count)) for count in (1, 2, 3)}
        engines["dask"] = ("--scheduler", cluster.scheduler_address)
        capfd.readouterr()
        found = {name: outcome(project, capfd, name, *options) for name, options in engines.items()}
    assert found["w1"][0] == [1, 0, 1]
    assert b'"worst": {"state": "link:' in found["w1"][1]
    assert found["w1"][3] == ""
    assert found["w2"] == found["w3"] == found["dask"] == found["w1"]


@pytest.mark.parametrize("name", ["check", "compile", "verify"])
def test_a_scheduler_that_is_not_there(project, capfd, name, monkeypatch):
    """How long that takes unless it is told to be shorter is tested with the connection."""
    monkeypatch.setattr(connection, "_CONNECT_S", 0.5)
    command(project, "compile")
    capfd.readouterr()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{server.getsockname()[1]}"
        assert command(project, name, "--scheduler", address) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"error: the scheduler at `{address}` does not answer",
        "  = help: check the address, and that it runs",
    ]


def test_without_dask_the_message_says_what_to_install(project, capfd, monkeypatch):
    for module in [name for name in sys.modules if name.startswith(("distributed", "intentc.executor.cluster"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert command(project, "check", "--scheduler", "127.0.0.1:8786") == 2
    said = capfd.readouterr().err
    assert said.startswith("error: `--scheduler` needs Dask, which cannot be imported")
    assert "pip install 'intentc[cluster]'" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--workers", "0"), "`0` is no number from 1 to 512"),
        (("--workers", "513"), "`513` is no number from 1 to 512"),
        (("--workers", "-1"), "`-1` is no number from 1 to 512"),
        (("--workers", "²"), "`²` is no number from 1 to 512"),
        (("--workers", "two"), "`two` is no number from 1 to 512"),
        (("--workers", "2", "--scheduler", "h:1"), "not allowed with argument"),
    ],
)
@pytest.mark.parametrize("name", ["check", "compile", "verify", "report", "plan", "apply", "drift"])
def test_options_that_cannot_be(project, capfd, name, options, said):
    with pytest.raises(SystemExit) as caught:
        command(project, name, *options)
    assert caught.value.code == 2
    assert said in capfd.readouterr().err


def test_a_small_project_starts_no_process(project, monkeypatch):
    """Where processes are started, the module that does it is imported."""
    monkeypatch.delitem(sys.modules, "intentc.executor.processes", raising=False)
    assert command(project, "check", "--workers", "2") == 1
    assert "intentc.executor.processes" not in sys.modules


def test_the_extra_is_declared():
    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()
    assert '\ncluster = ["distributed' in text
