import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from support_manifest import sample
from support_network import link, network, node, site, wan

from intentc.manifest.elements import NOTHING, failed_elements
from intentc.report.geometry import hull
from intentc.report.layout import positions
from intentc.report.svg import network_map
from intentc.report.view import IntentView, NetworkView, Strand, bare_view, view_of_manifest

SVG = "{http://www.w3.org/2000/svg}"


def strand(intent, nodes, links, *, is_broken=False, share=1_000_000):
    return Strand(intent, is_broken, tuple(nodes.split()), tuple(links.split()), share)


def view(strands=(), *, utilisation=None, failed=NOTHING, names=("fraud", "rag")):
    intents = tuple(IntentView(name, "critical") for name in names)
    return NetworkView("acme", "normal", intents, tuple(strands), utilisation or {}, failed)


def drawn(topology, what, highlight=()):
    return ET.fromstring(network_map(topology, what, highlight))  # noqa: S314  (as above)


def words(root):
    return ["".join(item.itertext()) for item in root.iter(f"{SVG}text")]


def classes(root, tag):
    return [item.get("class", "") for item in root.iter(f"{SVG}{tag}")]


def test_every_node_region_and_capacity_is_named():
    told = words(drawn(wan(), bare_view(wan())))
    assert set(wan().nodes) <= set(told)
    assert {"eu", "de", "nl", "fr", "us", "uk"} <= set(told)
    assert any("10G · 2.7 ms" in text for text in told)


def test_it_needs_nothing_from_elsewhere():
    text = network_map(wan(), bare_view(wan()))
    assert re.findall(r"(?:href|src|url)\s*[=(]", text) == []
    assert "<script" not in text
    assert "prefers-color-scheme:dark" in text


def test_equal_input_gives_equal_text():
    assert network_map(wan(), bare_view(wan())) == network_map(wan(), bare_view(wan()))


def test_two_intents_on_one_link_run_side_by_side():
    root = drawn(wan(), view([strand("fraud", "ber-br1 ber-pe1", "L1"), strand("rag", "ber-br1 ber-pe1", "L1")]))
    lanes = [
        item.get("d")
        for item in root.iter(f"{SVG}path")
        if item.get("class", "").startswith("lane i") and item.find(f"{SVG}title") is not None
    ]
    assert len(lanes) == 2
    assert lanes[0] != lanes[1]


def test_an_intent_without_demands_is_in_the_legend_alone():
    root = drawn(wan(), view([]))
    assert "fraud" in words(root)
    assert not any(item.startswith("lane") and "broken" in item for item in classes(root, "path"))


def test_highlight_fades_the_other_intents():
    strands = [strand("fraud", "ber-br1 ber-pe1", "L1"), strand("rag", "ber-br1 ber-pe1", "L1")]
    found = classes(drawn(wan(), view(strands), {"fraud"}), "path")
    assert any("i1" in item and "faded" in item for item in found)
    assert not any("i0" in item.split() and "faded" in item for item in found)


def test_failed_elements_are_marked():
    failed = failed_elements("srlg:duct-7+node:par-br1", wan())
    root = drawn(wan(), view([strand("fraud", "ber-pe1 fra-pe1", "L2", is_broken=True)], failed=failed))
    assert classes(root, "path").count("cutwire") == 4 + 1, "L2, L4, L7 and L9, and the sample in the legend"
    assert sum("down" in text for text in words(root)) == 4
    assert any("broken" in item for item in classes(root, "path"))


@pytest.mark.parametrize(
    ("ppm", "level", "shown"), [(830_000, "hot", "83 %"), (520_000, "warm", "52 %"), (4_000, "good", "<1 %")]
)
def test_utilisation_stands_at_its_link(ppm, level, shown):
    root = drawn(wan(), view(utilisation={"L4": ppm}))
    spans = [(item.get("class"), item.text) for item in root.iter(f"{SVG}tspan")]
    assert (level, shown) in spans


HOSTILE = '</text><script>alert("x")</script>&\x00\x1b[31m\ud800'


