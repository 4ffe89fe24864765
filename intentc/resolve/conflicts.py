"""Where intents match the same packets: which one wins, which rates add up, and which of them contradict each other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import chain

from intentc.clauses.requirement import Overriding
from intentc.diagnostics import Findings, Label
from intentc.recall import Recall
from intentc.resolve.draft import Draft
from intentc.resolve.overlaps import Part, Witness, find_overlaps, is_contained, make_part
from intentc.resolve.packets import example
from intentc.resolve.treatment import Treatment, differences, shape_of, treatment_of
from intentc.values import field, mutable

CONTRADICTION, NARROWER, FORWARD = "E0401", "N0402", "N0403"
RATES = "rate (what both match cannot count for both)"
_SHOWN = 8  # other intents that one finding points at


@mutable
class Judgement:
    """What follows from all overlaps. `before` holds pairs of parts, the winner first; `equals` are to be joined."""

    parts: tuple[Part, ...]
    before: set[tuple[int, int]] = field(default_factory=set)
    equals: list[tuple[int, int]] = field(default_factory=list)
    contradictions: dict[tuple[str, str], tuple[Witness, list[str]]] = field(default_factory=dict)  # later, earlier
    narrower: dict[tuple[str, str], Witness] = field(default_factory=dict)  # winner, loser
    forward: dict[tuple[str, str], Witness] = field(default_factory=dict)  # winner, the one whose replies yield
    shared: dict[tuple[int, int], Witness] = field(default_factory=dict)  # packets of both, by the numbers of the parts


class Memory:
    """The parts of the drafts of the last time, and which of them share packets."""

    def __init__(self) -> None:
        self._parts: Recall[Sequence[Part]] = Recall()
        self._compared: tuple[Part, ...] = ()
        self._shared: Sequence[tuple[tuple[int, int], Witness]] = ()

    def parts(self, drafts: Sequence[Draft]) -> tuple[Part, ...]:
        """Return the parts of all drafts, one after the other."""
        rows = self._parts.each("parts", (drafts,), lambda at: _parts(drafts[at]))
        return tuple(chain.from_iterable(rows))

    def overlaps(self, parts: tuple[Part, ...]) -> Sequence[tuple[tuple[int, int], Witness]]:
        """Return which two parts share packets, by their numbers, in order; which they do depends on their packets alone."""
        before = self._compared
        if len(parts) != len(before) or not all(map(_have_equal_packets, parts, before)):
            if not before or self._shared or _share_packets(parts, before):
                self._shared = sorted(find_overlaps(parts).items(), key=lambda item: item[0])
            self._compared = parts
        return self._shared


def _share_packets(parts: Sequence[Part], before: Sequence[Part]) -> bool:
    """Return whether any two parts share packets; of those that were there `before` no two do."""
    new = set(map(id, parts)).difference(map(id, before))
    keys = {key for part in parts if id(part) in new for key in part.pieces}
    return bool(find_overlaps([part for part in parts if not keys.isdisjoint(part.pieces)]))


def _have_equal_packets(one: Part, other: Part) -> bool:
    return one is other or (one.intent == other.intent and list(one.pieces.items()) == list(other.pieces.items()))


def judge(drafts: Sequence[Draft], known: Memory | None = None) -> Judgement:
    """Return what follows from every overlap between the drafts, which are sorted by name; `known`: of the last time."""
    known = Memory() if known is None else known
    parts = known.parts(drafts)
    judge = _Judge({draft.name: draft for draft in drafts}, Judgement(parts))
    for (one, other), witness in known.overlaps(parts):
        judge.hear(one, other, witness)
    return judge.judgement


def _parts(draft: Draft) -> list[Part]:
    replies = tuple(draft.replies())
    found = [make_part(draft.name, draft.forward(), is_reply=False)] if len(replies) < len(draft.demands) else []
    return [*found, make_part(draft.name, replies, is_reply=True)] if replies else found


class _Judge:
    """Decides one overlap after the other; parts go by their number."""

    def __init__(self, drafts: Mapping[str, Draft], judgement: Judgement) -> None:
        self._drafts = drafts
        self._parts = judgement.parts
        self._treatments: dict[int, Treatment] = {}
        self._shapes: dict[int, Hashable] = {}
        self._overridden = {name: found.intents for name, draft in drafts.items() if (found := _overriding(draft))}
        self.judgement = judgement

    def hear(self, one: int, other: int, witness: Witness) -> None:
        """Decide who wins: an override, else what is forward; of two alike see `_alike`."""
        first, second = self._parts[one], self._parts[other]
        self.judgement.shared[one, other] = witness
        winners = self._overriding(one, other) if self._overridden else ()
        if winners:
            self.judgement.before |= set(winners)
        elif first.is_reply != second.is_reply:
            ahead, behind = (other, one) if first.is_reply else (one, other)
            self.judgement.before.add((ahead, behind))
            if self._differences(one, other):
                self.judgement.forward.setdefault((self._parts[ahead].intent, self._parts[behind].intent), witness)
        else:
            self._alike(one, other, witness)

    def _overriding(self, one: int, other: int) -> list[tuple[int, int]]:
        """Return which of two parts come before the other since their intent says so."""
        return [
            (winner, loser)
            for winner, loser in ((one, other), (other, one))
            if self._parts[loser].intent in self._overridden.get(self._parts[winner].intent, ())
        ]

    def _alike(self, one: int, other: int, witness: Witness) -> None:
        """Decide between two of one direction: the narrower one wins, equal ones join if they are treated alike."""
        first, second = self._parts[one], self._parts[other]
        differ = self._differences(one, other)
        is_within, is_around = is_contained(first, second), is_contained(second, first)
        if is_within and is_around:
            if not differ and self._shape(one) == self._shape(other):
                self.judgement.equals.append((one, other))
            else:
                self._contradict(one, other, witness, differ or ["choice of replica or unit of rate"])
        elif is_within or is_around:
            winner, loser = (one, other) if is_within else (other, one)
            if self._takes_step(winner, loser):
                self._contradict(one, other, witness, ["latency (all packets of a chain's step are matched)"])
                return
            self.judgement.before.add((winner, loser))
            if differ or self._have_rates(one, other):
                self.judgement.narrower.setdefault((self._parts[winner].intent, self._parts[loser].intent), witness)
        elif differ or self._have_rates(one, other):
            self._contradict(one, other, witness, differ or [RATES])

    def _have_rates(self, one: int, other: int) -> bool:
        """Return whether both commit a rate: a packet can count for one of them only, so the rates do not add up."""
        return all(self._parts[number].demands[0].has_bandwidth for number in (one, other))

    def _takes_step(self, winner: int, loser: int) -> bool:
        """Return whether nothing would be left of a chain's step: its budget would speak of packets that others treat."""
        part = self._parts[loser]
        steps = (demand for demand in part.demands if demand.step is not None)
        own = (make_part(part.intent, (demand,), is_reply=part.is_reply) for demand in steps)
        return any(is_contained(step, self._parts[winner]) for step in own)

    def _contradict(self, one: int, other: int, witness: Witness, differ: list[str]) -> None:
        """Record a contradiction under the later declaration; the earlier one wins where it is waived."""
        earlier, later = sorted((one, other), key=lambda part: self._drafts[self._parts[part].intent].intent.name.span)
        self.judgement.before.add((earlier, later))
        pair = (self._parts[later].intent, self._parts[earlier].intent)
        self.judgement.contradictions.setdefault(pair, (witness, differ))

    def _shape(self, number: int) -> Hashable:
        if number not in self._shapes:
            self._shapes[number] = shape_of(self._parts[number])
        return self._shapes[number]

    def _differences(self, one: int, other: int) -> list[str]:
        return differences(self._treatment(one), self._treatment(other))

    def _treatment(self, number: int) -> Treatment:
        if number not in self._treatments:
            part = self._parts[number]
            self._treatments[number] = treatment_of(self._drafts[part.intent], part)
        return self._treatments[number]


