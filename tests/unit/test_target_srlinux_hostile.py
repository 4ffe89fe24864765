"""The target `srlinux` against hostile text: what is not of the known form is refused, and names of users reach no configuration."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1_6
from support_srlinux import (
    MORE_HOSTS,
    OTHER_LINK,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    isolate,
    mark,
    pause,
    payload,
    port,
    probe,
    queue,
)

from intentc.ir.model import Origin
from intentc.ir.names import object_name

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


HOSTILE = [
    "x</name><drop/>",
    "x\n<y/>",
    "&e;",
    "$(reboot)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "x y",
    "../../etc",
    "x;y",
    "x\0y",
    "-rf",
    "ÄÖ",
    "",
    "a" * 64,
    "ethernet-1/1 ",
    "ethernet-1/１",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "build",
    [
        lambda text: config(edges=[edge(text)]),
        lambda text: config(marking=[mark("m", UDP, interfaces=(text,))]),
        lambda text: config(marking=[mark(text, UDP)], fences=[fence("f", UDP)]),
        lambda text: config(fences=[fence(text, UDP)]),
        lambda text: config(fences=[fence("f", replace(UDP, source=text))]),
        lambda text: config(fences=[fence("f", replace(UDP, protocol=text))]),
        lambda text: config(isolation=[isolate("i", text)]),
        lambda text: config(queueing=[port(text)]),
        lambda text: config(counting=[count(text, UDP)]),
        lambda text: config(bfd=[bfd(text)]),
        lambda text: config(probes=[probe(text)]),
        lambda text: config(queueing=[port()], pauses=[pause(text)]),
    ],
)
def test_what_is_not_of_the_known_form_is_never_written(build, text):
    with pytest.raises(ValueError, match=r"not |does not appear|octet|Expected|host bits"):
        payload(build(text))


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_names_of_users_reach_no_configuration(name):
    """Intents, titles and keys are only in origins and, as a digest with plain words, in names of counters."""
    safe = object_name(name, "x")
    plain = payload(config(fences=[fence(safe, UDP)]))
    hostile = replace(fence(safe, UDP), origin=Origin((name,), fence(safe, UDP).origin.spans))
    assert payload(config(fences=[hostile])) == plain


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_process_is_refused(text):
    item = config(bfd=[bfd()])
    with pytest.raises(ValueError, match="not a process"):
        payload(item, replace(fleet(item), igp_process=text))


@given(st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,60}", fullmatch=True), min_size=2, max_size=2, unique=True))
@settings(max_examples=60, deadline=None)
def test_names_of_sessions_fit_and_stay_apart(names):
    text = payload(config(probes=[probe(name) for name in sorted(names)]))
    found = re.findall(r"<session-name>([^<]+)<", text)
    assert len(set(found)) == 2
    assert all(len(name) <= 32 for name in found)


@given(st.text(min_size=1, max_size=20))
@settings(max_examples=80, deadline=None)
def test_names_of_classes_reach_no_configuration(name):
    one = replace(queue("high"), traffic_class=name)
    item = config(queueing=[port(queues=(one, queue("default")))])
    known = fleet(item)
    own = replace(known.classes["high"], name=name)
    text = payload(item, replace(known, classes={**known.classes, name: own}))
    usual = payload(config(queueing=[port(queues=(queue("high"), queue("default")))]))
    assert text == usual


def test_more_classes_than_forwarding_classes_is_a_bug_not_a_wrong_line():
    names = [f"c{n}" for n in range(6)]
    queues = tuple(replace(queue("high"), traffic_class=name, dscps=(n,)) for n, name in enumerate(names))
    with pytest.raises(ValueError, match="classes"):
        payload(config(queueing=[port(queues=queues)]))


def test_rules_of_one_family_leave_the_other_alone():
    text = payload(config(fences=[fence("six", flow(H1_6, "::/0"), (OTHER_LINK,))]))
    assert "ITC-OUT6-ethernet-1-3.0" in text
    assert "ITC-OUT4" not in text
    assert MORE_HOSTS not in text
