"""What services are asked to serve: requests by host, in the normal state and in every promised failure state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.book import Book, Claim
from intentc.resolve.model import ServiceFacts
from intentc.values import frozen

_Desk = tuple[str, str]  # a service, and one of its hosts ("": all of them together)


@frozen
class Load:
    """What one demand asks of services: `normal` at `host`, and in each of `states` `failed` at the host given (None: nothing)."""

    intent: str
    services: tuple[str, ...]
    normal: Claim
    host: str
    failed: Claim
    states: Mapping[Outage, str | None]


@frozen
class Crowd:
    """A service that is asked for more than it serves in a state: `asked_bps` at `host` ("": at all together), by `intents`."""

    service: ServiceFacts
    host: str
    outage: Outage
    asked_bps: int
    intents: tuple[str, ...]


class Services:
    """The books of all services with a capacity; loads are entered and taken out as a whole, and only counted."""

    def __init__(self, facts: Mapping[str, ServiceFacts]) -> None:
        self._facts = {name: item for name, item in facts.items() if item.capacity_bps is not None}
        self._books: dict[_Desk, Book] = {}
        self._users: dict[_Desk, Counter[str]] = {}

    def copy(self) -> Services:
        """Return the same books, to be changed apart."""
        found = Services(self._facts)
        found._books = {desk: book.copy() for desk, book in self._books.items()}
        found._users = {desk: Counter(users) for desk, users in self._users.items()}
        return found

    def limited(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of some services that have a capacity."""
        return tuple(name for name in names if name in self._facts)

    def host_of(self, service: str, node: str) -> str:
        """Return the host whose capacity requests take that end at a node: "" where all hosts share one."""
        facts = self._facts[service]
        return facts.hosts.get(node, node) if facts.is_per_host else ""

    def post(self, load: Load, sign: int) -> None:
        """Enter (`sign` 1) or take out (-1) what a demand asks."""
        for service in load.services:
            home = self._desk(service, load.host)
            self._books.setdefault(home, Book()).post(load.normal, sign)
            self._books[home].post_changes(load.states, load.normal, -sign)
            for outage, host in load.states.items():
                if host is not None:
                    self._books.setdefault(self._desk(service, host), Book()).post_changes((outage,), load.failed, sign)
            for desk in self._desks(service, load):
                self._users.setdefault(desk, Counter())[load.intent] += sign

    def crowd(self, load: Load) -> Crowd | None:
        """Return the first service and host that is asked for too much, of those that a load in the books is on."""
        for service in load.services:
            facts = self._facts[service]
            for desk in sorted(self._desks(service, load)):
                book = self._books[desk]
                for outage in (NORMAL, *book.outages):
                    asked = sum(book.reserved(outage).values())
                    if asked > (facts.capacity_bps or 0):
                        users = tuple(sorted(name for name, count in self._users[desk].items() if count))
                        return Crowd(facts, desk[1], outage, asked, users)
        return None

    def _desks(self, service: str, load: Load) -> Iterator[_Desk]:
        hosts = {load.host, *(host for host in load.states.values() if host is not None)}
        yield from sorted({self._desk(service, host) for host in hosts})

    def _desk(self, service: str, node: str) -> _Desk:
        return service, self.host_of(service, node)
