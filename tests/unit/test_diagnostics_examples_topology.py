"""Examples of the catalogue that are topologies do what they say: the bad one gives its code, the good one does not."""

from __future__ import annotations

import re
import textwrap

import pytest

from intentc.diagnostics import Findings, Source
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.topology.load import load

HEAD = 'name: t\ndefaults: {platform: frr, release: "8.4"}\n'
NODES = "nodes:\n" + "".join(
    f"  {name}: {{loopback: 10.255.0.{number}/32}}\n"
    for number, name in enumerate(("r1", "r2", "r3", "fra-pe1", "ams-pe1"), start=1)
)
# What an example is a part of: {} is it, indented where it is a part.
WHOLE = {
    "{}": "E0301 E0307 E0336",
    HEAD + "{}": "E0302 E0311 E0322 E0328 W0301",
    HEAD + NODES + "{}": "E0306 E0320 E0321",
    HEAD + "nodes: {r1: {loopback: 10.255.0.1/32}, r2: {loopback: 10.255.0.2/32}}\n{}": "W0302",
    HEAD + NODES + "links:\n  {}": "E0304 E0323 E0324 E0325 E0327 E0333 E0334 N0302",
    HEAD + "nodes:\n  r1:\n    loopback: 10.255.0.1/32\n    {}": "E0310 E0330 E0335 E0337",
    HEAD + "nodes:\n  r1:\n    {}": "E0309",
    HEAD + NODES + "links:\n  - a: r1\n    b: r2\n    capacity: 1Gbps\n    {}": "E0305 E0329",
    HEAD + NODES + "links:\n  - a: r1\n    b: r2\n    {}": "E0308",
}
EXAMPLES = {code: whole for whole, codes in WHOLE.items() for code in codes.split()}
# Run elsewhere: with intents (E0331, E0338, E0339, N0303, W0303, W0304, W0350), as a lab (E0390, E0391), as a plan (E0395 to
# E0397), with bytes (E0312), over other declarations (E0303, E0326, E0332, E0345, N0301): tests/corpus has a case for each.


def codes(text):
    findings = Findings()
    load((Source("net.yaml", text),), findings)
    return {item.code for item in findings.items}


def examples(code):
    """Return the bad and the good example in their places."""
    whole = EXAMPLES[code]
    indent = re.search(r" *(?=\{\}\Z)", whole)[0]
    for text in CATALOGUE[code].explanation.split("    bad:   ")[1].split("    good:  "):
        lines = textwrap.dedent(" " * 11 + text.rstrip()).replace("<tab>", "\t").split("\n")
        yield whole.removesuffix("{}") + f"\n{indent}".join(lines) + "\n"


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_bad_example_gives_the_code_and_the_good_one_does_not(code):
    bad, good = examples(code)
    assert code in codes(bad)
    after = codes(good)
    assert code not in after
    assert "E0301" not in after  # it is YAML


def test_most_examples_of_topologies_are_run():
    assert len(EXAMPLES) >= 0.6 * sum(bool(re.match(r"[EWN]03[0-4]", code)) for code in CATALOGUE)
