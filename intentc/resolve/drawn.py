"""Longest match within a site: which of its nodes packets to an address come to, and what of a prefix that leaves to a node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from intentc.resolve.prefixes import Network, text_of

MOST_PIECES = (
    64  # prefixes that what is left of one may take: each is a rule on devices, once per prefix at the other end
)


class TooManyPieces(Exception):  # noqa: N818  (a fact of the topology, told as a finding)
    """What is left of a prefix without longer ones takes more prefixes than devices are given."""


class Draw:
    """The prefixes attached to the nodes of one site, `attached` in order of the nodes; of each address the longest decides."""

    def __init__(self, attached: Mapping[str, Sequence[Network]]) -> None:
        self._holders: dict[Network, tuple[str, ...]] = {}
        for node, prefixes in attached.items():
            for prefix in prefixes:
                self._holders[prefix] = (*self._holders.get(prefix, ()), node)

    @cached_property
    def is_uneven(self) -> bool:
        """Whether some prefix lies in another one of other nodes."""
        inside: list[Network] = []  # prefixes are laminar: those around the current one are a stack
        for prefix in sorted(self._holders, key=lambda item: (item.family, item.low, -item.high)):
            while inside and not inside[-1].contains(prefix):
                inside.pop()
            if any(self._holders[outer] != self._holders[prefix] for outer in inside):
                return True
            inside.append(prefix)
        return False

    def left_at(self, node: str, prefix: Network) -> tuple[Network, ...]:
        """Return what of a prefix that a node has comes to it, as the fewest prefixes, in order; raise `TooManyPieces`.

        A longer prefix that the node has itself is another one, to be asked for by itself.
        """
        around = self._around(prefix)
        if node not in self._holders[around]:
            return ()
        holes = self._holes(prefix, around)
        left = tuple(_without(prefix, holes))
        if len(left) > MOST_PIECES:
            raise TooManyPieces(
                f"`{text_of(prefix)}` without the longer prefixes of other nodes in it takes {len(left)} prefixes ({MOST_PIECES} at most)"
            )
        return left

    def lost_at(self, node: str, prefix: Network) -> Iterator[tuple[tuple[str, ...], Network]]:
        """Yield what of a prefix that a node has comes to other nodes, with these."""
        around = self._around(prefix)
        if node not in self._holders[around]:
            yield self._holders[around], prefix
            return
        for hole in self._holes(prefix, around):
            yield self._holders[hole], hole

    def _around(self, prefix: Network) -> Network:
        """Return the longest attached prefix around another one."""
        return min((item for item in self._holders if item.contains(prefix)), key=lambda item: item.high - item.low)

    def _holes(self, prefix: Network, around: Network) -> list[Network]:
        """Return the shortest prefixes within one that other nodes have than those around it, in order."""
        inner = [item for item in self._holders if item != prefix and prefix.contains(item)]
        found = sorted(item for item in inner if self._holders[item] != self._holders[around])
        return [item for item in found if not any(other != item and other.contains(item) for other in found)]


def _without(prefix: Network, holes: Sequence[Network]) -> Iterator[Network]:
    """Yield the fewest prefixes with all addresses of one that are in none of some prefixes within it, in order."""
    if not holes:
        yield prefix
    elif prefix not in holes:
        middle = (prefix.low + prefix.high) // 2
        for half in (prefix._replace(high=middle), prefix._replace(low=middle + 1)):
            yield from _without(half, [hole for hole in holes if half.contains(hole) or hole.contains(half)])
