"""Random programs are placed as they are where no failure states are settled at once, by a kernel, or in one loop."""

import random

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_sr_agreement import with_policies
from test_verify_agreement import network as random_network
from test_verify_agreement import program


@pytest.mark.parametrize("slower", ["settle_at_once", "may_go_by_igp"])
@pytest.mark.parametrize("seed", range(6))
def test_programs_are_placed_alike_state_by_state(seed, slower, monkeypatch):
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = with_policies(source, random_network(source))
    text = program(source)
    swift = build(text, net, stages_with_all_targets()).run
    monkeypatch.setattr(f"intentc.place.trial.{slower}", lambda *_: None)
    slow = build(text, net, stages_with_all_targets()).run
    assert swift.realised.demands == slow.realised.demands
    assert swift.realised.loads == slow.realised.loads
    assert [(item.code, item.message) for item in swift.findings.items] == [
        (item.code, item.message) for item in slow.findings.items
    ]
