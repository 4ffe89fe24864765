"""Why what packets wait for is assumed, where it is not proved."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.manifest.model import DemandEntry
from intentc.resolve.model import Scheduling
from intentc.run import Run

_NONE = "none"


def assumed_lines(demand: DemandEntry, traffic_class: str | None, compiled: Run) -> Iterator[str]:
    """Yield at which nodes of the normal paths of a demand it is not known how its queues are served; nothing where it is."""
    if demand.primary.basis != "assumed" or compiled.topology is None or compiled.model is None:
        return
    nodes = compiled.topology.nodes
    senders = dict.fromkeys(name for path in demand.primary.paths for name in path.path[:-1])
    own = compiled.model.classes.get(traffic_class or "")
    is_strict = own is not None and own.scheduling is Scheduling.STRICT
    bare = [name for name in senders if nodes[name].platform == _NONE]
    sharers = [] if is_strict else [name for name in senders if name in compiled.topology.sharers]
    why = [f"nobody configures {', '.join(bare)}"] if bare else []
    if sharers:
        platforms = ", ".join(dict.fromkeys(nodes[name].platform for name in sharers))
        why.append(f"classes share by weights, in turns that nobody publishes, at {', '.join(sharers)} ({platforms})")
    told = "; ".join(why) or "others come to its queues from routers that nobody configures"
    yield f"    the wait in queues is assumed, not proved: {told}"
