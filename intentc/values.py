"""Frozen values that are cheap: a class is made, and its instances are, in a fraction of the time that the library takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter, ge, gt, le, lt
from typing import Any, NoReturn, TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def frozen(cls: type[Value]) -> type[Value]:
    """Return `cls` as `dataclass(frozen=True, slots=True)` makes it, without `__post_init__`; equal values are of one class.

    The decorator of the library compiles six functions from text for each class; here all but the constructor are shared,
    and that one is compiled when the first instance is made. The library's constructor sets the fields of a frozen
    instance one by one past `__setattr__`; here they are set on an instance of an open twin, by plain assignment, which
    then becomes one of the frozen class: half to three quarters of the time.
    """
    return _made(cls, {})  # type: ignore[no-any-return]  # the decorated class


@dataclass_transform(frozen_default=True, order_default=True, field_specifiers=(field, Field))
def ordered(cls: type[Value]) -> type[Value]:
    """Return `cls` as `frozen` makes it, its instances ordered by their fields."""
    return _made(cls, {"__lt__": _less, "__le__": _at_most, "__gt__": _more, "__ge__": _at_least})  # type: ignore[no-any-return]


def replace(item: Value, **changes: object) -> Value:
    """Return a frozen value with some fields changed, as the function of the library does."""
    return item.__replace__(**changes)  # type: ignore[attr-defined, no-any-return]  # `frozen` made its class


def _made(cls: Any, more: dict[str, object]) -> Any:
    """Return a class with the fields of `cls` as slots and its other attributes, and the methods of a frozen value that it lacks."""
    cls.__doc__ = cls.__doc__ or cls.__name__  # else the library works a signature out
    known = fields(dataclass(init=False, repr=False, eq=False)(cls))
    names = tuple(item.name for item in known)
    left_out = {*names, "__dict__", "__weakref__"}
    own = {name: attribute for name, attribute in cls.__dict__.items() if name not in left_out}
    namespace = {**_METHODS, **more, **own, "__slots__": names}
    namespace["_everything"] = _taking(names)
    namespace["_compared"] = _taking(tuple(item.name for item in known if item.compare))
    made = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__
    return made


def _new(cls: Any, *given: object, **named: object) -> Any:
    """Make the first instance of a class, and its constructor."""
    cls.__new__ = _constructor(cls)
    return cls.__new__(cls, *given, **named)


class _Signature:
    """Tells those who look at a class how it is called, whether it has its constructor yet or not."""

    def __get__(self, item: object, made: Any) -> inspect.Signature:
        _, *others = inspect.signature(_constructor(made)).parameters.values()
        return inspect.Signature(others)


def _constructor(made: Any) -> Any:
    """Return what makes an instance of a class from the values of its fields."""
    known = fields(made)
    twin = type(made.__name__, made.__bases__, {"__slots__": made.__slots__})
    scope: dict[str, Any] = {"blank": object.__new__, "twin": twin, "MISSING": MISSING}
    lines = ["self = blank(twin)"]
    for item in known:
        if item.default_factory is not MISSING:
            scope[f"make_{item.name}"] = item.default_factory
            lines.append(f"self.{item.name} = make_{item.name}() if {item.name} is MISSING else {item.name}")
        else:
            lines.append(f"self.{item.name} = {item.name}")
    lines += ["self.__class__ = cls", "return self"]
    header = f"def __new__({', '.join(['cls', *(item.name for item in known)])}):"
    exec("\n    ".join([header, *lines]), scope)  # noqa: S102  (of names of fields, as the library does)
    scope["__new__"].__defaults__ = tuple(item.default for item in known if _is_optional(item))
    return scope["__new__"]


def _is_optional(item: Field[Any]) -> bool:
    return item.default is not MISSING or item.default_factory is not MISSING


def _taking(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """Return what takes the values of these fields out of an instance."""
    if len(names) > 1:
        return attrgetter(*names)
    return staticmethod(lambda item: tuple([getattr(item, name) for name in names]))


def _equal(self: Any, other: Any) -> bool:
    return self._compared(self) == self._compared(other) if other.__class__ is self.__class__ else NotImplemented


def _comparing(operator: Callable[..., bool]) -> Callable[[Any, Any], bool]:
    def compare(self: Any, other: Any) -> bool:
        return (
            operator(self._compared(self), self._compared(other))
            if other.__class__ is self.__class__
            else NotImplemented
        )

    return compare


_less, _at_most, _more, _at_least = (_comparing(operator) for operator in (lt, le, gt, ge))


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _reduce(self: Any) -> tuple[type, tuple[object, ...]]:  # for copies and pickles
    return self.__class__, self._everything(self)


def _replace(self: Any, /, **changes: object) -> Any:
    values, names = list(self._everything(self)), self.__slots__
    for name, changed in changes.items():
        if name not in names:
            raise TypeError(f"{self.__class__.__name__} has no field {name!r}")
        values[names.index(name)] = changed
    return self.__class__(*values)


def _repr(self: Any) -> str:
    shown = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self) if item.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change {name!r} of {self.__class__.__name__}")


_METHODS: dict[str, Any] = {
    "__signature__": _Signature(),
    "__new__": _new,
    "__eq__": _equal,
    "__hash__": _hash,
    "__reduce__": _reduce,
    "__replace__": _replace,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
}
