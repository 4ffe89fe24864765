"""The on-device agent on a real router: what its verbs promise, also when things go wrong."""

import re
from contextlib import contextmanager

import pytest
from frr_diamond import AGENT, Agent, drift, files_of, lone_router, power_on, raw
from frr_nodes import missing, wait_for
from frr_traps import NO_NFT, RUN_IS_FULL
from support_frr import MBPS, config, edge, flow, full_config, mark, port, queue, steer

pytestmark = [pytest.mark.lab, pytest.mark.skipif(missing() is not None, reason=f"lab: {missing()}")]

SMALL = config(edges=[edge()], marking=[mark("one", flow(protocol="udp"))])


@pytest.fixture(scope="module")
def lab():
    with lone_router() as (bench, node):
        yield bench, Agent(node).do("state")["running"]


@pytest.fixture
def agent(lab):
    """The agent; whatever a test left is taken away."""
    bench, untouched = lab
    own = Agent(bench.nodes["r1"])
    yield own
    clean(own, untouched)


def clean(own, untouched):
    state = own.ask("state")
    if state["pending"] != "none":
        own.ask("restore", state["pending"])
    if state["lock"] != "none":
        own.do("break-lock", state["lock"])
    if (state["pending"], state["running"], state["persisted"]) == ("none", untouched, "none"):
        return
    own.do("lock", "clean", "tester", "clean up")
    own.do("arm", "clean", "60")
    own.do("remove", "clean")
    own.do("confirm", "clean")
    own.do("persist", "clean")
    own.do("unlock", "clean")


def test_every_feature_is_applied_and_read_back_exactly(agent):
    answer = agent.take(full_config())
    assert answer.all("changed") == ["guard.nft", "queue.tc", "queue.nft", "edge.nft", "frr.conf", "rules"]
    assert drift(agent, full_config()) == ()
    assert agent.do("given").text.count("begin=") == 6


def test_verbs_that_only_read_say_the_same_together(agent):
    agent.take(full_config())
    verbs = ("identify", "facts", "read", "given")
    together = agent.ask("look", *verbs)
    apart = "".join(f"{agent.do(verb).text.rstrip()}\npending=t1\nintentc-exit=0\n" for verb in verbs)
    assert (together.status, together.text.strip()) == (0, apart.strip())


@pytest.mark.parametrize("verb", ["apply", "unlock", "look", "nothing", "neighbours"])
def test_nothing_else_is_asked_together(agent, verb):
    answer = agent.ask("look", "given", verb, "facts")
    assert answer.status == 10
    assert answer.text.rstrip().endswith("status=error\npending=none\nintentc-exit=10")


def test_a_second_apply_touches_nothing(agent):
    agent.take(full_config())
    before = agent.node.sh("nft -a list ruleset")
    assert agent.do("apply", "t1", "next").all("changed") == []
    assert agent.node.sh("nft -a list ruleset") == before  # handles count up with every change


def test_restore_is_byte_equal_from_nothing(agent):
    before = raw(agent.node)
    agent.take(full_config())
    assert raw(agent.node) != before
    agent.do("restore", "t1")
    assert raw(agent.node) == before


@pytest.mark.parametrize(
    "other",
    [
        SMALL,
        config(queueing=[port("eth2", rate=50 * MBPS, queues=(queue("high", MBPS), queue("default")))]),
        config(steering=[steer(flow(), ("r3", "r2"), closed=False)], edges=[edge(trust="dscp")]),
        config(),
    ],
    ids=["edge", "queues", "steering", "nothing"],
)
def test_restore_is_byte_equal_from_another_configuration(agent, other):
    agent.settle(full_config(), "first")
    before = raw(agent.node)
    agent.take(other)
    assert drift(agent, other) == ()
    agent.do("restore", "t1")
    assert raw(agent.node) == before
    state = agent.do("state")
    assert state["applied"] == state["running"]


