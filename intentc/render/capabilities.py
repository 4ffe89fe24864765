"""What each device can do: its target's data, decided by its release."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.render.algorithms import check_algorithms
from intentc.render.chassis import find_chassis
from intentc.targetkit.model import NO_LIMITS, Capabilities, Feature, NodeCapabilities, Road, Support, Target
from intentc.topology.model import Node, Topology
from intentc.values import replace

NONE = "none"  # the platform of nodes that cannot be configured
_SUPPORTED = Support(is_supported=True)
_Kind = tuple[str, str | None, str | None, str | None]  # platform, release and transport as written, hardware


def capabilities(topology: Topology, targets: Mapping[str, Target], findings: Findings) -> Capabilities:
    """Return what every node can do.

    Unknown platforms (E0601), releases (E0602) and transports (E0605) are findings, and such a node is taken for one that
    can do everything: one mistake is one finding. Releases that are not written are assumed, with one note per platform
    (N0603); another one names nodes that get no SR policies for want of a number (N0606). Flexible Algorithms that a node is
    said to compute and cannot are findings (E0607), and so are BFD timers of the topology that it cannot keep (E0615), and
    hardware that is not known where a target's data depends on it (E0631).
    """
    alike: dict[_Kind, NodeCapabilities] = {}
    found = {name: _of(node, targets, findings, alike) for name, node in topology.nodes.items()}
    _note_assumed(topology, found, findings)
    _note_depths(topology, found, findings)
    check_algorithms(topology, found, findings)
    _check_bfd(topology, found, findings)
    return found


def _of(
    node: Node, targets: Mapping[str, Target], findings: Findings, alike: dict[_Kind, NodeCapabilities]
) -> NodeCapabilities:
    """Return what a node can do; `alike`: what has been found of others of its kind, as large networks have few kinds."""
    if node.platform == NONE:
        return _forwarding_only(node)
    target = targets.get(node.platform)
    if target is None:
        _report_platform(node, targets, findings)
        return _anything(node, targets)
    release = target.releases[0] if node.release is None else _known_release(node.release, target)
    if release is None:
        _report_release(node, target, findings)
        release = target.releases[-1]
    _check_transport(node, target, release, findings)
    transport = None if node.management is None else node.management.transport
    kind = (target.name, node.release, transport, find_chassis(node, target, findings))
    if kind not in alike:
        alike[kind] = _decided(node, target, release, kind[-1])
    return replace(alike[kind], node=node.name)


def _decided(node: Node, target: Target, release: str, chassis: str | None) -> NodeCapabilities:
    """Return what the data says; hardware that is not known (None) is taken for one that can do everything."""
    limits = target.limits if chassis is None else replace(target.limits, **target.chassis[chassis].limits)
    road = target.road(None if node.management is None else node.management.transport)
    return NodeCapabilities(
        node=node.name,
        platform=target.name,
        release=node.release or release,
        is_release_assumed=node.release is None,
        mechanisms=tuple(
            name for name, since in target.mechanisms.items() if _is_since(since, release) and name not in road.lacks
        ),
        features={
            name: _untyped(road, target) if name in road.lacks else _support(feature, release, chassis, target)
            for name, feature in target.features.items()
        },
        bfd_min_interval_us=limits.bfd_min_interval_us,
        bfd_interval_us=limits.bfd_interval_us,
        bfd_multiplier=limits.bfd_multiplier,
        repair_us=limits.repair_us,
        max_steering_tables=limits.max_steering_tables,
        max_queues=limits.max_queues,
        max_segments=limits.max_segments,
        max_policies=limits.max_policies,
        max_classes=limits.max_classes,
        max_strict_classes=limits.max_strict_classes,
        max_meter_ports=limits.max_meter_ports,
        ports=target.ports,
        hardware=chassis,
        local_repair_us=limits.local_repair_us,
        switch_interval_us=limits.switch_interval_us,
        switch_us=limits.switch_us,
    )


def _support(feature: Feature, release: str, chassis: str | None, target: Target) -> Support:
    is_other_hardware = bool(feature.chassis) and chassis is not None and chassis not in feature.chassis
    if feature.since is None or is_other_hardware:
        return Support(is_supported=False, reason=feature.reason, instead=feature.instead)
    if _is_since(feature.since, release):
        return _SUPPORTED
    reason = f"{target.title} has it from release {feature.since} on"
    return Support(is_supported=False, reason=reason, instead=f"upgrade the device to {feature.since} or later")


def _untyped(road: Road, target: Target) -> Support:
    """Return why a node that asks for a road is not given what goes over the main one."""
    reason = f"{target.title} is not given it over {road.transport}"
    instead = f"leave `transport: {road.transport}` under `management` out: over {target.transport} it is given"
    return Support(is_supported=False, reason=reason, instead=instead)


def _forwarding_only(node: Node) -> NodeCapabilities:
    return NodeCapabilities(
        node=node.name,
        platform=NONE,
        release="",
        is_release_assumed=False,
        mechanisms=("igp",),
        features={},
        bfd_min_interval_us=NO_LIMITS.bfd_min_interval_us,
        bfd_interval_us=NO_LIMITS.bfd_interval_us,
        bfd_multiplier=NO_LIMITS.bfd_multiplier,
        repair_us=NO_LIMITS.repair_us,
        max_steering_tables=NO_LIMITS.max_steering_tables,
        max_queues=NO_LIMITS.max_queues,
    )


def _anything(node: Node, targets: Mapping[str, Target]) -> NodeCapabilities:
    """Return the capabilities of a node whose platform is a mistake: those of any target, as if it could do all of them."""
    if not targets:
        return _forwarding_only(node)
    target = next(iter(targets.values()))
    own = _decided(node, target, target.releases[-1], None)
    return NodeCapabilities(
        node=node.name,
        platform=node.platform,
        release=node.release or "",
        is_release_assumed=False,
        mechanisms=own.mechanisms,
        features=dict.fromkeys(target.features, _SUPPORTED),
        bfd_min_interval_us=0,
        bfd_interval_us=own.bfd_interval_us,
        bfd_multiplier=own.bfd_multiplier,
        repair_us=own.repair_us,
        max_steering_tables=own.max_steering_tables,
        max_queues=own.max_queues,
        max_segments=own.max_segments,
    )


def _known_release(written: str, target: Target) -> str | None:
    """Return the target's release that a written one belongs to (8.4.4 is 8.4)."""
    return next((known for known in target.releases if written == known or written.startswith(f"{known}.")), None)


