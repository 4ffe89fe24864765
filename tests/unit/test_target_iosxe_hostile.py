"""The target `iosxe` against hostile text: what is not of the known form is refused, and names of users reach no configuration."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import MBPS, ORIGIN, flow, meter
from support_iosxe import (
    algorithm_policy,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    isolate,
    mark,
    policy,
    port,
    probe,
    queue,
    rendered,
    repair,
    steer,
    stream,
)

from intentc.ir.model import Origin

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


HOSTILE = [
    "x</name><name>y",
    "x]]>y",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "&lt;",
    "x\n!\ncommit",
    "$(reload)",
    "{{ 7 * 7 }}",
    "x y",
    "../../etc",
    "x\0y",
    "ÄÖ",
    "",
    "a" * 64,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "build",
    [
        lambda text: config(edges=[edge(text)]),
        lambda text: config(marking=[mark("m", UDP, interfaces=(text,))]),
        lambda text: config(marking=[mark(text, UDP)]),
        lambda text: config(meters=[meter(text, MBPS)], marking=[mark("m", UDP, meter=text)]),
        lambda text: config(fences=[fence("f", UDP, (text,))]),
        lambda text: config(fences=[fence("f", replace(UDP, source=text))]),
        lambda text: config(fences=[fence("f", replace(UDP, protocol=text))]),
        lambda text: config(isolation=[isolate("i", text)]),
        lambda text: config(steering=[steer(UDP, interfaces=(text,))]),
        lambda text: config(queueing=[port(text)]),
        lambda text: config(bfd=[bfd(text)]),
        lambda text: config(repairs=[repair(text)]),
        lambda text: config(probes=[probe(text)]),
        lambda text: config(algorithm_policies=[algorithm_policy(text)]),
        lambda text: config(counting=[count("c", UDP, (text,))]),
        lambda text: config(policies=[policy(text)]),
        lambda text: config(streams=[stream(text)]),
        lambda text: config(streams=[stream(address=text)]),
        lambda text: config(streams=[stream(interfaces=(text,))]),
    ],
)
def test_what_is_not_of_the_known_form_is_never_written(build, text):
    with pytest.raises(ValueError, match=r"not |does not appear|octet|Expected|host bits"):
        rendered(build(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_process_of_another_form_is_never_written(text):
    item = config(repairs=[repair()])
    with pytest.raises(ValueError, match="not a process"):
        rendered(item, fleet(item, process=text))


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_names_of_users_reach_no_configuration(name):
    hostile = Origin((name,), ORIGIN.spans)
    plain = rendered(config(edges=[edge()], marking=[mark("m", UDP)]))
    assert rendered(config(edges=[edge()], marking=[replace(mark("m", UDP), origin=hostile)])) == plain


@pytest.mark.parametrize("name", ["</name>", "$(reload)", "\n!", "other"])
def test_a_class_named_by_a_user_is_never_written(name):
    """Classes on devices are named by their code points."""

    def text(word):
        own = replace(queue("high"), traffic_class=word)
        return rendered(config(queueing=[port(queues=(own, queue("default")))]))

    assert text(name) == text("another")
