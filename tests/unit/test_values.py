"""A value behaves as a frozen dataclass with slots, and is made sooner."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from intentc.language import ast
from intentc.values import frozen


@frozen
class Point:
    x: int
    y: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    x: int
    y: tuple[str, ...]


ONE = Point(1, ("a",))


def test_it_is_made_shown_and_taken_apart_as_a_dataclass():
    assert repr(ONE) == repr(Model(1, ("a",))).replace("Model", "Point")
    assert Point(y=("a",), x=1) == ONE
    assert [(item.name, item.type) for item in fields(Point)] == [(item.name, item.type) for item in fields(Model)]
    assert (Point.__match_args__, Point.__slots__) == (Model.__match_args__, Model.__slots__)
    assert replace(ONE, x=2) == Point(2, ("a",))


@pytest.mark.parametrize("other", [Point(2, ("a",)), Point(1, ()), Model(1, ("a",)), (1, ("a",)), None])
def test_it_equals_only_its_like(other):
    assert other != ONE
    assert len({ONE, Point(1, ("a",)), other}) == 2


@pytest.mark.parametrize(
    "change", [lambda: setattr(ONE, "x", 2), lambda: delattr(ONE, "x"), lambda: setattr(ONE, "z", 2)]
)
def test_it_cannot_be_changed(change):
    with pytest.raises(FrozenInstanceError):
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
