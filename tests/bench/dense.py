"""Ties and dense fabrics against sparse wide-area networks of as many links: CPU ms of `place`, `python tests/bench/dense.py 60`.

Each pair runs in turn, three times, and the least time of each counts. `states` are the promised failure states in which the paths of demands
are met, over all demands: 8 for each in a sparse network, some 40 for each of a fabric whose 16 equal paths carry it all at once.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "properties"))

import test_place_dense as networks
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.run import Run

_SIZES = ((4, 17), (6, 63), (8, 150))  # k of a fat-tree, nodes of a Gabriel graph
_ROUNDS = 3


@dataclass(frozen=True)
class Taken:
    """What a run took: `ms` of CPU, over `links`, for `placed` demands that meet `states` together."""

    ms: float
    links: int
    placed: int
    states: int


def measure(links: list[tuple[str, str, int]], ends: list[str], clauses: str, demands: int) -> Taken:
    """Return what `place` takes for some demands between random ends."""
    every = stages_with_all_targets()
    stages = every[: next(at for at, stage in enumerate(every) if stage.__name__ == "place") + 1]
    spent_s = 0.0

    def timed(run: Run) -> None:
        nonlocal spent_s
        begun = time.process_time()
        stages[-1](run)
        spent_s = time.process_time() - begun

    source = random.Random(7)  # noqa: S311  (a workload, no secret)
    pairs = [source.sample(ends, 2) for _ in range(demands)]
    text = "\n".join(
        f"intent i{at} {{ from {a} to {b} unidirectional match tcp/{1000 + at} bandwidth 10Mbps {clauses} }}"
        for at, (a, b) in enumerate(pairs)
    )
    placed = build(text, networks.topology(links), (*stages[:-1], timed)).run.realised.demands.values()
    met = sum(len(result.when) for item in placed for result in item.states)
    return Taken(spent_s * 1000, len(links), len(placed), met)


def main(demands: int) -> None:
    """Print a line per clause and size."""
    kinds = {"bound": networks.PLAIN, "even": networks.EVEN, "bound, any 1 link": networks.PROTECTED}
    for name, clauses in kinds.items():
        for k, nodes in _SIZES:
            rows = [
                (
                    measure(*networks.fat_tree(k), clauses, demands),
                    measure(*networks.wide_area(nodes), clauses, demands),
                )
                for _ in range(_ROUNDS)
            ]
            dense, sparse = (min(column, key=lambda each: each.ms) for column in zip(*rows, strict=True))
            shown = " against ".join(
                f"{each.ms:.1f} ms ({each.links} links, {each.placed} demands, {each.states} states)"
                for each in (dense, sparse)
            )
            each_state = dense.ms / dense.states / (sparse.ms / sparse.states) if sparse.states else 0.0
            print(
                f"{name}: {shown}: {dense.ms / sparse.ms:.2f}" + (f", per state {each_state:.2f}" if each_state else "")
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
