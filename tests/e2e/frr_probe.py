"""Runs inside a node: sends UDP packets, or receives and counts them. Arguments and answers are JSON."""

import itertools
import json
import select
import socket
import struct
import sys
import time


def send(family, destination, port, *, count=100, interval=0.002, size=100, tos=0):
    """Send `count` packets of `size` bytes (IP header included), one every `interval` seconds."""
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    out = socket.socket(kind, socket.SOCK_DGRAM)
    if family == 4:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
    else:
        out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, tos)
    payload = bytes(size - 28 if family == 4 else size - 48)
    start = time.monotonic()
    for index in range(count):
        delay = start + index * interval - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        out.sendto(payload, (destination, port))
    return {"seconds": time.monotonic() - start}


def receive(family, port):
    """Count what arrives until standard input ends: packets, bytes, packets by type of service, longest gap, whole span."""
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    into = socket.socket(kind, socket.SOCK_DGRAM)
    into.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    into.setsockopt(
        *((socket.IPPROTO_IP, socket.IP_RECVTOS) if family == 4 else (socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS)), 1
    )
    into.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    into.bind(("", port))
    print("listening", flush=True)
    tos, size, times = {}, 0, []
    is_open = True
    while ready := select.select([into, *([sys.stdin] if is_open else [])], [], [], None if is_open else 0.4)[0]:
        if into not in ready:
            is_open = False
            continue
        data, ancillary, _, _ = into.recvmsg(65535, 128)
        size += len(data) + (28 if family == 4 else 48)
        value, moment = _facts(ancillary)
        times.append(moment)
        tos[value] = tos.get(value, 0) + 1
    gap = max((after - before for before, after in itertools.pairwise(times)), default=0)
    span = times[-1] - times[0] if times else 0
    return {"count": len(times), "bytes": size, "tos": tos, "gap_ms": round(gap * 1000), "span": span}


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
