"""Draws random programs of `oracle_programs`: four to eight routers, parallel and asymmetric links, most clauses, chains, assertions."""

from __future__ import annotations

import random
from dataclasses import replace

from oracle_programs import (
    Claim,
    Class,
    Failover,
    Net,
    Program,
    Rate,
    Router,
    Service,
    Step,
    Survive,
    Talk,
    Wire,
)

MBPS = 1_000_000
_PRIORITIES = ("critical", "high", "normal", "low", "background", None, "gold", "swift")
_SURVIVED = (
    (("link", 1),),
    (("link", 1),),
    (("node", 1),),
    (("srlg", 1),),
    (("link", 1),),
    (("provider", 1),),
    (("link", 2),),
    (("link", 1), ("node", 1)),
)
_OF_IPV6 = 0.3  # of the programs
_WAIVED = ("E0502", "E0508", "E0510", "E0512", "E0521", "E0522", "E0523", "E0526", "E0620")
_UNDER = (*[(), (("link", 1),), (("node", 1),), (("srlg", 1),)] * 3, (("link", 2),), (("link", 1), ("node", 1)))


def draw_program(source):
    """Return a program; nothing says that it can be placed."""
    net = _net(source)
    ends = [node.name for node in net.routers.values() if node.site]
    hosts = tuple(node.name for node in net.routers.values() if len(node.prefixes) > 1)
    services = {
        "twin": Service("twin", hosts, "10.99.0.0/24", "tcp", 443),
        "own": Service("own", hosts, None, "udp", 4791),
    }
    classes = {"gold": Class("gold", 26, False, 25), "swift": Class("swift", 40, True, 20)}
    plain = [name for name in ends if name not in hosts]
    if len(ends) > 3 and source.random() < 0.25:
        talks = (_chain(source, plain, services),)
    else:
        talks = tuple(_talk(source, net, at, plain, hosts) for at in range(source.choice([1, 1, 2])))
    used = {talk.priority for talk in talks}
    classes = {name: item for name, item in classes.items() if name in used}
    claims = tuple(_claim(source, net, at, talks) for at in range(source.choice([0, 1, 1, 2])))
    needed = {
        name
        for talk in talks
        for name in (*talk.targets, *(x for step in talk.steps for x in (step.source, step.target)))
    }
    services = {name: item for name, item in services.items() if name in needed}
    program = Program(net, _waived(source, talks), claims, services, classes)
    return _in_ipv6(program) if source.random() < _OF_IPV6 else program


def draw_paired(source):
    """Return a program with one or two sites of two routers that have the same attached: one of them carries, the other stands in."""
    return _paired(source, draw_program)


def draw_paired_labelled(source):
    """Return the same of a program on routers that steer by SR policies."""
    return _paired(source, draw_labelled)


def _paired(source, draw):
    program = draw(source)
    while program.talks[0].steps or not any(talk.ends != "any" for talk in program.talks):
        program = draw(source)
    routers = dict(program.net.routers)
    plain = [node for node in routers.values() if node.site and len(node.prefixes) == 1]
    source.shuffle(plain)
    names = {}
    for keeper, joined in zip(plain[::2], plain[1::2], strict=False):
        if names and source.random() < 0.5:
            break
        routers[joined.name] = replace(joined, home=keeper.site, prefixes=keeper.prefixes, region=keeper.region)
        names[joined.site] = keeper.site
    talks = tuple(_moved_in(talk, names) for talk in program.talks)
    talks = tuple(
        talk for talk in talks if talk.ends == "any" or {*talk.sources, *talk.targets} - set(talk.sources[:1])
    )
    claims = tuple(replace(claim, members=_named_once(claim.members, names)) for claim in program.claims)
    kept = {talk.name for talk in talks}
    claims = tuple(
        claim for claim in claims if claim.what in ("utilization", "connected") or set(claim.members) <= kept
    )
    return replace(program, talks=talks, claims=claims, net=replace(program.net, routers=routers))


def _moved_in(talk, names):
    """Return a talk whose ends are the sites that there are now."""
    return replace(talk, sources=_named_once(talk.sources, names), targets=_named_once(talk.targets, names))


