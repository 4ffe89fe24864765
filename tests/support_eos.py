"""Configurations of EOS devices, built by hand; and a grammar of ours of the lines that EOS takes.

The device is `r1` of the diamond h1 – r1 – {r2 | r3} – r4 – h2: hosts on HOSTS, links on LEFT (to r2) and RIGHT (to r3).

The grammar is no device: it says which lines may stand in which mode, with which bounds, as Arista's manuals and published command
schemas have them. Objects must be there for what refers to them, once each, with lines in rising order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import support_frr as plain
from support_frr import H1, H1_6, H2, H2_6, INFRASTRUCTURE, LOOPBACKS, MBPS, ORIGIN, flow, traffic_class

from intentc.ir.model import (
    BfdReflector,
    DeviceConfig,
    Fleet,
    PausePort,
    Queue,
    RepairPort,
    WireEnd,
)
from intentc.ir.order import in_order
from intentc.render.render import load_code, render_device
from intentc.targetkit.kit import parse_cli

TARGET = plain.targets()["eos"]
CODE = load_code(TARGET)
HOSTS, MORE_HOSTS = "Ethernet1", "Ethernet4"
LAG = "Port-Channel5.100"
LEFT, RIGHT = "Ethernet2/1", "Ethernet3/1/1"
HARDWARE = ("r-series", "x-series")
CLASSES = {
    **plain.CLASSES,
    "bulk": replace(traffic_class("bulk", 3, 10, 12, "weight", weight=20), is_ecn=True),
    "video": traffic_class("video", 2, 18, 20, "share", share=200_000_000),
    "roce": replace(traffic_class("roce", 2, 26, None, "weight", weight=40), is_lossless=True),
}
WIRES = {
    ("L12", "r1"): WireEnd("r1", LEFT, "10.1.12.1", "fd01:12::1", "r2", "10.1.12.2", "fd01:12::2"),
    ("L12", "r2"): WireEnd("r2", "Ethernet1", "10.1.12.2", "fd01:12::2", "r1", "10.1.12.1", "fd01:12::1"),
}


def mark(name, one, traffic_class_name="critical", *, interfaces=(HOSTS,), **rest):
    made = plain.mark(name, one, interfaces=interfaces, **rest)
    return replace(made, traffic_class=traffic_class_name, dscp=CLASSES[traffic_class_name].dscp)


def meter(*args, **rest):
    return plain.meter(*args, **rest)


def steer(one, *args, interfaces=(HOSTS,), **rest):
    return plain.steer(one, *args, interfaces=interfaces, **rest)


def fence(name, one, interfaces=(RIGHT,), **rest):
    return plain.fence(name, one, interfaces, **rest)


def isolate(*args, interfaces=(HOSTS,), **rest):
    return plain.isolate(*args, interfaces=interfaces, **rest)


def count(name, one, interfaces=(HOSTS,), excepted=()):
    return plain.count(name, one, interfaces, excepted)


def edge(interface=HOSTS, trust="none", prefixes=(H1, H1_6)):
    return plain.edge(interface, trust, prefixes)


def bfd(interface=LEFT, **rest):
    return plain.bfd(interface, **rest)


def repair(interface=LEFT, protects="link", igp="isis"):
    return RepairPort(interface, f"L-{interface}", igp, protects, ORIGIN)


def reflector(discriminator=0x0A000001):
    return BfdReflector(discriminator, ORIGIN)


def pause(interface=LEFT, name="roce", priority=3, headroom=7_000):
    return PausePort(interface, name, priority, (CLASSES[name].dscp,), headroom, ORIGIN)


def queue(name, guarantee=0, *, rate=1000 * MBPS, limit=300_000, tc=None):
    own = CLASSES[name]
    is_capped = own.scheduling.value in {"strict", "share"}
    return Queue(
        traffic_class=name,
        dscps=tuple(sorted({own.dscp, own.over_dscp} - {None})),
        scheduling=own.scheduling.value,
        guarantee_bps=guarantee,
        cap_bps=rate * own.share_ppb // 1_000_000_000 if is_capped else rate,
        weight=own.weight,
        limit_bytes=limit,
        is_ecn=own.is_ecn,
        mark_from_bytes=limit // 4 if own.is_ecn else 0,
        mark_all_bytes=limit * 3 // 4 if own.is_ecn else 0,
        tc=tc,
    )


def port(interface=LEFT, *, rate=1000 * MBPS, mtu=1500, queues=None):
    given = queues or (
        queue("critical", 20 * MBPS, rate=rate, tc=5),
        queue("high", 40 * MBPS, rate=rate, tc=4),
        queue("bulk", 10 * MBPS, rate=rate, tc=1),
        queue("default", rate=rate, tc=0),
    )
    return plain.port(interface, rate=rate, mtu=mtu, queues=given)


def config(node="r1", hardware="r-series", **features):
    ordered = {name: in_order(features[name]) for name in features}
    return DeviceConfig(node, "eos", "4.32", hardware=hardware, **ordered)


def full_config(hardware="r-series"):
    """Return a device with every feature in both families, but for steering, which EOS has for IPv4."""
    voice, six = flow(protocol="udp", ports=(7000, 7009)), flow(H1_6, H2_6, "udp", (7000, 7000))
    web, hole = flow(protocol="tcp", ports=(443, 443)), flow("10.10.1.128/25", H2, "tcp", (443, 443))
    roce = queue("roce", 100 * MBPS, rate=10_000 * MBPS)
    return config(
        hardware=hardware,
        edges=[edge(), edge(MORE_HOSTS, "dscp", ("10.10.7.0/24",)), edge(LAG, "fabric", ("10.10.8.0/24",))],
        meters=[
            meter("m-gold", 8 * MBPS, ceiling=16 * MBPS),
            meter("m-voice", 2 * MBPS, over=None),
            meter("m-six", 3 * MBPS),
            meter("m-bulk", ceiling=5 * MBPS),
        ],
        marking=[
            mark("voice-4", voice, precedence=1, meter="m-voice"),
            mark("voice-6", six, precedence=2, meter="m-six"),
            mark("gold-4", web, "high", precedence=3, meter="m-gold", excepted=(hole,)),
            mark("bulk-4", flow(dscp=10), "background", precedence=4),
            mark("ping-6", flow(H1_6, H2_6, "icmp"), "high", precedence=5),
            mark("guest-4", flow("10.10.7.0/24"), "roce", precedence=6, interfaces=(MORE_HOSTS,)),
            mark("capped-4", flow("10.10.8.0/24"), "bulk", precedence=7, interfaces=(LAG,), meter="m-bulk"),
        ],
        queueing=[
            port(LEFT),
            port(
                RIGHT,
                rate=10_000 * MBPS,
                queues=(
                    queue("critical", 200 * MBPS, rate=10_000 * MBPS, tc=5),
                    queue("video", 300 * MBPS, rate=10_000 * MBPS),
                    roce,
                    queue("default", rate=10_000 * MBPS, tc=0),
                ),
            ),
        ],
        steering=[
            steer(flow(protocol="sctp"), ("r2",), precedence=4),
            steer(web, ("r2", "r3"), closed=False, excepted=(hole,), precedence=3),
        ],
        fences=[
            fence("fence-voice", voice),
            fence("fence-gold", web, excepted=(hole,), reason="avoid"),
            fence("fence-six", six, (LEFT, RIGHT)),
        ],
        isolation=[
            isolate("isolate-to", allowed=[flow(H2, H1), flow(H2, H1, "tcp", source_ports=(443, 443))]),
            isolate("isolate-from", H1_6, allowed=[six], direction="from"),
        ],
        bfd=[bfd(LEFT), bfd(RIGHT, interval_us=150_000, multiplier=4)],
        repairs=[repair(LEFT, "node"), repair(RIGHT, "node")],
        counting=[count("arrived-4", flow(H2, H1)), count("arrived-6", flow(H2_6, H1_6))],
        reflectors=[reflector()],
        pauses=[pause(RIGHT), pause(MORE_HOSTS, headroom=0)],
    )


def fleet(*configs, process="CORE", infrastructure=INFRASTRUCTURE):
    return Fleet({item.node: item for item in configs}, LOOPBACKS, CLASSES, infrastructure, WIRES, process)


def bundle(item, known=None):
    return render_device(item, known or fleet(item), TARGET)


def rendered(item, known=None):
    """Return the file of a device; "" where nothing is configured."""
    found = bundle(item, known).files
    return found[0].text if found else ""


def running(text, others=""):
    """Return a file as `show running-config` prints it: among lines of others, without what EOS leaves out."""
    kept = "\n".join(line for line in text.splitlines() if "priority strict" not in line)
    return printed(typed(others, kept))


# -- sessions: what a device does with lines that are typed


def typed(text, lines):
    """The configuration after lines were typed, as a device takes them: `no` takes away, all else is added or replaces."""
    found = {}
    for node in (*parse_cli(text), *parse_cli(lines)):
        if node.text != "end" and not node.text.startswith("banner"):
            _type(found, node)
    return found


# lines of which a place has one: a new one takes the place of the old one, `no` needs its first words only
SINGLE = (
    "set dscp",
    "set traffic-class",
    "set drop-precedence", "police ", "shape rate", "bandwidth percent", "random-detect", "bfd interval", "service-policy type qos input",
    "service-policy type pbr input", "service-profile", "fast-reroute ti-lfa mode", "reflector local-discriminator", "match ip",
    "match ipv6",
)  # fmt: skip
_MAP = re.compile(r"qos map exp \d")


def _key(text):
    label = _MAP.match(text)
    if label is not None:
        return label[0]
    if re.fullmatch(r"(ip|ipv6) access-group \S+ (in|out)", text):
        return f"{text.split()[0]} access-group {text.split()[-1]}"
    number = re.fullmatch(r"(\d+) .*", text)
    if number is not None:
        return number[1]
    return next((one.strip() for one in SINGLE if text.startswith(one)), text)


def _type(found, node):
    if node.text.startswith("no ") and node.text != "no priority":
        gone = node.text.removeprefix("no ")
        assert _key(gone) in found, f"nothing to take away: {node.text}"
        del found[_key(gone)]
        return
    _, below = found.setdefault(_key(node.text), (node.text, {}))
    found[_key(node.text)] = (node.text, below)
    for child in node.children:
        _type(below, child)


def printed(found, depth=0):
    lines = []
    for text, below in found.values():
        lines += [f"{'   ' * depth}{text}", *printed(below, depth + 1)]
    return lines if depth else "\n".join(["! device", *lines, "end", ""])


# -- the grammar

_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_V4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_V6 = r"[0-9a-f:]*:[0-9a-f:]*"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}"
_PORT = r"(?:6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|\d{1,4})"
_PORTS = rf"(?: (?:eq {_PORT}|range {_PORT} {_PORT}))?"
_DSCP = r"(?:6[0-3]|[1-5]\d|\d)"
_CLASS = r"[0-7]"
_PERCENT = r"(?:100|[1-9]\d?)"
_SIZE = r"\d{1,9} bytes"
_KBPS = r"\d{1,9} kbps"


def _entry(protocol, icmp, prefix, host):
    side = rf"(?:any|host {host}|{prefix})"
    with_ports = rf"(?:tcp|udp|sctp) {side}{_PORTS} {side}{_PORTS}"
    without = rf"(?:{protocol} {side} {side}|{icmp} {side} {side}(?: \d{{1,3}})?)"
    return rf"(?P<order>\d{{1,10}}) (?:permit|deny) (?:{with_ports}|{without})(?: dscp {_DSCP})?"


_REMARK = r"(?P<order>\d{1,10}) remark [ -~]{1,100}"


@dataclass(frozen=True)
class Mode:
    """The lines that may stand in a mode, in this order, each with the mode that it opens; `many` may stand more than once."""

    lines: dict[str, Mode] = field(default_factory=dict)
    many: frozenset[str] = frozenset()


LEAF = Mode()


def _mode(*lines, many=()):
    forms = dict(one if isinstance(one, tuple) else (one, LEAF) for one in (*lines, *many))
    return Mode(forms, frozenset(one[0] if isinstance(one, tuple) else one for one in many))


_LIST4 = _mode("counters per-entry", many=(_REMARK, _entry("ip", "icmp", rf"{_V4}/(?:[12]?\d|3[0-2])", _V4)))
_LIST6 = _mode("counters per-entry", many=(_REMARK, _entry("ipv6", "icmpv6", rf"{_V6}/(?:1[01]\d|12[0-8]|\d?\d)", _V6)))
_CLASS_MAP = _mode(rf"match ip access-group (?P<list4>{_NAME})", rf"match ipv6 access-group (?P<list6>{_NAME})")
_POLICE = rf"police rate {_KBPS} burst-size {_SIZE}(?: action set dscp {_DSCP} rate {_KBPS} burst-size {_SIZE})?"
_QUEUE = _mode(
    "no priority",
    "priority strict",
    rf"bandwidth percent {_PERCENT}",
    rf"shape rate {_KBPS}",
    rf"random-detect ecn minimum-threshold {_SIZE} maximum-threshold {_SIZE} max-mark-probability {_PERCENT}",
    rf"random-detect drop(?: drop-precedence [0-2])? minimum-threshold {_SIZE} maximum-threshold {_SIZE} drop-probability {_PERCENT}",
)
_QOS_CLASS = _mode(
    rf"set dscp {_DSCP}", rf"set traffic-class {_CLASS}", "set drop-precedence [0-2]", rf"(?P<police>{_POLICE})"
)
_FAMILY = _mode("fast-reroute ti-lfa mode (?:link|node)-protection(?: level-[12])?")
_INTERFACE = _mode(
    r"bfd interval \d{2,5} min-rx \d{2,5} multiplier (?:[3-9]|[1-4]\d|50)",
    rf"ip access-group (?P<list4>{_NAME}) in",
    rf"ip access-group (?P<list4>{_NAME}) out",
    rf"ipv6 access-group (?P<list6>{_NAME}) in",
    rf"ipv6 access-group (?P<list6>{_NAME}) out",
    rf"service-policy type pbr input (?P<pbr>{_NAME})",
    rf"service-policy type qos input (?P<qos>{_NAME})",
    rf"service-profile (?P<profile>{_NAME})",
    "isis bfd",
)
TOP = _mode(
    many=(
        (rf"ip access-list (?P<is_list4>{_NAME})", _LIST4),
        (rf"ipv6 access-list (?P<is_list6>{_NAME})", _LIST6),
        (rf"class-map type qos match-any (?P<is_qos_class>{_NAME})", _CLASS_MAP),
        (
            rf"class-map type pbr match-any (?P<is_pbr_class>{_NAME})",
            _mode(rf"match ip access-group (?P<list4>{_NAME})"),
        ),
        (
            rf"policy-map type quality-of-service (?P<is_qos>{_NAME})",
            _mode(many=((rf"class (?P<qos_class>{_NAME})", _QOS_CLASS),)),
        ),
        (
            rf"policy-map type pbr (?P<is_pbr>{_NAME})",
            _mode(
                many=(
                    (
                        rf"(?P<order>\d{{1,5}}) class (?P<pbr_class>{_NAME})",
                        _mode(rf"set nexthop recursive {_V4}"),
                    ),
                )
            ),
        ),
        (
            rf"qos profile (?P<is_profile>{_NAME})",
            _mode(
                rf"shape rate {_KBPS}",
                "priority-flow-control on",
                many=(
                    rf"priority-flow-control priority {_CLASS} no-drop",
                    (rf"tx-queue (?P<key>{_CLASS})", _QUEUE),
                    (rf"uc-tx-queue (?P<key>{_CLASS})", _QUEUE),
                ),
            ),
        ),
        rf"ip route {_V4}/(?:[12]?\d|3[0-2]) (?:{_V4}|Null0) (?:25[0-5]|2[0-4]\d|1\d\d|[1-9]\d?) name {_NAME}",
        rf"qos map exp {_CLASS} to traffic-class {_CLASS}",
        ("router bfd", _mode(("sbfd", _mode(rf"reflector local-discriminator (?:{_V4}|\d{{1,10}})")))),
        (
            r"router isis [A-Za-z0-9_][A-Za-z0-9_.-]*",
            _mode(("address-family ipv4 unicast", _FAMILY), ("address-family ipv6 unicast", _FAMILY)),
        ),
        (r"interface (?P<is_port>(?:Ethernet\d+(?:/\d+){0,2}|Port-Channel\d+)(?:\.\d+)?)", _INTERFACE),
    )
)
_REFERENCES = {"list4", "list6", "qos_class", "pbr_class", "qos", "pbr", "profile"}


def judged(text):
    """Return what the grammar has against a configuration, sorted: () where nothing."""
    found: dict[str, list[str]] = {}
    errors = list(_judge(text, found))
    for kind in _REFERENCES:
        known = found.get(f"is_{kind}", [])
        errors += [f"no {kind} {name}" for name in found.get(kind, []) if name not in known]
    for kind, names in found.items():
        if kind.startswith("is_"):
            errors += [f"twice: {kind} {name}" for name in set(names) if names.count(name) > 1]
    return tuple(sorted(errors))


def _judge(text, found) -> Iterator[str]:
    stack = [(TOP, {})]  # the mode of each depth, and how often each of its forms was there, with the last order
    for line in text.splitlines():
        if not line or line.startswith("!"):
            continue
        depth, rest = divmod(len(line) - len(line.lstrip(" ")), 3)
        if rest or depth >= len(stack):
            yield f"not in a mode: {line!r}"
            continue
        del stack[depth + 1 :]
        mode, seen = stack[depth]
        form = next((form for form in mode.lines if re.fullmatch(form, line.strip())), None)
        if form is None:
            yield f"not a line of its mode: {line!r}"
            continue
        yield from _stands_well(line, form, mode, seen, found)
        stack.append((mode.lines[form], {}))


def _stands_well(line, form, mode, seen, found) -> Iterator[str]:
    groups = re.fullmatch(form, line.strip()).groupdict()
    if form in seen and form not in mode.many:
        yield f"more than once: {line!r}"
    order = int(groups.pop("order", None) or 0)
    if order and order <= seen.get("order", 0):
        yield f"out of order: {line!r}"
    seen |= {form: True, "order": max(order, seen.get("order", 0))}
    for kind, name in groups.items():
        found.setdefault(kind, []).append(name)
    if groups.get("police"):
        yield from _bounds(groups["police"])
    limits = re.findall(r"(?:minimum|maximum)-threshold (\d+)", line)
    if limits and not 1 <= int(limits[0]) <= int(limits[1]) <= 256_000_000:
        yield f"thresholds: {line!r}"


def _bounds(text) -> Iterator[str]:
    rates = [int(rate) for rate in re.findall(r"rate (\d+) kbps", text)]
    bursts = [int(burst) for burst in re.findall(r"burst-size (\d+) bytes", text)]
    if not 8 <= rates[0] <= 200_000_000 or not all(256 <= burst <= 128_000_000 for burst in bursts):
        yield f"bounds of a policer: {text!r}"
    if len(rates) > 1 and not rates[0] + 8 <= rates[1] <= rates[0] + 200_000_000:
        yield f"bounds of the second rate: {text!r}"
