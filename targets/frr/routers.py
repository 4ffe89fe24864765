"""Router addresses: traffic of the network itself, which no rule touches."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from intentc.targetkit.kit import Fleet
from intentc.values import frozen

from . import escape
from .match import interfaces


@frozen
class Routers:
    """The addresses of all routers by family, sorted, as elements of a set."""

    ipv4: str
    ipv6: str

    def exemptions(self, host_ports: tuple[str, ...]) -> tuple[str, ...]:
        """Return the rules that let pass what is sent to a router, and what a router sends (ICMP errors above all).

        Where hosts hang, a router's address as source is forged.
        """
        inside = f"{interfaces('iifname', host_ports, is_negated=True)} " if host_ports else ""
        return (
            "ip daddr @routers4 accept",
            "ip6 daddr @routers6 accept",
            f"{inside}ip saddr @routers4 accept",
            f"{inside}ip6 saddr @routers6 accept",
        )


def routers(fleet: Fleet) -> Routers:
    """Return the router addresses of the network."""
    return _sorted(tuple(fleet.infrastructure))


@lru_cache(maxsize=4)  # every file of every device asks for those of one fleet
def _sorted(addresses: tuple[str, ...]) -> Routers:
    found = sorted((ipaddress.ip_network(text) for text in addresses), key=lambda net: (net.version, int(net[0])))
    return Routers(
        ", ".join(escape.prefix(str(network)) for network in found if network.version == 4),
        ", ".join(escape.prefix(str(network)) for network in found if network.version == 6),
    )
