"""Lines of access lists: written in the order of words that IOS XR has, read in every spelling that it prints.

The order of words is that of `permit` and `deny` in Cisco's command references for access lists (IOS XR 7 and 25, "IP Addresses and
Services Command Reference"): protocol, source, destination, type of an ICMP message, `dscp`, next hops.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import Kind

from .owned import Match, Sequence, Side
from .words import DSCP, PORT, PROTOCOL4, PROTOCOL6

_ACTIONS = ("permit", "deny")
_FAMILY = {4: "ipv4", 6: "ipv6"}
_PROTOCOL = {4: PROTOCOL4, 6: PROTOCOL6}
_MESSAGES = {"nd-ns": 135, "nd-na": 136}  # of ICMPv6, where a device prints names


def sequence_kind(family: int) -> Kind:
    """Return the words of the entries of a family's lists."""

    def write(sequence: Sequence) -> str:
        action, match = ("deny", sequence.deny[0]) if sequence.deny else ("permit", sequence.permit[0])
        return " ".join([str(sequence.number), action, *_words(match, family)])

    def read(text: str) -> Sequence:
        number, action, *rest = text.split()
        if action not in _ACTIONS:
            raise ValueError(f"not an entry: {text!r}")
        match = _Words(rest, family).match()
        return Sequence(int(number), deny=(match,)) if action == "deny" else Sequence(int(number), permit=(match,))

    return Kind(write, read)


def _words(match: Match, family: int) -> Iterator[str]:
    yield _PROTOCOL[family].write(match.protocol)
    yield from _side(match.source[0])
    yield from _side(match.destination[0])
    if match.icmp_type is not None:
        yield str(match.icmp_type)
    if match.dscp is not None:
        yield f"dscp {match.dscp}"
    for number, hop in enumerate((match.hop1, match.hop2, match.hop3), 1):
        if hop is not None:
            yield f"nexthop{number} {_FAMILY[family]} {hop}"


def _side(side: Side) -> Iterator[str]:
    if side.is_any:
        yield "any"
    elif side.host is not None:
        yield f"host {side.host}"
    else:
        yield f"{side.address}/{side.length}"
    if side.port is not None:
        yield f"eq {side.port}"
    elif side.first_port is not None:
        yield f"range {side.first_port} {side.last_port}"


class _Words:
    """The words of an entry behind its action, taken one by one; raises `ValueError` for any that no entry of intentc has."""

    def __init__(self, words: list[str], family: int) -> None:
        self._left = words
        self._family = family

    def match(self) -> Match:
        protocol = _PROTOCOL[self._family].read(self._take())
        source, destination = self._side(), self._side()
        kind = self._message() if protocol in {"icmp", "icmpv6"} else None
        dscp = DSCP.read(self._take()) if self._has("dscp") else None
        hops = [self._hop(number) for number in (1, 2, 3)]
        if self._left:
            raise ValueError(f"more than an entry has: {self._left}")
        return Match(protocol, (source,), (destination,), dscp, kind, *hops)

    def _take(self) -> str:
        if not self._left:
            raise ValueError("a word is missing")
        return self._left.pop(0)

    def _has(self, word: str) -> bool:
        if self._left[:1] != [word]:
            return False
        self._take()
        return True

    def _side(self) -> Side:
        if self._has("any"):
            return self._ports(Side(is_any=True))
        if self._has("host"):
            return self._ports(Side(host=self._take()))
        address, slash, length = self._take().partition("/")
        if slash:
            return self._ports(Side(address=address, length=int(length)))
        return self._ports(Side(address=address, wildcard=self._take()))

    def _ports(self, side: Side) -> Side:
        low = high = port = None
        if self._has("eq"):
            port = PORT.read(self._take())
        elif self._has("range"):
            low, high = PORT.read(self._take()), PORT.read(self._take())
        return Side(side.is_any, side.host, side.address, side.length, side.wildcard, port, low, high)

    def _message(self) -> int | None:
        if self._left and (self._left[0] in _MESSAGES or self._left[0].isdigit()):
            word = self._take()
            return _MESSAGES.get(word) or int(word)
        return None

    def _hop(self, number: int) -> str | None:
        if not self._has(f"nexthop{number}"):
            return None
        if not self._has(_FAMILY[self._family]):
            raise ValueError("a next hop of the other family")
        return self._take()