def _named_once(places, names):
    return tuple(dict.fromkeys(names.get(place, place) for place in places))


def draw_tunnelled(source):
    """Return a program on a net with tunnels over one link, two links, or another tunnel, which the IGP likes."""
    program = draw_labelled(source) if source.random() < 0.4 else draw_program(source)
    while any(":" in text for node in program.net.routers.values() for text in node.prefixes):
        program = draw_program(source)
    net = program.net
    wires = dict(net.wires)
    for at in range(source.choice([1, 2, 3])):
        tunnel = _tunnel(source, f"t{at}", wires)
        wires[tunnel.name] = tunnel
    return replace(program, net=replace(net, wires=wires))


def _tunnel(source, name, wires):
    first = source.choice(list(wires.values()))
    a, b = source.choice([(first.a, first.b), (first.b, first.a)])
    over, far = [first], b
    further = [wire for wire in wires.values() if far in (wire.a, wire.b) and a not in (wire.a, wire.b)]
    if further and source.random() < 0.6:
        over.append(source.choice(further))
        far = over[-1].other(b)
    sides, here = [], a
    for wire in over:
        sides.append(wire.side(here))
        here = wire.other(here)
    both = [[(wire, side if is_ab else 1 - side) for wire, side in zip(over, sides, strict=True)] for is_ab in (1, 0)]
    room = [min(wire.capacity[side] for wire, side in way) for way in both]
    return Wire(
        name,
        a,
        far,
        capacity=tuple(bps // source.choice([1, 2]) for bps in room),
        latency_ns=tuple(sum(wire.latency_ns[side] for wire, side in way) for way in both),
        metric=(source.choice([1, 5, 10, 20]),) * 2,
        provider=source.choice(["alpha", "beta"]),
        is_encrypted=source.random() < 0.85,
        over=tuple(wire.name for wire in over),
    )


def draw_labelled(source):
    """Return a program on routers that steer by SR policies, most of them; many take part in a Flexible Algorithm."""
    program = draw_program(source)
    while program.talks[0].steps or any(":" in text for node in program.net.routers.values() for text in node.prefixes):
        program = draw_program(source)
    net, number = program.net, 128
    algos = ((number, "red"),) if net.igp == "isis" and source.random() < 0.6 else ()
    routers = {}
    for at, node in enumerate(net.routers.values(), 1):
        own = replace(node, platform="sr-bench" if node.platform == "frr" and source.random() < 0.93 else node.platform)
        if source.random() < 0.93:
            part = (number,) if algos and own.platform != "frr" and source.random() < 0.95 else ()
            own = replace(own, sid=at, depth=source.choice([3, 6, 10]), algos=part)
        routers[node.name] = own
    colours = ((), (), ("red",), ("blue",))
    wires = {name: replace(wire, colours=source.choice(colours)) for name, wire in net.wires.items()}
    claims = tuple(claim for claim in program.claims if claim.what == "utilization")
    talks = tuple(_off_a_link(source, net, talk) for talk in program.talks)
    drawn = random.Random(repr(talks))  # noqa: S311  (by itself, so that seeds go on to mean the same programs)
    for name, node in routers.items():
        if node.platform == "sr-bench" and drawn.random() < 0.3:
            routers[name] = replace(node, platform="sr-share")
    return replace(program, talks=talks, net=replace(net, routers=routers, wires=wires, algos=algos), claims=claims)


def _off_a_link(source, net, talk):
    """Return a talk that more often has to leave the IGP's way: by a link that it avoids, a node that it passes, or a bound."""
    if talk.avoid or talk.via or source.random() < 0.3:
        return talk
    if net.igp == "isis" and source.random() < 0.5:
        return replace(talk, latency=(source.choice([4, 7, 9, 12]) * 1000, "one-way"))
    if source.random() < 0.4:
        return replace(talk, via=(("node", source.choice(sorted(net.routers))),))
    return replace(talk, avoid=(("link", source.choice(sorted(net.wires))),))


def _in_ipv6(program):
    """Return the same program with prefixes of IPv6 alone."""
    routers = {
        name: replace(node, prefixes=tuple(map(_prefix6, node.prefixes))) for name, node in program.net.routers.items()
    }
    services = {
        name: replace(item, prefix=item.prefix and _prefix6(item.prefix)) for name, item in program.services.items()
    }
    return replace(program, net=replace(program.net, routers=routers), services=services)


def _prefix6(prefix):
    return f"2001:db8:{prefix.split('.')[1]}::/64"


def _waived(source, talks):
    """Return the talks, one of them perhaps with waivers."""
    if source.random() < 0.5:
        return talks
    talk = source.choice(talks)
    changed = replace(talk, waive=tuple(sorted(source.sample(_WAIVED, 3))))
    return tuple(changed if each is talk else each for each in talks)


def _net(source):
    size, core = source.randint(4, 5), source.randint(0, 3)
    routers = {}
    hosts = set(source.sample(range(size), 2))
    for at in range(size):
        held = (f"10.{at}.0.0/24", *(["10.99.0.0/24"] if at in hosts else []))
        routers[f"e{at}"] = Router(f"e{at}", "de", held, is_transit=source.random() < 0.85)
    for at in range(core):
        region = source.choice(["de", "de", "de", "nl", "ch"])
        platform = source.choice(["frr"] * 4 + ["none"])
        state = source.choice(["up"] * 14 + ["drained"])
        routers[f"c{at}"] = Router(f"c{at}", region, platform=platform, state=state)
    names = list(routers)
    pairs = [(names[at], names[(at + 1) % len(names)]) for at in range(len(names))]
    pairs += [source.sample(names, 2) for _ in range(source.randint(1, 4))]
    pairs += [source.choice(pairs) for _ in range(source.choice([0, 1]))]
    wires = {f"l{at}": _wire(source, f"l{at}", a, b) for at, (a, b) in enumerate(pairs)}
    return Net(source.choice(["isis", "isis", "ospf"]), routers, wires)


def _wire(source, name, a, b):
    capacity = source.choice([50, 100, 1000]) * MBPS
    slow, metric = source.randint(500, 6000) * 1000, source.choice([5, 10, 10, 10, 20])
    is_even = source.random() < 0.6
    return Wire(
        name,
        a,
        b,
        capacity=(capacity, capacity if source.random() < 0.8 else 2 * capacity),
        latency_ns=(slow, slow if is_even else source.randint(500_000, 6_000_000)),
        metric=(metric, metric if source.random() < 0.7 else source.choice([5, 10, 20])),
        background=source.choice([0, 0, 0, 3 * MBPS]),
        srlgs=(f"duct{source.randint(1, 2)}",) if source.random() < 0.4 else (),
        provider=source.choice(["alpha", "beta"]),
        is_encrypted=source.random() < 0.85,
        crosses=("ch",) if source.random() < 0.06 else (),
        state="drained" if source.random() < 0.03 else "up",
        queue_bytes=source.choice([None] * 9 + [20_000]),
        jitter_ns=source.choice([None, None, None, 30_000]),
        loss_ppb=source.choice([None, None, None, 1000]),
    )


def _talk(source, net, at, plain, hosts):
    name = f"i{at}"
    ends, sources, targets = _ends(source, plain, hosts)
    is_one_way = ends != "among" and source.random() < 0.2
    has_replies = ends != "among" and not is_one_way
    rate = None
    if source.random() < 0.8:
        rate = Rate(
            source.choice([2, 5, 9]) * MBPS,
            per=source.choice(["pair", "source", "total"]),
            reverse=source.choice([None, None, MBPS, 0]) if has_replies else None,
            ceiling=source.choice([None, None, None, 20 * MBPS]),
            burst=source.choice([None, None, 9000]),
        )
    failover = _failover(source, rate, has_replies=has_replies)
    mode = source.choice(["one-way", "rtt" if has_replies else "", ""])
    is_loose = rate is None or rate.reverse == 0
    core = [node.name for node in net.routers.values() if node.site is None] or list(net.routers)
    avoid = [
        ("node", source.choice(core)),
        ("link", source.choice(sorted(net.wires))),
        ("srlg", "duct1"),
        ("region", "ch"),
    ]
    known = {risk for wire in net.wires.values() for risk in wire.srlgs}
    avoid = [item for item in avoid if item[0] != "srlg" or item[1] in known]
    return Talk(
        name,
        ends,
        sources,
        targets,
        is_one_way=is_one_way,
        port=8000 + at,
        priority=source.choice(_PRIORITIES),
        latency=(source.choice([16, 30, 60]) * 1000, mode) if source.random() < 0.6 else None,
        jitter_us=source.choice([10_000, 40_000]) if not is_loose and source.random() < 0.15 else None,
        loss_ppb=source.choice([4000, 90_000]) if not is_loose and source.random() < 0.1 else None,
        rate=rate,
        pin=source.choice([("eu",), ("eu", "ch"), ("de", "nl")]) if source.random() < 0.15 else (),
        avoid=(source.choice(avoid),) if source.random() < 0.25 else (),
        via=(("node", source.choice(core)),) if source.random() < 0.12 else (),
        is_encrypted=source.random() < 0.1,
        failover=failover,
    )


def _ends(source, plain, hosts):
    sites = [f"s{name[1:]}" for name in plain]
    source.shuffle(sites)
    kind = source.choice(["to", "to", "to", "any", "any", "between", "among"])
    if kind == "any":
        return kind, tuple(sites[: source.choice([1, 1, 2])]), (source.choice(["twin", "own"]),)
    if kind == "among":
        return kind, tuple(sites[:2]), ()
    if len(sites) > 2 and source.random() < 0.4:
        return kind, tuple(sites[:1]), tuple(sites[1:3])
    return kind, (sites[0],), (sites[1],)


def _failover(source, rate, *, has_replies):
    if source.random() < 0.2:
        return None
    lines = [Survive(source.choice(_SURVIVED), is_except_access=source.random() < 0.9)]
    lines += [Survive(source.choice(_SURVIVED[:5]))] if source.random() < 0.2 else []
    return Failover(
        source.choice([500, 5000]),
        tuple(lines),
        latency=(source.choice([14, 40, 90]) * 1000, source.choice(["", "rtt" if has_replies else ""]))
        if source.random() < 0.35
        else None,
        bps=source.choice([MBPS, 12 * MBPS]) if rate and source.random() < 0.25 else None,
        otherwise=source.choice([None, None, "drop", "best-effort"]),
    )


def _chain(source, plain, services):
    start = f"s{source.choice(plain)[1:]}"
    steps = [Step(0, start, "own", is_any_of=True, calls=source.choice([1, 2]), processing_us=source.choice([0, 700]))]
    if source.random() < 0.5:
        steps.append(Step(source.choice([0, 1]), start, "twin", is_any_of=True, calls=source.choice([1, 3])))
    return Talk(
        "c0",
        priority=source.choice(_PRIORITIES[:4]),
        latency=(source.choice([40, 90, 200]) * 1000, ""),
        rate=Rate(2 * MBPS, per="pair") if source.random() < 0.7 else None,
        failover=Failover(5000, (Survive(source.choice(_SURVIVED[:5])),), latency=source.choice([None, (300_000, "")]))
        if source.random() < 0.8
        else None,
        steps=tuple(steps),
    )


def _claim(source, net, at, talks):
    under = source.choice(_UNDER)
    ends = [node.site for node in net.routers.values() if node.site]
    what = source.choice(["utilization", "utilization", "connected", "hops", "no-traffic"])
    if what == "utilization":
        return Claim(
            f"a{at}", what, source.choice([10, 40, 95]), _provider(net, source.choice([None, "alpha"])), under=under
        )
    if what == "connected":
        return Claim(f"a{at}", what, members=tuple(sorted(source.sample(ends, 3))), under=under)
    if what == "hops":
        return Claim(f"a{at}", what, source.randint(2, 4), members=(talks[0].name,), under=under)
    return Claim(f"a{at}", what, members=(talks[0].name,), under=under, node=source.choice(sorted(net.routers)))


def _provider(net, name):
    return name if any(wire.provider == name for wire in net.wires.values()) else None
