"""Lines of access lists: written in the order of words that EOS has, read in every spelling that it prints."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from intentc.targetkit.kit import Kind, plain_network

from .owned import Entry, Ports
from .words import dscp_of

_PROTOCOLS = {"ip": "ip", "ipv6": "ip", "icmp": "icmp", "icmpv6": "icmp", "icmp6": "icmp"}
_PROTOCOLS |= {"tcp": "tcp", "udp": "udp", "sctp": "sctp", "1": "icmp", "58": "icmp", "6": "tcp", "17": "udp"}
_PROTOCOLS["132"] = "sctp"
_WRITTEN = {4: {"ip": "ip", "icmp": "icmp"}, 6: {"ip": "ipv6", "icmp": "icmpv6"}}
_ALL = {4: "0.0.0.0/0", 6: "::/0"}
_HOST = {4: 32, 6: 128}
_MOST_PORT = 65535
_HAVE_PORTS = frozenset(("tcp", "udp", "sctp"))
# names that EOS prints for ports, which it takes as well
_PORTS = {
    "ftp-data": 20,
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "tacacs": 49,
    "domain": 53,
    "bootps": 67,
    "bootpc": 68,
    "tftp": 69,
    "www": 80,
    "http": 80,
    "kerberos": 88,
    "pop3": 110,
    "sunrpc": 111,
    "nntp": 119,
    "ntp": 123,
    "imap": 143,
    "snmp": 161,
    "snmptrap": 162,
    "bgp": 179,
    "irc": 194,
    "ldap": 389,
    "https": 443,
    "isakmp": 500,
    "syslog": 514,
    "lpd": 515,
    "rip": 520,
    "ldp": 646,
    "nfs": 2049,
    "bfd": 3784,
    "sip": 5060,
    "vxlan": 4789,
}
_KINDS = {"neighbor-solicitation": "135", "neighbor-advertisement": "136"}


def entry_kind(family: int) -> Kind:
    """Return the words of the lines of a family's lists."""

    def write(entry: Entry) -> str:
        return entry_text(entry, family)

    def read(text: str) -> Entry:
        return entry_of(text, family)

    return Kind(write, read)


def entry_text(entry: Entry, family: int) -> str:
    """Return the line of an entry."""
    if entry.action == "remark":
        return f"{entry.number} remark {entry.remark}"
    return " ".join([str(entry.number), *_words(entry, family)])


def _words(entry: Entry, family: int) -> Iterator[str]:
    protocol = entry.protocol or "ip"
    yield entry.action
    yield _WRITTEN[family].get(protocol, protocol)
    yield _side(entry.source, family)
    yield from _ports(entry.source_ports)
    yield _side(entry.destination, family)
    yield from _ports(entry.destination_ports)
    if entry.kind is not None:
        yield entry.kind
    if entry.dscp is not None:
        yield f"dscp {entry.dscp}"


def _side(text: str | None, family: int) -> str:
    if text is None or text == _ALL[family]:
        return "any"
    network = plain_network(text)
    return f"host {network.network_address}" if network.prefixlen == network.max_prefixlen else str(network)


def _ports(ports: Ports) -> Iterator[str]:
    if ports is not None:
        yield f"eq {ports[0]}" if ports[0] == ports[1] else f"range {ports[0]} {ports[1]}"


@lru_cache(maxsize=65536)  # lists of a device have most of their lines in common
def entry_of(text: str, family: int) -> Entry:
    """Return the entry of a line; raises `ValueError` for words that no line of intentc has."""
    number, _, rest = text.partition(" ")
    if rest.startswith("remark "):
        return Entry(int(number), "remark", rest.removeprefix("remark "))
    words = _Words(rest.split())
    action, protocol = words.take(), _PROTOCOLS.get(words.peek())
    if action not in {"permit", "deny"} or protocol is None:
        raise ValueError(f"not an entry: {text!r}")
    words.take()
    source, source_ports = words.side(family), words.ports()
    destination, destination_ports = words.side(family), words.ports()
    kind = words.kind() if protocol == "icmp" else None
    dscp = dscp_of(words.take()) if words.has("dscp") else None
    if words.peek():
        raise ValueError(f"more than an entry has: {text!r}")
    return Entry(int(number), action, None, protocol, source, source_ports, destination, destination_ports, kind, dscp)


class _Words:
    """The words of a line, taken one by one."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def peek(self) -> str:
        return self._words[0] if self._words else ""

    def take(self) -> str:
        if not self._words:
            raise ValueError("a word is missing")
        return self._words.pop(0)

    def has(self, word: str) -> bool:
        """Return whether a word comes next, and take it."""
        if self.peek() != word:
            return False
        self.take()
        return True

    def side(self, family: int) -> str:
        if self.has("any"):
            return _ALL[family]
        text = f"{self.take()}/{_HOST[family]}" if self.has("host") else self.take()
        network = plain_network(text)
        if network.version != family:
            raise ValueError(f"of the other family: {text!r}")
        return str(network)

    def ports(self) -> Ports:
        if self.has("eq"):
            port = _port(self.take())
            return port, port
        return (_port(self.take()), _port(self.take())) if self.has("range") else None

    def kind(self) -> str | None:
        """Return the type of an ICMP message, by its number."""
        if self.peek() in _KINDS:
            return _KINDS[self.take()]
        return self.take() if self.peek().isdigit() else None


def _port(text: str) -> int:
    number = _PORTS[text] if text in _PORTS else int(text)
    if not 0 <= number <= _MOST_PORT:
        raise ValueError(f"not a port: {text!r}")
    return number


def has_ports(protocol: str) -> bool:
    """Return whether packets of a protocol have ports."""
    return protocol in _HAVE_PORTS
