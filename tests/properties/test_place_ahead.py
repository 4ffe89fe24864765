"""What is looked at ahead of its turn is placed as if it had not been."""

import sys
from pathlib import Path

import pytest
from support_native import at_once, needs_kernels, two_cpus
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.place import ahead
from intentc.place.drafts import Drafts

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import workload

pytestmark = needs_kernels


def placed(seed, mbps, patch, most):
    """Return what a crowded network comes to, and how many drafts were of use."""
    used = []
    take = Drafts.take

    def taken(self, role):
        draft = take(self, role)
        used.append(draft is not None and draft.plain is not None and draft.plain.look is not None)
        return draft

    patch.setattr(Drafts, "take", taken)
    patch.setattr(ahead, "_MOST", most)
    patch.setattr(ahead, "_LEAST", most // 2)
    wan = workload.gabriel(20, seed)
    every = stages_with_all_targets()
    stages = every[: next(at for at, stage in enumerate(every) if stage.__name__ == "place") + 1]
    text = workload.intents_text(wan, 60, seed + 1, workload.Mix(mean_mbps=mbps, burst_kb=18))
    run = build(text, workload.topology_text(wan, "sr-bench"), stages).run
    return run.realised, [repr(item) for item in run.findings.items], sum(used)


@pytest.mark.parametrize("mbps", [30, 20_000])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("most", [1, 6, 12])
def test_nothing_that_comes_out_depends_on_it(seed, mbps, most, monkeypatch):
    with at_once():
        *alone, unused = placed(seed, mbps, monkeypatch, most)
    with two_cpus():
        *found, used = placed(seed, mbps, monkeypatch, most)
    assert (found[0].demands, found[0].loads, found[1]) == (alone[0].demands, alone[0].loads, alone[1])
    assert unused == 0
    assert used > 10
