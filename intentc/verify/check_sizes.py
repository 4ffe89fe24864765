"""Whether every link on the paths of a demand carries the hosts' largest packets with the labels in front of them."""

from __future__ import annotations

from intentc.verify.case import Case, World
from intentc.verify.labels import BYTES, most_labels

_BOUND = "E0569"


def check_sizes(world: World, case: Case) -> None:
    """Judge all paths against `host_mtu`; where the topology has none, hosts find the size out that fits."""
    size = world.topology.routing.host_mtu
    if size is None:
        return
    need = size + BYTES * most_labels(case.entry)
    paths = (*case.entry.primary.paths, *(path for state in case.entry.states for path in state.paths))
    used = {name for path in paths for name in path.links if name in world.topology.links}
    narrow = sorted(name for name in used if world.topology.links[name].mtu < need)
    said = f"{case.name}: its packets have up to {need} bytes, too many for {', '.join(f'`{name}`' for name in narrow)}"
    world.court.judge("bounds", _BOUND, holds=not narrow or world.excuses(case, "E0513"), otherwise=said)
