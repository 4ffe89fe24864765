"""The JSON of a device configuration: exact in both directions, and strict."""

import json
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import config, full_config

from intentc.ir.codec import CodecError, decode_config, dump_config, encode_config, load_config
from intentc.ir.model import DeviceConfig
from intentc.values import replace


@pytest.mark.parametrize("item", [config(), full_config()], ids=["nothing", "everything"])
def test_round_trip(item):
    assert load_config(dump_config(item)) == item


FIELDS = get_type_hints(DeviceConfig)


@pytest.mark.parametrize("name", FIELDS)
@given(data=st.data())
@settings(max_examples=5)
def test_round_trip_of_anything(name, data):
    """Anything in one field, as no field is written or read with a look at another."""
    item = replace(config(), **{name: data.draw(st.from_type(FIELDS[name]))})
    assert decode_config(json.loads(json.dumps(encode_config(item)))) == item


def broken(change):
    document = json.loads(dump_config(full_config()))
    change(document)
    return json.dumps(document)


CHANGES = {
    "another schema": lambda d: d.update(schema=2),
    "no schema": lambda d: d.pop("schema"),
    "a field too many": lambda d: d["config"].update(more=1),
    "a field too few": lambda d: d["config"].pop("fences"),
    "a text for a number": lambda d: d["config"]["meters"][0].update(burst_bytes="1"),
    "a truth for a number": lambda d: d["config"]["meters"][0].update(burst_bytes=True),
    "a number for a list": lambda d: d["config"].update(meters=1),
    "a pair of three": lambda d: d["config"]["marking"][0]["flow"].update(destination_ports=[1, 2, 3]),
    "nothing for a text": lambda d: d["config"].update(node=None),
    "nothing": lambda d: d.update(config=None),
}


@pytest.mark.parametrize("case", sorted(CHANGES))
def test_anything_else_is_refused(case):
    with pytest.raises(CodecError):
        load_config(broken(CHANGES[case]))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"x"'])
def test_other_json_is_refused(text):
    with pytest.raises(CodecError):
        load_config(text)
