"""Whatever is changed in a manifest that means something, the prover notices; what means nothing, it lets pass.

Every scalar of a sound manifest is changed in several ways, one at a time. The few keys that nothing can prove are listed
here, each with the reason. `test_verify_oracle` goes on from here: random programs, coherent changes, an oracle.
"""

import datetime as dt
import json
import random
from copy import deepcopy

import pytest
from support_manifest import DIAMOND, INTENT, INTENT_PATH, TOPOLOGY_PATH, files, sample, topology

from intentc.manifest.codec import ManifestError
from intentc.manifest.digest import input_digest
from intentc.manifest.read import read_manifest
from intentc.verify.check_files import Evidence
from intentc.verify.prove import prove

TODAY = dt.date(2026, 11, 20)
SAMPLE = sample()
WHOLE = json.loads(SAMPLE.text)
EVIDENCE = Evidence(
    inputs={INTENT_PATH: input_digest(INTENT.encode()), TOPOLOGY_PATH: input_digest(DIAMOND.encode())},
    outputs={file.path: file.sha256 for device in SAMPLE.manifest.devices for file in device.files},
)

# Keys whose values say nothing about what the network does, or about which nothing in the sources decides.
UNPROVABLE = {
    "project": "a name",
    "version": "who wrote it",
    "today": "when it was written",
    "reason": "words for people",
    "basis of the protection": "the timers of devices that intentc configures are in their targets",
    "repair_ms": "the targets say how long a device takes; only the sum is bounded by the sources",
    "transport": "how a device is reached",
    "lower_bound": "null until something proves one",
}


def rejects(whole):
    try:
        manifest = read_manifest(json.dumps(whole))
    except ManifestError:
        return True
    return not prove(files(), topology(), manifest, TODAY, EVIDENCE).holds


def leaves(value, way=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*way, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, (*way, at))
    else:
        yield way, value


def lists(value, way=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, list) and value:
        yield way
    for key, item in items:
        yield from lists(item, (*way, key))


def changed(way, make):
    whole = deepcopy(WHOLE)
    at = whole
    for key in way[:-1]:
        at = at[key]
    at[way[-1]] = make(at[way[-1]])
    return whole


def is_provable(way):
    if way[0] == "generator" or way[-1] in UNPROVABLE:
        return False
    return not (way[-1] == "basis" and "protection" in way)


def named(way):
    return ".".join(map(str, way))


PROVABLE = [way for way, _ in leaves(WHOLE) if is_provable(way)]
NUMBERS = [way for way, value in leaves(WHOLE) if is_provable(way) and type(value) is int]


def test_the_sound_manifest_holds():
    proof = prove(files(), topology(), SAMPLE.manifest, TODAY, EVIDENCE)
    assert proof.findings == ()
    assert sum(proof.statements.values()) > 100


@pytest.mark.parametrize("way", PROVABLE, ids=named)
def test_another_value_is_noticed(way):
    def other(value):
        if isinstance(value, bool) or value is None:
            return 7 if value is None else not value
        return value * 2 + 1 if isinstance(value, (int, float)) else f"{value}x"

    assert rejects(changed(way, other))


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize("way", [way for way in NUMBERS if way[-1] != "share_ppm"], ids=named)
def test_a_number_off_by_one_is_noticed(way, step):
    assert rejects(changed(way, lambda value: value + step))


@pytest.mark.parametrize("way", [way for way in NUMBERS if way[-1] == "share_ppm"], ids=named)
def test_shares_that_do_not_add_up_are_noticed(way):
    assert rejects(changed(way, lambda value: value - 1))


@pytest.mark.parametrize("way", [way for way in lists(WHOLE) if way[0] != "generator"], ids=named)
def test_an_item_left_out_is_noticed(way):
    assert rejects(changed(way, lambda items: items[1:]))


@pytest.mark.parametrize(
    "way", [way for way in lists(WHOLE) if way[-1] not in {"when", "match"} and way[0] != "devices"], ids=named
)
def test_an_item_that_stands_twice_is_noticed(way):
    # a packet, a state or a device that is said twice is the same packet, state or device
    assert rejects(changed(way, lambda items: [items[0], *items]))


# -- neutral changes ---------------------------------------------------------------------------------------------------


def shuffled(value, source):
    if isinstance(value, dict):
        keys = list(value)
        source.shuffle(keys)
        return {key: shuffled(value[key], source) for key in keys}
    return [shuffled(item, source) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_keys_and_white_space_mean_nothing(seed):
    source = random.Random(seed)  # noqa: S311  (a seeded shuffle, no secret)
    text = json.dumps(shuffled(WHOLE, source), indent=source.choice([None, 1, 4]), ensure_ascii=source.random() < 0.5)
    assert prove(files(), topology(), read_manifest(text), TODAY, EVIDENCE).holds


@pytest.mark.parametrize("key", ["intents", "links", "devices"])
def test_the_order_of_lists_of_named_things_means_nothing(key):
    assert not rejects(changed((key,), lambda items: items[::-1]))


@pytest.mark.parametrize(
    "way", [("intents", 0, "demands"), ("intents", 0, "demands", 0, "states", 0, "when")], ids=named
)
def test_the_order_of_demands_and_states_means_nothing(way):
    assert not rejects(changed(way, lambda items: items[::-1]))


def test_a_state_entry_may_be_split():
    def split(states):
        return [{**states[0], "when": [name]} for name in states[0]["when"]]

    assert not rejects(changed(("intents", 0, "demands", 0, "states"), split))


def test_any_may_stand_for_the_states_it_means():
    assert not rejects(changed(("intents", 0, "demands", 0, "states", 0, "when"), lambda _: ["any"]))
