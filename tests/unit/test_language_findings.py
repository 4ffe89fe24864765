"""Every finding of the room, what it says and points at; and that one mistake gives one of them."""

import re

import pytest
from support_language import found, read

from intentc.diagnostics.catalogue import CATALOGUE
from intentc.diagnostics.catalogue.syntax import ENTRIES


def one(text):
    _, findings = read(text)
    assert len(findings) == 1, findings
    return findings[0]


def intent(block):
    return f"intent it {{\n{block}\n}}"


# text, code, place, message, help
CASES = [
    # something else was expected
    (intent("latency 15ms"), "E0101 2:9", "expected `<=`, found `15ms`", "write `<=`"),
    (intent("latency = 15ms"), "E0101 2:9", "expected `<=`, found `=`", "write `<=`"),
    (intent("latency <"), "E0101 2:9", "expected `<=`, found `<`", "write `<=`"),
    (intent("latency <="), "E0101 3:1", "expected a quantity such as `15ms`, found `}`", None),
    (intent("from a b"), "E0101 2:8", "expected `&`, `,`, `except`, another clause or `}`, found `b`", "a `,` stands between names"),
    (intent("from\nto a"), "E0101 3:1", "expected a name or `sites where …`, found `to`", None),
    (intent("from region"), "E0101 3:1", "expected a name, found `}`", None),
    (intent("encrypt macsek"), "E0101 2:9", "expected `ipsec`, `macsec`, `on`, another clause or `}`, found `macsek`", "did you mean `macsec`?"),
    (intent("latency <= 5ms one-wya"), "E0101 2:16", "expected `one-way`, `rtt`, another clause or `}`, found `one-wya`", "did you mean `one-way`?"),
    (intent("failover whithin 1s"), "E0101 2:10", "expected `none` or `within`, found `whithin`", "did you mean `within`?"),
    (intent("match tcp 443"), "E0101 2:7", "expected ports such as `tcp/443`, `dscp` or `prefix`, found `tcp`", "write the port with it, as in `tcp/443`"),
    (intent("match tcp"), "E0101 2:7", "expected ports such as `tcp/443`, `dscp` or `prefix`, found `tcp`", "write the port with it, as in `tcp/443`"),
    (intent("avoid label a = 1, b"), "E0101 2:20", "expected `label KEY = VALUE`, like the element before", "or write its kind"),
    (intent("avoid node a, b = 1"), "E0101 2:15", "expected a node, like the element before", "or write its kind"),
    (intent("between sites where a == 1 and b"), "E0101 2:9", "before `and` a `sites where …` stands in parentheses", "write `(sites where …)`"),
    ("group g = sites where role = x", "E0101 1:28", "expected a comparison such as `==`, found `=`", "`==` compares"),
    ("group g = sites where", "E0101 1:22", 'expected a condition such as `role == "branch"`, found the end', None),
    ("group g = sites where role ==", "E0101 1:30", "expected a value or `(`, found the end", None),
    ("group g a", "E0101 1:9", "expected `=`, found `a`", None),
    ("import x", "E0101 1:8", "expected a text in quotes, found `x`", "put it in quotes"),
    ('import "x" y', "E0101 1:12", "expected the end of the declaration, found `y`", None),
    ("intent a from b", "E0101 1:10", "expected a text in quotes, `{` or `extends`, found `from`", "`{` opens the block"),
    ("intent {}", "E0101 1:8", "expected a name, found `{`", None),
    ("assert a {}", "E0101 1:11", "expected `connected`, `hops`, `no` or `utilization`, found `}`", None),
    ("class c { drop lo }", "E0101 1:16", "expected `high`, `low` or `medium`, found `lo`", "did you mean `low`?"),
    # not a declaration
    ("intnet a { from b }", "E0102 1:1", "no declaration begins with `intnet`", "did you mean `intent`?"),
    ("{ from b }", "E0102 1:1", "no declaration begins with `{`", "a file consists of `import`, `const`, `group`, `service`, `class`, `profile`, `intent`, `chain`, `assert`"),
    ("from a\nto b", "E0102 1:1", "`from` is a clause, not a declaration", "it stands in the block of an `intent`; does a `}` above come too early?"),
    ("intent a { from b } to c }", "E0102 1:21", "`to` is a clause, not a declaration", "it stands in the block of an `intent`; does a `}` above come too early?"),
    # unknown clause
    (intent("latancy <= 5ms"), "E0103 2:1", "no clause of an `intent` begins with `latancy`", "did you mean `latency`?"),
    ("class c {\nzzz\n}", "E0103 2:1", "no clause of a `class` begins with `zzz`", "the clauses are drop, dscp, ecn, lossless, queue"),
    (intent("node x"), "E0103 2:1", "no clause of an `intent` begins with `node`", None),
    # clause in the wrong block
    (intent("at a"), "E0104 2:1", "`at` cannot stand in the block of an `intent`", "it belongs in the block of a `service`"),
    (intent("survive any 1 link"), "E0104 2:1", "`survive` cannot stand in the block of an `intent`", "it belongs in the block of a `failover`"),
    (intent("step a -> b"), "E0104 2:1", "`step` cannot stand in the block of an `intent`", "it belongs in the block of a `chain`"),
    ("profile p { parallel { step a -> b } }", "E0104 1:13", "`parallel` cannot stand in the block of a `profile`", "it belongs in the block of a `chain`"),
    (intent("failover within 1s {\npin region eu\n}"), "E0104 3:1", "`pin` cannot stand in the block of a `failover`", "it belongs in the block of an `intent`, a `profile` or a `chain`"),
    ("chain c { parallel {\nspread\n} }", "E0104 2:1", "`spread` cannot stand in the block of a `parallel`", "it belongs in the block of an `intent`, a `profile` or a `chain`"),
    ("service s { queue 5% }", "E0104 1:13", "`queue` cannot stand in the block of a `service`", "it belongs in the block of a `class`"),
    # brackets
    ("}", "E0105 1:1", "`}` closes nothing", "remove it, or look for one too many above"),
    ("intent a { } }", "E0105 1:14", "`}` closes nothing", "remove it, or look for one too many above"),
    (intent("from a)"), "E0105 2:7", "`)` closes nothing", None),
    ("intent a { from b", "E0105 1:17", "the block of `intent` is not closed", "add `}`"),
    (intent("from (a, b\nto c"), "E0105 3:1", "`(` is not closed", "add `)`"),
    # words of the language as names
    ("group node = a", "E0106 1:7", "`node` is a word of the language and cannot be a name", 'write `"node"` if it is one'),
    ("const group = 5ms", "E0106 1:7", "`group` is a word of the language and cannot be a name", 'write `"group"` if it is one'),
    (intent("pin region at"), "E0106 2:12", "`at` is a word of the language and cannot be a name", 'write `"at"` if it is one'),
    ("group g = sites where role == node", "E0106 1:31", "`node` is a word of the language and cannot be a name", 'write `"node"` if it is one'),
    # patterns
    ("group g* = a", "E0107 1:7", "a pattern cannot stand here", "write one name, or quote it to have it literally"),
    (intent("priority x#2"), "E0107 2:10", "`#2` belongs to the names of links only", None),
    (intent("latency <= fast*"), "E0107 2:12", "a pattern cannot stand here", "write one name, or quote it to have it literally"),
    ("group g = sites where name == fra-*", "E0107 1:31", "a pattern is compared with `like`", "write `like fra-*`"),
    # depth, empty names
    (f"group g = {'(' * 60}a{')' * 60}", "E0108 1:61", "more than 50 levels of nesting", "name a part of it: `group NAME = …`"),
    ('group "" = a', "E0109 1:7", "a name cannot be empty", None),
    # characters and strings
    (intent("from münchen"), "E0110 2:7", "the language has no `ü`", "names have the letters a to z; write any other name in quotes"),
    (intent("latency ≤ 5ms"), "E0110 2:9", "the language has no `≤`", "did you mean `<=`?"),
    (intent("from\u00a0a"), "E0110 2:5", "the character U+00A0 (no-break space) only looks like a blank", "type a blank"),
    (intent("from a,#b"), "E0110 2:8", "`#` begins a comment only after a blank", "put a blank before it"),
    (intent("from a $"), "E0110 2:8", "the language has no `$`", "write it inside of a text in quotes, or remove it"),
    (intent('from "a'), "E0111 2:6", "the text in quotes does not end on its line", 'close it with `"`'),
    ('intent a "title {\nfrom b\n}', "E0111 1:10", "the text in quotes does not end on its line", 'close it with `"`'),
    (r'import "a\nb"', "E0112 1:10", r"unknown escape `\n`", r"write `\\` for a backslash, `\"` for a quote"),
    ('import "a\\\x01b"', "E0112 1:10", r"unknown escape `\�`", r"write `\\` for a backslash, `\"` for a quote"),
    ('import "a\tb"', "E0113 1:10", "the character U+0009 (tab) cannot stand in a text", "remove it"),
    ('import "a\u202eb"', "E0113 1:10", "the character U+202E (right-to-left override) cannot stand in a text", "remove it"),
    ('import "a\u2028b"', "E0113 1:10", "the character U+2028 (line separator) cannot stand in a text", "remove it"),
    (intent("from \x00a"), "E0113 2:6", "the character U+0000 (null) cannot stand here", "remove it"),
    (intent("from a # x\u202ey"), "E0113 2:11", "the character U+202E (right-to-left override) cannot stand here", "remove it"),
    # quantities
    ("const c = 15msec", "E0120 1:13", "unknown unit `msec`", "did you mean `ms`?"),
    ("const c = 15 msec", "E0120 1:14", "unknown unit `msec`", "did you mean `ms`?"),
    (intent("bandwidth 50 Mbit/s".replace("/s", "")), "E0120 2:14", "unknown unit `Mbit`", "did you mean `Mbps`?"),
    (intent("bandwidth 50Mb"), "E0120 2:13", "unknown unit `Mb`", "did you mean `Mbps` or `MB`?"),
    (intent("bandwidth 5MBps"), "E0120 2:12", "unknown unit `MBps`", "rates are in bits per second: a `MBps` is `8Mbps`"),
    (intent("latency <= 5m"), "E0120 2:13", "unknown unit `m`", "did you mean `ms` or `min`?"),
    ("const c = 5µs", "E0120 1:12", "unknown unit `µs`", "did you mean `us`?"),
    ("const c = 5TB", "E0120 1:12", "unknown unit `TB`", "did you mean `GB`?"),
    ("const c = 5 zzz", "E0120 1:13", "unknown unit `zzz`", "the units are ns, us, ms, s, min, h, d, bps, kbps, Mbps, Gbps, Tbps, B, KB, MB, GB, KiB, MiB, GiB, %"),
    ("const c = 0.5ns", "E0121 1:11", "not a whole number of `1ns`", "a time is counted in steps of `1ns`"),
    ("const c = 1.5B", "E0121 1:11", "not a whole number of `1B`", "a size is counted in steps of `1B`"),
    ("const c = 0.00000001%", "E0121 1:11", "not a whole number of `0.0000001%`", "a ratio is counted in steps of `0.0000001%`"),
    ("const c = 9999999999999999999bps", "E0122 1:11", "the number is too large", "a number has at most 18 digits before the point"),
    ("const c = 99999999999s", "E0122 1:11", "the quantity is too large", "it does not fit 64 bits of its smallest unit"),
    (f"const c = {'9' * 6000}ms", "E0122 1:11", "the number is too large", "a number has at most 18 digits before the point"),
    (intent("latency <= 15"), "E0123 2:12", "`latency` takes a time, and this number has no unit", "write a unit, as in `15ms`"),
    ("const c = 15", "E0123 1:11", "a const is a quantity, and this number has no unit", "write a unit, as in `15ms`"),
    (intent("failover within 1s { survive any 1.5 link }"), "E0124 2:34", "the number of failures is a whole number", None),
    (intent(f"failover within 1s {{ survive any {'9' * 6000} link }}"), "E0124 2:34", "the number of failures is a whole number", None),
    ("chain c { step a -> b calls 0 }", "E0124 1:29", "`calls` is a whole number, at least 1", None),
    ("assert a { hops <= 1.5 of b }", "E0124 1:20", "`hops` is a whole number", None),
    # dates, addresses, ports
    (intent('waive E0509 until 2027-02-30 because "x"'), "E0125 2:19", "no such day", "a date is year, month and day, as in `2027-01-31`"),
    (intent('waive E0509 until 2027-2-3 because "x"'), "E0125 2:19", "no such day", "a date is year, month and day, as in `2027-01-31`"),
    ("service s { prefix 10.0.0.0/33 }", "E0126 1:20", "an IPv4 prefix has at most 32 bits", None),
    ("service s { prefix fe80::/129 }", "E0126 1:20", "an IPv6 prefix has at most 128 bits", None),
    ("service s { prefix 10.0.0/24 }", "E0126 1:20", "not an IPv4 or IPv6 address", "write it as in `10.20.0.0/24` or `2001:db8:20::/64`"),
    ("service s { prefix 10.0.0.256 }", "E0126 1:20", "not an IPv4 or IPv6 address", "write it as in `10.20.0.0/24` or `2001:db8:20::/64`"),
    ("service s { prefix 10/8 }", "E0126 1:20", "not an IPv4 or IPv6 address", "write it as in `10.20.0.0/24` or `2001:db8:20::/64`"),
    (f"service s {{ prefix 10.0.0.0/{'9' * 6000} }}", "E0126 1:20", "an IPv4 prefix has at most 32 bits", None),
    ("service s { port tcp/https }", "E0127 1:18", "`https` is no port", "ports are numbers: `tcp/443`, or a range `tcp/8000-8100`"),
    ("service s { port http/80 }", "E0127 1:18", "no protocol `http` with ports", "write `tcp/443`, `udp/…`, `sctp/…`, `icmp` or `any`"),
    ("service s { port tcp/ }", "E0127 1:18", "the port is missing", "ports are numbers: `tcp/443`, or a range `tcp/8000-8100`"),
    ("service s { health udp/80 }", "E0127 1:20", "`health` takes one tcp port", "write it as in `health tcp/8080`"),
    ("service s { health tcp/1-2 }", "E0127 1:20", "`health` takes one tcp port", "write it as in `health tcp/8080`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "message", "help_line"), CASES, ids=[f"{case[1]} {case[2]}"[:70] for case in CASES]
)
def test_a_mistake_has_its_finding(text, place, message, help_line):
    finding = one(text)
    assert f"{finding.code} {finding.span.line}:{finding.span.column}" == place
    assert finding.message == message
    assert help_line is None or finding.help == (help_line,)


def test_every_code_of_the_group_has_a_case():
    provoked = {case[1].split()[0] for case in CASES} | {"E0114"}  # E0114: test_language_lexer.py
    assert provoked == {entry.code for entry in ENTRIES}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_every_code_is_explained_with_a_bad_and_a_good_example(entry):
    assert re.fullmatch(r"E01\d\d", entry.code)
    assert re.search(r"^    bad:   .+", entry.explanation, re.MULTILINE)
    assert re.search(r"^    good:  .+", entry.explanation, re.MULTILINE)
    assert max(len(line) for line in entry.explanation.splitlines()) <= 120


def test_the_codes_are_in_order():
    assert [entry.code for entry in ENTRIES] == sorted(entry.code for entry in ENTRIES)


# -- units of the wrong type ------------------------------------------------------------------------------------------

TYPED = [
    ("latency <= 5%", 13, "latency"),
    ("jitter <= 5KB", 12, "jitter"),
    ("loss <= 5ms", 10, "loss"),
    ("bandwidth 5ms", 12, "bandwidth"),
    ("bandwidth 5Mbps reverse 5MB", 26, "reverse"),
    ("bandwidth 5Mbps ceiling 5%", 26, "ceiling"),
    ("bandwidth 5Mbps burst 5Mbps", 24, "burst"),
    ("transfer 5Mbps within 5s", 11, "transfer"),
    ("transfer 5MB within 5%", 22, "within"),
    ("failover within 5%", 18, "within"),
    ("failover within 5s { latency <= 5KB }", 34, "latency"),
    ("failover within 5s { bandwidth 5% }", 33, "bandwidth"),
    ("failover within 5s { switch when latency > 5% }", 45, "latency"),
    ("failover within 5s { switch when loss > 5ms }", 42, "loss"),
    ("failover within 5s { switch when loss > 5% for 5% }", 49, "for"),
    ("failover within 5s { revert after 5B }", 36, "after"),
    ("telemetry every 5Mbps", 18, "every"),
]


@pytest.mark.parametrize(("clause", "column", "word"), TYPED)
def test_a_unit_of_another_type_is_found_at_the_unit(clause, column, word):
    finding = one(intent(clause))
    assert (finding.code, finding.span.line, finding.span.column) == ("E0207", 2, column)
    assert finding.message.startswith(f"`{word}` takes a ")
    assert finding.code in CATALOGUE


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("service s { capacity 5ms }", "capacity"),
        ("class c { queue 5ms }", "queue"),
        ("class c { queue strict 5Mbps }", "queue"),
        ("chain c { step a -> b processing 5% }", "processing"),
        ("assert a { utilization <= 5ms }", "utilization"),
    ],
)
def test_a_unit_of_another_type_outside_of_intents(text, word):
    finding = one(text)
    assert finding.code == "E0207"
    assert f"`{word}` takes" in finding.message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (intent("bandwidth 5Mbps burst 1MB burst 2MB"), "burst"),
        (intent("bandwidth 5Mbps per pair total"), "per"),
        (intent("failover within 1s { latency <= 1ms latency <= 2ms }"), "latency"),
        (intent("failover within 1s { bandwidth 1Mbps bandwidth 1Mbps }"), "bandwidth"),
        (intent("failover within 1s { revert never revert after 5s }"), "revert"),
        (intent("failover within 1s { otherwise drop otherwise drop }"), "otherwise"),
        ("service s { capacity 1Gbps capacity 2Gbps }", "capacity"),
        ("service s { health tcp/1 health tcp/2 }", "health"),
        ("class c { dscp 1 dscp 2 }", "dscp"),
        ("class c { queue 1% queue strict }", "queue"),
        ("class c { ecn ecn }", "ecn"),
        ("class c { lossless lossless }", "lossless"),
        ("class c { drop low drop high }", "drop"),
        ("chain c { step a -> b calls 2 calls 3 }", "calls"),
    ],
)
def test_what_stands_once_is_found_the_second_time(text, word):
    finding = one(text)
    assert (finding.code, finding.message) == ("E0213", f"`{word}` stands twice")
    (label,) = finding.related
    assert label.message == "first written here"
    assert label.span < finding.span
    assert finding.code in CATALOGUE


