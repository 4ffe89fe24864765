"""Random small programs for `test_verify_oracle`: plain data that the oracle reads, and the source texts that the product reads.

The oracle never sees the texts, and the product never sees the data: what they agree on, they agree on from the language's
own meaning. Rates in bps, times in µs (latencies of wires in ns), ratios in ppb.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PARENTS = {"eu": None, "de": "eu", "nl": "eu", "ch": None}  # region -> the one around it
BFD_MS, BFD_MULTIPLIER = 50, 3


@dataclass(frozen=True)
class Router:
    """A node in a site of its own (`s` for `e`), in that of another one (`home`), or in none (core routers); `sid` None: it knows no labels.

    `depth`: how many segments it can push; `algos`: the Flexible Algorithms that it takes part in.
    """

    name: str
    region: str
    prefixes: tuple[str, ...] = ()
    is_transit: bool = True
    state: str = "up"
    platform: str = "frr"
    sid: int | None = None
    depth: int = 0
    algos: tuple[int, ...] = ()
    home: str | None = None

    @property
    def site(self):
        return self.home or (f"s{self.name[1:]}" if self.name.startswith("e") else None)

    @property
    def place(self):
        return self.site or self.name


@dataclass(frozen=True)
class Wire:
    """A link; pairs are (a to b, b to a)."""

    name: str
    a: str
    b: str
    capacity: tuple[int, int]
    latency_ns: tuple[int, int]
    metric: tuple[int, int]
    background: int = 0
    srlgs: tuple[str, ...] = ()
    provider: str = "alpha"
    is_encrypted: bool = True
    crosses: tuple[str, ...] = ()
    state: str = "up"
    queue_bytes: int | None = None
    jitter_ns: int | None = None
    loss_ppb: int | None = None
    colours: tuple[str, ...] = ()
    over: tuple[str, ...] = ()  # links that lead from a to b
    overhead: int = 0

    def side(self, sender):
        return 0 if sender == self.a else 1

    def other(self, node):
        return self.b if node == self.a else self.a


@dataclass(frozen=True)
class Net:
    """`algos` has number and excluded colour of each Flexible Algorithm; all of them go by delay."""

    igp: str
    routers: dict[str, Router]
    wires: dict[str, Wire]
    algos: tuple[tuple[int, str], ...] = ()

    def wires_of(self, node):
        return [wire for wire in self.wires.values() if node in (wire.a, wire.b)]


@dataclass(frozen=True)
class Rate:
    bps: int
    per: str = "pair"
    reverse: int | None = None
    ceiling: int | None = None
    burst: int | None = None


@dataclass(frozen=True)
class Survive:
    parts: tuple[tuple[str, int], ...]
    is_except_access: bool = True


@dataclass(frozen=True)
class Failover:
    within_ms: int
    survive: tuple[Survive, ...]
    latency: tuple[int, str] | None = None
    bps: int | None = None
    otherwise: str | None = None


@dataclass(frozen=True)
class Step:
    """A step of a chain; `stage` numbers what runs one after the other."""

    stage: int
    source: str
    target: str
    is_any_of: bool
    calls: int = 1
    processing_us: int = 0


@dataclass(frozen=True)
class Talk:
    """An intent (`ends`: to, any, between, among) or, with steps, a chain."""

    name: str
    ends: str = "to"
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    is_one_way: bool = False
    port: int | None = None
    priority: str | None = None
    latency: tuple[int, str] | None = None
    jitter_us: int | None = None
    loss_ppb: int | None = None
    rate: Rate | None = None
    pin: tuple[str, ...] = ()
    avoid: tuple[tuple[str, str], ...] = ()
    via: tuple[tuple[str, str], ...] = ()
    is_encrypted: bool = False
    failover: Failover | None = None
    steps: tuple[Step, ...] = ()
    waive: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """An assertion; `what` is utilization, connected, hops or no-traffic, `bound` a percentage or a count."""

    name: str
    what: str
    bound: int = 0
    provider: str | None = None
    members: tuple[str, ...] = ()
    under: tuple[tuple[str, int], ...] = ()
    node: str | None = None


@dataclass(frozen=True)
class Service:
    """`prefix` None: the hosts' own prefixes."""

    name: str
    hosts: tuple[str, ...]
    prefix: str | None
    protocol: str = "any"
    port: int | None = None


@dataclass(frozen=True)
class Class:
    """A class of the program's own: strict with a cap, or with a fixed share, in percent."""

    name: str
    dscp: int
    is_strict: bool
    percent: int


