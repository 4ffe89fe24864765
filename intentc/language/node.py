"""What makes a class a node of the syntax tree."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

Node = TypeVar("Node")


@dataclass_transform(frozen_default=True)
def node(cls: type[Node]) -> type[Node]:
    """Return `cls` as `dataclass(frozen=True, slots=True)` makes it, but sooner; a default is a value, not made by a factory.

    The decorator of the library compiles six functions from text for each class: for all nodes a tenth of the time of a
    small compilation. Here `__init__` is, and the others are shared.
    """
    cls.__doc__ = cls.__doc__ or cls.__name__  # else the library works a signature out
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    names = tuple(item.name for item in fields(made))
    values = attrgetter(*names)

    def __eq__(self: Node, other: object) -> bool:  # noqa: N807  (a method)
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Node) -> int:  # noqa: N807
        return hash(values(self))

    def __reduce__(self: Node) -> tuple[type[Node], tuple[object, ...]]:  # noqa: N807  (copies and pickles)
        return made, tuple(getattr(self, name) for name in names)

    made.__init__ = _init(names)
    made.__init__.__defaults__ = tuple(item.default for item in fields(made) if item.default is not MISSING)
    made.__eq__, made.__hash__, made.__reduce__ = __eq__, __hash__, __reduce__
    made.__repr__, made.__setattr__, made.__delattr__ = _repr, _refuse, _refuse
    return made  # type: ignore[no-any-return]  # the decorated class


def _init(names: tuple[str, ...]) -> Any:
    lines = (f"    put(self, '{name}', {name})" for name in names)
    made: dict[str, Any] = {}
    text = "\n".join([f"def __init__(self, {', '.join(names)}):", *lines])
    exec(text, {"put": object.__setattr__}, made)  # noqa: S102  (of names of fields, as the library does)
    return made["__init__"]


def _repr(self: Any) -> str:
    shown = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self))
    return f"{self.__class__.__qualname__}({shown})"


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change {name!r} of {self.__class__.__name__}")
