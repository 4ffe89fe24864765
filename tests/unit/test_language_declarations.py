"""Every declaration, with the node it becomes, and the sets and expressions that stand in them."""

import pytest
from support_language import (
    NOWHERE,
    compare,
    name,
    number,
    only,
    ports,
    prefix,
    rate,
    ratio,
    sound,
    term,
    these,
    time,
)

from intentc.language import ast

MS = 1_000_000


def service(**parts):
    empty = {"at": None, "prefixes": (), "ports": (), "capacity": None, "health": None}
    return ast.Service(name("s"), **{**empty, **parts}, span=NOWHERE)


def traffic_class(**parts):
    empty = {"dscp": None, "queue": None, "is_ecn": False, "is_lossless": False, "drop": None}
    return ast.ClassDeclaration(name("c"), **{**empty, **parts}, span=NOWHERE)


def assertion(claim, *under):
    return ast.Assertion(name("a"), claim, under, NOWHERE)


def step(source, destination, *, any_of=False, processing=None, calls=1):
    return ast.Step(these(source), these(destination), any_of, processing, calls, NOWHERE)


def where(kind, condition):
    return ast.WhereTerm(kind, condition, NOWHERE)


ONE_LINK = ast.FailureCount(1, "link", NOWHERE)
ONE_NODE = ast.FailureCount(1, "node", NOWHERE)

DECLARATIONS = [
    ('import "shared/classes.intent"', ast.Import(ast.Text("shared/classes.intent", NOWHERE), NOWHERE)),
    ("const interactive = 25 ms", ast.Const(name("interactive"), time("25 ms", 25 * MS), NOWHERE)),
    ("const share = 5%", ast.Const(name("share"), ratio("5%", 50_000_000), NOWHERE)),
    ("group g = a, b,", ast.Group(name("g"), these("a", "b"), NOWHERE)),
    ("service s { }", service()),
    (
        "service s { at a, site b  prefix 10.20.0.0/24, 2001:db8:20::/64,  port tcp/8443, icmp, any }",
        service(
            at=these("a", term("b", "site")),
            prefixes=(prefix("10.20.0.0/24"), prefix("2001:db8:20::/64")),
            ports=(ports("tcp", 8443), ports("icmp"), ports("any")),
        ),
    ),
    (
        "service s { at a; at b  prefix 10.0.0.1  prefix 10.0.0.9/24  port udp/1-9  port sctp/5  capacity 2Gbps per host  health tcp/80 }",
        service(
            at=these("a", "b"),
            prefixes=(prefix("10.0.0.1"), prefix("10.0.0.9/24")),
            ports=(ports("udp", 1, 9), ports("sctp", 5)),
            capacity=ast.Capacity(rate("2Gbps", 2 * 10**9), True, NOWHERE),
            health=ports("tcp", 80),
        ),
    ),
    ("service s { capacity 1Gbps }", service(capacity=ast.Capacity(rate("1Gbps", 10**9), False, NOWHERE))),
    ("class c {}", traffic_class()),
    (
        "class c { dscp AF11  queue 20%  ecn  drop high }",
        traffic_class(
            dscp=ast.DscpMatch(name("AF11"), NOWHERE),
            queue=ast.Queue(False, ratio("20%", 200_000_000), NOWHERE),
            is_ecn=True,
            drop="high",
        ),
    ),
    ("class c { queue strict; lossless }", traffic_class(queue=ast.Queue(True, None, NOWHERE), is_lossless=True)),
    (
        "class c { queue strict 30%  dscp 46 drop low }",
        traffic_class(
            queue=ast.Queue(True, ratio("30%", 300_000_000), NOWHERE),
            dscp=ast.DscpMatch(number("46", 46 * 10**9), NOWHERE),
            drop="low",
        ),
    ),
    ("class c { drop medium }", traffic_class(drop="medium")),
    ("profile p { spread }", ast.Profile(name("p"), (), (ast.Spread(NOWHERE),), NOWHERE)),
    ("profile p extends a, b, {}", ast.Profile(name("p"), (name("a"), name("b")), (), NOWHERE)),
    ("intent i {}", ast.Intent(name("i"), None, (), (), NOWHERE)),
    (
        r'intent "quoted name" "a \\ \"title\"" extends p { symmetric }',
        ast.Intent(
            name("quoted name", quoted=True),
            ast.Text('a \\ "title"', NOWHERE),
            (name("p"),),
            (ast.Symmetric(NOWHERE),),
            NOWHERE,
        ),
    ),
    (
        """chain rag "Answer" extends p {
             step app -> embedder  processing 6ms
             priority high
             parallel {
               step app -> any of db  processing 12ms  calls 2;
               step app -> store calls 3
             }
             step app -> llm
           }""",
        ast.Chain(
            name("rag"),
            ast.Text("Answer", NOWHERE),
            (name("p"),),
            (ast.Priority(name("high"), NOWHERE),),
            (
                step("app", "embedder", processing=time("6ms", 6 * MS)),
                ast.Parallel(
                    (
                        step("app", "db", any_of=True, processing=time("12ms", 12 * MS), calls=2),
                        step("app", "store", calls=3),
                    ),
                    NOWHERE,
                ),
                step("app", "llm"),
            ),
            NOWHERE,
        ),
    ),
    (
        'assert a { utilization <= 70% on links where media == "fiber"  under any 1 link failure }',
        assertion(
            ast.Utilization(
                "<=",
                ratio("70%", 700_000_000),
                these(where("links", compare("media", "==", name("fiber", quoted=True)))),
                NOWHERE,
            ),
            ONE_LINK,
        ),
    ),
    ("assert a { utilization < 70% }", assertion(ast.Utilization("<", ratio("70%", 700_000_000), None, NOWHERE))),
    (
        "assert a { connected a, b under any 1 link and any 1 node failure; }",
        assertion(ast.Connected(these("a", "b"), NOWHERE), ONE_LINK, ONE_NODE),
    ),
    (
        "assert a { ; no traffic of intents where region == eu  on links where region == us }",
        assertion(
            ast.NoTraffic(
                these(where("intents", compare("region", "==", name("eu")))),
                these(where("links", compare("region", "==", name("us")))),
                NOWHERE,
            )
        ),
    ),
    ("assert a { hops <= 5 of a, b }", assertion(ast.PathLength("<=", 5, these("a", "b"), NOWHERE))),
]