def test_restore_brings_back_what_somebody_had_changed_by_hand(agent):
    """The saved state is what ran, not what was once applied."""
    agent.settle(full_config(), "first")
    agent.node.sh(
        "nft flush chain inet itc marking; tc class change dev eth2 parent 1ca0:1 classid 1ca0:122 htb rate 3mbit"
    )
    before = raw(agent.node)
    agent.take(full_config())
    assert drift(agent, full_config()) == ()
    agent.do("restore", "t1")
    assert raw(agent.node) == before


def test_the_timer_restores_by_itself_when_nobody_confirms(agent):
    before = raw(agent.node)
    agent.take(full_config(), seconds=20)
    agent.do("arm", "t1", "1")
    wait_for(lambda: agent.ask("state")["pending"] == "none", 30, "the timer")
    assert agent.do("state")["last"] == "expired,t1"
    assert raw(agent.node) == before
    assert agent.ask("confirm", "t1").status == 12


def test_the_timer_outlives_those_who_started_it(agent):
    """The controller's session and all its processes are killed; the device goes back all the same."""
    before = raw(agent.node)
    agent.do("lock", "t1", "tester", "test")
    agent.do("stage", "t1", "next", agent.put(SMALL))
    script = f"sh {AGENT} arm t1 60; sh {AGENT} apply t1 next; sh {AGENT} arm t1 3; kill -9 0"
    agent.node.status("setsid", "sh", "-c", script)
    assert raw(agent.node) != before
    wait_for(lambda: agent.ask("state")["pending"] == "none", 30, "the timer")
    assert raw(agent.node) == before


def test_arming_again_moves_the_end_and_keeps_what_was_saved(agent):
    before = raw(agent.node)
    agent.take(SMALL, seconds=30)
    again = agent.do("arm", "t1", "900")
    assert int(again["deadline"]) > int(agent.do("state")["now"]) + 600
    assert again["saved"] != agent.do("state")["running"]
    agent.do("restore", "t1")
    assert raw(agent.node) == before


def has_ended(node, process):
    """Return whether a timer has: one that was killed ends when it is next scheduled."""
    return "timer" not in node.sh(f"cat /proc/{process}/cmdline 2>/dev/null || true")


def kill_timer(node):
    timer = node.run("cat", "/run/intentc/pending/timer").strip()
    assert not has_ended(node, timer)
    node.sh(f"kill -9 {timer}")
    wait_for(lambda: has_ended(node, timer), 10, "the end of the timer")


def test_a_dead_timer_does_not_keep_a_change(agent):
    before = raw(agent.node)
    agent.take(SMALL)
    kill_timer(agent.node)
    agent.node.sh("echo 0 >/run/intentc/pending/deadline")
    assert agent.do("state")["last"] == "expired,t1"
    assert raw(agent.node) == before


def test_a_restore_that_was_cut_off_is_finished(agent):
    before = raw(agent.node)
    agent.take(SMALL)
    kill_timer(agent.node)
    agent.node.sh("mv /run/intentc/pending /run/intentc/returning")
    assert agent.do("state")["last"] == "restored,t1"
    assert raw(agent.node) == before


def has_tried(node):
    """Return whether the timer makes the pause after a try; before the deadline it sleeps a second at a time."""
    return "sleep 5" in node.sh("ps -o args= --ppid $(cat /run/intentc/pending/timer) || true").splitlines()


def test_a_restore_that_fails_is_tried_again_until_it_succeeds(agent):
    """What was saved is not thrown away with the first try: here nft is not there for a while."""
    before = raw(agent.node)
    agent.take(SMALL)
    with spoiled(agent.node, NO_NFT):
        assert agent.ask("restore", "t1").status == 17
        agent.node.sh("cd /run/intentc/pending; echo 0 >deadline.new; mv deadline.new deadline")
        wait_for(lambda: has_tried(agent.node), 30, "a try of the timer, which cannot")
        assert agent.node.sh("cat /run/intentc/pending/token").strip() == "t1"
    wait_for(lambda: agent.ask("state")["pending"] == "none", 30, "the timer")
    assert agent.do("state")["last"] == "expired,t1"
    assert raw(agent.node) == before


