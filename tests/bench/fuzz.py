"""Programs that nobody would write, through the front end: `python tests/bench/fuzz.py 100000`; what fails or hangs is printed.

Each goes through bytes, parse, imports, resolve and `fmt`; with `--render N` so many sound ones with hostile texts in every
place for a text are compiled to device files, too. A run of one seed is always the same.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support_mutations import KINDS, check_files, compiled, examine, filled, vocabulary

PATIENCE_S = 20  # of CPU, for one program: a hundred times what the slowest take
_SHOWN = 10  # failures that are printed whole


class Hang(Exception):  # noqa: N818  (it says what happened to a program)
    """One program took longer than `PATIENCE_S`."""


def give_up(_signal: int, _frame: FrameType | None) -> None:
    """Raise `Hang` where the program is."""
    raise Hang


class Tally:
    """What came out: programs per kind, findings per code, failures, the slowest program."""

    def __init__(self) -> None:
        self.programs: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.sound = 0
        self.failures = 0
        self.slowest = (0.0, "")

    def fail(self, name: str) -> None:
        """Count a failure, and print it with the name that makes the program again."""
        self.failures += 1
        if self.failures <= _SHOWN:
            print(f"FAILED {name}\n{traceback.format_exc()}", flush=True)


def fuzz(first: int, count: int, tally: Tally) -> None:
    """Examine the programs of the seeds `first` and on, the kinds in turn."""
    words = vocabulary()
    for seed in range(first, first + count):
        kind = KINDS[seed % len(KINDS)]
        data = kind.make(random.Random(seed), words)  # noqa: S311  (a sample, not a secret)
        tally.programs[kind.name] += 1
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
        try:
            found = examine(data)
            tally.codes.update(item.code for item in found)
            tally.sound += not any(item.is_error for item in found)
        except Exception:  # noqa: BLE001  (whatever it is, it is what this looks for)
            tally.fail(f"seed {seed}: {data!r}")
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        tally.slowest = max(tally.slowest, (time.process_time() - begun, f"seed {seed}, {kind.name}"))


def render(first: int, count: int, tally: Tally) -> int:
    """Compile sound programs with hostile texts; return how many device files were looked at."""
    files = 0
    for seed in range(first, first + count):
        text = filled(random.Random(seed))  # noqa: S311  (a sample, not a secret)
        try:
            found = check_files(compiled(text))
            assert found, "not accepted"
            files += found
        except Exception:  # noqa: BLE001  (as above)
            tally.fail(f"--render of seed {seed}: {text}")
    return files


def main() -> int:
    """Fuzz, and return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--render", type=int, default=0, help="programs that are compiled to device files")
    arguments = parser.parse_args()
    signal.signal(signal.SIGVTALRM, give_up)
    tally, begun = Tally(), time.process_time()
    fuzz(arguments.seed, arguments.count, tally)
    files = render(arguments.seed, arguments.render, tally)
    for name, number in sorted(tally.programs.items()):
        print(f"{number:8} {name}")
    print(
        f"{arguments.count} programs, {tally.sound} without an error, {len(tally.codes)} codes, {tally.failures} failed"
    )
    print(f"{arguments.render} compiled, {files} device files; CPU {time.process_time() - begun:.0f} s")
    print("slowest {:.2f} s: {}".format(*tally.slowest))
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
