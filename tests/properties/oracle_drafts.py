"""Changes of one value or one list of a manifest, drawn at random, whatever they come to mean."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy

from oracle_facts import Facts
from oracle_programs import intents_text, topology_text

TOPOLOGY_PATH, INTENT_PATH = "topology/net.yaml", "intents/x.intent"

# What nothing in the sources decides, and neither judge looks at: each with the reason.
UNPROVABLE = {
    "project": "a name",
    "generator": "who wrote it, when, and how",
    "reason": "words for people",
    "transport": "how a device is reached",
    "protection.basis": "where the timers were found; what they are is proved",
    "findings": "code, severity and intent earn a status; what they claim is proved by certificates",
    "refused": "certificates have judges of their own: test_refusals_brute.py and test_verify_refusals.py",
}


class Draft:
    """A manifest with its sources while it is changed; `digests` and `outputs` are the evidence beside it."""

    def __init__(self, facts, whole, digests, outputs):
        self.facts, self.whole = facts, whole
        self.digests, self.outputs = digests, outputs
        self.is_new_source = False

    def copy(self):
        return Draft(self.facts, json.loads(json.dumps(self.whole)), self.digests, self.outputs)

    @property
    def program(self):
        return self.facts.program

    def change_source(self, program):
        """Take another program; the manifest names it."""
        self.facts, self.is_new_source = Facts(program), True
        self.digests = digests_of(program)
        self.whole["inputs"] = dict(self.digests)

    def demands(self):
        return [demand for intent in self.whole["intents"] for demand in intent["demands"]]


def digests_of(program):
    texts = {INTENT_PATH: intents_text(program), TOPOLOGY_PATH: topology_text(program.net)}
    return {path: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for path, text in texts.items()}


# -- where values are ---------------------------------------------------------------------------------------------------


def leaves(value, way=()):
    """Yield the way to every scalar that something decides."""
    if way[:1] in (("generator",), ("findings",), ("project",)) or "refused" in way:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*way, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, (*way, at))
    elif way[-1] not in UNPROVABLE and not (way[-1] == "basis" and way[-2] == "protection"):
        yield way


def lists(value, way=()):
    if way[:1] in (("generator",), ("findings",)) or "refused" in way:
        return
    if isinstance(value, list) and value:
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from lists(item, (*way, key))


def at(whole, way):
    for key in way:
        whole = whole[key]
    return whole


# -- changes -------------------------------------------------------------------------------------------------------------


def change_value(source, draft):
    """Give one scalar another value of its kind: near it, of no use, or what stands under the same key elsewhere."""
    ways = list(leaves(draft.whole))
    way = source.choice(ways)
    old = at(draft.whole, way)
    others = sorted({json.dumps(at(draft.whole, x)) for x in ways if _kind(x) == _kind(way)} - {json.dumps(old)})
    if others and source.random() < 0.4:
        new = json.loads(source.choice(others))
    elif isinstance(old, bool):
        new = not old
    elif isinstance(old, int):
        new = source.choice([old + 1, old - 1, old * 2 + 1, 0, old + source.randint(2, 2000)])
    elif isinstance(old, float):
        new = source.choice([old + 0.000001, max(0.0, old - 0.000001), old / 2, old * 2])
    else:
        new = source.choice([0, 7]) if old is None else f"{old}x"
    at(draft.whole, way[:-1])[way[-1]] = new
    return new != old


def _kind(way):
    return [key for key in way if isinstance(key, str)][-1]


def drop_item(source, draft):
    items = at(draft.whole, source.choice(list(lists(draft.whole))))
    del items[source.randrange(len(items))]
    return True


def double_item(source, draft):
    items = at(draft.whole, source.choice(list(lists(draft.whole))))
    items.insert(source.randrange(len(items) + 1), deepcopy(source.choice(items)))
    return True


def reorder_items(source, draft):
    ways = [way for way in lists(draft.whole) if len(at(draft.whole, way)) > 1]
    if not ways:
        return False
    items = at(draft.whole, source.choice(ways))
    before = json.dumps(items)
    source.shuffle(items)
    return json.dumps(items) != before


def shuffle_names(source, draft):
    """Change the order of things that have names, which means nothing."""
    for key in ("intents", "links", "devices", "assertions", "chains"):
        source.shuffle(draft.whole[key])
    for demand in draft.demands():
        source.shuffle(demand["steering"])
        for state in demand["states"]:
            source.shuffle(state["when"])
    for intent in draft.whole["intents"]:
        source.shuffle(intent["demands"])
    return True


def change_words(source, draft):
    """Change what nothing decides."""
    for demand in draft.demands():
        demand["reason"] = source.choice(["because", "so it is", ""])
        if demand["protection"] is not None:
            demand["protection"]["basis"] = "somewhere"
    for device in draft.whole["devices"]:
        device["transport"] = "telnet"
    draft.whole["project"] = "another"
    return True


def change_shape(source, draft):
    """Leave a key out, add one, or give one a value of another kind."""
    ways = [way for way in _objects(draft.whole) if at(draft.whole, way)]
    found = at(draft.whole, source.choice(ways))
    key = source.choice(sorted(found))
    match source.randrange(3):
        case 0:
            del found[key]
        case 1:
            found[f"{key}s"] = found[key]
        case _:
            found[key] = source.choice([None, [], {}, 1.5, "1"])
    return True


def _objects(value, way=()):
    if way[:1] in (("generator",), ("findings",)) or "refused" in way:
        return
    if isinstance(value, dict):
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _objects(item, (*way, key))


PLAIN = {
    change_shape: 1,
    change_value: 22,
    drop_item: 5,
    double_item: 3,
    reorder_items: 4,
    shuffle_names: 3,
    change_words: 1,
}
