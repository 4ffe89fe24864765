"""A comparison as Markdown, for the comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.ci.escaping import escaped, within_comment
from intentc.compare.model import Comparison, Fact, How
from intentc.compare.text import MOST_DEMANDS, closing, files_of, introduction, way_of

_WORDS = {How.NEW: "new", How.GONE: "gone", How.CHANGED: "changed"}


def markdown(comparison: Comparison, title: str) -> str:
    """Return a heading, what sums the change up, a list of intents, chains and assertions, and a table of devices."""
    mark = "✅" if comparison.holds_after else "❌"
    lines = [f"## {mark} intentc: what {escaped(title)} means", "", *map(_sentence, closing(comparison))]
    lines += _intents(comparison)
    lines += _statements(comparison)
    lines += _devices(comparison)
    return within_comment(lines, "`intentc diff`")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}.  "


def _intents(comparison: Comparison) -> Iterator[str]:
    if comparison.intents:
        yield from ("", "### Intents", "")
    for change in comparison.intents:
        yield _item(change.name, change.how, introduction(change))
        if change.how is not How.CHANGED:
            continue
        yield from (_fact(fact, "  ") for fact in change.facts)
        for demand in change.demands[:MOST_DEMANDS]:
            said = way_of(demand)
            yield f"  * {escaped(demand.id)} {_WORDS[demand.how]}" + (f": {escaped(said)}" if said else "")
            if demand.how is How.CHANGED:
                yield from (_fact(fact, "    ") for fact in demand.facts)
        if len(change.demands) > MOST_DEMANDS:
            yield f"  * … and {len(change.demands) - MOST_DEMANDS} more demands"


def _statements(comparison: Comparison) -> Iterator[str]:
    for title, changes in (("Chains", comparison.chains), ("Assertions", comparison.assertions)):
        if changes:
            yield from ("", f"### {title}", "")
        for change in changes:
            yield _item(change.name, change.how, introduction(change))
            if change.how is How.CHANGED:
                yield from (_fact(fact, "  ") for fact in change.facts)


def _devices(comparison: Comparison) -> Iterator[str]:
    if comparison.devices:
        yield from ("", "### Devices", "", "| device | | lines |", "| --- | --- | --- |")
    for device in comparison.devices or ():
        yield f"| {escaped(device.node)} | {_WORDS[device.how]} | {escaped(files_of(device))} |"


def _item(name: str, how: How, said: str) -> str:
    return f"* **{escaped(name)}** {_WORDS[how]}" + (f": {escaped(said)}" if said else "")


def _fact(fact: Fact, indent: str) -> str:
    return f"{indent}* {escaped(fact.what)}: {escaped(fact.before or '–')} → {escaped(fact.after or '–')}"
