"""Whether what is claimed of intents that are not placed is proved: every claim needs a certificate that holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.language import ast
from intentc.manifest.elements import NOTHING, Elements, failed_elements
from intentc.manifest.model import IntentEntry
from intentc.manifest.refusal_model import (
    CutEntry,
    EffortEntry,
    ExhaustedEntry,
    ListsEntry,
    PackingEntry,
    PotentialEntry,
    PricesEntry,
    RefusalEntry,
    WalksEntry,
)
from intentc.values import field, mutable
from intentc.verify.books import Books, Page, failed_page, keep_books
from intentc.verify.case import Case, World
from intentc.verify.certificates import flaw_of_cut, flaw_of_potential
from intentc.verify.chains import ReadChain, read_chain
from intentc.verify.classes import rank_of
from intentc.verify.enumerated import flaw_of_lists, flaw_of_packing, flaw_of_walks
from intentc.verify.exhausted import flaw_of_exhausted
from intentc.verify.failures import State
from intentc.verify.fares import flaw_of_prices
from intentc.verify.refused import NORMAL, Refused, name_of
from intentc.verify.sources import Unprovable
from intentc.verify.wanted import Asked, Reader, Wanted

_CODE = "E0594"
_PATHLESS = frozenset(
    {"E0501", "E0502", "E0503", "E0504", "E0506", "E0507", "E0520", "E0521", "E0522", "E0523", "E0525", "E0526"}
)
_FULL = frozenset({"E0505", "E0524"})
_OVER_FAILED = "E0531"
_BUDGETS = frozenset({"E0530", _OVER_FAILED})
_BESIDE = frozenset({"E0532", "E0533"})
_OF_CHAINS = _BUDGETS | _BESIDE
_CROWDED, _ONE_WAY, _GIVEN_UP = "E0536", "E0538", "E0509"
_OWN = {PackingEntry: _CROWDED, WalksEntry: _ONE_WAY, ListsEntry: _GIVEN_UP}  # what certificates of their own are about
_CLAIMS = _PATHLESS | _FULL | _BUDGETS | {_CROWDED, _ONE_WAY}
_CUT_OFF = "E0520"
_PLACED = frozenset({"placed", "waived", "degraded"})
_WITHOUT = _PLACED | {"rejected"}  # what was rejected was never sought a place for


def check_refusals(world: World, reader: Reader, cases: Mapping[str, tuple[Case, ...]]) -> None:
    """Judge the refusals of all intents that are not placed, and that each claim of impossibility has one with a proof."""
    bench = _Bench(world, cases)
    for entry in world.manifest.intents:
        intent = world.sources.talkers.get(entry.name)
        world.court.intent, world.court.span = entry.name, intent.name.span if intent is not None else None
        if entry.status in _WITHOUT:
            said = f"`{entry.name}` is {entry.status}, and yet has refusals"
            world.court.judge("refusals", _CODE, holds=not entry.refused, otherwise=said)
        if entry.status in _PLACED or intent is None:
            continue
        if entry.status == "infeasible" or (entry.refused and entry.status == "unsupported"):
            _check_intent(bench, reader, entry, intent)
        else:
            _check_claims(world, entry, ())  # nobody sought certificates: only what reading alone tells has none
    world.court.intent, world.court.span = None, None


def _check_intent(bench: _Bench, reader: Reader, entry: IntentEntry, intent: ast.Intent | ast.Chain) -> None:
    world = bench.world
    try:
        chain = None if isinstance(intent, ast.Intent) else read_chain(reader, intent)
        asked = reader.read(intent) if isinstance(intent, ast.Intent) else read_chain(reader, intent).asked
    except Unprovable as error:
        world.court.deny("E0562", f"what `{entry.name}` asks cannot be told: {error.reason}")
        return
    proved = [item for item in entry.refused if _check_refusal(bench, asked, chain, item)]
    _check_claims(world, entry, proved)


def _check_claims(world: World, entry: IntentEntry, proved: Sequence[RefusalEntry]) -> None:
    """Judge that whatever calls an intent impossible is among what was proved."""
    for code, state in _claims(world, entry.name):
        # E0520 speaks of all states that cut an end off; one of them is enough.
        holds = any(item.finding == code and (item.state == state or code == _CUT_OFF) for item in proved)
        holds = holds or (code == _CUT_OFF and entry.status != "infeasible" and not entry.refused)
        said = f"`{entry.name}`: nothing proves {code}, that it is impossible"
        world.court.judge("refusals", _CODE, holds=holds, otherwise=said, state=state)


def _claims(world: World, intent: str) -> list[tuple[str, str | None]]:
    """Return the findings that call an intent impossible, with their states."""
    found = (item for item in world.manifest.findings if item.intent == intent and not item.waived)
    return sorted({(item.code, item.state) for item in found if item.code in _CLAIMS}, key=str)


def _check_chain(bench: _Bench, chain: ReadChain, entry: RefusalEntry) -> bool:
    """Judge the refusal of a chain's budget; return whether it proves what its finding claims."""
    world, told = bench.world, entry.certificate
    promised = (state for wanted in chain.asked.demands for state in wanted.promised.states)
    failed = failed_elements(entry.state, world.topology) if entry.state is not None else None
    state = next((state for state in promised if state.failed == failed), None)
    is_beside = entry.finding not in _BUDGETS  # what is missed beside others is no proof, but has to be true
    if is_beside and isinstance(told, EffortEntry):
        flaw = None
    elif not isinstance(told, ExhaustedEntry):
        flaw = "not all choices were gone through"
    elif is_beside is not (told.given == "placed") or (is_beside and entry.finding not in _BESIDE):
        flaw = f"{entry.finding} does not rest on {told.given}"
    elif entry.state is not None and (state is None or not (is_beside or entry.finding == _OVER_FAILED)):
        flaw = f"nothing is promised in `{entry.state}`"
    else:
        flaw = _flaw_of_budget(bench, chain, entry, told, state)
    said = f"`{entry.demand}`: the certificate of {entry.finding} does not hold: {flaw}"
    world.court.judge("refusals", _CODE, holds=flaw is None, otherwise=said, state=entry.state)
    return flaw is None and entry.finding in _BUDGETS


