"""What was measured in a running network beside what the manifest predicts; measuring itself happens elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from intentc.diagnostics import Diagnostic
from intentc.language import ast
from intentc.manifest.elements import NOTHING, Elements, failed_elements, paths_in_state
from intentc.manifest.model import DemandEntry, IntentEntry, Manifest, PathEntry
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.classes import DEFAULT_CLASS, class_facts
from intentc.verify.sources import Sources, gather

TOLERANCE_US = 1000  # how far the median may be from the prediction
_DELAY, _LOSS, _LOSS_UNPROMISED, _DSCP, _PATH, _BOUND, _MISSING = (
    "E0581",
    "E0582",
    "W0582",
    "E0583",
    "E0584",
    "E0585",
    "E0586",
)
_US_PER_S = 1_000_000
_NS_PER_US = 1000


@frozen
class Measurement:
    """What one demand's probe saw, from the source's hosts to the destination's; times in µs, None where nothing arrived.

    `packet_bytes`: size of the probe's packets at layer 3. `dscps`: packets that arrived, by code point. `path`: the nodes
    that the packets passed, None where that could not be found out.
    """

    demand: str
    packet_bytes: int
    sent: int
    received: int
    p50_us: int | None
    p99_us: int | None
    max_us: int | None
    dscps: Mapping[int, int]
    path: tuple[str, ...] | None

    @property
    def loss_ppm(self) -> int:
        """Return lost packets per million sent, rounded up."""
        return -(-(self.sent - self.received) * 1_000_000 // self.sent) if self.sent else 0


class Verdict(StrEnum):
    """How a row of the comparison came out."""

    AS_PREDICTED = "as predicted"
    DEVIATES = "deviates"
    NOT_MEASURED = "not measured"
    NOT_PROMISED = "nothing promised"


@frozen
class Prediction:
    """What the manifest says of a demand in the state that was measured; `median_us` is a range, as paths may differ.

    `worst_us` is the whole latency with queueing.
    """

    median_us: tuple[int, int]
    worst_us: int
    bound_us: int | None
    dscp: int
    paths: tuple[tuple[str, ...], ...]


@frozen
class Row:
    """One demand: prediction, measurement, and the codes of what deviates.

    `prediction` None: the manifest promises nothing in that state.
    """

    intent: str
    demand: str
    prediction: Prediction | None
    measurement: Measurement | None
    deviations: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Return how the demand came out."""
        if self.measurement is None:
            return Verdict.NOT_MEASURED
        if self.prediction is None:
            return Verdict.NOT_PROMISED
        return Verdict.DEVIATES if self.deviations else Verdict.AS_PREDICTED


@frozen
class Comparison:
    """All rows in the order of the manifest, and a finding for every deviation."""

    rows: tuple[Row, ...]
    findings: tuple[Diagnostic, ...]


def compare(
    files: Sequence[ast.File],
    topology: Topology,
    manifest: Manifest,
    measurements: Iterable[Measurement],
    state: str | None = None,
) -> Comparison:
    """Return measurements beside predictions, for the normal state or the failure state `state`.

    A demand deviates when its median is more than `TOLERANCE_US` from propagation and serialisation of the probe's packets
    (no queueing: the probe alone fills no queue), its 99th percentile exceeds the bound, packets are lost, arrive with
    another code point than the class's, or take another path. Raise `KeyError` for a state that the topology does not have.
    """
    measured = {item.demand: item for item in measurements}
    failed = NOTHING if state is None else failed_elements(state, topology)
    if failed is None:
        raise KeyError(state)
    scene = _Scene(topology, gather(files), state, failed)
    rows: list[Row] = []
    findings: list[Diagnostic] = []
    for intent, demand in _demands(manifest):
        probe = measured.get(demand.id)
        prediction = scene.predict(intent, demand, probe.packet_bytes if probe is not None else 0)
        found = list(_deviations(prediction, probe, demand))
        rows.append(Row(intent.name, demand.id, prediction, probe, tuple(code for code, _ in found)))
        declared = scene.sources.intents.get(intent.name)
        span = declared.name.span if declared is not None else None
        findings += [
            Diagnostic(code, f"`{demand.id}` {text}", span, intent=intent.name, state=state) for code, text in found
        ]
    return Comparison(tuple(rows), tuple(findings))


