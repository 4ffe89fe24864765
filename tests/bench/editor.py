"""How long an editor waits for diagnostics as one types: `python tests/bench/editor.py`, over real messages to `intentc lsp`.

A change is sent as editors send it, as the range that it replaces; the clock stops when the diagnostics of that text have come,
transport included. Times are wall time; beside them stands the server's CPU time per change.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
from support_lsp import Editor

TOML = '[project]\nname = "p"\ntopology = ["net.yaml"]\nintents = ["*.intent"]\n'
NET = """\
name: net
regions: {eu: [de, nl]}
defaults: {platform: frr, release: "8.4"}
routing: {igp: isis, bfd: {interval: 100ms, multiplier: 3}}
sites: {berlin: {region: de}, dc-ams: {region: nl}}
nodes:
  b1: {site: berlin, loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: eth9}]}
  a1: {site: dc-ams, loopback: 10.255.0.2/32, attached: [{prefix: 10.20.0.0/24, interface: eth9}]}
links: [{id: l1, a: b1, b: a1, capacity: 1Gbps, latency: 5ms, crosses: []}]
"""
INTENT = """\
intent i{0} "Number {0}" {{
  from      berlin
  to        dc-ams
  match     tcp/{1}
  priority  high
  latency   <= 25ms
  bandwidth 1Mbps
  pin       region eu
}}

"""
LINES = 10  # of an intent
Change = Callable[[int], tuple[int, int, int, str]]  # number of the change -> line, first and last column, new text


def letter(line: int) -> Change:
    """Type a letter into the name of the intent that begins at a line, and take it back."""
    return lambda number: (line, 7, 7, "x") if number % 2 else (line, 7, 8, "")


def unit(line: int) -> Change:
    """Make a unit of the intent that begins at a line wrong, and right again."""
    return lambda number: (line + 5, 17, 17, "s") if number % 2 else (line + 5, 17, 18, "")


def above(_line: int) -> Change:
    """Add a line above all others: every place in the file is another one."""
    return lambda _number: (0, 0, 0, "\n")


TYPED = {"a letter in a name": letter, "a unit, wrong and right": unit, "a line above all": above}


def measure(typed: Callable[[int], Change], intents: int, changes: int) -> tuple[list[float], float]:
    """Return the milliseconds that each change waits for its diagnostics, and the server's CPU milliseconds per change."""
    text = "".join(INTENT.format(number, 1000 + number) for number in range(intents))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "intentc.toml").write_text(TOML)
        (root / "net.yaml").write_text(NET)
        (root / "a.intent").write_text("")
        editor = Editor(root)
        try:
            editor.open("a.intent", "")
            editor.diagnostics("a.intent")
            editor.change("a.intent", text)
            editor.diagnostics("a.intent")
            change = typed(intents // 2 * LINES)
            taken, before = [], editor.cpu_seconds()
            for number in range(1, changes + 1):
                line, first, last, new = change(number)
                begun = time.perf_counter()
                editor.edit("a.intent", (line, first), (line, last), new)
                editor.diagnostics("a.intent")
                taken.append((time.perf_counter() - begun) * 1000)
            return taken, (editor.cpu_seconds() - before) * 1000 / changes
        finally:
            editor.kill()


def main() -> None:
    """Print median, nine tenths and worst of each kind of change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intents", type=int, default=500, help="of ten lines each")
    parser.add_argument("--changes", type=int, default=40)
    arguments = parser.parse_args()
    print(f"{arguments.intents * LINES} lines; ms from a change to its diagnostics")
    for name, typed in TYPED.items():
        taken, cpu_ms = measure(typed, arguments.intents, arguments.changes)
        most = statistics.quantiles(taken, n=10)[-1]
        print(
            f"  {name:24} {statistics.median(taken):6.0f} (nine tenths below {most:.0f}, worst {max(taken):.0f})",
            end="",
        )
        print(f"  CPU {cpu_ms:.0f}")


if __name__ == "__main__":
    main()
