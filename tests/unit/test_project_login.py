"""Where intentc.toml says a password comes from; a password itself is refused and never repeated."""

import pytest

from intentc.project import Password, PasswordSource, ProjectError, load_project

CANARY = "canary-Pa55word"


def load(tmp_path, *lines):
    path = tmp_path / "intentc.toml"
    path.write_text(
        "\n".join(['[project]\nname = "x"', "[credentials.default]", 'username = "automation"', *lines, ""])
    )
    return load_project(path).credentials["default"]


READ = {
    'password = "prompt"': Password(PasswordSource.PROMPT),
    'password = {env = "NET"}': Password(PasswordSource.ENVIRONMENT, ("NET",)),
    'password = {command = ["pass", "show", "net"]}': Password(PasswordSource.COMMAND, ("pass", "show", "net")),
    'password = {keyring = "intentc"}': Password(PasswordSource.KEYRING, ("intentc",)),
}


@pytest.mark.parametrize(("line", "expected"), READ.items())
def test_a_source_is_read(tmp_path, line, expected):
    assert load(tmp_path, line).password == expected


def test_weak_algorithms_are_read_sorted(tmp_path):
    line = 'allow_weak = ["hmac-sha1", "aes256-cbc", "hmac-sha1"]'
    assert load(tmp_path, "agent = true", line).allow_weak == ("aes256-cbc", "hmac-sha1")


BAD = {
    f'password = "{CANARY}"': "`password` must not stand in a file",
    f'password = {{plain = "{CANARY}"}}': "`password` must say where it comes from, in one way",
    'password = {env = "A", keyring = "B"}': "in one way",
    "password = {}": "in one way",
    "password = 3": "`password` must be a table",
    'password = {command = "pass show net"}': "`command` must be a list of texts",
    "password = {command = []}": "`command` must be a list",
    "password = {env = 3}": "`env` must be a text",
    'agent = true\nallow_weak = ["aes256-cbs"]': "`aes256-cbs` is not a weak algorithm that could be allowed",
    'agent = true\nallow_weak = ["none"]': "`none` is not a weak algorithm",
}


@pytest.mark.parametrize(("line", "message"), BAD.items())
def test_a_mistake_is_said_and_no_password_repeated(tmp_path, line, message):
    with pytest.raises(ProjectError) as raised:
        load(tmp_path, line)
    error = raised.value
    assert message in error.message
    assert CANARY not in f"{error.message} {error.help}"
