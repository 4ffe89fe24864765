"""Every clause of an intent, with the node it becomes."""

import datetime as dt

import pytest
from support_language import (
    NOWHERE,
    clauses,
    compare,
    name,
    number,
    ports,
    prefix,
    rate,
    ratio,
    size,
    term,
    these,
    time,
)

from intentc.language import ast

MS = 1_000_000
FIBRE = compare("media", "==", name("fiber"))


def element(kind, text, value=None):
    return ast.Element(kind, name(text), NOWHERE, value)


def flow(*parts):
    return ast.FlowExpression(parts, NOWHERE)


def failures(*pairs):
    return tuple(ast.FailureCount(count, kind, NOWHERE) for count, kind in pairs)


def survive(*pairs, except_access=False):
    return ast.Survive(failures(*pairs), except_access, NOWHERE)


def failover(within, **parts):
    empty = {"survive": (), "latency": None, "bandwidth": None, "switch": (), "revert": None, "otherwise": None}
    return ast.Failover(within, **{**empty, **parts}, span=NOWHERE)


def bandwidth(value, **parts):
    return ast.Bandwidth(value, **{"reverse": None, "per": None, "ceiling": None, "burst": None, **parts}, span=NOWHERE)


CASES = [
    ("from branches", ast.From(these("branches"), NOWHERE)),
    ("from ber, site fra,", ast.From(these("ber", term("fra", "site")), NOWHERE)),
    ("to api", ast.To(these("api"), False, NOWHERE)),
    ("to any of api", ast.To(these("api"), True, NOWHERE)),
    ("between a, b and c", ast.Between(these("a", "b"), these("c"), NOWHERE)),
    ("among gpus", ast.Among(these("gpus"), NOWHERE)),
    ("unidirectional", ast.Unidirectional(NOWHERE)),
    ("symmetric", ast.Symmetric(NOWHERE)),
    ("match tcp/443", ast.Match((flow(ports("tcp", 443)),), (), NOWHERE)),
    ("match any", ast.Match((flow(ports("any")),), (), NOWHERE)),
    (
        "match tcp/443 dscp AF41, udp/4791-4800 except icmp, prefix 10.0.0.0/8 to 10.1.0.0/16",
        ast.Match(
            (flow(ports("tcp", 443), ast.DscpMatch(name("AF41"), NOWHERE)), flow(ports("udp", 4791, 4800))),
            (flow(ports("icmp")), flow(ast.PrefixPair(prefix("10.0.0.0/8"), prefix("10.1.0.0/16"), NOWHERE))),
            NOWHERE,
        ),
    ),
    ("match dscp 46,", ast.Match((flow(ast.DscpMatch(number("46", 46_000_000_000), NOWHERE)),), (), NOWHERE)),
    ('overrides a, "b c",', ast.Overrides((name("a"), name("b c", quoted=True)), NOWHERE)),
    ("priority critical", ast.Priority(name("critical"), NOWHERE)),
    ("priority low", ast.Priority(name("low"), NOWHERE)),
    ("latency <= 15ms", ast.Latency(time("15ms", 15 * MS), "one-way", NOWHERE)),
    ("latency <= 15ms one-way", ast.Latency(time("15ms", 15 * MS), "one-way", NOWHERE)),
    ("latency <= 15ms rtt", ast.Latency(time("15ms", 15 * MS), "rtt", NOWHERE)),
    ("latency <= interactive rtt", ast.Latency(name("interactive"), "rtt", NOWHERE)),
    ("jitter <= 2ms", ast.Jitter(time("2ms", 2 * MS), NOWHERE)),
    ("loss <= 0.01%", ast.Loss(ratio("0.01%", 100_000), NOWHERE)),
    ("bandwidth 50Mbps", bandwidth(rate("50Mbps", 50_000_000))),
    ("bandwidth base total", bandwidth(name("base"), per="total")),
    ("bandwidth 1Gbps per pair", bandwidth(rate("1Gbps", 10**9), per="pair")),
    (
        "bandwidth 50Mbps reverse 0bps per source ceiling 80Mbps burst 256KB",
        bandwidth(
            rate("50Mbps", 50_000_000),
            reverse=rate("0bps", 0),
            per="source",
            ceiling=rate("80Mbps", 80_000_000),
            burst=size("256KB", 256_000),
        ),
    ),
    (
        "bandwidth 1Mbps burst 1KiB per source",  # the order of the options is free
        bandwidth(rate("1Mbps", 10**6), per="source", burst=size("1KiB", 1024)),
    ),
    ("transfer 200MB within 30s", ast.Transfer(size("200MB", 200_000_000), time("30s", 30_000 * MS), NOWHERE)),
    ("pin region eu", ast.Pin((name("eu"),), NOWHERE)),
    ("pin region eu, region us, no,", ast.Pin((name("eu"), name("us"), name("no")), NOWHERE)),
    ("avoid node x", ast.Avoid((element("node", "x"),), NOWHERE)),
    (
        "avoid region us, cn, link fra-*, srlg d7, site s, provider p, media lte",
        ast.Avoid(
            (
                element("region", "us"),
                element("region", "cn"),
                element("link", "fra-*"),
                element("srlg", "d7"),
                element("site", "s"),
                element("provider", "p"),
                element("media", "lte"),
            ),
            NOWHERE,
        ),
    ),
    ("via node a, b", ast.Via((element("node", "a"), element("node", "b")), NOWHERE)),
    (
        "prefer link a--b#2, label tier = 1, vendor = x,",
        ast.Prefer(
            (
                element("link", "a--b#2"),
                element("label", "tier", number("1", 10**9)),
                element("label", "vendor", name("x")),
            ),
            NOWHERE,
        ),
    ),
    ("failover none", failover(None)),
    ("failover within 300ms", failover(time("300ms", 300 * MS))),
    ("failover within 300ms {}", failover(time("300ms", 300 * MS))),
    (
        "failover within quick { survive any 1 link; survive any 1 srlg except access }",
        failover(name("quick"), survive=(survive((1, "link")), survive((1, "srlg"), except_access=True))),
    ),
    (
        """failover within 2s {
             survive any 2 link and any 1 node  survive any 1 site  survive any 1 provider
             latency <= 25ms rtt  bandwidth 5Mbps reverse 1Mbps
             switch when latency > 80ms for 5s  switch when loss > 1%
             revert after 5min  otherwise drop
           }""",
        failover(
            time("2s", 2000 * MS),
            survive=(survive((2, "link"), (1, "node")), survive((1, "site")), survive((1, "provider"))),
            latency=ast.Latency(time("25ms", 25 * MS), "rtt", NOWHERE),
            bandwidth=bandwidth(rate("5Mbps", 5_000_000), reverse=rate("1Mbps", 1_000_000)),
            switch=(
                ast.SwitchWhen("latency", time("80ms", 80 * MS), time("5s", 5000 * MS), NOWHERE),
                ast.SwitchWhen("loss", ratio("1%", 10_000_000), None, NOWHERE),
            ),
            revert=ast.Revert(time("5min", 300_000 * MS), NOWHERE),
            otherwise=ast.Otherwise("drop", NOWHERE),
        ),
    ),
    (
        "failover within 1s { revert never  otherwise best-effort }",
        failover(
            time("1s", 1000 * MS),
            revert=ast.Revert(None, NOWHERE),
            otherwise=ast.Otherwise("best-effort", NOWHERE),
        ),
    ),
    ("encrypt", ast.Encrypt(None, None, NOWHERE)),
    ("encrypt macsec", ast.Encrypt("macsec", None, NOWHERE)),
    ("encrypt on links where media == fiber", ast.Encrypt(None, FIBRE, NOWHERE)),
    ("encrypt ipsec on links where media == fiber", ast.Encrypt("ipsec", FIBRE, NOWHERE)),
    ("label tenant = acme", ast.LabelClause(name("tenant"), name("acme"), NOWHERE)),
    ("label gold = true", ast.LabelClause(name("gold"), ast.Boolean(True, NOWHERE), NOWHERE)),
    ("label since = 2026-02-28", ast.LabelClause(name("since"), ast.Date(dt.date(2026, 2, 28), NOWHERE), NOWHERE)),
    ("label net = 2001:DB8::/32", ast.LabelClause(name("net"), prefix("2001:db8::/32"), NOWHERE)),
    ("isolate", ast.Isolate("to", NOWHERE)),
    ("isolate to", ast.Isolate("to", NOWHERE)),
    ("isolate from", ast.Isolate("from", NOWHERE)),
    ("isolate both", ast.Isolate("both", NOWHERE)),
    ("spread", ast.Spread(NOWHERE)),
    ("telemetry every 10s", ast.Telemetry(time("10s", 10_000 * MS), None, NOWHERE)),
    ("telemetry every 10s to otel-eu", ast.Telemetry(time("10s", 10_000 * MS), name("otel-eu"), NOWHERE)),
    ("optimize stability", ast.Optimize("stability", NOWHERE)),
    ("optimize latency", ast.Optimize("latency", NOWHERE)),
    ("optimize cost", ast.Optimize("cost", NOWHERE)),
    ("optimize utilization", ast.Optimize("utilization", NOWHERE)),
    (
        r'waive E0509 until 2027-01-31 because "the \"new\" fibre"',
        ast.Waive(
            name("E0509"), ast.Date(dt.date(2027, 1, 31), NOWHERE), ast.Text('the "new" fibre', NOWHERE), NOWHERE
        ),
    ),
]


