"""What is remembered of a shape builds what the table builds, and the table is asked no more than twice."""

import pytest
from support_language import parsed_alone, parsed_together

from intentc.diagnostics import Findings, Source
from intentc.language import parser
from intentc.language.engine import Engine
from intentc.language.machine import Machine, Unexpected
from intentc.language.parser import load_engine, parse
from intentc.language.shapes import Shapes

PROGRAM = """
import "a.intent"
const bound = 25ms
group all = sites where role == "branch" and not (tier in (1, 2) or name like b*), node x except group y & region eu
service api { at fra, ams  prefix 10.0.0.0/24, 2001:db8::/64,  port tcp/1-9, icmp  capacity 2Gbps per host }
class bulk { dscp AF11; queue strict 20%  ecn lossless drop low }
profile base extends a, b { latency <= bound rtt  avoid region us, eu, label tier = 1  pin region eu }
intent one "Title" extends base {
  from all  to any of api  match tcp/443 dscp AF41, udp/53 except prefix 10.0.0.0/25 to 10.20.0.0/24
  bandwidth 5Mbps reverse 1Mbps per pair ceiling 9Mbps burst 3KB
  failover within 300ms { survive any 1 srlg and any 2 link except access  latency <= 9ms  revert never  otherwise drop }
  isolate from x  telemetry every 1s to y  label a = "b"  waive E0520 until 2027-01-31 because "later"
}
chain two { latency <= 9ms  step a -> any of b processing 1ms calls 2  parallel { step b -> c  step b -> d } }
assert three { utilization <= 80% on links where media == fiber under any 1 link and any 1 node failure }
"""


@pytest.fixture
def counted(monkeypatch):
    """Return the numbers of tokens that the table was asked to run over, by an engine of our own."""
    engine = load_engine()
    runs = []
    shapes = Shapes(engine.table, engine.builder, engine.machine)
    plain = Machine.run

    def run(machine, tokens, *rest):
        if machine is engine.machine:
            runs.append(len(tokens))
        return plain(machine, tokens, *rest)

    monkeypatch.setattr(Machine, "run", run)
    monkeypatch.setitem(vars(engine), "shapes", shapes)
    return runs


def tree(text):
    findings = Findings()
    return parse(Source("a.intent", text), findings), findings.items


def test_every_declaration_is_the_same_the_first_and_the_fourth_time(counted):
    asked = []
    results = []
    for _ in range(4):
        results.append(tree(PROGRAM))
        asked.append(len(counted))
    assert results[0][0].declarations
    assert results[0] == results[1] == results[2] == results[3]
    assert asked[0] < asked[1] == asked[3]  # from the third time on the table is not asked


@pytest.mark.parametrize(
    ("way", "asked"),
    [(parsed_alone, 2), (parsed_together, 0)],
    ids=["one by one", "together, where only kinds are looked at"],
)
def test_the_table_is_asked_twice_for_any_number_of_declarations_of_one_shape(counted, way, asked):
    text = "".join(f"intent i{number} {{ from a{number}  to b  latency <= {number}ms }}\n" for number in range(1, 500))
    file, _ = way(Source("a.intent", text))
    assert [item.name.text for item in file.declarations] == [f"i{number}" for number in range(1, 500)]
    assert [item.clauses[2].bound.value for item in file.declarations] == [n * 1_000_000 for n in range(1, 500)]
    assert len(counted) == asked


def test_the_table_is_not_asked_of_a_shape_of_which_many_were_built_together(counted):
    many = "".join(f"intent i{number} {{ from a{number}  to b  latency <= {number}ms }}\n" for number in range(99))
    parsed_together(Source("a.intent", many))
    file, findings = tree("intent other { from c  to d  latency <= 7ms }")
    assert (file.declarations[0].name.text, file.declarations[0].clauses[2].bound.value) == ("other", 7_000_000)
    assert not findings
    assert not counted


def test_positions_and_mistakes_of_meaning_are_those_of_each_declaration(counted):
    text = "".join(f"intent i{number} {{ from a  to b  latency <= {number}parsec }}\n" for number in range(1, 9))
    file, findings = tree(text)
    assert len(file.broken) == 8
    assert [(item.code, item.span.line, item.intent) for item in findings] == [
        ("E0120", number, f"i{number}") for number in range(1, 9)
    ]


def test_what_the_table_refuses_is_refused_every_time():
    engine = load_engine()
    shapes = Shapes(engine.table, engine.builder, engine.machine)
    tokens = engine.table.lexicon.tokens("intent { from", [0, 99], 0, 13)
    for _ in range(4):
        with pytest.raises(Unexpected) as wrong:
            shapes.build(tokens)
        assert wrong.value.token.column == 8


def test_the_first_mistake_of_a_process_is_placed_like_all_others(monkeypatch):
    monkeypatch.setattr(parser, "load_engine", lambda: Engine(load_engine().table))  # its words are not known yet
    file, findings = tree("group a = [\nintent b { from a  from a  latency <= 3parsec  to to }")
    assert {item.name.span.file for item in file.broken} == {"a.intent"}
    assert {item.span.file for item in findings} == {"a.intent"}
