"""What the network says to itself meets no filter, policer or steering rule of any target: where each platform is held to it.

Filters are asked here, all in one way (`Screen`); what else a platform does with such packets stands with its own tests, listed here.
"""

import ast
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import support_eos as eos
import support_frr as frr
import support_iosxe as iosxe
import support_iosxr as iosxr
import support_junos as junos
import support_openconfig as openconfig
import support_srlinux as srlinux
from support_frr import H1, H1_6, TARGETS, flow

from intentc.render.equivalence import as_running
from intentc.render.render import load_code, render_device
from intentc.render.screening import filtering_ports, screened

UNIT = Path(__file__).resolve().parents[1] / "unit"
PLATFORMS = sorted(path.parent.name for path in TARGETS.glob("*/target.toml"))
MODULES = dict(zip(PLATFORMS, (eos, frr, iosxe, iosxr, junos, openconfig, srlinux), strict=True))
HELD = {  # by what is done to packets: the test of each platform, in tests/unit, or why there is nothing to test
    "classes, policers": {
        "eos": "test_target_eos_packets.py::test_what_hosts_send_is_marked_as_the_rules_say",
        "frr": "test_target_frr_config.py::test_infrastructure_comes_before_every_rule",
        "iosxe": "test_target_iosxe_traps.py::test_routers_own_traffic_comes_before_every_rule",
        "iosxr": "test_target_iosxr_traps.py::test_routers_own_traffic_is_of_a_class_that_is_neither_marked_nor_policed",
        "junos": "test_target_junos_traps.py::test_the_traffic_of_routers_passes_before_every_rule",
        "openconfig": "no: it marks and polices nothing",
        "srlinux": "test_target_srlinux_packets.py::test_what_hosts_send_is_marked_and_counted_as_the_rules_say",
    },
    "steering": {
        "eos": "test_target_eos_packets.py::test_hosts_reach_routers_through_every_list",
        "frr": "test_target_frr_config.py::test_infrastructure_comes_before_every_rule",
        "iosxe": "test_target_iosxe_traps.py::test_routers_own_traffic_comes_before_every_rule",
        "iosxr": "test_target_iosxr_traps.py::test_routers_own_traffic_comes_before_every_rule",
        "junos": "test_target_junos_traps.py::test_the_traffic_of_routers_passes_before_every_rule",
        "openconfig": "test_target_openconfig_config.py::test_steering_leaves_it_alone",
        "srlinux": "no: it steers nothing",
    },
    "neighbour discovery of hosts": {
        "eos": "test_target_eos_packets.py::test_hosts_find_their_router_by_neighbour_discovery",
        "frr": "no: its rules are about what is forwarded",
        "iosxe": "test_target_iosxe_traps.py::test_hosts_can_always_ask_for_the_routers_address_on_their_link",
        "iosxr": "test_target_iosxr_traps.py::test_hosts_can_always_ask_for_the_routers_address_on_their_link",
        "junos": "test_target_junos_traps.py::test_neighbour_discovery_passes_before_everything_in_every_filter",
        "openconfig": "test_target_openconfig_config.py::test_hosts_find_their_router_by_neighbour_discovery",
        "srlinux": "test_target_srlinux_packets.py::test_hosts_find_their_router_by_neighbour_discovery",
    },
}
LISTED = [
    pytest.param(*where.split("::"), id=f"{what} {platform}")
    for what, platforms in HELD.items()
    for platform, where in platforms.items()
    if not where.startswith("no: ")
]


@cache
def names_in(file):
    tree = ast.parse((UNIT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("what", HELD)
def test_every_platform_is_held_to_it_or_says_why_not(what):
    assert sorted(HELD[what]) == PLATFORMS


@pytest.mark.parametrize(("file", "name"), LISTED)
def test_a_test_that_is_named_here_exists(file, name):
    assert name in names_in(file)


def closed(module):
    """Return a device that drops all it can: what leaves by a port, and what hosts send and are sent, of both families."""
    own = frr if module is junos else module  # ports of Junos are named when they are put into a device
    everything = (flow("0.0.0.0/0", "0.0.0.0/0"), flow("::/0", "::/0"))
    fences = [own.fence(f"f{number}", one) for number, one in enumerate(everything)]
    guards = [own.isolate(f"{way}-{len(one)}", one, direction=way) for one in (H1, H1_6) for way in ("from", "to")]
    return module.config(fences=fences, isolation=guards)


def screens(platform, item, known):
    made = render_device(item, known, frr.targets()[platform])
    return load_code(frr.targets()[platform]).screens(as_running(made), filtering_ports(item))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_device_that_drops_all_it_can_drops_nothing_to_a_router(platform):
    item = closed(MODULES[platform])
    known = MODULES[platform].fleet(item)
    found = screens(platform, item, known)
    assert {(one.direction, one.family) for one in found} == {("in", 4), ("out", 4), ("in", 6), ("out", 6)}
    assert list(screened(item, known.infrastructure, found)) == []


@pytest.mark.parametrize("router", ["10.0.0.77/32", "fd00::77/128"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_router_that_no_list_lets_through_would_be_found(platform, router):
    item = closed(MODULES[platform])
    known = MODULES[platform].fleet(item)
    wrong = list(screened(item, (*known.infrastructure, router), screens(platform, item, known)))
    assert wrong
    assert {(one.promised, one.found) for one in wrong} == {("passed", "dropped")}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_routers_there_is_nothing_to_let_through(platform):
    """A fence of everything drops everything there: what passes are the routers, and nothing by accident."""
    item = closed(MODULES[platform])
    known = replace(MODULES[platform].fleet(item), infrastructure=())
    assert list(screened(item, (), screens(platform, item, known))) == []
