"""Whose ICMP errors a trace counts: several at once from one address, towards services with the same ports, share what raw sockets get."""

import errno
import socket
import struct

from intentc.lab.trace_agent import _FIRST_SEQUENCE, TraceTask, _errors

TASK = TraceTask("tcp", "10.0.0.1", 443, "10.0.1.1", 40_000, 0, 8, 1.0)


class FakeRawSocket:
    """A socket whose error queue has the errors of packets to some destinations, all with the same ports."""

    def __init__(self, errors):
        self._errors = list(errors)

    def recvmsg(self, *_words):
        if not self._errors:
            raise OSError(errno.EAGAIN, "nothing more")
        destination, hop, router = self._errors.pop(0)
        quoted = struct.pack("!HHL", TASK.source_port, TASK.destination_port, _FIRST_SEQUENCE + hop)
        offender = struct.pack("@H2x", socket.AF_INET) + socket.inet_aton(router) + bytes(8)
        error = struct.pack("@IBBBBII", errno.EHOSTUNREACH, 2, 11, 0, 0, 0, 0) + offender
        return quoted, [(0, 0, error)], 0, (destination, 0)


def test_errors_of_packets_to_another_destination_are_of_another_trace():
    probe = FakeRawSocket([("10.0.1.1", 1, "10.255.0.1"), ("10.0.2.1", 2, "10.255.0.9"), ("10.0.1.1", 2, "10.255.0.2")])
    assert _errors(probe, TASK) == [(1, "10.255.0.1"), (2, "10.255.0.2")]
