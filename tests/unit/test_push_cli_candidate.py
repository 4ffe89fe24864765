"""What Junos and SR Linux say at their command lines, understood; lines that are pasted; the driver over fakes in this process."""

from __future__ import annotations

import json

import pytest
from support_push_fake_junos import READY
from support_push_typed_blend import DIALECTS, FAKES, Typed, load_command_line, payload, target_of

from intentc.push import cli_junos, cli_srlinux
from intentc.push.cli_candidate import CliCandidateDriver
from intentc.push.cli_dialect import Told, Waiting
from intentc.push.cli_typing import Typist
from intentc.push.cli_words import prefix_of
from intentc.push.ssh_terminal import Terminal
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble

LIMITS = Limits(connect_s=10, verb_s=5, patience_s=0.3, neighbours_s=0.1, pause_s=0.01)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 1), (1, 1), (60, 1), (61, 2), (120, 2), (599, 10), (10**9, 65535)]
)
def test_a_timer_in_minutes_is_never_shorter_than_asked_for(seconds, minutes):
    assert cli_junos.minutes(seconds) == minutes


PROMPTS = {
    ("junos", "ops@mx1> "): "",
    ("junos", "{master}\nops@mx1> "): "",
    ("junos", "{master:0}[edit]\nops@mx1# "): "#",
    ("junos", "</rpc-reply>\n\n[edit]\nops@mx1# "): "#",
    ("junos", "[edit firewall family inet]\nops@mx1-re0# "): "#",
    ("srlinux", "--{ running }--[  ]--\nA:ops@leaf1# "): "",
    ("srlinux", "--{ + running }--[  ]--\nA:leaf1# "): "",
    ("srlinux", "--{ [FACTORY] running }--[  ]--\nA:leaf1#"): "",
    ("srlinux", "--{ +* candidate shared-exclusive ITC-0123456789ab- }--[  ]--\nA:leaf1# "): (
        "candidate shared-exclusive ITC-0123456789ab-"
    ),
    ("srlinux", "--{ * candidate private private-ops }--[ interface ethernet-1/1 ]--\nB:leaf1# "): (
        "candidate private private-ops"
    ),
}


@pytest.mark.parametrize(("platform", "text"), PROMPTS)
def test_prompts_tell_the_mode(platform, text):
    found = DIALECTS[platform].speech.prompt.search(text)
    assert (found["mode"] or "").strip() == PROMPTS[platform, text]
    assert found["base"] in {"ops@mx1", "ops@mx1-re0", "A:ops@leaf1", "A:leaf1", "B:leaf1"}


NO_PROMPTS = [
    ("junos", "  <name>x</name>"),
    ("junos", "</rpc-reply>"),
    ("junos", "# commit confirmed will be rolled back in 2 minutes"),
    ("junos", "term a@b# c"),
    ("srlinux", '  "name": "A:x# '),
    ("srlinux", "A:leaf1# "),
    ("srlinux", "--{ running }--[  ]--\n"),
]


@pytest.mark.parametrize(("platform", "text"), NO_PROMPTS)
def test_what_is_no_prompt(platform, text):
    assert DIALECTS[platform].speech.prompt.search(text) is None


REFUSALS = {
    "junos": [
        "error: configuration database locked by:\n  eve terminal p0",
        "           ^\nsyntax error.",
        "unknown command.",
        "terminal:3:(12) syntax error: foo",
        "[edit firewall]\n  'filter ITC'\n    missing\nerror: configuration check-out failed",
        "permission denied",
    ],
    "srlinux": ["Error: Path does not exist", "Parsing error: Unknown token 'x'", "Error: Access denied: no rule"],
}
NO_REFUSALS = {
    "junos": [
        "load complete",
        "warning: statement not found\nload complete",
        "set … term error-1 then accept\nload complete",
    ],
    "srlinux": [
        "",
        "All changes have been committed. Starting new transaction.",
        '{\n  "description": "Error: none"\n}',
    ],
}


@pytest.mark.parametrize(("platform", "answer"), [(name, text) for name, texts in REFUSALS.items() for text in texts])
def test_what_says_no(platform, answer):
    assert DIALECTS[platform].speech.refused.search(answer)


@pytest.mark.parametrize(
    ("platform", "answer"), [(name, text) for name, texts in NO_REFUSALS.items() for text in texts]
)
def test_what_does_not_say_no(platform, answer):
    assert DIALECTS[platform].speech.refused.search(answer) is None


def commits(*entries):
    inner = "".join(f"<commit-history>{entry}</commit-history>" for entry in entries)
    return f'<rpc-reply xmlns:junos="j"><commit-information xmlns="x">{inner}</commit-information></rpc-reply>'


PENDING = "<commit-confirmed>rollback pending</commit-confirmed>"
ONCE = "<user>ann</user><comment>commit confirmed, rollback in 5mins</comment>"


