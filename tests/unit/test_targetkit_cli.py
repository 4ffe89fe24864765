"""Command lines in targets: text that no device takes for more than one line, modes by indentation, tables that write and read."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.model import Origin
from intentc.targetkit.cli_shape import CliBlocks, CliEach, CliFlag, CliLine, CliReading, CliShape, written_cli
from intentc.targetkit.cli_tree import CliError, CliNode, cli_lines, cli_text, has_end, parse_cli
from intentc.targetkit.xml_shape import NUMBER, Kind

WORDS = st.from_regex(r"[a-z0-9/.:-]{1,8}( [a-z0-9/.:-]{1,8}){0,2}", fullmatch=True)
TREES = st.recursive(
    st.builds(CliNode, WORDS), lambda below: st.builds(CliNode, WORDS, st.lists(below, max_size=3)), max_leaves=12
)


def told(nodes):
    return [(node.text, told(node.children)) for node in nodes]


@given(st.lists(TREES.filter(lambda node: not node.text.startswith("banner ")), max_size=4))
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read(trees):
    text = "\n".join(line for line, _ in cli_lines(trees))
    assert told(parse_cli(text)) == told(trees)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\rb", "", " a", "a ", "a\0", "\x1b[2J", "ä", "!", "! a", "a\tb", "a\u2028b"]
)
def test_what_is_not_one_line_is_never_written(text):
    with pytest.raises(CliError):
        cli_text(text)
    with pytest.raises(CliError):
        list(CliNode("a", [CliNode(text)]).lines())


TEXT = """\
! Command: show running-config
! device: r1
!
hostname r1
!
banner motd
no ip routing
   % indented
EOF
!
interface Ethernet1
   description one
   !
   tx-queue 3
      no priority
   !! a remark
   mtu 9000
interface Ethernet2
!
end
"""


def test_modes_are_known_by_their_indentation():
    assert told(parse_cli(TEXT)) == [
        ("hostname r1", []),
        ("banner motd", []),
        ("interface Ethernet1", [("description one", []), ("tx-queue 3", [("no priority", [])]), ("mtu 9000", [])]),
        ("interface Ethernet2", []),
        ("end", []),
    ]
    assert has_end(TEXT)
    assert not has_end(TEXT[:-5])
    assert not has_end("")


def test_deeper_by_any_number_of_blanks_is_below():
    assert told(parse_cli("a\n b\n  c\n b2\na2\n")) == [("a", [("b", [("c", [])]), ("b2", [])]), ("a2", [])]


@pytest.mark.parametrize("text", ["   a\n", "a\n% Invalid input\n", "a\n\x07\n", "a\nä\n", "  % Ambiguous command\n"])
def test_what_is_no_configuration_is_an_error(text):
    with pytest.raises(CliError):
        parse_cli(text)


@dataclass(frozen=True)
class Queue:
    number: int
    is_shared: bool = False
    percent: int | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Profile:
    name: str
    low: int | None = None
    high: int | None = None
    is_on: bool = False
    paused: tuple[int, ...] = ()
    queues: tuple[Queue, ...] = ()
    origin: Origin | None = None


UNITS = Kind(lambda rate: f"{rate} kbps", lambda text: int(text.removesuffix(" kbps")))
QUEUE = CliShape(
    Queue,
    "queue {number}",
    (CliFlag("is_shared", "no priority", "priority"), CliLine("share {percent}", {"percent": NUMBER})),
    {"number": NUMBER},
)
PROFILE = CliShape(
    Profile,
    "profile {name}",
    (
        CliLine("rate {low*} to {high*} (both)", {"low": UNITS, "high": UNITS}),
        CliFlag("is_on", "on"),
        CliEach("paused", "pause {item} now", NUMBER),
        CliBlocks("queues", QUEUE),
    ),
)
ORIGIN = Origin(("chat",), (Span("a.intent", 1, 1, 1, 2),))
FULL = Profile("ITC-x", 10, 20, True, (3, 4), (Queue(5, True, 30, ORIGIN), Queue(6)))
LINES = [
    "profile ITC-x",
    "   rate 10 kbps to 20 kbps (both)",
    "   on",
    "   pause 3 now",
    "   pause 4 now",
    "   queue 5",
    "      no priority",
    "      share 30",
    "   queue 6",
    "      priority",
]


def read(lines):
    (node,) = parse_cli("\n".join(lines))
    reading = CliReading()
    return reading.read(node, PROFILE), list(reading.unread(node))


def test_a_table_writes_every_field_with_who_asked():
    lines = list(written_cli(FULL, PROFILE).lines())
    assert [text for text, _ in lines] == LINES
    assert [text.strip() for text, origin in lines if origin is ORIGIN] == ["queue 5", "no priority", "share 30"]


def test_a_table_reads_what_it_wrote():
    value, strange = read(LINES)
    assert (value, strange) == (
        Profile("ITC-x", 10, 20, True, (3, 4), (Queue(5, True, 30), Queue(6))),
        [],
    )


def test_what_is_absent_has_no_line_and_is_read_as_absent():
    assert [text for text, _ in written_cli(Profile("y"), PROFILE).lines()] == ["profile y"]
    assert read(["profile y"]) == (Profile("y"), [])


def test_a_line_with_one_field_missing_is_not_written():
    assert [text for text, _ in written_cli(Profile("y", low=1), PROFILE).lines()] == ["profile y"]


def test_the_opposite_of_a_flag_may_be_left_out():
    assert read(["profile y", "   queue 1"])[0].queues == (Queue(1),)


@pytest.mark.parametrize(
    "line", ["   on and on", "   pause x now", "   rate 1 mbps to 2 kbps (both)", "   queue x", "   of"]
)
def test_what_nobody_asked_about_is_told_with_its_place(line):
    assert read([*LINES, line])[1] == [f"profile ITC-x {line.strip()}"]


def test_a_line_that_stands_twice_is_told():
    """A device has one such line; the second one is none that was understood."""
    assert read([*LINES, "   rate 1 kbps to 2 kbps (both)"])[1] == ["profile ITC-x rate 1 kbps to 2 kbps (both)"]


def test_another_head_is_not_the_shapes():
    (node,) = parse_cli("profil x")
    assert CliReading().read(node, PROFILE) is None
