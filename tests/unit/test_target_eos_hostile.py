"""The target `eos` against hostile text: what is not of the known form is refused, and names of users reach no configuration."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_eos import (
    LAG,
    MORE_HOSTS,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    isolate,
    mark,
    meter,
    pause,
    port,
    queue,
    rendered,
    repair,
    steer,
)
from support_frr import H1, MBPS

from intentc.ir.model import (
    Origin,
)
from intentc.ir.names import object_name

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


HOSTILE = [
    "x\n   deny ip any any",
    "x !",
    "x\r\nend",
    "$(reboot)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "x y",
    "../../etc",
    "x;y",
    "x|y",
    "x\0y",
    "-rf",
    "ÄÖ",
    "",
    "a" * 64,
    "Ethernet1 ",
    "Ethernet1/１",
    "Ethernet1\n",
    "ethernet1",
    "et1",
    "Management0",
    "Loopback0",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "build",
    [
        lambda text: config(edges=[edge(text)]),
        lambda text: config(marking=[mark("m", UDP, interfaces=(text,))]),
        lambda text: config(fences=[fence("f", UDP, (text,))]),
        lambda text: config(fences=[fence("f", replace(UDP, source=text))]),
        lambda text: config(fences=[fence("f", replace(UDP, destination=text))]),
        lambda text: config(fences=[fence("f", replace(UDP, protocol=text))]),
        lambda text: config(isolation=[isolate("i", text)]),
        lambda text: config(queueing=[port(text)]),
        lambda text: config(steering=[steer(UDP, interfaces=(text,))]),
        lambda text: config(bfd=[bfd(text)]),
        lambda text: config(pauses=[pause(text)]),
        lambda text: config(counting=[count("c", replace(UDP, source=text))]),
    ],
)
def test_what_is_not_of_the_known_form_is_never_written(build, text):
    with pytest.raises(ValueError, match=r"not |does not appear|octet|Expected|host bits|Only decimal|At "):
        rendered(build(text))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text not in {"ethernet1", "et1", "a" * 64}])
@pytest.mark.parametrize(
    "build",
    [
        lambda text: config(marking=[mark(text, UDP)]),
        lambda text: config(fences=[fence(text, UDP)]),
        lambda text: config(counting=[count(text, UDP)]),
        lambda text: config(isolation=[isolate(text, H1)]),
        lambda text: config(meters=[meter(text, MBPS)], marking=[mark("m", UDP, meter=text)]),
    ],
)
def test_what_is_no_name_is_never_written(build, text):
    with pytest.raises(ValueError, match="not an object name"):
        rendered(build(text))


@pytest.mark.parametrize("text", ["CORE x", "x\ny", "", "-c", "a" * 37, "x;y"])
def test_what_is_no_process_is_never_written(text):
    item = config(repairs=[repair()])
    with pytest.raises(ValueError, match="not a process name"):
        rendered(item, fleet(item, process=text))


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_names_of_users_reach_no_configuration(name):
    """Intents, titles and keys are only in origins and, as a digest with plain words, in names of counters."""
    safe = object_name(name, "x")
    plain = rendered(config(fences=[fence(safe, UDP)]))
    hostile = replace(fence(safe, UDP), origin=Origin((name,), fence(safe, UDP).origin.spans))
    assert rendered(config(fences=[hostile])) == plain


@given(st.text(min_size=1, max_size=20).filter(lambda text: text != "default"))
@settings(max_examples=80, deadline=None)
def test_names_of_classes_reach_no_configuration(name):
    one = replace(queue("high"), traffic_class=name)
    item = config(queueing=[port(queues=(one, queue("default")))])
    known = fleet(item)
    own = replace(known.classes["high"], name=name)
    text = rendered(item, replace(known, classes={**known.classes, name: own}))
    assert text == rendered(config(queueing=[port(queues=(queue("high"), queue("default")))]))


def test_many_counters_on_one_line_keep_to_the_length_of_a_remark():
    counts = [count(f"counter-number-{n}", flow()) for n in range(30)]
    text = rendered(config(counting=counts))
    (remark,) = re.findall(r"remark (.*)", text)
    assert len(remark) <= 130
    assert re.search(r"and-\d+-more-[0-9a-f]{5}$", remark)
    other = rendered(config(counting=[*counts[:-1], replace(counts[-1], counter="another")]))
    assert other != text


def test_ports_with_alike_names_have_objects_of_their_own():
    ports = [edge("Ethernet1/1"), edge("Ethernet1/1/1"), edge("Ethernet11"), edge(LAG), edge(MORE_HOSTS)]
    text = rendered(config(edges=ports))
    names = re.findall(r"service-policy type qos input (\S+)", text)
    assert len(set(names)) == len(ports)
