"""Reads HTB trees: the commands of `queue.tc`, or what the agent prints of the running ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_RATE = re.compile(r"(\d+)([KMG]?)bit", re.IGNORECASE)
_SIZE = re.compile(r"([\d.]+)([KM]?)b?", re.IGNORECASE)
_RATE_UNITS = {"": 1, "K": 1000, "M": 1000_000, "G": 1000_000_000}
_SIZE_UNITS = {"": 1, "K": 1024, "M": 1024 * 1024}
_TOLERANCE = 100  # tc keeps bursts as times in clock ticks and shows them rounded: 1 % is the same
_BURST = re.compile(r"burst (\d+)")
_PAIRS = ("parent", "prio", "quantum", "rate", "ceil", "limit", "default", "flowid", "match")


def read_trees(text: str) -> Mapping[str, Sequence[str]]:
    """Return, per interface, its qdiscs, classes and filters in one spelling, sorted."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        device, item = _command(words) if words[1] in {"replace", "add"} else _shown(words)
        found.setdefault(device, []).append(item)
    return {device: sorted(items) for device, items in found.items()}


def with_known_bursts(
    wanted: Mapping[str, Sequence[str]], found: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """Return `found` with the bursts of `wanted` wherever they are the same within the clock's tolerance."""
    result: dict[str, list[str]] = {}
    for device, items in found.items():
        known = {_BURST.sub("", item): item for item in wanted.get(device, ())}
        result[device] = sorted(_snap(item, known.get(_BURST.sub("", item), item)) for item in items)
    return result


def _snap(item: str, known: str) -> str:
    pairs = zip(_BURST.findall(item), _BURST.findall(known), strict=True)
    is_near = all(abs(int(one) - int(other)) * _TOLERANCE <= int(other) for one, other in pairs)
    return known if is_near else item


def _command(words: Sequence[str]) -> tuple[str, str]:
    """Return what a line of `queue.tc` makes: `class replace dev eth2 parent … classid … htb …`."""
    kind, device, rest = words[0], words[3], list(words[4:])
    if kind == "filter":
        protocol, prio = rest[3], rest[5]
        value, mask, offset = (*rest[rest.index("match") + 2 : rest.index("match") + 4], "0")
        match = f"{int(value, 16):08x}/{int(mask, 16):08x}"
        return device, f"filter {protocol} pref {prio} at {offset} flowid {rest[-1]} match {match}"
    pairs = dict(_pairs(rest))
    if kind == "class":
        return device, _item(f"class {pairs.pop('classid')}", pairs)
    return device, _item(f"qdisc {pairs.pop('handle').rstrip(':')} {_qdisc(rest)}", pairs)


def _shown(words: Sequence[str]) -> tuple[str, str]:
    """Return what a line of the agent says: `eth2 class htb 1ca0:100 parent …`, `eth2 filter all pref 1 …`."""
    device, kind, rest = words[0], words[1], list(words[2:])
    if kind == "filter":
        return device, " ".join(["filter", *rest])
    pairs = dict(_pairs(rest[2:]))
    if kind == "class":
        return device, _item(f"class {rest[1]}", pairs)
    return device, _item(f"qdisc {rest[1].rstrip(':')} {rest[0]}", pairs)


def _qdisc(words: Sequence[str]) -> str:
    return next(word for word in words if word in {"htb", "bfifo"})


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the keys with their values; `root` stands for the parent."""
    for index, word in enumerate(words):
        if word == "root":
            yield "parent", "root"
        elif index + 1 < len(words) and word in {*_PAIRS, "classid", "handle", "burst", "cburst"}:
            yield word, words[index + 1]


def _item(head: str, pairs: Mapping[str, str]) -> str:
    values = {key: _value(key, value) for key, value in pairs.items() if key in {*_PAIRS, "burst", "cburst"}}
    if head.startswith("class") and values.get("parent", "").endswith(":"):
        values["parent"] = "root"  # tc shows a class below the qdisc so
    return " ".join([head, *(f"{key} {values[key]}" for key in sorted(values))])


def _value(key: str, value: str) -> str:
    if key in {"rate", "ceil"}:
        return str(_rate(value))
    if key in {"burst", "cburst", "limit"}:
        return str(round(_size(value)))
    if key == "default":
        return f"{int(value, 16):x}"
    return value


def _rate(value: str) -> int:
    found = _RATE.fullmatch(value)
    if found is None:
        raise ValueError(f"not a rate: {value!r}")
    return int(found[1]) * _RATE_UNITS[found[2].upper()]


def _size(value: str) -> float:
    found = _SIZE.fullmatch(value)
    if found is None:
        raise ValueError(f"not a size: {value!r}")
    return float(found[1]) * _SIZE_UNITS[found[2].upper()]
