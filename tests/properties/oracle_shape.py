"""What a manifest has to look like, key by key, from the contract's and the README's tables."""

from __future__ import annotations

from oracle_facts import ensure

INT, TEXT, FLAG, NUMBER = "an integer", "text", "true or false", "a number"
_KINDS = {INT: (int,), TEXT: (str,), FLAG: (bool,), NUMBER: (int, float)}


class Maybe(tuple):
    """One of several shapes."""

    __slots__ = ()


def maybe(shape):
    return Maybe((None, shape))


class Words(frozenset):
    """One of some words."""


class Each(tuple):
    """A mapping from names to one shape."""

    __slots__ = ()


_PAIR = {"ab": INT, "ba": INT}
_BASIS = Words({"proved", "queue-limit", "assumed", "none"})
_FLOW = {
    "family": INT,
    "source": TEXT,
    "destination": TEXT,
    "protocol": TEXT,
    "source_ports": maybe((INT, INT)),
    "destination_ports": maybe((INT, INT)),
    "dscp": maybe(INT),
}
_PATHS = [{"path": [TEXT], "links": [TEXT], "share_ppm": INT}]
_LATENCY = {"propagation": INT, "serialisation": INT, "queueing": INT, "total": INT}
_REPLICA = {"source": TEXT, "destination": TEXT, "match": [_FLOW], "except": [_FLOW]}
_SWITCH = {"metric": TEXT, **dict.fromkeys(("threshold", "interval_ms", "count", "detect_ms"), INT)}
_DEMAND = {
    **dict.fromkeys(("id", "source_site", "destination_site", "source", "destination", "reason"), TEXT),
    "direction": Words({"forward", "reverse"}),
    "match": [_FLOW],
    "bandwidth_bps": INT,
    "burst_bytes": INT,
    **dict.fromkeys(("bound_us", "margin_us", "ceiling_bps", "rtt_bound_us"), maybe(INT)),
    "mechanism": Words({"igp", "flex-algo", "sr-policy", "pbr"}),
    "segments": [TEXT],
    "primary": {"paths": _PATHS, "latency_us": _LATENCY, "basis": _BASIS},
    "alternatives": [
        {"preference": INT, "segments": [TEXT], "liveness": Words({"bfd", "igp", "carrier"}), "paths": _PATHS}
    ],
    "states": [{"when": [TEXT], "paths": _PATHS, "latency_us": _LATENCY, "basis": _BASIS, "destination": TEXT}],
    "unprotected": [TEXT],
    "protection": maybe({"detector": TEXT, "detect_ms": INT, "repair_ms": INT, "basis": TEXT, "switches": [_SWITCH]}),
    "except": [_FLOW],
    "steering": [
        {"node": TEXT, "ingress": maybe(TEXT), "waypoints": [TEXT], "fail_closed": FLAG, "replica": maybe(_REPLICA)}
    ],
    "policies": [
        {
            **dict.fromkeys(("node", "end_point"), TEXT),
            "fail_closed": FLAG,
            "candidates": [{"preference": INT, "segments": [TEXT], "lists": [{"weight": INT, "segments": [TEXT]}]}],
            "replica": maybe(_REPLICA),
        }
    ],
    "repairs": [{"node": TEXT, "link": TEXT, "protects": Words({"link", "node", "either"})}],
    "preferences": [{"text": TEXT, "met": FLAG, "off": INT, "why": maybe(Words({"clauses", "room", "other"}))}],
}
_STEP = {
    **dict.fromkeys(("step", "calls", "processing_us", "network_us", "slack_us"), INT),
    "replica": TEXT,
    "demands": [TEXT],
}
_LINK = {
    **dict.fromkeys(("id", "a", "b"), TEXT),
    "capacity_bps": Maybe((INT, _PAIR)),
    "reserved_bps": _PAIR,
    "by_class": Each((_PAIR,)),
    "worst_bps": _PAIR,
    "worst_state": {"ab": TEXT, "ba": TEXT},
    "worst_by_class": Each((_PAIR,)),
}
_FINDING = {
    **dict.fromkeys(("id", "code", "message"), TEXT),
    "severity": Words({"error", "warning", "note"}),
    **dict.fromkeys(("file", "intent", "node", "state"), maybe(TEXT)),
    **dict.fromkeys(("line", "column", "end_line", "end_column"), maybe(INT)),
    "waived": FLAG,
    "related": [...],
    "help": [TEXT],
    "repairs": [...],
    "fix": ...,
}
_GIVEN = Words({"nothing", "placed"})
_CUT = {
    "kind": Words({"cut"}),
    "given": _GIVEN,
    "side": Words({"source", "destination"}),
    "waypoints": INT,
    "inside": [{"node": TEXT, "passed": INT}],
    "closed": [{"link": TEXT, "node": TEXT, "reason": TEXT}],
}
_TIMES = {
    "kind": Words({"potential"}),
    "given": _GIVEN,
    **dict.fromkeys(("waypoints", "queueing", "bound_us"), INT),
    "parts": [{"demand": TEXT, "places": [{"node": TEXT, "passed": INT, "ns": INT}]}],
}
_PRICES = {
    "kind": Words({"prices"}),
    "given": Words({"together"}),
    "class": maybe(TEXT),
    "prices": [{"link": TEXT, **_PAIR}],
    "whole": FLAG,
}
_CHOICES = {
    "kind": Words({"exhausted"}),
    "given": Words({"nothing"}),
    "site": TEXT,
    **dict.fromkeys(("queueing", "budget_us", "least_us", "choices"), INT),
}
_HOSTS = {
    "kind": Words({"packing"}),
    "given": Words({"together"}),
    "service": TEXT,
    **dict.fromkeys(("capacity_bps", "asked_bps"), INT),
    "hosts": [TEXT],
}
_BOTH_WAYS = {"kind": Words({"walks"}), "given": Words({"nothing"}), **dict.fromkeys(("queueing", "paths"), INT)}
_LISTS = {"kind": Words({"lists"}), "given": Words({"nothing"}), **dict.fromkeys(("size", "paths"), INT)}
_EFFORT = {"kind": Words({"none"}), **dict.fromkeys(("states", "rounds"), INT), "split_enough": FLAG}
_REFUSAL = {
    **dict.fromkeys(("demand", "finding"), TEXT),
    "state": maybe(TEXT),
    "certificate": Maybe((None, _CUT, _TIMES, _PRICES, _CHOICES, _HOSTS, _BOTH_WAYS, _LISTS, _EFFORT)),
}
_STATUS = Words({"placed", "infeasible", "rejected", "waived", "degraded", "unsupported"})
WHOLE = {
    "schema": INT,
    "project": TEXT,
    "generator": {"version": TEXT, "language": INT, "today": TEXT, "options": ...},
    "inputs": Each((TEXT,)),
    "intents": [
        {
            **dict.fromkeys(("name", "file"), TEXT),
            "line": INT,
            "status": _STATUS,
            "class": maybe(TEXT),
            "demands": [_DEMAND],
            "refused": [_REFUSAL],
        }
    ],
    "chains": [
        {
            **dict.fromkeys(("name", "source_site"), TEXT),
            **dict.fromkeys(("budget_us", "slack_us"), INT),
            "steps": [_STEP],
            "worst": maybe({"state": TEXT, "slack_us": INT}),
        }
    ],
    "assertions": [{"name": TEXT, "holds": FLAG, "worst": maybe({"state": TEXT, "value": NUMBER})}],
    "links": [_LINK],
    "devices": [
        {
            **dict.fromkeys(("node", "target", "transport"), TEXT),
            "files": [{"path": TEXT, "sha256": TEXT}],
            "intents": [TEXT],
        }
    ],
    "findings": [_FINDING],
    "objective": {
        "max_utilisation": NUMBER,
        "lower_bound": maybe(NUMBER),
        "prices": Each((_PAIR,)),
        "effort": maybe(Words({"descent", "flat"})),
    },
}


def has_shape(value, shape=WHOLE):
    """Return whether a value looks as it has to."""
    if shape is ...:
        return True
    if shape is None:
        return value is None
    if isinstance(shape, str):
        return type(value) in _KINDS[shape]
    if isinstance(shape, Words):
        return isinstance(value, str) and value in shape
    if isinstance(shape, Maybe):
        return any(has_shape(value, one) for one in shape)
    if isinstance(shape, Each):
        return isinstance(value, dict) and all(has_shape(item, shape[0]) for item in value.values())
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and value.keys() == shape.keys()
            and all(has_shape(value[x], shape[x]) for x in shape)
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(has_shape(item, shape[0]) for item in value)
    return isinstance(value, list) and len(value) == len(shape) and all(map(has_shape, value, shape))


def check_shape(manifest):
    ensure(has_shape(manifest), "another shape")
