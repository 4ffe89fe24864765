"""The target `junos` against hostile text: what is not of the known form is refused, and names of users reach no configuration."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import (
    MBPS,
    ORIGIN,
    bfd,
    count,
    edge,
    fence,
    flow,
    isolate,
    mark,
    meter,
    port,
)
from support_junos import (
    CODE,
    algorithm,
    bundle,
    config,
    policy,
    policy_steer,
    probe,
    repair,
    stream,
    text,
)

from intentc.ir.model import Origin
from intentc.ir.names import object_name

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


HOSTILE = [
    'x"; delete groups; #',
    "x</name><name>y",
    "<![CDATA[x]]>",
    "&xxe;",
    "$(reboot)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "x y",
    "../../etc",
    "x;y",
    "x\0y",
    "<*>",
    "ÄÖ",
    "",
    "a" * 64,
]


BUILDS = {
    "edge port": lambda word: config(edges=[edge(word)]),
    "port of a rule": lambda word: config(marking=[mark("m", UDP, interfaces=(word,))]),
    "counter": lambda word: config(marking=[mark(word, UDP)]),
    "meter": lambda word: config(meters=[meter(word, MBPS)], marking=[mark("m", UDP, meter=word)]),
    "counter of a fence": lambda word: config(fences=[fence(word, UDP)]),
    "source": lambda word: config(fences=[fence("f", replace(UDP, source=word))]),
    "protocol": lambda word: config(fences=[fence("f", replace(UDP, protocol=word))]),
    "prefix": lambda word: config(isolation=[isolate("i", word)]),
    "link port": lambda word: config(queueing=[port(word)]),
    "port with BFD": lambda word: config(bfd=[bfd(word)]),
    "counter of arrivals": lambda word: config(counting=[count(word, UDP)]),
    "policy": lambda word: config(policies=[policy(word)]),
    "algorithm": lambda word: config(algorithm_policies=[algorithm(word)]),
    "port with repairs": lambda word: config(repairs=[repair(word)]),
    "stream": lambda word: config(streams=[stream(word)]),
    "collector": lambda word: config(streams=[stream(address=word)]),
    "port of a stream": lambda word: config(streams=[stream(interfaces=(word,))]),
    "probe": lambda word: config(probes=[probe(word)]),
    "policy of a rule": lambda word: config(policy_steering=[policy_steer(UDP, word)]),
}


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("place", sorted(BUILDS))
def test_what_is_not_of_the_known_form_is_never_written(place, word):
    with pytest.raises(ValueError, match=r"not |does not appear|octet|Expected|host bits"):
        text(BUILDS[place](word))


@given(st.sampled_from(sorted(BUILDS)), st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_hostile_text_is_refused_or_harmless(place, word):
    """Whatever is written is made of characters that mean nothing in XML or to Junos."""
    try:
        shown = text(BUILDS[place](word))
    except ValueError:
        return
    assert not word or word not in shown or set(word) <= set("abcdefghijklmnopqrstuvwxyz0123456789-./:")
    assert CODE.differences(bundle(BUILDS[place](word)), shown) == ()


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_names_of_users_reach_no_configuration(name):
    safe = object_name(name, "x")
    hostile = Origin((name,), ORIGIN.spans)
    plain = text(config(marking=[mark(safe, UDP)]))
    assert text(config(marking=[replace(mark(safe, UDP), origin=hostile)])) == plain


@given(st.text(alphabet="ab-", min_size=1, max_size=63), st.text(alphabet="ab-", min_size=1, max_size=63))
@settings(max_examples=100, deadline=None)
def test_names_that_are_shortened_stay_apart_and_short(one, other):
    from intentc_target_junos import escape

    first, second = (escape.object_name(f"x{word}"[:60]) for word in (one, other))
    assert (first == second) == (f"x{one}"[:60] == f"x{other}"[:60])
    assert len(first) <= 44
