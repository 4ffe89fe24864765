import fcntl
import io
import json
import os
import threading
from dataclasses import replace
from operator import attrgetter
from types import SimpleNamespace

import pytest
from support_manifest import changed, compiled, sample, written

from intentc.diagnostics import Diagnostic
from intentc.manifest import states as states_module
from intentc.manifest.build_directory import MANIFEST, PROVENANCE, write_build
from intentc.manifest.codec import ManifestError
from intentc.manifest.read import read_devices, read_manifest
from intentc.manifest.refusal_model import RefusalEntry
from intentc.manifest.refusals import refusal_entry, refusals_by_intent
from intentc.manifest.states import MOST_NAMED_STATES, merge_states
from intentc.manifest.write import rewrite_manifest, write_provenance
from intentc.realise.model import LatencyParts, Path, StateResult
from intentc.realise.refusals import Refusal
from intentc.render.model import Bundle
from intentc.resolve.model import FailureState
from intentc.resolve.remaining import Remaining

FORWARD = "scoring/sa>sd"


@pytest.fixture
def whole():
    return json.loads(sample().text)


def test_top_level_keys_stand_in_the_order_of_the_contract(whole):
    assert list(whole) == [
        "schema",
        "project",
        "generator",
        "inputs",
        "intents",
        "chains",
        "assertions",
        "links",
        "devices",
        "findings",
        "objective",
    ]


def test_demand_keys_start_in_the_order_of_the_contract(whole):
    contract = ["id", "source_site", "destination_site", "source", "destination", "direction", "match", "bandwidth_bps"]
    contract += ["burst_bytes", "bound_us", "margin_us", "mechanism", "segments", "primary", "alternatives", "states"]
    contract += ["unprotected", "protection"]
    demand = whole["intents"][0]["demands"][0]
    assert list(demand)[: len(contract)] == contract
    assert list(demand["primary"]) == ["paths", "latency_us", "basis"]
    assert list(demand["primary"]["latency_us"]) == ["propagation", "serialisation", "queueing", "total"]
    assert list(demand["states"][0])[:3] == ["when", "paths", "latency_us"]


def test_each_demand_is_one_line():
    lines = [line for line in sample().text.splitlines() if line.startswith('{"id": "scoring/')]
    assert len(lines) == 2
    assert all(json.JSONDecoder().raw_decode(line)[0]["id"] for line in lines)


def test_equal_states_are_one_entry(whole):
    assert [state["when"] for state in whole["intents"][0]["demands"][0]["states"]] == [["link:ab", "link:bd"]]


def test_margin_is_what_the_normal_state_leaves_of_the_bound(whole):
    assert whole["intents"][0]["demands"][0]["margin_us"] == 10_000 - 3_132


def test_inputs_are_sorted_whatever_order_they_come_in():
    result = compiled()
    turned = replace(result, inputs=dict(reversed(result.inputs.items())))
    assert written(turned) == written(result)


def test_a_manifest_that_was_read_is_written_byte_for_byte():
    text = sample().text
    stream = io.BytesIO()
    rewrite_manifest(read_manifest(text), stream)
    assert stream.getvalue().decode() == text


def test_text_beyond_ascii_stays_readable():
    result = changed(compiled(), FORWARD, reason="der kürzeste Weg – 最短")
    assert "der kürzeste Weg – 最短" in written(result)


# -- status ------------------------------------------------------------------------------------------------------------


def status_of(result):
    entry = json.loads(written(result))["intents"][0]
    return entry["status"], len(entry["demands"])


def with_intent(**fields):
    result = compiled()
    intent = replace(result.model.intents[0], **fields)
    return replace(result, model=replace(result.model, intents=(intent,)))


