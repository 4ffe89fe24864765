"""The independent proof of a manifest: from sources and topology alone, sharing no code with the compiler's own reasoning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from intentc.executor.here import InProcess
from intentc.executor.model import Executor
from intentc.language import ast
from intentc.manifest.model import IntentEntry, Manifest
from intentc.topology.model import Topology
from intentc.verify.books import keep_books
from intentc.verify.case import Case, World
from intentc.verify.chains import ReadChain, read_chain
from intentc.verify.check_assertions import check_assertions
from intentc.verify.check_bound import check_bound
from intentc.verify.check_chains import check_chains
from intentc.verify.check_deadlock import check_deadlock
from intentc.verify.check_facts import check_facts, find_cases
from intentc.verify.check_files import Evidence, check_devices, check_inputs
from intentc.verify.check_intents import check_roll, check_status
from intentc.verify.check_links import check_capacity, check_table, worst_utilisation
from intentc.verify.check_paths import Figures, check_latency, check_margin, check_paths
from intentc.verify.check_preferences import check_preferences
from intentc.verify.check_refusals import check_refusals
from intentc.verify.check_repair import check_repair, check_repair_ports
from intentc.verify.check_services import check_services
from intentc.verify.check_sizes import check_sizes
from intentc.verify.check_states import check_normal, check_states
from intentc.verify.check_steering import check_alternatives, check_steering
from intentc.verify.check_switches import check_switches
from intentc.verify.check_symmetry import check_symmetry
from intentc.verify.check_trips import check_trips
from intentc.verify.check_variation import check_variation
from intentc.verify.failures import Failures
from intentc.verify.proof import Court, Proof
from intentc.verify.queues import find_waits
from intentc.verify.sources import Unprovable, gather
from intentc.verify.wanted import Reader


def prove(
    files: Sequence[ast.File],
    topology: Topology,
    manifest: Manifest,
    today: dt.date,
    evidence: Evidence | None = None,
    *,
    executor: Executor | None = None,
) -> Proof:
    """Return what of `manifest` holds: every statement is derived anew, every deviation is a finding.

    `today` judges waivers. `evidence` holds the digests of the input and device files at hand; without it nothing is said
    of them. `executor` looks at states that are many (None: this process); what comes out is the same.
    """
    world = World(topology, gather(files), manifest, Court())
    if evidence is not None:
        check_inputs(world, evidence)
    check_roll(world)
    chains: list[ReadChain] = []
    reader = Reader(world.topology, world.sources, Failures(world.topology))
    wanted = _cases(world, reader, today, chains)
    world.waits = find_waits(world, wanted)
    cases = {name: group for name, group in wanted.items() if _check_demand(world, group)}
    check_repair_ports(world, (case for group in cases.values() for case in group))
    _leave(world)
    check_chains(world, chains, [case for group in wanted.values() for case in group], cases)
    check_trips(world, (case for group in cases.values() for case in group))
    check_deadlock(world, (case for group in cases.values() for case in group))
    books = keep_books(world, cases)
    check_capacity(world, books)
    check_services(world, cases)
    check_table(world, books)
    check_bound(world, cases, worst_utilisation(world, books))
    check_assertions(world, cases, books, executor or InProcess())
    check_refusals(world, reader, cases)
    check_devices(world, cases, evidence or Evidence({}))
    return world.court.verdict()


def _cases(world: World, reader: Reader, today: dt.date, chains: list[ReadChain]) -> Mapping[str, tuple[Case, ...]]:
    """Return the demands to prove by id; what is missing or extra is a finding already. `chains` takes what chains ask."""
    found: dict[str, tuple[Case, ...]] = {}
    for entry in world.manifest.intents:
        intent = world.sources.talkers.get(entry.name)
        if intent is None:
            continue
        world.court.intent, world.court.span = entry.name, intent.name.span
        if check_status(world, entry, today):
            for case in _read(world, reader, entry, intent, chains):
                world.enter(case)
                found[case.entry.id] = (*found.get(case.entry.id, ()), case)
    return found


def _read(
    world: World, reader: Reader, entry: IntentEntry, intent: ast.Intent | ast.Chain, chains: list[ReadChain]
) -> list[Case]:
    try:
        if isinstance(intent, ast.Chain):
            chains.append(read_chain(reader, intent))
        asked = chains[-1].asked if isinstance(intent, ast.Chain) else reader.read(intent)
        court = world.court
        said = f"the intent's class is `{asked.traffic_class}`, not `{entry.traffic_class}`"
        court.judge("facts", "E0565", holds=asked.traffic_class == entry.traffic_class, otherwise=said)
        return list(find_cases(world, asked, entry))
    except Unprovable as error:
        world.court.span = error.span
        world.court.deny("E0562", f"what `{entry.name}` asks cannot be told: {error.reason}")
        return []


def _check_demand(world: World, group: tuple[Case, ...]) -> bool:
    """Judge one demand; return whether it is sound enough to be weighed against the others.

    `group` are its cases, one for each intent that it stands for.
    """
    found = [_check_case(world, case, group) for case in group]
    return all(found)


def _check_case(world: World, case: Case, group: tuple[Case, ...]) -> bool:
    world.court.intent, world.court.span = case.asked.name, case.asked.declaration.name.span
    primary = case.entry.primary
    has_packets = check_facts(world, case, group)
    check_steering(world, case)
    check_margin(world, case)
    if not check_paths(world, case, primary.paths) or not has_packets:
        return False
    figures = Figures(primary.paths, primary.latency_us, primary.basis)
    check_latency(world, case, figures)
    check_variation(world, case, figures)
    check_normal(world, case)
    check_alternatives(world, case)
    check_states(world, case)
    check_symmetry(world, case)
    check_preferences(world, case)
    check_repair(world, case)
    check_switches(world, case)
    check_sizes(world, case)
    return True


def _leave(world: World) -> None:
    """What follows is about no single intent."""
    world.court.intent, world.court.span = None, None
