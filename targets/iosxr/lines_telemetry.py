"""Where each value of telemetry stands at the command line, as in `lines`."""

from __future__ import annotations

from dataclasses import replace

from intentc.targetkit.kit import NUMBER, CliBlocks, CliFlag, CliLine, CliSection, CliShape, CliWithin, Kind

from .owned_telemetry import (
    AnsweringPort,
    Collector,
    Operation,
    Reflector,
    Responder,
    Schedule,
    Sender,
    Sensor,
    Sensors,
    Subscription,
    TestSession,
)


def _numbers(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, NUMBER)


_OPERATION = CliShape(
    Operation,
    "operation {number}",
    (
        CliWithin(
            "type udp jitter",
            (
                CliLine("tos {tos}", _numbers("tos")),
                CliLine("timeout {timeout_ms}", _numbers("timeout_ms")),
                CliLine("packet count {count}", _numbers("count")),
                CliLine("packet interval {interval_ms}", _numbers("interval_ms")),
                CliLine("source address {source}"),
                CliLine("destination address {destination}"),
                CliLine("destination port {port}", _numbers("port")),
                CliLine("frequency {frequency_s}", _numbers("frequency_s")),
                CliFlag("is_uncontrolled", "control disable"),
            ),
        ),
    ),
    _numbers("number"),
)
_SCHEDULE = CliShape(
    Schedule,
    "schedule operation {number}",
    (CliFlag("is_now", "start-time now"), CliFlag("is_forever", "life forever")),
    _numbers("number"),
)


def _port(text: str) -> tuple[AnsweringPort, ...]:
    return (AnsweringPort(int(text)),)


_PORT = Kind(lambda ports: str(ports[0].number), _port)
_RESPONDER = CliShape(Responder, "type udp ipv4 address {address} port {ports}", kinds={"ports": _PORT})


def _each_port(responder: Responder) -> tuple[Responder, ...]:
    return tuple(replace(responder, ports=(port,)) for port in responder.ports)


def _all_ports(one: Responder, other: Responder) -> Responder:
    return replace(one, ports=(*one.ports, *other.ports))


def _sessions(reflectors: tuple[Reflector, ...]) -> str:
    one, sender = reflectors[0], reflectors[0].senders[0]
    there = f"local-ip {one.address} local-port {one.port}"
    return f"{there} remote-ip {sender.address} remote-port {sender.port} vrf {sender.vrf}"


def _reflectors(text: str) -> tuple[Reflector, ...]:
    words = text.split()
    if words[::2] != ["local-ip", "local-port", "remote-ip", "remote-port", "vrf"] or len(words) % 2:
        raise ValueError(f"not a test session: {text!r}")
    address, port, sender, from_port, vrf = words[1::2]
    return (Reflector(address, int(port), (Sender(sender, from_port, vrf),)),)


_TEST_SESSION = CliShape(
    TestSession,
    "twamp-light test-session {number} {reflectors*}",
    kinds={"number": NUMBER, "reflectors": Kind(_sessions, _reflectors)},
)
_COLLECTOR = CliShape(
    Collector,
    "destination-group {name}",
    (
        CliWithin(
            "address-family {family} {address} port {port}",
            (CliLine("encoding {encoding}"), CliFlag("is_grpc", "protocol grpc")),
            _numbers("port"),
        ),
    ),
)
_SENSORS = CliShape(Sensors, "sensor-group {name}", (CliBlocks("paths", CliShape(Sensor, "sensor-path {path}")),))
_SUBSCRIPTION = CliShape(
    Subscription,
    "subscription {name}",
    (
        CliLine("sensor-group-id {sensors} sample-interval {interval_ms}", _numbers("interval_ms")),
        CliLine("destination-id {collector}"),
    ),
)
_IPSLA = ("ipsla",)
_MDT = ("telemetry model-driven",)
TELEMETRY = (
    CliSection("operations", _OPERATION, _IPSLA),
    CliSection("schedules", _SCHEDULE, _IPSLA),
    CliSection("responders", _RESPONDER, ("ipsla", "responder"), is_whole=False, split=_each_port, joined=_all_ports),
    CliSection("test_sessions", _TEST_SESSION, ("ipsla", "responder")),
    CliSection("collectors", _COLLECTOR, _MDT),
    CliSection("sensors", _SENSORS, _MDT),
    CliSection("subscriptions", _SUBSCRIPTION, _MDT),
)