def with_finding(code, **fields):
    return replace(compiled(), findings=(Diagnostic(code, "something is wrong", intent="scoring", **fields),))


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (compiled(), ("placed", 2)),
        (with_intent(is_rejected=True), ("rejected", 0)),
        (with_intent(is_unsupported=True), ("unsupported", 0)),
        (with_finding("E0601"), ("unsupported", 0)),
        (with_finding("E0520"), ("infeasible", 0)),
        (with_finding("E0520", waived=True), ("waived", 2)),
        (with_finding("W0240"), ("placed", 2)),
        (replace(compiled(), realised=None, bundle=None), ("rejected", 0)),
        (replace(compiled(), realised=replace(compiled().realised, infeasible=("scoring",))), ("infeasible", 0)),
        (with_intent(demands=("scoring/sa>sd", "scoring/other")), ("infeasible", 0)),
    ],
    ids=[
        "placed",
        "rejected",
        "unsupported",
        "E06",
        "E05",
        "waived",
        "warning",
        "not realised",
        "infeasible",
        "half placed",
    ],
)
def test_every_intent_is_listed_with_its_status(result, status):
    assert status_of(result) == status


def test_findings_have_the_form_of_the_contract():
    finding = json.loads(written(with_finding("E0520", state="link:ab")))["findings"][0]
    assert finding["code"] == "E0520"
    assert finding["severity"] == "error"
    assert (finding["intent"], finding["state"], finding["file"]) == ("scoring", "link:ab", None)


# -- states ------------------------------------------------------------------------------------------------------------


def spread_over(groups):
    """Return a realised demand whose primary runs over 200 links, with one detour per group of those links."""
    base = compiled().realised.demands[FORWARD]
    names = [f"p{number:03}" for number in range(200)]
    primary = Path(("a", "d"), tuple(names))
    states = tuple(
        StateResult((f"link:{name}",), "d", (Path(("a", "d"), detour),), LatencyParts(1, 1, 1, "assumed"))
        for members, detour in groups
        for name in members
    )
    promised = tuple(FailureState(f"link:{name}", frozenset(), frozenset({name})) for name in [*names, "x", "y"])
    demand = replace(base.demand, failover=replace(base.demand.failover, states=promised))
    return replace(base, demand=demand, primary=(primary,), states=states), names


def test_an_entry_for_many_states_is_written_as_any():
    names = [f"p{number:03}" for number in range(200)]
    item, _ = spread_over([(names, ("x",))])
    assert [entry.when for entry in merge_states(item)] == [("any",)]


def test_few_states_are_named_before_any():
    names = [f"p{number:03}" for number in range(200)]
    # the first detour fails together with the second group's primary links, so it cannot be meant there
    item, _ = spread_over([(names[:3], ("p010",)), (names[3:], ("x",))])
    merged = merge_states(item)
    assert merged[0].when == tuple(f"link:{name}" for name in names[:3])
    assert merged[-1].when != ("any",), "entry 1 is intact in most of these states, so `any` would not mean them"
    assert len(merged[-1].when) == 197


def test_any_is_not_written_where_it_would_mean_other_states():
    names = [f"p{number:03}" for number in range(200)]
    item, _ = spread_over([(names[:100], ("x",))])  # the other hundred states are unprotected
    (entry,) = merge_states(item)
    assert entry.when == tuple(f"link:{name}" for name in names[:100])


def test_any_means_no_state_that_a_demand_is_not_promised():
    names = [f"p{number:03}" for number in range(200)]
    item, _ = spread_over([(names[3:], ("x",))])
    failover = item.demand.failover
    for left_out, when in (((0, 1, 2), ("any",)), ((0, 1), tuple(f"link:{name}" for name in names[3:]))):
        promised = replace(failover, states=Remaining(failover.states, left_out))
        (entry,) = merge_states(replace(item, demand=replace(item.demand, failover=promised)))
        assert entry.when == when


def test_what_any_means_is_told_by_the_states_that_break_the_primary_alone(monkeypatch):
    names = [f"p{number:03}" for number in range(200)]
    item, _ = spread_over([(names, ("x",))])
    far = tuple(FailureState(f"link:q{number}", frozenset(), frozenset({f"q{number}"})) for number in range(20_000))
    promised = replace(item.demand.failover, states=(*item.demand.failover.states, *far))
    asked = []
    breaks = states_module._breaks
    monkeypatch.setattr(states_module, "_breaks", lambda state: asked.append(state) or breaks(state))
    (entry,) = merge_states(replace(item, demand=replace(item.demand, failover=promised)))
    assert entry.when == ("any",)
    assert {state.id for state in asked} == {f"link:{name}" for name in names}


