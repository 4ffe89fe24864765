"""The packets that probes and traces send: what they carry, and the raw TCP segments that look like a flow's own."""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

_CARRIED = struct.Struct("!4sIIIQ")
_MAGIC = b"itcp"
_TCP = struct.Struct("!HHIIBBHHH")
_PUSH_ACK = 0x18
CARRIED_BYTES = _CARRIED.size
TCP_BYTES = _TCP.size
UDP_BYTES = 8
IP_BYTES = {4: 20, 6: 40}


@dataclass(frozen=True, slots=True)
class Carried:
    """What a probe packet carries: which run and flow it belongs to, its number, and when it was sent (CLOCK_MONOTONIC)."""

    run: int
    flow: int
    sequence: int
    sent_ns: int


def carry(carried: Carried, length: int) -> bytes:
    """Return the payload of a probe packet, padded to `length` bytes."""
    head = _CARRIED.pack(_MAGIC, carried.run, carried.flow, carried.sequence, carried.sent_ns)
    return head.ljust(length, b"\0")


def unpack(payload: bytes) -> Carried | None:
    """Return what a payload carries, None when it is no probe's."""
    if len(payload) < _CARRIED.size or not payload.startswith(_MAGIC):
        return None
    _, run, flow, sequence, sent_ns = _CARRIED.unpack_from(payload)
    return Carried(run, flow, sequence, sent_ns)


def tcp_segment(
    source: tuple[str, int], destination: tuple[str, int], sequence: int, payload: bytes, *, is_valid: bool
) -> bytes:
    """Return a TCP data segment of an established connection that acknowledges the same number, so a reset repeats it.

    With a wrong checksum (not `is_valid`) routers forward it like any other, and the receiving kernel drops it without
    the reset that it would answer to a segment of no connection of its own.
    """
    header = _TCP.pack(source[1], destination[1], sequence, sequence, TCP_BYTES // 4 << 4, _PUSH_ACK, 65_535, 0, 0)
    checksum = _checksum(source[0], destination[0], header + payload)
    if not is_valid:
        checksum ^= 0x5555
    return header[:16] + struct.pack("!H", checksum) + header[18:] + payload


def tcp_ports(segment: bytes) -> tuple[int, int, int]:
    """Return source port, destination port and sequence number of a TCP segment (its first eight bytes suffice)."""
    source, destination, sequence = struct.unpack_from("!HHI", segment)
    return source, destination, sequence


def _checksum(source: str, destination: str, segment: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of a segment with its pseudo header; sums are taken modulo 2^16 − 1."""
    pseudo = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    pseudo += struct.pack("!II", len(segment), 6)
    data = pseudo + segment + b"\0" * (len(segment) % 2)
    return 0xFFFF - int.from_bytes(data, "big") % 0xFFFF
