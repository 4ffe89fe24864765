"""Run directories, engines and their reasons."""

import json
import os

import pytest

from intentc.lab import containerlab, doors, netns, runs, starting
from intentc.lab.definition import NodeDefinition
from intentc.lab.model import LabError
from intentc.lab.runs import Access, State, read_state, start_time, write_state

STATE = State(
    name="x",
    engine="netns",
    directory="/lab",
    key="/lab/ssh/id_ed25519",
    supervisor=os.getpid(),
    supervisor_start=start_time(os.getpid()),
    pids={"r1": 1, "r2": 0},
    access={"r1": Access("127.0.0.2", 2222, "ssh-ed25519 AAAA")},
    failed_links={"L1": "drop"},
    notes=("no netem",),
)


@pytest.fixture
def base(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "_base", lambda: tmp_path / "labs")
    return tmp_path / "labs"


def test_a_state_survives_the_way_over_the_disk(tmp_path):
    write_state(tmp_path, STATE)
    assert read_state(tmp_path) == STATE


def test_run_directories_are_private_and_never_shared(base):
    first, second = runs.new_run("x"), runs.new_run("x")
    assert first != second
    assert {first.parent, second.parent} == {base}
    assert first.stat().st_mode & 0o077 == 0


def test_only_living_labs_are_listed_and_the_rest_of_killed_ones_goes(base):
    alive, dead, starting_up = (runs.new_run("x") for _ in range(3))
    write_state(alive, STATE)
    write_state(dead, State(**{**{key: getattr(STATE, key) for key in STATE.__slots__}, "supervisor_start": 1}))
    assert runs.running() == {alive: STATE}
    assert (dead.exists(), starting_up.exists()) == (False, True)


def test_a_process_that_is_gone_has_no_start():
    assert start_time(2**22 + 1) == -1
    assert start_time(os.getpid()) > 0


def test_known_hosts_name_the_port_where_it_is_not_ssh_s_own():
    access = {"b": Access("127.0.0.2", 2222, "k b"), "a": Access("127.0.0.1", 22, "k a")}
    assert doors.known_hosts(access) == "127.0.0.1 k a\n[127.0.0.2]:2222 k b\n"


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("127.1.0.1 2222", ("127.1.0.1", 2222)),
        ("::1 22", ("::1", 22)),
        ("192.0.2.1 22", None),
        ("router.example 22", None),
        ("", None),
    ],
)
def test_only_loopback_addresses_are_fixed_places(label, place):
    assert doors._written_place(NodeDefinition("r1", (), (), (), {"intentc-management": label})) == place


@pytest.mark.parametrize(
    ("lacking", "engine", "chosen"),
    [
        ({"containerlab": (), "netns": ()}, "auto", "containerlab"),
        ({"containerlab": ("no Docker",), "netns": ()}, "auto", "netns"),
        ({"containerlab": (), "netns": ()}, "netns", "netns"),
    ],
)
def test_the_engine_is_the_first_that_can_run(monkeypatch, lacking, engine, chosen):
    monkeypatch.setattr(containerlab, "missing", lambda: lacking["containerlab"])
    monkeypatch.setattr(netns, "missing", lambda: lacking["netns"])
    assert starting.choose_engine(engine) == chosen


def test_when_no_engine_can_run_every_reason_is_said(monkeypatch):
    monkeypatch.setattr(containerlab, "missing", lambda: ("no Docker",))
    monkeypatch.setattr(netns, "missing", lambda: ("not root", "no `ip`"))
    with pytest.raises(LabError, match="containerlab: no Docker; netns: not root, no `ip`"):
        starting.choose_engine("auto")


def test_an_unknown_engine_is_refused():
    with pytest.raises(LabError, match="`vagrant` is no engine of labs"):
        starting.choose_engine("vagrant")


def test_a_lab_that_is_not_running_is_not_found(base, tmp_path):
    with pytest.raises(LabError, match="is not running"):
        starting.find(tmp_path)


def test_a_refusal_crosses_the_control_socket_with_its_help():
    from intentc.lab.lab import raise_refusal

    raise_refusal("{}")
    with pytest.raises(LabError, match="it is off") as caught:
        raise_refusal(json.dumps({"error": "it is off", "help": ["turn it on"]}))
    assert caught.value.help == ("turn it on",)
