"""Sends and receives the probe packets of one node; started in its network by `probe`, which talks to it over pipes.

Standard input: a line with the task, then the words `go`, `stop` (sending) and `end`. Standard output: `ready` when it
listens, and the outcome at the end.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import select
import socket
import struct
import time
from array import array

from intentc.lab import kernel
from intentc.lab.packets import TCP_BYTES, Carried, carry, tcp_segment, unpack
from intentc.lab.probe_task import Arrivals, FlowTask, Outcome, Task, outcome_text, read_task

_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python has no names for these two
_SO_RCVBUFFORCE = 33
_TIMESPEC = struct.Struct("@qq")
_PRIORITY = 5  # below the relay's: what is measured comes first
_BEHIND_NS = 50_000_000  # a sender that is further behind skips rather than floods
_BATCH = 64
_BUFFER = 4 << 20
_IDLE_S = 3600.0

Place = tuple[str, str, int]  # protocol, local address, local port (0 for TCP: one raw socket takes all ports)


class Agent:
    """All flows of a task that start or end at one node."""

    def __init__(self, task: Task) -> None:
        self._run = task.run
        self._flows = task.send
        self._sent = {flow.index: array("q") for flow in task.send}
        self._received: dict[int, Arrivals] = {}
        self._queue: list[tuple[int, int]] = []  # due, position in the flows
        here = [_place(flow.protocol, flow.source, flow.source_port) for flow in task.send]
        here += [_place(flow.protocol, flow.destination, flow.destination_port) for flow in task.receive]
        self._sockets = {place: _open(place) for place in dict.fromkeys(here)}
        self._poll = select.epoll()
        for descriptor in (0, *(item.fileno() for item in self._sockets.values())):
            self._poll.register(descriptor, select.EPOLLIN)

    def run(self) -> Outcome:
        """Return the outcome once `end` has come, or the starter has gone."""
        waiting = [self._poll.fileno()]  # select waits with µs precision, epoll with ms
        sockets = {item.fileno(): (place, item) for place, item in self._sockets.items()}
        while True:
            wait = max(0.0, (self._queue[0][0] - time.monotonic_ns()) / 1e9) if self._queue else _IDLE_S
            if select.select(waiting, [], [], wait)[0]:
                for descriptor, _ in self._poll.poll(0):
                    if descriptor in sockets:
                        self._receive(*sockets[descriptor])
                    elif self._has_ended():
                        return Outcome(self._sent, self._received)
            self._send()

    def _has_ended(self) -> bool:
        words = os.read(0, 64).split()
        if b"go" in words:
            now, count = time.monotonic_ns(), len(self._flows)
            spread = [flow.interval_us * 1000 * position // count for position, flow in enumerate(self._flows)]
            self._queue = [(now + later, position) for position, later in enumerate(spread)]
            heapq.heapify(self._queue)
        if b"stop" in words:
            self._queue.clear()
        return not words or b"end" in words

    def _send(self) -> None:
        while self._queue and self._queue[0][0] <= time.monotonic_ns():
            due, position = self._queue[0]
            flow = self._flows[position]
            now = time.monotonic_ns()
            sent = self._sent[flow.index]
            message = _message(flow, Carried(self._run, flow.index, len(sent), now))
            sent.append(now)
            source = self._sockets[_place(flow.protocol, flow.source, flow.source_port)]
            with contextlib.suppress(OSError):  # no route, a full queue: the packet counts as sent and lost
                source.sendmsg([message], [_class_of(flow)], 0, _target(flow))
            following = due + flow.interval_us * 1000
            heapq.heapreplace(self._queue, (following if now - following < _BEHIND_NS else now, position))

    def _receive(self, place: Place, source: socket.socket) -> None:
        is_raw4 = place[0] == "tcp" and source.family == socket.AF_INET
        for _ in range(_BATCH):
            try:
                data, ancillary, _, _ = source.recvmsg(65_535, 256)
            except BlockingIOError:
                return
            skipped = ((data[0] & 15) * 4 if is_raw4 else 0) + (TCP_BYTES if place[0] == "tcp" else 0)
            carried = unpack(data[skipped:])
            if carried is None or carried.run != self._run:
                continue
            arrived, dscp = _read_ancillary(ancillary)
            flow = self._received.setdefault(carried.flow, Arrivals(array("q"), array("q"), array("q")))
            flow.sequence.append(carried.sequence)
            flow.delay_ns.append(arrived - carried.sent_ns)
            flow.dscp.append(data[1] >> 2 if is_raw4 else dscp)


def _place(protocol: str, address: str, port: int) -> Place:
    return (protocol, address, port if protocol == "udp" else 0)


def _open(place: Place) -> socket.socket:
    protocol, address, port = place
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = (socket.SOCK_DGRAM, socket.IPPROTO_UDP) if protocol == "udp" else (socket.SOCK_RAW, socket.IPPROTO_TCP)
    made = socket.socket(family, *kind)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
    else:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    made.bind((address, port))
    return made


def _message(flow: FlowTask, carried: Carried) -> bytes:
    payload = carry(carried, flow.payload_bytes)
    if flow.protocol == "udp":
        return payload
    ends = (flow.source, flow.source_port), (flow.destination, flow.destination_port)
    return tcp_segment(*ends, carried.sequence, payload, is_valid=False)


def _class_of(flow: FlowTask) -> tuple[int, int, bytes]:
    kind = (socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if ":" in flow.source else (socket.IPPROTO_IP, socket.IP_TOS)
    return (*kind, struct.pack("i", flow.dscp << 2))


def _target(flow: FlowTask) -> tuple[str, int]:
    return (flow.destination, flow.destination_port if flow.protocol == "udp" else 0)


def _read_ancillary(ancillary: list[tuple[int, int, bytes]]) -> tuple[int, int]:
    """Return when the kernel took the packet from the wire (CLOCK_MONOTONIC, ns) and the DSCP that it bore."""
    arrived, dscp = time.monotonic_ns(), -1
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
            seconds, nanoseconds = _TIMESPEC.unpack(data[:16])
            arrived = seconds * 1_000_000_000 + nanoseconds - (time.time_ns() - time.monotonic_ns())
        elif (level, kind) in {(socket.IPPROTO_IP, socket.IP_TOS), (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)}:
            dscp = data[0] >> 2
    return arrived, dscp


def main() -> None:
    """Carry out the task on standard input."""
    kernel.sharpen_timers()
    kernel.raise_priority(_PRIORITY)
    line = b""
    while not line.endswith(b"\n"):  # byte by byte: what follows is for the poll
        byte = os.read(0, 1)
        if not byte:
            return
        line += byte
    agent = Agent(read_task(line))
    print("ready", flush=True)
    print(outcome_text(agent.run()), flush=True)


if __name__ == "__main__":
    main()
