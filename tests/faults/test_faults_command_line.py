"""The commands that act on devices, from the sources of a project to four fake devices and back."""

from __future__ import annotations

import pytest
from support_cli_network import ONE, TWO, cli_network
from support_push_fake_device import Fault


@pytest.fixture
def net(tmp_path, monkeypatch):
    return cli_network(tmp_path, monkeypatch, one=ONE, two=TWO)


@pytest.fixture
def applied(net):
    done = net.run("apply", "--yes")
    assert done.status == 0, done.out + done.err
    return net


def steering(net, node):
    config = net.config(node)
    return {name for rule in config.steering for name in rule.origin.intents} if config else set()


def test_a_plan_tells_the_order_the_effect_and_that_it_is_proved(net):
    done = net.run("plan")
    assert done.status == 0, done.err
    assert "from a: a d z (4 ms, high), before a b z (2 ms, default)" in done.out
    assert "no accepted intent is broken by any part of the change" in done.out


def test_withdraw_takes_the_steering_of_one_intent_away(applied):
    assert steering(applied, "a") == {"one"}  # two goes where the IGP leads
    done = applied.run("withdraw", "one", "--yes")
    assert done.status == 0, done.out + done.err
    assert "from a: a b z (2 ms, high), before a d z (4 ms, high)" in done.out
    assert "withdrawn: the IGP carries it until the next apply" in done.out
    assert steering(applied, "a") == set()
    assert {rule.traffic_class for rule in applied.config("a").marking} == {"high", "critical"}


def test_withdraw_works_where_the_sources_no_longer_compile(applied):
    applied.write(one="intent one { from nowhere to fra via", two="intent two {{")
    done = applied.run("withdraw", "--all", "--yes")
    assert done.status == 0, done.out + done.err
    assert steering(applied, "a") == set()


def test_an_apply_brings_back_what_was_withdrawn(applied):
    before = applied.config("a")
    assert applied.run("withdraw", "one", "--yes").status == 0
    assert applied.run("apply", "--yes").status == 0
    assert applied.config("a") == before


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("onee",), "did you mean `one`?"),
        ((), "name the intents"),
        (("one", "--all"), "name the intents"),
    ],
)
def test_withdraw_of_what_is_not_there_is_refused(applied, words, text):
    done = applied.run("withdraw", *words, "--yes")
    assert done.status == 2
    assert text in done.err


def test_guards_stay_unless_unpinned(tmp_path, monkeypatch):
    net = cli_network(tmp_path, monkeypatch, one="intent one { from ber to fra  match tcp/443  avoid node b }\n")
    assert net.run("apply", "--yes").status == 0
    assert net.config("a").fences
    done = net.run("withdraw", "one", "--yes")
    assert done.status == 0, done.err
    assert net.config("a").fences
    assert not net.config("a").steering
    assert "lost (the fence at" in done.out
    assert net.run("withdraw", "one", "--unpin", "--yes").status == 0
    assert not net.config("a").fences


def test_removing_an_intent_removes_its_configuration(applied):
    (applied.root / "one.intent").unlink()
    assert applied.run("apply", "--yes").status == 0
    assert all("one" not in rule.origin.intents for rule in applied.config("a").marking)


def test_a_plan_file_is_applied_exactly(net):
    assert net.run("plan", "--out", str(net.root / "p.json")).status == 0
    assert net.run("apply", str(net.root / "p.json")).status == 0
    assert net.run("plan").out.startswith("Nothing to do")


def test_a_plan_file_takes_no_further_choices(net):
    assert net.run("plan", "--out", str(net.root / "p.json")).status == 0
    done = net.run("apply", str(net.root / "p.json"), "--canary", "a")
    assert (done.status, "does not go with a plan file" in done.err) == (2, True)


def test_max_devices_refuses_and_touches_nothing(net):
    done = net.run("apply", "--yes", "--max-devices", "1")
    assert done.status == 6
    assert "E0843" in done.err
    assert all(device.running is None for device in net.devices.values())


def test_canaries_go_first(net):
    order = []
    for node, device in net.devices.items():
        device.on_commit = lambda node=node: order.append(node)
    done = net.run("apply", "--yes", "--canary", "b,d,z")
    assert done.status == 0, done.out + done.err
    assert set(order[: order.index("a")]) == {"b", "d", "z"} & set(order)
    assert "canary" in done.out


@pytest.mark.parametrize(("words", "text"), [("q", "no device `q`"), ("site:par", "no site `par`")])
def test_unknown_canaries_are_refused(net, words, text):
    done = net.run("apply", "--yes", "--canary", words)
    assert (done.status, text in done.err) == (2, True)