@pytest.mark.parametrize("call", [("lock", "t1", "anna", "test"), ("arm", "t1", "60"), ("apply", "t1", "next")])
def test_a_full_run_directory_is_refused_before_anything_is_half_written(agent, call):
    before = raw(agent.node)
    for earlier in (("lock", "t1", "anna", "test"), ("stage", "t1", "next", agent.put(SMALL)), ("arm", "t1", "60")):
        if earlier[0] == call[0]:
            break
        agent.do(*earlier)
    with spoiled(agent.node, RUN_IS_FULL):
        assert agent.ask(*call).status == 14
    assert raw(agent.node) == before
    state = agent.do("state")
    assert state["lock"] == ("none" if call[0] == "lock" else "t1")
    assert state["pending"] == ("t1" if call[0] == "apply" else "none")


def test_a_deadline_that_cannot_be_moved_stays(agent):
    agent.do("lock", "t1", "anna", "test")
    deadline = agent.do("arm", "t1", "60")["deadline"]
    with spoiled(agent.node, RUN_IS_FULL):
        assert agent.ask("arm", "t1", "900").status == 14
    assert agent.do("state")["deadline"] == deadline


@contextmanager
def spoiled(node, cause):
    node.sh(cause.spoil)
    try:
        yield
    finally:
        node.sh(cause.mend)


def test_what_is_confirmed_stays(agent):
    agent.take(SMALL, seconds=60)
    timer = agent.node.run("cat", "/run/intentc/pending/timer").strip()
    assert not has_ended(agent.node, timer)
    agent.do("confirm", "t1")
    wait_for(lambda: has_ended(agent.node, timer), 10, "the end of the timer")
    assert drift(agent, SMALL) == ()
    assert agent.ask("restore", "t1").status == 12


def test_the_lock_excludes_others_and_names_its_holder(agent):
    agent.do("lock", "t1", "anna", "new intents")
    agent.do("lock", "t1", "anna", "new intents")
    refused = agent.ask("lock", "t2", "ben", "me too")
    assert refused.status == 11
    assert (refused["holder_owner"], refused["holder_reason"]) == ("anna", "new intents")
    assert agent.ask("stage", "t2", "next", agent.put(SMALL)).status == 12
    assert agent.ask("unlock", "t2").status == 12
    agent.do("stage", "t1", "next", agent.put(SMALL))
    agent.do("arm", "t1", "60")
    assert agent.ask("unlock", "t1").status == 12, "a restore is pending"


@pytest.mark.parametrize(
    "call",
    [
        (),
        ("nothing",),
        ("lock", "a b", "x", "y"),
        ("lock", "../x", "x", "y"),
        ("arm", "t1", "soon"),
        ("arm", "t1", "-5"),
        ("stage", "t1", "..", "/tmp"),
        ("stage", "t1", "next", "/nowhere"),
        ("given", "everything"),
    ],
)
def test_calls_that_make_no_sense_are_refused(agent, call):
    answer = agent.ask(*call)
    assert answer.status == 10
    assert answer["status"] == "error"


def test_nothing_is_applied_without_a_timer(agent):
    agent.do("lock", "t1", "tester", "test")
    agent.do("stage", "t1", "next", agent.put(SMALL))
    assert agent.ask("apply", "t1", "next").status == 12


