"""What to say of an assertion that does not hold: the worst state, what is wrong in it, and whose traffic it is."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.assertions.connection import Divided
from intentc.assertions.context import Context
from intentc.assertions.model import NORMAL_STATE, Worst
from intentc.assertions.traffic import Offence, Traffic
from intentc.assertions.utilisation import Fullest, Load
from intentc.diagnostics import Diagnostic, Label
from intentc.resolve.assertion_model import Assertion, LengthBound
from intentc.topology.model import Link

_SHOWN = 3  # of the places that a finding points at
_PPM_PER_CENT = 10_000
_UNITS = (("Gbps", 10**9), ("Mbps", 10**6), ("kbps", 10**3))


def too_full(context: Context, assertion: Assertion, fullest: Fullest) -> Diagnostic:
    """Return the finding of a link that is fuller than it may be."""
    worst = fullest.worst
    link = _link(context, worst)
    more = len({arc >> 1 for arc in fullest.too_full} - {worst.arc >> 1})
    others = f"; {_counted(more, 'more link')} too full" if more else ""
    return _finding(
        "E0701",
        f"`{link.id}` from {_ends(context, worst)} is {percent(worst.ppm)} full{_in(worst.state)},"
        f" against `{assertion.text}`{others}",
        assertion,
        worst.state,
        related=(_capacity(context, link, worst), *_loaders(context, worst)),
        help=("give the link more capacity, commit less over it, or allow more",),
    )


def divided(context: Context, assertion: Assertion, found: Divided) -> Diagnostic:
    """Return the finding of nodes that do not reach each other."""
    one, other = found.example or ("", "")
    more = found.worst.value - 1
    others = f", and so are {_counted(more, 'more pair')}" if more else ""
    nodes = context.realised.model.topology.nodes
    return _finding(
        "E0702",
        f"`{one}` and `{other}` are cut off from each other{_in(found.worst.state)}{others}",
        assertion,
        found.worst.state,
        related=(Label(nodes[one].span, f"`{one}`"), Label(nodes[other].span, f"`{other}`")),
        help=("add a link that does not fail with the others, or leave out what may be cut off",),
    )


def trespassing(context: Context, assertion: Assertion, traffic: Traffic) -> Diagnostic:
    """Return the finding of packets where none of them may be."""
    first = traffic.offences[0]
    worst = first.finding.worst
    topology = context.realised.model.topology
    places = [f"link `{name}`" for name in first.links] + [f"node `{name}`" for name in first.nodes]
    more = f" and {len(places) - 1} more of what is forbidden" if len(places) > 1 else ""
    spans = [topology.links[name].span for name in first.links] + [topology.nodes[name].span for name in first.nodes]
    found = [Label(span, f"{place}, where none of it may be") for span, place in zip(spans, places, strict=True)]
    return _finding(
        "E0703",
        f"packets of `{first.finding.key}` come to {places[0]}{more}{_in(worst.state)}{_others(context, traffic)}",
        assertion,
        worst.state,
        related=(*found[:_SHOWN], *_intents(context, traffic)),
        help=("keep the intent away with `pin` or `avoid`: then its packets are dropped before they get there",),
    )


def too_long(context: Context, assertion: Assertion, bound: LengthBound, traffic: Traffic) -> Diagnostic:
    """Return the finding of a path that has too many links."""
    first = traffic.offences[0].finding
    return _finding(
        "E0704",
        f"`{first.key}` takes {_counted(first.worst.value, 'link')}{_in(first.worst.state)}, against `{assertion.text}`"
        f"{_others(context, traffic)}",
        assertion,
        first.worst.state,
        related=_intents(context, traffic),
        help=(f"allow more than {_counted(bound.most_links, 'link')}, or add a link that makes the way shorter",),
    )


def percent(ppm: int) -> str:
    """Return a share with as many places as it has, four at most: `61%`, `61.25%`."""
    whole, rest = divmod(ppm, _PPM_PER_CENT)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"


def _finding(
    code: str,
    message: str,
    assertion: Assertion,
    state: str,
    *,
    related: tuple[Label, ...],
    help: tuple[str, ...],  # noqa: A002  (the name of the field of a finding)
) -> Diagnostic:
    return Diagnostic(
        code,
        message,
        assertion.property_span,
        related=related,
        help=help,
        intent=assertion.name,
        state=None if state == NORMAL_STATE else state,
    )


def _in(state: str) -> str:
    return "" if state == NORMAL_STATE else f" in `{state}`"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _link(context: Context, load: Load) -> Link:
    return context.behaviour.network.link_of(load.arc)


def _ends(context: Context, load: Load) -> str:
    network = context.behaviour.network
    return f"`{network.nodes[network.tail[load.arc]]}` to `{network.nodes[network.head[load.arc]]}`"


def _capacity(context: Context, link: Link, load: Load) -> Label:
    background = context.behaviour.network.background_bps[load.arc]
    of_it = f", {_rate(background)} of it background" if background else ""
    span = context.realised.model.topology.span_of("link", link.id, "capacity")
    return Label(span, f"{_rate(load.load_bps)} of {_rate(load.capacity_bps)} are taken{of_it}")


def _loaders(context: Context, load: Load) -> Iterator[Label]:
    """Yield the intents that load a link most in a state."""
    shares: dict[str, int] = {}
    for key, rate in context.reservations.shares(load.arc, load.outage).items():
        intent = context.realised.demands[key].demand.intent
        shares[intent] = shares.get(intent, 0) + rate
    spans = {item.name: item.span for item in context.realised.model.intents}
    for intent in sorted(shares, key=lambda name: (-shares[name], name))[:_SHOWN]:
        yield Label(spans[intent], f"`{intent}` commits {_rate(shares[intent])} over it")


def _intents(context: Context, traffic: Traffic) -> tuple[Label, ...]:
    """Return the places of the intents that break the assertion, the worst first."""
    first: dict[str, Worst] = {}
    for offence in traffic.offences:
        first.setdefault(_intent(context, offence), offence.finding.worst)
    spans = {item.name: item.span for item in context.realised.model.intents}
    return tuple(Label(spans[name], f"`{name}`{_in(worst.state)}") for name, worst in first.items())[:_SHOWN]


def _others(context: Context, traffic: Traffic) -> str:
    intents = {_intent(context, offence) for offence in traffic.offences}
    return f", and so do {_counted(len(intents) - 1, 'more intent')}" if len(intents) > 1 else ""


def _intent(context: Context, offence: Offence) -> str:
    return context.realised.demands[offence.finding.key].demand.intent


def _rate(bps: int) -> str:
    """Return an exact rate in the largest unit in which it has at most three places."""
    for unit, size in _UNITS:
        if bps >= size and bps * 1000 % size == 0:
            return f"{bps // size}.{bps * 1000 // size % 1000:03d}".rstrip("0").rstrip(".") + unit
    return f"{bps}bps"
