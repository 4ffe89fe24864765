"""Whether the manifest accounts for every intent, and whether each one's status is earned."""

from __future__ import annotations

import datetime as dt

from intentc.diagnostics import Span
from intentc.language import ast
from intentc.manifest.model import FindingEntry, IntentEntry
from intentc.verify.case import World
from intentc.verify.clauses import clauses_of
from intentc.verify.sources import Unprovable

_CODE, _FACT, _WAIVER = "E0563", "E0565", "E0579"
# The findings that stand behind a status, by the beginning of their codes.
_REJECTING, _UNPLACING, _UNSUPPORTING = ("E01", "E02", "E03", "E04"), ("E05",), ("E0290", "E06")
_LACKING = "W0503"  # what a state overlay takes away
_OF_ASSERTIONS = "E07"  # an assertion may have the name of an intent
# What stands in the very declaration that it refuses: of several of one name the first sound one counts.
_OF_TEXTS = ("E01", "E0203")
_WITH_DEMANDS = frozenset({"placed", "waived", "degraded"})


def check_roll(world: World) -> None:
    """Judge that the intents of the manifest are those of the sources, once each."""
    court = world.court
    names = [entry.name for entry in world.manifest.intents]
    for name, intent in world.sources.talkers.items():
        court.intent, court.span = name, intent.name.span
        said = f"the manifest has intent `{name}` {names.count(name)} times instead of once"
        court.judge("intents", _CODE, holds=names.count(name) == 1, otherwise=said)
    court.intent, court.span = None, None
    for name in sorted(set(names) - set(world.sources.talkers)):
        court.deny(_CODE, f"the manifest has an intent `{name}` that no source declares")


def check_status(world: World, entry: IntentEntry, today: dt.date) -> bool:
    """Judge place and status of one intent; return whether its demands have to be proved."""
    court, intent = world.court, world.sources.talkers[entry.name]
    span = intent.name.span
    place = f"`{entry.name}` is declared at {span.file}:{span.line}, not at {entry.file}:{entry.line}"
    court.judge("intents", _CODE, holds=_is_at(intent.span, span, entry), otherwise=place)
    overlay = f"`{entry.name}` is said to be degraded, but the manifest was compiled without a state overlay"
    has_overlay = bool(world.manifest.generator.options.get("state"))
    court.judge("intents", _CODE, holds=entry.status != "degraded" or has_overlay, otherwise=overlay)
    lacks = f"`{entry.name}` is said to be degraded, but no finding ({_LACKING}) says of what"
    is_lacking = any(item.code == _LACKING and item.intent == entry.name for item in world.manifest.findings)
    court.judge("intents", _CODE, holds=entry.status != "degraded" or is_lacking, otherwise=lacks)
    if entry.status not in _WITH_DEMANDS:
        _check_unplaced(world, entry, intent)
        return False
    errors = sorted({code for code, is_waived in _findings(world, entry.name) if not is_waived})
    open_ = f"`{entry.name}` is said to be {entry.status}, but has the finding {', '.join(errors)}"
    court.judge("intents", _CODE, holds=not errors, otherwise=open_)
    waived = any(is_waived for _, is_waived in _findings(world, entry.name))
    silent = f"`{entry.name}` is said to be {entry.status}, but a finding of it is waived"
    court.judge("intents", _CODE, holds=entry.status != "placed" or not waived, otherwise=silent)
    if entry.status == "waived":
        _check_waiver(world, entry, intent, today)
    return True


def _is_at(whole: Span, name: Span, entry: IntentEntry) -> bool:
    return entry.file == name.file and entry.line in {whole.line, name.line}


def _check_unplaced(world: World, entry: IntentEntry, intent: ast.Intent | ast.Chain) -> None:
    """An intent without demands needs an error finding that says why, of the kind that its status stands for."""
    court = world.court
    court.judge(
        "intents", _CODE, holds=not entry.demands, otherwise=f"`{entry.name}` is {entry.status}, and yet has demands"
    )
    without = f"`{entry.name}` is {entry.status}, but no finding says why"
    court.judge("intents", _CODE, holds=_has_reason(world, entry), otherwise=without)
    traffic_class = _class_of(world, intent)
    said = f"the intent's class is `{traffic_class}`, not `{entry.traffic_class}`"
    holds = traffic_class is None or entry.traffic_class == traffic_class
    court.judge("facts", _FACT, holds=holds, otherwise=said)


def _has_reason(world: World, entry: IntentEntry) -> bool:
    """Return whether a finding says why the intent has no demands."""
    if entry.status == "rejected":
        # What stops it may belong to something it uses (a service, a class, a profile), or be about the whole topology.
        errors = (item for item in world.manifest.findings if item.severity == "error" and not item.waived)
        return any(item.code.startswith(_REJECTING) or item.node is not None for item in errors)
    codes = _UNSUPPORTING if entry.status == "unsupported" else _UNPLACING
    return any(code.startswith(codes) and not waived for code, waived in _findings(world, entry.name))


def _class_of(world: World, intent: ast.Intent | ast.Chain) -> str | None:
    """Return the class that an intent asks for, None where its clauses cannot be told."""
    try:
        priority = clauses_of(intent, world.sources).one(ast.Priority)
    except Unprovable:
        return None
    return "default" if priority is None else priority.name.text


def _findings(world: World, intent: str) -> list[tuple[str, bool]]:
    """Return code and whether it is waived of every error finding about an intent."""
    about = [item for item in world.manifest.findings if item.intent == intent and item.severity == "error"]
    return [(item.code, item.waived) for item in about if not _is_of_namesake(world, intent, item)]


def _is_of_namesake(world: World, intent: str, item: FindingEntry) -> bool:
    """Return whether a finding is about another declaration that has the intent's name."""
    if item.code.startswith(_OF_ASSERTIONS):
        return True
    own, chain = world.sources.talkers[intent], world.sources.chains.get(intent)
    if item.code.startswith(_OF_TEXTS):
        return not _is_in(own.span, item)
    return chain is not None and chain is not own and _is_in(chain.span, item)


def _is_in(span: Span, item: FindingEntry) -> bool:
    return item.file == span.file and item.line is not None and span.line <= item.line <= span.end_line


def _check_waiver(world: World, entry: IntentEntry, intent: ast.Intent | ast.Chain, today: dt.date) -> None:
    """A waived finding needs a waiver in the source that still holds."""
    waivers = clauses_of(intent, world.sources).all(ast.Waive)
    accepted = {waiver.code.text for waiver in waivers if waiver.until.value >= today}
    waived = {code for code, is_waived in _findings(world, entry.name) if is_waived}
    court = world.court
    court.judge(
        "waivers", _WAIVER, holds=bool(waived), otherwise=f"`{entry.name}` is said to be waived, but nothing of it is"
    )
    for code in sorted(waived):
        said = f"`{entry.name}`: {code} is said to be waived, but no waiver of it holds on {today.isoformat()}"
        court.judge("waivers", _WAIVER, holds=code in accepted, otherwise=said)