@pytest.mark.parametrize(("text", "node"), CASES, ids=[text for text, _ in CASES])
def test_a_clause_becomes_its_node(text, node):
    assert clauses(text) == (node,)


@pytest.mark.parametrize(("text", "node"), CASES, ids=[text for text, _ in CASES])
def test_nothing_has_to_end_a_clause(text, node):
    assert clauses(f"{text} symmetric") == (node, ast.Symmetric(NOWHERE))
    assert clauses(f"symmetric {text};;") == (ast.Symmetric(NOWHERE), node)


@pytest.mark.parametrize("kind", sorted({type(node).__name__ for _, node in CASES}))
def test_every_kind_of_clause_can_stand_in_a_profile_and_a_chain(kind):
    from support_language import only

    texts = [text for text, node in CASES if type(node).__name__ == kind]
    nodes = [node for _, node in CASES if type(node).__name__ == kind]
    assert only(f"profile p {{ {texts[0]} }}").clauses == (nodes[0],)
    assert only(f"chain c {{ {texts[0]} }}").clauses == (nodes[0],)


def test_the_cases_hold_every_clause_of_the_tree():
    assert {type(node) for _, node in CASES} == set(ast.Clause.__args__)


TO_X = ast.To(these("x"), False, NOWHERE)
FROM_X = ast.From(these("x"), NOWHERE)
TEN = time("10s", 10_000 * MS)


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("isolate to x", (ast.Isolate("to", NOWHERE), TO_X)),
        ("isolate\nto x", (ast.Isolate("to", NOWHERE), TO_X)),
        ("isolate\nfrom x", (ast.Isolate("to", NOWHERE), FROM_X)),
        ("isolate from\nfrom x", (ast.Isolate("from", NOWHERE), FROM_X)),
        ("isolate to any of x", (ast.Isolate("to", NOWHERE), ast.To(these("x"), True, NOWHERE))),
        ("telemetry every 10s\nto x", (ast.Telemetry(TEN, None, NOWHERE), TO_X)),
        ("telemetry every 10s; to x", (ast.Telemetry(TEN, None, NOWHERE), TO_X)),
        ("telemetry every 10s to x to x", (ast.Telemetry(TEN, name("x"), NOWHERE), TO_X)),
        ("telemetry every 10s to any of x", (ast.Telemetry(TEN, None, NOWHERE), ast.To(these("x"), True, NOWHERE))),
        ("telemetry every 10s to x, y", (ast.Telemetry(TEN, None, NOWHERE), ast.To(these("x", "y"), False, NOWHERE))),
        (
            "avoid node x\nlabel a = b",
            (ast.Avoid((element("node", "x"),), NOWHERE), ast.LabelClause(name("a"), name("b"), NOWHERE)),
        ),
        ("avoid node x,\nlabel a = b", (ast.Avoid((element("node", "x"), element("label", "a", name("b"))), NOWHERE),)),
        ("avoid node x,\nvia node x,\nspread", (*clauses("avoid node x"), *clauses("via node x"), ast.Spread(NOWHERE))),
    ],
)
def test_where_a_word_could_be_read_in_two_ways_the_rule_of_the_grammar_holds(text, nodes):
    assert clauses(text) == nodes


def test_clauses_may_stand_in_any_order():
    lines = ["from a", "to b", "isolate", "telemetry every 10s", "label k = v", "avoid node x", "encrypt", "spread"]
    forth, back = clauses("\n".join(lines)), clauses("\n".join(reversed(lines)))
    assert forth == tuple(reversed(back))
    assert len(forth) == len(lines)
