"""Every cell of the capability matrix, by platform, kind of chassis and release: it stands in a golden file, or it has its finding.

Cells come from the target.toml files. Golden files are held against published models, grammars and programs by the tests of each target;
what is there is asked for by a real compilation as well, wherever the hardware has queues (else nothing can be placed on it), and what
is not there has to be refused there.
"""

import re
from functools import cache

import pytest
from support_cells import ASKS, FEATURES, NEEDS, WORDS, Place, asked, cells, is_there, places
from support_frr import TARGETS
from support_targets import all_targets

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


def mechanisms(built):
    return {item.mechanism for item in built.run.realised.demands.values()} if built.run.realised else set()


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
    feature = all_targets()[place.target].features.get(name)
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
    built = asked(place, "via")
    is_alive = is_there(place, "looped-liveness")  # probes that come back by themselves need nothing of the end point
    assert "sr-policy" not in mechanisms(built) or (feature == "sbfd" and is_alive)
    assert mechanisms(built) or "E0508" in codes(built)


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
    realised = asked(place, "spread").run.realised
    policies = [policy for item in (realised.demands.values() if realised else ()) for policy in item.policies]
    assert not any(path.lists for policy in policies for path in policy.candidates)
