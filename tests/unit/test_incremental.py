"""A session does again only what a change is about."""

import gc

import pytest
from support_incremental import _SERVICES as SERVICES
from support_incremental import Program, from_nothing, stages, told
from support_native import needs_kernels

from intentc.diagnostics import Findings
from intentc.incremental.session import Session
from intentc.manifest.demand_texts import demand_text
from intentc.manifest.digest import input_digest
from intentc.manifest.earlier import earlier_demands
from intentc.manifest.read import read_manifest
from intentc.outcome import build_of, manifest_text
from intentc.pipeline import compile_request
from intentc.place import loads, unit
from intentc.resolve.draft import draft_intent
from intentc.run import Run


def intent(name, a, b, mbps, more=""):
    return (
        f"intent {name} {{\n  from n{a}\n  to n{b}\n  unidirectional\n  match tcp/{10000 + int(name[1:])}\n  priority normal\n"
        f"  bandwidth {mbps}Mbps burst 9KB\n{more}}}\n"
    )


SURVIVING = "  failover within 2s { survive any 1 link }\n"
IMPOSSIBLE = "  avoid node n3\n  via node n3\n"


@pytest.fixture
def program():
    found = Program(7, "frr")
    ends = ((0, 4), (1, 5), (2, 6), (3, 7), (4, 8), (5, 0), (6, 1), (7, 2))
    found.intents = {f"f{at}": intent(f"f{at}", *pair, 100, SURVIVING) for at, pair in enumerate(ends)}
    return found


def compiled(session, program):
    return session.compile(program.request(), Findings())


def test_one_changed_intent_is_tried_alone_and_its_devices_alone_are_rendered(program):
    session = Session(stages())
    compiled(session, program)
    run = compiled(session, program)
    assert run.is_accepted
    program.intents["f3"] = intent("f3", 3, 7, 40, SURVIVING)
    run = compiled(session, program)
    memory = session.memory
    assert memory.placed.tried == {"f3"}
    assert memory.placed.recalled == program.intents.keys() - {"f3"}
    assert not memory.queued.is_again
    touched = {config.node for config in run.fleet.devices.values() if "f3" in str(config)}
    assert memory.rendered.rendered <= touched < run.fleet.devices.keys()


def test_an_import_that_comes_or_goes_is_seen(program):
    session = Session(stages())
    compiled(session, program)
    for more in ("", 'import "none.intent"\n', ""):
        program.intents["f3"] = intent("f3", 3, 7, 40, SURVIVING) + more
        codes = [item.code for item in compiled(session, program).findings.items]
        assert ("E0224" in codes) == bool(more)


def test_what_was_placed_is_simulated_by_the_router_that_placed_it(program, monkeypatch):
    monkeypatch.setattr("intentc.realise.realise.SegmentRouter", None)
    session = Session(stages())
    assert compiled(session, program).is_accepted
    program.intents["f3"] = intent("f3", 3, 7, 40, SURVIVING)
    assert compiled(session, program).is_accepted


def test_nothing_is_done_again_where_nothing_has_changed(program):
    session = Session(stages())
    for _ in range(3):
        compiled(session, program)
    memory = session.memory
    assert not memory.placed.tried
    assert memory.queued.is_again
    assert not memory.lowered.lowered
    assert not memory.rendered.rendered


def test_a_run_that_begins_as_the_last_one_ends_as_it_without_a_stage(program):
    asked = []
    session = Session((*stages(), asked.append))
    program.intents["f9"] = intent("f9", 0, 5, 10, IMPOSSIBLE)
    runs, texts = [], []
    for _ in range(4):
        runs.append(compiled(session, program))
        texts.append(manifest_text(runs[-1]))
    assert asked == runs[:2]  # the second one keeps the build of the first
    assert told(runs[3]) == told(from_nothing(program.request(), texts[2]))
    assert texts[2] != texts[3]  # each names the build that it keeps
    program.intents["f3"] = intent("f3", 3, 7, 40, SURVIVING)
    assert told(compiled(session, program)) == told(from_nothing(program.request(), texts[3]))


def test_declarations_that_have_moved_are_not_tried_again(program):
    session = Session(stages())
    for _ in range(2):
        compiled(session, program)
    program.comment = "# a line more\n"
    compiled(session, program)
    assert not session.memory.placed.tried
    assert session.memory.queued.is_again