def _overriding(draft: Draft) -> Overriding | None:
    return draft.requirements.one(Overriding)


def packet_of(witness: Witness) -> str:
    """Return one of the packets in words, and where it enters."""
    return f"{example(witness.family, witness.box)} entering at `{witness.ingress}`"


def report_contradictions(judgement: Judgement, drafts: Mapping[str, Draft], findings: Findings) -> frozenset[str]:
    """Report each intent that contradicts earlier ones, with one packet; return those that have not waived it."""
    by_later: dict[str, list[str]] = {}
    for later, earlier in sorted(judgement.contradictions):
        by_later.setdefault(later, []).append(earlier)
    for later, others in by_later.items():
        others.sort(key=lambda name: drafts[name].intent.name.span)
        witness, differ = judgement.contradictions[later, others[0]]
        more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
        findings.error(
            CONTRADICTION,
            f"`{later}` contradicts `{others[0]}`{more} on {packet_of(witness)}: different {', '.join(differ)}",
            drafts[later].intent.name.span,
            related=tuple(Label(drafts[name].intent.name.span, f"`{name}` matches it too") for name in others[:_SHOWN]),
            help=(f"write `overrides {others[0]}`, or take the packets out of one match with `except`",),
            intent=later,
        )
    return frozenset(later for later in by_later if CONTRADICTION not in drafts[later].waived_codes)


def report_precedence(judgement: Judgement, drafts: Mapping[str, Draft], findings: Findings) -> None:
    """Note which intents win where they overlap others that treat packets differently."""
    text = "`{0}` wins over {1} where both match, as {2}: its match is narrower"
    _note(NARROWER, judgement.narrower, text, drafts, findings)
    text = "where replies of {1} look like traffic of `{0}`, as {2}, they are treated as `{0}` says"
    _note(FORWARD, judgement.forward, text, drafts, findings)


def _note(
    code: str, pairs: Mapping[tuple[str, str], Witness], text: str, drafts: Mapping[str, Draft], findings: Findings
) -> None:
    by_winner: dict[str, list[str]] = {}
    for winner, loser in sorted(pairs):
        if winner in drafts and loser in drafts:
            by_winner.setdefault(winner, []).append(loser)
    for winner, losers in by_winner.items():
        losing = f"`{losers[0]}`" + (f" and {len(losers) - 1} more" if len(losers) > 1 else "")
        findings.error(
            code,
            text.format(winner, losing, packet_of(pairs[winner, losers[0]])),
            drafts[winner].intent.name.span,
            related=tuple(Label(drafts[name].intent.name.span, "the one that yields") for name in losers[:_SHOWN]),
            intent=winner,
        )
