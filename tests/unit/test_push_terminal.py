"""A command line as it comes over the wire: echoes, prompts, noise, and devices that stop in the middle."""

from __future__ import annotations

import time

import pytest

from intentc.push import cli_iosxe
from intentc.push.ssh_terminal import Terminal
from intentc.push.trouble import SessionError, Trouble

ENOUGH_S, SILENCE_S = 30, 0.2  # for what comes at once, however busy the machine is, and for what never comes


class Wire:
    """A channel with a script: what arrives at first, then what each command makes arrive, in parts as given."""

    def __init__(self, greeting, answers):
        self.parts = [greeting.encode()]
        self.answers = dict(answers)
        self.sent = []
        self.seconds = None

    def settimeout(self, seconds):
        self.seconds = seconds

    def sendall(self, data):
        command = data.decode().rstrip("\n")
        self.sent.append(command)
        found = self.answers.get(command, f"{command}\r\nfra#")
        self.parts += [part.encode() for part in ([found] if isinstance(found, str) else found)]

    def recv(self, _size):
        if not self.parts:
            time.sleep(min(self.seconds, 0.01))
            raise TimeoutError
        part = self.parts.pop(0)
        if part == b"<cut>":
            raise EOFError
        return b"" if part == b"<end>" else part


class Connected:
    def __init__(self, wire):
        self.wire = wire
        self.is_closed = False

    def shell(self, _width, **_):
        return self.wire

    def close(self):
        self.is_closed = True


def terminal(greeting="\r\nfra#", **answers):
    return of({}, greeting, **answers)


def of(answers, greeting="\r\nfra#"):
    return Terminal(Connected(Wire(greeting, answers)), timeout_s=ENOUGH_S)


FIRST = "terminal length 0"
GREETINGS = {
    "plain": ("fra#", f"{FIRST}\r\nfra#", "fra", True),
    "banner": ("\r\nhello\r\n*** fra# ***\r\nx>\r\nfra#", f"{FIRST}\r\nfra#", "fra", True),
    "colours": ("\x1b[1mhi\x1b[0m\r\n\x1b[?1hfra#", f"{FIRST}\r\nfra#", "fra", True),
    "not privileged": ("fra>", f"{FIRST}\r\nfra>", "fra", False),
    "supervisor and blank": ("fra(s1)# ", f"{FIRST}\r\nfra(s1)# ", "fra", True),
    "pagination told": ("fra#", f"{FIRST}\r\nPagination disabled.\r\nfra#", "fra", True),
    "a last line of noise": ("fra#", [f"{FIRST}\r\n", "log#\r\n", "fra#"], "fra", True),
}


@pytest.mark.parametrize("case", GREETINGS)
def test_the_prompt_is_learned_from_the_first_echo(case):
    greeting, answer, hostname, is_privileged = GREETINGS[case]
    found = of({FIRST: answer}, greeting)
    assert (found.hostname, found.is_privileged, found.mode) == (hostname, is_privileged, "")


