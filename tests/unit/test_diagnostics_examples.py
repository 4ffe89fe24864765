"""Examples of the catalogue do what they say: the bad one gives its code, the good one does not."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

import pytest
from support_corpus import CORPUS

from intentc.diagnostics import Findings, Source
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.pipeline import compile_request, parse, resolve
from intentc.project import Project
from intentc.run import Request
from intentc.topology.load import load

PROJECT = Project("examples", Path("/nowhere"), ("*.yaml",), ("*.intent",))
ENDS = "from ber  to fra-dc1"
PRELUDE = """
service api { at fra-dc1, ams-dc1  prefix 10.20.0.0/24 }
profile base { }
profile gold { priority high }
profile backup { priority low }
"""
# What an example is a part of, and the codes with such examples.
WHOLE = {
    "{}": "E0102 E0104 E0105 E0112 E0113 E0203 E0210 E0211 E0214 E0215 E0221 E0224 E0226 E0227 E0233 E0236 E0239 E0260 E0261 E0262"
    " E0267 E0401 E0405 N0212 N0402 N0403 N0404",
    "{} " + ENDS + " }}": "E0111",
    "intent t {{ "
    + ENDS
    + "  {} }}": "E0101 E0106 E0110 E0120 E0121 E0122 E0123 E0125 E0207 E0209 E0213 E0217 E0222 E0229 E0230"
    " E0231 E0234 E0235 E0237 E0243 E0246 E0290 E0406 W0230 W0240",
    "intent t {{ {} }}": "E0103 E0109 E0201 E0220 E0244",
    "intent t {{ from ber  {} }}": "E0223",
    "group g = {}": "E0107 E0204 E0205 E0206",
    "service s {{ at fra-dc1  {} }}": "E0126 E0127 E0232",
    "intent t {{ " + ENDS + "  failover within 1s {{ {} }} }}": "E0124 E0238",
}
EXAMPLES = {code: whole for whole, codes in WHOLE.items() for code in codes.split()}


@cache
def network():
    return load((Source("network.yaml", (CORPUS / "network.yaml").read_text()),), Findings())


def given(run):
    run.topology = network()


def codes(text):
    branches = "" if "group branches" in text else "group branches = ber, muc"
    sources = (Source("a.intent", text), Source("b.intent", PRELUDE + branches))
    request = Request(PROJECT, sources, (), dt.date(2026, 11, 20), lambda _: None)
    return {item.code for item in compile_request(request, Findings(), stages=(parse, given, resolve)).findings.items}


def examples(code):
    """The bad and the good example, without remarks, with ends where an intent leaves them out."""
    both = CATALOGUE[code].explanation.split("    bad:   ")[1].split("    good:  ")
    for text in both:
        lines = [re.sub(r"\s+# .*", "", line).removeprefix("           ") for line in text.rstrip().splitlines()]
        whole = re.sub(r"(intent \w[^{]*\{) \u2026 ", rf"\1 {ENDS} ", "\n".join(lines)).replace("<tab>", "\t")
        yield EXAMPLES[code].format(whole.replace("\u2026 ", ""))


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_bad_example_gives_the_code_and_the_good_one_does_not(code):
    bad, good = examples(code)
    assert code in codes(bad)
    after = codes(good)
    assert code not in after
    assert not any(other.startswith("E01") for other in after)


def test_most_examples_of_the_language_are_run():
    language = [code for code in CATALOGUE if re.match(r"[ENW]0[124]", code)]
    assert len(EXAMPLES) > 0.75 * len(language)
