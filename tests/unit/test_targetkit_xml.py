"""XML for targets: what is written is well-formed whatever it says, what is read is never trusted, and a table serves both."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.model import Origin
from intentc.targetkit.xml_reading import XmlError, parse_xml, xml_text
from intentc.targetkit.xml_shape import NUMBER, Flag, Items, Leaf, Many, Reading, Shape, Written, flat, written
from intentc.values import replace

ASKED = Origin(("x",), (Span("a.intent", 1, 1, 1, 2),))


@dataclass(frozen=True)
class Part:
    name: str
    size: int | None = None


@dataclass(frozen=True)
class Whole:
    title: str | None = None
    is_on: bool = False
    words: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


SHAPE = Shape(
    Whole,
    (
        Leaf("title", ("head", "title")),
        Flag("is_on", ("head", "on")),
        Many("words", ("body", "word")),
        Items("parts", ("body", "part"), Shape(Part, (Leaf("name", ("name",)), Leaf("size", ("size",), NUMBER)))),
    ),
)
WORDS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=12).map(str.strip).filter(bool)
WHOLES = st.builds(
    Whole,
    st.none() | WORDS,
    st.booleans(),
    st.lists(WORDS, max_size=3).map(tuple),
    st.lists(st.builds(Part, WORDS, st.none() | st.integers(0, 99)), max_size=3).map(tuple),
)


def lines(value):
    return [text for text, _ in written("whole", value, SHAPE).lines()]


@given(WHOLES)
@settings(max_examples=100, deadline=None)
def test_reading_what_was_written_gives_the_value(value):
    node = parse_xml("\n".join(lines(value)))
    reading = Reading()
    assert reading.read(node, SHAPE) == value
    assert list(reading.unread(node)) == ([] if node.children else ["whole"])


def test_paths_that_agree_are_one_element():
    assert lines(Whole("t", True, ("a", "b"), (Part("p", 1),))) == [
        "<whole>",
        "  <head>",
        "    <title>t</title>",
        "    <on/>",
        "  </head>",
        "  <body>",
        "    <word>a</word>",
        "    <word>b</word>",
        "    <part>",
        "      <name>p</name>",
        "      <size>1</size>",
        "    </part>",
        "  </body>",
        "</whole>",
    ]


def test_lines_know_who_asked():
    assert {origin for _, origin in written("whole", Whole("t", origin=ASKED), SHAPE).lines()} == {ASKED}


def test_what_is_shared_is_written_once_and_as_it_is_for_each():
    shared = Shape(
        Whole, tuple(replace(part, are_shared=True) if part.name == "parts" else part for part in SHAPE.parts)
    )
    value = Whole("t", parts=(Part("a", 1), Part("b")), words=("w",))
    one, other, apart = written("x", value, shared), written("x", value, shared), written("x", value, SHAPE)
    assert one.children[1].children[1] is other.children[1].children[1]
    texts = "\n".join(text for text, _ in one.lines())
    assert texts == "\n".join(text for text, _ in apart.lines())
    deep = "\n".join(text for text, _ in one.lines(3))
    assert deep == "\n".join(text for text, _ in apart.lines(3))


def test_what_somebody_asked_for_is_not_shared():
    shared = Shape(
        Whole, tuple(replace(part, are_shared=True) if part.name == "parts" else part for part in SHAPE.parts)
    )
    lines = written("x", Whole(parts=(Part("a"),), origin=ASKED), shared).lines()
    assert {origin for _, origin in lines} == {ASKED}


def test_a_namespace_is_written_where_it_changes():
    (line, _), *_ = Written("a", "x", namespace="urn:b").lines()
    assert line == '<a xmlns="urn:b">x</a>'


def test_what_nobody_asked_about_is_named():
    node = parse_xml("<whole><head><title>a</title><title>b</title></head><part><name>p</name><x>1</x></part></whole>")
    reading = Reading()
    assert reading.read(node, SHAPE).title == "a"
    assert list(reading.unread(node)) == ["whole head title b", "whole part p name p", "whole part p x 1"]


def test_words_that_are_no_number_are_kept():
    node = parse_xml("<whole><body><part><name>p</name><size>many</size></part></body></whole>")
    assert Reading().read(node, SHAPE).parts == (Part("p", "many"),)


def test_fields_have_their_places():
    value = Whole("t", True, ("a", "b"), (Part("p", 1), Part("q")))
    assert dict(flat(value)) == {
        "title": "t",
        "is_on": "True",
        "words": "a, b",
        "parts p name": "p",
        "parts p size": "1",
        "parts q name": "q",
    }
    assert "parts #2 q name" in dict(flat(value, ordered=("parts",)))


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_text_is_written_so_that_it_is_read_again_or_refused(text):
    try:
        shown = xml_text(text)
    except XmlError:
        return
    assert parse_xml(f'<a b="{shown}">{shown}</a>').attribute("b") == text
    assert parse_xml(f"<a>{shown}</a>").text == text.strip()


@pytest.mark.parametrize("text", ["\0", "\x1b", "a\nb", "\ud800", "\ufffe", "\x7f"])
def test_characters_that_no_document_may_hold_are_refused(text):
    with pytest.raises(XmlError):
        xml_text(text)


REFUSED = {
    "a DTD": "<!DOCTYPE a><a/>",
    "an entity": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "an outside entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "an unknown entity": "<a>&x;</a>",
    "an open element": "<a><b></a>",
    "nothing": "",
    "two roots": "<a/><b/>",
    "no XML": "hello",
    "a lone surrogate": "<a>\ud800</a>",
    "a deep hole": "<a>" * 200 + "</a>" * 200,
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_may_not_be_read_is_refused(case):
    with pytest.raises(XmlError):
        parse_xml(REFUSED[case])


def test_namespaces_are_kept_beside_the_names():
    node = parse_xml('<a xmlns="urn:x" xmlns:y="urn:y"><y:b y:c="1" d="2"/></a>')
    (child,) = node.children
    assert (node.name, node.namespace, child.name, child.namespace) == ("a", "urn:x", "b", "urn:y")
    assert (child.attribute("c"), child.attribute("d"), child.attribute("e")) == ("1", "2", None)


def test_paths_find_elements_in_their_order():
    node = parse_xml("<a><b><c>1</c><c>2</c></b><b><c>3</c></b></a>")
    assert node.values("b", "c") == ("1", "2", "3")
    assert (node.value("b", "c"), node.value("x"), node.has("b"), node.has("b", "x")) == ("1", None, True, False)
