"""Stage resolve: the declarations of all files, held against the network, become demands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from intentc.clauses.requirement import Exported, Labelled, Refusal, Waived
from intentc.diagnostics import Findings
from intentc.language import ast
from intentc.resolve.assertion_model import Assertion
from intentc.resolve.chain_model import Chain
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.conflicts import Judgement, judge, report_contradictions, report_precedence
from intentc.resolve.dependencies import evaluate_sets
from intentc.resolve.draft import Draft, draft_intent
from intentc.resolve.failures import Failures
from intentc.resolve.few import Last
from intentc.resolve.infrastructure import router_addresses
from intentc.resolve.intent_sets import IntentSets
from intentc.resolve.isolation import find_isolations, refuse_inexact
from intentc.resolve.joining import join_equals
from intentc.resolve.kept import Kept
from intentc.resolve.model import (
    Demand,
    Model,
    ResolvedIntent,
    ServiceFacts,
    TelemetryRequirement,
    TrafficClass,
    Waiver,
)
from intentc.resolve.openings import report_opened
from intentc.resolve.precedence import Numbered, number_demands, refuse_circles
from intentc.resolve.program import gather
from intentc.resolve.requirements import Profiles, read_intent
from intentc.resolve.scope import Ground, ProgramScope
from intentc.resolve.services import Service, facts_of
from intentc.resolve.shadows import report_shadowed
from intentc.topology.model import Topology

if TYPE_CHECKING:
    from intentc.resolve.chains import ChainDraft


def resolve(
    files: Sequence[ast.File], topology: Topology, today: dt.date, findings: Findings, kept: Kept | None = None
) -> Model:
    """Return what the files ask of the network; the order of files and declarations makes no difference.

    `files` holds imported ones too (`resolve.imports.load_closure`); `today` is the day that waivers are judged by. An intent
    with an error has no demands and says why (`is_rejected`, `is_unsupported`); the others are not touched by it. With what
    was `kept` of the last time, intents are not read again of which nothing has changed; what comes out is the same.
    """
    if kept is not None and (model := _few(tuple(files), topology, today, findings, kept)) is not None:
        return model
    count = len(findings.items)
    program = gather(files, findings)
    scope = ProgramScope(Ground(program, topology, today, findings))
    classes = _classes(scope)
    evaluate_sets(scope)
    is_kept, kept = kept is not None, kept or Kept()
    profiles, failures = Profiles(scope), kept.failures(topology)
    profiles.read_all()
    chains = _chains(profiles, classes, failures, scope)
    draft = _drafter(profiles, classes, failures, scope)
    drafts = _sorted(_drafts(draft, scope, kept), chains)
    judgement, refused, demands, served = _settle(drafts, scope, kept, kept.demands if is_kept else None)
    sound = [draft for name, draft in drafts.items() if draft.demands and name not in refused]
    sharing = frozenset(judgement.parts[number].intent for pair in judgement.shared for number in pair)
    model = Model(
        topology=topology,
        classes=classes,
        intents=_all_resolved(list(drafts.values()), refused, served, kept),
        demands=demands,
        isolations=find_isolations(sound, classes, scope),
        waivers=_all_waivers(list(drafts.values()), kept),
        infrastructure=kept.addresses.of("", (topology,), lambda: router_addresses(topology)),
        assertions=_assertions(drafts, failures, scope),
        chains=tuple(_sound_chains(chains, sound)),
        services=_services(scope),
        overlapping=sharing,
    )
    if is_kept:
        kept.last = None
    if is_kept and not (program.chains or program.assertions or model.isolations):
        found = tuple(findings.items[count:])
        tied = frozenset(sharing.union(item.intent for item in found if item.intent is not None))
        numbers = {intent.name: number for number, intent in enumerate(model.intents)}
        kept.last = Last(tuple(files), scope.ground, draft, drafts, tied, found, model, numbers)
    return model


def _few(
    files: tuple[ast.File, ...], topology: Topology, today: dt.date, findings: Findings, kept: Kept
) -> Model | None:
    """Return the model where no more than a few intents have changed since the last time, each for itself."""
    found = None
    if kept.last is not None:
        found = kept.last.resolve(files, topology, today, findings, lambda draft: _resolved(draft, None, {}))
    if found is None:
        return None
    kept.learn(found[1])
    return found[0]


def _services(scope: ProgramScope) -> dict[str, ServiceFacts]:
    """Return the sound services that have a capacity or a health check, by name."""
    declared = scope.ground.program.services
    read = {name: scope.service(name) for name in sorted(declared)}
    found = {
        name: facts_of(item, scope.topology, declared[name].name.span)
        for name, item in read.items()
        if isinstance(item, Service)
    }
    return {name: facts for name, facts in found.items() if facts is not None}


def _classes(scope: ProgramScope) -> dict[str, TrafficClass]:
    """Return the built-in classes, and the declared ones in place of or beside them, by name."""
    declared = (scope.declared_class(item) for item in scope.ground.program.classes.values())
    found = dict(BUILT_IN) | {item.name: item for item in declared if isinstance(item, TrafficClass)}
    return {name: found[name] for name in sorted(found)}


def _drafter(
    profiles: Profiles, classes: Mapping[str, TrafficClass], failures: Failures, scope: ProgramScope
) -> Callable[[ast.Intent], Draft]:
    """Return what makes the draft of an intent."""

    def draft(intent: ast.Intent) -> Draft:
        own = scope.of(intent.name.text)
        return draft_intent(intent, read_intent(intent, profiles, own), classes, failures, own)

    return draft


def _drafts(draft: Callable[[ast.Intent], Draft], scope: ProgramScope, kept: Kept) -> dict[str, Draft]:
    """Return the draft of every intent, by name."""
    kept.begin(scope.ground)
    return {name: kept.draft(intent, draft) for name, intent in scope.ground.program.intents.items()}


def _assertions(drafts: Mapping[str, Draft], failures: Failures, scope: ProgramScope) -> tuple[Assertion, ...]:
    if not scope.ground.program.assertions:
        return ()
    from intentc.resolve.assertions import read_assertions  # noqa: PLC0415  (start-up)

    return read_assertions(IntentSets(drafts, scope), failures, scope)


def _chains(
    profiles: Profiles, classes: Mapping[str, TrafficClass], failures: Failures, scope: ProgramScope
) -> dict[str, ChainDraft]:
    """Return the draft of every chain, by name."""
    if not scope.ground.program.chains:
        return {}
    from intentc.resolve.chains import draft_chain  # noqa: PLC0415  (start-up)

    found: dict[str, ChainDraft] = {}
    for name, item in scope.ground.program.chains.items():
        own = scope.of(name)
        found[name] = draft_chain(item, read_intent(item, profiles, own), classes, failures, own)
    return found


def _sorted(drafts: Mapping[str, Draft], chains: Mapping[str, ChainDraft]) -> dict[str, Draft]:
    """Return all drafts by name; a chain that an intent shares its name with is refused already."""
    found = {name: item.draft for name, item in chains.items()} | dict(drafts)
    return {name: found[name] for name in sorted(found)}


def _sound_chains(chains: Mapping[str, ChainDraft], sound: Sequence[Draft]) -> Iterator[Chain]:
    """Yield the chains whose drafts stand, by name and source site."""
    kept = [chains[draft.name] for draft in sound if draft.name in chains and chains[draft.name].draft is draft]
    return (each for item in kept for each in sorted(item.chains, key=lambda each: each.source_site))


def _settle(
    drafts: Mapping[str, Draft], scope: ProgramScope, kept: Kept, numbered: Numbered | None
) -> tuple[Judgement, dict[str, Refusal], dict[str, Demand], dict[str, str]]:
    """Weigh the intents against each other.

    Return what follows from their overlaps, which of them are refused for it, the demands that stand with their precedence, and the keys of those that went
    into another intent's.
    """
    findings = scope.ground.findings
    whole = {name: draft for name, draft in drafts.items() if draft.demands}
    refused = refuse_inexact(list(whole.values()), scope)
    whole = _without(whole, refused)
    judgement = judge(list(whole.values()), kept.judged)
    refused |= dict.fromkeys(report_contradictions(judgement, whole, findings), Refusal.BROKEN)
    whole = _without(whole, refused)
    circular, ordered = refuse_circles(judgement, whole, findings)
    refused |= dict.fromkeys(circular, Refusal.BROKEN)
    whole = _without(whole, refused)
    report_precedence(judgement, whole, findings)
    report_shadowed(judgement, whole, findings)
    report_opened(list(whole.values()), findings)
    demands, served = join_equals(judgement, ordered, whole, findings)
    return judgement, refused, number_demands(ordered, demands, numbered), served


def _without(drafts: Mapping[str, Draft], names: Collection[str]) -> dict[str, Draft]:
    return {name: draft for name, draft in drafts.items() if name not in names}


def _all_resolved(
    drafts: Sequence[Draft], refused: Mapping[str, Refusal], served: Mapping[str, str], kept: Kept
) -> tuple[ResolvedIntent, ...]:
    """Return all intents as resolved; where demands of any went into others', all are made anew."""
    refusals = [refused.get(draft.name) for draft in drafts]
    if served:
        return tuple(_resolved(draft, refusal, served) for draft, refusal in zip(drafts, refusals, strict=True))
    rows = kept.intents.each("intents", (drafts, refusals), lambda at: _resolved(drafts[at], refusals[at], served))
    return tuple(rows)