# -- both ends, fixes, owners ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("intent a {\n  from b\n", (1, 10)),
        ("intent a {\n  from b\nintent c { from d }", (1, 10)),
        (intent("failover within 1s {\n  survive any 1 link\nencrypt"), (2, 20)),
        (intent("from (a, (b, c)\nto d"), (2, 6)),
        ("chain c { parallel {\nstep a -> b\npriority high\n}", (1, 20)),
    ],
)
def test_what_is_not_closed_points_at_its_opening(text, opening):
    (label,) = one(text).related
    assert (label.span.line, label.span.column) == opening
    assert label.message == "it opens here"


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (intent("latancy <= 5ms"), intent("latency <= 5ms")),
        ("intnet a { }", "intent a { }"),
        ("const c = 15msec", "const c = 15ms"),
        ("const c = 15 seconds", "const c = 15 s"),
        ("const c = 5kB", "const c = 5KB"),
        (intent("pin region at"), intent('pin region "at"')),
        (intent("failover whithin 1s"), intent("failover within 1s")),
    ],
)
def test_where_one_answer_is_certain_there_is_a_fix(text, mended):
    (edit,) = one(text).fix
    lines = text.split("\n")
    line = lines[edit.span.line - 1]
    lines[edit.span.line - 1] = line[: edit.span.column - 1] + edit.text + line[edit.span.end_column - 1 :]
    assert "\n".join(lines) == mended
    assert found(mended) == []


@pytest.mark.parametrize(
    "text", ["const c = 50Mb", "const c = 5m", "const c = 5MBps", "const c = 5TB", "const c = 5 zzz"]
)
def test_where_no_answer_is_certain_there_is_no_fix(text):
    assert one(text).fix == ()


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("intent a { latancy }", "a"),
        ('intent "a b" { latancy }', "a b"),
        ("chain c { latancy }", "c"),
        ("assert s { latancy }", "s"),
        ("profile p { latancy }", None),
        ("intent { }", None),
    ],
)
def test_a_finding_names_the_intent_it_belongs_to(text, owner):
    assert one(text).intent == owner


@pytest.mark.parametrize(
    ("text", "keyword", "known"),
    [
        ("profile p { latancy }", "profile", "p"),
        ('service "a b" { zzz }', "service", "a b"),
        ("intent { }", "intent", None),
        ("group g = ", "group", "g"),
        ("const c = 5", "const", "c"),
    ],
)
def test_what_is_known_of_a_broken_declaration_is_kept(text, keyword, known):
    file, _ = read(text)
    (broken,) = file.broken
    assert broken.keyword == keyword
    assert (broken.name.text if broken.name else None) == known
    assert file.declarations == ()
