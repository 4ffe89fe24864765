"""What probes carry and what their results say."""

import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_lab import flow

from intentc.lab import probe
from intentc.lab.model import LabError
from intentc.lab.packets import CARRIED_BYTES, Carried, carry, tcp_ports, tcp_segment, unpack
from intentc.lab.probe_task import Arrivals, Outcome, Task, outcome_text, read_outcome, read_task, task_line


def internet_sum(data):
    """Return the ones' complement sum of 16-bit words (RFC 1071), word by word."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def result(sent_ms, arrivals):
    """Return the result for packets sent at times in ms, of which (sequence, delay in ms, DSCP) arrived in this order."""
    columns = [array("q", column) for column in zip(*arrivals, strict=True)] or [array("q")] * 3
    made = Arrivals(columns[0], array("q", [delay * 1_000_000 for delay in columns[1]]), columns[2])
    return probe._result(flow(1, 4), array("q", [at * 1_000_000 for at in sent_ms]), made if arrivals else None)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.integers(CARRIED_BYTES, 200))
def test_a_probe_packet_carries_what_it_is_given(run, sequence, sent_ns, length):
    payload = carry(Carried(run, 3, sequence, sent_ns), length)
    assert len(payload) == length
    assert unpack(payload) == Carried(run, 3, sequence, sent_ns)


@pytest.mark.parametrize("payload", [b"", b"itcp", b"x" * 100])
def test_other_packets_are_no_probes(payload):
    assert unpack(payload) is None


@pytest.mark.parametrize("ends", [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")])
@given(payload=st.binary(max_size=64), is_valid=st.booleans())
def test_a_tcp_segment_has_the_checksum_that_is_asked_for(ends, payload, is_valid):
    import ipaddress

    segment = tcp_segment((ends[0], 1000), (ends[1], 443), 7, payload, is_valid=is_valid)
    packed = b"".join(ipaddress.ip_address(end).packed for end in ends)
    data = packed + struct.pack("!II", len(segment), 6) + segment + b"\0" * (len(segment) % 2)
    assert (internet_sum(data) == 0xFFFF) == is_valid
    assert tcp_ports(segment) == (1000, 443, 7)


def test_nothing_lost_is_no_outage():
    made = result([0, 2, 4], [(0, 5, 46), (1, 5, 46), (2, 6, 46)])
    assert (made.sent, made.received, made.lost, made.reordered, made.duplicated) == (3, 3, 0, 0, 0)
    assert (made.outage_ms, made.dscps) == (0.0, {46: 3})
    assert made.samples == ((0, 5000), (2000, 5000), (4000, 6000))


def test_an_outage_lasts_from_the_first_lost_packet_to_the_next_that_arrives():
    made = result([0, 2, 4, 6, 8, 10], [(0, 5, 0), (2, 5, 0), (5, 5, 0)])
    assert (made.lost, made.outage_ms) == (3, 4.0)


def test_a_sender_that_is_held_back_makes_no_outage_longer():
    arrived = [(0, 5, 0), (3, 5, 0)]
    assert result([0, 2, 4, 300], arrived).outage_ms == 4.0
    assert result([0, 200, 202, 203], arrived).outage_ms == 3.0  # sooner than an interval, to catch up
    assert result([0, 2, 300, 302], arrived).outage_ms == 300.0  # what is lost before and after counts whole


def test_an_outage_that_does_not_end_lasts_to_the_end_of_sending():
    assert result([0, 2, 4], [(0, 5, 0)]).outage_ms == 4.0
    assert result([0, 2, 4], []).outage_ms == 6.0


def test_order_and_duplicates_are_counted():
    made = result([0, 2, 4], [(1, 3, 0), (0, 9, 0), (1, 4, 0), (2, 3, 8)])
    assert (made.received, made.reordered, made.duplicated, made.dscps) == (3, 1, 1, {0: 3, 8: 1})


def test_percentiles_are_by_nearest_rank():
    made = result(list(range(100)), [(count, count + 1, 0) for count in range(100)])
    assert (made.delay.p50_us, made.delay.p95_us, made.delay.p99_us, made.delay.max_us) == (
        50_000,
        95_000,
        99_000,
        100_000,
    )


def test_a_constant_rate_counts_ip_packets():
    load = flow(1, 4).at_rate(60_000_000)
    assert (load.size_bytes, load.interval_us) == (1400, 187)


@pytest.mark.parametrize(
    ("version", "protocol", "least"), [(4, "udp", 52), (6, "udp", 72), (4, "tcp", 64), (6, "tcp", 84)]
)
def test_a_packet_too_small_to_be_measured_is_refused(version, protocol, least):
    made = flow(1, 4, version=version, protocol=protocol, size_bytes=least)
    assert probe._task(made, 0).payload_bytes == CARRIED_BYTES
    with pytest.raises(LabError, match="need 1 bytes more"):
        probe._task(flow(1, 4, version=version, protocol=protocol, size_bytes=least - 1), 0)


def test_tasks_and_outcomes_survive_the_way_between_processes():
    task = Task(7, (probe._task(flow(1, 4), 0),), (probe._task(flow(4, 1), 1),))
    assert read_task(task_line(task).encode()) == task
    outcome = Outcome({0: array("q", [1, 2**40])}, {1: Arrivals(array("q", [0]), array("q", [-5]), array("q", [46]))})
    assert read_outcome(outcome_text(outcome)) == outcome
