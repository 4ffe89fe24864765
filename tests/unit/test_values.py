"""A value behaves as a frozen dataclass with slots, and is made sooner."""

import copy
import dataclasses
import datetime as dt
import enum
import functools
import gc
import inspect
import json
import pickle
import re
import subprocess
import sys
import types
import typing
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc import diagnostics, values
from intentc.clauses import requirement
from intentc.diagnostics import Span
from intentc.language import ast, ast_clauses, ast_values
from intentc.patterns import pattern, put_off
from intentc.resolve import model
from intentc.values import Later, acyclic, field, frozen, mutable, ordered, unique


@frozen
class Point:
    x: int
    y: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    x: int
    y: tuple[str, ...]


ONE = Point(1, ("a",))


def test_it_becomes_plain_all_the_way_down():
    assert values.plain(Point(1, ("a",))) == {"x": 1, "y": ("a",)}
    assert values.plain((ONE, None, "b")) == ({"x": 1, "y": ("a",)}, None, "b")


@frozen
class Named:
    text: str
    items: tuple[Point, ...]
    other: typing.Mapping[str, int | None] = field(metadata={"key": "class"})
    flag: bool = False


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), st.none() | st.integers())
def test_its_text_in_json_is_that_of_the_library(text, number, other):
    named = Named(text, (Point(number, (text, "ü")), ONE), {text: other})
    items = [{"x": point.x, "y": point.y} for point in named.items]
    plain = {"text": text, "items": items, "class": {text: other}, "flag": False}
    assert values.json_text(named) == json.dumps(plain, ensure_ascii=False)


def test_it_is_made_shown_and_taken_apart_as_a_dataclass():
    assert repr(ONE) == repr(Model(1, ("a",))).replace("Model", "Point")
    assert Point(y=("a",), x=1) == ONE
    assert [(item.name, item.type) for item in fields(Point)] == [(item.name, item.type) for item in fields(Model)]
    assert (Point.__match_args__, hasattr(ONE, "__dict__")) == (Model.__match_args__, False)
    assert asdict(ONE) == asdict(Model(1, ("a",)))
    assert replace(ONE, x=2) == Point(2, ("a",))


@pytest.mark.parametrize("other", [Point(2, ("a",)), Point(1, ()), Model(1, ("a",)), (1, ("a",)), None])
def test_it_equals_only_its_like(other):
    assert other != ONE
    assert len({ONE, Point(1, ("a",)), other}) == 2


@pytest.mark.parametrize(
    "change", [lambda: setattr(ONE, "x", 2), lambda: delattr(ONE, "x"), lambda: setattr(ONE, "z", 2)]
)
def test_it_cannot_be_changed(change):
    with pytest.raises(AttributeError):
        change()
    assert (ONE.x, ONE.y) == (1, ("a",))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda item: pickle.loads(pickle.dumps(item))])  # noqa: S301  (our own bytes)
def test_it_can_be_copied(again):
    assert again(ONE) == ONE


@pytest.mark.parametrize("arguments", [(), (1,), (1, (), 2)])
def test_it_wants_all_of_its_fields(arguments):
    with pytest.raises(TypeError):
        Point(*arguments)


def test_a_field_may_have_a_default():
    assert ast.Name("a", "here") == ast.Name("a", "here", is_quoted=False) != ast.Name("a", "here", is_quoted=True)


@frozen
class Shelf:
    name: str
    books: dict[str, int] = field(default_factory=dict)
    place: int = field(default=0, compare=False, repr=False, metadata={"key": "at"})

    def count(self) -> int:
        return sum(self.books.values())


@ordered
class Version:
    major: int
    minor: int


def test_a_default_may_be_made_by_a_factory_for_each():
    one, other = Shelf("a"), Shelf("b")
    assert one.books == {}
    assert one.books is not other.books
    assert Shelf("a", {"x": 2}).count() == 2


def test_a_field_may_be_left_out_of_comparison_and_of_what_is_shown():
    assert Shelf("a", {}, 1) == Shelf("a", {}, 2)
    assert repr(Shelf("a", {}, 1)) == "Shelf(name='a', books={})"
    assert fields(Shelf)[2].metadata == {"key": "at"}


@pytest.mark.parametrize("is_used", [False, True])
def test_it_tells_how_it_is_made(is_used):
    kind = frozen(type("Fresh", (), {"__annotations__": {"x": "int", "y": "str"}, "y": "a", "__doc__": "fresh"}))
    assert not is_used or kind(1).y == "a"
    assert str(inspect.signature(kind)) == "(x: int, y: str = 'a')"


@pytest.mark.parametrize("change", [replace, values.replace])
def test_some_fields_can_be_replaced(change):
    changed = change(Shelf("a", {"x": 1}, 3), name="b")
    assert (changed.name, changed.books, changed.place) == ("b", {"x": 1}, 3)


def test_what_a_class_defines_itself_is_kept():
    kind = frozen(type("Own", (), {"__annotations__": {"x": "int"}, "__repr__": lambda _: "mine", "__doc__": "own"}))
    assert repr(kind(1)) == "mine"


def test_a_field_that_there_is_not_cannot_be_replaced():
    with pytest.raises(TypeError):
        values.replace(ONE, z=1)


