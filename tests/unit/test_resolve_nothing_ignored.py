"""Nothing that can be written is ignored: every field of the syntax tree changes the outcome."""

import dataclasses
import inspect

import pytest
from support_resolve import meaning, run

from intentc.language import ast

HEAD = """
group g = site ber
service s { at site fra  prefix 10.20.0.0/24  port tcp/1 }
const quick = 9ms
const slow = 90ms
profile p { priority low }
profile q { priority high }
"""


def intent(clauses: str, ends: str = "from site ber  to site nyc") -> str:
    return f"{HEAD}\nintent t {{ {ends}  {clauses} }}\nintent u {{ from site muc  to site nyc }}\nintent v {{ from lab to site nyc }}"


def block(text: str) -> str:
    return intent(f"bandwidth 5Mbps  failover within 1s {{ {text} }}")


def chain(text: str) -> str:
    return f"{HEAD}\nchain t {{ latency <= 1s  {text} }}"


def ends(text: str) -> str:
    return intent("", ends=text)


def waive(text: str) -> str:
    return intent(f"latency <= 1ms  waive {text}")


def service(text: str) -> str:
    return f"service x {{ {text} }}\nintent t {{ from site ber  to any of x }}"


def klass(text: str) -> str:
    return f"class x {{ {text} }}\nintent t {{ from site ber  to site nyc  priority x }}"


def asserted(text: str) -> str:
    return f"{intent('')}\nassert a {{ {text} }}"