@pytest.mark.parametrize(
    ("answer", "waiting"),
    [
        (commits(), None),
        (commits(f"{ONCE}<log>ITC-0123456789ab-</log>"), None),  # it was confirmed: the words stay
        (commits(f"{ONCE}<log>ITC-0123456789ab-</log>{PENDING}"), Waiting("ITC-0123456789ab-", "ann")),
        (commits(f"{ONCE}<log>change 4711</log>{PENDING}"), Waiting("", "ann")),
        (commits(f"<user>eve</user>{PENDING}"), Waiting("", "eve")),
        (commits("<user>bob</user>", f"{ONCE}{PENDING}"), None),  # only the newest counts
    ],
)
def test_what_waits_on_junos(answer, waiting):
    assert cli_junos.read_waiting(answer) == waiting


@pytest.mark.parametrize(
    ("commit", "waiting"),
    [
        ({"name": "ITC-0123456789ab-", "status": "complete"}, None),
        ({"name": "ITC-0123456789ab-", "status": "failed"}, None),
        (
            {"name": "ITC-0123456789ab-", "status": "unconfirmed", "username": "ann"},
            Waiting("ITC-0123456789ab-", "ann"),
        ),
        ({"name": "default", "status": "srl:unconfirmed"}, Waiting("", "")),
    ],
)
@pytest.mark.parametrize("around", ["", "srl_nokia-configuration:"])
def test_what_waits_on_sr_linux(commit, waiting, around):
    answer = json.dumps({f"{around}commit": [{"name": "x", "status": "complete"}, commit]})
    assert cli_srlinux.read_waiting(f"noise\n{answer}\n") == waiting
    assert cli_srlinux.read_waiting(json.dumps({"system": {"configuration": json.loads(answer)}})) == waiting
    assert cli_srlinux.read_waiting("") is None


def test_who_else_is_at_work_on_sr_linux():
    sessions = [
        {"name": "default", "exclusive": False, "username": "eve"},
        {"name": "ITC-mine-", "exclusive": True, "username": "us"},
        {"name": "ITC-theirs-", "exclusive": "true", "username": "ann"},
    ]
    assert cli_srlinux.find_holder(json.dumps({"session": sessions}), "ITC-mine-") == "candidate `ITC-theirs-` of ann"
    assert cli_srlinux.find_holder(json.dumps({"session": sessions[:2]}), "ITC-mine-") == ""


READERS = (cli_junos.read_version, cli_junos.read_waiting, cli_srlinux.read_version, cli_srlinux.read_waiting)


@pytest.mark.parametrize(
    "reader", READERS, ids=["junos-version", "junos-waiting", "srlinux-version", "srlinux-waiting"]
)
@pytest.mark.parametrize("answer", ["unknown command.", "<a>", "{", "}{", "[]"])
def test_an_answer_that_cannot_be_read_is_no_answer(reader, answer):
    with pytest.raises(ValueError, match=r".*"):
        reader(answer)


def test_a_device_with_nothing_to_say_of_itself():
    assert cli_srlinux.read_version("\n") == Told(())


class Script:
    """A channel: what arrives at first, then what each text that is sent makes arrive."""

    def __init__(self, greeting, answers):
        self.parts, self.answers, self.sent = [greeting.encode()], answers, []

    def settimeout(self, _seconds):
        pass

    def sendall(self, data):
        self.sent.append(data.decode())
        self.parts += [part.encode() for part in self.answers.get(data.decode(), ())]

    def recv(self, _size):
        if not self.parts:
            raise TimeoutError
        return self.parts.pop(0)


class Connected:
    def __init__(self, script):
        self.script = script

    def shell(self, _width, **_):
        return self.script

    def close(self):
        pass


FIRST = {"set cli screen-length 0\n": ["set cli screen-length 0\r\nScreen length set to 0\r\n\r\nops@mx1> "]}


def terminal(**answers):
    script = Script("banner\r\nops@mx1> ", {**FIRST, **answers})
    return Terminal(Connected(script), timeout_s=1, speech=cli_junos.SPEECH), script


def test_lines_are_pasted_once_the_device_is_ready_for_them():
    pasted = "set a\nset b\n\x04"
    answers = {
        "load set terminal\n": ["load set terminal\r\n[Type ^D at a new ", "line to end input]\r\n"],
        pasted: ["set a\r\nset b\r\n", "load complete\r\n\r\n[edit]\r\nops@mx1# "],
    }
    found, script = terminal(**answers)
    answer = found.paste("load set terminal", READY, ["set a", "set b"], timeout_s=1)
    assert answer.endswith("load complete\n\n")
    assert found.mode == "#"
    assert script.sent[-1] == pasted


def test_a_device_that_takes_no_lines_is_given_none():
    found, script = terminal(**{"load set terminal\n": ["load set terminal\r\nunknown command.\r\nops@mx1> "]})
    assert found.paste("load set terminal", READY, ["set a"], timeout_s=1) == "unknown command.\n"
    assert script.sent[-1] == "load set terminal\n"


# -- the driver --------------------------------------------------------------------------------------------------------


