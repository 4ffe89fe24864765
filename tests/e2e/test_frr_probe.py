"""What measures the routers in the labs measures the routers, and not the machine that all runs on."""

import time

import frr_probe
import pytest
from frr_probe import CATCH_UP_S, outage_ms, send


@pytest.mark.parametrize(
    ("lost", "sent", "outage"),
    [
        ((), (0, 0.002, 0.004, 0.006), 0),
        ((1, 2), (0, 0.002, 0.004, 0.006), 4),
        ((1,), (0, 0.002, 0.9, 0.902), 2),  # the sender was held back after a packet was lost
        ((), (0, 0.002, 0.9, 0.902), 0),  # and here none was
        ((1, 2), (0, 0.002, 0.9, 0.902), 900),  # what is sent after all that time is still lost
        ((0, 2, 3), (0, 0.002, 0.004, 0.006), 4),
    ],
)
def test_an_outage_is_told_by_what_was_sent_and_lost(lost, sent, outage):
    arrived = [(number, 5.0) for number in range(len(sent)) if number not in lost]
    assert outage_ms(sent, arrived, 0.002) == pytest.approx(outage)


def test_a_sender_that_is_held_back_does_not_send_more_than_its_rate_later(monkeypatch):
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds + (0.5 if now[0] < 0.02 <= now[0] + seconds else 0)  # held back once

    class Nowhere:
        def __init__(self, *_):
            pass

        setsockopt = sendto = lambda *_: None

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(frr_probe.socket, "socket", Nowhere)
    sent = send(4, "10.0.0.1", 7000, count=100, interval=0.002)["sent"]
    held = next(number for number in range(1, 100) if sent[number] - sent[number - 1] > 0.4)
    at_once = [moment for moment in sent[held:] if moment == sent[held]]
    assert len(at_once) <= CATCH_UP_S / 0.002 + 2
    assert sent[-1] >= 0.5 + 0.002 * (99 - CATCH_UP_S / 0.002 - 1)
