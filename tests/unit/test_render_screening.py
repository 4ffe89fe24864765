"""What ports drop, as each target reads it out of its own words, against fences and isolation: as sets of packets, exactly."""

from dataclasses import replace

import pytest
import support_eos as eos
import support_frr as frr
import support_iosxe as iosxe
import support_iosxr as iosxr
import support_junos as junos
import support_openconfig as openconfig
import support_srlinux as srlinux
from hypothesis import given, settings
from hypothesis import strategies as st
from support_flows import PACKETS, has, small_flows, with_holes
from support_frr import H1, H1_6, flow

from intentc.ir.model import DeviceConfig, IsolationRule
from intentc.render.equivalence import as_running, read_device
from intentc.render.render import load_code, render_device
from intentc.render.screening import _boxes, _dropped_by_one, filtering_ports, screened
from intentc.resolve.packets import meet
from intentc.targetkit.kit import Screen, ScreenEntry
from intentc.targetkit.network_traffic import never_routed

MODULES = {
    "eos": eos,
    "frr": frr,
    "iosxe": iosxe,
    "iosxr": iosxr,
    "junos": junos,
    "openconfig": openconfig,
    "srlinux": srlinux,
}
WEB = flow(protocol="tcp", ports=(443, 443))
VOICE = flow(protocol="udp", ports=(7000, 7009))
BACK = flow("10.10.2.0/24", H1, "tcp", source_ports=(443, 443))
CALL = flow("10.10.2.0/24", H1, "udp", (7000, 7009))


def read(target, item, running=None):
    """Return what was read of a device that has been given a configuration, or runs another text."""
    known = MODULES[target].fleet(item)
    made = render_device(item, known, frr.targets()[target])
    text = as_running(made) if running is None else running
    return read_device(made, text, load_code(frr.targets()[target]), known.infrastructure)


def wrong(target, item, really):
    """Return the packets of which a device that runs one configuration does not do what another one says."""
    known = MODULES[target].fleet(really)
    made = render_device(really, known, frr.targets()[target])
    screens = load_code(frr.targets()[target]).screens(as_running(made), filtering_ports(item))
    return list(screened(item, known.infrastructure, screens))


def rules_of(module):
    """Return what makes rules at the ports of a target; those of Junos are named when they are put into a device."""
    return frr if module is junos else module


def lists(entries):
    return st.lists(st.tuples(entries, st.booleans()), max_size=5)


def dropped(entries, packet):
    return next((is_dropped for one, is_dropped in entries if has(one, packet)), False)


@given(lists(small_flows()), lists(small_flows()))
@settings(max_examples=100)
def test_two_lists_are_told_apart_by_a_packet_that_only_one_of_them_drops(one, other):
    first, second = (_boxes([ScreenEntry(*item) for item in entries], 4) for entries in (one, other))
    found = _dropped_by_one(first, second)
    if found is None:
        assert [packet for packet in PACKETS if dropped(one, packet) and not dropped(other, packet)] == []
        return
    corner = [(low, low) for low in found[::2]]
    packet = tuple(number for axis in corner for number in axis)
    verdicts = [next(is_dropped for whole, is_dropped in entries if meet(packet, whole)) for entries in (first, second)]
    assert verdicts == [True, False]


@st.composite
def filtering(draw, module):
    """Return a device with up to three fences and an isolated prefix in each direction, of both families."""
    flows = with_holes(with_ports=("tcp", "udp"))
    fences = [
        rules_of(module).fence(f"f{n}", one, excepted=holes)
        for n, (one, holes) in enumerate(draw(st.lists(flows, max_size=3)))
    ]
    guards = []
    for name in draw(st.sets(st.sampled_from(("to", "from")))):
        allowed = [one for one, _ in draw(st.lists(flows, max_size=3))]
        prefix = draw(st.sampled_from((H1, H1_6)))
        own = tuple(one for one in allowed if (one.family == 6) == (prefix == H1_6))
        guards.append(rules_of(module).isolate(f"i-{name}", prefix, own, direction=name))
    return module.config(fences=fences, isolation=guards)


@pytest.mark.parametrize("target", MODULES)
@given(data=st.data())
@settings(max_examples=6)
def test_a_rendered_device_drops_exactly_what_its_rules_say(target, data):
    reading = read(target, data.draw(filtering(MODULES[target])))
    assert (reading.differences, reading.screened) == ((), ())


def device(module, **changes):
    own = rules_of(module)
    given_rules = {
        "fences": [own.fence("pinned", WEB, excepted=(flow("10.10.1.128/25", protocol="tcp", ports=(443, 443)),))],
        "isolation": [own.isolate("guard", allowed=(BACK, CALL))],
    }
    return module.config(**(given_rules | changes))