def test_a_silent_device_stops_the_plan_unless_it_may_be_partial(net):
    net.devices["d"].dead_until = float("inf")
    assert net.run("plan").status == 6
    done = net.run("plan", "--partial")
    assert done.status == 0, done.err
    assert "held back: `d`" in done.out


def counter(net, node="a"):
    return next(rule.counter for rule in net.config(node).marking if rule.origin.intents == ("one",))


def test_drift_says_whose_line_it_is_and_whom_it_serves(applied):
    applied.devices["a"].foreign = (
        f"-mark {counter(applied)}: DSCP 34",
        f"+mark {counter(applied)}: DSCP 0",
        "+mark by-hand: DSCP 46",
        "-queue to-b: default 10 Mbps",
    )
    done = applied.run("drift")
    assert done.status == 1
    assert f"~ mark {counter(applied)}: DSCP 0, was DSCP 34 (changed by someone else; serves `one`)" in done.out
    assert "+ mark by-hand: DSCP 46 (added by someone else)" in done.out
    assert "- queue to-b: default 10 Mbps (removed by someone else; serves" in done.out


def test_drift_is_repaired_and_nothing_else(applied):
    before = applied.devices["a"].running
    applied.write(two="intent two { from ber to fra  match tcp/8080 }")  # a change that nobody asked to apply
    applied.devices["a"].foreign, applied.devices["a"].is_mended = ("+mark by-hand: DSCP 46",), True
    done = applied.run("drift", "--repair", "--yes")
    assert done.status == 0, done.out + done.err
    assert "Unchanged: b, d, z" in done.out
    assert applied.devices["a"].running == before
    assert applied.run("drift").status == 0
    assert applied.run("drift", "--repair", "--yes").out.startswith("Nothing to do")


def test_drift_is_found_where_the_sources_do_not_compile(applied):
    applied.write(one="intent one {{")
    assert applied.run("drift").status == 0


def test_what_runs_survives_a_reboot_and_each_device_lets_us_in_anew_before_it_is_confirmed(net):
    assert net.run("apply", "--yes").status == 0
    for device in net.devices.values():
        assert device.startup == device.running
        if "confirm" in device.calls:
            asked = device.calls[: device.calls.index("confirm")]
            last_commit = len(asked) - 1 - asked[::-1].index("commit")
            assert "open" in asked[last_commit:]


def test_a_device_that_lets_nobody_in_anew_is_never_confirmed(net):
    net.devices["a"].faults.append(Fault("open", "refuse", on=3))  # 1: plan, 2: the transaction, 3: the probe
    done = net.run("apply", "--yes")
    assert done.status == 3, done.out + done.err
    assert all(device.running is None and "confirm" not in device.calls for device in net.devices.values())


def test_selections_are_whole(net):
    done = net.run("plan", "--target", "intent:one")
    assert done.status == 0
    assert "the selection `intent:one` pulls in `two`" in done.out
    assert net.run("plan", "--target", "one").status == 2
    assert net.run("plan", "--target", "device:q").status == 2


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("qdisc_foreign=to-d,fq,8001:", "queues of `to-d`, by `fq,8001:`"),
        ("rule_foreign=6000", "the preference `6000` of `ip rule`"),
    ],
)
def test_a_place_that_somebody_else_holds_is_told_when_planning(net, command, fact, words):
    device = net.devices["a"]
    device.facts = (*device.facts, fact)
    done = net.run(command, *(("--yes",) if command == "apply" else ()))
    assert (done.status, "E0827" in done.err, words in done.err) == (6, True, True), done.err
    assert all("lock" not in item.calls for item in net.devices.values())


def test_a_place_of_others_that_nothing_needs_is_no_matter(net):
    net.devices["a"].facts = (*net.devices["a"].facts, "qdisc_foreign=mgmt0,fq,8001:", "bfd_foreign=to-x,isis")
    assert net.run("apply", "--yes").status == 0


def test_a_place_taken_between_plan_and_apply_refuses_before_anything_is_touched(net):
    device = net.devices["a"]
    assert net.run("plan", "--out", str(net.root / "p.json")).status == 0
    read = type(device).state

    def later(self):
        if "lock" in self.calls:
            self.facts = tuple({*self.facts, "qdisc_foreign=to-d,fq,8001:"})
        return read(self)

    type(device).state = later
    try:
        done = net.run("apply", str(net.root / "p.json"))
    finally:
        type(device).state = read
    assert (done.status, "E0827" in done.err) == (6, True), done.err
    assert all("commit" not in item.calls for item in net.devices.values())
