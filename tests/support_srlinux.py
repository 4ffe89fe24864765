"""Configurations of SR Linux devices, built by hand; and its published models with the switches of a chassis."""

from __future__ import annotations

from dataclasses import replace

import support_frr as base

from intentc.ir.model import Origin, PausePort, Probe, ProbeReflector, RepairPort
from intentc.ir.order import in_order
from intentc.render.render import load_code, render_device

GBPS = 1_000_000_000
MBPS = 1_000_000
HOSTS, MORE_HOSTS = "ethernet-1/1", "ethernet-1/4"
LINK, OTHER_LINK = "ethernet-1/2", "ethernet-1/3"
INFRASTRUCTURE = (
    "10.0.0.1/32",
    "10.0.0.2/32",
    "10.0.0.3/32",
    "10.1.12.0/32",
    "10.1.12.1/32",
    "fd00::1/128",
    "fd00::2/128",
)
TARGET = base.targets()["srlinux"]
CODE = load_code(TARGET)

# `yangcheck` has every feature on that is not off by default; these are switched the other way for a 7220 IXR-D or -H
CHASSIS = (
    "fpcx",
    "platform-7215-a1",
    "platform-7250-ixr",
    "platform-7250-ixr-18e",
    "platform-7250-ixr-e",
    "platform-7250-ixr-x3b",
    "qos-ecn-dscp-policy",
    "qos-fp-pool-policy",
    "qos-multi-traffic-queue",
    "qos-multicast-queue",
    "qos-pfc",
    "qos-unicast-queue",
    "loopback-mode-facility",
    "vlan-loopback",
)
PAUSING = (*(name for name in CHASSIS if name != "qos-pfc"), "qos-pfc-dnx")  # the same for 7220 IXR-D4, D5 or H4


def flow(*given, **named):
    return base.flow(*given, **named)


def mark(name, one, traffic_class="critical", *, interfaces=(HOSTS,), **rest):
    return base.mark(name, one, traffic_class, interfaces=interfaces, **rest)


def meter(name, committed=None, *, over=None, **rest):
    return base.meter(name, committed, over=over, **rest)


def fence(name, one, interfaces=(OTHER_LINK,), **rest):
    return base.fence(name, one, interfaces, **rest)


def isolate(name, prefix=base.H1, allowed=(), *, interfaces=(HOSTS,), **rest):
    return base.isolate(name, prefix, allowed, interfaces=interfaces, **rest)


def count(name, one, interfaces=(HOSTS,), excepted=()):
    return base.count(name, one, interfaces, excepted)


def edge(interface=HOSTS, trust="none", prefixes=(base.H1, base.H1_6)):
    return base.edge(interface, trust, prefixes)


def queue(name, guarantee=0, *, rate=10 * GBPS, limit=300_000, **changes):
    return replace(base.queue(name, guarantee, rate=rate, limit=limit), **changes)


def port(interface=LINK, *, rate=10 * GBPS, queues=None, mtu=1500):
    given = queues or (
        queue("critical", GBPS, rate=rate),
        queue("high", 2 * GBPS, rate=rate),
        queue("default", rate=rate),
    )
    return base.port(interface, rate=rate, queues=given, mtu=mtu)


def config(node="r1", **features):
    made = base.config(node, **{name: in_order(items) for name, items in features.items()})
    return replace(made, platform="srlinux", release="25.3")


def bfd(interface=LINK, igp="isis", interval_us=100_000, multiplier=3):
    return base.bfd(interface, igp, interval_us, multiplier)


def repair(interface=LINK, igp="isis", protects="link"):
    return RepairPort(interface, f"L-{interface}", igp, protects, base.ORIGIN)


def probe(name="r4-critical", peer="r4", dscp=46, interval_us=1_000_000):
    return Probe(name, peer, dscp, interval_us, base.ORIGIN)


def probe_reflector(peer="r4"):
    return ProbeReflector(peer, base.ORIGIN)