def bad_files():
    good = files_of(full_config())
    return {
        "nft syntax": {"edge_nft": "table inet itc {\n\tchain x {\n\t\tfoo bar\n\t}\n}\n"},
        "nft, another table": {"edge_nft": good["edge.nft"] + "table inet filter {\n}\n"},
        "nft, flush of everything": {"edge_nft": "flush ruleset\n"},
        "nft, another table's removal": {"guard_nft": "table inet foo\ndelete table inet foo\n"},
        "tc, a command of others": {"queue_tc": good["queue.tc"] + "qdisc del dev eth1 root\n"},
        "tc, no such port": {"queue_tc": good["queue.tc"].replace("eth3", "eth9")},
        "rules, another table": {"rules": "4 10000 0x1000/0xffff000 254\n"},
        "rules, another preference": {"rules": "4 1 0x1000/0xffff000 1100001\n"},
        "rules, a shell": {"rules": "4 10000 $(reboot) 1100001\n"},
        "frr, a line that FRR does not know": {"frr_conf": "ip rout 0.0.0.0/0 10.0.0.2 10 table 1100001\n"},
        "frr, the main table": {"frr_conf": "ip route 0.0.0.0/0 10.0.0.2 10\n"},
        "frr, another block": {"frr_conf": "router isis CORE\n is-type level-1\nexit\n"},
        "frr, another line of a port": {
            "frr_conf": "interface eth2\n isis bfd\n isis bfd profile ITC\n shutdown\nexit\n"
        },
        "a file that nobody knows": {"passwd": "root::0:0\n"},
    }


@pytest.mark.parametrize("case", sorted(bad_files()))
def test_files_that_are_not_ours_or_not_valid_are_refused_and_touch_nothing(agent, case):
    before = raw(agent.node)
    agent.do("lock", "t1", "tester", "test")
    answer = agent.ask("stage", "t1", "next", agent.put(full_config(), **bad_files()[case]))
    assert answer.status == 13, answer.text
    assert answer.all("check")
    assert raw(agent.node) == before


@pytest.mark.parametrize(
    ("occupy", "free", "fact"),
    [
        ("tc qdisc add dev eth2 root handle 5: htb", "tc qdisc del dev eth2 root", "qdisc_foreign=eth2,htb,5:"),
        ("ip rule add pref 10000 fwmark 7 lookup 99", "ip rule del pref 10000", "rule_foreign=10000"),
        (
            "vtysh -c 'conf t' -c 'interface eth2' -c 'isis bfd'",
            "vtysh -c 'conf t' -c 'interface eth2' -c 'no isis bfd'",
            "bfd_foreign=eth2,isis",
        ),
    ],
    ids=["qdisc", "rule", "bfd"],
)
def test_what_others_hold_is_named_and_never_overwritten(agent, occupy, free, fact):
    agent.node.sh(occupy)
    try:
        before = raw(agent.node)
        assert fact in agent.do("facts").text
        agent.do("lock", "t1", "tester", "test")
        answer = agent.ask("stage", "t1", "next", agent.put(full_config()))
        assert answer.status == 16
        assert answer.all("foreign")
        assert raw(agent.node) == before
    finally:
        agent.node.sh(free)


def test_a_device_that_refuses_half_way_goes_back_whole(agent):
    agent.settle(SMALL, "first")
    before = raw(agent.node)
    agent.do("lock", "t1", "tester", "test")
    agent.do("stage", "t1", "next", agent.put(full_config()))
    agent.do("arm", "t1", "60")
    agent.node.sh("tc qdisc add dev eth3 root handle 7: htb")  # after the check: the tree of eth3 cannot be made
    assert agent.ask("apply", "t1", "next").status == 14
    agent.node.sh("tc qdisc del dev eth3 root")
    agent.do("restore", "t1")
    assert raw(agent.node) == before


