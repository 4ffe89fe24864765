"""Broken declarations cost only themselves, and every broken clause gives its one finding."""

import pytest
from support_language import found, read

GOOD = """\
import "shared.intent"
const budget = 15ms
service api {
  at      fra, ams
  prefix  10.20.0.0/24
  port    tcp/8443, udp/8000-8100
  health  tcp/80
}
group branches = (sites where role == "branch" and region in (de, nl)) except ham
class bulk { dscp AF11  queue strict 20%  drop high }
profile base {
  priority critical
  failover within 300ms { survive any 1 link }
}
intent scoring "Card \\"fraud\\"" extends base {
  from      branches
  to        any of api
  match     tcp/443 dscp AF41, udp/53 except icmp
  latency   <= budget one-way   # a bound
  bandwidth 50Mbps per source burst 256KB
  pin       region eu
  avoid     node x, label tier = 1
  failover  within 300ms {
    survive any 1 srlg
    switch when loss > 1% for 5s
    otherwise drop
  }
  telemetry every 10s to otel
  waive     E0509 until 2027-01-31 because "later"
}
chain answer {
  latency <= 180ms
  step app -> embedder  processing 6ms
  parallel {
    step app -> any of db  calls 2
    step app -> store
  }
}
assert headroom { utilization <= 70% on links where media == "fiber"  under any 1 link failure }
"""


def test_the_program_of_these_tests_is_sound():
    assert found(GOOD) == []


def names(text):
    return [getattr(item, "name", None) and item.name.text for item in read(text)[0].declarations]


def test_two_broken_intents_give_two_findings_and_the_rest_is_read():
    text = "intent a { latancy <= 5ms }\nintent b { from c  to d }\nintent e { from }\nconst f = 5ms\n"
    assert found(text) == ["E0103 1:12", "E0101 3:17"]
    assert names(text) == ["b", "f"]


def test_two_broken_clauses_give_two_findings():
    text = "intent a {\n  latancy <= 5ms\n  from b c\n  to d\n  loss <= 5ms\n  pin eu\n}\nconst f = 5ms\n"
    assert found(text) == ["E0103 2:3", "E0101 3:10", "E0207 5:12", "E0101 6:7"]
    assert names(text) == ["f"]


def test_broken_clauses_inside_of_an_inner_block():
    text = (
        "intent a {\n  failover within 1s {\n    survive 1 link\n    latency 5ms\n    otherwise drp\n  }\n  pin eu\n}\n"
    )
    assert found(text) == ["E0101 3:13", "E0101 4:13", "E0101 5:15", "E0101 7:7"]


def test_a_broken_header_does_not_hide_the_block():
    assert found("intent a extends {\n  latancy <= 5ms\n}\n") == ["E0101 1:18", "E0103 2:3"]


@pytest.mark.parametrize(
    "next_one", ["intent b { from c  to d }", "group b = c", "service b { at c }", 'import "x"', "const b = 1ms"]
)
def test_a_declaration_in_the_first_column_ends_an_open_block(next_one):
    text = f"intent a {{\n  from c\n\n{next_one}\n"
    file, findings = read(text)
    assert [item.code for item in findings] == ["E0105"]
    assert len(file.declarations) == 1


def test_an_open_string_costs_its_line_only():
    text = 'intent a {\n  from "b\n  to c\n  latancy\n}\nconst f = 5ms\n'
    assert found(text) == ["E0111 2:8", "E0103 4:3"]
    assert names(text) == ["f"]


@pytest.mark.parametrize(
    "word", ["intent", "service", "profile", "class", "chain", "assert", "const", "group", "import"]
)
def test_a_keyword_alone_is_one_finding(word):
    assert len(found(word)) == 1
    assert len(found(f"{word}\nconst f = 5ms\n")) == 1


@pytest.mark.parametrize("brace", [index for index, char in enumerate(GOOD) if char in "{}"])
def test_a_missing_brace_is_one_finding(brace):
    assert len(found(GOOD[:brace] + GOOD[brace + 1 :])) == 1


@pytest.mark.parametrize("index", range(0, len(GOOD), 7))
def test_a_missing_character_is_at_most_one_finding(index):
    assert len(found(GOOD[:index] + GOOD[index + 1 :])) <= 1


@pytest.mark.parametrize("index", range(0, len(GOOD), 11))
def test_a_foreign_character_is_at_most_one_finding(index):
    assert len(found(f"{GOOD[:index]}$ {GOOD[index:]}")) <= 1


@pytest.mark.parametrize("index", range(0, len(GOOD), 13))
def test_a_text_cut_short_is_at_most_one_finding(index):
    assert len(found(GOOD[:index])) <= 1