def test_what_stands_on_other_lines_is_the_very_same_from_the_second_time_on(program):
    session, before, runs = Session(stages()), None, []
    for count in (0, 0, 1, 3, 2):
        program.comment = "# a line more\n" * count
        runs.append(compiled(session, program))
        assert told(runs[-1]) == told(from_nothing(program.request(), before))
        before = manifest_text(runs[-1])
    assert not runs[1].places.is_any
    assert runs[2].places.is_any
    lowered = [run.fleet.devices for run in runs[2:]]
    assert all(one[node] is lowered[0][node] for one in lowered for node in one)
    assert not session.memory.rendered.rendered
    program.intents["f3"] = intent("f3", 3, 7, 40, SURVIVING + "\n\n")
    demands = runs[-1].model.demands
    run = compiled(session, program)
    assert told(run) == told(from_nothing(program.request(), before))
    same = [key for key, demand in run.model.demands.items() if demand is demands.get(key)]
    assert len(same) == len(demands) - 1


def test_of_a_link_only_the_direction_that_has_changed_is_summed_anew(program, monkeypatch):
    session, summed, side = Session(stages()), [], loads._side
    for _ in range(2):
        compiled(session, program)
    monkeypatch.setattr(loads, "_side", lambda ledger, arc, name_of: summed.append(arc) or side(ledger, arc, name_of))
    program.intents["f3"] = intent("f3", 3, 7, 40, SURVIVING)
    run = compiled(session, program)
    (trial,) = session.memory.placed.known["f3"].trials
    assert sorted(summed) == sorted(trial.all_arcs)
    assert {arc ^ 1 for arc in summed} - set(summed)
    assert all(len(load.worst_by_class) == 1 for load in run.realised.loads.values())


REFUSED = intent("f4", 4, 8, 100, IMPOSSIBLE)
WAIVED = intent("f4", 4, 8, 100, IMPOSSIBLE + '  waive E0504 until 2027-01-01 because "known"\n')
WARNED = intent("f4", 4, 8, 100, "  latency <= 900ms\n").replace("  bandwidth 100Mbps burst 9KB\n", "")


@pytest.mark.parametrize("other", [REFUSED, WAIVED, WARNED])
def test_where_anything_is_said_of_an_intent_lines_have_their_own_numbers(program, other):
    session, before, apart, sound = Session(stages()), None, [], program.intents["f4"]
    steps = (("", sound), ("", sound), ("# a\n", sound), ("# a\n", other), ("", other), ("", sound), ("# a\n", sound))
    for program.comment, program.intents["f4"] in steps:
        run, fresh = compiled(session, program), from_nothing(program.request(), before)
        assert told(run) == told(fresh)
        assert run.findings.sorted() == fresh.findings.sorted()
        before = manifest_text(run)
        apart.append(run.places.is_any)
    assert apart == [False, False, True, False, False, False, True]


def test_others_are_not_tried_again_for_their_place_in_the_order(program):
    session = Session(stages())
    before = [manifest_text(compiled(session, program)) for _ in range(2)][-1]
    program.intents["e9"] = intent("e9", 0, 2, 10)
    run = compiled(session, program)
    assert session.memory.placed.tried == {"e9"}
    assert told(run) == told(from_nothing(program.request(), before))


def test_another_network_leaves_nothing_but_what_was_kept_of_the_build(program):
    session = Session(stages())
    before = manifest_text(compiled(session, program))
    del program.links[min(program.links)]
    run = compiled(session, program)
    assert not session.memory.placed.recalled
    assert told(run) == told(from_nothing(program.request(), before))


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_where_a_link_is_drained_only_what_may_use_it_is_tried_again(program, platform, monkeypatch):
    program.platform = platform
    drafted = []
    monkeypatch.setattr(
        "intentc.resolve.resolve.draft_intent", lambda *words: drafted.append(1) or draft_intent(*words)
    )
    session = Session(stages())
    compiled(session, program)
    before = manifest_text(compiled(session, program))
    drafted.clear()
    name = next(name for name, (a, b, _, _) in program.links.items() if (a, b) == (3, 6))
    program.drained = {name}
    with monkeypatch.context() as without:
        without.setattr("intentc.place.place.place_rank", None)  # nothing is placed in order
        run = compiled(session, program)
    assert len(drafted) == 3
    assert run.is_accepted
    assert told(run) == told(from_nothing(program.request(), before))
    tried = session.memory.placed.tried
    ends = {"f2", "f3", "f6"}  # of which one begins or ends where the link does
    assert ends <= tried < program.intents.keys()


