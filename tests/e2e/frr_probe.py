"""Runs inside a node: sends UDP packets, or receives and counts them. Arguments and answers are JSON."""

import itertools
import json
import select
import socket
import struct
import sys
import time

CATCH_UP_S = 0.02  # so much of what it is late a sender makes up for


def send(family, destination, port, *, count=100, interval=0.002, size=100, tos=0):
    """Send `count` packets of `size` bytes (IP header included), each with its number, one every `interval` seconds.

    A busy machine may hold the sender back. What it missed meanwhile it does not send at once: that would be more than its rate,
    which a policer, or a short queue, is right to drop. Returns when each packet was sent, in seconds since the first one.
    """
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    out = socket.socket(kind, socket.SOCK_DGRAM)
    if family == 4:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
    else:
        out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, tos)
    rest = bytes(size - (28 if family == 4 else 48) - NUMBER.size)
    begun = due = time.monotonic()
    times = []
    for number in range(count):
        delay = due - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        moment = time.monotonic()
        out.sendto(NUMBER.pack(number) + rest, (destination, port))
        times.append(round(moment - begun, 6))
        due = max(due, moment - CATCH_UP_S) + interval
    return {"sent": times}


def receive(family, port):
    """Take in what arrives until standard input ends.

    Returns the count of packets and bytes, packets by type of service, the span from the first to the last, and of each packet
    its number and when it arrived, in seconds since the first one.
    """
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    into = socket.socket(kind, socket.SOCK_DGRAM)
    into.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    into.setsockopt(
        *((socket.IPPROTO_IP, socket.IP_RECVTOS) if family == 4 else (socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS)), 1
    )
    into.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    into.bind(("", port))
    print("listening", flush=True)
    tos, size, arrivals = {}, 0, []
    is_open = True
    while ready := select.select([into, *([sys.stdin] if is_open else [])], [], [], None if is_open else 0.4)[0]:
        if into not in ready:
            is_open = False
            continue
        data, ancillary, _, _ = into.recvmsg(65535, 128)
        size += len(data) + (28 if family == 4 else 48)
        value, moment = _facts(ancillary)
        arrivals.append((NUMBER.unpack_from(data)[0], moment))
        tos[value] = tos.get(value, 0) + 1
    first = arrivals[0][1] if arrivals else 0.0
    told = [(number, round(moment - first, 6)) for number, moment in arrivals]
    return {
        "count": len(told),
        "bytes": size,
        "tos": tos,
        "span": told[-1][1] if told else 0,
        "arrivals": told,
    }


def outage_ms(sent, arrived, interval):
    """Return the longest time, in ms, in which nothing that was sent arrived: from the first lost packet of a row to the end of the last one.

    It is told by when packets were sent: a time in which the machine held the sender back, and nothing was lost, is no outage.
    """
    got = {number for number, _ in arrived}
    longest = 0.0
    for is_lost, row in itertools.groupby(range(len(sent)), lambda number: number not in got):
        if is_lost:
            numbers = list(row)
            longest = max(longest, sent[numbers[-1]] - sent[numbers[0]] + interval)
    return longest * 1000


NUMBER = struct.Struct("!I")
SO_TIMESTAMPNS = 35  # the kernel's time of arrival: a busy machine does not blur it


def _facts(ancillary):
    """Return the type of service and the time of arrival of a packet."""
    tos, moment = None, 0.0
    for _, kind, data in ancillary:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            moment = seconds + nanoseconds / 1e9
        else:
            tos = data[0] if len(data) == 1 else struct.unpack("i", data[:4])[0]
    return tos, moment


if __name__ == "__main__":
    print(json.dumps({"send": send, "receive": receive}[sys.argv[1]](**json.loads(sys.argv[2]))))
