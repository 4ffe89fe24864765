"""Finds out who forwards a flow: packets of the flow with every hop limit at once, and who reports that it ran out.

Runs in a node's network. Standard input: tasks as JSON, carried out one after the other; standard output: for each of them
`[[hop limit, address, round trip in µs], …]`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import select
import socket
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from intentc.lab.packets import tcp_ports, tcp_segment

_IP_RECVERR = 11  # linux/in.h, in6.h: Python has no names for these
_IPV6_RECVERR = 25
_MARK = struct.Struct("!4sI")
_MAGIC = b"itct"
_FIRST_SEQUENCE = 1_000_000
_GRACE_S = 0.3  # for the last answer, once the one before it has come
_SO_EE = struct.Struct("@IBBBBII")  # struct sock_extended_err, followed by the address of the node that reported
_ICMP_ORIGINS = frozenset({2, 3})  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6


@dataclass(frozen=True, slots=True)
class TraceTask:
    """The flow whose path is asked for; `wait_s` is how long answers may take.

    Behind a router with one of the addresses `gateways` lies nothing but the destination, which need not answer: a fence may
    drop what it says.
    """

    protocol: str
    source: str
    source_port: int
    destination: str
    destination_port: int
    dscp: int
    hops: int
    wait_s: float
    gateways: Sequence[str] = ()


Answer = tuple[int, str, int]


def trace(task: TraceTask) -> list[Answer]:
    """Return who answered for which hop limit; the destination answers for itself and all higher ones."""
    answers: dict[int, Answer] = {}
    with _open(task) as probe:
        sent: dict[int, int] = {}
        for hop in range(1, task.hops + 1):
            sent[hop] = time.monotonic_ns()
            try:
                _send(probe, task, hop)
            except OSError:  # an answer that has come already; reported once, it lets the packet go
                with contextlib.suppress(OSError):
                    _send(probe, task, hop)
        end = time.monotonic() + task.wait_s
        while (left := end - time.monotonic()) > 0 and not _has_reached(answers, (task.destination,)):
            select.select([probe], [], [probe], left)
            for hop, address in (*_errors(probe, task), *_replies(probe, task)):
                if hop in sent:
                    answers.setdefault(hop, (hop, address, (time.monotonic_ns() - sent[hop]) // 1000))
            if _has_reached(answers, task.gateways):
                end = min(end, time.monotonic() + _GRACE_S)
    return [answers[hop] for hop in sorted(answers)]


def _has_reached(answers: dict[int, Answer], places: Sequence[str]) -> bool:
    """Return whether one of the addresses has answered, and everybody before it."""
    reached = [hop for hop, address, _ in answers.values() if address in places]
    return bool(reached) and all(hop in answers for hop in range(1, min(reached)))


def _open(task: TraceTask) -> socket.socket:
    is_ipv6 = ":" in task.source
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    kind = (socket.SOCK_DGRAM, socket.IPPROTO_UDP) if task.protocol == "udp" else (socket.SOCK_RAW, socket.IPPROTO_TCP)
    probe = socket.socket(family, *kind)
    probe.setblocking(False)
    level = socket.IPPROTO_IPV6 if is_ipv6 else socket.IPPROTO_IP
    probe.setsockopt(level, _IPV6_RECVERR if is_ipv6 else _IP_RECVERR, 1)
    probe.setsockopt(level, socket.IPV6_TCLASS if is_ipv6 else socket.IP_TOS, task.dscp << 2)
    probe.bind((task.source, task.source_port if task.protocol == "udp" else 0))
    return probe


def _send(probe: socket.socket, task: TraceTask, hop: int) -> None:
    if ":" in task.source:
        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hop)
    else:
        probe.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hop)
    mark = _MARK.pack(_MAGIC, hop)
    if task.protocol == "udp":
        probe.sendto(mark, (task.destination, task.destination_port))
        return
    ends = (task.source, task.source_port), (task.destination, task.destination_port)
    probe.sendto(tcp_segment(*ends, _FIRST_SEQUENCE + hop, mark, is_valid=True), (task.destination, 0))


def _errors(probe: socket.socket, task: TraceTask) -> list[tuple[int, str]]:
    """Return (hop limit, reporting address) of the ICMP messages that have come."""
    found: list[tuple[int, str]] = []
    while True:
        try:
            quoted, ancillary, _, towards = probe.recvmsg(2048, 512, socket.MSG_ERRQUEUE)
        except OSError as problem:
            if problem.errno in {errno.EAGAIN, errno.EWOULDBLOCK}:
                return found
            continue  # the error itself, which the socket reports once before the queue
        if not _is_towards(towards, task.destination):
            continue
        hop = _hop(quoted, task)
        for _, _, data in ancillary:
            address = _offender(data)
            if address is not None and hop is not None:
                found.append((hop, address))


def _is_towards(address: object, destination: str) -> bool:
    """Return whether an error is of a packet that was sent to `destination`: `address` is the end that the kernel tells of it.

    A raw socket also gets the errors of other traces from the same address, which may have the same ports.
    """
    if not isinstance(address, tuple) or not address:
        return True  # the kernel does not say
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    return socket.inet_pton(family, str(address[0])) == socket.inet_pton(family, destination)


def _offender(data: bytes) -> str | None:
    if len(data) < _SO_EE.size + 8 or _SO_EE.unpack_from(data)[1] not in _ICMP_ORIGINS:
        return None
    rest = data[_SO_EE.size :]
    family = struct.unpack_from("@H", rest)[0]
    if family == socket.AF_INET:
        return socket.inet_ntop(family, rest[4:8])
    return socket.inet_ntop(family, rest[8:24]) if family == socket.AF_INET6 else None


def _hop(quoted: bytes, task: TraceTask) -> int | None:
    """Return the hop limit that a packet was sent with, from what an ICMP message quotes of it."""
    if task.protocol == "udp":
        return int(_MARK.unpack_from(quoted)[1]) if quoted.startswith(_MAGIC) and len(quoted) >= _MARK.size else None
    source, destination, sequence = tcp_ports(quoted)
    is_ours = (source, destination) == (task.source_port, task.destination_port)
    return sequence - _FIRST_SEQUENCE if is_ours else None


def _replies(probe: socket.socket, task: TraceTask) -> list[tuple[int, str]]:
    """Return (hop limit, destination) of the packets that arrived, as its resets tell (TCP only)."""
    found: list[tuple[int, str]] = []
    while task.protocol == "tcp":
        try:
            data, _, _, sender = probe.recvmsg(2048)
        except OSError:
            break
        segment = data[(data[0] & 15) * 4 :] if probe.family == socket.AF_INET else data
        source, destination, sequence = tcp_ports(segment)
        is_ours = sender[0] == task.destination  # others may answer late, to the same ports of a service
        if is_ours and (source, destination) == (task.destination_port, task.source_port):
            found.append((sequence - _FIRST_SEQUENCE, sender[0]))
    return found


def main() -> None:
    """Carry out the tasks on standard input."""
    print(json.dumps([trace(TraceTask(**task)) for task in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