def test_what_asks_for_figures_of_links_is_read_again_where_they_change(program, monkeypatch):
    drafted = []
    monkeypatch.setattr(
        "intentc.resolve.resolve.draft_intent", lambda *words: drafted.append(1) or draft_intent(*words)
    )
    session = Session(stages())
    program.comment = "assert slow { utilization <= 90% on links where latency >= 3ms }\n"
    before = manifest_text(compiled(session, program))
    program.intents["f0"] = intent("f0", 0, 4, 20)  # the others are not read again, and yet
    before = manifest_text(compiled(session, program))
    for name, (a, b, metric, ms) in list(program.links.items())[:4]:
        program.links[name] = a, b, metric, 5 - ms
    drafted.clear()
    run = compiled(session, program)
    assert len(drafted) == len(program.intents)
    assert told(run) == told(from_nothing(program.request(), before))


def test_a_drained_link_cuts_off_an_end_that_one_more_failure_leaves_without_any(program):
    session = Session(stages())
    before = manifest_text(compiled(session, program))
    own = [name for name, (a, b, _, _) in program.links.items() if 0 in {a, b}]
    program.drained = set(own[1:])
    run = compiled(session, program)
    assert "E0520" in {item.code for item in run.findings.items}
    assert told(run) == told(from_nothing(program.request(), before))


def test_what_finds_no_room_together_is_tried_one_after_the_other(program):
    program.intents = {f"f{at}": intent(f"f{at}", 0, 4, 340) for at in range(4)}
    session = Session(stages())
    before = None
    for mbps in (340, 340, 700, 340):
        program.intents["f2"] = intent("f2", 0, 4, mbps)
        run = compiled(session, program)
        assert told(run) == told(from_nothing(program.request(), before))
        before = manifest_text(run)


def test_trials_of_repairs_do_not_try_what_their_run_has_found(program, monkeypatch):
    monkeypatch.setattr("intentc.executor.beside._is_possible", lambda: False)  # all is counted in this process
    program.intents["f8"] = intent("f8", 0, 4, 10, IMPOSSIBLE)
    request, count, place = program.request(), [0], unit.place_unit

    def counted(*words):
        count[0] += 1
        return place(*words)

    monkeypatch.setattr("intentc.place.intents.place_unit", counted)
    plain = from_nothing(request, None)
    tried, count[0] = count[0], 0
    run = compile_request(request, Findings(), stages=stages())
    assert told(run) == told(plain)
    assert any(repair.is_proven for item in run.findings.items for repair in item.repairs)
    assert count[0] < tried / 2


def test_what_is_kept_of_a_run_is_what_is_kept_of_its_manifest(program):
    program.platform = "sr-bench"
    program.intents["f8"] = intent("f8", 0, 4, 10, IMPOSSIBLE)
    program.intents["f9"] = intent("f9", 0, 4, 10, "  via node n5\n" + SURVIVING)
    run = from_nothing(program.request(), None)
    assert any(item.policies for item in run.realised.demands.values())
    assert build_of(run).demands() == earlier_demands(read_manifest(manifest_text(run)))


def test_books_stand_where_everything_finds_room(program, monkeypatch):
    session = Session(stages())
    before = [manifest_text(compiled(session, program)) for _ in range(2)][-1]
    for mbps in (40, 70, 40):
        program.intents["f3"] = intent("f3", 3, 7, mbps, SURVIVING)
        with monkeypatch.context() as without:
            without.setattr("intentc.place.place.place_rank", None)  # nothing is placed in order
            run = compiled(session, program)
        assert told(run) == told(from_nothing(program.request(), before))
        before = manifest_text(run)


def test_links_come_to_be_used_and_unused_in_books_that_stand(program, monkeypatch):
    program.intents = {name: program.intents[name] for name in ("f0", "f3")}
    session, used = Session(stages()), []
    before = [manifest_text(compiled(session, program)) for _ in range(2)][-1]
    for other in (None, intent("f3", 3, 7, 40, SURVIVING), intent("f3", 3, 7, 50, SURVIVING), intent("f3", 3, 7, 60)):
        program.intents = {"f0": program.intents["f0"], **({} if other is None else {"f3": other})}
        with monkeypatch.context() as without:
            without.setattr("intentc.place.place.place_rank", None)  # nothing is placed in order
            run = compiled(session, program)
        assert told(run) == told(from_nothing(program.request(), before))
        before = manifest_text(run)
        used.append(list(run.realised.loads))
    assert set(used[0]) < set(used[1]) == set(used[2]) > set(used[3])