# Two programs that differ in one field only; they must not come to the same thing.
DIFFERENT: dict[str, tuple[str, str]] = {
    "Name.text": (ends("from site ber  to site nyc"), ends("from site muc  to site nyc")),
    "Name.is_quoted": (ends("from site *er  to site nyc"), ends('from site "*er"  to site nyc')),
    "Quantity.value": (intent("latency <= 1ms"), intent("latency <= 2ms")),
    "Quantity.unit": (
        f"const quick = 9ms\n{ends('from g to s')}",
        f"const quick = 9Mbps\n{intent('latency <= quick')}",
    ),
    "Text.text": (intent("").replace("intent t", 'intent t "A"'), intent("").replace("intent t", 'intent t "B"')),
    "Boolean.value": (
        ends("from sites where gpu == true  to site nyc"),
        ends("from sites where gpu == false  to site nyc"),
    ),
    "Date.value": (waive('W0240 until 2027-06-30 because "x"'), waive('W0240 until 2027-07-30 because "x"')),
    "Prefix.text": (
        intent("match prefix 10.1.0.0/25 to 10.50.0.0/24"),
        intent("match prefix 10.1.0.0/26 to 10.50.0.0/24"),
    ),
    "Ports.protocol": (intent("match tcp/1"), intent("match udp/1")),
    "Ports.low": (intent("match tcp/1-9"), intent("match tcp/2-9")),
    "Ports.high": (intent("match tcp/1-9"), intent("match tcp/1-8")),
    "ValueList.items": (
        ends("from sites where tier in (1, 2)  to site nyc"),
        ends("from sites where tier in (1, 3)  to site nyc"),
    ),
    "Comparison.field": (
        ends("from sites where role == branch  to nyc"),
        ends("from sites where name == branch  to nyc"),
    ),
    "Comparison.operator": (ends("from sites where tier == 1  to nyc"), ends("from sites where tier > 1  to nyc")),
    "Comparison.value": (ends("from sites where tier == 1  to nyc"), ends("from sites where tier == 2  to nyc")),
    "And.operands": (
        ends("from sites where tier == 2 and region == de  to nyc"),
        ends("from sites where tier == 2 and name == ham  to nyc"),
    ),
    "Or.operands": (
        ends("from sites where name == ber or tier == 2  to nyc"),
        ends("from sites where name == ber or name == muc  to nyc"),
    ),
    "Not.operand": (
        ends("from sites where role == branch and not tier == 1  to nyc"),
        ends("from sites where role == branch and not tier == 2  to nyc"),
    ),
    "NameTerm.name": (ends("from ber  to nyc"), ends("from muc  to nyc")),
    "NameTerm.kind": (ends("from site ber  to nyc"), ends("from node ber  to nyc")),
    "WhereTerm.kind": (
        ends("from sites where role == gateway  to nyc"),
        ends("from nodes where role == gateway  to nyc"),
    ),
    "WhereTerm.condition": (ends("from sites where tier == 1  to nyc"), ends("from sites where tier == 2  to nyc")),
    "Restricted.base": (ends("from (ber, muc) except ham  to nyc"), ends("from (ber, lab) except ham  to nyc")),
    "Restricted.operator": (ends("from (ber, muc) except muc  to nyc"), ends("from (ber, muc) & muc  to nyc")),
    "Restricted.other": (ends("from (ber, muc) except muc  to nyc"), ends("from (ber, muc) except ber  to nyc")),
    "SetExpression.terms": (ends("from ber  to nyc"), ends("from ber, muc  to nyc")),
    "From.set": (ends("from ber  to nyc"), ends("from muc  to nyc")),
    "To.set": (ends("from ber  to nyc"), ends("from ber  to fra")),
    "To.is_any_of": (ends("from ber  to s"), ends("from ber  to any of s")),
    "Between.left": (ends("between ber and nyc"), ends("between muc and nyc")),
    "Between.right": (ends("between ber and nyc"), ends("between ber and muc")),
    "Among.set": (ends("among ber, nyc"), ends("among ber, muc")),
    "PrefixPair.source": (
        intent("match prefix 10.1.0.0/25 to 10.50.0.0/24"),
        intent("match prefix 10.1.0.128/25 to 10.50.0.0/24"),
    ),
    "PrefixPair.destination": (
        intent("match prefix 10.1.0.0/24 to 10.50.0.0/25"),
        intent("match prefix 10.1.0.0/24 to 10.50.0.128/25"),
    ),
    "DscpMatch.value": (intent("match dscp 1"), intent("match dscp EF")),
    "FlowExpression.parts": (intent("match tcp/1"), intent("match tcp/1 dscp EF")),
    "Match.flows": (intent("match tcp/1"), intent("match tcp/1, tcp/2")),
    "Match.excepted": (intent("match tcp/1-9"), intent("match tcp/1-9 except tcp/5")),
    "Overrides.intents": (
        f"{intent('match tcp/1-5  priority low')}\nintent w {{ from ber to nyc  match tcp/5-9  overrides t }}",
        f"{intent('match tcp/1-5  priority low')}\nintent w {{ from ber to nyc  match tcp/5-9  overrides u }}",
    ),
    "Priority.name": (intent("priority high"), intent("priority low")),
    "Latency.bound": (intent("latency <= quick"), intent("latency <= slow")),
    "Latency.mode": (intent("latency <= 1ms one-way"), intent("latency <= 1ms rtt")),
    "Bandwidth.rate": (intent("bandwidth 5Mbps"), intent("bandwidth 6Mbps")),
    "Bandwidth.reverse": (intent("bandwidth 5Mbps"), intent("bandwidth 5Mbps reverse 1Mbps")),
    "Bandwidth.per": (intent("bandwidth 5Mbps per pair"), intent("bandwidth 5Mbps total")),
    "Bandwidth.ceiling": (intent("bandwidth 5Mbps"), intent("bandwidth 5Mbps ceiling 6Mbps")),
    "Bandwidth.burst": (intent("bandwidth 5Mbps"), intent("bandwidth 5Mbps burst 1MB")),
    "Transfer.size": (intent("transfer 1MB within 1s"), intent("transfer 2MB within 1s")),
    "Transfer.within": (intent("transfer 1MB within 1s"), intent("transfer 1MB within 2s")),
    "Pin.regions": (intent("pin region eu"), intent("pin region eu, us")),
    "Element.kind": (intent("avoid node p1"), intent("avoid link p1")),
    "Element.name": (intent("avoid node p1"), intent("avoid node p2")),
    "Element.value": (intent("avoid label owner = acme"), intent("avoid label owner = other")),
    "Avoid.elements": (intent("avoid node p1"), intent("avoid node p1, node p2")),
    "Via.elements": (intent("via node p1, node p2"), intent("via node p2, node p1")),
    "Prefer.elements": (intent("prefer node p1, node p2"), intent("prefer node p2, node p1")),
    "FailureCount.count": (block("survive any 1 srlg"), block("survive any 2 srlg")),
    "FailureCount.kind": (block("survive any 1 srlg"), block("survive any 1 node")),
    "Survive.failures": (block("survive any 1 srlg"), block("survive any 1 srlg and any 1 node")),
    "Survive.is_except_access": (
        ends("from ham to nyc  failover within 1s { survive any 1 link }"),
        ends("from ham to nyc  failover within 1s { survive any 1 link except access }"),
    ),
    "Revert.after": (block("revert after 5s"), block("revert never")),
    "Otherwise.action": (block("otherwise drop"), block("otherwise best-effort")),
    "Failover.within": (intent("failover within 1s"), intent("failover none")),
    "Failover.survive": (block(""), block("survive any 1 srlg")),
    "Failover.latency": (block(""), block("latency <= 9ms")),
    "Failover.bandwidth": (block(""), block("bandwidth 1Mbps")),
    "Failover.switch": (block(""), block("switch when latency > 1ms")),
    "SwitchWhen.metric": (block("switch when loss > 50% for 1s"), block("switch when latency > 1ms for 1s")),
    "SwitchWhen.threshold": (block("switch when latency > 1ms"), block("switch when latency > 2ms")),
    "SwitchWhen.hold": (block("switch when latency > 1ms for 1s"), block("switch when latency > 1ms for 2s")),
    "Failover.revert": (block(""), block("revert after 60s")),
    "Failover.otherwise": (block(""), block("otherwise drop")),
    "Encrypt.method": (intent("encrypt macsec"), intent("encrypt ipsec")),
    "Encrypt.condition": (intent("encrypt"), intent("encrypt on links where media == lte")),
    "LabelClause.key": (intent("label a = 1"), intent("label b = 1")),
    "LabelClause.value": (intent("label a = 1"), intent("label a = 2")),
    "Isolate.direction": (intent("isolate to"), intent("isolate both")),
    "Telemetry.every": (intent("telemetry every 1s"), intent("telemetry every 2s")),
    "Telemetry.collector": (intent("telemetry every 1s"), intent("telemetry every 1s to otel-eu")),
    "Optimize.goal": (intent("optimize stability"), intent("optimize cost")),
    "Waive.code": (waive('W0240 until 2027-06-30 because "x"'), waive('E0520 until 2027-06-30 because "x"')),
    "Waive.until": (waive('W0240 until 2027-06-30 because "x"'), waive('W0240 until 2027-06-29 because "x"')),
    "Waive.because": (waive('W0240 until 2027-06-30 because "x"'), waive('W0240 until 2027-06-30 because "y"')),
    "Const.name": ("const a = 1ms\nconst b = 1ms", "const a = 1ms\nconst a = 1ms"),
    "Const.value": (intent("latency <= quick"), intent("latency <= quick").replace("quick = 9ms", "quick = 8ms")),
    "Group.name": ("group a = ber\ngroup b = ber", "group a = ber\ngroup a = ber"),
    "Group.set": (ends("from g to nyc"), ends("from g to nyc").replace("g = site ber", "g = site muc")),
    "Service.name": ("service a { at fra }\nservice b { at fra }", "service a { at fra }\nservice a { at fra }"),
    "Service.at": (service("at fra"), service("at nyc")),
    "Service.prefixes": (service("at fra  prefix 10.20.0.0/24"), service("at fra  prefix 10.30.0.0/24")),
    "Service.ports": (service("at fra  port tcp/1"), service("at fra  port tcp/2")),
    "Service.capacity": (service("at fra"), service("at fra  capacity 1Gbps")),
    "Capacity.rate": (service("at fra  capacity 1Gbps"), service("at fra  capacity 2Gbps")),
    "Capacity.is_per_host": (service("at fra  capacity 1Gbps"), service("at fra  capacity 1Gbps per host")),
    "Service.health": (service("at fra"), service("at fra  health tcp/1")),
    "Queue.is_strict": (klass("dscp 8 queue 20%"), klass("dscp 8 queue strict 20%")),
    "Queue.share": (klass("dscp 8 queue 20%"), klass("dscp 8 queue 30%")),
    "ClassDeclaration.name": ("class a { dscp 8 }\nclass b { dscp 8 }", "class a { dscp 8 }\nclass a { dscp 8 }"),
    "ClassDeclaration.dscp": (klass("dscp 8"), klass("dscp 16")),
    "ClassDeclaration.queue": (klass("dscp 8"), klass("dscp 8 queue 20%")),
    "ClassDeclaration.is_ecn": (klass("dscp 8"), klass("dscp 8 ecn")),
    "ClassDeclaration.is_lossless": (klass("dscp 8"), klass("dscp 8 lossless")),
    "ClassDeclaration.drop": (klass("dscp 8"), klass("dscp 8 drop high")),
    "Profile.name": ("profile a { }\nprofile b { }", "profile a { }\nprofile a { }"),
    "Profile.extends": (
        f"profile r extends p {{ }}\n{intent('').replace('intent t', 'intent t extends r')}",
        f"profile r extends q {{ }}\n{intent('').replace('intent t', 'intent t extends r')}",
    ),
    "Profile.clauses": ("profile a { }", "profile a { pin region mars }"),
    "Intent.name": ("intent a { from ber to nyc }", "intent b { from ber to nyc }"),
    "Intent.title": ("intent a { from ber to nyc }", 'intent a "A" { from ber to nyc }'),
    "Intent.extends": (
        intent("").replace("intent t", "intent t extends p"),
        intent("").replace("intent t", "intent t extends q"),
    ),
    "Jitter.bound": (intent("jitter <= 1ms"), intent("jitter <= 2ms")),
    "Loss.bound": (intent("loss <= 1%"), intent("loss <= 2%")),
    "Intent.clauses": ("intent a { from ber to nyc }", "intent a { from ber to nyc  priority low }"),
    "Step.source": (chain("step ber -> db"), chain("step muc -> db")),
    "Step.destination": (chain("step ber -> db"), chain("step ber -> any of api")),
    "Step.is_any_of": (chain("step ber -> db"), chain("step ber -> any of db")),
    "Step.processing": (chain("step ber -> db"), chain("step ber -> db processing 1ms")),
    "Step.calls": (chain("step ber -> db"), chain("step ber -> db calls 2")),
    "Parallel.steps": (
        chain("step ber -> db  step ber -> any of api"),
        chain("parallel { step ber -> db  step ber -> any of api }"),
    ),
    "Chain.name": (chain("step ber -> db"), chain("step ber -> db").replace("chain t", "chain u")),
    "Chain.title": (chain("step ber -> db"), chain("step ber -> db").replace("chain t", 'chain t "T"')),
    "Chain.extends": (
        chain("step ber -> db").replace("chain t", "chain t extends p"),
        chain("step ber -> db").replace("chain t", "chain t extends q"),
    ),
    "Chain.clauses": (chain("step ber -> db"), chain("step ber -> db  priority high")),
    "Chain.steps": (chain("step ber -> db"), chain("step ber -> db  step ber -> any of api")),
    "Assertion.name": ("assert a { connected branches }", "assert b { connected branches }"),
    "Utilization.operator": (asserted("utilization < 70%"), asserted("utilization <= 70%")),
    "Utilization.bound": (asserted("utilization <= 70%"), asserted("utilization <= 71%")),
    "Utilization.links": (asserted("utilization <= 70% on core"), asserted("utilization <= 70% on lab-1")),
    "Connected.set": (asserted("connected branches"), asserted("connected g, p1")),
    "NoTraffic.intents": (asserted("no traffic of t on core"), asserted("no traffic of u on core")),
    "NoTraffic.links": (asserted("no traffic of t on core"), asserted("no traffic of t on p1")),
    "PathLength.operator": (asserted("hops < 5 of t"), asserted("hops <= 5 of t")),
    "PathLength.bound": (asserted("hops <= 4 of t"), asserted("hops <= 5 of t")),
    "PathLength.intents": (asserted("hops <= 5 of t"), asserted("hops <= 5 of u")),
    "Assertion.property": (asserted("connected branches"), asserted("hops <= 5 of t")),
    "Assertion.under": (asserted("connected branches"), asserted("connected branches under any 1 link failure")),
}

