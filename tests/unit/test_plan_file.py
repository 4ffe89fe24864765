"""The plan file: exact, versioned, and impossible to change unnoticed."""

import json
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
    "text", ["", "[]", "{}", "null", '{"schema": 1}', '{"schema": 1, "plan": {}, "hash": ""}', "{"]
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
