"""Repairs end to end: what is shown as proven makes the finding go away when its edits are made in the sources."""

import datetime as dt
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from intentc import pipeline
from intentc import trials as trials_of_repairs
from intentc.cli import main
from intentc.diagnostics import Findings, Source
from intentc.diagnostics.jsonform import findings_document
from intentc.diagnostics.text import TextStyle, render_text
from intentc.language import parser
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.render import targets
from intentc.resolve import resolve as resolving
from intentc.run import Request
from intentc.whynot import model
from intentc.whynot.texts import apply_edits

TODAY = dt.date(2026, 11, 20)
NET, TEXT = "topology/net.yaml", "intents/main.intent"
TOPOLOGY = """\
name: test
regions: {eu: [de, ch], us: []}
defaults: {platform: frr}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
sites:
  ber: {region: de}
  fra: {region: de}
  zrh: {region: ch}
nodes:
  a1: {site: ber, loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b1: {site: zrh, loopback: 10.255.0.2/32}
  c1: {site: ber, loopback: 10.255.0.3/32}
  d1: {site: fra, loopback: 10.255.0.4/32, attached: [10.2.0.0/24]}
links:
  - {id: ab, a: a1, b: b1, capacity: 100Mbps, latency: 1ms, crosses: [], upgrade: {to: 1Gbps, cost: 40}}
  - {id: bd, a: b1, b: d1, capacity: 1Gbps, latency: 2ms, crosses: []}
  - {id: ac, a: a1, b: c1, capacity: 50Mbps, latency: 5ms, igp_metric: 20, crosses: [], srlg: [duct]}
  - {id: cd, a: c1, b: d1, capacity: 50Mbps, latency: 5ms, igp_metric: 20, crosses: []}
"""


def compiled(clauses, net=TOPOLOGY, prelude=""):
    text = f"{prelude}intent x {{\n  from site ber\n  to site fra\n  unidirectional\n{clauses}\n}}\n"
    return run((Source(TEXT, text),), (Source(NET, net),))


def run(intents, topology):
    project = Project("test", Path("/nowhere"), (NET,), (TEXT,))
    return compile_request(Request(project, intents, topology, TODAY, lambda _: None), Findings())


def finding(found, code):
    (item,) = (item for item in found.findings.items if item.is_error)
    assert item.code == code, item.message
    return item


def errors(found):
    return [item.code for item in found.findings.items if item.is_error]


def changed(network, old, new):
    assert old in network
    return network.replace(old, new)


