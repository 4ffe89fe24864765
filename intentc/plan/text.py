"""A plan as people read it: per device, per intent, in which order, with which guarantees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from intentc.diagnostics.text import TextStyle, printable
from intentc.plan.model import MAIN, Change, DevicePlan, Operation, Plan, StageName, Travel

_COLOURS = {Operation.ADD: "32", Operation.CHANGE: "33", Operation.REMOVE: "31"}
_PER_FLOW = (
    "marking",
    "steering",
    "fences",
    "counting",
    "policy_steering",
)  # features with an item for each flow of an intent
_MOST_EFFECTS = 8  # pairs of ends of one intent that are shown
_ALIKE = 2  # so many alike are shown each by itself
_TITLES = {"repair": "repair", "withdraw": "withdrawal"}
_WHY = {
    StageName.GUARD: "what must never leak is blocked first",
    StageName.ADD: "what carries traffic is there before traffic is sent to it",
    StageName.SWITCH: "traffic is marked and steered",
    StageName.REMOVE: "what nothing uses any more is taken away",
}


def plan_lines(plan: Plan, style: TextStyle | None = None, *, has_diff: bool = False) -> tuple[str, ...]:
    """Return the plan as lines of text; `has_diff` adds the native text of every change."""
    return tuple(_lines(plan, style or TextStyle(), has_diff))


def counts(plan: Plan) -> str:
    """Return how many items are added, changed and removed."""
    operations = [change.operation for device in plan.devices for change in device.changes]
    words = ((Operation.ADD, "to add"), (Operation.CHANGE, "to change"), (Operation.REMOVE, "to remove"))
    return ", ".join(f"{operations.count(operation)} {word}" for operation, word in words)


def _lines(plan: Plan, style: TextStyle, has_diff: bool) -> Iterator[str]:
    if plan.is_empty:
        yield f"Nothing to do: {_devices(len(plan.unchanged))} already as the intents ask."
        yield from (f"  · {sentence}" for sentence in plan.notes)
        return
    title = f"rollback of {plan.undoes}" if plan.undoes else _TITLES.get(plan.doing, "plan")
    yield style.paint(f"{plan.project}: {title} for {_devices(len(plan.devices))}", "1") + f" ({counts(plan)})"
    for device in plan.devices:
        yield ""
        yield from _device(device, style, has_diff)
    if plan.unchanged:
        yield ""
        yield f"Unchanged: {', '.join(plan.unchanged)}"
    yield ""
    yield from _by_intent(plan, style)
    yield ""
    yield from _order(plan, style)
    yield ""
    yield from (f"  · {sentence}" for sentence in (*plan.guarantees, *plan.notes))


def _device(device: DevicePlan, style: TextStyle, has_diff: bool) -> Iterator[str]:
    head = style.paint(device.node, "1")
    yield f"{head}  {device.platform} {device.release} over {device.transport}"
    order = list(StageName)
    ordered = sorted(device.changes, key=lambda change: order.index(change.stage))
    for stage, group in groupby(ordered, key=lambda change: change.stage):
        yield f"  {style.paint(stage.value, '36')}"
        yield from _changes(tuple(group), style)
    if not device.changes:
        yield "    ~ written again: what runs is not what was applied"
    adopted = {item.line: item.by for item in device.adopted}
    for line in device.drift:
        whose = f"adopted by {adopted[line]}, taken back:" if line in adopted else "changed by someone else:"
        yield f"    {style.paint(printable(whose), '33')} {printable(line)}"
    for risk in device.risks:
        yield f"  {style.paint('risk:', '33;1')} {printable(risk)}"
    for what in device.disruptive:
        yield f"  {style.paint('disruptive:', '31;1')} {printable(what)} (needs --allow-disruptive)"
    if has_diff:
        yield from (_diff_line(line, style) for line in device.diff)


def _changes(changes: tuple[Change, ...], style: TextStyle) -> Iterator[str]:
    """One line per item; of many of a kind for the same intents (flows times families times protocols) the first and a count."""
    kinds: dict[object, list[Change]] = {}
    for change in changes:
        kinds.setdefault((change.feature, change.operation, change.intents), []).append(change)
    for alike in kinds.values():
        shown = alike if len(alike) <= _ALIKE or alike[0].feature not in _PER_FLOW else alike[:1]
        yield from (_change(change, style, len(alike) - len(shown)) for change in shown)


def _change(change: Change, style: TextStyle, more: int) -> str:
    sign = style.paint(change.operation.value, _COLOURS[change.operation])
    others = f" (and {more} more flows)" if more else ""
    intents = f"  [{', '.join(change.intents)}]" if change.intents else ""
    return f"    {sign} {printable(change.text)}{others}{printable(intents)}"


def _diff_line(line: str, style: TextStyle) -> str:
    colour = {"+": "32", "-": "31", "@": "36"}.get(line[:1])
    text = printable(line.replace("\t", "    "))
    return "    " + (style.paint(text, colour) if colour else text)


def _by_intent(plan: Plan, style: TextStyle) -> Iterator[str]:
    devices: dict[str, set[str]] = {}
    for device in plan.devices:
        for change in device.changes:
            for intent in change.intents:
                devices.setdefault(intent, set()).add(device.node)
    yield style.paint("Why", "1")
    if not devices:
        yield "  no intent asks for more or less: owned configuration is put right"
    for intent in sorted(devices):
        reason = plan.reasons.get(intent)
        yield f"  {printable(intent)}: {', '.join(sorted(devices[intent]))}"
        if reason:
            yield f"      {printable(reason)}"
        else:
            yield "      no longer asked for"
        yield from (f"      {line}" for line in _effects(plan, intent))


def _effects(plan: Plan, intent: str) -> Iterator[str]:
    """Yield what changes for the packets of an intent: way, delay, class."""
    said = [effect for effect in plan.effects if effect.intent == intent]
    for effect in said[:_MOST_EFFECTS]:
        before, after = effect.before, effect.after
        yield f"from {effect.source}: {_travels(after)}, before {_travels(before)}"
    if len(said) > _MOST_EFFECTS:
        yield f"and {len(said) - _MOST_EFFECTS} more ends"


def _travels(ways: Sequence[Travel]) -> str:
    if not ways:
        return "nowhere"
    first = ways[0]
    if first.fault:
        return f"lost ({printable(first.fault)})"
    more = f" and {len(ways) - 1} more" if len(ways) > 1 else ""
    return f"{' '.join(first.nodes)}{more} ({max(way.latency_us for way in ways) / 1000:g} ms, {first.traffic_class})"


def _order(plan: Plan, style: TextStyle) -> Iterator[str]:
    yield (
        style.paint("Order", "1")
        + f" (about {plan.duration_s} s; every device finishes a step before any begins the next)"
    )
    for number, wave in enumerate(plan.waves, start=1):
        nodes = [device.node for device in plan.devices if device.step(wave) is not None]
        where = f"all {len(nodes)}" if len(nodes) == len(plan.devices) else ", ".join(nodes)
        name = wave.stage.value if wave.phase == MAIN else f"canary {wave.stage.value}"
        yield f"  {number} {name:<7} {where}: {_WHY[wave.stage]}"
    late = sorted({(device.more_s, device.node) for device in plan.devices if device.more_s})
    if late:
        names = ", ".join(node for _, node in late)
        yield f"  if it fails: {names} go{'es' * (len(late) == 1)} back after those that depend on {'it' if len(late) == 1 else 'them'}"


def _devices(count: int) -> str:
    return f"{count} device" + ("" if count == 1 else "s")
