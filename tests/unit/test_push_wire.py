"""The agent's words: what is asked, and what an answer means."""

import io
import subprocess
import tarfile

import pytest

from intentc.push.agent_wire import answers, bundle, check, script
from intentc.push.trouble import SessionError, Trouble

CALL = [["lock", "t1", "bob on noc1", "apply x"]]


def output(text, status=0):
    return f"{text}\nintentc-exit={status}\n"


def failure(text, status=0):
    with pytest.raises(SessionError) as raised:
        check(answers(output(text, status), CALL)[0])
    return raised.value


def test_values_and_sections():
    text = "begin=edge.nft\ntable inet itc {\nstatus=not this\n}\nend=edge.nft\nfile=a,1\nfile=b,2\nstatus=ok"
    (answer,) = answers(output(text), CALL)
    assert answer.is_done
    assert answer.all("file") == ("a,1", "b,2")
    assert dict(answer.sections) == {"edge.nft": "table inet itc {\nstatus=not this\n}\n"}


def test_a_value_may_hold_an_equals_sign():
    (answer,) = answers(output("error=a=b\nstatus=error", 13), CALL)
    assert answer.one("error") == "a=b"
    assert answer.one("nothing") == ""


@pytest.mark.parametrize(
    ("text", "status", "trouble", "words"),
    [
        ("holder_owner=ann on noc2\nholder_reason=apply y\nholder_since=10:00\nerror=locked\nstatus=error", 11, Trouble.LOCKED, "ann on noc2"),
        ("error=not armed\nstatus=error", 12, Trouble.EXPIRED, "not armed"),
        ("check=edge.nft: syntax\ncheck=edge.nft: more\nerror=no\nstatus=error", 13, Trouble.REFUSED, "syntax and 1 more"),
        ("error=half-way\nstatus=error", 14, Trouble.REFUSED, "half-way"),
        ("differs=rules\nerror=not reached\nstatus=error", 15, Trouble.REFUSED, "rules"),
        ("foreign=qdisc eth1,fq,8001:\nerror=no\nstatus=error", 16, Trouble.FOREIGN, "qdisc eth1"),
        ("missing=nft\nerror=no\nstatus=error", 17, Trouble.AGENT, "nft"),
        ("error=unknown verb\nstatus=error", 10, Trouble.AGENT, "unknown verb"),
        ("error=% Configuration failed.\nstatus=ok", 0, Trouble.REFUSED, "% Configuration failed."),
        ("status=error", 0, Trouble.REFUSED, "lock"),
        ("status=ok", 1, Trouble.REFUSED, "status 1"),
    ],
)  # fmt: skip
def test_what_a_failure_means(text, status, trouble, words):
    error = failure(text, status)
    assert (error.trouble, words in error.text) == (trouble, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lock=t1\nsta",
        "lock=t1\nintentc-exit=0\n",
        "status=ok\nintentc-exit=",
        "status=ok\nintentc-exit=0\nstatus=ok",
    ],
)
def test_an_answer_that_was_cut_off_says_nothing(text):
    with pytest.raises(SessionError) as raised:
        answers(text, [*CALL, ["read"]])
    assert raised.value.is_outcome_unknown


def test_calls_after_a_failure_are_not_made():
    first, second = answers(output("status=ok") + output("error=x\nstatus=error", 13), [["a"], ["b"], ["c"]])
    assert (first.verb, second.verb, second.exit) == ("a", "b", 13)


@pytest.mark.parametrize("word", ["a b", "$(id)", "'; reboot #", "a\nb", '"', "`id`", "\\", "*"])
def test_words_reach_the_agent_as_they_are(tmp_path, word):
    """Who and why come from people: no shell on the way may understand them."""
    agent = tmp_path / "agent.sh"
    agent.write_text('printf "%s" "$2" >&2; echo status=ok\n')
    done = subprocess.run(
        ["sh", "-c", script(str(agent), [["lock", word]])], capture_output=True, text=True, check=True
    )
    assert done.stderr == word
    assert answers(done.stdout, [["lock", word]])[0].is_done


def test_a_failing_verb_ends_the_script(tmp_path):
    agent = tmp_path / "agent.sh"
    agent.write_text('echo "$1" >&2; [ "$1" != b ] || exit 13; echo status=ok\n')
    done = subprocess.run(
        ["sh", "-c", script(str(agent), [["a"], ["b"], ["c"]])], capture_output=True, text=True, check=True
    )
    assert done.stderr.split() == ["a", "b"]


def test_what_only_reads_is_asked_in_one_process(tmp_path):
    agent = tmp_path / "agent.sh"
    agent.write_text('echo "$@" >&2; exit 17\n')
    calls = [["identify"], ["facts"], ["read"], ["given"]]
    done = subprocess.run(["sh", "-c", script(str(agent), calls)], capture_output=True, text=True, check=True)
    assert done.stderr == "look identify facts read given\n"


@pytest.mark.parametrize("calls", [[["read"]], [["given"], ["given", "persisted"]], [["confirm", "t1"], ["read"]]])
def test_everything_else_is_asked_verb_by_verb(calls):
    assert script("agent.sh", calls).count("sh agent.sh ") == len(calls)


def test_a_bundle_holds_the_files_and_nothing_of_this_machine():
    data = bundle({"b": "ä\n", "a": "1\n"})
    assert data == bundle({"a": "1\n", "b": "ä\n"})
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = archive.getmembers()
        assert [(member.name, member.mode, member.uid, member.mtime, member.uname) for member in members] == [
            ("a", 0o600, 0, 0, ""),
            ("b", 0o600, 0, 0, ""),
        ]
        assert archive.extractfile("b").read() == "ä\n".encode()