def probe_latency_us(topology: Topology, path: PathEntry, packet_bytes: int) -> int:
    """Return the one-way latency of a single packet on an idle path: propagation and its own serialisation, rounded up."""
    total = Fraction(0)
    for sender, name in zip(path.path, path.links, strict=False):
        link = topology.links[name]
        is_ab = link.is_ab(sender)
        if link.latency_ns is not None:
            total += Fraction(link.latency_ns.towards(is_ab=is_ab), _NS_PER_US)
        total += Fraction(packet_bytes * 8 * _US_PER_S, link.capacity_bps.towards(is_ab=is_ab))
    return -(-total.numerator // total.denominator)


def _demands(manifest: Manifest) -> Iterator[tuple[IntentEntry, DemandEntry]]:
    """Yield every demand once, with the first intent that has it."""
    seen: set[str] = set()
    for intent in manifest.intents:
        for demand in intent.demands:
            if demand.id not in seen:
                seen.add(demand.id)
                yield intent, demand


@frozen
class _Scene:
    """The network in the state that was measured (None: the normal one)."""

    topology: Topology
    sources: Sources
    state: str | None
    failed: Elements

    def predict(self, intent: IntentEntry, demand: DemandEntry, packet_bytes: int) -> Prediction | None:
        """Return the prediction; None where the manifest has no paths for that state."""
        primary = demand.primary
        paths = primary.paths if self.state is None else paths_in_state(demand, self.state, self.failed)
        if not paths:
            return None
        medians = [probe_latency_us(self.topology, path, packet_bytes) for path in paths]
        entry = next((item for item in demand.states if item.paths == paths), None)
        latency = primary.latency_us if paths == primary.paths or entry is None else entry.latency_us
        facts = class_facts(intent.traffic_class or DEFAULT_CLASS, self.sources)
        return Prediction(
            median_us=(min(medians), max(medians)),
            worst_us=latency.total,
            bound_us=demand.bound_us if self.state is None else None,
            dscp=facts.dscp if facts is not None else 0,
            paths=tuple(path.path for path in paths),
        )


def _deviations(
    prediction: Prediction | None, probe: Measurement | None, demand: DemandEntry
) -> Iterator[tuple[str, str]]:
    """Yield code and text of everything that is not as predicted."""
    if probe is None or not probe.sent:
        yield _MISSING, "was not measured"
        return
    if prediction is None:
        return
    if probe.received < probe.sent:
        code = _LOSS if demand.bandwidth_bps else _LOSS_UNPROMISED
        yield code, f"lost {probe.sent - probe.received} of {probe.sent} packets"
    if probe.p50_us is None:
        return
    yield from _timing(prediction, probe)
    wrong = {dscp: count for dscp, count in sorted(probe.dscps.items()) if dscp != prediction.dscp and count}
    if wrong:
        told = ", ".join(f"{count} with {dscp}" for dscp, count in wrong.items())
        yield _DSCP, f"should arrive with DSCP {prediction.dscp}, but {told} arrived"
    if probe.path is not None and probe.path not in prediction.paths:
        yield _PATH, f"took `{' '.join(probe.path)}` instead of `{' '.join(prediction.paths[0])}`"


def _timing(prediction: Prediction, probe: Measurement) -> Iterator[tuple[str, str]]:
    low, high = prediction.median_us
    if probe.p50_us is not None and not low - TOLERANCE_US <= probe.p50_us <= high + TOLERANCE_US:
        expected = f"{low} µs" if low == high else f"{low} to {high} µs"
        yield _DELAY, f"took {probe.p50_us} µs at the median, and {expected} was predicted"
    if prediction.bound_us is not None and probe.p99_us is not None and probe.p99_us > prediction.bound_us:
        yield _BOUND, f"took {probe.p99_us} µs at the 99th percentile, more than the {prediction.bound_us} µs allowed"
