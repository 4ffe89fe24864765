"""`intentc lsp`: the language server."""

from __future__ import annotations

import argparse

from intentc import __version__
from intentc.cli.compilation import today
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.failures import Refusal


def run(arguments: argparse.Namespace, _console: Console) -> Exit:
    """Serve an editor over standard input and output until it says goodbye."""
    try:
        from intentc.lsp.server import make_server  # noqa: PLC0415  (needs the extra `lsp`)
    except ModuleNotFoundError as error:
        raise Refusal(
            f"the language server needs `{error.name}`", "install it with `pip install 'intentc[lsp]'`"
        ) from error
    make_server(__version__, today(arguments)).start_io()
    return Exit.DONE
