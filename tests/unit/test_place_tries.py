"""How many tries there are at placing a demand, and how far each goes."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from support_model import demand, failed, failover, model, wire
from support_sr import sr_network, sr_realised

from intentc.forwarding.outage import Outage
from intentc.place import attempt, trial
from intentc.place.check import Lack, Shortfall
from intentc.place.roles import Role, Setback, Variation


def setback(number, lack=Lack.CAPACITY):
    outage = Outage(f"link {number}", frozenset(), frozenset({number}), 1 << number)
    role = Role(lambda _outage: (), lambda _outage: None)
    return Setback(None, role, outage, Shortfall(lack), has_given_up=True)


@pytest.mark.parametrize(
    ("lack", "stopped", "tries", "covers"),
    [
        (Lack.CAPACITY, 1, 5, 1),
        (Lack.CAPACITY, 4, 5, 1),
        (Lack.CAPACITY, 5, 3, 0),
        (Lack.CAPACITY, 11, 3, 0),
        (Lack.CAPACITY, 12, 2, 0),
        (Lack.LATENCY, 12, 5, 1),
    ],
)
def test_the_more_states_lack_room_the_fewer_other_tries_there_are(lack, stopped, tries, covers, monkeypatch):
    """All of them are stopped by so many. Spares are sought with the primary path where few states were full; nothing
    is learned from where else these fail, so the first state is enough.
    """
    seen, planned = [], []
    setbacks = [setback(number, lack) for number in range(stopped)]

    def tried(one, _role, _may_lack, suspects=None):
        if context.plans:
            planned.append(suspects)
            return setbacks[:1], []
        seen.append(one.variation)
        return setbacks, [Variation(banned=frozenset({len(seen), arc})) for arc in range(100, 110)]

    kept = SimpleNamespace(demands={})
    context = SimpleNamespace(kept=kept, plans={})
    task = SimpleNamespace(demand=SimpleNamespace(key="x"))
    monkeypatch.setattr(attempt, "Trial", lambda *of: SimpleNamespace(variation=of[3], is_settled=True))
    monkeypatch.setattr(attempt, "_try", tried)
    monkeypatch.setattr(attempt, "is_hopeless", lambda *_: False)
    monkeypatch.setattr(attempt, "find_cover", lambda *_: "a plan")
    assert attempt._attempt(context, task, setbacks[0].role, lambda _: False, Variation()) == setbacks
    assert (len(seen), planned) == (tries, [()] * covers)


def ladder(rungs):
    """Two rows of nodes from a00 to a20, the lower one too narrow, and a far way around both over z; a demand that survives
    any link of the upper row.

    No list of three segments can go down with each of these links.
    """
    upper = [f"a{at:02}" for at in range(rungs)]
    lower = [f"b{at:02}" for at in range(rungs)]
    links = [
        *(wire(f"{one}-{other}", mbps=100) for one, other in pairwise(upper)),
        *(wire(f"{one}-{other}", mbps=10, metric=12) for one, other in pairwise(lower)),
        *(wire(f"{one}-{other}", mbps=10) for one, other in zip(upper, lower, strict=True)),
        *(wire(f"{end}-z", mbps=100, metric=900, ms=20) for end in (upper[0], upper[-1])),
    ]
    net = sr_network(links, depth=3, ends=(upper[0], upper[-1]))
    states = [failed("link", f"{one}-{other}") for one, other in pairwise(upper)]
    return model(net, demand(net, upper[0], upper[-1], mbps=50, failover=failover(*states, mbps=50)))


@pytest.mark.parametrize(("rungs", "most"), [(9, None), (20, trial.MOST_SETBACKS + 1)])
def test_a_try_without_room_in_many_states_ends_and_another_path_is_found(rungs, most, monkeypatch):
    tried, counts = attempt._try, []

    def counting(*of):
        found = tried(*of)
        counts.append(len(found[0]))
        return found

    monkeypatch.setattr(attempt, "_try", counting)
    found, _ = sr_realised(ladder(rungs))
    assert counts[0] == (most or rungs - 3)  # two links of them all can be pinned
    assert found.demands[f"x/a00>a{rungs - 1:02}"].primary[0].nodes == ("a00", "z", f"a{rungs - 1:02}")