def _is_since(since: str, release: str) -> bool:
    return tuple(map(int, release.split("."))) >= tuple(map(int, since.split(".")))


def _report_platform(node: Node, targets: Mapping[str, Target], findings: Findings) -> None:
    from difflib import get_close_matches  # noqa: PLC0415  (only where a name is wrong: start-up)

    near = get_close_matches(node.platform, [*targets, NONE], n=1)
    known = ", ".join(f"`{name}`" for name in [*targets, NONE])
    findings.error(
        "E0601",
        f"there is no target for the platform `{node.platform}`",
        node.span,
        node=node.name,
        help=(f"did you mean `{near[0]}`?",) if near else (f"the platforms are {known}",),
    )


def _report_release(node: Node, target: Target, findings: Findings) -> None:
    from difflib import get_close_matches  # noqa: PLC0415  (only where a name is wrong: start-up)

    near = get_close_matches(node.release or "", target.releases, n=1)
    findings.error(
        "E0602",
        f"the target `{target.name}` does not know release `{node.release}`",
        node.span,
        node=node.name,
        help=(
            *((f"did you mean `{near[0]}`?",) if near else ()),
            f"it knows {', '.join(target.releases)}",
        ),
    )


def _check_transport(node: Node, target: Target, release: str, findings: Findings) -> None:
    management = node.management
    if management is None or management.transport is None:
        return
    since = target.road(management.transport).since
    if management.transport not in target.transports:
        reason = f"does not offer `{management.transport}`"
    elif since and not _is_since(since, release):
        reason = f"offers `{management.transport}` from release {since} on, not for {release}"
    else:
        return
    findings.error(
        "E0605",
        f"`{node.name}` is configured over `{target.transport}`; its platform `{target.name}` {reason}",
        management.span,
        node=node.name,
        help=("leave `transport` out",),
    )


def _note_assumed(topology: Topology, found: Capabilities, findings: Findings) -> None:
    by_platform: dict[tuple[str, str], list[Node]] = {}
    for name, own in found.items():
        if own.is_release_assumed:
            by_platform.setdefault((own.platform, own.release), []).append(topology.nodes[name])
    for (platform, release), nodes in by_platform.items():
        others = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
        findings.add(
            Diagnostic(
                "N0603",
                f"`{nodes[0].name}`{others} of platform `{platform}` without a release: {release} is assumed",
                nodes[0].span,
                related=tuple(Label(node.span, "no release here either") for node in nodes[1:]),
                help=("write the release that the devices run",),
                node=nodes[0].name,
            )
        )


def _note_depths(topology: Topology, found: Capabilities, findings: Findings) -> None:
    """Note, once per platform, the nodes that could have SR policies if anyone said how many segments they can push."""
    by_platform: dict[str, list[Node]] = {}
    for name, own in found.items():
        routing = topology.nodes[name].segment_routing
        is_unknown = routing is not None and routing.max_sid_depth is None and own.max_segments is None
        if is_unknown and "sr-policy" in own.mechanisms:
            by_platform.setdefault(own.platform, []).append(topology.nodes[name])
    for platform, nodes in by_platform.items():
        others = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
        findings.add(
            Diagnostic(
                "N0606",
                f"`{nodes[0].name}`{others} of platform `{platform}` without `max_sid_depth`: no SR policies there",
                nodes[0].span,
                related=tuple(Label(node.span, "it is not known here either") for node in nodes[1:]),
                help=("write how many segments the device can push",),
                node=nodes[0].name,
            )
        )


def _check_bfd(topology: Topology, found: Capabilities, findings: Findings) -> None:
    """Report timers that are too short: at the node that has its own, else once for the whole network."""
    shared = topology.routing.bfd
    is_reported = False
    for name, own in found.items():
        node = topology.nodes[name]
        bfd = node.bfd or shared
        if bfd is None or bfd.interval_us >= own.bfd_min_interval_us or (node.bfd is None and is_reported):
            continue
        is_reported = is_reported or node.bfd is None
        findings.error(
            "E0615",
            f"`{name}` cannot send BFD packets every {_ms(bfd.interval_us)}",
            node.span if node.bfd is not None else topology.routing.span,
            node=name,
            help=(f"the shortest interval of `{own.platform}` is {_ms(own.bfd_min_interval_us)}",),
        )


def _ms(interval_us: int) -> str:
    return f"{interval_us / 1000:g} ms"
