"""Every cell of the capability matrix, by platform, kind of chassis and release: it stands in a golden file, or it has its finding.

Cells come from the target.toml files. Golden files are held against published models, grammars and programs by the tests of each target;
what is there is asked for by a real compilation as well, wherever the hardware has queues (else nothing can be placed on it), and what
is not there has to be refused there.
"""

import re
from functools import cache

import pytest
from support_cells import ASKS, FEATURES, NEEDS, WORDS, Place, asked, cells, is_there, placed, places
from support_frr import TARGETS
from support_targets import all_targets

from intentc.render.support import REFINEMENTS

CELLS = [pytest.param(place, feature, id=f"{place} {feature}") for place, feature, _ in cells()]
THERE = [pytest.param(place, feature, id=f"{place} {feature}") for place, feature, has in cells() if has]
LACKING = [pytest.param(place, feature, id=f"{place} {feature}") for place, feature, has in cells() if not has]
UNDERLAY = {
    "flex-algo-affinity",
    "flex-algo-delay",
    "flex-algo-te",
    "flex-algo-ospf",
}  # nothing is written: routers may take part
MATTERS_ONLY_WITH_OTHERS = {  # what no clause asks for by itself: what is done where it is missing
    "sr-policy": "another mechanism, or none (E0508)",
    "sr-policy-ipv6": "another mechanism, or none (E0508)",
    "flex-algo": "another mechanism, or none (E0508)",
    "sbfd": "no policy ends there, so another mechanism or none",
    "looped-liveness": "policies live by S-BFD",
    "probing": "W0616 or W0617, or the platform's own protocol",
    "probing-own": "W0616 or W0617, or STAMP",
    "reflecting": "W0616 or W0617, or the platform's own protocol",
    "counting": "W0618: packets are counted where they are marked",
}
BY_CODE = {
    "steering": {"E0508"},
    "fence": {"E0508", "E0509"},
    "bfd": {"E0620"},
    "weighted-lists": {"E0509"},
    "ti-lfa": {"E0610", "E0620"},
} | {name: {"E0607"} for name in UNDERLAY}
NEVER_SHARED = {"frr", "srlinux"}  # ports whose names say nothing of sharing: nothing asks for queues of such ports


@cache
def golden(target):
    return "\n".join(path.read_text() for path in sorted((TARGETS / target / "golden").glob("*/*")))


def codes(built):
    return {item.code for item in built.run.findings.items}


def files(built, target):
    return "".join(
        file.text for device in built.run.bundle.devices.values() if device.target == target for file in device.files
    )


def said(built):
    return " ".join(item.message for item in built.run.findings.items)


def mechanisms(place, program):
    return {item.mechanism for item in placed(place, program)}


def test_every_kind_of_hardware_and_release_boundary_is_a_place():
    found = {(place.target, place.chassis) for place in places()}
    assert found == {
        (name, kind) for name, target in all_targets().items() if name in WORDS for kind in target.chassis or (None,)
    }
    assert {Place("junos", "queuing", "24.2"), Place("frr", None, "8.5")} <= set(places())


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_is_asked_for_or_said_to_matter_only_with_others(feature):
    assert (feature in ASKS) or (feature in MATTERS_ONLY_WITH_OTHERS)


@pytest.mark.parametrize(("place", "feature"), THERE)
def test_what_is_there_stands_in_a_golden_file(place, feature):
    if feature in UNDERLAY:
        built = asked(place, ASKS[feature])
        assert "E0607" not in codes(built)
        return
    assert re.search(WORDS[place.target][feature], golden(place.target))


@pytest.mark.parametrize(("place", "feature"), THERE)
def test_what_is_there_is_rendered_of_a_program(place, feature):
    if feature not in ASKS or feature in UNDERLAY:
        pytest.skip("no clause asks for it by itself, or nothing is written")
    built = asked(place, ASKS[feature])
    if built.statuses == {"asks": "placed"}:
        assert re.search(WORDS[place.target][feature], files(built, place.target))
        return
    if (place.chassis, feature) == ("virtual", "ti-lfa"):  # what is repaired at once is noticed too late there
        assert codes(built) == {"E0620"}
        return
    others = [name for name in NEEDS.get(ASKS[feature], ("queueing",)) if not is_there(place, name)]
    assert any(reason in said(built) for name in others for reason in reasons(place, name)), said(built)


def is_repaired(built):
    """Return whether a placed program is repaired by anything but the IGP."""
    return built.statuses != {"asks": "placed"} or any(config.repairs for config in built.run.fleet.devices.values())


def reasons(place, name):
    """Return what a finding may say of a feature that a place has not: the reason, or the release from which on it is there."""
    features = all_targets()[place.target].features
    feature = features.get(name, features.get(REFINEMENTS.get(name, "")))
    if feature is None:
        return (f"`{place.target}` has nothing for it",)
    return tuple(filter(None, (feature.reason, feature.since and f"from release {feature.since} on")))


@pytest.mark.parametrize(("place", "feature"), LACKING)
def test_what_is_not_there_has_its_finding(place, feature):
    if feature in MATTERS_ONLY_WITH_OTHERS:
        pytest.skip(f"no clause asks for it by itself: {MATTERS_ONLY_WITH_OTHERS[feature]}")
    if feature == "subport-queueing" and place.target in NEVER_SHARED:
        pytest.skip("no name of a port there says that it shares one")
    built = asked(place, ASKS[feature])
    if feature in BY_CODE:
        assert codes(built) & BY_CODE[feature] or (feature == "ti-lfa" and not is_repaired(built))
        return
    assert any(reason in said(built) for reason in reasons(place, feature)), said(built)