UNSAID = changed(TOPOLOGY, "latency: 2ms, crosses: []", "latency: 2ms")
BLOCK = """\
  - id: ac
    a: a1
    b: c1
    capacity: 50Mbps
    latency: 5ms  # a long way
    state: drained
"""
DRAINED = TOPOLOGY[: TOPOLOGY.index("  - {id: ac")] + BLOCK + TOPOLOGY[TOPOLOGY.index("  - {id: cd") :]
SHARED = changed(TOPOLOGY, "latency: 2ms, crosses: []", "latency: 2ms, crosses: [], srlg: [other, duct]")
FAILOVER = "  failover within 1s { survive any 1 link except access }"
SURVIVE = "  failover within 1s {\n    survive any 1 srlg\n  }"
CASES = {
    "a bound": ("  latency <= 2ms", TOPOLOGY, "E0502", "write `latency <= 3ms`"),
    "a bound of a const": ("  latency <= limit", TOPOLOGY, "E0502", "write `latency <= 3ms`"),
    "a bound under failure": (
        "  latency <= 4ms\n" + FAILOVER,
        TOPOLOGY,
        "E0523",
        "write `latency <= 10ms` in the `failover` block",
    ),
    "a rate": (
        "  bandwidth 200Mbps",
        changed(TOPOLOGY, ", upgrade: {to: 1Gbps, cost: 40}", ""),
        "E0505",
        "write `bandwidth 100Mbps`",
    ),
    "an upgrade first": (
        "  bandwidth 200Mbps",
        TOPOLOGY,
        "E0505",
        "upgrade `ab` to 1Gbps (the topology prices that at 40)",
    ),
    "capacity": (
        "  bandwidth 200Mbps",
        changed(TOPOLOGY, ", upgrade: {to: 1Gbps, cost: 40}", ""),
        "E0505",
        "give `ab` 200Mbps of capacity",
    ),
    "a region": (
        "  pin region de",
        changed(TOPOLOGY, "ac, a: a1, b: c1,", "ac, a: a1, b: c1, state: planned,"),
        "E0503",
        "pin to `ch` as well",
    ),
    "an unknown crossing": (
        "  pin region eu\n  avoid node c1",
        UNSAID,
        "E0503",
        "write `crosses: []` on `bd`, if no other region is passed through",
    ),
    "a planned link": (
        "  pin region de",
        changed(TOPOLOGY, "ac, a: a1, b: c1,", "ac, a: a1, b: c1, state: planned,"),
        "E0503",
        "put `ac` into service (it is planned)",
    ),
    "one of several exclusions": (
        "  avoid node b1, node c1",
        TOPOLOGY,
        "E0503",
        "leave out `avoid node c1`",
    ),
    "a drained link in block style": ("  avoid node b1", DRAINED, "E0503", "put `ac` back into service (`state: up`)"),
    "another duct": (SURVIVE, SHARED, "E0522", "lead `ac` another way, out of the risk group `duct`"),
    "a waiver": (
        SURVIVE,
        SHARED,
        "E0522",
        "accept for now that the risk group `duct` is not survived: `waive E0522 until 2026-12-20 …`",
    ),
    "a faster failover than devices": (
        "  failover within 50ms { survive any 1 link except access }",
        TOPOLOGY,
        "E0620",
        "write `failover within 250ms`",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_repair_that_is_shown_as_proven_works(case):
    clauses, net, code, text = CASES[case]
    found = compiled(clauses, net, prelude="const limit = 2ms\n")
    item = finding(found, code)
    (repair,) = [repair for repair in item.repairs if repair.text == text] or [[r.text for r in item.repairs]]
    assert repair.is_proven
    assert repair.edits
    again = run(
        tuple(apply_edits(source, repair.edits) for source in found.request.intents),
        tuple(apply_edits(source, repair.edits) for source in found.request.topology),
    )
    assert errors(again) == []
    assert again.fleet is not None


@pytest.mark.parametrize("case", CASES)
def test_at_most_three_are_shown_and_all_of_them_work(case):
    clauses, net, code, _ = CASES[case]
    found = compiled(clauses, net, prelude="const limit = 2ms\n")
    repairs = finding(found, code).repairs
    assert 1 <= len(repairs) <= 3
    for repair in repairs:  # few, and the message names the one
        sources = [*found.request.intents, *found.request.topology]
        intents, topology = (apply_edits(source, repair.edits) for source in sources)
        assert errors(run((intents,), (topology,))) == [], repair.text


def test_what_cannot_hold_together_is_said_and_shown():
    item = finding(compiled("  avoid node b1\n  latency <= 4ms"), "E0502")
    assert item.help[0] == (
        "cannot hold together, though without any one they can: the bound of 4ms, `avoid node b1` and the latency of `ac`"
    ) or item.help[0].endswith("the latency of `ac` and `cd`")
    assert {(label.span.file, label.span.line) for label in item.related} >= {(TEXT, 5)}


def test_of_several_reasons_the_one_that_the_finding_speaks_of_is_shown():
    found = compiled("  avoid node b1\n  latency <= 4ms\n  bandwidth 90Mbps")  # nor is there room by `c1`
    item = finding(found, "E0502")
    assert "the bound of 4ms" in item.help[0]
    assert "the latency of `ac`" in item.help[0]
    assert "bandwidth" not in item.help[0]


def test_what_is_placed_before_is_part_of_it():
    prelude = "intent first {\n  from site ber\n  to site fra\n  unidirectional\n  priority critical\n  match tcp/1\n  bandwidth 30Mbps\n}\n"
    found = compiled("  bandwidth 80Mbps\n  avoid node c1\n  match tcp/2", prelude=prelude)
    item = finding(found, "E0505")
    assert "what is placed before" in item.help[0]
    assert "`avoid node c1`" in item.help[0]
    assert item.repairs
    assert all("first" not in repair.text for repair in item.repairs)


def test_no_repair_is_at_the_cost_of_another_intent():
    """With 1 ms more the demand would take the thin way and push nothing out; a rate of another one stays as it is."""
    prelude = "intent other {\n  from site ber\n  to site fra\n  unidirectional\n  match tcp/1\n  priority low\n  bandwidth 90Mbps\n}\n"
    net = changed(TOPOLOGY, ", upgrade: {to: 1Gbps, cost: 40}", "")
    found = compiled("  match tcp/2\n  bandwidth 120Mbps\n  priority high", net, prelude)
    item = next(item for item in found.findings.items if item.is_error and item.intent == "x")
    for repair in item.repairs:
        sources = [*found.request.intents, *found.request.topology]
        intents, topology = (apply_edits(source, repair.edits) for source in sources)
        assert errors(run((intents,), (topology,))) == [], repair.text
    assert "write `bandwidth 100Mbps`" not in [repair.text for repair in item.repairs]


def test_both_forms_show_repairs():
    found = compiled("  latency <= 2ms")
    (row,) = [row for row in findings_document(found.findings.sorted())["findings"] if row["severity"] == "error"]
    assert row["repairs"][0]["proven"] is True
    assert row["repairs"][0]["text"] == "write `latency <= 3ms`"
    (edit,) = row["repairs"][0]["edits"]
    assert (edit["file"], edit["text"], edit["range"]["line"]) == (TEXT, "3ms", 5)
    text = render_text(found.findings.sorted(), found.sources, TextStyle())
    assert text.index("= help: cannot hold together") < text.index("= repair (proven): write `latency <= 3ms`")


def test_beyond_the_effort_the_plain_finding_stays(monkeypatch):
    monkeypatch.setattr("intentc.whynot.inquest.MOST_CASES", 0)
    item = finding(compiled("  latency <= 2ms"), "E0502")
    assert item.repairs == ()
    unsaid = "repairs were not looked for: `intentc explain x` does"
    assert item.help == ("`latency <= 3ms` is what this path can keep", unsaid)


def test_without_calls_there_is_no_core_but_repairs(monkeypatch):
    monkeypatch.setattr("intentc.whynot.inquest.MOST_CALLS", 1)
    item = finding(compiled("  latency <= 2ms"), "E0502")
    assert item.help == ("`latency <= 3ms` is what this path can keep",)
    assert item.repairs[0].is_proven


def test_what_was_not_tried_is_not_shown(monkeypatch):
    monkeypatch.setattr("intentc.whynot.explain.MOST_TRIALS", 0)
    assert not finding(compiled("  latency <= 2ms"), "E0502").repairs


UNTRIED = "no repair was tried, as each takes a compilation of the whole: `intentc explain x` tries more"


def test_of_a_program_that_is_too_large_no_repair_is_tried_which_is_said(monkeypatch):
    item = finding(compiled("  latency <= 2ms"), "E0502")
    assert item.repairs
    assert UNTRIED not in item.help
    monkeypatch.setattr("intentc.whynot.explain.MOST_DEMANDS", 0)
    item = finding(compiled("  latency <= 2ms"), "E0502")
    assert not item.repairs
    assert item.help[-1] == UNTRIED


def many(count, bound="2ms"):
    more = "\n".join(
        f"intent y{number} {{ from site ber  to site fra  unidirectional  match tcp/{number}  latency <= {bound} }}"
        for number in range(1, count + 1)
    )
    return (Source(TEXT, more + "\n"),), (Source(NET, TOPOLOGY),)


@pytest.fixture
def no_copies(monkeypatch):
    """All trials are made by this process, where they can be counted."""
    monkeypatch.setattr("intentc.executor.beside.spare_cpus", lambda: 0)


@pytest.mark.usefixtures("no_copies")
def test_effort_that_does_not_last_goes_to_one_repair_of_each_finding_in_turn(monkeypatch):
    """Each bound may be 3 ms or 3.3 ms: the first of all are tried before the second of any."""
    tried = []
    monkeypatch.setattr("intentc.whynot.explain.MOST_DEMANDS", 3 * 4)  # three trials of four demands
    monkeypatch.setattr(trials_of_repairs.Trials, "holds", lambda _trials, edits, _refutes: tried.append(edits[0]))
    found = run(*many(4))
    assert [(edit.text, edit.span.line) for edit in tried] == [("3ms", 1), ("3ms", 2), ("3ms", 3)]
    said = [item.help[-1].split(" tried")[0] for item in found.findings.items if item.is_error]
    assert said == ["not every repair was"] * 3 + ["no repair was"]


def test_who_asks_for_an_intent_has_its_repairs_tried_whatever_that_takes(monkeypatch, tmp_path, capsys):
    (tmp_path / "topology").mkdir()
    (tmp_path / "intents").mkdir()
    (tmp_path / NET).write_text(TOPOLOGY)
    (tmp_path / TEXT).write_text(many(12)[0][0].text)
    (tmp_path / "intentc.toml").write_text(
        '[project]\nname = "t"\ntopology = ["topology/*.yaml"]\nintents = ["intents/*.intent"]\n'
    )
    monkeypatch.setattr("intentc.whynot.explain.MOST_DEMANDS", 0)
    main(["-C", str(tmp_path), "check"])
    assert "repair (proven)" not in capsys.readouterr().out
    assert main(["-C", str(tmp_path), "explain", "y12"]) == 1
    out = capsys.readouterr().out
    assert out.count("error[") == 1
    assert "= repair (proven): write `latency <= 3ms`" in out


def test_many_infeasible_intents_are_looked_into_within_the_limits():
    found = run(*many(29))
    items = [item for item in found.findings.items if item.is_error]
    assert len(items) == 29
    explained = [item for item in items if item.repairs]
    assert [item.intent for item in explained] == sorted(item.intent for item in items)[: model.MOST_CASES]
    for item in items:  # which are many, and a set of them says nothing of one
        assert (f"repairs were not looked for: `intentc explain {item.intent}` does" in item.help) != bool(item.repairs)


def test_the_same_words_in_every_process():
    """Whatever the hash seed."""
    code = (
        "import json, sys; sys.path.insert(0, 'tests'); import unit.test_whynot_repairs as t;"
        "print(json.dumps([t.findings_document(t.compiled(c[0], c[1], prelude='const limit = 2ms\\n').findings.sorted())"
        " for c in t.CASES.values()]))"
    )
    root = Path(__file__).resolve().parents[2]
    outs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        ).stdout
        for seed in ("1", "7")
    ]
    assert outs[0] == outs[1]
    assert json.loads(outs[0])


