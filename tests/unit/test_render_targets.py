"""Target folders as data, and what their devices can do."""

import shutil

import pytest
from support_frr import TARGETS, targets
from support_network import network
from support_realised import router, span

from intentc.diagnostics import Findings, Severity
from intentc.render.sharing import with_schedulers
from intentc.render.targets import capabilities, load_targets
from intentc.topology.model import Bfd, Management
from intentc.values import replace


def load(*paths):
    findings = Findings()
    return load_targets(paths, findings), findings.sorted()


def test_the_product_brings_frr_with_data_and_no_finding():
    found, findings = load(TARGETS)
    assert findings == ()
    frr = found["frr"]
    assert (frr.transport, frr.commit, frr.is_tested, frr.tested_releases) == ("ssh", "restore-timer", True, ("8.4",))
    assert frr.releases[0] == "8.4"
    assert list(frr.releases) == sorted(frr.releases, key=lambda text: tuple(map(int, text.split("."))))
    assert frr.limits.max_steering_tables == 100


@pytest.fixture
def own(tmp_path):
    """A folder of targets with one that is like frr."""
    shutil.copytree(TARGETS / "frr", tmp_path / "frr", ignore=shutil.ignore_patterns("golden", "__pycache__"))
    return tmp_path


def rewrite(folder, old, new):
    data = folder / "frr" / "target.toml"
    data.write_text(data.read_text().replace(old, new))