@dataclass(frozen=True)
class Program:
    net: Net
    talks: tuple[Talk, ...]
    claims: tuple[Claim, ...] = ()
    services: dict[str, Service] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)

    def line_of(self, name):
        """Return the line on which an intent or a chain is declared: each declaration has one."""
        names = [*self.classes, *self.services, *(talk.name for talk in self.talks)]
        return names.index(name) + 1


def is_inside(region, outer):
    """Return whether a region is another one or lies in it."""
    while region is not None and region != outer:
        region = PARENTS[region]
    return region == outer


# -- as text -----------------------------------------------------------------------------------------------------------


def topology_text(net):
    known = ", ".join(f"{number}: {{metric: delay, exclude_any: [{colour}]}}" for number, colour in net.algos)
    algos = f", flex_algos: {{{known}}}" if known else ""
    lines = [
        "name: small",
        "regions: {eu: [de, nl], ch: []}",
        f"routing: {{igp: {net.igp}, bfd: {{interval: {BFD_MS}ms, multiplier: {BFD_MULTIPLIER}}}{algos}}}",
    ]
    sites = {node.site: f"{node.site}: {{region: {node.region}}}" for node in net.routers.values() if node.site}
    lines += [f"sites: {{{', '.join(sites.values())}}}", "nodes:"]
    lines += [f"  {node.name}: {{{_router_text(at, node)}}}" for at, node in enumerate(net.routers.values())]
    lines += ["links:", *(f"  - {{{_wire_text(wire)}}}" for wire in net.wires.values())]
    return "\n".join(lines) + "\n"


def _router_text(at, node):
    place = f"site: {node.site}" if node.site else f"region: {node.region}"
    release = {"frr": ", release: '8.4'", "sr-bench": ", release: '1.0'", "sr-share": ", release: '1.0'"}.get(
        node.platform, ""
    )
    held = f", attached: [{', '.join(map(repr, node.prefixes))}]" if node.prefixes else ""
    rest = f"transit: {str(node.is_transit).lower()}, state: {node.state}, loopback: 10.255.0.{at + 1}/32"
    rest += f", loopback6: '2001:db8:ff::{at + 1:x}/128'"
    if node.sid is not None:
        part = ", ".join(f"{number}: {100 * (number - 127) + node.sid}" for number in node.algos)
        algos = f", flex_algos: {{{part}}}" if part else ""
        rest += f", segment_routing: {{index: {node.sid}, srgb: [16000, 23999], max_sid_depth: {node.depth}{algos}}}"
    return f"{place}, platform: {node.platform}{release}, {rest}{held}"


def _wire_text(wire):
    (there, back), (slow, slower), (near, far) = wire.capacity, wire.latency_ns, wire.metric
    fields = [
        f"id: {wire.name}, a: {wire.a}, b: {wire.b}",
        f"capacity: {{ab: {there}bps, ba: {back}bps}}",
        f"latency: {{ab: {slow}ns, ba: {slower}ns}}",
        f"igp_metric: {{ab: {near}, ba: {far}}}",
        f"background: {wire.background}bps",
        f"srlg: [{', '.join(wire.srlgs)}]",
        f"provider: {wire.provider}, state: {wire.state}, crosses: [{', '.join(wire.crosses)}]",
    ]
    fields += [f"affinity: [{', '.join(wire.colours)}]"] if wire.colours else []
    fields += [f"over: [{', '.join(wire.over)}], overhead: {wire.overhead}"] if wire.over else []
    fields += ["encryption: macsec"] if wire.is_encrypted else []
    fields += [f"queue: {wire.queue_bytes}B"] if wire.queue_bytes is not None else []
    fields += [f"jitter: {wire.jitter_ns}ns"] if wire.jitter_ns is not None else []
    fields += [f"loss: {_ratio(wire.loss_ppb)}"] if wire.loss_ppb is not None else []
    return ", ".join(fields)


def _ratio(ppb):
    return f"{ppb // 10_000_000}.{ppb % 10_000_000:07d}%"


def intents_text(program):
    lines = [_class_text(item) for item in program.classes.values()]
    lines += [_service_text(program, item) for item in program.services.values()]
    lines += [_talk_text(talk) for talk in program.talks]
    lines += [_claim_text(claim) for claim in program.claims]
    return "\n".join(lines) + "\n"


def _class_text(item):
    queue = f"strict {item.percent}%" if item.is_strict else f"{item.percent}%"
    return f"class {item.name} {{ dscp {item.dscp} queue {queue} }}"


