"""Programs that are made up: hypothesis strategies for whole syntax trees and their parts."""

import datetime as dt

from hypothesis import strategies as st
from support_language import NOWHERE

from intentc.diagnostics import Source
from intentc.language import ast
from intentc.language.build_values import MEASURES
from intentc.language.keywords import keywords
from intentc.language.units import UNITS, read_quantity

RESERVED = set(keywords().reserved)
MANY = {"max_size": 3}

words = st.from_regex(r"[a-z_][a-z0-9_]{0,5}((\.|-{1,2})[a-z0-9]{1,4}){0,2}", fullmatch=True).filter(
    lambda word: word not in RESERVED
)
strings = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"],
        exclude_characters="\u200b\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff",
    ),
    max_size=8,
)
plain_names = st.builds(ast.Name, words, st.just(NOWHERE), st.just(False)) | st.builds(
    ast.Name, strings.filter(bool), st.just(NOWHERE), st.just(True)
)
patterns = st.sampled_from(["*", "fra-*", "*-pe?", "a--b#2"]).map(lambda text: ast.Name(text, NOWHERE))
names = plain_names | patterns
texts = st.builds(ast.Text, strings, st.just(NOWHERE))


def quantity(text):
    value, unit = read_quantity(text)
    return ast.Quantity(value, unit, text, NOWHERE)


def literals(kind):
    units = [unit for unit, (known, _) in UNITS.items() if known is kind]
    return st.builds(lambda number, unit: quantity(f"{number}{unit}"), st.integers(0, 999), st.sampled_from(units))


def measures(word):
    return literals(MEASURES[word]) | plain_names


def nodes(kind, *parts):
    return st.builds(kind, *parts, st.just(NOWHERE))


def tuples(items, **bounds):
    return st.lists(items, **{**MANY, **bounds}).map(tuple)


some = {"min_size": 1}
numbers = st.sampled_from(["0", "1", "2.5", "0.000000001"]).map(quantity)
prefixes = nodes(ast.Prefix, st.sampled_from(["10.0.0.0/8", "10.0.0.1", "2001:db8::/32", "::/0", "fe80::1/64"]))
dates = nodes(ast.Date, st.dates(dt.date(1000, 1, 1)))
values = (
    plain_names
    | numbers
    | prefixes
    | dates
    | nodes(ast.Boolean, st.booleans())
    | st.sampled_from(ast.Unit).filter(lambda unit: unit is not ast.Unit.NUMBER).flatmap(literals)
)
ports = st.sampled_from(["icmp", "any"]).map(lambda word: ast.Ports(word, None, None, NOWHERE)) | st.builds(
    lambda protocol, low, more: ast.Ports(protocol, low, low + more, NOWHERE),
    st.sampled_from(["tcp", "udp", "sctp"]),
    st.integers(0, 60_000),
    st.integers(0, 5_000),
)

# -- expressions and sets -------------------------------------------------------------------------------------------------

fields = plain_names | st.sampled_from(["region", "site", "media", "latency"]).map(lambda text: ast.Name(text, NOWHERE))
comparisons = (
    nodes(ast.Comparison, fields, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), values)
    | nodes(ast.Comparison, fields, st.just("like"), names)
    | nodes(ast.Comparison, fields, st.sampled_from(["in", "not in"]), nodes(ast.ValueList, tuples(values, **some)))
)
expressions = st.recursive(
    comparisons,
    lambda inner: (
        nodes(ast.Not, inner) | nodes(ast.And, tuples(inner, min_size=2)) | nodes(ast.Or, tuples(inner, min_size=2))
    ),
    max_leaves=5,
)
kinds = st.sampled_from([None, "node", "site", "region", "group", "service", "link", "provider", "media", "srlg"])
named = st.builds(lambda name, kind: ast.NameTerm(name, kind, NOWHERE), names, kinds)
where = nodes(ast.WhereTerm, st.sampled_from(["sites", "nodes", "links", "intents"]), expressions)


def restricted(base, others):
    """Return a term with restrictions, which go from left to right."""
    for operator, other in others:
        base = ast.Restricted(base, operator, other, NOWHERE)
    return base


def sets_of(primary):
    operators = st.tuples(st.sampled_from(["except", "&"]), primary)
    return nodes(ast.SetExpression, tuples(st.builds(restricted, primary, st.lists(operators, max_size=2)), **some))


sets = st.deferred(lambda: sets_of(st.one_of(named, where, sets)))
closed_sets = sets_of(named | sets)

# -- clauses --------------------------------------------------------------------------------------------------------------

