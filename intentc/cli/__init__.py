"""The command line: the only room that prints, exits, and reads the clock or the environment."""

from __future__ import annotations

import sys

from intentc import __version__


def run() -> None:
    """Run the command line of this process and exit with its status (console script entry point)."""
    from intentc.cli.ending import ENDING, open_closed, print_utf8  # noqa: PLC0415  (`main` does without)

    open_closed()
    print_utf8()
    ENDING.expect()
    ENDING.leave(main(sys.argv[1:]))


def main(argv: list[str]) -> int:
    """Run one command and return its exit status; never raises but for `SystemExit` of usage errors."""
    if argv == ["--version"]:  # as argparse would answer, which takes twice as long
        sys.stdout.write(f"intentc {__version__}\n")
        return 0
    from intentc.cli.arguments import read_arguments  # noqa: PLC0415  (start-up)
    from intentc.cli.exits import Exit  # noqa: PLC0415

    arguments = read_arguments(argv)
    arguments.words = tuple(argv)
    from intentc.cli.dispatch import dispatch  # noqa: PLC0415  (after argparse: `--help` must not pay for it)

    try:
        return int(dispatch(arguments))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return int(Exit.INTERRUPTED)