@pytest.mark.usefixtures("no_copies")
class TestEffort:
    """What a trial costs, in stages that run and bounds that are tried."""

    @pytest.fixture
    def trials(self, monkeypatch):
        """The texts that were tried, and how many of the trials came to the last stage that judges."""
        seen = SimpleNamespace(tried=[], ended=0)
        attempt, last = trials_of_repairs.Trials.holds, pipeline.settle

        def counted(trials, edits, refutes):
            seen.tried.append(edits[0].text)
            return attempt(trials, edits, refutes)

        def settled(run):
            seen.ended += run.is_trial
            last(run)

        stages = tuple(settled if stage is last else stage for stage in pipeline.STAGES)
        monkeypatch.setattr(trials_of_repairs.Trials, "holds", counted)
        monkeypatch.setattr(pipeline, "STAGES", stages)
        monkeypatch.setitem(globals(), "compile_request", partial(compile_request, stages=stages))
        return seen

    @pytest.mark.parametrize(
        ("burst", "tried"),
        [
            ("3KB", ["5.244ms", "5.8ms"]),
            ("30KB", ["5.8ms"]),  # 2.4 ms of the first link's 100 Mbps, more than the search assumes for all hops
        ],
    )
    def test_a_bound_that_queues_are_sure_to_miss_is_not_tried(self, trials, burst, tried):
        compiled(f"  latency <= 2ms\n  bandwidth 10Mbps burst {burst}")
        assert trials.tried == tried

    def test_a_trial_ends_with_the_first_finding_that_refutes_it(self, trials):
        """Queues take both bounds too far, which the stages behind need not hear of."""
        compiled("  latency <= 2ms\n  bandwidth 10Mbps burst 3KB")
        assert (len(trials.tried), trials.ended) == (2, 0)

    def test_a_trial_that_nothing_refutes_comes_to_its_end(self, trials):
        found = compiled("  latency <= 2ms")
        assert finding(found, "E0502").repairs
        assert (len(trials.tried), trials.ended) == (1, 1)

    def test_what_a_repair_does_not_touch_is_not_parsed_again(self, monkeypatch):
        parsed = []
        parse = parser.parse

        def counted(source, findings, memo=None):
            parsed.append(source.path)
            return parse(source, findings, memo)

        monkeypatch.setattr(parser, "parse", counted)
        other = Source("intents/other.intent", "profile calm { latency <= 1s }\n")
        late = Source(TEXT, "intent x {\n  from site ber\n  to site fra\n  unidirectional\n  latency <= 2ms\n}\n")
        found = run((late, other), (Source(NET, TOPOLOGY),))
        assert finding(found, "E0502").repairs
        assert parsed == [TEXT, other.path, TEXT]

    def test_of_a_changed_file_only_the_intent_that_a_repair_changes_is_read_again(self, monkeypatch):
        read = []
        draft = resolving.draft_intent

        def counted(intent, *rest):
            read.append(intent.name.text)
            return draft(intent, *rest)

        monkeypatch.setattr(resolving, "draft_intent", counted)
        found = run(*many(3))
        assert all(item.repairs for item in found.findings.items if item.is_error)
        assert read == ["y1", "y2", "y3", "y1", "y2", "y3"]  # in the run itself, then one by one

    def test_a_repair_of_the_network_does_not_read_targets_again(self, monkeypatch):
        read = []
        load = targets.load_targets

        def counted(*rest):
            read.append(rest)
            return load(*rest)

        monkeypatch.setattr(targets, "load_targets", counted)
        net = changed(TOPOLOGY, ", upgrade: {to: 1Gbps, cost: 40}", "")
        found = compiled("  bandwidth 200Mbps", net)
        assert "give `ab` 200Mbps of capacity" in [repair.text for repair in finding(found, "E0505").repairs]
        assert len(read) == 1
