"""What a process tells its copies: whole or not at all, and nobody waits."""

import time

from intentc.executor import board as board_module
from intentc.executor.beside import Beside
from intentc.executor.board import Board


def test_nothing_is_read_before_it_is_told_and_the_first_stays():
    board = Board()
    assert board.read() is None
    board.write({"x": 1})
    board.write({"x": 2})
    assert board.read() == {"x": 1}


def test_what_is_too_long_is_never_told(monkeypatch):
    monkeypatch.setattr(board_module, "_MOST_BYTES", 64)
    board = Board()
    board.write("x" * 100)
    assert board.read() is None
    board.write("y")
    assert board.read() == "y"


def test_what_is_not_all_there_is_not_read():
    board = Board()
    board.write(["some", "words"])
    board._memory[20] ^= 1
    assert board.read() is None


def test_a_copy_sees_what_is_told_after_it_has_begun():
    board = Board()

    def seen():
        until = time.monotonic() + 20
        while (found := board.read()) is None and time.monotonic() < until:
            time.sleep(0.001)
        return found

    with Beside() as beside:
        ask = beside.begin(seen)
        board.write(frozenset({"x"}))
        assert ask() == {"x"}
