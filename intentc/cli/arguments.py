"""The grammar of the command line. Imports little but argparse: `--help` and `--version` answer at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from intentc import __version__
from intentc.cli import words
from intentc.importing import FORMATS as IMPORTED

TYPE_CHECKING = False  # to whoever checks types it is true; the module of that name takes as long to import as this one
if TYPE_CHECKING:
    import datetime as dt

FORMATS = ("text", "json")
FORMATS_OF_CI = (*FORMATS, "sarif", "junit", "github", "markdown")
_FORMATS_AS_TABLES = (*FORMATS, "markdown")
_MOST_WORKERS = 512
_ANSWERED_AT_ONCE = ("-h", "--help", "--version")
_USUAL_COLUMNS = 80


class _Unasked:
    """Stands for the parser of a command that is not asked for: takes all that is said of it, and keeps nothing."""

    def __getattr__(self, name: str) -> Callable[..., _Unasked]:
        return lambda *_, **__: self


class _Help(argparse.HelpFormatter):
    """As wide as the terminal, which argparse asks a module for that takes longer to import than all of this."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    try:
        return int(given) if given.isdecimal() and int(given) else os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]  # None has no `fileno`: caught
    except (AttributeError, ValueError, OSError):
        return _USUAL_COLUMNS


class _Commands:
    """The commands below a parser: all, or the one that is asked for. To make all takes as long as to parse fifty intents.

    `is_brief`: nothing but their names and what they are for.
    """

    def __init__(
        self, parser: argparse.ArgumentParser, dest: str, asked: str | None = None, *, is_brief: bool = False
    ) -> None:
        # `prog` is given, else the usage is set, for which argparse asks for the size of the terminal
        self._parsers = parser.add_subparsers(dest=dest, metavar=dest.upper(), required=True, prog=parser.prog)
        self._asked = asked
        self.names: list[str] = []
        self._is_brief = is_brief

    def add(self, name: str, summary: str) -> argparse.ArgumentParser:
        """Return the parser of a command."""
        self.names.append(name)
        if self._asked not in {None, name}:
            return _Unasked()  # type: ignore[return-value]  # `typing` takes longer to import than all of this
        if self._is_brief:
            self._parsers.add_parser(name, help=summary, add_help=False)
            return _Unasked()  # type: ignore[return-value]  # as above
        return self._parsers.add_parser(name, help=summary, description=summary, formatter_class=_Help)


