"""What is kept of a placement for certificates: the books only where something was refused, and told again only where something rests on them."""

import weakref

import pytest
from support_model import capabilities, demand, model, network, wire

from intentc.diagnostics import Findings
from intentc.place import place as placing
from intentc.place.certificates import certify as certifying
from intentc.place.certificates.certify import certify
from intentc.place.certificates.docket import Docket
from intentc.place.context import make_context
from intentc.place.place import place
from intentc.realise.mechanisms import Mechanisms
from intentc.values import replace


@pytest.mark.parametrize("mbps", [100, 5000])
def test_books_go_when_nothing_was_refused(mbps, monkeypatch):
    net = network([wire("a-b", mbps=1000), wire("b-c", mbps=1000)])
    of, books, docket = model(net, demand(net, "a", "c", mbps=mbps, bound_ms=20)), [], Docket()

    def make(*arguments):
        context = make_context(*arguments)
        books.append(weakref.ref(context.ledger))
        return context

    monkeypatch.setattr(placing, "make_context", make)
    found = place(of, Mechanisms(net, capabilities(net)), Findings(), docket=docket)
    is_placed = bool(found.demands)
    assert is_placed == (mbps == 100)
    assert (books[0]() is None) == (docket.context is None) == is_placed
    assert docket.network is not None
    assert [task.demand.key for task in docket.bounded(next(iter(of.demands.values())).intent)] == list(found.demands)


@pytest.mark.parametrize(("asked", "kind"), [({"bound_ms": 1}, "Potential"), ({"mbps": 600, "bound_ms": 20}, "Prices")])
def test_only_a_proof_that_rests_on_what_is_placed_looks_at_it(asked, kind, monkeypatch):
    net = network([wire("a-b", ms=2), wire("b-c", ms=2)])
    placed, other = demand(net, "a", "c", mbps=500, bound_ms=20), demand(net, "a", "c", intent="other", **asked)
    looks, kept, docket = [], Docket.kept, Docket()
    place(model(net, placed, other), Mechanisms(net, capabilities(net)), Findings(), docket=docket)
    monkeypatch.setattr(Docket, "kept", lambda *asked: looks.append(asked) or kept(*asked))
    answers = certify(docket, ())
    assert [type(answer.refusal.certificate).__name__ for answer in answers] == [kind]
    assert bool(looks) == (kind == "Prices")


@pytest.mark.parametrize(("mbps", "kind"), [(400, "NoneType"), (600, "Cut")])
def test_books_for_proofs_are_made_only_where_no_path_has_room_beside_all_that_was_placed(mbps, kind, monkeypatch):
    net = network([wire("a-b", ms=2), wire("b-c", ms=2)])
    placed, refused = demand(net, "a", "c", mbps=500), demand(net, "a", "c", mbps=mbps, bound_ms=1, intent="other")
    docket, made, proofs, up_to = Docket(), [], [], certifying._Books.up_to
    place(model(net, placed, refused), Mechanisms(net, capabilities(net)), Findings(), docket=docket)

    def prove(clerk, item):
        verdict = item.causes[0].verdict
        unbounded = replace(verdict.task, demand=replace(verdict.task.demand, bound_ns=None))
        question = certifying._Question(item, unbounded, verdict.outage, None, is_given_up=False)
        proofs.append(clerk._path_proof(question, is_placed=True))
        return iter(())

    monkeypatch.setattr(certifying._Books, "up_to", lambda books, rank: made.append(rank) or up_to(books, rank))
    monkeypatch.setattr(certifying._Clerk, "answers", prove)
    certify(docket, ())
    assert [type(proof).__name__ for proof in proofs] == [kind]
    assert bool(made) == (kind == "Cut")
