"""States of assertions in chunks: the same results, findings and proofs whatever looks at them, in chunks of whatever size."""

import json

import pytest
from support_executor import Recorder
from support_verify import NET, TODAY, build

from intentc.assertions import connection, worst_journeys
from intentc.assertions.check import check_assertions
from intentc.assertions.chunks import Series, chunks_of, count_of
from intentc.assertions.states import States
from intentc.diagnostics import Findings
from intentc.executor.here import InProcess
from intentc.executor.processes import LocalProcesses
from intentc.executor.wire import encode, names_of
from intentc.manifest.digest import input_digest
from intentc.manifest.read import read_manifest
from intentc.verify import apart
from intentc.verify.check_files import Evidence
from intentc.verify.prove import prove

# Steering, fences, replies, replicas with failover, bounds that hold and that do not, states of one kind and of two.
PROGRAM = """
service twin { at fra1, ams1  prefix 10.20.0.0/24  port tcp/443 }
intent web { from ber to fra2  priority high  bandwidth 300Mbps  failover within 1s { survive any 1 link }  label k = 1 }
intent kept { from ber to fra1  pin region eu  bandwidth 100Mbps reverse 0bps }
intent loose { from ber to fra1  match tcp/9 }
intent any-of { from ber, muc to any of twin  bandwidth 5Mbps per pair  failover within 5s { survive any 1 node except access } }
assert a-all { connected ber, muc, fra, ams  under any 1 link failure }
assert b-pairs { connected sites where not name == x  under any 2 link failure }
assert c-mixed { connected ber, muc, ams  under any 1 srlg and any 1 node failure }
assert d-normal { connected ber, muc }
assert e-abroad { no traffic of kept, web, any-of on region ch  under any 2 link failure }
assert f-promised { no traffic of web, any-of on fra2-p2, p3 }
assert g-nodes { no traffic of loose on p1-p3  under any 1 node and any 1 link failure }
assert h-short { hops <= 3 of web, loose, any-of  under any 2 link failure }
assert i-shorter { hops < 3 of web  under any 1 srlg failure }
assert j-full { utilization <= 20% on fra2-*  under any 1 link failure }
"""
SIZES = (1, 2, 7, 10**6)
SWEPT = 8  # all but `d-normal`, which has one state, and `j-full`, which is no sweep


@pytest.fixture(scope="module")
def built():
    return build(PROGRAM, NET)


@pytest.fixture(scope="module", params=[0, 1, 2, 3], ids=["in-process", "1 process", "2 processes", "3 processes"])
def engine(request):
    if request.param == 0:
        yield InProcess()
        return
    with LocalProcesses(request.param) as found:
        yield found


def assessed(built, engine=None, size=256):
    findings = Findings()
    results = check_assertions(built.run.realised, findings, engine, size)
    return results, findings.items


def test_the_program_is_worth_it(built):
    results, findings = assessed(built)
    assert len(results) == 10
    assert {result.holds for result in results} == {True, False}
    assert {item.code for item in findings} == {"E0701", "E0702", "E0703", "E0704"}
    assert sum(result.worst.state.count("+") for result in results) >= 3


@pytest.fixture(scope="module")
def reference(built):
    return assessed(built)


@pytest.mark.parametrize("size", SIZES)
def test_results_and_findings_are_the_same(built, reference, engine, size):
    assert assessed(built, engine, size) == reference
    assert reference[0] == built.run.assertions


@pytest.mark.parametrize("size", SIZES)
def test_chunks_are_as_large_as_is_said(built, size):
    """The test above would be none if all were done in one chunk."""
    recorder = Recorder(InProcess())
    assessed(built, recorder, size)
    chunks = [count for count, _ in recorder.seen if count]
    assert len(chunks) == SWEPT
    assert (max(chunks) == 1) == (size == 10**6)
    assert min(chunks) >= 2 or size > 2
    assert all(units > 0 for count, units in recorder.seen if count)


def test_workers_look_at_the_states(built, monkeypatch):
    """What looks at states is broken in this process, and only here."""

    def refuse(*_):
        pytest.fail("looked at in this process")

    monkeypatch.setattr(States, "that_matter", refuse)
    with LocalProcesses(2) as engine:
        results, _ = assessed(built, engine)
        assert len(engine.pids) == 2
    assert results == built.run.assertions
    with pytest.raises(pytest.fail.Exception, match="in this process"):
        assessed(built)


@pytest.mark.parametrize(
    "job", [connection.SWEEP, worst_journeys.SWEEP, apart.SWEEP], ids=lambda job: job.work.__module__
)
def test_workers_find_the_functions_of_a_sweep(job):
    assert all(name.startswith("intentc.") for name in names_of(job))


def test_what_is_shared_has_no_text_of_the_program(built):
    """Names of nodes, demands and failures, no more: no spans, no source, no addresses."""
    sent = []

    class Sending(InProcess):
        def run(self, job, shared, chunks, units):
            sent.append(encode(shared))
            return super().run(job, shared, chunks, units)

    assessed(built, Sending())
    whole = b"".join(sent)
    assert b"muc1" in whole
    assert not [word for word in (b"10.20.0.0", b"intents/x.intent", b"net.yaml", b"alpha") if word in whole]


@pytest.mark.parametrize(
    ("series", "size", "chunks"),
    [
        ([], 4, ()),
        ([Series(0, 0, 0, 9)], 4, ()),
        ([Series(0, 0, 5, 1)], 2, (((0, 0, 0, 2),), ((0, 0, 2, 4),), ((0, 0, 4, 5),))),
        ([Series(0, 0, 2, 9)], 4, (((0, 0, 0, 1),), ((0, 0, 1, 2),))),
        (
            [Series(0, 0, 1, 2), Series(1, 1, 2, 1), Series(2, 0, 1, 1)],
            4,
            (((0, 0, 0, 1), (1, 1, 0, 2)), ((2, 0, 0, 1),)),
        ),
    ],
    ids=["nothing", "no state", "by count", "one at least", "several subjects"],
)
def test_chunks_are_all_of_the_states_in_order(series, size, chunks):
    assert chunks_of(series, size) == chunks
    assert sum(high - low for chunk in chunks for _, _, low, high in chunk) == sum(one.firsts for one in series)
    assert count_of(series) == sum(one.firsts * one.states for one in series)


def proof(built, text, engine):
    inputs = {path: input_digest(source.encode()) for path, source in built.run.sources.items()}
    evidence = Evidence(inputs, built.outputs)
    return prove(built.run.files, built.run.topology, read_manifest(text), TODAY, evidence, executor=engine)


def mutated(text):
    """Make the worst value of a sweep one better than it is."""
    whole = json.loads(text)
    entry = next(item for item in whole["assertions"] if item["name"] == "b-pairs")
    entry["worst"]["value"] -= 1
    return json.dumps(whole)


@pytest.mark.parametrize("change", [str, mutated], ids=["as compiled", "mutated"])
def test_the_prover_says_the_same(built, engine, change, monkeypatch):
    monkeypatch.setattr(apart, "_STATES_PER_CHUNK", 4)
    text = change(built.text)
    recorder = Recorder(engine)
    found = proof(built, text, recorder)
    assert found == proof(built, text, None)
    assert max(count for count, _ in recorder.seen) > 5
    assert [item.code for item in found.findings if item.code == "E0722"] == (["E0722"] if change is mutated else [])
