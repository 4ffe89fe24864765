"""What EOS starts from in a lab, held against the schema and the templates of Arista's own open project."""

import re

import pytest
from support_eos_startup import UNJUDGED, filled, second_opinion
from support_lab import link, node, topology
from support_lab_devices import LABS, files, mixed, one, start

from intentc.targetkit.kit import parse_cli

pytest.importorskip("pyavd", reason="pyavd is not installed: see tests/run.sh")
STARTUP = f"routers/r1/{LABS['eos'].startup}"
FILES = {
    "everything": start("eos"),
    "without BFD": start("eos", mixed(bfd_ms=None)),
    "a node without transit": files(one("eos", transit=False))[STARTUP],
    "long packets": files(
        topology([node("r1", 1, platform="eos"), node("r2", 2)], [link("r1", "r2", metric=7, mtu=9000)])
    )[STARTUP],
}


@pytest.mark.parametrize("which", FILES)
def test_every_line_is_written_so_by_somebody_else_too(which):
    assert second_opinion(FILES[which]) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("isis network point-to-point", "isis network p2p"),
        ("no switchport", "no switch-port"),
        ("is-type level-2", "is-type level-2-only"),
        ("isis metric 5", "isis metric fast"),
        ("bfd all-interfaces", "bfd interfaces"),
        ("multiplier 3", "multiplier 99"),
        ("service routing protocols", "service routing protocol"),
    ],
)
def test_what_is_wrong_is_found(right, wrong):
    assert right in FILES["everything"]
    assert second_opinion(FILES["everything"].replace(right, wrong)) != []


def test_what_nobody_judges_is_written_and_no_more():
    lines = {" / ".join(path) for path in _paths(parse_cli(filled(FILES["everything"])))}
    assert [form for form in UNJUDGED if not any(re.fullmatch(form, line) for line in lines)] == []


def _paths(nodes, above=()):
    for item in nodes:
        yield (*above, item.text)
        yield from _paths(item.children, (*above, item.text))
