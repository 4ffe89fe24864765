"""What several commands take: options by subject, and how their values are read."""

from __future__ import annotations

import argparse

from intentc.cli import words
from intentc.cli.parsers import Commands

TYPE_CHECKING = False  # to whoever checks types it is true; the module of that name takes as long to import as this one
if TYPE_CHECKING:
    import datetime as dt

FORMATS = ("text", "json")
_MOST_WORKERS = 512


def add_choices(parser: argparse.ArgumentParser) -> None:
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


def add_consent(parser: argparse.ArgumentParser) -> None:
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


def add_command(
    commands: Commands,
    name: str,
    summary: str,
    formats: tuple[str, ...] = FORMATS,
) -> argparse.ArgumentParser:
    parser = commands.add(name, summary)
    add_common(parser, is_top=False, formats=formats)
    return parser


def add_common(parser: argparse.ArgumentParser, *, is_top: bool, formats: tuple[str, ...] = FORMATS) -> None:
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


def add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state",
        metavar="FILE|live",
        help="what is failed or drained just now: a file of lines `link:ID` or `node:NAME` and `failed` or `drained`, or"
        " `live`: what the devices see",
    )


def add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        type=words.path,
        metavar="FILE",
        help="intent files without a project (with --topology); leave them out in a project",
    )
    parser.add_argument(
        "--topology", action="append", type=words.path, metavar="FILE", default=[], help="topology for bare files"
    )


def add_alone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--alone", action="store_true", help="do not ask a running `intentc serve`; the outcome is the same"
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
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


def seconds(text: str) -> float:
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


def add_lab_images(parser: argparse.ArgumentParser) -> None:
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


def add_lab(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lab", action="store_true", help="act on the project's running lab instead of the devices of the topology"
    )
    add_lab_place(parser)


def add_lab_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lab-dir",
        metavar="DIR",
        type=words.path,
        default=None,
        help="the lab in DIR (default: the project's own, .intentc/lab)",
    )