@given(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_ordered_values_are_in_the_order_of_their_fields(one, other):
    first, second = Version(*one), Version(*other)
    assert (first < second, first <= second, first > second, first >= second) == (
        one < other,
        one <= other,
        one > other,
        one >= other,
    )


@pytest.mark.parametrize("other", [(1, 2), ONE, None])
def test_ordered_values_are_not_compared_with_others(other):
    with pytest.raises(TypeError):
        assert Version(1, 2) < other


def _calls(work):
    """Return the names of the library's functions that some work calls."""
    names = []
    sys.setprofile(lambda _, event, item: names.append(item.__name__) if event == "c_call" else None)
    try:
        work()
    finally:
        sys.setprofile(None)
    return names


def _class():
    return type("Made", (), {"__annotations__": dict.fromkeys("abcdef", "int"), "__doc__": "made"})


def test_a_class_is_made_without_compiling_text():
    assert "exec" not in _calls(lambda: frozen(_class()))
    assert "exec" in _calls(lambda: dataclass(frozen=True, slots=True)(_class()))


def test_an_instance_is_made_without_a_step_of_python():
    def steps(kind):
        taken = []
        sys.setprofile(lambda frame, event, _: taken.append(frame.f_code.co_name) if event == "call" else None)
        try:
            kind(1, 2, 3, 4, 5, 6)
        finally:
            sys.setprofile(None)
        return taken

    assert steps(frozen(_class())) == []
    assert steps(dataclass(frozen=True, slots=True)(_class())) == ["__init__"]


def test_the_librarys_field_is_refused():
    with pytest.raises(TypeError, match="write `field`"):
        frozen(type("Odd", (), {"__annotations__": {"x": "int"}, "x": dataclasses.field(default=1)}))


@unique
class Place:
    name: str


@mutable
class Count:
    name: str
    seen: int = 0


def test_a_unique_value_equals_itself_alone():
    one, other = Place("a"), Place("a")
    assert one != other
    assert {one: 1, other: 2}[one] == 1


def test_a_mutable_value_can_be_changed_and_has_no_hash():
    item = Count("a")
    item.seen += 2
    assert item == Count("a", 2)
    with pytest.raises(TypeError):
        hash(item)


def test_what_is_wanted_later_is_made_once_and_not_before():
    made = []
    item = Later(lambda: made.append(1) or len(made))
    assert made == []
    assert (item(), item()) == (1, 1)
    assert pickle.loads(pickle.dumps(Later(dict)))() == {}  # noqa: S301  (our own bytes)


def test_what_is_worked_out_once_has_room():
    class Box:
        side: int

        @functools.cached_property
        def area(self):
            return self.side**2

    assert frozen(Box)(3).area == 9


def test_an_expression_is_compiled_when_it_is_used(monkeypatch):
    made, re_compile = [], re.compile
    monkeypatch.setattr("intentc.patterns._compile", lambda *given: made.append(given) or re_compile(*given))
    word = pattern(r"[a-z]+", re.ASCII)
    assert made == []
    assert word.fullmatch("abc")
    assert not word.fullmatch("1")
    assert made == [(r"[a-z]+", re.ASCII)]
    assert pickle.loads(pickle.dumps(word)).search("1a")[0] == "a"  # noqa: S301


def test_expressions_of_a_library_are_compiled_when_they_are_used():
    with put_off():
        word, broken = re.compile(r"[a-z]+"), re.compile("(")
        assert word.match("abc")  # also while others are put off
    assert isinstance(re.compile("a"), re.Pattern)
    with pytest.raises(re.error):
        broken.match("")


def test_reading_yaml_compiles_nothing_that_it_does_not_use():
    code = (
        "import re, intentc.topology.yaml_reader, yaml;"
        "assert not isinstance(yaml.reader.Reader.NON_PRINTABLE, re.Pattern);"
        "assert yaml.load('{a: 2020-01-01, b: 0x10}', yaml.SafeLoader)['b'] == 16"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


IMMUTABLE = (str, int, bool, type(None), enum.Enum, dt.date)
UNWATCHED = [
    made
    for module in (ast, ast_clauses, ast_values, requirement, model, diagnostics)
    for made in vars(module).values()
    if hasattr(made, "__struct_config__") and not made.__struct_config__.gc
]


def parts_of(kind):
    """Yield the plain classes that a type is made of."""
    inner = [item for item in typing.get_args(kind) if item is not ...]
    for item in inner:
        yield from parts_of(item)
    if not inner:
        yield kind
    elif isinstance(kind, types.GenericAlias):
        yield kind.__origin__


@pytest.mark.parametrize("made", UNWATCHED, ids=lambda made: made.__name__)
def test_what_the_collector_is_not_told_of_cannot_hold_itself(made):
    parts = {part for hint in typing.get_type_hints(made).values() for part in parts_of(hint)} - {tuple, frozenset}
    assert [part for part in parts if part not in UNWATCHED and not issubclass(part, IMMUTABLE)] == []


def test_the_collector_is_told_of_what_can_hold_anything():
    @acyclic
    class Pair:
        one: Span
        other: Span

    @ordered
    class Place:
        x: int

        @functools.cached_property
        def more(self):
            return [self]

    span = Span("a", 1, 1, 1, 1)
    assert not gc.is_tracked(Pair(span, span))
    assert gc.is_tracked(Point(1, []))
    assert (Pair.__struct_config__.gc, Point.__struct_config__.gc, Place.__struct_config__.gc) == (False, True, True)


def test_values_are_read_from_json():
    assert values.from_json(Point, b'{"y": ["a"], "more": {}, "x": 1}') == ONE
    for text in (b"", b"{}", b'{"x": "1", "y": []}', b"[" * 100_000):
        with pytest.raises(ValueError, match=r"."):
            values.from_json(Point, text)