dscp = nodes(ast.DscpMatch, plain_names | st.integers(0, 63).map(lambda value: quantity(str(value))))
flows = nodes(ast.FlowExpression, tuples(ports | dscp | nodes(ast.PrefixPair, prefixes, prefixes), **some))
latency = nodes(ast.Latency, measures("latency"), st.sampled_from(["one-way", "rtt"]))
bandwidth = nodes(
    ast.Bandwidth,
    measures("bandwidth"),
    st.none() | measures("reverse"),
    st.sampled_from([None, "pair", "source", "total"]),
    st.none() | measures("ceiling"),
    st.none() | measures("burst"),
)
elements = st.builds(
    ast.Element,
    st.sampled_from(["region", "node", "site", "link", "provider", "media", "srlg"]),
    names,
    st.just(NOWHERE),
) | (st.builds(lambda key, value: ast.Element("label", key, NOWHERE, value), plain_names, values))
failures = tuples(
    nodes(ast.FailureCount, st.integers(1, 9), st.sampled_from(["link", "node", "srlg", "site", "provider"])), **some
)
switches = st.sampled_from(["latency", "loss"]).flatmap(
    lambda metric: nodes(ast.SwitchWhen, st.just(metric), measures(metric), st.none() | measures("for"))
)
failover = nodes(
    ast.Failover,
    measures("within"),
    tuples(nodes(ast.Survive, failures, st.booleans())),
    st.none() | latency,
    st.none() | bandwidth,
    tuples(switches, max_size=2),
    st.none() | nodes(ast.Revert, st.none() | measures("after")),
    st.none() | nodes(ast.Otherwise, st.sampled_from(["drop", "best-effort"])),
)
clauses = st.one_of(
    nodes(ast.From, sets),
    nodes(ast.To, sets, st.booleans()),
    nodes(ast.Between, closed_sets, sets),
    nodes(ast.Among, sets),
    nodes(ast.Unidirectional),
    nodes(ast.Symmetric),
    nodes(ast.Match, tuples(flows, **some), tuples(flows)),
    nodes(ast.Overrides, tuples(plain_names, **some)),
    nodes(ast.Priority, plain_names),
    latency,
    nodes(ast.Jitter, measures("jitter")),
    nodes(ast.Loss, measures("loss")),
    bandwidth,
    nodes(ast.Transfer, measures("transfer"), measures("within")),
    nodes(ast.Pin, tuples(plain_names, **some)),
    nodes(ast.Avoid, tuples(elements, **some)),
    nodes(ast.Via, tuples(elements, **some)),
    nodes(ast.Prefer, tuples(elements, **some)),
    failover,
    st.just(ast.Failover(None, (), None, None, (), None, None, NOWHERE)),
    nodes(ast.Encrypt, st.sampled_from([None, "macsec", "ipsec"]), st.none() | expressions),
    nodes(ast.LabelClause, plain_names, values),
    nodes(ast.Isolate, st.sampled_from(["to", "from", "both"])),
    nodes(ast.Spread),
    nodes(ast.Telemetry, measures("every"), st.none() | plain_names),
    nodes(ast.Optimize, st.sampled_from(["stability", "latency", "cost", "utilization"])),
    nodes(ast.Waive, plain_names, dates, texts),
)

# -- declarations ---------------------------------------------------------------------------------------------------------

steps = nodes(ast.Step, sets, sets, st.booleans(), st.none() | measures("processing"), st.integers(1, 9))
extends = tuples(plain_names)
properties = st.one_of(
    nodes(ast.Utilization, st.sampled_from(["<=", "<"]), measures("utilization"), st.none() | sets),
    nodes(ast.Connected, sets),
    nodes(ast.NoTraffic, sets, sets),
    nodes(ast.PathLength, st.sampled_from(["<=", "<"]), st.integers(0, 99), sets),
)
declarations = st.one_of(
    nodes(ast.Import, texts),
    nodes(ast.Const, plain_names, st.sampled_from(["5ms", "2.5Gbps", "1KiB", "0.01%"]).map(quantity)),
    nodes(ast.Group, plain_names, sets),
    nodes(
        ast.Service,
        plain_names,
        st.none() | sets,
        tuples(prefixes),
        tuples(ports),
        st.none() | nodes(ast.Capacity, measures("capacity"), st.booleans()),
        st.none() | st.just(ast.Ports("tcp", 80, 80, NOWHERE)),
    ),
    nodes(
        ast.ClassDeclaration,
        plain_names,
        st.none() | dscp,
        st.none()
        | nodes(ast.Queue, st.just(False), measures("queue"))
        | nodes(ast.Queue, st.just(True), st.none() | measures("queue")),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, "low", "medium", "high"]),
    ),
    nodes(ast.Profile, plain_names, extends, tuples(clauses, max_size=6)),
    nodes(ast.Intent, plain_names, st.none() | texts, extends, tuples(clauses, max_size=6)),
    nodes(
        ast.Chain,
        plain_names,
        st.none() | texts,
        extends,
        tuples(clauses),
        tuples(steps | nodes(ast.Parallel, tuples(steps))),
    ),
    nodes(ast.Assertion, plain_names, properties, st.just(()) | failures),
)
files = tuples(declarations, max_size=4).map(lambda items: ast.File(Source("a.intent", ""), items))