def _flaw_of_budget(
    bench: _Bench, chain: ReadChain, entry: RefusalEntry, told: ExhaustedEntry, state: State | None
) -> str | None:
    instance = next((item for item in chain.instances if item.site == told.site), None)
    if instance is None or entry.demand != f"{chain.asked.name}/{told.site}":
        return f"no chain `{entry.demand}` starts at `{told.site}`"
    is_failed = entry.finding == _OVER_FAILED or (state is not None and entry.finding in _BESIDE)
    budget_us = instance.failover_budget_us if is_failed else instance.budget_us
    if told.budget_us != budget_us:
        return f"the budget is {budget_us} us, not {told.budget_us}"
    return flaw_of_exhausted(bench.world, chain, told, state, bench.page(chain.asked, state or NORMAL, told.given))


def _check_refusal(bench: _Bench, asked: Asked, chain: ReadChain | None, entry: RefusalEntry) -> bool:
    """Judge one refusal; return whether it proves what its finding claims."""
    if chain is not None and entry.finding in _OF_CHAINS:
        return _check_chain(bench, chain, entry)
    court, where = bench.world.court, f"`{entry.demand}`: the certificate of {entry.finding}"
    wanted = next((item for item in asked.demands if name_of(item) == entry.demand), None)
    if wanted is None:
        court.deny(_CODE, f"`{entry.demand}` is refused, but the intent does not ask for it", state=entry.state)
        return False
    if entry.finding == _CUT_OFF:
        flaw = _flaw_of_cut_off(bench, asked, wanted, entry)
    else:
        state = _state_of(wanted, entry.state)
        if state is None:
            court.deny(_CODE, f"`{entry.demand}` is promised nothing in `{entry.state}`", state=entry.state)
            return False
        flaw = _flaw(bench.refused(asked, wanted, entry, state))
    court.judge("refusals", _CODE, holds=flaw is None, otherwise=f"{where} does not hold: {flaw}", state=entry.state)
    return flaw is None and entry.finding in _CLAIMS


def _flaw(refused: Refused) -> str | None:
    """Return why a certificate does not bear its finding out."""
    told, code = refused.entry.certificate, refused.entry.finding
    if told is None or isinstance(told, EffortEntry):
        return "there is none" if code in _CLAIMS else None
    if isinstance(told, ExhaustedEntry):
        return "all choices of replicas are about a chain's budget"
    if _OWN.get(type(told), code) != code or (code in _OWN.values() and code in _CLAIMS and type(told) not in _OWN):
        return f"a certificate of this kind says nothing of {code}"
    if isinstance(told, PackingEntry):
        return flaw_of_packing(refused, told)
    if isinstance(told, WalksEntry):
        return flaw_of_walks(refused, told)
    if isinstance(told, ListsEntry):
        return flaw_of_lists(refused, told)
    if isinstance(told, PricesEntry):
        return "prices are about room" if code in _PATHLESS else flaw_of_prices(refused, told)
    if code in _CLAIMS and told.given != "nothing":
        return "it rests on where others are placed"
    if isinstance(told, PotentialEntry):
        return flaw_of_potential(refused, told)
    return flaw_of_cut(refused, told)