def _all_waivers(drafts: Sequence[Draft], kept: Kept) -> tuple[Waiver, ...]:
    return tuple(chain.from_iterable(kept.waivers.each("waivers", (drafts,), lambda at: _waivers(drafts[at]))))


def _resolved(draft: Draft, refused: Refusal | None, served: Mapping[str, str]) -> ResolvedIntent:
    refusal = refused or draft.refusal
    export = draft.requirements.one(Exported)
    labels = {item.key: item.value for item in draft.requirements.all(Labelled)}
    keys = () if refusal is not None else (served.get(demand.key, demand.key) for demand in draft.demands)
    return ResolvedIntent(
        name=draft.name,
        title=draft.intent.title.text if draft.intent.title is not None else None,
        span=draft.intent.name.span,
        traffic_class=draft.traffic_class.name if draft.traffic_class is not None else None,
        demands=tuple(sorted(keys)),
        labels={key: labels[key] for key in sorted(labels)},
        telemetry=None if export is None else TelemetryRequirement(export.every_ns, export.collector, export.span),
        is_rejected=refusal is Refusal.BROKEN,
        is_unsupported=refusal is Refusal.UNSUPPORTED,
        is_chain=isinstance(draft.intent, ast.Chain),
        cuts=draft.cuts,
    )


def _waivers(draft: Draft) -> list[Waiver]:
    found = [
        Waiver(draft.name, item.code, item.until, item.because, item.span) for item in draft.requirements.all(Waived)
    ]
    return sorted(found, key=lambda waiver: (waiver.code, waiver.until, waiver.span))
