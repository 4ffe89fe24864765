"""A zone of an IPv6 address may be any text: no target writes one (topologies have none, and nobody relies on that alone)."""

import pytest
import support_eos as eos
import support_frr as frr
import support_iosxe as iosxe
import support_iosxr as iosxr
import support_junos as junos
import support_openconfig as openconfig
import support_srlinux as srlinux
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intentc.render.render import render_device
from intentc.targetkit.kit import plain_address, plain_network

MODULES = {
    "eos": eos,
    "frr": frr,
    "iosxe": iosxe,
    "iosxr": iosxr,
    "junos": junos,
    "openconfig": openconfig,
    "srlinux": srlinux,
}
ZONES = st.text(st.characters(blacklist_characters="%/", blacklist_categories=("Cs",)), min_size=1, max_size=12)


@given(ZONES)
@settings(max_examples=30)
def test_no_address_and_no_prefix_has_a_zone(zone):
    with pytest.raises(ValueError, match="not an address"):
        plain_address(f"fe80::1%{zone}")
    with pytest.raises(ValueError, match="not an address"):
        plain_network(f"fe80::%{zone}/64")


@pytest.mark.parametrize("target", MODULES)
@pytest.mark.parametrize("side", ["source", "destination"])
@given(zone=ZONES)
@example(zone="x\nno ip routing")
@example(zone="</x>")
@settings(max_examples=5)
def test_no_prefix_with_a_zone_is_written(target, side, zone):
    module = MODULES[target]
    rules = frr if module is junos else module
    sides = {"source": "fd10:1::/64", "destination": "fd10:2::/64"} | {side: f"fd10:1::%{zone}/64"}
    item = module.config(fences=[rules.fence("f", frr.flow(sides["source"], sides["destination"]))])
    with pytest.raises(ValueError, match=r"not an address|IPv4 or IPv6"):
        render_device(item, module.fleet(item), frr.targets()[target])