BROKEN = {
    "not TOML": ('"frr"', '"frr'),
    "no transport": ("transport =", "carrier ="),
    "a list for a text": ('transport = "ssh"', 'transport = ["ssh"]'),
    "a text for a number": ("max_queues          = 16", 'max_queues = "16"'),
    "a truth for a number": ("max_queues          = 16", "max_queues = true"),
    "no limits": ("[limits]", "[bounds]"),
    "a feature without a reason": ("[features.ipv6]\nsince", "[features.ipv6]\nfrom"),
    "local repair in no time": ("[features.ipv6]\n", '[features.ti-lfa]\nsince = "8.4"\n\n[features.ipv6]\n'),
    "a scheduler of no kind": ('"guarantees"', '"fairness"'),
    "a release that is no number": ('"8.5"', '"eight"'),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_a_target_that_cannot_be_used_is_a_finding(own, case):
    rewrite(own, *BROKEN[case])
    found, findings = load(own)
    assert found == {}
    assert [item.code for item in findings] == ["E0604"]
    assert findings[0].span.file == "frr/target.toml"


def test_a_target_is_read_again_where_its_text_has_changed_and_only_there(own):
    first, again = load(own)[0]["frr"], load(own)[0]["frr"]
    assert again is first
    rewrite(own, "max_queues          = 16", "max_queues = 15")
    assert (first.limits.max_queues, load(own)[0]["frr"].limits.max_queues) == (16, 15)
    rewrite(own, "max_queues = 15", "max_queues = many")
    assert load(own)[0] == {}


def test_only_where_a_target_says_so_guarantees_come_first(own):
    """Nothing is hoped of who is silent; of nodes that nobody configures nothing is said."""
    platforms = {"r1": "frr", "r2": "srlinux", "r3": "none", "r4": "unheard-of"}
    whole = network([replace(router(name[1:]), platform=platform) for name, platform in platforms.items()], [])
    sure = load(TARGETS)[0]
    assert with_schedulers(whole, sure).sharers == {"r2", "r4"}
    assert with_schedulers(with_schedulers(whole, {}), sure).sharers == {"r2", "r4"}
    rewrite(own, "scheduling =", "# scheduling =")
    assert with_schedulers(whole, {**sure, **load(own)[0]}).sharers == {"r1", "r2", "r4"}
    assert {name for name, target in sure.items() if target.is_by_guarantee} == {"frr"}


def test_only_where_a_target_or_its_hardware_says_so_a_cap_lets_bursts_pass(own):
    platforms = ("frr", "srlinux", "eos", "none", "unheard-of", "iosxr", "iosxr", "iosxr", "junos")
    hardware = {"r6": "ASR-9006", "r7": "NCS-5501"}
    nodes = [replace(router(str(number)), platform=platform) for number, platform in enumerate(platforms, 1)]
    whole = network([replace(node, chassis=hardware.get(node.name)) for node in nodes], [])
    sure = load(TARGETS)[0]
    assert with_schedulers(whole, sure).shapers == {"r2", "r3", "r5", "r7", "r8"}
    rewrite(own, "strict_cap =", "# strict_cap =")
    assert with_schedulers(whole, {**sure, **load(own)[0]}).shapers == {"r1", "r2", "r3", "r5", "r7", "r8"}
    assert {name for name, target in sure.items() if target.is_cap_with_bursts} == {
        "frr",
        "iosxe",
        "junos",
        "openconfig",
    }


def test_code_of_a_projects_own_target_is_not_run(own):
    rewrite(own, 'name      = "frr"', 'name = "mine"')
    found, findings = load(TARGETS, own)
    assert found.keys() == targets().keys()
    assert "not run" in findings[0].message


def test_two_targets_of_one_name_are_a_finding(own):
    _, findings = load(TARGETS, own)
    assert [item.code for item in findings] == ["E0604"]


def test_a_target_without_code_is_a_finding(own):
    (own / "frr" / "__init__.py").unlink()
    assert "code" in load(own)[1][0].message


def test_folders_without_data_are_no_targets(tmp_path):
    (tmp_path / "notes").mkdir()
    assert load(tmp_path) == ({}, ())


def ask(*nodes, **rest):
    findings = Findings()
    return capabilities(network(list(nodes), [], **rest), targets(), findings), findings.sorted()


def test_a_known_device_can_what_its_target_says():
    found, findings = ask(router(1))
    own = found["r1"]
    assert findings == ()
    assert (own.platform, own.release, own.mechanisms) == ("frr", "8.4", ("igp", "pbr"))
    assert own.features["marking"].is_supported
    assert not own.features["revert"].is_supported
    assert own.features["revert"].instead
    assert (own.bfd_interval_us, own.bfd_multiplier, own.max_steering_tables) == (50_000, 3, 100)


def test_a_patch_release_is_its_release():
    found, findings = ask(router(1, release="8.4.4"))
    assert (found["r1"].release, findings) == ("8.4.4", ())


def test_features_have_their_first_release():
    found = targets()["frr"]
    assert capabilities_of(found, "8.4", since="9.0").is_supported is False
    assert capabilities_of(found, "9.1", since="9.0").is_supported is True
    assert capabilities_of(found, "10.0", since="9.0").is_supported is True


def capabilities_of(target, release, since):
    from dataclasses import replace

    from intentc.targetkit.model import Feature

    later = replace(target, features={**target.features, "marking": Feature(since)})
    found = capabilities(network([router(1, release=release)], []), {"frr": later}, Findings())
    return found["r1"].features["marking"]


def test_a_node_that_nobody_configures_only_forwards():
    found, findings = ask(router(1, platform="none", release=None))
    assert findings == ()
    assert (found["r1"].mechanisms, found["r1"].features, found["r1"].max_steering_tables) == (("igp",), {}, 0)


def test_an_unknown_platform_is_one_finding_with_a_proposal():
    _, (finding,) = ask(router(1, platform="fr", span=span(7, "topology/net.yaml")))
    assert (finding.code, finding.span.line, finding.node) == ("E0601", 7, "r1")
    assert "`frr`" in finding.help[0]


def test_an_unknown_platform_without_a_near_one_lists_them_all():
    _, (finding,) = ask(router(1, platform="zxcvbnm"))
    assert finding.help == (f"the platforms are {', '.join(f'`{name}`' for name in [*targets(), 'none'])}",)


def test_an_unknown_release_is_a_finding():
    _, (finding,) = ask(router(1, release="8.3"))
    assert finding.code == "E0602"
    assert "8.4" in " ".join(finding.help)


def test_releases_that_are_not_written_are_noted_once():
    found, (finding,) = ask(router(1, release=None), router(2, release=None), router(3))
    assert (finding.code, finding.severity, len(finding.related)) == ("N0603", Severity.NOTE, 1)
    assert found["r1"].is_release_assumed
    assert found["r1"].release == "8.4"


def management(transport):
    return Management("192.0.2.1", transport, None, "default", None, span(9))


@pytest.mark.parametrize(("transport", "codes"), [(None, []), ("ssh", []), ("netconf", ["E0605"])])
def test_a_transport_that_the_target_does_not_offer_is_a_finding(transport, codes):
    _, findings = ask(router(1, management=management(transport)))
    assert [item.code for item in findings] == codes
    assert all(item.span == span(9) for item in findings)


def test_bfd_of_the_network_that_is_too_fast_is_one_finding():
    _, findings = ask(router(1), router(2), bfd=Bfd(10_000, 3))
    assert [item.code for item in findings] == ["E0615"]
    assert "50 ms" in findings[0].help[0]


def test_bfd_of_a_node_that_is_too_fast_is_found_at_the_node():
    _, (finding,) = ask(router(1, bfd=Bfd(20_000, 3), span=span(4)), router(2, bfd=Bfd(50_000, 3)), bfd=Bfd(50_000, 3))
    assert (finding.code, finding.span) == ("E0615", span(4))