def read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what a command line says; raises `SystemExit` with the status for one that is wrong, or asks for help."""
    if argv and argv[0] in _ANSWERED_AT_ONCE:
        build_parser(is_brief=True).parse_args(argv)
    parser = build_parser(argv[0]) if argv and not argv[0].startswith("-") else None
    return (parser or build_parser()).parse_args(argv)


def build_parser(asked: str | None = None, *, is_brief: bool = False) -> argparse.ArgumentParser:
    """Return the parser of all commands; the chosen one is in `command` (and `action` for `lab`).

    Where one is `asked` for, the others are left out of it. Raises `SystemExit` where there is no such command. A brief
    one knows no options of commands: enough for what is said of all.
    """
    parser = argparse.ArgumentParser(
        prog="intentc",
        formatter_class=_Help,
        description="Programmable network intent compiler for AI traffic: intents and a topology in, proven paths and device configuration out.",
        epilog="exit status: 0 done · 1 findings or drift · 2 usage · 3 apply failed, all back · 4 a device needs you · 5 changes · 6 refused · 70 our bug",
    )
    parser.add_argument("--version", action="version", version=f"intentc {__version__}")
    _common(parser, is_top=True)
    commands = _Commands(parser, "command", asked, is_brief=is_brief)
    _compiling(commands)
    _importing(commands)
    _changing(commands)
    _looking(commands)
    _lab(commands)
    if asked is not None and asked not in commands.names:
        parser.error(f"there is no command `{asked}`{_instead(asked, commands.names)}")
    return parser


def _instead(asked: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (only where a name is wrong: start-up)

    near = get_close_matches(asked, names, n=1)
    return f": did you mean `{near[0]}`?" if near else f": there are {', '.join(names)}"


def _compiling(commands: _Commands) -> None:
    init = _command(commands, "init", "a working project to start from; overwrites nothing")
    init.add_argument("into", nargs="?", type=words.path, metavar="DIR", help="where (default: here)")
    check = _command(commands, "check", "everything that can be known without devices", FORMATS_OF_CI)
    _files(check)
    _state(check)
    _lab_option(check)
    check.add_argument("--fix", action="store_true", help="first make the edits of findings with one certain answer")
    _engine(check)
    _alone(check)
    fmt = _command(commands, "fmt", "write intent files in the one style; comments stay, the meaning too")
    fmt.add_argument(
        "files",
        nargs="*",
        type=words.path,
        metavar="FILE",
        help="files (default: the project's); `-`: standard input to output",
    )
    ways = fmt.add_mutually_exclusive_group()
    ways.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file would change")
    ways.add_argument("--diff", action="store_true", help="change nothing; show what would change, exit 1 if anything")
    compile_ = _command(commands, "compile", "check, then write configs per device and manifest.json", FORMATS_OF_CI)
    _files(compile_)
    _state(compile_)
    _lab_option(compile_)
    _engine(compile_)
    compile_.add_argument(
        "-o", "--output", metavar="DIR", type=words.path, help="where to write (default: the project's output)"
    )
    compile_.add_argument(
        "--keep", metavar="BUILD", type=words.path, help="move only what must move since this earlier build"
    )
    _alone(compile_)
    _command(
        commands, "serve", "hold the project in memory: `check` and `compile` in it do again only what has changed"
    )
    verify = _command(
        commands, "verify", "re-prove a compiled result from its files; --live measures the running lab", FORMATS_OF_CI
    )
    verify.add_argument(
        "--build", metavar="DIR", type=words.path, help="the compiled result (default: the project's output)"
    )
    verify.add_argument(
        "--live", action="store_true", help="measure delay, loss, DSCP and path of every demand in a lab"
    )
    verify.add_argument("--seconds", type=float, default=3.0, metavar="S", help="how long --live measures (default 3)")
    _lab_option(verify)
    _engine(verify)
    diff = _command(
        commands, "diff", "what a change of the repository means: intents, paths, margins, devices", _FORMATS_AS_TABLES
    )
    diff.add_argument("before", metavar="REV", help="a commit, a branch or a tag")
    diff.add_argument("after", nargs="?", metavar="REV", help="another one (default: the files as they stand here)")
    diff.add_argument("--keep", action="store_true", help="move only what must move from the first to the second")
    _engine(diff)
    report = _command(commands, "report", "a self-contained page with the map, the paths and the margins")
    report.add_argument("-o", "--output", metavar="DIR", type=words.path, required=True)
    _engine(report)


def _importing(commands: _Commands) -> None:
    import_ = _command(commands, "import", "a topology from a file of another tool, with all that it does not say told")
    import_.add_argument("from_", choices=IMPORTED, metavar="FORMAT", help=f"one of {', '.join(IMPORTED)}")
    import_.add_argument("file", type=words.path, metavar="FILE", help="the file; `-`: standard input")
    import_.add_argument(
        "-o", "--output", metavar="FILE", type=words.path, help="where to write (default: standard output)"
    )
    import_.add_argument("--force", action="store_true", help="write over a file that is there")
    group = import_.add_argument_group("where the file says nothing")
    group.add_argument("--capacity", metavar="RATE", type=words.rate, help="of every link without one, as in 10Gbps")
    group.add_argument(
        "--latency", metavar="TIME", type=words.time, help="of every link without one, and without locations, as in 1ms"
    )
    group.add_argument("--platform", metavar="TARGET", help="of nodes whose system no target serves")
    group.add_argument(
        "--loopbacks", metavar="PREFIX", type=words.prefix, help="number nodes without a loopback from this prefix"
    )
    group.add_argument(
        "--unit",
        metavar="RATE",
        type=words.rate,
        help="what 1 is in files with capacities without a unit (sndlib, graphml)",
    )


def _changing(commands: _Commands) -> None:
    plan = _command(commands, "plan", "what would change on which device and why; touches nothing")
    plan.add_argument("--out", metavar="FILE", type=words.path, help="write the plan for `intentc apply FILE`")
    plan.add_argument("--detailed-exitcode", action="store_true", help="exit 5 when there are changes")
    plan.add_argument("--diff", action="store_true", help="show the text of every change as well")
    _choices(plan)
    _state(plan)
    _lab_option(plan)
    _engine(plan)
    apply = _command(commands, "apply", "carry a plan out as one network-wide transaction")
    apply.add_argument("planfile", nargs="?", type=words.path, metavar="PLANFILE")
    apply.add_argument(
        "--yes", action="store_true", help="do not ask (needed without a terminal, unless PLANFILE is given)"
    )
    _choices(apply)
    _state(apply)
    _consent(apply)
    _lab_option(apply)
    _engine(apply)
    withdraw = _command(
        commands,
        "withdraw",
        "take steering away and leave the traffic to the IGP; solves nothing, needs no sources that compile",
    )
    withdraw.add_argument("intents", nargs="*", metavar="INTENT", help="intents that run on the devices")
    withdraw.add_argument("--all", action="store_true", help="every intent that steers or fences anything")
    withdraw.add_argument(
        "--unpin", action="store_true", help="take the fences away too: the traffic may go where its intents forbid"
    )
    withdraw.add_argument("--yes", action="store_true", help="do not ask (needed without a terminal)")
    _consent(withdraw)
    _lab_option(withdraw)
    rollback = _command(commands, "rollback", "undo an earlier apply's owned changes against what runs now")
    rollback.add_argument("id", nargs="?", metavar="ID", help="an apply of `intentc history` (default: the newest)")
    rollback.add_argument("--yes", action="store_true", help="do not ask (needed without a terminal)")
    _consent(rollback)
    _lab_option(rollback)
    recover = _command(commands, "recover", "finish or undo an interrupted apply from its journal")
    recover.add_argument(
        "--break-lease", action="store_true", help="first end the lease that a dead process left on shared state"
    )
    recover.add_argument("--yes", action="store_true", help="do not ask before a lease is broken")
    _lab_option(recover)
    for parser in (plan, apply, withdraw, rollback):
        parser.add_argument(
            "--wait",
            type=_seconds,
            default=0.0,
            metavar="SECONDS",
            help="wait this long for who is at work on the state or holds a device's lock; nothing is held meanwhile",
        )


def _choices(parser: argparse.ArgumentParser) -> None:
    """Add which part of a change is meant, and in which order of devices."""
    parser.add_argument(
        "--target",
        action="append",
        metavar="intent:NAME|device:NAME",
        help="only this intent or device, with all that must go with it (may be repeated)",
    )
    parser.add_argument(
        "--canary",
        metavar="SET",
        help="change these devices first (names and `site:NAME`, with commas), look at them, then change the rest",
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="a device that cannot be reached holds back only what its intents connect, not the whole plan",
    )


def _consent(parser: argparse.ArgumentParser) -> None:
    """Add what a person agrees to."""
    parser.add_argument(
        "--allow-disruptive", action="store_true", help="also changes that sessions or other traffic notice"
    )
    parser.add_argument(
        "--allow-unguarded", action="store_true", help="also devices that do not go back by a timer of their own"
    )
    parser.add_argument(
        "--max-devices", type=_count_of_devices, metavar="N", help="refuse a plan that changes more devices than this"
    )


def _looking(commands: _Commands) -> None:
    drift = _command(commands, "drift", "owned configuration that differs on the devices, and whose it is")
    drift.add_argument("nodes", nargs="*", metavar="DEVICE", help="look at these only (default: all)")
    what = drift.add_mutually_exclusive_group()
    what.add_argument("--repair", action="store_true", help="put it right, and nothing else, as one transaction")
    what.add_argument(
        "--adopt",
        action="store_true",
        help="record that it is known: it is no drift then, and the next apply takes it back",
    )
    drift.add_argument(
        "--yes", action="store_true", help="with --repair and --adopt: do not ask (needed without a terminal)"
    )
    _consent(drift)
    _lab_option(drift)
    _engine(drift)
    history = _command(commands, "history", "what was applied, when, by whom, from which commit")
    _lab_option(history)
    explain = _command(commands, "explain", "a finding's long form, or one intent from source line to device lines")
    explain.add_argument("subject", metavar="CODE|INTENT")
    _engine(explain)
    _command(commands, "lsp", "the language server, for editors (standard input and output)")
    _command(commands, "targets", "the targets, their transports and what each can express", _FORMATS_AS_TABLES)


def _lab(commands: _Commands) -> None:
    lab = _command(commands, "lab", "run the project's network: containerlab, or Linux namespaces without Docker")
    actions = _Commands(lab, "action")
    export = _command(actions, "export", "write a containerlab topology with complete start-up configs")
    up = _command(actions, "up", "start the lab (exports it first)")
    up.add_argument("--engine", choices=("auto", "containerlab", "netns"), default="auto")
    down = _command(actions, "down", "stop the lab and leave nothing behind")
    test = _command(actions, "test", "measure every demand in the running lab, or what a failure costs")
    test.add_argument(
        "--seconds", type=float, default=3.0, metavar="S", help="how long each measurement takes (default 3)"
    )
    test.add_argument(
        "--cut",
        action="append",
        metavar="STATE",
        default=[],
        help="fail this (`link:ID`, `srlg:NAME`, `node:NAME`) under traffic and measure what it costs",
    )
    execute = _command(actions, "exec", "run a command in a node of the lab")
    _engine(test)
    for parser in (export, up):
        _lab_images(parser)
    for parser in (export, up, down, execute, test):
        _lab_place(parser)
    execute.add_argument("node", metavar="NODE")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND …")


def _command(
    commands: _Commands,
    name: str,
    summary: str,
    formats: tuple[str, ...] = FORMATS,
) -> argparse.ArgumentParser:
    parser = commands.add(name, summary)
    _common(parser, is_top=False, formats=formats)
    return parser


def _common(parser: argparse.ArgumentParser, *, is_top: bool, formats: tuple[str, ...] = FORMATS) -> None:
    """Add the common options; below the top they are only set when given, so that both places work."""

    def default(value: object) -> object:
        return value if is_top else argparse.SUPPRESS

    group = parser.add_argument_group("common options")
    group.add_argument(
        "-C", dest="directory", metavar="DIR", type=words.path, default=default("."), help="find the project from here"
    )
    group.add_argument("--format", choices=formats, default=default("text"))
    group.add_argument("--today", metavar="DATE", type=_day, default=default(None), help="judge waivers by this day")
    group.add_argument("--color", choices=("auto", "always", "never"), default=default("auto"))
    group.add_argument(
        "--log-format",
        choices=FORMATS,
        default=default("text"),
        help="json: what is done, a line each on standard error",
    )
    group.add_argument("-q", "--quiet", action="store_true", default=default(False), help="only findings and results")
    group.add_argument(
        "-v", "--verbose", action="store_true", default=default(False), help="more detail; tracebacks of bugs"
    )


def _day(text: str) -> dt.date:
    import datetime as dt  # noqa: PLC0415  (start-up)

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no day: write it as 2027-01-31") from None


def _state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state",
        metavar="FILE|live",
        help="what is failed or drained just now: a file of lines `link:ID` or `node:NAME` and `failed` or `drained`, or"
        " `live`: what the devices see",
    )


def _files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", type=words.path, metavar="FILE", help="intent files without a project (with --topology)"
    )
    parser.add_argument(
        "--topology", action="append", type=words.path, metavar="FILE", default=[], help="topology for bare files"
    )


def _alone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--alone", action="store_true", help="do not ask a running `intentc serve`; the outcome is the same"
    )


def _engine(parser: argparse.ArgumentParser) -> None:
    """Add who looks at failure states that are many, which changes nothing of what comes out."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--workers",
        metavar="N",
        type=_count_of_workers,
        help="processes for large sweeps over failure states (default: one per CPU; 1: none)",
    )
    group.add_argument(
        "--scheduler", metavar="ADDRESS", help="have large sweeps done by the workers of this Dask scheduler"
    )


def _seconds(text: str) -> float:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds")
    return float(text)


def _count_of_workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"`{text}` is no number from 1 to {_MOST_WORKERS}")
    return int(text)


def _count_of_devices(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"`{text}` is no number of devices")
    return int(text)


def _lab_images(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--image",
        action="append",
        type=_pair,
        metavar="PLATFORM=IMAGE",
        default=[],
        help="the image that containerlab runs routers of a vendor's platform from; yours, none comes with intentc",
    )
    parser.add_argument(
        "--kind",
        action="append",
        type=_pair,
        metavar="PLATFORM=KIND",
        default=[],
        help="the kind of node that containerlab runs them as, where a platform has several",
    )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value) or any(letter.isspace() for letter in text):
        raise argparse.ArgumentTypeError(f"`{text}` is not PLATFORM=NAME")
    return name, value


def _lab_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lab", action="store_true", help="act on the project's running lab instead of the devices of the topology"
    )
    _lab_place(parser)


def _lab_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lab-dir",
        metavar="DIR",
        type=words.path,
        default=None,
        help="the lab in DIR (default: the project's own, .intentc/lab)",
    )
