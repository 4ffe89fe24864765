"""From parsed arguments to the command's function; turns what the outside world throws into one message and a status."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Callable

from intentc import __version__
from intentc.cli.console import Console, open_console
from intentc.cli.ending import without_output
from intentc.cli.exits import Exit
from intentc.diagnostics.text import printable
from intentc.failures import Refusal

# After so many new containers the collector looks for circles. A command builds values and ends: to look early costs up to a third.
COLLECTED = (1_000_000, 50, 100)

Command = Callable[[argparse.Namespace, Console], int]

# command -> module below intentc.cli; each has `run(arguments, console) -> int`, the exit status
_MODULES = {
    "init": "init",
    "check": "check",
    "lsp": "lsp",
    "fmt": "fmt",
    "import": "importing",
    "compile": "compile",
    "serve": "serve",
    "verify": "verify",
    "report": "report",
    "plan": "plan",
    "apply": "apply",
    "withdraw": "withdraw",
    "rollback": "apply",
    "recover": "apply",
    "diff": "diff",
    "drift": "drift",
    "history": "drift",
    "explain": "explain",
    "targets": "targets",
    "lab": "lab",
}


def dispatch(arguments: argparse.Namespace) -> int:
    """Run the command; every failure is one message on standard error and its exit status."""
    gc.set_threshold(*COLLECTED)
    return answered(arguments, _run)


def _run(arguments: argparse.Namespace, console: Console) -> int:
    module = importlib.import_module(f"intentc.cli.{_MODULES[arguments.command]}")
    status: int = module.run(arguments, console)
    return status


def answered(arguments: argparse.Namespace, run: Command) -> int:
    """Do a command; every failure is one message on standard error and its exit status, which is returned."""
    console = open_console(arguments.color, is_quiet=arguments.quiet, has_json_log=arguments.log_format == "json")
    try:
        status = run(arguments, console)
        status = _flushed(console, status)
    except Refusal as refusal:
        _say(console, refusal)
        return Exit(refusal.status)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; nothing is left to tell it
        return Exit.DONE
    except Exception as error:  # noqa: BLE001  (the last line of defence: a bug of ours, said so)
        return _bug(console, error, is_verbose=arguments.verbose)
    return status


def _flushed(console: Console, status: int) -> int:
    """Return the status of a command whose results are written; what it has come to says more than that they could not be."""
    try:
        console.flush()
    except BrokenPipeError:
        without_output()  # the reader has gone
    except Refusal as refusal:
        if status == Exit.DONE:
            raise
        _say(console, refusal)
    return status


def _say(console: Console, refusal: Refusal) -> None:
    console.err(f"{console.error_style.paint('error', '31;1')}: {printable(refusal.message)}")
    for line in refusal.help:
        console.err(f"  = help: {printable(line)}")


def _bug(console: Console, error: Exception, *, is_verbose: bool) -> Exit:
    console.err(
        f"{console.error_style.paint('bug', '31;1')}: intentc {__version__} failed: {type(error).__name__}: {error}"
    )
    console.err(
        "  = help: this is our mistake, not yours; please report it with the output of the same command with `-v`"
    )
    if is_verbose:
        import traceback  # noqa: PLC0415  (start-up)

        console.err("".join(traceback.format_exception(error)))
    return Exit.BUG