CHANGES = {  # what runs instead, and what is promised of a packet of which that is not true
    "a fence with another port": (
        lambda m: {"fences": [m.fence("pinned", flow(protocol="tcp", ports=(444, 444)))]},
        "dropped",
    ),
    "no fence": (lambda _: {"fences": []}, "dropped"),
    "a wider fence": (lambda m: {"fences": [m.fence("pinned", WEB)]}, "passed"),
    "a fence of another code point": (lambda m: {"fences": [m.fence("pinned", replace(WEB, dscp=10))]}, "dropped"),
    "a guard that allows more": (
        lambda m: {"isolation": [m.isolate("guard", allowed=(BACK, CALL, flow("172.16.0.0/12", H1)))]},
        "dropped",
    ),
    "a guard that allows less": (lambda m: {"isolation": [m.isolate("guard", allowed=(CALL,))]}, "passed"),
    "a guard the other way": (
        lambda m: {"isolation": [m.isolate("guard", allowed=(BACK, CALL), direction="from")]},
        "dropped",
    ),
    "no guard": (lambda _: {"isolation": []}, "dropped"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("target", MODULES)
def test_a_filter_that_does_something_else_is_found_with_a_packet(target, change):
    module, (make, promised) = MODULES[target], CHANGES[change]
    assert promised in {one.promised for one in wrong(target, device(module), device(module, **make(rules_of(module))))}


@pytest.mark.parametrize("target", MODULES)
def test_what_is_said_names_the_port_the_way_and_the_packet(target):
    module = MODULES[target]
    (found,) = wrong(target, device(module), device(module, fences=[]))
    assert found.interface == device(module).fences[0].interfaces[0]
    assert (found.way, found.promised, found.found) == ("going out", "dropped", "passed")
    assert found.packet.startswith("tcp 10.10.1.")
    assert found.packet.endswith(":443, dscp 0")


STRANGE = "# guard.nft\ntable inet itc_guard {\nchain forward {\nfancy words\n}\n}\n"


def test_of_words_that_nobody_knows_it_is_not_known_what_they_drop():
    reading = read("frr", device(frr), STRANGE)
    assert reading.screened is None
    assert reading.differences


def screen(entries, interface="eth1", direction="out"):
    return Screen(interface, direction, 4, tuple(ScreenEntry(*one) for one in entries))


ROUTERS = ("10.0.0.1/32",)
PLAIN = DeviceConfig("r1", "any", "1", fences=(frr.fence("pinned", WEB, ("eth1",)),))
TO_ROUTER = flow("0.0.0.0/0", "10.0.0.1/32")
FROM_ROUTER = flow("10.0.0.1/32", "0.0.0.0/0")


def test_order_and_spelling_do_not_count():
    halves = [
        (flow("10.10.1.128/25", protocol="tcp", ports=(443, 443)), True),
        (flow("10.10.1.0/25", protocol="tcp", ports=(443, 443)), True),
    ]
    assert list(screened(PLAIN, ROUTERS, [screen(halves)])) == []
    assert list(screened(PLAIN, ROUTERS, [screen([*halves[::-1], (VOICE, False), (WEB, True)])])) == []
    (found,) = screened(PLAIN, ROUTERS, [screen(halves[:1])])
    assert found.packet.startswith("tcp 10.10.1.1:")


@pytest.mark.parametrize("one", [TO_ROUTER, FROM_ROUTER, flow("0.0.0.0/0", "192.0.2.0/24")])
def test_nothing_else_is_dropped_least_of_all_what_routers_say(one):
    found = list(screened(PLAIN, ROUTERS, [screen([(one, True), (WEB, True)])]))
    assert {item.promised for item in found} == {"passed"}


@pytest.mark.parametrize("entering", [[], [screen([(TO_ROUTER, False), (FROM_ROUTER, True)], "eth0", "in")]])
@pytest.mark.parametrize("before", [[], [(FROM_ROUTER, False)]])
def test_where_hosts_hang_a_routers_address_as_source_may_be_dropped_but_need_not(before, entering):
    item = replace(PLAIN, edges=(frr.edge("eth0"),))
    leaving = screen([(TO_ROUTER, False), *before, (WEB, True)])
    assert list(screened(item, ROUTERS, [leaving, *entering])) == []


@pytest.mark.parametrize("prefix", never_routed(4))
def test_what_never_leaves_a_link_need_not_be_dropped(prefix):
    item = DeviceConfig("r1", "any", "1", isolation=(IsolationRule(H1, ("eth1",), "from", (), "guard", frr.ORIGIN),))
    entries = [(TO_ROUTER, False), (flow(H1, prefix), False), (flow(H1, "0.0.0.0/0"), True)]
    assert list(screened(item, ROUTERS, [screen(entries, direction="in")])) == []


MARKED = flow(H1, "10.10.2.0/24", "udp", dscp=46)
GUARDED = DeviceConfig(
    "r1", "any", "1", isolation=(IsolationRule(H1, ("eth1",), "from", (MARKED,), "guard", frr.ORIGIN),)
)
COMING_IN = (  # what a list lets pass, and whether that is right: with the code point, with any, nothing, something else
    ([MARKED], True),
    ([replace(MARKED, dscp=None)], True),
    ([], True),
    ([flow(H1, "10.10.2.0/24", "tcp")], False),
)


@pytest.mark.parametrize(("passing", "is_right"), COMING_IN)
def test_code_points_of_what_comes_in_are_seen_before_or_behind_the_marking(passing, is_right):
    entries = [(TO_ROUTER, False), *((one, False) for one in passing), (flow(H1, "0.0.0.0/0"), True)]
    found = [one.promised for one in screened(GUARDED, ROUTERS, [screen(entries, direction="in")])]
    assert found == ([] if is_right else ["dropped"])