DRIFT = {
    "a rule is gone": ("nft flush chain inet itc marking", "edge.nft", "marking"),
    "a rule was added": ("nft add rule inet itc_guard forward accept", "guard.nft", "accept"),
    "a table is gone": ("nft delete table inet itc_guard", "guard.nft", "fence-voice"),
    "a rate": (
        "tc class change dev eth2 parent 1ca0:1 classid 1ca0:122 htb rate 3mbit ceil 20mbit",
        "queue.tc",
        "3000000",
    ),
    "a queue": ("tc qdisc change dev eth3 parent 1ca0:100 handle 1d00: bfifo limit 40k", "queue.tc", "40960"),
    "a scheduler is gone": ("tc qdisc del dev eth3 root", "queue.tc", "eth3"),
    "a rule for marks": ("ip -6 rule del pref 10000", "rules", "6 10000"),
    "a route": ("vtysh -c 'conf t' -c 'ip route 0.0.0.0/0 10.0.0.9 99 table 1100001'", "frr.conf", "10.0.0.9 99"),
    "a timer": (
        "vtysh -c 'conf t' -c bfd -c 'profile ITC' -c 'transmit-interval 60'",
        "frr.conf",
        "transmit-interval 60",
    ),
    "a session": ("vtysh -c 'conf t' -c 'interface eth2' -c 'no isis bfd'", "frr.conf", "eth2"),
}


@pytest.mark.parametrize("case", sorted(DRIFT))
def test_drift_is_found_named_and_mended(agent, case):
    command, artefact, words = DRIFT[case]
    agent.settle(full_config(), "first")
    agent.node.sh(command)
    found = drift(agent, full_config())
    assert {item.artefact for item in found} == {artefact}
    assert any(words in item.expected + item.running for item in found)
    state = agent.do("state")
    assert state["applied"] != state["running"]
    agent.take(full_config())
    assert drift(agent, full_config()) == ()


def test_removing_leaves_nothing_behind(agent):
    before, conf = raw(agent.node), agent.node.run("cat", "/etc/frr/frr.conf")
    agent.take(full_config())
    agent.do("confirm", "t1")
    agent.do("persist", "t1")
    assert "table 11" in agent.node.run("cat", "/etc/frr/frr.conf")
    agent.do("arm", "t1", "60")
    agent.do("remove", "t1")
    agent.do("confirm", "t1")
    agent.do("persist", "t1")
    agent.do("unlock", "t1")
    assert raw(agent.node) == before
    assert agent.node.run("cat", "/etc/frr/frr.conf") == conf
    assert agent.node.status("ls", "/etc/intentc")[0] != 0


def test_persisting_needs_a_decision(agent):
    agent.take(SMALL)
    assert agent.ask("persist", "t1").status == 12


def test_counters_and_facts_are_there(agent):
    agent.take(full_config())
    assert re.search(r"^counter=itc,voice-4,0,0$", agent.do("counters").text, re.MULTILINE)
    assert re.search(r"^queue=eth2,1ca0:12e,\d+,\d+,0$", agent.do("counters").text, re.MULTILINE)
    facts = agent.do("facts").text
    assert "interface=eth2,UP,1500" in facts
    assert "address=eth2,10.1.12.1/24" in facts
    identity = agent.do("identify")
    assert (identity["system"], identity["uid"], identity["hostname"]) == ("FRR", "0", "r1")
    assert {"htb", "bfifo", "u32", "nft-inet", "nft-fib", "rule-proto"} <= set(identity.all("feature"))


def test_what_was_persisted_survives_a_reboot_and_the_rest_does_not():
    with lone_router() as (lab, node):
        agent = Agent(node)
        agent.take(full_config())
        agent.do("confirm", "t1")
        agent.do("persist", "t1")
        agent.do("unlock", "t1")
        expected = agent.do("read").text
        agent.take(SMALL, "t2")  # unconfirmed when the power goes
        lab.kill(node)
        again = power_on(lab)
        agent = Agent(again)
        again.run("/etc/intentc/boot", "guard")
        assert "itc_guard" in again.run("nft", "list", "tables")
        again.run("/etc/intentc/boot")
        assert agent.do("read").text == expected
        state = agent.do("state")
        assert (state["lock"], state["pending"]) == ("none", "none")
        assert state["applied"] == state["running"]
        assert agent.do("given").text == agent.do("given", "persisted").text