def test_books_are_let_go_where_the_order_may_count(program):
    program.intents = {f"f{at}": intent(f"f{at}", 0, 4, 300) for at in range(2)}
    session = Session(stages())
    before = [manifest_text(compiled(session, program)) for _ in range(2)][-1]
    for mbps in (300, 400, 690, 10):
        program.intents["f5"] = intent("f5", 0, 4, mbps)
        run = compiled(session, program)
        assert told(run) == told(from_nothing(program.request(), before))
        before = manifest_text(run)


@needs_kernels  # the twin tells what all demands wait for anew
def test_what_has_not_changed_stays_the_very_same(program):
    session = Session(stages())
    before = [compiled(session, program) for _ in range(2)][-1]
    program.intents["f3"] = intent("f3", 3, 7, 99, SURVIVING)
    run = compiled(session, program)
    others = [key for key, item in run.model.demands.items() if item.intent != "f3"]
    assert all(run.model.demands[key] is before.model.demands[key] for key in others)
    same = [key for key in others if run.realised.demands[key] is before.realised.demands[key]]
    assert same
    assert same == [key for key in others if run.realised.demands[key] == before.realised.demands[key]]
    devices = run.fleet.devices
    alike = [node for node in devices if devices[node] == before.fleet.devices[node]]
    assert alike
    assert all(devices[node] is before.fleet.devices[node] for node in alike)


def ranked(name, a, b, mbps, priority, more=""):
    return intent(name, a, b, mbps, more).replace("priority normal", f"priority {priority}")


STEERED = "  via node n1\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"f5": ranked("f5", 0, 1, 500, "high").replace("to n1", "to any of web").replace("  match tcp/10005\n", "")},
        {"f5": ranked("f5", 0, 1, 250, "high")},
        {"f9": ranked("f9", 0, 3, 290, "high", STEERED)},
        {"f9": None},
    ],
    ids=["replica", "new", "more", "less"],
)
@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_what_goes_before_others_is_placed_before_them(program, platform, changes, monkeypatch):
    monkeypatch.setattr("support_incremental._SERVICES", SERVICES.partition("assert")[0])
    program.platform = platform
    program.intents = {f"f{at}": ranked(f"f{at}", 0, 1, 280, "low") for at in range(2)}
    program.intents["f9"] = ranked("f9", 0, 3, 10, "high", STEERED)
    session = Session(stages())
    before = [manifest_text(compiled(session, program)) for _ in range(3)][-1]
    assert session.memory.placed.standing is not None
    program.intents = {name: text for name, text in {**program.intents, **changes}.items() if text is not None}
    run = compiled(session, program)
    assert run.is_accepted
    assert told(run) == told(from_nothing(program.request(), before))


@needs_kernels  # the twin tells what all demands wait for anew
def test_digests_that_are_asked_for_together_are_made_of_what_is_told_once(program, monkeypatch):
    monkeypatch.setattr("intentc.incremental.session._MOST_UNTOLD", 6)
    asked = []
    monkeypatch.setattr("intentc.manifest.write.demand_text", lambda item: asked.append(item) or demand_text(item))
    session = Session(stages())
    for mbps in range(40, 46):
        assert not asked
        program.intents["f3"] = intent("f3", 3, 7, mbps, SURVIVING)
        run = compiled(session, program)
    assert len(asked) == len({id(item) for item in asked}) < 4 * len(run.realised.demands)
    assert session.build.digest() == input_digest(manifest_text(run).encode())


@pytest.mark.parametrize(("most", "line"), [("_MOST_UNTOLD", "# a line\n"), ("_MOST_ALIKE", "")])
def test_what_runs_held_is_let_go_of(program, monkeypatch, most, line):
    """The digest of each build needs that of the one before: after some builds it is asked for."""
    monkeypatch.setattr(f"intentc.incremental.session.{most}", 4)
    session = Session(stages())
    for _ in range(10):
        program.comment += line
        compiled(session, program)
    gc.collect()
    living = [each for each in gc.get_objects() if isinstance(each, Run) and each.memory is session.memory]
    assert 0 < len(living) <= 4 + 1
    assert build_of(living[-1]).digest()
