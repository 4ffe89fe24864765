"""What runs against what should: the owned state as the agent prints it, compared by meaning with the rendered files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from intentc.targetkit.kit import DeviceBundle, Difference

from .frr_text import read_frr
from .nft_text import read_table
from .tc_text import read_trees, with_known_bursts

Items = Mapping[
    str, Sequence[str]
]  # place (a chain, a set, an interface …) -> what stands there, in the order that counts


def _read_rules(text: str) -> Items:
    """Return the `ip rule` lines; their order does not matter, as their marks differ."""
    return {"ip rule": sorted(line for line in text.splitlines() if line and not line.startswith("#"))}


READERS: Mapping[str, Callable[[str], Items]] = {
    "guard.nft": read_table,
    "queue.tc": read_trees,
    "queue.nft": read_table,
    "frr.conf": read_frr,
    "rules": _read_rules,
    "edge.nft": read_table,
}


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

    `running` holds the sections of the agent's `read`, each introduced by a line `begin=NAME` or `# NAME`.
    """
    files = {file.path.rpartition("/")[2]: file.text for file in expected.files}
    shown = sections(running)
    result: list[Difference] = []
    for name, reader in READERS.items():
        wanted, found = reader(files.get(name, "")), reader(shown.get(name, ""))
        result += _compare(name, wanted, with_known_bursts(wanted, found) if name == "queue.tc" else found)
    return tuple(sorted(result))


def sections(running: str) -> dict[str, str]:
    """Return the text of each section by its name."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in running.splitlines():
        name = line.removeprefix("begin=").removeprefix("# ")
        if name in READERS and line != name:
            current = found.setdefault(name, [])
        elif line.startswith("end="):
            current = []
        else:
            current.append(line)
    return {name: "\n".join([*lines, ""]) for name, lines in found.items()}


def _compare(name: str, wanted: Items, found: Items) -> list[Difference]:
    result: list[Difference] = []
    for place in sorted(wanted.keys() | found.keys()):
        one, other = list(wanted.get(place, ())), list(found.get(place, ()))
        if place not in wanted or place not in found:
            one, other = one or [""], other or [""]
            result.append(Difference(name, place if place in wanted else "", place if place in found else ""))
        for kind, low, high, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            if kind != "equal":
                result += _pairs(name, place, one[low:high], other[first:last])
    return result


def _pairs(name: str, place: str, wanted: Sequence[str], found: Sequence[str]) -> list[Difference]:
    longest = max(len(wanted), len(found))
    return [
        Difference(name, _at(place, wanted, index), _at(place, found, index))
        for index in range(longest)
        if _at(place, wanted, index) or _at(place, found, index)
    ]


def _at(place: str, items: Sequence[str], index: int) -> str:
    return f"{place}: {items[index]}" if index < len(items) and items[index] else ""
