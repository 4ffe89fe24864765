"""Every kind of file that targets write is judged by somebody else: a vendor's models, another open project, or the program that reads it.

A new target, a new file of one, a start-up file of a lab, or a command line that payloads are typed on without such a judge fails here.
"""

import ast
from functools import cache
from pathlib import Path

import pytest
from support_frr import TARGETS
from support_targets import all_targets

UNIT = Path(__file__).resolve().parents[1] / "unit"
MODELS = "::test_the_published_models_accept_it"
SOURCES = {  # target and file: the tests that have the second source
    ("eos", "itc.cfg"): (
        "test_target_eos_golden.py::test_the_grammar_accepts_it",
        "test_target_eos_avd.py::test_every_line_stands_as_avd_writes_it",
    ),
    ("eos", "startup.cfg"): ("test_lab_startup_eos.py::test_every_line_is_written_so_by_somebody_else_too",),
    ("frr", "edge.nft"): ("test_target_frr_golden.py::test_nft_accepts_it",),
    ("frr", "frr.conf"): ("test_target_frr_golden.py::test_frr_accepts_it",),
    ("frr", "guard.nft"): ("test_target_frr_golden.py::test_nft_accepts_it",),
    ("frr", "queue.nft"): ("test_target_frr_golden.py::test_nft_accepts_it",),
    ("frr", "queue.tc"): (
        "test_target_frr_golden.py::test_tc_accepts_it_and_the_kernel_has_every_class_queue_and_rate",
    ),
    ("frr", "rules"): ("test_target_frr_golden.py::test_ip_accepts_the_rules_and_the_kernel_has_each_of_them",),
    ("iosxe", "config.xml"): (f"test_target_iosxe_golden.py{MODELS}",),
    ("iosxe", "startup.cfg"): ("test_lab_startup.py::test_ciscos_models_know_every_line",),
    ("iosxr", "config.xml"): (f"test_target_iosxr_golden.py{MODELS}",),
    ("iosxr", "startup.cfg"): ("test_lab_startup.py::test_ciscos_models_know_every_line",),
    ("junos", "config.xml"): (f"test_target_junos_golden.py{MODELS}",),
    ("junos", "startup.cfg"): ("test_lab_startup.py::test_junipers_models_know_every_statement",),
    ("openconfig", "itc.xml"): (f"test_target_openconfig_golden.py{MODELS}",),
    ("srlinux", "itc.xml"): (f"test_target_srlinux_golden.py{MODELS}",),
    ("srlinux", "startup.cli"): ("test_lab_startup.py::test_nokias_models_know_every_command",),
}

ROADS = {  # targets whose payloads can be typed, too: the test that has the second source of the lines
    "iosxe": "test_targets_command_lines_cisco.py::test_every_line_has_its_place_in_the_published_models",
    "iosxr": "test_targets_command_lines_cisco.py::test_every_line_has_its_place_in_the_published_models",
    "junos": "test_targets_command_lines_models.py::test_every_line_has_its_place_in_the_published_models",
    "srlinux": "test_targets_command_lines_models.py::test_every_line_has_its_place_in_the_published_models",
}


def written():
    """Every file that a target writes: those of its golden cases, and what its devices start from in a lab."""
    found = {(path.parents[2].name, path.name) for path in TARGETS.glob("*/golden/*/*")}
    return found | {
        (name, target.lab.startup) for name, target in all_targets().items() if target.lab and target.lab.startup
    }


def test_every_file_has_a_judge_and_every_judge_a_file():
    assert set(SOURCES) == written()


def test_every_template_is_of_such_a_file():
    templates = {(path.parents[1].name, path.stem) for path in TARGETS.glob("*/templates/*.*.j2")}
    templates |= {(path.parents[1].name, "rules") for path in TARGETS.glob("*/templates/rules.j2")}  # others are parts
    templates |= {(path.parents[2].name, path.stem) for path in TARGETS.glob("*/templates/lab/*.j2")}
    assert templates == set(SOURCES)


def test_every_command_line_has_a_judge():
    assert set(ROADS) == {path.parent.name for path in TARGETS.glob("*/commands.py")}


@cache
def names_in(file):
    return {node.name for node in ast.walk(ast.parse((UNIT / file).read_text())) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("where", sorted({*ROADS.values(), *(where for found in SOURCES.values() for where in found)}))
def test_a_judge_that_is_named_here_exists(where):
    file, name = where.split("::")
    assert name in names_in(file)
