"""What a program asks for, demand by demand, read from its data alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from oracle_programs import Program, Talk

BURST_PACKETS, MTU = 10, 1500
STRICT, WEIGHT, SHARE, IDLE = "strict", "weight", "share", "idle"
PPB = 1_000_000_000

# name: (how it is scheduled, weight, cap or share in ppb, whether what exceeds its rate leaves the class)
CLASSES = {
    "critical": (STRICT, 0, 300_000_000, True),
    "high": (WEIGHT, 30, 0, True),
    "normal": (WEIGHT, 20, 0, True),
    "low": (WEIGHT, 10, 0, True),
    "background": (IDLE, 0, 10_000_000, False),
    "default": (WEIGHT, 10, 0, False),
}

Flow = tuple  # source prefix, destination prefix, protocol, source ports, destination ports


@dataclass(frozen=True)
class Want:
    """One demand. `choices`: its flows for each (source node, destination node). `pool` names those that share a rate.

    `names`: the ends as an id has them: fixed names, or None for the site of the node in use; with `service@` before it.
    """

    talk: Talk
    is_reply: bool
    pair: tuple
    choices: dict
    has_rate: bool = False
    bps: int = 0
    failover_bps: int = 0
    burst: int = 0
    ceiling: int | None = None
    pool: str = ""
    states: dict = field(default_factory=dict)
    cut: frozenset = frozenset()
    services: tuple = (None, None)

    @property
    def traffic_class(self):
        return self.talk.priority or "default"

    def bound(self, mode, *, is_failed):
        """Return the one-way or round-trip bound in µs that holds normally or under failure."""
        failover = self.talk.failover
        own = failover.latency if is_failed and failover and failover.latency else self.talk.latency
        if own is None or self.talk.steps:
            return None
        return own[0] if (own[1] == "rtt") == (mode == "rtt") else None


def class_of(program, name):
    """Return (kind, weight, share in ppb, whether metered) of a class."""
    own = program.classes.get(name)
    if own is None:
        return CLASSES[name]
    return (STRICT if own.is_strict else SHARE), 0, own.percent * 10_000_000, True


def is_closed(talk):
    """Return whether a steered packet without a waypoint is dropped."""
    if talk.failover and talk.failover.otherwise:
        return talk.failover.otherwise == "drop"
    return bool(talk.pin) or talk.is_encrypted


def wanted(program, network):
    """Return every demand that the program asks for (of chains: every one that a step may take)."""
    return [want for talk in program.talks for want in _Reader(program, network, talk).read()]


class _Reader:
    def __init__(self, program: Program, network, talk):
        self.program, self.network, self.talk = program, network, talk
        self.routers = program.net.routers

    def read(self):
        if self.talk.steps:
            yield from self._of_chain()
            return
        pairs = list(self._pairs())
        for pair in pairs:
            source, target, is_back = pair
            yield self._want(pair, self._pool(source, target, is_back=is_back), is_back=is_back)
            if self.talk.ends != "among" and not self.talk.is_one_way:
                if self.talk.ends == "between":
                    pool = self._pool(target, source, is_back=not is_back)
                else:
                    pool = self._pool(source, target, is_back=is_back) + " replies"
                yield self._want(pair, pool, is_back=self.talk.ends != "between" or not is_back, is_reply=True)

    def _pairs(self):
        talk = self.talk
        match talk.ends:
            case "to":
                for one in sorted(talk.sources):
                    yield from ((one, other, False) for other in sorted(talk.targets) if one != other)
            case "any":
                home = {self.routers[host].site for host in self.program.services[talk.targets[0]].hosts}
                yield from ((one, talk.targets[0], False) for one in sorted(talk.sources) if one not in home)
            case "among":
                sites = sorted(talk.sources)
                yield from ((one, other, False) for one in sites for other in sites if one != other)
            case "between":
                there = [(one, other) for one in talk.sources for other in talk.targets if one != other]
                yield from ((one, other, False) for one, other in there)
                yield from ((other, one, True) for one, other in there if (other, one) not in there)

    def _pool(self, source, target, *, is_back):
        per = self.talk.rate.per if self.talk.rate else "pair"
        side = "back" if is_back else "there"
        return {"pair": f"{source} to {target}", "source": f"{source} {side}", "total": f"all {side}"}[per]

    def _nodes(self, name):
        """Return the nodes of a site or a service with what of it each has."""
        service = self.program.services.get(name)
        if service is None:
            return {node.name: node.prefixes for node in self.routers.values() if node.place == name}
        own = {self.routers[host].prefixes[0] for host in service.hosts}
        served = {service.prefix} if service.prefix else own
        return {host: [x for x in self.routers[host].prefixes if x in served] for host in service.hosts}

    def _choices(self, source, target, *, ports):
        return {
            (start, stop): [(one, other, *ports) for one in held for other in kept]
            for start, held in self._nodes(source).items()
            for stop, kept in self._nodes(target).items()
        }

    def _ports(self, target):
        """Return protocol, source ports and destination ports of the requests."""
        if self.talk.port is not None:
            return "tcp", None, (self.talk.port, self.talk.port)
        service = self.program.services.get(target)
        if service is None or service.port is None:
            return "any", None, None
        return service.protocol, None, (service.port, service.port)

    def _want(self, pair, pool, *, is_back, is_reply=False, services=(None, None)):
        source, target = pair[:2]
        choices = self._choices(source, target, ports=self._ports(target))
        states, cut = self._promised(source, target)
        if is_reply:
            choices = {(b, a): [_turned(flow) for flow in flows] for (a, b), flows in choices.items()}
        rate, failover = self.talk.rate, self.talk.failover
        want = Want(
            self.talk, is_reply, (source, target), choices, pool=pool, states=states, cut=cut, services=services
        )
        if rate is None:
            return want
        bps = rate.reverse if is_back and rate.reverse is not None else rate.bps
        failed = failover.bps if failover and failover.bps is not None else bps
        burst = rate.burst or max(BURST_PACKETS * MTU, -(-bps // 800))  # 10 ms at the rate
        fields = {**want.__dict__, "has_rate": bps > 0, "bps": bps, "failover_bps": failed, "burst": burst}
        return Want(**{**fields, "ceiling": rate.ceiling})

    # -- failures ------------------------------------------------------------------------------------------------------

    def _promised(self, source, target):
        """Return the states to survive by id, and the ids of those that cut an end off without being excepted."""
        starts, stops = list(self._nodes(source)), list(self._nodes(target))
        is_any = self.talk.ends == "any" or bool(self.talk.steps)
        kept, cut = {}, set()
        for line in self.talk.failover.survive if self.talk.failover else ():
            for name, state in self.network.combined(line.parts, or_fewer=True).items():
                are_down = all(stop in state for stop in stops)
                if all(start in state for start in starts) or (are_down and not is_any):
                    continue
                is_alone = any(all(x in state or self.network.is_cut(x, state) for x in end) for end in (starts, stops))
                if not is_alone:
                    kept[name] = state
                elif not line.is_except_access or are_down:
                    cut.add(name)
        return dict(sorted(kept.items())), frozenset(cut)

    # -- chains --------------------------------------------------------------------------------------------------------

    def _of_chain(self):
        done = set()
        for step in self.talk.steps:
            home = {self.routers[host].site for host in self.program.services[step.target].hosts}
            if step.source in home or (step.source, step.target) in done:
                continue
            done.add((step.source, step.target))
            pair, services = (step.source, step.target, False), (None, step.target)
            per = self.talk.rate.per if self.talk.rate else "pair"
            pool = f"all to {step.target}" if per == "total" else f"{step.source} to {step.target}"
            yield self._want(pair, pool, is_back=False, services=services)
            yield self._want(pair, f"{pool} replies", is_back=True, is_reply=True, services=services)


def _turned(flow):
    source, target, protocol, sports, dports = flow
    return target, source, protocol, dports, sports
