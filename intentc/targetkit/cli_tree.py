"""Configuration text of indented blocks, as command lines print it: written with who asked for each line, read without trusting it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intentc.ir.model import Origin
from intentc.patterns import pattern
from intentc.values import field, mutable

_UNWRITABLE = pattern("[^\u0020-\u007e]")
_LEVEL = "   "
_BANNER, _BANNER_END = "banner ", "EOF"


class CliError(ValueError):
    """The text is no configuration that may be read, or not a line that may be written."""


@mutable
class CliNode:
    """One line with the lines of its mode below it; `is_mode`: it opens one, whether or not anything stands there."""

    text: str
    children: list[CliNode] = field(default_factory=list)
    origin: Origin | None = None
    is_mode: bool = False

    def lines(self, depth: int = 0) -> Iterator[tuple[str, Origin | None]]:
        """Yield the lines of the block, three blanks deeper for each mode, each with who asked for it."""
        yield f"{_LEVEL * depth}{cli_text(self.text)}", self.origin
        for child in self.children:
            yield from child.lines(depth + 1)


def cli_text(line: str) -> str:
    """Return a line that may be written; raises `CliError` for what a device could take for anything else than one line."""
    if not line or _UNWRITABLE.search(line) or line != line.strip() or line.startswith("!"):
        raise CliError(f"not a line of a configuration: {line!r}")
    return line


def parse_cli(text: str) -> tuple[CliNode, ...]:
    """Return the lines of a configuration by their modes; comments and what only separates is left out.

    A line that is indented deeper than the one before belongs to its mode. Texts of banners are skipped. Raises `CliError`
    for control characters, answers to mistaken commands (`% Invalid input`), and text that starts within a mode.
    """
    root = CliNode("")
    open_modes: list[tuple[int, CliNode]] = [(-1, root)]
    for line in _lines(text):
        depth = len(line) - len(line.lstrip(" "))
        while open_modes[-1][0] >= depth:
            open_modes.pop()
        if depth and len(open_modes) == 1:
            raise CliError(f"not in any mode: {line!r}")
        node = CliNode(line.strip())
        open_modes[-1][1].children.append(node)
        open_modes.append((depth, node))
    return tuple(root.children)


def _lines(text: str) -> Iterator[str]:
    in_banner = False
    for raw in text.splitlines():
        line = raw.rstrip(" \r")
        if in_banner:
            in_banner = line != _BANNER_END
            continue
        if line.lstrip(" ").startswith("%"):
            raise CliError(f"an answer to a mistaken command: {line!r}")
        if _UNWRITABLE.search(line):
            raise CliError(f"not a line of a configuration: {line!r}")
        in_banner = line.startswith(_BANNER)
        if line and not line.lstrip(" ").startswith("!"):
            yield line


def has_end(text: str) -> bool:
    """Return whether a configuration is whole: devices print `end` as its last line."""
    words = text.split()
    return bool(words) and words[-1] == "end"


def cli_lines(nodes: Iterable[CliNode]) -> Iterator[tuple[str, Origin | None]]:
    """Yield the lines of several blocks, with `!` between them where one of two has lines of its own."""
    before: CliNode | None = None
    for node in nodes:
        if before is not None and (before.children or node.children):
            yield "!", None
        yield from node.lines()
        before = node
