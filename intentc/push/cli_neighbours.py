"""Who is up next to an EOS device: IS-IS adjacencies, BFD sessions, BGP sessions, out of its answers in JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def _isis(document: Document) -> Iterator[str]:
    for vrf in _tables(document, "vrfs"):
        for process in _tables(vrf, "isisInstances"):
            for neighbour in _tables(process, "neighbors"):
                for one in neighbour.get("adjacencies", ()):
                    if one.get("state") == "up":
                        yield f"isis {one.get('hostname', '')} {one.get('interfaceName', '')}"


def _bfd(document: Document) -> Iterator[str]:
    for vrf in _tables(document, "vrfs"):
        for family in ("ipv4Neighbors", "ipv6Neighbors"):
            for address, peer in dict(vrf.get(family, {})).items():
                for interface, one in dict(peer.get("peerStats", {})).items():
                    if one.get("status") == "up":
                        yield f"bfd {address} {interface}".rstrip()


def _bgp(document: Document) -> Iterator[str]:
    for name, vrf in dict(document.get("vrfs", {})).items():
        for address, peer in dict(vrf.get("peers", {})).items():
            if peer.get("peerState") == "Established":
                yield f"bgp {name} {address}"


def _tables(document: Document, key: str) -> Iterator[Document]:
    yield from dict(document.get(key, {})).values()


# command -> what its answer says is up; a protocol that does not run is refused, which is an answer too
NEIGHBOURS: Mapping[str, Callable[[Document], Iterator[str]]] = {
    "show isis neighbors | json": _isis,
    "show bfd peers | json": _bfd,
    "show ip bgp summary | json": _bgp,
}