def test_the_limit_is_that_of_the_contract():
    assert MOST_NAMED_STATES == 64


# -- provenance --------------------------------------------------------------------------------------------------------


def test_provenance_links_lines_of_files_to_spans():
    stream = io.BytesIO()
    write_provenance(compiled().bundle, stream)
    first = json.loads(stream.getvalue().splitlines()[0])
    assert (first["path"], first["line"], first["intents"]) == ("a/itc.nft", 1, ["scoring"])
    assert first["spans"] == [
        {"file": "intents/scoring.intent", "line": 1, "column": 8, "end_line": 1, "end_column": 15}
    ]


def test_a_build_takes_the_place_of_an_earlier_one_without_its_other_files(tmp_path):
    result = compiled()
    first = write_build(result, tmp_path)
    (tmp_path / "a" / "own.txt").write_text("somebody else's")
    assert sorted(write_build(replace(result, bundle=None), tmp_path)) == sorted(
        [tmp_path / MANIFEST, tmp_path / PROVENANCE]
    )
    assert [path for path in first if path.exists()] == [tmp_path / PROVENANCE, tmp_path / MANIFEST]
    assert (tmp_path / "a" / "own.txt").exists()
    assert not list(tmp_path.rglob("*.new"))


def test_a_build_waits_for_another_of_the_same_directory(tmp_path):
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    writing = threading.Thread(target=write_build, args=(compiled(), tmp_path))
    writing.start()
    writing.join(0.5)
    try:
        assert writing.is_alive()
        assert not list(tmp_path.iterdir())
    finally:
        os.close(other)
        writing.join()
    assert (tmp_path / MANIFEST).exists()


@pytest.mark.parametrize("name", ["a device's file", MANIFEST, PROVENANCE])
def test_what_cannot_be_put_in_place_is_not_left_beside_it(tmp_path, name):
    result = compiled()
    device = next(path for path in write_build(result, tmp_path) if path.parent != tmp_path)
    place = tmp_path / name if name in (MANIFEST, PROVENANCE) else device
    place.unlink()
    (place / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_build(result, tmp_path)
    assert not list(tmp_path.rglob("*.new"))


def test_a_file_that_says_the_same_already_is_left_alone(tmp_path):
    result = compiled()
    device = next(path for path in write_build(result, tmp_path) if path.parent != tmp_path)
    written = attrgetter(
        "st_ino", "st_size", "st_mode", "st_mtime_ns", "st_ctime_ns"
    )  # to read it tells another time of access
    before = written(device.stat())
    write_build(result, tmp_path)
    assert written(device.stat()) == before
    data = device.read_bytes()
    for other in (data + b"x", data[:-1], b"y" + data[1:]):
        device.write_bytes(other)
        write_build(result, tmp_path)
        assert device.read_bytes() == data
    device.unlink()
    (tmp_path / "elsewhere").write_bytes(data)
    device.symlink_to(tmp_path / "elsewhere")
    write_build(result, tmp_path)
    assert not device.is_symlink()


@pytest.mark.parametrize("turn", [lambda text: text, lambda text: json.dumps(json.loads(text), indent=1)])
def test_devices_alone_are_those_of_the_whole_manifest_however_it_is_written(turn):
    data = turn(sample().text).encode()
    assert read_devices(data) == read_manifest(data).devices != ()


def test_devices_of_a_damaged_manifest_are_not_read():
    data = sample().text.replace('"transport": ', '"road": ').encode()
    with pytest.raises(ManifestError, match="transport"):
        read_devices(data)


def test_no_devices_no_provenance():
    stream = io.BytesIO()
    write_provenance(Bundle({}), stream)
    assert stream.getvalue() == b""


def test_each_refusal_stands_under_its_intent_in_its_order():
    refusals = [
        Refusal(name, f"{name}/a>b", "E0501", state, None) for state in ("", "link:x") for name in ("one", "two")
    ]
    found = refusals_by_intent(SimpleNamespace(refusals=tuple(refusals)))
    assert {name: [refusal_entry(item) for item in items] for name, items in found.items()} == {
        name: [RefusalEntry(f"{name}/a>b", "E0501", state, None) for state in (None, "link:x")]
        for name in ("one", "two")
    }
