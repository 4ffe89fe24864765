"""The grammar of the command line. Imports little but argparse: `--help` and `--version` answer at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from intentc import __version__
from intentc.cli import words
from intentc.cli.options import (
    FORMATS,
    add_alone,
    add_choices,
    add_command,
    add_common,
    add_consent,
    add_engine,
    add_files,
    add_lab,
    add_lab_images,
    add_lab_place,
    add_state,
    seconds,
)
from intentc.cli.parsers import Commands, Help
from intentc.importing import FORMATS as IMPORTED

FORMATS_OF_CI = (*FORMATS, "sarif", "junit", "github", "markdown")
_FORMATS_AS_TABLES = (*FORMATS, "markdown")
_ANSWERED_AT_ONCE = ("-h", "--help", "--version")


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
        formatter_class=Help,
        description="Programmable network intent compiler for AI traffic: intents and a topology in, proven paths and device configuration out.",
        epilog="exit status: 0 done · 1 findings or drift · 2 usage · 3 apply failed, all back · 4 a device needs you · 5 changes · 6 refused · 70 our bug",
    )
    parser.add_argument("--version", action="version", version=f"intentc {__version__}")
    add_common(parser, is_top=True)
    commands = Commands(parser, "command", asked, is_brief=is_brief)
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


def _compiling(commands: Commands) -> None:
    init = add_command(commands, "init", "a working project to start from; overwrites nothing")
    init.add_argument("into", nargs="?", type=words.path, metavar="DIR", help="where (default: here)")
    check = add_command(commands, "check", "everything that can be known without devices", FORMATS_OF_CI)
    add_files(check)
    add_state(check)
    add_lab(check)
    check.add_argument("--fix", action="store_true", help="first make the edits of findings with one certain answer")
    add_engine(check)
    add_alone(check)
    fmt = add_command(commands, "fmt", "write intent files in the one style; comments stay, the meaning too")
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
    compile_ = add_command(commands, "compile", "check, then write configs per device and manifest.json", FORMATS_OF_CI)
    add_files(compile_)
    add_state(compile_)
    add_lab(compile_)
    add_engine(compile_)
    compile_.add_argument(
        "-o", "--output", metavar="DIR", type=words.path, help="where to write (default: the project's output)"
    )
    compile_.add_argument(
        "--keep", metavar="BUILD", type=words.path, help="move only what must move since this earlier build"
    )
    add_alone(compile_)
    add_command(
        commands, "serve", "hold the project in memory: `check` and `compile` in it do again only what has changed"
    )
    verify = add_command(
        commands, "verify", "re-prove a compiled result from its files; --live measures the running lab", FORMATS_OF_CI
    )
    verify.add_argument(
        "--build", metavar="DIR", type=words.path, help="the compiled result (default: the project's output)"
    )
    verify.add_argument(
        "--live", action="store_true", help="measure delay, loss, DSCP and path of every demand in a lab"
    )
    verify.add_argument("--seconds", type=float, default=3.0, metavar="S", help="how long --live measures (default 3)")
    add_lab(verify)
    add_engine(verify)
    diff = add_command(
        commands, "diff", "what a change of the repository means: intents, paths, margins, devices", _FORMATS_AS_TABLES
    )
    diff.add_argument("before", metavar="REV", help="a commit, a branch or a tag")
    diff.add_argument("after", nargs="?", metavar="REV", help="another one (default: the files as they stand here)")
    diff.add_argument("--keep", action="store_true", help="move only what must move from the first to the second")
    add_engine(diff)
    report = add_command(commands, "report", "a self-contained page with the map, the paths and the margins")
    report.add_argument("-o", "--output", metavar="DIR", type=words.path, required=True)
    add_engine(report)


def _importing(commands: Commands) -> None:
    import_ = add_command(
        commands, "import", "a topology from a file of another tool, with all that it does not say told"
    )
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


def _changing(commands: Commands) -> None:
    plan = add_command(commands, "plan", "what would change on which device and why; touches nothing")
    plan.add_argument("--out", metavar="FILE", type=words.path, help="write the plan for `intentc apply FILE`")
    plan.add_argument("--detailed-exitcode", action="store_true", help="exit 5 when there are changes")
    plan.add_argument("--diff", action="store_true", help="show the text of every change as well")
    add_choices(plan)
    add_state(plan)
    add_lab(plan)
    add_engine(plan)
    apply = add_command(commands, "apply", "carry a plan out as one network-wide transaction")
    apply.add_argument("planfile", nargs="?", type=words.path, metavar="PLANFILE")
    apply.add_argument(
        "--yes", action="store_true", help="do not ask (needed without a terminal, unless PLANFILE is given)"
    )
    add_choices(apply)
    add_state(apply)
    add_consent(apply)
    add_lab(apply)
    add_engine(apply)
    withdraw = add_command(
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
    add_consent(withdraw)
    add_lab(withdraw)
    rollback = add_command(commands, "rollback", "undo an earlier apply's owned changes against what runs now")
    rollback.add_argument("id", nargs="?", metavar="ID", help="an apply of `intentc history` (default: the newest)")
    rollback.add_argument("--yes", action="store_true", help="do not ask (needed without a terminal)")
    add_consent(rollback)
    add_lab(rollback)
    recover = add_command(commands, "recover", "finish or undo an interrupted apply from its journal")
    recover.add_argument(
        "--break-lease", action="store_true", help="first end the lease that a dead process left on shared state"
    )
    recover.add_argument("--yes", action="store_true", help="do not ask before a lease is broken")
    add_lab(recover)
    for parser in (plan, apply, withdraw, rollback):
        parser.add_argument(
            "--wait",
            type=seconds,
            default=0.0,
            metavar="SECONDS",
            help="wait this long for who is at work on the state or holds a device's lock; nothing is held meanwhile",
        )


def _looking(commands: Commands) -> None:
    drift = add_command(commands, "drift", "owned configuration that differs on the devices, and whose it is")
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
    add_consent(drift)
    add_lab(drift)
    add_engine(drift)
    history = add_command(commands, "history", "what was applied, when, by whom, from which commit")
    add_lab(history)
    explain = add_command(commands, "explain", "a finding's long form, or one intent from source line to device lines")
    explain.add_argument("subject", metavar="CODE|INTENT")
    add_engine(explain)
    add_command(commands, "lsp", "the language server, for editors (standard input and output)")
    add_command(commands, "targets", "the targets, their transports and what each can express", _FORMATS_AS_TABLES)


def _lab(commands: Commands) -> None:
    lab = add_command(commands, "lab", "run the project's network: containerlab, or Linux namespaces without Docker")
    actions = Commands(lab, "action")
    export = add_command(actions, "export", "write a containerlab topology with complete start-up configs")
    up = add_command(actions, "up", "start the lab (exports it first)")
    up.add_argument("--engine", choices=("auto", "containerlab", "netns"), default="auto")
    down = add_command(actions, "down", "stop the lab and leave nothing behind")
    test = add_command(actions, "test", "measure every demand in the running lab, or what a failure costs")
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
    execute = add_command(actions, "exec", "run a command in a node of the lab")
    add_engine(test)
    for parser in (export, up):
        add_lab_images(parser)
    for parser in (export, up, down, execute, test):
        add_lab_place(parser)
    execute.add_argument("node", metavar="NODE")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND …")