ANSWERS = {
    "nothing": ("x\r\nfra#", ""),
    "a line": ("x\r\none\r\nfra#", "one\n"),
    "in pieces": (["x", "\r\no", "ne\r", "\nfr", "a#"], "one\n"),
    "colours in pieces": (["x\r\n\x1b[3", "1mone\x1b[", "0m\r\nfra#"], "one\n"),
    "no echo": ("one\r\nfra#", "one\n"),
    "a line like another prompt": (["x\r\nber#", "\r\nfra#"], "ber#\n"),
    "a line like a question": (["x\r\npassword: ", "none\r\nfra#"], "password: none\n"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_is_answered_is_what_stands_between_echo_and_prompt(case):
    answer, expected = ANSWERS[case]
    assert of({"x": answer}).ask("x", timeout_s=ENOUGH_S) == expected


@pytest.mark.parametrize("width", [8, 80])
def test_the_echo_of_a_long_line_is_broken_by_line_editors(width):
    command = "permit tcp " + "10.10.1.0/24 " * 20 + "eq 443"
    echo = " \r\n".join(command[start : start + width] for start in range(0, len(command), width))
    assert of({command: f"{echo}\r\n% Invalid input\r\nfra#"}).ask(command, timeout_s=ENOUGH_S) == "% Invalid input\n"


def test_modes_are_told_by_the_prompt():
    found = of({"a": "a\r\nfra(config-s-ITC-12)#", "b": "b\r\nfra(config-s-ITC-12-if-Et1)#", "c": "c\r\nfra#"})
    modes = [(found.ask(command, timeout_s=ENOUGH_S), found.mode)[1] for command in "abc"]
    assert modes == ["config-s-ITC-12", "config-s-ITC-12-if-Et1", ""]


def test_a_hostname_may_change_with_a_commit():
    found = of({"commit": "commit\r\nber#", "x": "x\r\none\r\nber#"})
    assert found.ask("commit", timeout_s=ENOUGH_S) == ""
    assert found.hostname == "ber"
    assert found.ask("x", timeout_s=ENOUGH_S) == "one\n"


TROUBLES = {
    "silence": ("x\r\n", Trouble.TIMEOUT),
    "half an answer": ("x\r\none\r\n", Trouble.TIMEOUT),
    "a question": ("x\r\nProceed? [y/n] ", Trouble.TIMEOUT),
    "a password": ("enable\r\nPassword: ", Trouble.AUTHENTICATION),
    "the end": (["x\r\none", "<end>"], Trouble.LOST),
    "a cut": (["<cut>"], Trouble.LOST),
}


@pytest.mark.parametrize("case", TROUBLES)
def test_what_may_happen_instead(case):
    answer, trouble = TROUBLES[case]
    with pytest.raises(SessionError) as raised:
        of({"x": answer}).ask("x", timeout_s=SILENCE_S)
    assert raised.value.trouble is trouble


def test_a_device_that_never_stops_talking_is_left_in_time():
    wire = Wire("fra#", {"x": ["x\r\n", *["noise\r\n"] * 3]})
    found = Terminal(Connected(wire), timeout_s=ENOUGH_S)
    wire.recv = lambda _size: time.sleep(0.01) or b"noise\r\n"
    started = time.monotonic()
    with pytest.raises(SessionError) as raised:
        found.ask("x", timeout_s=SILENCE_S)
    assert raised.value.trouble is Trouble.TIMEOUT
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("words", ["% Invalid input", f"% Authorization denied for command '{FIRST}'"])
def test_a_device_that_refuses_to_leave_its_pager_off_is_refused(words):
    with pytest.raises(SessionError) as raised:
        of({FIRST: f"{FIRST}\r\n{words}\r\nfra#"})
    assert raised.value.trouble is Trouble.REFUSED
    assert words in raised.value.text


def test_closing_ends_the_connection():
    connected = Connected(Wire("fra#", {}))
    Terminal(connected, timeout_s=ENOUGH_S).close()
    assert connected.is_closed


NOTICE = '\r\nRollback Confirmed Change: Rollback will begin in one minute.\r\nEnter "configure confirm" if you wish to keep it\r\n'


@pytest.mark.parametrize("parts", [[f"{{}}{NOTICE}"], ["{}", NOTICE], ["{}", NOTICE[:30], NOTICE[30:]]])
def test_what_a_device_says_of_its_own_accord_is_no_answer(parts):
    """The prompt is not shown again behind it: who waits for one would wait for ever."""
    shown = "interface x\r\nfra(config-if)#"
    answers = {"interface x": [part.format(shown) for part in parts], "exit": "exit\r\nfra(config)#"}
    found = Terminal(Connected(Wire("\r\nfra#", answers)), timeout_s=ENOUGH_S, speech=cli_iosxe.SPEECH)
    assert found.ask("interface x", timeout_s=ENOUGH_S) == ""
    assert found.mode == "config-if"
    assert found.ask("exit", timeout_s=ENOUGH_S) == ""
    assert found.mode == "config"