@pytest.mark.parametrize(("place", "feature"), [item for item in LACKING if item.values[1] in {"sr-policy", "sbfd"}])
def test_without_policies_or_their_liveness_another_mechanism_is_taken_or_none(place, feature):
    found, built = mechanisms(place, "via"), asked(place, "via")
    is_alive = is_there(place, "looped-liveness")  # probes that come back by themselves need nothing of the end point
    assert "sr-policy" not in found or (feature == "sbfd" and is_alive)
    assert found or "E0508" in codes(built)


@pytest.mark.parametrize(("place", "feature"), [item for item in LACKING if item.values[1] == "probing"])
def test_delay_that_nobody_measures_is_a_warning(place, feature):
    found = codes(asked(place, "told"))
    if is_there(place, "probing-own"):
        assert "W0617" not in found
        return
    assert found & {"W0616", "W0617"}


@pytest.mark.parametrize(("place", "feature"), [item for item in LACKING if item.values[1] == "counting"])
def test_packets_that_are_not_counted_where_they_arrive_are_a_warning(place, feature):
    found = codes(asked(place, "told"))
    is_refused = any(code.startswith("E06") for code in found)  # virtual routers and the like do not even mark
    assert is_refused or "W0618" in found


@pytest.mark.parametrize(("place", "feature"), [item for item in LACKING if item.values[1] == "weighted-lists"])
def test_without_weights_a_candidate_path_has_one_list(place, feature):
    policies = [policy for item in placed(place, "spread") for policy in item.policies]
    assert not any(path.lists for policy in policies for path in policy.candidates)


def lacking(*features):
    return [item for item in LACKING if item.values[1] in features]


@pytest.mark.parametrize(("place", "feature"), lacking("sr-policy-ipv6"))
def test_ipv6_packets_enter_no_policy_that_cannot_have_them(place, feature):
    found = mechanisms(place, "via-six")
    assert "sr-policy" not in found
    assert found or "E0508" in codes(asked(place, "via-six"))


@pytest.mark.parametrize(("place", "feature"), lacking("flex-algo"))
@pytest.mark.parametrize("program", ["algorithm", "algorithm-delay"])
def test_nothing_goes_the_way_of_an_algorithm_that_nothing_can_be_sent_into(program, place, feature):
    assert "flex-algo" not in mechanisms(place, program)


@pytest.mark.parametrize(("place", "feature"), lacking("looped-liveness"))
def test_policies_without_probes_of_their_own_are_answered_at_their_end(place, feature):
    built = asked(place, "via")
    policies = built.run.fleet is not None and any(one.policies for one in built.run.fleet.devices.values())
    assert not policies or any(one.reflectors for one in built.run.fleet.devices.values())


@pytest.mark.parametrize(("place", "feature"), lacking("probing-own", "reflecting"))
def test_delay_is_measured_by_what_both_ends_have_or_a_warning_says_that_it_is_not(place, feature):
    built = asked(place, "told")
    if is_there(place, "probing-own") or (is_there(place, "probing") and is_there(place, "reflecting")):
        assert not codes(built) & {"W0617"}
        return
    assert codes(built) & {"W0616", "W0617"}


INSTEAD = {  # who looks at what is not there where no clause asks for it by itself
    "sr-policy": "test_without_policies_or_their_liveness_another_mechanism_is_taken_or_none",
    "sbfd": "test_without_policies_or_their_liveness_another_mechanism_is_taken_or_none",
    "sr-policy-ipv6": "test_ipv6_packets_enter_no_policy_that_cannot_have_them",
    "flex-algo": "test_nothing_goes_the_way_of_an_algorithm_that_nothing_can_be_sent_into",
    "looped-liveness": "test_policies_without_probes_of_their_own_are_answered_at_their_end",
    "probing": "test_delay_that_nobody_measures_is_a_warning",
    "probing-own": "test_delay_is_measured_by_what_both_ends_have_or_a_warning_says_that_it_is_not",
    "reflecting": "test_delay_is_measured_by_what_both_ends_have_or_a_warning_says_that_it_is_not",
    "counting": "test_packets_that_are_not_counted_where_they_arrive_are_a_warning",
}


def cells_of(name):
    """The cells that a test of this file is run for."""
    marks = [mark for mark in globals()[name].pytestmark if mark.name == "parametrize"]
    return {tuple(item.values) for mark in marks if mark.args[0] == ("place", "feature") for item in mark.args[1]}


def test_every_cell_has_a_test():
    """A cell that is there has a golden file and is asked for; one that is not has a finding, or a test of what is done instead."""
    there = {(place, feature) for place, feature, has in cells() if has}
    not_there = {(place, feature) for place, feature, has in cells() if not has}
    assert cells_of("test_what_is_there_stands_in_a_golden_file") == there
    found = {
        cell for cell in cells_of("test_what_is_not_there_has_its_finding") if cell[1] not in MATTERS_ONLY_WITH_OTHERS
    }
    assert set(INSTEAD) == set(MATTERS_ONLY_WITH_OTHERS)
    for feature, name in INSTEAD.items():
        found |= {cell for cell in cells_of(name) if cell[1] == feature}
    assert found == not_there


def test_every_feature_of_every_target_is_a_cell():
    known = {(place.target, feature) for place, feature, _ in cells()}
    assert {
        (name, feature) for name, target in all_targets().items() if name in WORDS for feature in target.features
    } <= known
    assert {name for name in all_targets() if (TARGETS / name).is_dir()} == set(WORDS)


def test_what_nothing_asks_for_there_is_little():
    """Ports that share one have such names on no more than these platforms."""
    forms = {name: target.ports for name, target in all_targets().items() if name in WORDS}
    assert {name for name, form in forms.items() if form is None or form.sub is None} == NEVER_SHARED
