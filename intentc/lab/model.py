"""The values of the labs, and the one exception that they raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from intentc.failures import Refusal
from intentc.targetkit.model import Lab
from intentc.topology.model import IPInterface, IPNetwork, Topology
from intentc.values import field, frozen


class LabError(Refusal):
    """A lab cannot be exported, started or used; the text is one line for the user."""


@frozen
class Host:
    """The host behind one port of a router: `addresses[i]` lies in `prefixes[i]`, where the router has `gateways[i]`."""

    name: str
    interface: str
    router: str
    router_interface: str
    prefixes: tuple[IPNetwork, ...]
    addresses: tuple[IPInterface, ...]
    gateways: tuple[IPInterface, ...]


@frozen
class Layout:
    """What a lab builds: a topology without planned parts, every interface and address known, and the hosts at its ports."""

    topology: Topology
    hosts: tuple[Host, ...]


@frozen
class LabFile:
    """One file of a lab; `path` is relative to the lab's directory."""

    path: PurePosixPath
    text: str
    is_executable: bool = False


@frozen
class LabFiles:
    """All files of a lab, sorted by path; the same topology and options give the same files."""

    name: str
    files: tuple[LabFile, ...]


@frozen
class ExportOptions:
    """`image` is what containerlab starts FRR routers and hosts from. `has_stand_ins`: nodes of other platforms run as FRR routers too.

    Otherwise `labs` says by platform how such nodes run, `images` from which image of the user's, `kinds` as which kind (the
    first of `labs` where it is silent), and `start_up` makes the file that a node of a platform starts from.
    """

    image: str = "intentc/frr:latest"
    has_stand_ins: bool = False
    labs: Mapping[str, Lab] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    start_up: Callable[[str, object], str] | None = None