def test_hostile_text_stays_text():
    nodes = [node(HOSTILE, site=HOSTILE), node("b", site=HOSTILE)]
    links = [link(HOSTILE, HOSTILE, "b", srlgs=(HOSTILE,), provider=HOSTILE)]
    topology = network(nodes, links, sites=[site(HOSTILE, HOSTILE)], regions={HOSTILE: None}, name=HOSTILE)
    shown = NetworkView(
        HOSTILE,
        HOSTILE,
        (IntentView(HOSTILE, HOSTILE),),
        (Strand(HOSTILE, False, (HOSTILE, "b"), (HOSTILE,), 1),),
        {},
        NOTHING,
    )
    root = drawn(topology, shown)
    assert list(root.iter(f"{SVG}script")) == []
    assert any("alert" in text for text in words(root))


def test_a_network_of_one_node_or_none_is_drawn():
    assert words(drawn(network([node("lonely")], []), bare_view(network([node("lonely")], []))))
    assert drawn(network([], []), bare_view(network([], []))).get("viewBox")


def test_parallel_links_do_not_cover_each_other():
    topology = network([node("a"), node("b")], [link(name, "a", "b") for name in ("x", "y", "z")])
    wires = [
        item.get("d") for item in drawn(topology, bare_view(topology)).iter(f"{SVG}path") if item.get("class") == "wire"
    ]
    assert len(set(wires[:3])) == 3


def test_nodes_keep_their_distance():
    at = positions(wan())
    apart = [((at[a][0] - at[b][0]) ** 2 + (at[a][1] - at[b][1]) ** 2) ** 0.5 for a in at for b in at if a < b]
    assert min(apart) > 60


def test_west_is_left_and_north_is_up():
    at = positions(wan())
    assert at["nyc-pe1"][0] < at["lon-pe1"][0] < at["ber-pe1"][0]
    assert at["ams-pe1"][1] < at["par-br1"][1]


def test_a_network_without_locations_is_laid_out():
    ring = network([node(f"r{n}") for n in range(6)], [link(f"k{n}", f"r{n}", f"r{(n + 1) % 6}") for n in range(6)])
    at = positions(ring)
    assert len({(round(x), round(y)) for x, y in at.values()}) == 6


# -- views -------------------------------------------------------------------------------------------------------------


def test_the_view_of_a_manifest_shows_paths_utilisation_and_margin():
    given = sample()
    shown = view_of_manifest(given.manifest, given.topology)
    assert {strand.links for strand in shown.strands} == {("ab", "bd"), ("bd", "ab")}
    assert shown.utilisation_ppm["ab"] == 100_000
    assert shown.intents == (IntentView("scoring", "high · 3.1 of 10 ms"),)


def test_the_view_of_a_failure_shows_detour_and_cut_path():
    given = sample()
    shown = view_of_manifest(given.manifest, given.topology, "link:ab")
    assert {(strand.is_broken, strand.links) for strand in shown.strands if strand.nodes[0] == "a"} == {
        (False, ("ac", "cd")),
        (True, ("ab", "bd")),
    }
    assert shown.intents[0].note == "high · 2 moved"


def test_a_state_that_nobody_promised_says_so():
    given = sample()
    shown = view_of_manifest(given.manifest, given.topology, "node:b")
    assert shown.intents[0].note == "high · 2 not promised"


def test_an_unprotected_state_is_counted():
    given = sample()
    (intent,) = given.manifest.intents
    open_ = replace(intent.demands[0], states=(), unprotected=("link:ab",))
    manifest = replace(given.manifest, intents=(replace(intent, demands=(open_, intent.demands[1])),))
    assert view_of_manifest(manifest, given.topology, "link:ab").intents[0].note == "high · 1 moved · 1 unprotected"


def test_an_unknown_state_is_an_error():
    given = sample()
    with pytest.raises(KeyError):
        view_of_manifest(given.manifest, given.topology, "link:nowhere")


def test_the_border_of_a_region_is_sought_as_often_whatever_lies_outside_it(monkeypatch):
    sought = []
    monkeypatch.setattr("intentc.report.areas.hull", lambda points: sought.append(1) or hull(points))
    topology = wan()
    network_map(topology, bare_view(topology))
    assert len(sought) <= 3 * len(topology.regions) + len(topology.sites)
