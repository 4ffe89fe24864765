"""Every option of the commands that change devices says what it does."""

from __future__ import annotations

import argparse

import pytest

from intentc.cli.arguments import build_parser

OPTIONS = {
    "plan": "--target --canary --partial --state --out --diff --detailed-exitcode",
    "apply": "--target --canary --partial --state --max-devices --allow-disruptive --allow-unguarded --yes",
    "rollback": "--max-devices --allow-disruptive --allow-unguarded --yes",
    "withdraw": "--all --unpin --max-devices --allow-disruptive --allow-unguarded --yes",
    "drift": "--repair --max-devices --allow-disruptive --allow-unguarded --yes",
    "check": "--state",
    "compile": "--state",
}


def command(name):
    (commands,) = (item for item in build_parser()._actions if isinstance(item, argparse._SubParsersAction))
    return commands.choices[name]


@pytest.mark.parametrize(
    ("name", "option"), [(name, word) for name, words in OPTIONS.items() for word in words.split()]
)
def test_an_option_is_explained(name, option):
    (found,) = (item for item in command(name)._actions if option in item.option_strings)
    assert len(found.help.split()) > 2


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "²"])
def test_a_number_of_devices_is_a_number(text, capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["apply", f"--max-devices={text}"])
    assert "no number of devices" in capsys.readouterr().err
