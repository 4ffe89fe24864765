"""IP prefixes as ranges of integers: cheap to compare, and always laminar (two overlap only if one contains the other)."""

from __future__ import annotations

import ipaddress
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
WIDTH = {4: 32, 6: 128}


class Network(NamedTuple):
    """A prefix of family 4 or 6: the addresses `low` to `high`, both included."""

    family: int
    low: int
    high: int

    @property
    def length(self) -> int:
        return WIDTH[self.family] - (self.high - self.low).bit_length()

    def contains(self, other: Network) -> bool:
        """Return whether every address of `other` is in this prefix."""
        return self.family == other.family and self.low <= other.low and other.high <= self.high

    def overlaps(self, other: Network) -> bool:
        """Return whether the two share an address; then one contains the other."""
        return self.family == other.family and self.low <= other.high and other.low <= self.high


@lru_cache(maxsize=1 << 17)
def network(text: str) -> Network:
    """Return the prefix of a canonical text; an address is its host prefix. Raises ValueError on host bits."""
    return network_of(ipaddress.ip_network(text))


def network_of(prefix: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Network:
    """Return a prefix of the library as a range."""
    low = int(prefix.network_address)
    return Network(prefix.version, low, low + (1 << (prefix.max_prefixlen - prefix.prefixlen)) - 1)


@lru_cache(maxsize=1 << 17)
def text_of(prefix: Network) -> str:
    """Return the canonical text of a prefix."""
    return f"{address_text(prefix.family, prefix.low)}/{prefix.length}"


def address_text(family: int, value: int) -> str:
    """Return the canonical text of one address."""
    if family == 6:
        return str(ipaddress.IPv6Address(value))
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def meet(one: Network, other: Network) -> Network | None:
    """Return what two prefixes share: the smaller one, or nothing."""
    if one.contains(other):
        return other
    return one if other.contains(one) else None


class PrefixIndex(Generic[T]):
    """Items by prefix; finds those whose prefix overlaps a given one without looking at the rest."""

    def __init__(self) -> None:
        self._items: dict[Network, list[T]] = {}
        self._lengths: dict[int, list[int]] = {4: [], 6: []}
        self._sorted: list[Network] | None = None

    def add(self, prefix: Network, item: T) -> None:
        """File `item` under `prefix`."""
        if prefix not in self._items:
            self._items[prefix] = []
            self._sorted = None
            if prefix.length not in self._lengths[prefix.family]:
                self._lengths[prefix.family].append(prefix.length)
        self._items[prefix].append(item)

    def prefixes(self) -> list[Network]:
        """Return all prefixes in order of family and address."""
        if self._sorted is None:
            self._sorted = sorted(self._items)
        return self._sorted

    def at(self, prefix: Network) -> list[T]:
        """Return the items filed under exactly this prefix."""
        return self._items.get(prefix, [])

    def around(self, prefix: Network) -> Iterator[Network]:
        """Yield the filed prefixes that contain `prefix`, itself included."""
        width = WIDTH[prefix.family]
        for length in self._lengths[prefix.family]:
            if length <= prefix.length:
                size = 1 << (width - length)
                low = prefix.low & -size
                outer = Network(prefix.family, low, low + size - 1)
                if outer in self._items:
                    yield outer

    def overlapping(self, prefix: Network) -> Iterator[T]:
        """Yield the items whose prefix shares an address with `prefix`."""
        for outer in self.around(prefix):
            yield from self._items[outer]
        for inner in self._within(prefix):
            yield from self._items[inner]

    def _within(self, prefix: Network) -> Iterator[Network]:
        ordered = self.prefixes()
        position = bisect_left(ordered, Network(prefix.family, prefix.low, 0))
        while position < len(ordered) and ordered[position].family == prefix.family:
            inner = ordered[position]
            if inner.low > prefix.high:
                return
            if inner != prefix and prefix.contains(inner):
                yield inner
            position += 1
