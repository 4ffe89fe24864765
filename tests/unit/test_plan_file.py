"""The plan file: exact, versioned, and impossible to change unnoticed."""

import hashlib
import json
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from support_plan import NODE, PARTICULARS, config, configs, items, kit, render, running

from intentc.diagnostics import Findings
from intentc.ir.stages import stage_configs
from intentc.plan.file import PlanFileError, decode_plan, encode_plan, mismatch, plan_hash, read_plan, write_plan
from intentc.plan.make import make_plan
from intentc.render.model import Bundle, DeviceBundle


def plan(old, new, **changes):
    bundle = Bundle({NODE: DeviceBundle(NODE, "frr", "ssh", new, render(new), ())})
    made = make_plan(bundle, {NODE: running(old)}, kit(stage_configs), PARTICULARS, Findings())
    return replace(made, **changes)


@given(configs(), configs())
@settings(max_examples=40, deadline=None)
def test_decoding_gives_the_plan_again(old, new):
    made = plan(old, new)
    assert decode_plan(encode_plan(made)) == made
    assert encode_plan(decode_plan(encode_plan(made))) == encode_plan(made)


def test_a_file_holds_the_plan(tmp_path):
    made = plan(None, config(items(1, "a")))
    write_plan(tmp_path / "p.json", made)
    assert read_plan(tmp_path / "p.json") == made


def test_the_hash_is_that_of_the_content():
    made = plan(None, config(items(1, "a")))
    assert plan_hash(made) == plan_hash(decode_plan(encode_plan(made)))
    assert plan_hash(made) != plan_hash(replace(made, confirm_s=61))


def without_hash_check(text, change):
    document = json.loads(text)
    change(document)
    return json.dumps(document)


def other_schema(document):
    document["schema"] = 2


def other_text(document):
    document["plan"]["devices"][0]["after"]["files"][0]["text"] += "accept\n"


def fewer_devices(document):
    document["plan"]["devices"].clear()


@pytest.mark.parametrize("change", [other_schema, other_text, fewer_devices])
def test_a_changed_file_is_refused(tmp_path, change):
    text = without_hash_check(encode_plan(plan(None, config(items(1, "a")))), change)
    with pytest.raises(PlanFileError):
        decode_plan(text)
    (tmp_path / "p.json").write_text(text)
    assert read_plan(tmp_path / "p.json").code == "E0810"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"schema": 1}', '{"schema": 1, "plan": {}, "hash": ""}', "{", "[" * 100_000],
    ids=range(8),
)
def test_something_else_is_no_plan(text):
    with pytest.raises(PlanFileError):
        decode_plan(text)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "p.json").write_bytes(b"\xff\xfe\x00")
    assert read_plan(tmp_path / "p.json").code == "E0810"


def test_another_compilation_is_another_plan():
    made = plan(None, config(items(1, "a")))
    assert mismatch(made, made.inputs) is None
    finding = mismatch(made, {**made.inputs, f"{NODE}/fences": "sha256:0"})
    assert (finding.code, f"{NODE}/fences" in finding.message) == ("E0810", True)
    assert mismatch(made, {}).code == "E0810"


def peak_bytes(deed):
    tracemalloc.start()
    try:
        deed()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_plan_of_many_devices_is_written_device_by_device(tmp_path):
    """Ten times as many do not take ten times as much: of a device that is done nothing is kept but what waits to be collected."""
    whole = plan(config(items(1, "a")), config(items(2, "a")))
    (device,) = whole.devices

    def of(count):
        made = replace(whole, devices=tuple(replace(device, node=f"r{number}") for number in range(count)))
        return peak_bytes(lambda: write_plan(tmp_path / "p.json", made))

    of(1)  # what is made once for all is not counted
    assert of(10) <= 3 * of(1)


def test_the_text_is_what_json_makes_of_the_whole():
    made = plan(config(items(1, "a")), config(items(2, "a")))
    text = encode_plan(made)
    assert json.dumps(json.loads(text), ensure_ascii=False) + "\n" == text
    canonical = json.dumps(json.loads(text)["plan"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert plan_hash(made) == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
