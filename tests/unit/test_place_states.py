"""Promised failure states by their ids, for many demands that are promised much the same."""

from types import SimpleNamespace

from intentc.forwarding.outage import Outage
from intentc.forwarding.promised import Promised
from intentc.place.certificates.queued import _States

A, B = (Outage(name, frozenset(), frozenset({at}), 1 << at) for at, name in enumerate("ab"))


def test_a_state_is_that_of_the_demand_that_is_asked_about():
    whole = Promised([("link:a", A), ("link:b", B), ("srlg:b", B)])
    tasks = [
        SimpleNamespace(promised=one) for one in (whole, whole.without([("link:a", A)]), Promised([("srlg:b", A)]))
    ]
    for order in (tasks, tasks[::-1]):
        states = _States()
        found = {id(task): [states.outage(task, name) for name in ("link:a", "srlg:b", "link:c")] for task in order}
        assert [found[id(task)] for task in tasks] == [[A, B, None], [None, B, None], [None, A, None]]
