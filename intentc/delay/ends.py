"""The link ends that demands send over, each with the classes in use there and what the scheduler owes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from intentc.delay.service import End, even_bps, make_share
from intentc.delay.streams import Web
from intentc.delay.turning import other_keys
from intentc.realise.model import Realised
from intentc.recall import Recall
from intentc.resolve.model import Scheduling

DEFAULT_CLASS = "default"  # everything that no intent names; it is there on every link
_Sender = tuple[str, str]  # link, sending node


def make_ends(realised: Realised, web: Web, known: Recall[End] | None = None) -> Mapping[_Sender, End]:
    """Return the link ends of all queues. What nobody declared (`background`) is taken off the rate first.

    `known`: those of the last time, with the same classes.
    """
    known = Recall() if known is None else known
    known.begin(realised.model.topology)
    found: dict[_Sender, End] = {}
    for (name, node), own in _used(realised, web).items():
        make = partial(_end, realised, name, node, own)
        found[name, node] = known.of((name, node), (), make, (own, realised.loads.get(name)))
    return found


class KnownEnds:
    """The link ends of one program after the other, with the same classes: only what has changed is looked at."""

    def __init__(self) -> None:
        self._recall: Recall[End] = Recall()
        self._web: Web | None = None
        self._realised: Realised | None = None
        self._used: Mapping[_Sender, Mapping[str, bool]] = {}
        self._found: Mapping[_Sender, End] = {}
        self._may_be_tight: Mapping[_Sender, bool] = {}

    def of(self, realised: Realised, web: Web) -> tuple[Mapping[_Sender, End], Mapping[_Sender, bool]]:
        """Return the link ends of all queues, and which of them may be tight (`End.may_be_tight`)."""
        before, self._realised = self._realised, realised
        if before is None or before.model.topology is not realised.model.topology or not self._is_of(web):
            self._web, self._used = web, _used(realised, web)
            self._found = make_ends(realised, web, self._recall)
            self._may_be_tight = {sender: end.may_be_tight for sender, end in self._found.items()}
        else:
            loads, known = realised.loads, before.loads
            names = [name for name in other_keys(known, loads) if loads.get(name) != known.get(name)]
            links = [realised.model.topology.links[name] for name in names]
            senders = [(link.id, end.node) for link in links for end in (link.a, link.b)]
            made = {sender: _end(realised, *sender, self._used[sender]) for sender in senders if sender in self._used}
            made = {sender: end for sender, end in made.items() if end != self._found[sender]}
            self._found = {**self._found, **made} if made else self._found
            tight = {sender: end.may_be_tight for sender, end in made.items()}
            if any(self._may_be_tight[sender] != is_tight for sender, is_tight in tight.items()):
                self._may_be_tight = {**self._may_be_tight, **tight}
        return self._found, self._may_be_tight

    def _is_of(self, web: Web) -> bool:
        """Return whether a web has the queues of the last one, in the same order, and the same comes to them metered."""
        known = self._web
        return known is web or (
            known is not None
            and (known.keys, known.is_open, known.is_policed)
            == (
                web.keys,
                web.is_open,
                web.is_policed,
            )
        )


def _used(realised: Realised, web: Web) -> Mapping[_Sender, Mapping[str, bool]]:
    """Return the classes with queues at each link's end, and whether what comes to each is held."""
    classes = realised.model.classes
    used: dict[_Sender, dict[str, bool]] = {}
    for number, (link_id, node, name) in enumerate(web.keys):
        used.setdefault((link_id, node), {})[name] = (
            web.is_policed[number] and not web.is_open[number] and classes[name].scheduling is not Scheduling.IDLE
        )
    return used


def _end(realised: Realised, name: str, node: str, own: Mapping[str, bool]) -> End:
    """Return a link's end; `own`: the classes with queues there, and whether what comes to each is held."""
    link, classes = realised.model.topology.links[name], realised.model.classes
    is_ab = link.is_ab(node)
    line, load = link.capacity_bps.towards(is_ab=is_ab), realised.loads.get(name)
    reserved = load.worst_by_class if load is not None else {}
    rates = {each: rate.towards(is_ab=is_ab) for each, rate in reserved.items()}
    present = sorted({*own, *({DEFAULT_CLASS} & classes.keys())})
    left = line - link.background_bps.towards(is_ab=is_ab)
    is_sharing = node in realised.model.topology.sharers
    return End(
        rate_bps=left,
        mtu=link.mtu,
        line_bps=line,
        queue_bytes=link.queue_bytes,
        shares={
            each: make_share(classes[each], line, rates.get(each, 0), is_held=own.get(each, False)) for each in present
        },
        even_bps=even_bps(classes.values(), line, left, rates) if is_sharing else None,
        is_shaping=node in realised.model.topology.shapers,
    )