# What does not bear on meaning: a literal as it was written, a file and what is broken in it, and imports (tests of their own).
ELSEWHERE = {
    "Quantity.text",
    "File.source",
    "File.declarations",
    "File.broken",
    "Broken.keyword",
    "Broken.name",
    "Import.path",
}


def outcome(text: str) -> object:
    found = run(text)
    findings = [(item.code, item.message, item.intent) for item in found.findings]
    return meaning(found), findings


@pytest.mark.parametrize("field", DIFFERENT)
def test_the_field_changes_the_outcome(field):
    one, other = DIFFERENT[field]
    assert one != other
    assert outcome(one) != outcome(other)


def test_every_field_of_the_syntax_tree_is_accounted_for():
    nodes = [
        item
        for _, item in inspect.getmembers(ast, dataclasses.is_dataclass)
        if item.__module__.startswith(ast.__name__)
    ]
    fields = {
        f"{item.__name__}.{field.name}" for item in nodes for field in dataclasses.fields(item) if field.name != "span"
    }
    assert sorted(fields) == sorted({*DIFFERENT, *ELSEWHERE})


@pytest.mark.parametrize("clause", ["unidirectional", "symmetric", "spread"])
def test_a_clause_without_fields_has_an_effect(clause):
    assert outcome(intent("")) != outcome(intent(clause))
