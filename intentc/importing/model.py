"""A network as a file of another tool describes it, in no tool's words. Texts are as in the file: `settle` makes names of them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network

from intentc.diagnostics import Span
from intentc.topology.model import Directional
from intentc.values import field, frozen, mutable

Location = tuple[str, str]  # latitude and longitude in degrees (WGS 84), as written
Addresses = tuple[str | None, str | None]  # of end a and end b, with prefix lengths


@mutable
class ImportedSite:
    """A place; `region` is a name in the network's `regions`."""

    name: str
    span: Span
    region: str | None = None
    location: Location | None = None
    labels: dict[str, str | bool] = field(default_factory=dict)


@mutable
class ImportedNode:
    """A node; `platform` is a target's name, None where the file's word for it (`software`) is none that a target serves.

    `is_passive`: what nobody configures, a host or somebody else's router.
    """

    name: str
    span: Span
    site: str | None = None
    role: str | None = None
    platform: str | None = None
    software: str | None = None
    is_passive: bool = False
    chassis: str | None = None
    loopback: str | None = None
    loopback6: str | None = None
    management: str | None = None
    state: str | None = None
    attached: list[tuple[str, str | None]] = field(default_factory=list)  # prefixes, and the interfaces they hang on
    labels: dict[str, str | bool] = field(default_factory=dict)


@frozen
class ImportedEnd:
    """One end of a link: a node by its name in the file, and its interface."""

    node: str
    interface: str | None = None


@mutable
class ImportedLink:
    """A link of two ends; what is None the file does not say. Rates in bps, times in ns, loss in parts per billion."""

    a: ImportedEnd
    b: ImportedEnd
    span: Span
    id: str | None = None
    capacity_bps: Directional | None = None
    latency_ns: Directional | None = None
    metric: Directional | None = None
    te_metric: Directional | None = None
    mtu: int | None = None
    loss_ppb: int | None = None
    jitter_ns: int | None = None
    addresses: Addresses = (None, None)
    addresses6: Addresses = (None, None)
    srlgs: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    remark: str | None = None  # how a value was chosen, for whoever reads the topology
    labels: dict[str, str | bool] = field(default_factory=dict)


@mutable
class ImportedNetwork:
    """What a file holds; `regions` are names with their parents."""

    name: str | None = None
    regions: dict[str, str | None] = field(default_factory=dict)
    sites: dict[str, ImportedSite] = field(default_factory=dict)
    nodes: dict[str, ImportedNode] = field(default_factory=dict)
    links: list[ImportedLink] = field(default_factory=list)


@frozen
class Options:
    """What a user adds where a file says nothing. `unit_bps`: what 1 is where capacities are bare numbers.

    `systems`: the target that serves a system, by the words that other tools have for it (small letters, `_` between).
    """

    capacity_bps: int | None = None
    latency_ns: int | None = None
    platform: str | None = None
    loopbacks: IPv4Network | IPv6Network | None = None
    unit_bps: int | None = None
    systems: Mapping[str, str] = field(default_factory=dict)

    def target_of(self, software: str | None) -> str | None:
        """Return the target that serves a system, None when none does or nobody knows it under this word."""
        return (
            None if software is None else self.systems.get(software.strip().lower().replace("-", "_").replace(" ", "_"))
        )


@frozen
class Imported:
    """A topology in the project's own form; `text` is None when something stands against it (it has its finding)."""

    text: str | None
    network: ImportedNetwork
