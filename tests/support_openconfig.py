"""Configurations of devices that follow the OpenConfig models, built by hand."""

from __future__ import annotations

from dataclasses import replace

import support_frr as base

from intentc.ir.model import Stream
from intentc.ir.order import in_order
from intentc.render.render import load_code, render_device

GBPS = 1_000_000_000
HOSTS, LINK, OTHER_LINK = "Ethernet1", "Ethernet2", "Ethernet3/1"
TARGET = base.targets()["openconfig"]
CODE = load_code(TARGET)
INFRASTRUCTURE = ("10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32", "10.1.12.1/32", "fd00::1/128", "fd00::2/128")
flow = base.flow


def fence(name, one, interfaces=(OTHER_LINK,), **rest):
    return base.fence(name, one, interfaces, **rest)


def isolate(name, prefix=base.H1, allowed=(), *, interfaces=(HOSTS,), **rest):
    return base.isolate(name, prefix, allowed, interfaces=interfaces, **rest)


def count(name, one, interfaces=(HOSTS,), excepted=()):
    return base.count(name, one, interfaces, excepted)


def steer(one, waypoints=("r2",), *, interfaces=(HOSTS,), **rest):
    return base.steer(one, waypoints, interfaces=interfaces, **rest)


def queue(name, guarantee=0, *, rate=10 * GBPS, limit=300_000, **changes):
    return replace(base.queue(name, guarantee, rate=rate, limit=limit), **changes)


def port(interface=LINK, *, rate=10 * GBPS, queues=None, mtu=1500):
    given = queues or (queue("critical", GBPS), queue("high", 2 * GBPS), queue("default"))
    return base.port(interface, rate=rate, queues=given, mtu=mtu)


def stream(name="itc-s-1", address="192.0.2.9", **changes):
    return replace(Stream(name, address, 57400, 10_000_000, (LINK, OTHER_LINK), base.ORIGIN), **changes)


def config(node="r1", **features):
    made = base.config(node, **{name: in_order(items) for name, items in features.items()})
    return replace(made, platform="openconfig", release="5.9")


def full_config():
    """Return a device with everything that the models can say, in both families."""
    six = flow(base.H1_6, base.H2_6, "udp", (7000, 7000))
    hole = flow("10.10.1.128/25", base.H2, "tcp", (443, 443))
    voice, web = flow(protocol="udp", ports=(7000, 7009)), flow(protocol="tcp", ports=(443, 443))
    marking = {"is_ecn": True, "mark_from_bytes": 75_000, "mark_all_bytes": 225_000}
    return config(
        queueing=[
            port(),
            port(
                OTHER_LINK,
                rate=25 * GBPS,
                mtu=9000,
                queues=(queue("high", 3 * GBPS, tc=4, **marking), queue("background"), queue("default", tc=0)),
            ),
        ],
        steering=[
            steer(voice, ("r2",), precedence=1),
            steer(six, ("r2",), precedence=2, interfaces=(HOSTS, LINK)),
            steer(web, ("r2", "r3"), closed=False, excepted=(hole,), precedence=3),
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
        counting=[count("arrived-4", flow(base.H2, base.H1)), count("arrived-6", flow(base.H2_6, base.H1_6, dscp=46))],
        streams=[stream(), stream("itc-s-2", "2001:db8::9", interval_us=60_000_000)],
    )


def fleet(*configs):
    return replace(base.fleet(*configs), infrastructure=INFRASTRUCTURE)


def bundle(item, known=None):
    return render_device(item, known or fleet(item), TARGET)


def payload(item, known=None):
    return base.files(bundle(item, known)).get("itc.xml", "")