@pytest.mark.parametrize(("text", "node"), DECLARATIONS, ids=[text for text, _ in DECLARATIONS])
def test_a_declaration_becomes_its_node(text, node):
    assert only(text) == node


def test_the_cases_hold_every_declaration_and_property_of_the_tree():
    nodes = {type(node) for _, node in DECLARATIONS}
    properties = {type(node.property) for _, node in DECLARATIONS if isinstance(node, ast.Assertion)}
    assert nodes == set(ast.Declaration.__args__)
    assert properties == set(ast.Property.__args__)


A, B, C, D = (term(letter) for letter in "abcd")


def restricted(base, operator, other):
    return ast.Restricted(base, operator, other, NOWHERE)


TIER = compare("tier", "==", number("1", 10**9))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", (A,)),
        ("fra-*, *-pe?", (term("fra-*"), term("*-pe?"))),
        (
            "node a, site b, region c, group d",
            (term("a", "node"), term("b", "site"), term("c", "region"), term("d", "group")),
        ),
        ("service a, link a--b#2", (term("a", "service"), term("a--b#2", "link"))),
        ("provider a, media b, srlg c", (term("a", "provider"), term("b", "media"), term("c", "srlg"))),
        ('"a b"', (ast.NameTerm(name("a b", quoted=True), None, NOWHERE),)),
        ("a except b", (restricted(A, "except", B),)),
        ("a except b & c, d", (restricted(restricted(A, "except", B), "&", C), D)),
        ("a & (b, c)", (restricted(A, "&", these("b", "c")),)),
        ("((a))", (these(these("a")),)),
        ("sites where tier == 1, b", (where("sites", TIER), B)),
        ("sites where tier == 1 except b", (restricted(where("sites", TIER), "except", B),)),
        ("a except nodes where tier == 1 & c", (restricted(restricted(A, "except", where("nodes", TIER)), "&", C),)),
    ],
)
def test_sets(text, terms):
    assert only(f"group g = {text}").set == ast.SetExpression(terms, NOWHERE)


def test_between_takes_a_condition_in_parentheses_on_its_left():
    condition = where("sites", TIER)
    (clause,) = only("intent i { between (sites where tier == 1) and sites where tier == 1 }").clauses
    assert clause == ast.Between(these(these(condition)), these(condition), NOWHERE)


