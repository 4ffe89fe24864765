"""Why what packets wait for is assumed, where it is not proved."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.manifest.model import DemandEntry
from intentc.resolve.model import Scheduling
from intentc.run import Run

_NONE = "none"
_SHARED = "classes share by weights, in turns that nobody publishes"
_CAPPED = "the class is capped by a shaper of which nothing says what burst it lets pass"


def assumed_lines(demand: DemandEntry, traffic_class: str | None, compiled: Run) -> Iterator[str]:
    """Yield at which nodes of the normal paths of a demand it is not known how its queues are served; nothing where it is."""
    if demand.primary.basis != "assumed" or compiled.topology is None or compiled.model is None:
        return
    nodes = compiled.topology.nodes
    senders = dict.fromkeys(name for path in demand.primary.paths for name in path.path[:-1])
    own = compiled.model.classes.get(traffic_class or "")
    is_strict = own is not None and own.scheduling is Scheduling.STRICT
    bare = [name for name in senders if nodes[name].platform == _NONE]
    topology = compiled.topology
    unsure = [name for name in senders if name in (topology.shapers if is_strict else topology.sharers)]
    why = [f"nobody configures {', '.join(bare)}"] if bare else []
    if unsure:
        platforms = ", ".join(dict.fromkeys(nodes[name].platform for name in unsure))
        why.append(f"{_CAPPED if is_strict else _SHARED}, at {', '.join(unsure)} ({platforms})")
    told = "; ".join(why) or "others come to its queues from routers that nobody configures"
    yield f"    the wait in queues is assumed, not proved: {told}"