def pause(interface=LINK, name="high", priority=4, *, headroom=60_000):
    return PausePort(interface, name, priority, (34,), headroom, base.ORIGIN)


def full_config():
    """Return a device with everything that a 7220 IXR-D can have, in both families."""
    six = flow(base.H1_6, base.H2_6, "udp", (7000, 7000))
    hole = flow("10.10.1.128/25", base.H2, "tcp", (443, 443))
    voice, web = flow(protocol="udp", ports=(7000, 7009)), flow(protocol="tcp", ports=(443, 443))
    return config(
        edges=[edge(), edge(MORE_HOSTS, "dscp", ("10.10.7.0/24",))],
        meters=[meter("m-voice", 200 * MBPS), meter("m-gold", ceiling=400 * MBPS)],
        marking=[
            mark("voice-4", voice, precedence=1, meter="m-voice"),
            mark("voice-6", six, precedence=2, meter="m-voice"),
            mark("gold-4", web, "high", precedence=3, meter="m-gold", excepted=(hole,)),
            mark("bulk-4", flow(dscp=10), "background", precedence=4),
            mark("bulk-6", flow(base.H1_6, base.H2_6, "icmp"), "background", precedence=5),
            mark("guest-4", flow("10.10.7.0/24"), "high", precedence=6, interfaces=(MORE_HOSTS,), excepted=(web,)),
        ],
        queueing=[
            port(),
            port(
                OTHER_LINK,
                rate=25 * GBPS,
                mtu=9000,
                queues=(
                    queue(
                        "high",
                        3 * GBPS,
                        rate=25 * GBPS,
                        is_ecn=True,
                        mark_from_bytes=75_000,
                        mark_all_bytes=225_000,
                        tc=4,
                    ),
                    queue("background", 0, rate=25 * GBPS),
                    queue("default", rate=25 * GBPS, tc=0),
                ),
            ),
        ],
        fences=[
            fence("fence-voice", voice),
            fence("fence-gold", web, excepted=(hole,), reason="avoid"),
            fence("fence-six", six, (LINK, OTHER_LINK)),
        ],
        isolation=[
            isolate(
                "isolate-to", allowed=[flow(base.H2, base.H1), flow(base.H2, base.H1, "tcp", source_ports=(443, 443))]
            ),
            isolate("isolate-from", base.H1_6, allowed=[six], direction="from"),
        ],
        counting=[count("arrived-4", flow(base.H2, base.H1)), count("arrived-6", flow(base.H2_6, base.H1_6, "tcp"))],
        bfd=[bfd(), bfd(OTHER_LINK)],
    )


def routed_config():
    """Return a device with what chassis with labels have besides: repairs and measurements."""
    return config(
        bfd=[bfd(), bfd(OTHER_LINK, interval_us=50_000, multiplier=4)],
        repairs=[repair(protects="node"), repair(OTHER_LINK, protects="node")],
        probes=[probe(), probe("r3-background", "r3", 1, 100_000)],
        probe_reflectors=[probe_reflector(), probe_reflector("r2")],
    )


def paused_config():
    """Return a device with flow control at a port of hosts and at both links."""
    queues = (queue("critical", GBPS), queue("high", 2 * GBPS, limit=200_000), queue("default"))
    return config(
        edges=[edge(trust="fabric")],
        queueing=[port(queues=queues), port(OTHER_LINK, queues=queues)],
        pauses=[pause(), pause(OTHER_LINK, headroom=80_000), pause(HOSTS, headroom=0)],
    )


def fleet(*configs):
    return replace(base.fleet(*configs), infrastructure=INFRASTRUCTURE, igp_process="core")


def bundle(item, known=None):
    return render_device(item, known or fleet(item), TARGET)


def payload(item, known=None):
    """The text of the one file of a device; "" where there is none."""
    return "".join(file.text for file in bundle(item, known).files)


ORIGIN = base.ORIGIN
NOBODY = Origin((), ())