X, Y, Z = (compare(letter, "==", number("1", 10**9)) for letter in "xyz")


def both(*operands):
    return ast.And(operands, NOWHERE)


def either(*operands):
    return ast.Or(operands, NOWHERE)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("x == 1", X),
        ("x == 1 and y == 1 and z == 1", both(X, Y, Z)),
        ("x == 1 or y == 1 and z == 1", either(X, both(Y, Z))),
        ("(x == 1 or y == 1) and z == 1", both(either(X, Y), Z)),
        ("x == 1 or (y == 1 or z == 1)", either(X, either(Y, Z))),
        ("not x == 1 and y == 1", both(ast.Not(X, NOWHERE), Y)),
        ("not (x == 1 and y == 1)", ast.Not(both(X, Y), NOWHERE)),
        ("not not x == 1", ast.Not(ast.Not(X, NOWHERE), NOWHERE)),
        ("role != branch", compare("role", "!=", name("branch"))),
        ('role == "branch"', compare("role", "==", name("branch", quoted=True))),
        ("name like fra-*", compare("name", "like", name("fra-*"))),
        ("labels.tier < 2", compare("labels.tier", "<", number("2", 2 * 10**9))),
        ("up == true", compare("up", "==", ast.Boolean(True, NOWHERE))),
        ("latency > 5ms", compare("latency", ">", time("5ms", 5 * MS))),
        ("capacity >= 1Gbps", compare("capacity", ">=", rate("1Gbps", 10**9))),
        ("loss <= 0.1%", compare("loss", "<=", ratio("0.1%", 1_000_000))),
        ("loopback == 10.0.0.1", compare("loopback", "==", prefix("10.0.0.1"))),
        ('"odd key" == x', ast.Comparison(name("odd key", quoted=True), "==", name("x"), NOWHERE)),
        ("region in eu", compare("region", "in", name("eu"))),
        ("region in (de, nl,)", compare("region", "in", ast.ValueList((name("de"), name("nl")), NOWHERE))),
        (
            "tier not in (1, 2.5)",
            compare("tier", "not in", ast.ValueList((number("1", 10**9), number("2.5", 2_500_000_000)), NOWHERE)),
        ),
    ],
)
def test_expressions(text, node):
    assert only(f"group g = sites where {text}").set.terms == (where("sites", node),)


FIELDS = ["region", "site", "node", "link", "srlg", "provider", "media", "latency", "loss", "jitter", "capacity"]
FIELDS += ["priority", "queue", "no", "cost"]


@pytest.mark.parametrize("field", FIELDS)
def test_words_of_the_language_can_be_fields(field):
    assert only(f"group g = links where {field} == x").set.terms == (where("links", compare(field, "==", name("x"))),)


@pytest.mark.parametrize(
    "text",
    [
        "const a = 1ms const b = 2ms",
        "const a = 1ms;const b = 2ms;",
        ";;const a = 1ms # the first\n;\nconst b = 2ms",
        "\tconst a = 1ms\n\tconst b = 2ms",
        "const a = 1ms # const c = 1ms\nconst b = 2ms",
        'const a = 1ms intent b "title" { }',
        "const a = 1ms profile b extends c { }",
        "profile a { } profile b extends c { }",
    ],
)
def test_declarations_need_no_lines_of_their_own(text):
    assert [item.name.text for item in sound(text)] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "group a = x,\nservice s { }",
        "group a = x, service s { }",
        "group a = x,\ngroup s = y",
        "group a = x, group s = y",
        "group a = x # service y,\nservice s { port any }",
    ],
)
def test_a_trailing_comma_does_not_swallow_the_next_declaration(text):
    first, second = sound(text)
    assert (first.name.text, first.set, second.name.text) == ("a", these("x"), "s")


def test_kinds_at_the_start_of_a_line_go_on_with_the_set():
    (item,) = sound("group a = x,\nservice y,\ngroup z")
    assert item.set == these("x", term("y", "service"), term("z", "group"))


def test_the_first_column_inside_of_a_block_is_no_declaration_unless_it_looks_like_one():
    (item,) = sound("intent i {\nfrom x,\nservice y,\ngroup z\nto w }")
    assert len(item.clauses) == 2


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", " \t\r\n;;", "\ufeff", "\ufeff# x"])
def test_an_empty_file_is_fine(text):
    assert sound(text) == ()
