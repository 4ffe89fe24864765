"""Asking many devices at once, and being interrupted meanwhile."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from intentc.push.fanout import ask_all
from intentc.push.interrupts import Interrupt, catching
from intentc.push.trouble import SessionError, Trouble

REFUSAL = SessionError(Trouble.REFUSED, "no")


def answer(number):
    if number % 3 == 0:
        raise REFUSAL
    return number * 10


def test_answers_and_failures_come_in_the_order_of_asking():
    heard = []
    with ThreadPoolExecutor(4) as pool:
        found = ask_all(range(7), answer, pool, on_answer=lambda _, done: heard.append(done))
    assert found.given == ((1, 10), (2, 20), (4, 40), (5, 50))
    assert found.failed == ((0, REFUSAL), (3, REFUSAL), (6, REFUSAL))
    assert heard == [1, 2, 3, 4, 5, 6, 7]


def test_nobody_is_asked():
    with ThreadPoolExecutor(4) as pool:
        assert ask_all((), answer, pool).given == ()


def test_no_more_are_asked_at_a_time_than_there_are_threads():
    together, most = threading.Semaphore(3), []

    def busy(_number):
        most.append(together.acquire(blocking=False))
        time.sleep(0.01)
        together.release()

    with ThreadPoolExecutor(3) as pool:
        ask_all(range(12), busy, pool)
    assert all(most)


def test_a_bug_is_raised_when_the_others_have_ended():
    ended = []

    def buggy(number):
        if number == 0:
            raise ZeroDivisionError
        time.sleep(0.05)
        ended.append(number)

    with ThreadPoolExecutor(4) as pool, pytest.raises(ZeroDivisionError):
        ask_all(range(4), buggy, pool)
    assert sorted(ended) == [1, 2, 3]


def test_after_an_interrupt_nobody_further_is_asked():
    interrupt, begun = Interrupt(), []

    def slow(number):
        begun.append(number)
        interrupt.ask()
        time.sleep(0.3)

    with ThreadPoolExecutor(2) as pool:
        found = ask_all(range(20), slow, pool, interrupt=interrupt)
    assert len(begun) < 6
    assert len(found.given) == len(begun)
    assert len(found.not_asked) == 20 - len(begun)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_remembered_and_handlers_put_back(number):
    before = signal.getsignal(number)
    interrupt = Interrupt()
    with catching(interrupt):
        os.kill(os.getpid(), number)
        time.sleep(0.01)
        assert interrupt.is_asked
    assert signal.getsignal(number) is before


def test_other_threads_may_not_catch_signals_and_do_not_try():
    found = []

    def body():
        with catching(Interrupt()):
            found.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert found == [before]
