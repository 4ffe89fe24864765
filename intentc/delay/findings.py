"""Breaches in words: one finding per intent and code, with the parts of the time that is too long."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from intentc.delay.breaches import JITTER, LATE_IN_FAILURE, LATENCY, LOSS, UNPROVABLE, Breach
from intentc.delay.latency import hops
from intentc.delay.verdicts import ASSUMED
from intentc.diagnostics import Diagnostic, Label, Span
from intentc.resolve.model import Demand, Model
from intentc.values import frozen

_PPB_PER_PERCENT = 10_000_000
_US_PER_MS = 1000
_MOST_RELATED = 8


@frozen
class Choice:
    """What an intent was lost by, of several that missed their bounds together: how many others were there when it last did, and how
    often queues were bounded in all.
    """

    beside: int
    count: int


def sources_of(model: Model) -> dict[str, set[str]]:
    """Return the sources of each intent."""
    found: dict[str, set[str]] = {}
    for demand in model.demands.values():
        if demand.reply_to is None:
            found.setdefault(demand.intent, set()).add(demand.source_site)
    return found


def report(
    model: Model, sources: Collection[str], intent: str, breaches: Iterable[Breach], choice: Choice | None = None
) -> list[Diagnostic]:
    """Return one finding per code: the gravest breach stands for all, and says how many of an intent's `sources` are concerned.

    `choice`: where others that missed their bounds too were kept, or went first.
    """
    by_code: dict[str, list[Breach]] = {}
    for breach in breaches:
        by_code.setdefault(breach.code, []).append(breach)
    return [_finding(model, sources, intent, sorted(by_code[code], key=_gravity), choice) for code in sorted(by_code)]


def _gravity(breach: Breach) -> tuple[int, str, str]:
    return breach.allowed - breach.value - (breach.other_us or 0), breach.item.demand.key, breach.state


def _finding(
    model: Model, sources: Collection[str], intent: str, breaches: Sequence[Breach], choice: Choice | None
) -> Diagnostic:
    first = breaches[0]
    others = dict.fromkeys(
        Label(_source_span(model, breach.item.demand), _MESSAGES[breach.code](breach))
        for breach in breaches[1:]
        if breach.item.demand.source_site != first.item.demand.source_site
    )
    return Diagnostic(
        code=first.code,
        message=_MESSAGES[first.code](first) + _how_many(model, sources, breaches),
        span=_span(first),
        related=(*_slowest(model, first), *list(others)[:_MOST_RELATED]),
        help=(*_helps(first), *_choices(choice)),
        intent=intent,
        state=first.state or None,
    )


def _span(breach: Breach) -> Span:
    demand = breach.item.demand
    if breach.code == LATE_IN_FAILURE and demand.failover is not None:
        return demand.failover.span
    return demand.clause_spans.get(breach.clause, demand.span)


def _who(breach: Breach) -> str:
    demand = breach.item.demand
    replies = " (replies)" if demand.direction == "reverse" else ""
    return f"`{demand.source_site}` to `{demand.destination_name}`{replies}"


def _when(breach: Breach) -> str:
    if not breach.state:
        return ""
    kind, _, name = breach.state.partition(":")
    words = {"link": "the link", "node": "the node", "srlg": "the risk group", "site": "the site"} | {
        "provider": "the provider"
    }
    return f" when {words[kind]} `{name}` fails" if kind in words and "+" not in name else f" in `{breach.state}`"


def _over(breach: Breach) -> str:
    return " - ".join(f"`{node}`" for node in breach.paths[0].nodes)


def _late(breach: Breach) -> str:
    parts = breach.parts
    spent = (
        f"{_time(parts.propagation)} propagation, {_time(parts.serialisation)} serialisation and"
        f" up to {_time(parts.queueing)} queueing"
    )
    took = f"{_who(breach)} takes up to {_time(parts.total)}{_when(breach)}, over {_over(breach)}: {spent}"
    if breach.other_us is None:
        return f"{took}, above the bound of {_time(breach.allowed)}"
    return f"{took}; the other direction takes {_time(breach.other_us)}, together above the bound of {_time(breach.allowed)}"


def _uneven(breach: Breach) -> str:
    return (
        f"the delay from {_who(breach)} varies by up to {_time(breach.value)}{_when(breach)}, over {_over(breach)}:"
        f" above the bound of {_time(breach.allowed)}"
    )


def _lossy(breach: Breach) -> str:
    return (
        f"the links from {_who(breach)} lose up to {_share(breach.value)}{_when(breach)}, over {_over(breach)}:"
        f" above the bound of {_share(breach.allowed)}"
    )


def _unprovable(breach: Breach) -> str:
    if not breach.item.demand.has_bandwidth:
        return f"without `bandwidth` nothing is known of the queues from {_who(breach)}, so no `{breach.clause}` can be promised"
    if breach.basis == ASSUMED:
        return (
            f"how queues from {_who(breach)} are served{_when(breach)}, over {_over(breach)}, is assumed, not proved:"
            f" so no `{breach.clause}` can be promised"
        )
    return (
        f"a queue from {_who(breach)} may overflow{_when(breach)}, over {_over(breach)}: its delay is bounded by its size"
        f" alone, so no `{breach.clause}` can be proved"
    )


_MESSAGES: Mapping[str, Callable[[Breach], str]] = {
    LATENCY: _late,
    LATE_IN_FAILURE: _late,
    JITTER: _uneven,
    LOSS: _lossy,
    UNPROVABLE: _unprovable,
}


def _helps(breach: Breach) -> Iterator[str]:
    demand = breach.item.demand
    if breach.clause == "latency" and breach.other_us is None:
        where = " in the `failover` block" if breach.state else ""
        yield f"`latency <= {_time(breach.parts.total)}`{where} is what this path can keep"
    elif breach.code == JITTER:
        yield f"`jitter <= {_time(breach.value)}` is what this path can keep"
    elif breach.code == LOSS:
        yield f"`loss <= {_share(breach.value)}` is what these links can keep"
    elif not demand.has_bandwidth:
        yield "write the rate that the bound is for, such as `bandwidth 10Mbps`"
    elif breach.basis == ASSUMED:
        yield (
            "a proof needs platforms that let a strict class's bursts pass its cap, or, of other classes, serve guarantees first"
            " (`intentc targets` tells; targets/README.md, `strict_cap` and `scheduling`)"
        )
    else:
        yield "give every intent of the class on the path a `bandwidth`, and the same one under failure"
    if breach.code in {LATENCY, LATE_IN_FAILURE, JITTER} and demand.has_bandwidth:
        yield f"bursts make queues: up to {demand.burst_bytes} bytes at once are admitted here; a smaller `burst` shortens them"


def _choices(choice: Choice | None) -> Iterator[str]:
    if choice is not None:
        yield (
            f"that is with the queueing of {choice.beside} other intents; queues were bounded {choice.count} times to find out who has to"
            " go, and nothing proves that it could not be kept in place of others"
        )


def _slowest(model: Model, breach: Breach) -> Iterator[Label]:
    """Yield the links of the path that lose, where that is what is wrong."""
    if breach.code != LOSS:
        return
    for _, name in hops(breach.paths[0]):
        link = model.topology.links[name]
        if link.loss_ppb:
            yield Label(link.span, f"`{name}` loses {_share(link.loss_ppb)}")


def _how_many(model: Model, sources: Collection[str], breaches: Sequence[Breach]) -> str:
    keys = {breach.item.demand.reply_to or breach.item.demand.key for breach in breaches}
    hit = {model.demands[key].source_site for key in keys if key in model.demands}
    return f" ({len(hit)} of {len(sources)} sources)" if len(sources) > 1 else ""


def _source_span(model: Model, demand: Demand) -> Span:
    topology = model.topology
    if demand.source_site in topology.sites:
        return topology.sites[demand.source_site].span
    return topology.nodes[demand.source_site].span if demand.source_site in topology.nodes else demand.span


def _time(us: int) -> str:
    return f"{us}us" if us < _US_PER_MS else f"{us / _US_PER_MS:.3f}".rstrip("0").rstrip(".") + "ms"


def _share(ppb: int) -> str:
    return f"{ppb / _PPB_PER_PERCENT:.7f}".rstrip("0").rstrip(".") + "%"