def _flaw_of_cut_off(bench: _Bench, asked: Asked, wanted: Wanted, entry: RefusalEntry) -> str | None:
    """Return why a promised state does not cut an end off."""
    told = entry.certificate
    if not isinstance(told, CutEntry) or told.given != "nothing" or told.waypoints:
        return "there is no cut"
    if any(spot.passed for spot in told.inside):
        return "a place lies behind more waypoints than the cut counts"
    if entry.state not in wanted.promised.cut:
        return f"`{entry.state}` is not a promised state that cuts an end off"
    failed = _elements_of(bench.world, entry.state)
    inside = {spot.node for spot in told.inside}
    ends = [set(end.nodes) for end in (wanted.source, wanted.destination)]  # some of whose nodes may fail themselves
    if not inside or inside not in [found for end in ends for found in (end, end - failed.nodes)]:
        return "its places are not an end of the demand"
    refused = bench.refused(asked, wanted, entry, State(entry.state, failed))
    terrain = refused.terrain("nothing", 0)
    if terrain is None:
        return "there is no such demand"
    reasons = {(item.link, item.node): item.reason for item in told.closed}
    leaving = {(arc.link.id, arc.tail): arc for arc in terrain.arcs if arc.tail in inside and arc.head not in inside}
    if leaving.keys() != reasons.keys():
        return "its links are not those of the end"
    wrong = [place for place, arc in leaving.items() if not terrain.holds(reasons[place], arc)]
    return f"link `{wrong[0][0]}` is not {reasons[wrong[0]]}" if wrong else None


def _state_of(wanted: Wanted, state: str | None) -> State | None:
    """Return the state of a refusal: the normal one, or one that the demand is promised."""
    if state is None:
        return NORMAL
    return next((each for each in wanted.promised.states if each.id == state), None)


def _elements_of(world: World, state: str) -> Elements:
    found = failed_elements(state, world.topology)
    return NOTHING if found is None else found


@mutable
class _Bench:
    """What refusals share: the placed demands, and by priority the books of those that come no later."""

    world: World
    cases: Mapping[str, tuple[Case, ...]]
    books: dict[int, Books] = field(default_factory=dict)
    pages: dict[tuple[int, str, Elements | None], Page] = field(default_factory=dict)

    def refused(self, asked: Asked, wanted: Wanted, entry: RefusalEntry, state: State) -> Refused:
        """Return a refusal with all that its certificate may rest on."""
        partner, given = _partner(asked.demands, wanted), getattr(entry.certificate, "given", "nothing")
        placed = self._placed(asked)
        return Refused(self.world, asked, wanted, partner, entry, state, placed, self.page(asked, state, given))

    def _placed(self, asked: Asked) -> dict[str, tuple[Case, ...]]:
        """Return the demands that are placed at the same priority or a higher one."""
        rank = rank_of(asked.traffic_class, self.world.sources)
        return {
            name: group
            for name, group in self.cases.items()
            if rank_of(group[0].asked.traffic_class, self.world.sources) <= rank
        }

    def page(self, asked: Asked, state: State, given: str) -> Page:
        """Return what is taken of every link for a demand: by its own class in the state, by others' queues in all states."""
        if given != "placed":
            return Page({})
        rank, placed = rank_of(asked.traffic_class, self.world.sources), self._placed(asked)
        key = (rank, asked.traffic_class, None if state is NORMAL else state.failed)
        if key not in self.pages:
            if rank not in self.books:
                self.books[rank] = keep_books(self.world, placed)
            books = self.books[rank]
            page = books.normal if state is NORMAL else failed_page(self.world, placed, state)
            self.pages[key] = books.beside(page, asked.traffic_class)
        return self.pages[key]


def _partner(demands: Sequence[Wanted], wanted: Wanted) -> Wanted | None:
    ends = (wanted.destination.name, wanted.source.name)
    others: Iterator[Wanted] = (other for other in demands if other.direction != wanted.direction)
    return next((other for other in others if (other.source.name, other.destination.name) == ends), None)
