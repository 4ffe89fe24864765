"""Every code of names, types and conflicts has a program that provokes it, and an explanation that helps."""

import re

import pytest
from support_resolve import run

from intentc.diagnostics import Findings, Source
from intentc.diagnostics.catalogue import CATALOGUE, conflicts, names
from intentc.language.parser import parse
from intentc.resolve.imports import load_closure

ENDS = "from site muc  to db"


def t(clauses: str) -> str:
    return f"intent t {{ {ENDS}  {clauses} }}"


def pair(one: str, other: str) -> str:
    return f"intent a {{ {ENDS}  {one} }}\nintent b {{ {ENDS}  {other} }}"


def c(clauses: str) -> str:
    services = """service app { at ber, muc  port tcp/80 }
service vec { at fra, nyc  prefix 10.30.0.0/24, 10.50.0.0/24  port tcp/99 }
service web { at fra  prefix 10.20.0.0/24  port tcp/80 }
"""
    return f"{services}chain t {{ latency <= 100ms  bandwidth 1Mbps  {clauses} }}"


PROVOKED: dict[str, str] = {
    "E0201": t("pin region mars"),
    "E0202": "group fra = ber\nintent t { from fra  to site nyc }",
    "E0203": "group a = ber\ngroup a = muc",
    "E0204": "intent t { from sites where role == nothing  to db }",
    "E0205": "intent t { from sites where colour == blue  to db }",
    "E0206": "intent t { from nodes where release == 8.4  to db }",
    "E0207": f"const fast = 1Mbps\n{t('bandwidth 1Mbps  latency <= fast')}",
    "E0208": t("bandwidth 1Mbps  latency <= fast"),
    "E0209": t("bandwidth 5Mbps ceiling 1Mbps"),
    "E0210": "group a = b\ngroup b = a",
    "E0211": "profile a extends b { }\nprofile b extends a { }",
    "E0213": t("priority high  priority low"),
    "E0214": "intent t { from site ber }",
    "E0215": "service x { at nyc  prefix 10.20.0.0/24 }",
    "E0216": "intent t { from node p1  to db }",
    "E0217": t("match prefix 192.168.0.0/16 to 10.30.0.0/24"),
    "E0218": "intent t { from site muc  to nyc, lab  bandwidth 1Mbps }",
    "E0219": "intent t { from site muc  to any of nyc }",
    "E0220": "intent t { from links where media == fiber  to db }",
    "E0221": "class x { queue 20% }",
    "E0222": t("unidirectional  bandwidth 5Mbps reverse 1Mbps"),
    "E0223": "intent t { from site muc  to api }",
    "E0224": 'import "gone.intent"',
    "E0225": 'import "main.intent"',
    "E0226": 'import "../../x.intent"',
    "E0227": t("overrides t"),
    "E0229": t('waive E0201 until 2027-06-30 because "x"'),
    "E0230": t('waive E0401 until 2020-06-30 because "x"'),
    "E0231": t("match dscp AF44"),
    "E0232": "service x { at fra  prefix 10.20.0.1/24 }",
    "E0233": "class roce { dscp 26 lossless }\n" + t("priority roce latency <= 5ms"),
    "E0238": t("bandwidth 1Mbps  failover within 1s { switch when loss > 0.1% for 1s }"),
    "E0239": "service x { at fra  prefix 10.20.0.0/24  health tcp/1 }",
    "E0237": t("symmetric  spread"),
    "E0236": "class x { dscp AF31 ecn drop high }",
    "E0234": t("transfer 200MB within 5s bandwidth 1Mbps"),
    "E0235": t("transfer 200MB within 2s failover within 3s"),
    "E0243": t("match tcp/1 udp/1"),
    "E0244": "intent t { from site fra  to db }",
    "E0246": t("failover within 1s { bandwidth 1Mbps }"),
    "E0260": c("from site ber  step app -> db"),
    "E0261": "chain t { step site ber -> db }",
    "E0262": c("parallel { }"),
    "E0263": c("step site ber -> vec"),
    "E0264": c("step site ber -> (db, web)"),
    "E0265": c("step site nyc -> db  step branches -> db"),
    "E0266": c("step site ber -> db  step site ber -> site fra"),
    "E0267": f"{t('')}\n{c('step site ber -> db')}",
    "E0290": t("bandwidth 1Mbps  failover within 1s { bandwidth 1Mbps burst 2MB }"),
    "E0401": pair("priority high", "priority low"),
    "E0405": pair("overrides b", "overrides a"),
    "E0406": t("pin region eu  telemetry every 1s to otel-us"),
    "E0520": "intent t { from ham  to db  failover within 1s }",
    "N0212": f"profile a {{ priority high }}\nprofile b {{ priority low }}\n{t('').replace('intent t', 'intent t extends a, b')}",
    "N0245": "intent t { from fra, ber  to any of api }",
    "N0402": pair("match tcp/1-9  priority high", "match tcp/5  priority low"),
    "N0403": f"intent a {{ {ENDS} }}\nintent b {{ from db  to muc  match any  priority high }}",
    "N0404": pair("bandwidth 1Mbps", "bandwidth 2Mbps"),
    "W0407": pair("match tcp/80  priority high", "match any  priority low  overrides a"),
    "W0408": "intent a { from ber  to db  isolate }\nintent b { from muc  to site fra }",
    "W0230": t('waive E0401 until 2026-11-30 because "x"'),
    "W0240": t("latency <= 5ms"),
    "W0350": t("pin region eu"),
}

# N0247 takes a site of two nodes that are alike: test_resolve_ends.py
OWN = sorted({entry.code for module in (names, conflicts) for entry in module.ENTRIES} - {"N0247"} | {"E0520", "W0350"})


@pytest.mark.parametrize("code", OWN)
def test_the_code_is_provoked_and_at_a_place(code):
    findings = Findings()
    file = parse(Source("intents/main.intent", PROVOKED[code]), findings)
    load_closure([file], lambda _: None, findings)
    found = [*findings.sorted(), *run(PROVOKED[code]).findings]
    assert [item.code for item in found if item.code[0] == "E"] == ([code] if code[0] == "E" else [])
    finding = next(item for item in found if item.code == code)
    assert finding.span is not None
    assert finding.span.line >= 1
    assert finding.message[0] == "`" or finding.message[0].islower()
    assert not finding.message.endswith(".")
    assert "\n" not in finding.message


def test_nothing_else_is_in_the_list():
    assert sorted(PROVOKED) == OWN


@pytest.mark.parametrize("code", OWN)
def test_the_explanation_is_whole(code):
    entry = CATALOGUE[code]
    assert entry.explanation.endswith("\n")
    assert entry.title
    assert not entry.title.endswith(".")
    assert all(len(line) <= 120 for line in entry.explanation.splitlines())
    if code[0] == "E":
        assert re.search(r"^    bad: ", entry.explanation, re.MULTILINE)
        assert re.search(r"^ +good: ", entry.explanation, re.MULTILINE)
