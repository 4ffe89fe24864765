"""Whether the manifest tells of every assertion what is true: that it holds, and how bad its worst state is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from intentc.executor.model import Executor
from intentc.language import ast
from intentc.manifest.elements import NOTHING, Elements, failed_elements
from intentc.manifest.model import NORMAL_STATE, AssertionEntry, WorstEntry
from intentc.values import frozen
from intentc.verify.apart import find_most_apart
from intentc.verify.asserted import Expander
from intentc.verify.atoms import Named, named_by
from intentc.verify.books import Books, failed_page
from intentc.verify.case import Case, World
from intentc.verify.failures import Failures, State
from intentc.verify.islands import Islands, live_of
from intentc.verify.journeys import Journey, Journeys
from intentc.verify.sources import Unprovable

_ROLL, _WRONG = "E0721", "E0722"
_PPM, _PPB = 1_000_000, 1_000_000_000
_UNREAD = ("rejected", "unsupported")
Cases = Mapping[str, tuple[Case, ...]]


@frozen
class _Verdict:
    """What is true of an assertion: whether it holds, its worst value, and the value in a state with these elements down.

    `in_state` returns None for a state that the assertion does not speak of. Values are exact; a utilisation is a fraction.
    """

    holds: bool
    worst: Fraction
    in_state: Callable[[str, Elements], Fraction | None]
    is_share: bool = False


@frozen
class _Bench:
    """What the proofs of all assertions share."""

    world: World
    cases: Cases
    books: Books
    failures: Failures
    journeys: Journeys
    expander: Expander
    executor: Executor


def check_assertions(world: World, cases: Cases, books: Books, executor: Executor) -> None:
    """Judge the manifest's `assertions` against the sources, one after the other; `executor` looks at many states at once."""
    expander = Expander(world.topology, world.sources)
    bench = _Bench(world, cases, books, Failures(world.topology), Journeys(world), expander, executor)
    told: dict[str, list[AssertionEntry]] = {}
    for entry in world.manifest.assertions:
        told.setdefault(entry.name, []).append(entry)
    for name, declared in world.sources.assertions.items():
        world.court.intent, world.court.span = name, declared.name.span
        found = told.pop(name, [])
        said = f"the manifest has assertion `{name}` {len(found)} times instead of once"
        is_excused = not found and (_is_excused(world, name) or _is_beside_unread(bench, declared))
        if world.court.judge("assertions", _ROLL, holds=len(found) == 1 or is_excused, otherwise=said) and found:
            _check(bench, declared, found[0])
    world.court.intent, world.court.span = None, None
    for name in sorted(told):
        world.court.deny(_ROLL, f"the manifest has an assertion `{name}` that no source declares")


def _is_excused(world: World, name: str) -> bool:
    """Return whether a finding says why an assertion was not looked at: its own, or one of the topology.

    That it does not hold (E070x) says that it was.
    """
    errors = [item for item in world.manifest.findings if item.severity == "error" and not item.code.startswith("E070")]
    return any(item.intent == name or item.code.startswith("E03") or item.node is not None for item in errors)


def _is_beside_unread(bench: _Bench, declared: ast.Assertion) -> bool:
    """Return whether an assertion speaks of no intent where one that has a finding of its own may be what it means."""
    asserted = declared.property
    if not isinstance(asserted, ast.NoTraffic | ast.PathLength):
        return False
    is_unread = any(entry.status in _UNREAD for entry in bench.world.manifest.intents)
    return is_unread and bench.expander.is_lacking(asserted.intents)


def _check(bench: _Bench, declared: ast.Assertion, entry: AssertionEntry) -> None:
    court, name = bench.world.court, f"`{entry.name}`"
    try:
        true = _verdict(bench, declared)
    except Unprovable as error:
        court.span = error.span
        court.deny(_WRONG, f"what {name} asks cannot be told: {error.reason}")
        return
    word = "holds" if true.holds else "does not hold"
    court.judge("assertions", _WRONG, holds=entry.holds == true.holds, otherwise=f"{name} {word}, unlike what is told")
    findings = bench.world.manifest.findings
    has_finding = any(item.intent == entry.name and item.code.startswith("E070") for item in findings)
    unsaid = f"{name} does not hold, and no finding says so"
    court.judge("assertions", _WRONG, holds=true.holds or has_finding, otherwise=unsaid)
    if entry.worst is None:
        court.deny(_WRONG, f"the worst state of {name} is left out")
        return
    _check_worst(bench, entry.worst, true, name)


def _check_worst(bench: _Bench, worst: WorstEntry, true: _Verdict, name: str) -> None:
    court = bench.world.court
    value = _written(true.worst, is_share=true.is_share)
    said = f"the worst value of {name} is {value}, not {worst.value}"
    court.judge("assertions", _WRONG, holds=worst.value == value, otherwise=said)
    failed = NOTHING if worst.state == NORMAL_STATE else failed_elements(worst.state, bench.world.topology)
    there = None if failed is None else true.in_state(worst.state, failed)
    if there is None:
        court.deny(_WRONG, f"{name} does not speak of the state `{worst.state}`")
        return
    here = f"in `{worst.state}` the value of {name} is {_written(there, is_share=true.is_share)}, not the worst"
    court.judge("assertions", _WRONG, holds=there == true.worst, otherwise=here, state=worst.state)


