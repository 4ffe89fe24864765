import pytest
from support_topology import SMALL, codes, load_clean, load_texts


def parents(section):
    topology = load_clean(SMALL.replace("regions:\n  eu: [de, nl]\n", section))
    return {region.name: region.parent for region in topology.regions.values()}


@pytest.mark.parametrize(
    ("section", "tree"),
    [
        ("regions: [de, nl]\n", {"de": None, "nl": None}),
        ("regions: {de: , nl: }\n", {"de": None, "nl": None}),
        ("regions: {eu: [de, nl]}\n", {"de": "eu", "eu": None, "nl": "eu"}),
        ("regions: {eu: {de: [by, be], nl: }}\n", {"be": "de", "by": "de", "de": "eu", "eu": None, "nl": "eu"}),
        ("regions: {eu: [{de: [by]}, nl]}\n", {"by": "de", "de": "eu", "eu": None, "nl": "eu"}),
        ("regions: {eu: [de, nl], de: [by]}\n", {"by": "de", "de": "eu", "eu": None, "nl": "eu"}),
        ("regions: {de: [by], eu: [de, nl]}\n", {"by": "de", "de": "eu", "eu": None, "nl": "eu"}),
        ("regions: {de: by, nl: []}\n", {"by": "de", "de": None, "nl": None}),
    ],
)
def test_ways_to_write_a_tree(section, tree):
    assert parents(section) == tree


def test_a_node_of_a_region_is_in_all_that_contain_it():
    topology = load_clean(
        SMALL.replace("eu: [de, nl]", "world: {eu: {de: [by], nl: }}").replace("region: de", "region: by")
    )
    assert topology.is_within("by", "world")
    assert topology.is_within(topology.nodes["r1"].region, "de")
    assert not topology.is_within("nl", "de")
    assert not topology.is_within(None, "eu")


@pytest.mark.parametrize(
    ("section", "found"),
    [
        ("regions: {a: [b], b: [a], de: , nl: }\n", ["E0321"]),
        ("regions: {a: [a], de: , nl: }\n", ["E0321"]),
        ("regions: {a: [b], b: [c], c: [a, d], d: [e], de: , nl: }\n", ["E0321"]),
        ("regions: {a: [b], b: [a], c: [d], d: [c], de: , nl: }\n", ["E0321", "E0321"]),
        ("regions: {a: [de, nl], b: [de]}\n", ["E0321"]),
        ("regions: {a: [de, nl], b: [a], c: [a]}\n", ["E0321"]),
        ("regions: {a: [de, de, nl]}\n", ["E0302"]),
        ("regions: {a: [de, nl, [true]]}\n", ["E0305"]),
        ("regions: {a: [de, nl, ~]}\n", ["E0305"]),
        ("regions: {a: [de, nl, !x y]}\n", ["E0303"]),
    ],
)
def test_what_is_no_tree(section, found):
    assert codes(SMALL.replace("regions:\n  eu: [de, nl]\n", section)) == found


def test_a_cycle_is_shown_from_all_its_regions():
    _, findings = load_texts(SMALL.replace("eu: [de, nl]", "c: [a]\n  a: [b]\n  b: [c, de, nl]"))
    (finding,) = findings.items
    assert finding.message == "region `a` lies within itself"
    assert [label.message for label in finding.related] == ["`b` is below `a`", "`c` is below `b`"]
