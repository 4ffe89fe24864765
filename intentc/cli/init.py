"""`intentc init`: a working project to start from."""

from __future__ import annotations

import argparse
from pathlib import Path

from intentc import __version__
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.failures import Refusal
from intentc.patterns import pattern
from intentc.scaffold.write import scaffold, write_new

_NO_NAME = pattern(r"[^a-z0-9]+")


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Write the project into DIR, which may hold other files; nothing that is there is overwritten."""
    directory: Path = arguments.directory / arguments.into if arguments.into is not None else arguments.directory
    try:
        name = _NO_NAME.sub("-", directory.resolve().name.lower()).strip("-") or "network"
        written = write_new(scaffold(name, __version__), directory)
    except FileExistsError as error:
        raise Refusal(
            f"`{error.filename or error.args[0]}` is there already", "nothing was written; choose another directory"
        ) from error
    except OSError as error:
        raise Refusal(f"cannot write `{error.filename or directory}`: {error.strerror}") from error
    for path in written:
        console.out(f"wrote {path}")
    option = "" if directory == Path() else f" -C {directory}"
    console.out(f"next: `intentc{option} check`")
    return Exit.DONE
