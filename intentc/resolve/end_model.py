"""The two sides of traffic: nodes with what hangs on them, sites, replicas, and who talks to whom."""

from __future__ import annotations

from functools import cached_property

from intentc.clauses.requirement import EVERYTHING
from intentc.diagnostics import Span
from intentc.resolve.model import Endpoint
from intentc.resolve.prefixes import Network
from intentc.resolve.services import PortSet
from intentc.values import frozen


@frozen
class Offer:
    """Prefixes with the ports that answer there, of one service or (`EVERYTHING`) of none."""

    prefixes: tuple[Network, ...]
    ports: tuple[PortSet, ...]
    texts: tuple[tuple[int, str], ...]  # family and canonical text of each prefix
    service: str = EVERYTHING


@frozen
class Attachment:
    """One node of an end, and what of the end hangs on it."""

    endpoint: Endpoint
    offers: tuple[Offer, ...]
    services: frozenset[str] = frozenset()  # that it was named by

    @property
    def site(self) -> str:
        return self.endpoint.site

    @property
    def node(self) -> str:
        return self.endpoint.node


@frozen
class End:
    """A site (or a node without one), or all replicas of a service of which any may answer.

    Of a site whose nodes have different prefixes an end is what hangs on the same nodes: `part_of` is the site then.
    """

    name: str
    attachments: tuple[Attachment, ...]
    is_any_of: bool = False
    part_of: str | None = None

    @property
    def place(self) -> str:
        """The site as a whole, by which rates are shared, or the name."""
        return self.part_of or self.name

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The node of each attachment."""
        return tuple([attachment.node for attachment in self.attachments])

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The services that it was named by."""
        return tuple(sorted(frozenset[str]().union(*(item.services for item in self.attachments))))

    @property
    def is_uneven(self) -> bool:
        """Return whether its nodes offer different things."""
        attachments = self.attachments
        return len(attachments) > 1 and any(other.offers != attachments[0].offers for other in attachments)


@frozen
class Pair:
    """One forward demand. `is_back`: from the second side of a `between` to its first."""

    source: End
    destination: End
    is_back: bool = False

    @property
    def places(self) -> tuple[str, str]:
        """The places of both ends: pairs of parts of the same sites have the same."""
        return self.source.place, self.destination.place


@frozen
class Conversation:
    """All pairs of an intent. `is_between`: both directions share their rates; `has_replies`: replies are demands too."""

    pairs: tuple[Pair, ...]
    is_between: bool
    has_replies: bool
    span: Span
