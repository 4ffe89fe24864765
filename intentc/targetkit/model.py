"""What a target says of itself, as the stages before rendering need it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from intentc.values import field, frozen


@frozen
class Support:
    """Whether a feature can be expressed: `is_supported`, else why not (`reason`) and what would do it (`instead`)."""

    is_supported: bool
    reason: str = ""
    instead: str = ""


@frozen
class NodeCapabilities:
    """What one device can do, decided from its target's data and its release and chassis.

    `features` maps the names of IR features and clauses (`marking queueing policing steering sr-policy fence isolation bfd telemetry
    ipv6 …`, see targets/README.md) to their support; a name that is absent is not supported. Times in µs.
    """

    node: str
    platform: str
    release: str
    is_release_assumed: bool
    mechanisms: tuple[str, ...]  # of igp pbr sr-policy flex-algo, preferred first
    features: Mapping[str, Support]
    bfd_min_interval_us: int
    bfd_interval_us: int  # what intentc configures where it owns BFD
    bfd_multiplier: int
    repair_us: int  # from detection to forwarding again (SPF, FIB)
    max_steering_tables: int
    max_queues: int
    max_segments: int | None = None  # in a segment list, where the topology says nothing; None: unknown
    max_policies: int | None = None  # SR policies one after the other for the same packets; None: one
    max_classes: int | None = None  # on the whole device, with the default one; None: no more than ports have queues
    max_strict_classes: int | None = None  # on one port
    max_meter_ports: int | None = None  # that the packets of one meter may enter by
    ports: PortNames | None = None
    hardware: str | None = None  # the kind of chassis, a key of the target's data
    local_repair_us: int | None = None  # from detection to forwarding by a repair made beforehand (TI-LFA)
    switch_interval_us: int | None = None  # the shortest time between two probes of a path that is to be left
    switch_us: int | None = None  # on top of the time of the probes: until packets take another path


@frozen
class PortNames:
    """How a platform names its ports: `form`, and `sub` for those that share a physical port (regular expressions).

    `are_addressed`: adjacency segments are named by the link's IPv4 addresses.
    """

    form: str
    sub: str | None = None
    are_addressed: bool = False


@frozen
class Limits:
    """Numbers that bound what a device of a target can be given. Times in µs."""

    max_steering_tables: int
    max_queues: int
    bfd_min_interval_us: int
    bfd_interval_us: int
    bfd_multiplier: int
    repair_us: int
    max_segments: int | None = None
    max_policies: int | None = None
    max_classes: int | None = None
    max_strict_classes: int | None = None
    max_meter_ports: int | None = None
    local_repair_us: int | None = None
    switch_interval_us: int | None = None
    switch_us: int | None = None


@frozen
class Feature:
    """A feature in a target's data: there from release `since` on; None: never, for the `reason` given.

    With `chassis`, only hardware of those kinds (keys of `Target.chassis`) has it, and `reason` says why no other. `note`
    tells people what it means there, where that is less or other than what they may expect; nothing decides by it.
    """

    since: str | None
    reason: str = ""
    instead: str = ""
    chassis: tuple[str, ...] = ()
    note: str = ""


@frozen
class Chassis:
    """One kind of hardware: the words for it in the topology (globs), and the limits that are its own, by name. `is_cap_with_bursts`: as

    the target's, where that is not so of all.
    """

    names: tuple[str, ...]
    limits: Mapping[str, int] = field(default_factory=dict)
    is_cap_with_bursts: bool = False


@frozen
class Lab:
    """How containerlab runs devices of a target: the first of `kinds` unless the user names another one that takes the same files.

    The port that the topology calls `port` with a number from `first` on (and perhaps `unit` behind it) is an interface of the
    container that `endpoint` names with a number from `endpoint_first` on; there are `most` of them. `startup` is the file
    that devices start from, its template is below `templates/lab`; None: intentc's own labs make it. `type_form` finds, in the
    words of a node's chassis, what containerlab calls its type. Without `kinds` nothing runs such devices, for the `reason` given.
    """

    kinds: tuple[str, ...] = ()
    port: str = "eth{}"
    first: int = 1
    unit: str = ""
    endpoint: str = "eth{}"
    endpoint_first: int = 1
    most: int = 0
    startup: str | None = None
    type_form: str | None = None
    reason: str = ""
    instead: str = ""


NO_LIMITS = Limits(0, 0, 0, 0, 0, 0)


@frozen
class Road:
    """One way to a target's devices: its transport, and how a change becomes one that can be taken back there.

    `since` is the first release on which it is taken, "" for all; `why` says when one takes it. `lacks` are the features and mechanisms
    of the target that are not given to devices on this road.
    """

    transport: str
    commit: str
    since: str = ""
    why: str = ""
    lacks: tuple[str, ...] = ()


@frozen
class Target:
    """One target folder: its data and where its templates and code are.

    `transport` and `commit` are the road of every node that asks for no other; `roads` has the others by transport.
    """

    name: str
    title: str
    directory: Path
    transport: str
    is_tested: bool  # run on the vendor's own software by our tests; else "syntax-checked"
    releases: tuple[str, ...]  # supported, oldest first
    commit: str = ""  # how a change becomes one that can be taken back: restore-timer, confirmed-commit, …
    tested_releases: tuple[str, ...] = ()
    mechanisms: Mapping[str, str] = field(default_factory=dict)  # mechanism -> first release, preferred first
    features: Mapping[str, Feature] = field(default_factory=dict)
    limits: Limits = NO_LIMITS
    chassis: Mapping[str, Chassis] = field(default_factory=dict)  # in the order in which they are tried
    ports: PortNames | None = None
    lab: Lab | None = None  # None: its data do not say
    declares: tuple[str, ...] = ()  # beginnings of what only devices of the platform say of themselves
    known_as: tuple[str, ...] = ()  # what other tools call such systems: small letters, `_` between
    disruptive: Mapping[str, str] | None = (
        None  # `FEATURE.add|change|remove` -> what is noticed; None: its data do not say
    )
    roads: Mapping[str, Road] = field(default_factory=dict)
    is_by_guarantee: bool = (
        False  # ports serve what is guaranteed before anything else, bursts included; False: not known to
    )
    is_cap_with_bursts: bool = (
        False  # the cap of a strict class is told the bursts that were admitted; False: not known to let them pass
    )

    @property
    def main_road(self) -> Road:
        """Return the road of nodes that ask for no other."""
        return Road(self.transport, self.commit)

    @property
    def transports(self) -> tuple[str, ...]:
        """Return the transports that a node may ask for; what comes first is taken where it asks for none."""
        return (self.transport, *(name for name in self.roads if name != self.transport))

    def road(self, transport: str | None) -> Road:
        """Return the road of a node that asks for `transport`; the main one where it asks for none, or for what is not there."""
        return (
            self.main_road if transport in {None, self.transport} else self.roads.get(transport or "", self.main_road)
        )


Capabilities = Mapping[str, NodeCapabilities]
