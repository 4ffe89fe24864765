"""The link ends that demands send over, each with the classes in use there and what the scheduler owes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from intentc.delay.service import End, make_share
from intentc.delay.streams import Web
from intentc.realise.model import Realised
from intentc.resolve.model import Scheduling
from intentc.values import Recall

DEFAULT_CLASS = "default"  # everything that no intent names; it is there on every link
_Sender = tuple[str, str]  # link, sending node


def make_ends(realised: Realised, web: Web, known: Recall[End] | None = None) -> Mapping[_Sender, End]:
    """Return the link ends of all queues. What nobody declared (`background`) is taken off the rate first.

    `known`: those of the last time, with the same classes.
    """
    classes, known = realised.model.classes, Recall() if known is None else known
    known.begin(realised.model.topology)
    used: dict[_Sender, dict[str, bool]] = {}
    for number, (link_id, node, name) in enumerate(web.keys):
        used.setdefault((link_id, node), {})[name] = (
            web.is_policed[number] and not web.is_open[number] and classes[name].scheduling is not Scheduling.IDLE
        )
    found: dict[_Sender, End] = {}
    for (name, node), own in used.items():
        make = partial(_end, realised, name, node, own)
        found[name, node] = known.of((name, node), (), make, (own, realised.loads.get(name)))
    return found


def _end(realised: Realised, name: str, node: str, own: Mapping[str, bool]) -> End:
    """Return a link's end; `own`: the classes with queues there, and whether what comes to each is held."""
    link, classes = realised.model.topology.links[name], realised.model.classes
    is_ab = link.is_ab(node)
    line, load = link.capacity_bps.towards(is_ab=is_ab), realised.loads.get(name)
    reserved = load.worst_by_class if load is not None else {}
    present = sorted({*own, *({DEFAULT_CLASS} & classes.keys())})
    return End(
        rate_bps=line - link.background_bps.towards(is_ab=is_ab),
        mtu=link.mtu,
        line_bps=line,
        queue_bytes=link.queue_bytes,
        shares={
            each: make_share(
                classes[each],
                line,
                reserved[each].towards(is_ab=is_ab) if each in reserved else 0,
                is_held=own.get(each, False),
            )
            for each in present
        },
    )
