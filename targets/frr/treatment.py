"""What packets meet where they leave by a port, read from `queue.tc` and `queue.nft`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from intentc.targetkit.kit import Treatment

from .nft_text import read_table
from .queueing import STRICT_PRIO
from .readback import sections
from .tc_text import read_trees

_MAP = re.compile(r"meta priority set ip dscp map \{ (.*) \}")
_CLASS = re.compile(r"class (\S+) .*\bceil (\d+) .*\bprio (\d+) .*\brate (\d+)")


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted."""
    files = sections(running)
    trees = read_trees(files.get("queue.tc", ""))
    classes = dict(_classes(read_table(files.get("queue.nft", ""))))
    return tuple(sorted(one for port in rates if port in trees for one in _of_port(port, trees[port], classes)))


def _classes(table: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Yield code points with the class of HTB that their packets wait in."""
    for line in table.get("chain classify", ()):
        found = _MAP.fullmatch(line)
        for element in found[1].split(", ") if found is not None else ():
            dscp, _, name = element.partition(" : ")
            yield int(dscp), name


def _of_port(port: str, items: Sequence[str], classes: Mapping[int, str]) -> Iterator[Treatment]:
    leaves = {found[1]: found for item in items if (found := _CLASS.match(item)) is not None}
    for dscp, name in classes.items():
        if name in leaves:
            ceiling, prio, rate = (int(number) for number in leaves[name].group(2, 3, 4))
            is_strict = prio == STRICT_PRIO
            yield Treatment(port, dscp, is_strict, ceiling if is_strict else rate, 0, ceiling)