class Free:
    """What a wire is to `Typed`, without anything that goes wrong."""

    def __init__(self, platform):
        self.fake, self.node, self.world = FAKES[platform]("r1"), "r1", self
        self.asking, self.platform = {}, platform

    def send(self, _word, deed):
        return deed()

    def driver(self):
        dialect = DIALECTS[self.platform]
        lines = load_command_line(target_of(self.platform))
        return CliCandidateDriver(Typist(Typed(self, dialect.speech), dialect.speech, LIMITS), dialect, lines)


@pytest.fixture(params=sorted(DIALECTS))
def free(request):
    return Free(request.param)


def staged(free, token="t1", number=1):  # noqa: S107  (a token of a test)
    driver = free.driver()
    driver.lock(token, "bob: test")
    driver.stage(token, list(payload(free.platform, "r1", number).texts.values()))
    return driver


def refused(deed, *given):
    with pytest.raises(SessionError) as raised:
        deed(*given)
    return raised.value


def test_one_lock_at_a_time(free):
    one, other = free.driver(), free.driver()
    one.lock("t1", "bob: test")
    one.lock("t1", "bob: again")
    assert refused(other.lock, "t2", "ann: test").trouble is Trouble.LOCKED
    one.unlock("t1")
    other.lock("t2", "ann: test")
    other.unlock("t2")


def test_a_commit_of_others_that_waits_is_a_lock(free):
    driver = staged(free)
    driver.commit("t1", 600)
    driver.close()
    error = refused(free.driver().lock, "t2", "ann: test")
    assert (error.trouble, "still to be confirmed" in error.text) == (Trouble.LOCKED, True)
    assert not any("t1" in command for command in free.fake.commands)
    assert any(prefix_of("t1") in command for command in free.fake.commands)


def test_another_connection_confirms_or_takes_back(free):
    before = free.fake.text
    driver = staged(free)
    driver.commit("t1", 600)
    driver.close()
    other = free.driver()
    assert (other.is_pending("t1"), other.is_pending("t2")) == (True, False)
    assert refused(other.confirm, "t2").trouble is Trouble.REFUSED
    assert refused(other.cancel, "t2").trouble is Trouble.REFUSED
    other.cancel("t1")
    assert (free.fake.text, other.is_pending("t1")) == (before, False)
    driver = staged(free)
    driver.commit("t1", 600)
    after = free.fake.text
    driver.confirm("t1")
    assert (free.fake.text, free.fake.pending) == (after, None)
    assert refused(driver.confirm, "t1").trouble is Trouble.REFUSED


def test_nothing_is_committed_that_is_not_staged(free):
    driver = free.driver()
    driver.lock("t1", "bob: test")
    assert refused(driver.commit, "t1", 600).trouble is Trouble.REFUSED


def test_a_refused_line_leaves_nothing_in_the_candidate(free):
    driver = staged(free)
    free.fake.type = lambda _tree, line: "syntax error: x" if free.platform == "junos" else f"Error: no {line}"
    document = next(iter(payload(free.platform, "r1", 2).texts.values()))
    assert refused(driver.stage, "t1", [document]).trouble is Trouble.REFUSED
    assert refused(driver.commit, "t1", 600).trouble is Trouble.REFUSED
    before = free.fake.text
    driver.unlock("t1")
    assert (free.fake.text, free.fake.pending) == (before, None)


def test_a_timer_that_ends_leads_back(free):
    before = free.fake.text
    driver = staged(free)
    driver.commit("t1", 600)
    assert free.fake.text != before
    free.fake.expire()
    assert free.fake.text == before
    assert driver.is_pending("t1") is False
    assert refused(driver.confirm, "t1").trouble is Trouble.REFUSED


def test_a_timer_is_started_anew_where_the_device_can(free):
    driver = staged(free)
    driver.commit("t1", 60)
    before = free.fake.pending.ends
    assert driver.extend("t1", 600) is (free.platform == "junos")
    assert (free.fake.pending.ends > before) is (free.platform == "junos")


def test_a_document_that_is_not_known_is_never_typed(free):
    driver = free.driver()
    driver.lock("t1", "bob: test")
    count = len(free.fake.commands)
    assert refused(driver.stage, "t1", ["<other/>"]).trouble is Trouble.MISMATCH
    assert len(free.fake.commands) == count


def test_a_plan_for_another_road_does_not_fit(free):
    (fact,) = free.driver().facts()
    assert fact.startswith("commit=ssh, ")


def test_of_several_stages_the_one_before_is_confirmed_where_only_one_may_wait():
    free = Free("srlinux")
    driver = staged(free)
    driver.commit("t1", 600)
    driver.lock("t1", "bob: test")
    driver.stage("t1", list(payload("srlinux", "r1", 2).texts.values()))
    assert free.fake.pending is None
    first = free.fake.text
    driver.commit("t1", 600)
    free.fake.expire()
    assert free.fake.text == first


def test_what_an_earlier_session_left_open_goes():
    free = Free("srlinux")
    driver = staged(free)
    driver.close()
    assert list(free.fake.candidates) == [prefix_of("t1")]
    other = free.driver()
    other.unlock("t2")
    assert list(free.fake.candidates) == [prefix_of("t1")]
    other.unlock("t1")
    assert free.fake.candidates == {}
