"""A comparison as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.compare.model import Comparison, DemandChange, DeviceChange, Fact, How, IntentChange, StatementChange
from intentc.diagnostics.text import TextStyle, printable
from intentc.report.columns import width

MOST_DEMANDS = 6  # shown of an intent; machines get all
_SIGNS = {How.NEW: ("+", "32"), How.GONE: ("-", "31"), How.CHANGED: ("~", "33")}
_WAY = ("path", "delay", "margin")
_LONGEST = 70  # characters of both sides of a fact that stand on one line


def render(comparison: Comparison, style: TextStyle) -> str:
    """Return the changes by intent, chain, assertion and device, and a closing line that counts what is as before."""
    lines = list(_lines(comparison, style))
    return "\n".join([*lines, *([""] if lines else []), *closing(comparison)]) + "\n"


def closing(comparison: Comparison) -> Iterator[str]:
    """Yield the sentences that sum a comparison up."""
    if comparison.is_empty:
        yield "the change means nothing: the same traffic on the same paths, the same configuration"
    else:
        yield f"{_counted(comparison.intents, 'intent')}, {comparison.same_intents} as before"
        if comparison.devices is not None:
            yield f"{_counted(comparison.devices, 'device')}, {comparison.same_devices} as before"
    if comparison.devices is None:
        side = "before" if not comparison.held_before else "now"
        yield f"not every intent holds {side}, so that there is no configuration to compare"
    elif comparison.held_before != comparison.holds_after:
        yield "now all intents hold" if comparison.holds_after else "not all intents hold any more"


def introduction(change: IntentChange | StatementChange) -> str:
    """Return what is to be known of a thing that is on one side only, on one line; of any other nothing."""
    if change.how is How.CHANGED:
        return ""
    return ", ".join(f"{fact.what} {fact.after or fact.before}" for fact in change.facts)


def _counted(changes: Sequence[IntentChange | DeviceChange], noun: str) -> str:
    return f"{len(changes)} {noun}{'' if len(changes) == 1 else 's'} changed"


def _lines(comparison: Comparison, style: TextStyle) -> Iterator[str]:
    for intent in comparison.intents:
        yield _head(intent.how, f"intent {intent.name}", introduction(intent), style)
        if intent.how is How.CHANGED:
            yield from _facts(intent.facts, "    ")
            yield from _demands(intent.demands, style)
    for word, changes in (("chain", comparison.chains), ("assertion", comparison.assertions)):
        for change in changes:
            yield _head(change.how, f"{word} {change.name}", introduction(change), style)
            yield from _facts(change.facts, "    ") if change.how is How.CHANGED else ()
    if comparison.utilisation is not None:
        yield _head(How.CHANGED, "network", "", style)
        yield from _facts((comparison.utilisation,), "    ")
    for device in comparison.devices or ():
        yield _head(device.how, f"device {device.node}", files_of(device), style)


def _demands(changes: Sequence[DemandChange], style: TextStyle) -> Iterator[str]:
    for change in changes[:MOST_DEMANDS]:
        yield "  " + _head(change.how, change.id, way_of(change), style)
        yield from _facts(change.facts, "      ") if change.how is How.CHANGED else ()
    if len(changes) > MOST_DEMANDS:
        yield f"    … and {len(changes) - MOST_DEMANDS} more demands (`--format json` lists them all)"


def way_of(change: DemandChange) -> str:
    """Return the way of a demand that is new, with its delay, on one line; of any other nothing."""
    if change.how is not How.NEW:
        return ""
    return ", ".join(f"{fact.what} {fact.after}" for fact in change.facts if fact.what in _WAY)


def _head(how: How, name: str, said: str, style: TextStyle) -> str:
    sign, colour = _SIGNS[how]
    return style.paint(f"{sign} {printable(name)}", colour) + (f"  {printable(said)}" if said else "")


def _facts(facts: Sequence[Fact], indent: str) -> Iterator[str]:
    for fact in facts:
        before, after = printable(fact.before) or "–", printable(fact.after) or "–"
        if width(before) + width(after) <= _LONGEST:
            yield f"{indent}{fact.what}: {before} → {after}"
        else:
            yield f"{indent}{fact.what}:"
            yield f"{indent}  - {before}"
            yield f"{indent}  + {after}"


def files_of(device: DeviceChange) -> str:
    """Return which files of a device differ, with the lines that come and go."""
    return ", ".join(f"{file.name} +{file.added} −{file.removed}" for file in device.files)
