"""What really passes an interface of a node: tcpdump for the body of a `with`."""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intentc.lab.engine import enter_network
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.values import field, frozen, mutable

_END_S = 10.0
_FLUSH_S = 0.2
_MAGIC = 0xA1B2C3D4  # pcap with times in µs, written on a machine of this byte order
_HEADER = struct.Struct("=IHHiIII")
_RECORD = struct.Struct("=IIII")


@frozen
class Packet:
    """One captured packet: when (µs since 1970), its length on the wire, and its bytes from the link layer on."""

    time_us: int
    length: int
    data: bytes


@mutable
class Capture:
    """Filled when the `with` ends. `dropped`: packets that the kernel could not hand over in time, so `packets` lacks them."""

    packets: tuple[Packet, ...] = field(default=())
    dropped: int = 0


@contextmanager
def capture(lab: Lab, node: str, interface: str, expression: str = "") -> Iterator[Capture]:
    """Yield a capture that, after the `with`, has every packet of `interface` that matches the pcap filter `expression`.

    The body starts when tcpdump listens. `interface` may be `any`; both directions are captured.
    """
    handle, name = tempfile.mkstemp(prefix=f"{node}-", suffix=".pcap", dir=lab.run)
    os.close(handle)
    argv = ["tcpdump", "-i", interface, "-n", "-U", "--immediate-mode", "-B", "8192", "-Z", "root", "-w", name]
    argv += expression.split()
    process = subprocess.Popen(enter_network(lab.pid(node), argv), stderr=subprocess.PIPE, text=True)
    result = Capture()
    try:
        _await_listening(process, node)
        yield result
    finally:
        time.sleep(_FLUSH_S)  # what passed a moment ago is still on its way through the kernel
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=_END_S)
    found = re.search(r"(\d+) packets? dropped by kernel", words)
    result.dropped = int(found.group(1)) if found else 0
    result.packets = tuple(_read(Path(name).read_bytes()))
    Path(name).unlink()


def _await_listening(process: subprocess.Popen[str], node: str) -> None:
    words = ""
    for line in process.stderr or ():
        if "listening on" in line:
            return
        words += line
    raise LabError(f"tcpdump on {node} failed: {' '.join(words.split())}")


def _read(data: bytes) -> Iterator[Packet]:
    if _HEADER.unpack_from(data)[0] != _MAGIC:
        raise LabError("tcpdump wrote a capture in an unknown format")
    offset = _HEADER.size
    while offset + _RECORD.size <= len(data):
        seconds, micros, kept, length = _RECORD.unpack_from(data, offset)
        offset += _RECORD.size
        yield Packet(seconds * 1_000_000 + micros, length, data[offset : offset + kept])
        offset += kept