def _written(value: Fraction, *, is_share: bool) -> float:
    """Return a value as manifests have it: shares in ppm, rounded up, as a fraction."""
    return -(-value.numerator * _PPM // value.denominator) / _PPM if is_share else int(value)


def _verdict(bench: _Bench, declared: ast.Assertion) -> _Verdict:
    named = named_by(declared.under, bench.failures)
    match declared.property:
        case ast.Utilization() as asserted:
            return _utilisation(bench, named, asserted)
        case ast.Connected() as asserted:
            return _connection(bench, named, asserted)
        case ast.NoTraffic() as asserted:
            return _absence(bench, named, asserted)
        case ast.PathLength() as asserted:
            return _length(bench, named, asserted)


def _utilisation(bench: _Bench, named: Named, asserted: ast.Utilization) -> _Verdict:
    """Derive the fullest link.

    In a state that nobody is promised, reservations are only released; so the promised ones are enough.
    """
    world, expander = bench.world, bench.expander
    links = expander.links if asserted.links is None else expander.ground(asserted.links).links
    bound = Fraction(world.sources.quantity(asserted.bound, ast.Unit.RATIO), _PPB)
    pages = {NOTHING: bench.books.normal}
    for ids, page in bench.books.failures:
        failed = failed_elements(ids[0], world.topology)
        if failed is not None and named.has(failed):
            pages[failed] = page

    def fullest(failed: Elements) -> Fraction:
        page = pages.get(failed) or failed_page(world, bench.cases, State("", failed))
        arcs = [(name, is_ab) for name in links for is_ab in (True, False) if name not in failed.links]
        loads = (_load(world, arc, page.total(arc)) for arc in arcs)
        return max(loads, default=Fraction(0))

    def in_state(_name: str, failed: Elements) -> Fraction | None:
        return fullest(failed) if failed == NOTHING or named.has(failed) else None

    worst = max(fullest(failed) for failed in pages)
    return _Verdict(worst < bound if asserted.operator == "<" else worst <= bound, worst, in_state, is_share=True)


def _load(world: World, arc: tuple[str, bool], reserved_bps: int) -> Fraction:
    link = world.topology.links[arc[0]]
    return Fraction(reserved_bps + link.background_bps.towards(is_ab=arc[1]), link.capacity_bps.towards(is_ab=arc[1]))


def _connection(bench: _Bench, named: Named, asserted: ast.Connected) -> _Verdict:
    """Derive how many pairs are apart; a state that spares the ways which join all nodes has none."""
    topology, members = bench.world.topology, bench.expander.nodes(asserted.set)
    live = live_of(topology)

    def apart(failed: Elements) -> int:
        return Islands(live, failed).apart(members)

    whole = Elements(frozenset(topology.nodes), frozenset(topology.links))
    relied = Islands(live, NOTHING).relied(members) or whole
    worst = max(apart(NOTHING), find_most_apart(bench.executor, live, members, named, relied))

    def in_state(_name: str, failed: Elements) -> Fraction | None:
        return Fraction(apart(failed)) if failed == NOTHING or named.has(failed) else None

    return _Verdict(not worst, Fraction(worst), in_state)


def _absence(bench: _Bench, named: Named, asserted: ast.NoTraffic) -> _Verdict:
    ground = bench.expander.ground(asserted.links)

    def count(journey: Journey) -> int:
        return len(journey.nodes & ground.nodes) + len(journey.links & ground.links)

    worst, in_state = _over_demands(bench, named, asserted.intents, count, is_promised=True)
    return _Verdict(not worst, Fraction(worst), in_state)


def _length(bench: _Bench, named: Named, asserted: ast.PathLength) -> _Verdict:
    worst, in_state = _over_demands(bench, named, asserted.intents, lambda one: one.hops, is_promised=False)
    holds = worst < asserted.bound if asserted.operator == "<" else worst <= asserted.bound
    return _Verdict(holds, Fraction(worst), in_state)


def _over_demands(
    bench: _Bench, named: Named, intents: ast.SetExpression, count: Callable[[Journey], int], *, is_promised: bool
) -> tuple[int, Callable[[str, Elements], Fraction | None]]:
    """Return the largest count of a demand in any state, and that in a given one."""
    names = bench.expander.intents(intents)
    cases = [case for group in bench.cases.values() for case in group if case.asked.name in names]
    worst = max((value for case in cases for value in _counts(bench, named, case, count, is_promised)), default=0)

    def in_state(state: str, failed: Elements) -> Fraction | None:
        is_named = failed == NOTHING or named.has(failed)
        meant = [case for case in cases if is_named or (is_promised and _is_promised(case, state))]
        if not is_named and not meant:
            return None
        return Fraction(max((count(bench.journeys.in_state(case, failed)) for case in meant), default=0))

    return worst, in_state


def _counts(
    bench: _Bench, named: Named, case: Case, count: Callable[[Journey], int], is_promised: bool
) -> Iterator[int]:
    normal = bench.journeys.in_state(case, NOTHING)
    yield count(normal)
    for parts in named.touching(normal.relied):
        yield count(bench.journeys.after(case, parts))
    for state in case.wanted.promised.states if is_promised else ():
        yield count(bench.journeys.after(case, (state,)))


def _is_promised(case: Case, state: str) -> bool:
    return any(state == promised.id for promised in case.wanted.promised.states)
