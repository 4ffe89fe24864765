"""Every trap across platforms that is known beforehand, each with the tests that hold a platform to it, or why it cannot be stepped into there.

Most of these tests stand with their platform, since each needs what it writes and reads; here is the list of all, and what compares platforms.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import support_eos as eos
import support_frr as frr
import support_iosxe as iosxe
import support_iosxr as iosxr
import support_junos as junos
import support_srlinux as srlinux
from support_frr import TARGETS
from support_targets import all_targets

from intentc.render.render import render_device

UNIT = Path(__file__).resolve().parents[1] / "unit"
PLATFORMS = sorted(path.parent.name for path in TARGETS.glob("*/target.toml"))
HERE = "here"
TRAPS = {  # number and words: for each platform file::test (of tests/unit), `here`, or a reason why it is none
    "1 implicit end of a filter": {
        "eos": "test_target_eos_config.py::test_the_end_of_a_list_denies_so_the_last_line_permits",
        "frr": HERE,
        "iosxe": "test_target_iosxe_traps.py::test_the_end_of_an_access_list_denies_so_every_list_ends_with_a_permit",
        "iosxr": "test_target_iosxr_traps.py::test_the_end_of_an_access_list_denies_so_every_list_ends_with_a_permit",
        "junos": "test_target_junos_traps.py::test_trap_1_a_filter_ends_with_an_explicit_term_for_everything_else",
        "openconfig": "test_target_openconfig_config.py::test_the_last_entry_lets_through_what_no_rule_names",
        "srlinux": "test_target_srlinux_config.py::test_the_end_of_an_acl_accepts_so_default_deny_drops_in_words",
    },
    "2 units of commit timers": {
        "eos": "test_target_eos_config.py::test_commit_timers_are_hours_minutes_seconds",
        "frr": HERE,
        "iosxe": "test_target_iosxe_traps.py::test_timers_of_commits_are_seconds_by_netconf_though_the_cli_has_minutes",
        "iosxr": "test_target_iosxr_traps.py::test_timers_of_commits_are_seconds_by_netconf",
        "junos": "test_target_junos_traps.py::test_trap_2_the_payload_says_no_confirm_timer",
        "openconfig": HERE,
        "srlinux": "test_target_srlinux_config.py::test_commit_timers_are_seconds",
    },
    "3 units of time": dict.fromkeys(("eos", "frr", "iosxe", "iosxr", "junos", "srlinux"), HERE)
    | {
        "openconfig": "no: the models leave BFD to the IGP; streams have milliseconds, as the readback of each number says"
    },
    "4 direction of preferences": {
        "eos": "test_target_eos_config.py::test_the_lower_distance_wins",
        "frr": HERE,
        "iosxe": "test_target_iosxe_traps.py::test_the_higher_preference_wins_among_candidate_paths",
        "iosxr": "test_target_iosxr_traps.py::test_of_candidate_paths_the_higher_preference_wins",
        "junos": "test_target_junos_traps.py::test_trap_4_preferences_of_candidates_and_routes_run_against_each_other",
        "openconfig": "test_target_openconfig_config.py::test_waypoints_come_in_order_and_the_last_resort_drops",
        "srlinux": "no: it steers nothing",
    },
    "5 one SRGB for all": {
        "eos": "test_target_eos_config.py::test_encapsulation_hides_fields_and_no_labels_are_pushed_here",
        "frr": HERE,
        "iosxe": "test_target_iosxe_traps.py::test_labels_are_those_of_each_nodes_own_block",
        "iosxr": "test_target_iosxr_traps.py::test_labels_are_those_of_each_nodes_own_block",
        "junos": "test_target_junos_traps.py::test_trap_5_labels_are_those_of_the_configuration_never_a_constant",
        "openconfig": HERE,
        "srlinux": HERE,
    },
    "6 matches that FRR takes and does not program": {"frr": HERE}
    | dict.fromkeys(("eos", "iosxe", "iosxr", "junos", "openconfig", "srlinux"), "no: it is about FRR on Linux"),
    "7 groups that lose": {"junos": "test_target_junos_traps.py::test_trap_7_groups_lose_so_who_holds_a_place_is_named"}
    | dict.fromkeys(("eos", "frr", "iosxe", "iosxr", "openconfig", "srlinux"), "no: no groups are written there"),
    "8 egress that sees the traffic class only": {
        "iosxr": "test_target_iosxr_traps.py::test_egress_matches_the_traffic_class_only_where_the_hardware_sees_nothing_else"
    }
    | dict.fromkeys(("eos", "frr", "iosxe", "junos", "openconfig", "srlinux"), "no: it is about NCS and Cisco 8000"),
    "9 fields behind labels": {
        "eos": "test_target_eos_config.py::test_labels_of_classes_are_those_of_the_network",
        "frr": "no: intentc sends no labelled packets through it",
        "iosxe": "test_target_iosxe_traps.py::test_labels_hide_code_points_so_queues_match_the_traffic_class_field_too",
        "iosxr": "test_target_iosxr_traps.py::test_labels_hide_code_points_so_queues_match_the_traffic_class_field_too",
        "junos": "test_target_junos_traps.py::test_trap_9_labelled_packets_are_told_apart_by_their_traffic_class",
        "openconfig": "test_target_openconfig_config.py::test_every_traffic_class_field_belongs_to_one_term",
        "srlinux": "test_target_srlinux_config.py::test_borders_are_seen_by_addresses_and_not_behind_labels",
    },
    "10 slots with room for one": {
        "eos": "test_target_eos_readback.py::test_a_place_that_others_hold_is_reported",
        "frr": "no: its tables and queues are its own, and beside those of others",
        "iosxe": "test_target_iosxe_traps.py::test_a_slot_that_somebody_else_holds_is_named_and_not_overwritten",
        "iosxr": "test_target_iosxr_traps.py::test_a_slot_that_somebody_else_holds_is_named_and_not_overwritten",
        "junos": "test_target_junos_readback.py::test_who_holds_a_place_of_ours_is_named",
        "openconfig": "test_target_openconfig_readback.py::test_a_slot_that_others_hold_is_reported",
        "srlinux": "test_target_srlinux_readback.py::test_a_slot_that_others_hold_is_reported",
    },
    "11 strict priority without a limit": {
        "eos": "test_target_eos_config.py::test_strict_queues_have_a_cap_and_stand_above_all_others",
        "frr": HERE,
        "iosxe": "test_target_iosxe_traps.py::test_strict_priority_never_stands_without_a_cap",
        "iosxr": "test_target_iosxr_traps.py::test_strict_priority_never_stands_without_a_cap",
        "junos": "test_target_junos_traps.py::test_trap_11_what_is_served_first_has_a_limit",
        "openconfig": "test_target_openconfig_config.py::test_a_strict_class_is_capped_and_the_others_share_what_is_left",
        "srlinux": "test_target_srlinux_config.py::test_strict_queues_have_a_cap",
    },
    "12 trust beside a rule": {
        "eos": "test_target_eos_config.py::test_trust_is_never_beside_a_rule_at_an_untrusted_port",
        "frr": HERE,
        "iosxe": "test_target_iosxe_traps.py::test_no_class_of_an_untrusted_port_is_entered_by_code_point_alone",
        "iosxr": "test_target_iosxr_traps.py::test_no_class_of_an_untrusted_port_is_entered_by_code_point_alone",
        "junos": "test_target_junos_traps.py::test_trap_12_code_points_of_hosts_are_believed_only_where_they_are_trusted",
        "openconfig": "no: it marks nothing, so that intents with classes do not enter there (E0610)",
        "srlinux": "test_target_srlinux_config.py::test_trust_is_never_beside_a_rule_at_an_untrusted_port",
    },
    "13 changes that restart hardware": {
        "eos": "test_target_eos_config.py::test_nothing_disruptive_is_written",
        "iosxe": "test_target_iosxe_traps.py::test_nothing_for_switches_is_written",
        "iosxr": "test_target_iosxr_traps.py::test_no_profile_of_a_line_card_is_written_but_that_of_flow_control",
        "junos": "test_target_junos_traps.py::test_trap_13_nothing_that_restarts_a_line_card_is_written",
        "srlinux": "test_target_srlinux_config.py::test_flow_control_is_no_reason_to_restart_a_line_card",
    }
    | dict.fromkeys(("frr", "openconfig"), "no: nothing of hardware is written there"),
}
# Flow control, which some hardware switches on by blocking the port for a moment, is a risk that a plan names:
# test_plan_make.py::test_flow_control_is_a_risk_of_its_own.
LISTED = [
    pytest.param(*where.split("::"), id=f"{trap} {platform}")
    for trap, platforms in TRAPS.items()
    for platform, where in platforms.items()
    if "::" in where
]


@cache
def names_in(file):
    tree = ast.parse((UNIT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_a_word_for_every_platform(trap):
    assert sorted(TRAPS[trap]) == PLATFORMS
    assert all(where == HERE or "::" in where or where.startswith("no: ") for where in TRAPS[trap].values())


def test_there_are_thirteen():
    assert [int(trap.split()[0]) for trap in TRAPS] == list(range(1, 14))


@pytest.mark.parametrize(("file", "name"), LISTED)
def test_a_test_that_is_named_here_exists(file, name):
    assert name in names_in(file)


def text_of(item):
    """Return all that is written for a router of FRR."""
    found = render_device(item, frr.fleet(item), frr.targets()["frr"])
    return "\n".join(frr.files(found).values())


def golden(target):
    """Return all golden files of a target."""
    return "\n".join(path.read_text() for path in sorted((TARGETS / target / "golden").glob("*/*")))


def test_trap_1_frr_lets_through_what_no_rule_names():
    """Every chain of nft accepts at its end, in words: nothing hangs on what a kernel does without them."""
    chains = re.findall(r"type (?:filter|route) hook [^\n]*", text_of(frr.full_config()))
    assert chains
    assert all(chain.endswith("policy accept;") for chain in chains)


@pytest.mark.parametrize("target", ["frr", "openconfig"])
def test_trap_2_no_timer_stands_in_what_is_written(target):
    assert not re.search(r"confirm|rollback|revert", golden(target), re.IGNORECASE)
    assert all_targets()[target].commit == {"frr": "restore-timer", "openconfig": "confirmed-commit"}[target]


UNITS = {  # BFD every 200 ms, as each platform counts
    "eos": (eos, eos.rendered, r"bfd interval (\d+) min-rx \d+", 200),
    "frr": (frr, text_of, r"transmit-interval (\d+)", 200),
    "iosxe": (iosxe, iosxe.rendered, r"<msecs>(\d+)<", 200),
    "iosxr": (iosxr, iosxr.rendered, r"<minimum-interval>(\d+)<", 200),
    "srlinux": (srlinux, srlinux.payload, r"<desired-minimum-transmit-interval>(\d+)<", 200_000),
}


@pytest.mark.parametrize("target", UNITS)
def test_trap_3_one_interval_in_the_unit_of_each_platform(target):
    module, written, form, number = UNITS[target]
    found = re.findall(form, written(module.config(bfd=[module.bfd(interval_us=200_000)])))
    assert found
    assert {int(item) for item in found} == {number}


def test_trap_3_one_interval_in_the_unit_of_junos():
    text = junos.text(junos.config(bfd=[frr.bfd("eth2", interval_us=200_000)]))
    assert {int(item) for item in re.findall(r"<minimum-interval>(\d+)<", text)} == {200}


def test_trap_4_the_lower_distance_wins_on_frr():
    text = text_of(frr.config(steering=[frr.steer(frr.flow(protocol="udp"), ("r2", "r3"))]))
    distances = [int(item) for item in re.findall(r"^ip route 0.0.0.0/0 10\.0\.0\.\d+ (\d+) table", text, re.MULTILINE)]
    assert distances == sorted(distances)
    assert len(set(distances)) == 2
    assert max(distances) < int(re.search(r"blackhole (\d+) table", text)[1])


@pytest.mark.parametrize("target", ["frr", "openconfig", "srlinux"])
def test_trap_5_no_label_of_any_block_is_written(target):
    assert not re.search(r"segment-list|mpls label|<label>|push-label|label-value", golden(target))


def test_trap_6_frr_steers_by_marks_of_nft_and_never_by_its_own_maps():
    text = golden("frr")
    assert "pbr-map" not in text
    assert "pbr-policy" not in text
    assert "meta mark set" in text


def test_trap_11_what_frr_serves_first_has_a_cap_below_its_port():
    """Network control and the strict class; what is served last may take all that is left."""
    text = (TARGETS / "frr" / "golden" / "queueing" / "queue.tc").read_text()
    port = int(re.search(r"dev eth2 .* htb rate (\d+)kbit", text)[1])
    caps = re.findall(r"dev eth2 .* htb prio [01] .* ceil (\d+)kbit", text)
    assert len(caps) == 2
    assert sum(map(int, caps)) < port


def test_trap_12_no_code_point_of_an_untrusted_host_is_believed_by_frr():
    """What a port of hosts gives no trust leaves with DF, or with the code point of the rule that named it."""
    text = text_of(frr.config(edges=[frr.edge(trust="none")]))
    assert re.search(r'iifname "eth1" ip dscp set 0\n', text)
    assert re.search(r'iifname "eth1" ip6 dscp set 0\n', text)
    assert "ip dscp set 0" not in text_of(frr.config(edges=[frr.edge(trust="fabric")]))
