"""Contradictions and precedence equal brute force over every packet of a small universe."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from support_resolve import PRELUDE, Resolved, run

from intentc.resolve.packets import box


@dataclass(frozen=True)
class Written:
    """An intent of the random programs: ports, code point, source site and class; all to the same service."""

    low: int
    high: int
    dscp: int | None
    source: str
    priority: str
    hole: int | None

    def text(self, name: str) -> str:
        dscp = "" if self.dscp is None else f" dscp {self.dscp}"
        hole = "" if self.hole is None else f" except tcp/{self.hole}"
        return (
            f"intent {name} {{ from {self.source}  to db  unidirectional"
            f"  match tcp/{self.low}-{self.high}{dscp}{hole}  priority {self.priority} }}"
        )

    def packets(self) -> frozenset[tuple[str, int, int]]:
        """Return all (ingress, port, code point) that the intent matches, of a small universe."""
        sites = ["ber", "ham", "muc"] if self.source == "branches" else [self.source]
        return frozenset(
            (site, port, dscp)
            for site in sites
            for port in range(self.low, self.high + 1)
            for dscp in (0, 1, 2)
            if port != self.hole and self.dscp in {None, dscp}
        )


@st.composite
def written(draw) -> Written:
    low = draw(st.integers(1, 6))
    high = draw(st.integers(low, 6))
    return Written(
        low,
        high,
        draw(st.sampled_from([None, 0, 1])),
        draw(st.sampled_from(["ber", "muc", "branches"])),
        draw(st.sampled_from(["high", "low"])),
        draw(st.sampled_from([None, 2, 3])) if low < high else None,
    )


@settings(max_examples=150)
@given(st.lists(written(), min_size=2, max_size=5))
def test_contradictions_and_winners_equal_brute_force(intents):
    names = [f"i{number}" for number in range(len(intents))]
    by_name = dict(zip(names, intents, strict=True))
    found = run("\n".join(item.text(name) for name, item in by_name.items()), prelude=PRELUDE)
    sets = {name: item.packets() for name, item in by_name.items()}
    rejected = {
        later
        for number, later in enumerate(names)
        for earlier in names[:number]
        if sets[later] & sets[earlier]
        and by_name[later].priority != by_name[earlier].priority
        and not (sets[later] < sets[earlier] or sets[earlier] < sets[later])
    }
    assert {item.intent for item in found.findings if item.code == "E0401"} == rejected
    kept = [name for name in names if name not in rejected]
    for packet in sorted(frozenset().union(*(sets[name] for name in kept))):
        matching = [name for name in kept if packet in sets[name]]
        narrowest = [name for name in matching if not any(sets[other] < sets[name] for other in matching)]
        assert first_match(found, packet) in {by_name[name].priority for name in narrowest}


def first_match(found: Resolved, packet: tuple[str, int, int]) -> str:
    """Return the class of the first demand that matches a packet, by going through all of them."""
    site, port, dscp = packet
    for demand in sorted(found.model.demands.values(), key=lambda demand: demand.precedence):
        for candidate in demand.candidates:
            if candidate.source.site == site and any(
                has(flow, port, dscp) and not any(has(hole, port, dscp) for hole in candidate.excepted)
                for flow in candidate.flows
            ):
                return demand.traffic_class
    return "nothing"


def has(flow, port: int, dscp: int) -> bool:
    whole = box(flow)
    return whole[4] <= 0 <= whole[5] and whole[8] <= port <= whole[9] and whole[10] <= dscp <= whole[11]


# -- over every axis -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wide:
    """An intent of the random programs over all axes: source prefix, protocol, port, code point, ingress."""

    source: str
    half: int | None  # of the source's prefix: its lower or upper half
    protocol: str
    low: int
    high: int
    dscp: int | None
    priority: str
    overrides: int | None  # one of the intents before it

    def text(self, name: str, number: int) -> str:
        ports = (
            "any"
            if self.protocol == "any"
            else "icmp"
            if self.protocol == "icmp"
            else f"{self.protocol}/{self.low}-{self.high}"
        )
        site = {"ber": 1, "muc": 2}[self.source]
        half = "" if self.half is None else f" prefix 10.{site}.0.{128 * self.half}/25 to 10.30.0.0/24"
        dscp = "" if self.dscp is None else f" dscp {self.dscp}"
        over = f"overrides i{self.overrides % number}" if number and self.overrides is not None else ""
        return f"intent {name} {{ from {self.source}  to db  unidirectional  match {ports}{dscp}{half}  priority {self.priority}  {over} }}"

    def packets(self) -> frozenset[tuple[str, int, str, int, int]]:
        """Return all (ingress, half, protocol, port, code point) that the intent matches, of a small universe."""
        return frozenset(
            (self.source, half, protocol, port, dscp)
            for half in (0, 1)
            for protocol in ("tcp", "udp", "icmp")
            for port in ((1, 2, 3) if protocol != "icmp" else (0,))
            for dscp in (0, 1)
            if self.half in {None, half}
            and self.protocol in {"any", protocol}
            and (self.protocol not in {"tcp", "udp"} or self.low <= port <= self.high)
            and self.dscp in {None, dscp}
        )


@st.composite
def wides(draw) -> Wide:
    low = draw(st.integers(1, 3))
    return Wide(
        draw(st.sampled_from(["ber", "muc"])),
        draw(st.sampled_from([None, 0, 1])),
        draw(st.sampled_from(["any", "tcp", "udp", "icmp"])),
        low,
        draw(st.integers(low, 3)),
        draw(st.sampled_from([None, 0])),
        draw(st.sampled_from(["high", "low"])),
        draw(st.sampled_from([None, None, 0, 1, 2])),
    )


@settings(max_examples=150)
@given(st.lists(wides(), min_size=2, max_size=5))
def test_judgements_over_all_axes_equal_brute_force(intents):
    names = [f"i{number}" for number in range(len(intents))]
    found = run(
        "\n".join(item.text(name, number) for number, (name, item) in enumerate(zip(names, intents, strict=True)))
    )
    sets = {name: item.packets() for name, item in zip(names, intents, strict=True)}
    priority = {name: item.priority for name, item in zip(names, intents, strict=True)}
    overriding = {
        (name, f"i{item.overrides % number}")
        for number, (name, item) in enumerate(zip(names, intents, strict=True))
        if number and item.overrides is not None
    }

    def beats(one, other):
        if (one, other) in overriding or (other, one) in overriding:
            return (one, other) in overriding
        return sets[one] < sets[other]

    contradicting = {
        later
        for number, later in enumerate(names)
        for earlier in names[:number]
        if sets[later] & sets[earlier] and priority[later] != priority[earlier]
        if not beats(later, earlier) and not beats(earlier, later)
    }
    assert {item.intent for item in found.findings if item.code == "E0401"} == contradicting
    refused = contradicting | {item.intent for item in found.findings if item.code == "E0405"}
    kept = [name for name in names if name not in refused]
    shadowed = {
        name
        for name in kept
        if sets[name] <= frozenset().union(*(sets[other] for other in kept if other != name and beats(other, name)))
    }
    assert {item.intent for item in found.findings if item.code == "W0407"} == shadowed
    for packet in sorted(frozenset().union(*(sets[name] for name in kept))):
        matching = [name for name in kept if packet in sets[name]]
        best = {priority[name] for name in matching if not any(beats(other, name) for other in matching)}
        assert class_of(found, packet) in best


def class_of(found: Resolved, packet: tuple[str, int, str, int, int]) -> str:
    """Return the class of the first demand that has a packet, by going through all of them."""
    site, half, protocol, port, dscp = packet
    numbers = {"tcp": 0, "udp": 1, "icmp": 3}
    source = (10 << 24) + ({"ber": 1, "muc": 2}[site] << 16) + 128 * half + 7
    values = (source, (10 << 24) + (30 << 16) + 9, numbers[protocol], 5000, port, dscp)
    for demand in sorted(found.model.demands.values(), key=lambda demand: demand.precedence):
        for candidate in demand.candidates:
            for flow in candidate.flows if candidate.source.site == site else ():
                whole = box(flow)
                if all(whole[2 * axis] <= value <= whole[2 * axis + 1] for axis, value in enumerate(values)):
                    return demand.traffic_class
    return "nothing"