def _service_text(program, item):
    own = [program.net.routers[host].prefixes[0] for host in item.hosts]
    prefixes = [item.prefix] if item.prefix else own
    port = f" port {item.protocol}/{item.port}" if item.port is not None else ""
    return f"service {item.name} {{ at {', '.join(item.hosts)} prefix {', '.join(prefixes)}{port} }}"


def _talk_text(talk):
    clauses = [] if talk.steps else [_ends_text(talk)]
    clauses += ["unidirectional"] if talk.is_one_way else []
    clauses += [f"match tcp/{talk.port}"] if talk.port is not None else []
    clauses += [f"priority {talk.priority}"] if talk.priority else []
    clauses += [_latency_text(talk.latency)] if talk.latency else []
    clauses += [f"jitter <= {talk.jitter_us}us"] if talk.jitter_us is not None else []
    clauses += [f"loss <= {_ratio(talk.loss_ppb)}"] if talk.loss_ppb is not None else []
    clauses += [_rate_text(talk.rate)] if talk.rate else []
    clauses += [f"pin region {', '.join(talk.pin)}"] if talk.pin else []
    clauses += [f"avoid {kind} {name}" for kind, name in talk.avoid]
    clauses += [f"via {', '.join(f'{kind} {name}' for kind, name in talk.via)}"] if talk.via else []
    clauses += ["encrypt"] if talk.is_encrypted else []
    clauses += [_failover_text(talk.failover)] if talk.failover else []
    clauses += [f'waive {code} until 2026-12-10 because "it is known"' for code in talk.waive]
    word = "chain" if talk.steps else "intent"
    return f"{word} {talk.name} {{ {' '.join([*clauses, *_steps_text(talk.steps)])} }}"


def _ends_text(talk):
    sources, targets = ", ".join(talk.sources), ", ".join(talk.targets)
    if talk.ends == "between":
        return f"between {sources} and {targets}"
    if talk.ends == "among":
        return f"among {sources}"
    return f"from {sources} to {'any of ' if talk.ends == 'any' else ''}{targets}"


def _latency_text(latency):
    bound, mode = latency
    return f"latency <= {bound}us {mode}".rstrip()


def _rate_text(rate):
    reverse = f" reverse {rate.reverse}bps" if rate.reverse is not None else ""
    ceiling = f" ceiling {rate.ceiling}bps" if rate.ceiling is not None else ""
    burst = f" burst {rate.burst}B" if rate.burst is not None else ""
    per = "total" if rate.per == "total" else f"per {rate.per}"
    return f"bandwidth {rate.bps}bps{reverse} {per}{ceiling}{burst}"


def _failover_text(failover):
    parts = []
    for line in failover.survive:
        kinds = " and ".join(f"any {count} {kind}" for kind, count in line.parts)
        parts.append(f"survive {kinds}{' except access' if line.is_except_access else ''}")
    parts += [_latency_text(failover.latency)] if failover.latency else []
    parts += [f"bandwidth {failover.bps}bps"] if failover.bps is not None else []
    parts += [f"otherwise {failover.otherwise}"] if failover.otherwise else []
    return f"failover within {failover.within_ms}ms {{ {' '.join(parts)} }}"


def _steps_text(steps):
    for stage in sorted({step.stage for step in steps}):
        inside = " ".join(_step_text(step) for step in steps if step.stage == stage)
        yield f"parallel {{ {inside} }}" if sum(step.stage == stage for step in steps) > 1 else inside


def _step_text(step):
    calls = f" calls {step.calls}" if step.calls != 1 else ""
    processing = f" processing {step.processing_us}us" if step.processing_us else ""
    return f"step {step.source} -> {'any of ' if step.is_any_of else ''}{step.target}{calls}{processing}"


def _claim_text(claim):
    under = (
        f" under {' and '.join(f'any {count} {kind}' for kind, count in claim.under)} failure" if claim.under else ""
    )
    where = f" on links where provider == {claim.provider}" if claim.provider else ""
    body = {
        "utilization": f"utilization <= {claim.bound}%{where}",
        "connected": f"connected {', '.join(claim.members)}",
        "hops": f"hops <= {claim.bound} of {', '.join(claim.members)}",
        "no-traffic": f"no traffic of {', '.join(claim.members)} on node {claim.node}",
    }[claim.what]
    return f"assert {claim.name} {{ {body}{under} }}"
