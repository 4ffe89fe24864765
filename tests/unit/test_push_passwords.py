"""Where a password comes from, and that it is nowhere else."""

import io
import sys
import types

import pytest

from intentc.diagnostics.redaction import HIDDEN, redacted, without_known
from intentc.inventory.model import Device
from intentc.project import Password, PasswordSource
from intentc.push.passwords import find_password, forget_passwords
from intentc.push.trouble import SessionError, Trouble

CANARY = "canary-Pa55word"


@pytest.fixture(autouse=True)
def _nothing_kept():
    forget_passwords()
    yield
    forget_passwords()


def device(password, username="automation"):
    return Device("r1", "127.0.0.1", 22, username, None, None, None, password=password)


def from_command(*words):
    return device(Password(PasswordSource.COMMAND, words))


def reason(found):
    with pytest.raises(SessionError) as raised:
        find_password(found)
    assert raised.value.trouble is Trouble.CREDENTIALS
    assert raised.value.advice
    return raised.value.text


def test_no_source_is_no_password():
    assert find_password(device(None)) is None


def test_of_the_environment(monkeypatch):
    monkeypatch.setenv("NET_PASSWORD", CANARY)
    assert find_password(device(Password(PasswordSource.ENVIRONMENT, ("NET_PASSWORD",)))) == CANARY


def test_of_a_command_the_first_line():
    assert find_password(from_command(sys.executable, "-c", f"print('{CANARY}'); print('more')")) == CANARY


def test_a_command_is_asked_once(tmp_path):
    asked = from_command("sh", "-c", f"echo x >> {tmp_path}/asked; echo {CANARY}")
    assert [find_password(asked), find_password(asked)] == [CANARY, CANARY]
    assert (tmp_path / "asked").read_text() == "x\n"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("/nowhere/pass",), "No such file"),
        (("sh", "-c", f"echo {CANARY}; exit 3"), "status 3"),
        (("true",), "said nothing"),
    ],
)
def test_a_command_that_fails_is_said_without_its_words(words, text):
    said = reason(from_command(*words))
    assert text in said
    assert CANARY not in said


def test_an_empty_environment_is_said(monkeypatch):
    monkeypatch.delenv("NET_PASSWORD", raising=False)
    assert "`NET_PASSWORD`" in reason(device(Password(PasswordSource.ENVIRONMENT, ("NET_PASSWORD",))))


def test_nobody_is_asked_without_a_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert "nobody is there" in reason(device(Password(PasswordSource.PROMPT)))


def test_at_a_terminal_it_is_asked_for(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("getpass.getpass", lambda _text: CANARY)
    assert find_password(device(Password(PasswordSource.PROMPT))) == CANARY


class RingError(Exception):
    pass


@pytest.mark.parametrize(
    ("kept", "text"), [(CANARY, ""), (None, "has no password of `automation`"), (RingError, "RingError")]
)
def test_of_a_keyring(monkeypatch, kept, text):
    def get_password(service, username):
        assert (service, username) == ("intentc", "automation")
        if kept is RingError:
            raise RingError(CANARY)
        return kept

    ring = types.ModuleType("keyring")
    ring.get_password, ring.errors = get_password, types.SimpleNamespace(KeyringError=RingError)
    monkeypatch.setitem(sys.modules, "keyring", ring)
    asked = device(Password(PasswordSource.KEYRING, ("intentc",)))
    if text:
        said = reason(asked)
        assert text in said
        assert CANARY not in said
    else:
        assert find_password(asked) == CANARY


def test_without_the_package_the_keyring_is_said_to_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "not installed" in reason(device(Password(PasswordSource.KEYRING, ("intentc",))))


def test_a_password_that_was_found_is_hidden_from_then_on(monkeypatch):
    monkeypatch.setenv("NET_PASSWORD", CANARY)
    find_password(device(Password(PasswordSource.ENVIRONMENT, ("NET_PASSWORD",))))
    assert without_known(f"x {CANARY} y") == f"x {HIDDEN} y"


SHOWN = {
    "junos": ('secret "$9$abcDEF123"; # x', "abcDEF123"),
    "crypt": ("user bob secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "hx5rVt7rPNoS4wqbXKX7m0"),
    "sha-512": ("secret sha512 $6$salt$hashhash", "hashhash"),
    "type 7": ("password 7 094F471A1A0A", "094F471A1A0A"),
    "type 9": ("secret 9 $9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM", "X.HsgL6x1il0"),
    "snmp": ("snmp-server community public ro", "public"),
    "bgp": ("neighbor 10.0.0.1 password s3cr3tKey", "s3cr3tKey"),
    "isis": ("isis password md5 lab123key", "lab123key"),
    "radius": ("radius-server host 10.1.1.1 key 7 13061E010803", "13061E010803"),
    "xml": ("<authentication-key>plainword</authentication-key>", "plainword"),
}


@pytest.mark.parametrize(("line", "secret"), SHOWN.values(), ids=SHOWN)
def test_what_devices_show_of_keys_is_hidden(line, secret):
    assert secret not in redacted(line)
    assert HIDDEN in redacted(line)


@pytest.mark.parametrize(
    "line", ["% Invalid key exchange", "bfd peer 10.0.0.1 key-chain", "ip rule 1000 from all", "password is missing"]
)
def test_what_is_no_secret_stays(line):
    assert redacted(line) == line
