"""What is said of a demand, an intent, a chain or an assertion, in words that can be set side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.compare.model import Fact, Statement
from intentc.manifest.model import (
    AlternativeEntry,
    AssertionEntry,
    ChainEntry,
    DemandEntry,
    FlowEntry,
    IntentEntry,
    Objective,
    PathEntry,
    StateEntry,
)
from intentc.report.wording import milliseconds, percent, rate, worst_value

_SHOWN_STATES = 3
_PPM = 1_000_000


def intent_facts(before: IntentEntry | None, after: IntentEntry | None) -> tuple[Fact, ...]:
    """Return what differs of an intent as a whole; of one that is on one side only, what it is there."""
    is_both = before is not None and after is not None
    return _differing(dict(_intent(before, is_whole=not is_both)), dict(_intent(after, is_whole=not is_both)))


def demand_facts(before: DemandEntry | None, after: DemandEntry | None) -> tuple[Fact, ...]:
    """Return what differs of a demand: its packets, its rate, its way, its delay, what protects it, and what failures do."""
    facts = _differing(dict(_demand(before)), dict(_demand(after)))
    return facts if before is None or after is None else (*facts, *_failures(before, after))


def statement_facts(before: Statement | None, after: Statement | None) -> tuple[Fact, ...]:
    """Return what differs of a chain or an assertion; of one that is on one side only, what it is there."""
    return _differing(dict(_statement(before)), dict(_statement(after)))


def utilisation(before: Objective, after: Objective) -> Fact | None:
    """Return the fullest link's utilisation in the normal state, where that differs as people read it."""
    was, will = (percent(round(item.max_utilisation * _PPM)) for item in (before, after))
    return Fact("fullest link", was, will) if was != will else None


def _differing(was: Mapping[str, str], will: Mapping[str, str]) -> tuple[Fact, ...]:
    said = ((what, was.get(what, ""), will.get(what, "")) for what in dict.fromkeys([*was, *will]))
    return tuple(Fact(what, before, after) for what, before, after in said if before != after)


def _intent(entry: IntentEntry | None, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    if entry is None:
        return
    yield "status", entry.status
    yield "class", entry.traffic_class or ""
    margins = [demand.margin_us for demand in entry.demands if demand.margin_us is not None]
    if is_whole and entry.demands:
        yield "demands", str(len(entry.demands))
        yield "least margin", milliseconds(min(margins)) if margins else ""


def _demand(entry: DemandEntry | None) -> Iterator[tuple[str, str]]:
    if entry is None:
        return
    yield "packets", _packets(entry)
    yield "rate", _rate(entry)
    yield "path", _paths(entry.primary.paths)
    yield "by", " ".join([entry.mechanism, *entry.segments])
    yield "delay", milliseconds(entry.primary.latency_us.total)
    yield "bound", _bound(entry)
    yield "margin", "" if entry.margin_us is None else milliseconds(entry.margin_us)
    yield "back after", _protection(entry)
    yield "unprotected", ", ".join(entry.unprotected)
    yield "preferred", ", ".join(f"{item.text} ({'met' if item.met else 'not met'})" for item in entry.preferences)


def _statement(entry: Statement | None) -> Iterator[tuple[str, str]]:
    if isinstance(entry, AssertionEntry):
        yield "verdict", "holds" if entry.holds else "broken"
        if entry.worst is not None:
            yield "worst", f"{worst_value(entry.worst.value)} in {entry.worst.state}"
    elif isinstance(entry, ChainEntry):
        yield "budget", milliseconds(entry.budget_us)
        yield "left", milliseconds(entry.slack_us)
        yield "replicas", ", ".join(step.replica for step in entry.steps)
        if entry.worst is not None:
            yield "left under failure", f"{milliseconds(entry.worst.slack_us)} in {entry.worst.state}"


# -- one demand --------------------------------------------------------------------------------------------------------


def _packets(demand: DemandEntry) -> str:
    text = ", ".join(map(_flow, demand.match))
    return f"{text} except {', '.join(map(_flow, demand.excepted))}" if demand.excepted else text


def _flow(flow: FlowEntry) -> str:
    ports = "".join(f" {name} {_range(span)}" for name, span in _ports(flow) if span is not None)
    mark = f" dscp {flow.dscp}" if flow.dscp is not None else ""
    return f"{flow.source} to {flow.destination} {flow.protocol}{ports}{mark}"


def _ports(flow: FlowEntry) -> Sequence[tuple[str, tuple[int, int] | None]]:
    return (("from port", flow.source_ports), ("port", flow.destination_ports))


def _range(span: tuple[int, int]) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]}-{span[1]}"


def _rate(demand: DemandEntry) -> str:
    parts = [f"{rate(demand.bandwidth_bps)}bps" if demand.bandwidth_bps else "none promised"]
    if demand.burst_bytes:
        parts.append(f"burst {demand.burst_bytes} B")
    if demand.ceiling_bps is not None:
        parts.append(f"at most {rate(demand.ceiling_bps)}bps")
    return ", ".join(parts)


def _paths(paths: Sequence[PathEntry]) -> str:
    return ", or ".join(_path(item) + (_share(item) if len(paths) > 1 else "") for item in paths)


def _path(entry: PathEntry) -> str:
    """Return the nodes with the links between them, as parallel links differ in nothing else."""
    words = [entry.path[0]] if entry.path else []
    for link, node in zip(entry.links, entry.path[1:], strict=True):
        words.append(f"–{link}– {node}")
    return " ".join(words)


def _share(entry: PathEntry) -> str:
    return f" ({percent(entry.share_ppm)})"


def _bound(demand: DemandEntry) -> str:
    one_way = milliseconds(demand.bound_us) if demand.bound_us is not None else ""
    both = f"{milliseconds(demand.rtt_bound_us)} there and back" if demand.rtt_bound_us is not None else ""
    return ", ".join(filter(None, (one_way, both)))


def _protection(demand: DemandEntry) -> str:
    kept = demand.protection
    if kept is None:
        return ""
    local = ", local repair" if demand.repairs else ""
    return f"{kept.detect_ms + kept.repair_ms} ms ({kept.detector}{local})"


def _failures(before: DemandEntry, after: DemandEntry) -> Iterator[Fact]:
    """Yield the failure states in which packets go another way than before, the first few by name."""
    was, will = _by_state(before.states), _by_state(after.states)
    other = [state for state in sorted(was.keys() | will.keys()) if was.get(state) != will.get(state)]
    for state in other[:_SHOWN_STATES]:
        yield Fact(
            f"when {state} fails" if state != "any" else "in any failure", was.get(state, ""), will.get(state, "")
        )
    if len(other) > _SHOWN_STATES:
        yield Fact("failures", "", f"{len(other) - _SHOWN_STATES} more in which the way is another")
    spares = tuple(tuple(map(_spare, demand.alternatives)) for demand in (before, after))
    if not other and spares[0] != spares[1]:
        yield Fact("alternatives", " · ".join(spares[0]), " · ".join(spares[1]))


def _by_state(entries: Sequence[StateEntry]) -> dict[str, str]:
    return {
        state: f"{_paths(entry.paths)} ({milliseconds(entry.latency_us.total)})"
        for entry in entries
        for state in entry.when
    }


def _spare(entry: AlternativeEntry) -> str:
    return f"{entry.preference}: {' '.join(entry.segments)}"
