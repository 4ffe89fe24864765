"""Looks at failure states that are offered to another CPU: they come to what they come to at once, whoever is faster and whatever becomes of them."""

import gc
import os
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network as model
from support_model import wire
from support_native import at_once, ends_of, needs_kernels, two_cpus
from support_reconverge import asked, question, told

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import Outage, Watch
from intentc.native import compiled

pytestmark = needs_kernels
NODES = 1500


@pytest.fixture(autouse=True, scope="module")
def _another_cpu():
    with two_cpus():
        assert compiled("aside").is_there()
        yield


def look(of, igp):
    return compiled("reconverge").Look(*question(of, igp))


def found(of, igp):
    return told(compiled("reconverge").settled(*question(of, igp)))


@settings(max_examples=120, deadline=None)
@given(asked(), st.data())
def test_looks_come_to_the_same_in_any_order_offered_or_not(of, data):
    """Several of one network, which share what is worked on; some nobody ever asks."""
    igp, count = Igp(of.network), data.draw(st.integers(1, 8))
    starts = st.integers(0, len(of.network.nodes) - 1)
    asks = []
    for _ in range(count):
        other = SimpleNamespace(**vars(of))
        other.start, other.targets = data.draw(starts), data.draw(ends_of(of.network))
        other.accepted = data.draw(st.sampled_from((of.accepted, other.targets)))
        other.barred = data.draw(st.sampled_from((of.barred, frozenset())))
        asks.append(other)
    looks = [look(other, igp) for other in asks]
    for at in data.draw(st.permutations(range(count))):
        if data.draw(st.booleans()):
            looks[at].offer()
    for at in data.draw(st.permutations(range(count)))[: data.draw(st.integers(0, count))]:
        expected = found(asks[at], igp)  # by this CPU, while the other one may look
        assert told(looks[at].ways()) == told(looks[at].ways()) == expected
        looks[at].offer()  # is done already
        assert told(looks[at].ways()) == expected


def ring():
    """A question that takes a CPU some milliseconds: a ring, and each of its links failing."""
    names = [f"n{number:04}" for number in range(NODES)]
    links = [wire(f"{one}-{other}") for one, other in pairwise([*names, names[0]])]
    network, watch = build_network(model(links)), Watch()
    for link in range(len(network.links)):
        watch.add(Outage(network.links[link], frozenset(), frozenset({link}), network.link_bit(link)))
    end = frozenset({network.node_index["n0400"]})
    start = network.node_index["n0000"]
    on_way = {network.link_index[f"{one}-{other}"] for one, other in pairwise(names[:401])}
    return SimpleNamespace(
        network=network,
        watch=watch,
        start=start,
        targets=end,
        accepted=end,
        fences=frozenset(),
        barred=frozenset(),
        ahead=None,
        bound=None,
        is_narrow=False,
        places=[place for place, outage in enumerate(watch.all) if outage.links <= on_way],
    )


@pytest.fixture(scope="module")
def big():
    return ring()


def offered(of, igp, count):
    looks = [look(of, igp) for _ in range(count)]
    for one in looks:
        one.offer()
    return looks


def test_the_other_cpu_looks_while_this_one_does_not_ask(big):
    """What is found before anybody asks is found by it: with the thread at an end there is nothing left to do."""
    igp = Igp(big.network)
    (one,) = offered(big, igp, 1)
    assert big.places
    compiled("aside").pause()  # ends once what is begun is done
    compiled("aside").resume()
    assert told(one.ways()) == found(big, igp)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_copy_of_the_process_looks_at_the_rest_itself(big):
    igp = Igp(big.network)
    looks, expected = offered(big, igp, 40), found(big, igp)
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        looks[-1].offer()
        same = [told(one.ways()) == expected for one in looks[::-3]]
        looks.clear()  # without having been asked
        gc.collect()
        os.write(theirs, repr((same, compiled("aside").is_there())).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as stream:
        assert stream.read() == repr(([True] * 14, False))
    assert os.waitpid(pid, 0)[1] == 0
    assert all(told(one.ways()) == expected for one in looks)


def test_looks_that_nobody_asks_are_taken_back_or_waited_for(big):
    igp = Igp(big.network)
    for _ in range(20):
        looks = offered(big, igp, 5)
        del looks[::2]
        looks.reverse()
        del looks
    other = ring()
    looks = offered(other, Igp(other.network), 3)
    del other, looks  # its network goes with them
    gc.collect()
    assert told(look(big, igp).ways()) == found(big, igp)


def test_where_there_is_no_other_cpu_who_asks_looks(big):
    igp = Igp(big.network)
    with at_once():
        looks = offered(big, igp, 3)
        assert not compiled("aside").is_there()
        assert all(told(one.ways()) == found(big, igp) for one in looks)


def test_what_does_not_belong_together_is_refused(big):
    igp = Igp(big.network)
    for name, wrong in (("start", -1), ("start", NODES), ("places", [len(big.watch.all)]), ("places", [-1])):
        other = SimpleNamespace(**{**vars(big), name: wrong})
        with pytest.raises(IndexError):
            look(other, igp)
