"""Frozen values that are cheap: msgspec makes their classes and instances; the library's `fields`, `asdict` and `replace` know them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast, dataclass_transform

# msgspec takes from `typing_extensions`, where that is, what `typing` has as well: a tenth of all that a check imports.
_BACKPORTS = "typing_extensions"
_is_hidden = sys.modules.setdefault(_BACKPORTS, cast("Any", None)) is None  # what is None there is not imported
import msgspec  # noqa: E402  (see above)

if _is_hidden:
    del sys.modules[_BACKPORTS]

Value = TypeVar("Value")
_NOT_YET = object()


class _Special:
    """What is said of a field beside its type."""

    __slots__ = ("default", "given")

    def __init__(self, default: object, given: dict[str, Any]) -> None:
        self.default = default  # as msgspec is told; `_NOT_YET`: the field has none
        self.given = given  # as the library would be


def field(
    *,
    default: Any = _NOT_YET,
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
    repr: bool = True,  # noqa: A002  (the name in the library)
    metadata: Mapping[str, object] | None = None,
) -> Any:
    """Return what stands for the default of a field, as the function of the library does."""
    given: dict[str, Any] = {"compare": compare, "repr": repr, "metadata": metadata}
    if default_factory is not None:
        return _Special(msgspec.field(default_factory=default_factory), {"default_factory": default_factory, **given})
    return _Special(default, given if default is _NOT_YET else {"default": default, **given})


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Value]) -> type[Value]:
    """Return `cls` as `dataclass(frozen=True, slots=True)` makes it, without `__post_init__` and not of a frozen class; equal values are
    of one class.

    The library compiles six functions from text for each class; msgspec has one of each, in C, for all of them. A class
    takes a twentieth of the time, an instance, a comparison or a hash a quarter and less.
    """
    return _made(cls)  # type: ignore[no-any-return]  # the decorated class


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def acyclic(cls: type[Value]) -> type[Value]:
    """Return `cls` as `frozen` makes it, for values of which there are many and whose parts are all immutable.

    None of them can come to hold itself, so the collector, which looks for what does, is not told of them: a long program has
    a million, and to look through them takes as long as to parse it.
    """
    return _made(cls, gc=False)  # type: ignore[no-any-return]


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def unique(cls: type[Value]) -> type[Value]:
    """Return `cls` as `frozen` makes it, each instance equal to itself alone."""
    return _made(cls, eq=False)  # type: ignore[no-any-return]


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[Value]) -> type[Value]:
    """Return `cls` as `frozen` makes it, but instances can be changed, and have no hash."""
    return _made(cls, frozen=False)  # type: ignore[no-any-return]


@dataclass_transform(frozen_default=True, order_default=True, field_specifiers=(field,))
def ordered(cls: type[Value]) -> type[Value]:
    """Return `cls` as `acyclic` makes it, its instances ordered by their fields."""
    return _made(cls, order=True, gc=False)  # type: ignore[no-any-return]


def replace(item: Value, **changes: object) -> Value:
    """Return a value with some fields changed, as the function of the library does."""
    return msgspec.structs.replace(item, **changes)  # type: ignore[type-var]  # one of the functions above made its class


def parts(item: object) -> tuple[Any, ...]:
    """Return the values of the fields of a value, in their order."""
    return msgspec.structs.astuple(item)  # type: ignore[arg-type]  # one of the functions above made its class


def plain(item: object) -> Any:
    """Return a value as dictionaries by the names of its fields, all the way down; tuples stay tuples, what is plain stays as it is."""
    return msgspec.to_builtins(item)


def json_text(item: object) -> str:
    """Return a value as one line of JSON, as `json.dumps` writes its plain form without escapes; `metadata={"key": …}` renames fields.

    Not for values with floats: msgspec writes some of them in another way.
    """
    return json_bytes(item).decode()


def json_bytes(item: object) -> bytes:
    """Return the same in UTF-8."""
    return msgspec.json.format(msgspec.json.encode(item), indent=0)


def from_json(kind: type[Value], text: bytes) -> Value:
    """Return the value of a class that JSON holds; keys that the class has not are passed over. Raises `ValueError`."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from error


def names_of(cls: type[object]) -> tuple[str, ...]:
    """Return the names of the fields of a class that one of the functions above made, in their order."""
    return cls.__struct_fields__  # type: ignore[attr-defined, no-any-return]  # see above


class Later(Generic[Value]):
    """What a function of some values returns; called when somebody asks for it, and once. Then the function, and what it holds, is let go."""

    __slots__ = ("_found", "_make")

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make: Callable[[], Value] | None = make
        self._found: object = _NOT_YET

    def __call__(self) -> Value:
        if self._make is not None:
            self._found, self._make = self._make(), None
        return cast("Value", self._found)

    @property
    def maker(self) -> Callable[[], Value] | None:
        """The function; None once it has been called."""
        return self._make

    def begin(self, way: Callable[[Callable[[], Value]], Callable[[], Value]]) -> None:
        """Hand the function to who begins it before it is asked for, and returns what gives its value."""
        if self._make is not None:
            self._make = way(self._make)

    def __reduce__(self) -> tuple[object, ...]:
        return Later, (self._make or partial(_itself, self._found),)


def _itself(value: object) -> object:
    return value


class _Fields:
    """What the library keeps of a dataclass, and its functions ask for; made when they do."""

    def __get__(self, item: object, made: Any) -> dict[str, Any]:
        import dataclasses  # noqa: PLC0415  (it takes what thirty classes take: start-up)

        described = {"__module__": made.__module__, "__doc__": "", "__annotations__": made.__annotations__}
        defaults = {
            name: dataclasses.field(**item.given) if isinstance(item, _Special) else item
            for name, item in made.__defaults__.items()
        }
        plain: Any = type(made.__name__, (), {**described, **defaults})
        dataclasses.dataclass(init=False, repr=False, eq=False)(plain)
        made.__dataclass_fields__ = plain.__dataclass_fields__
        return made.__dataclass_fields__  # type: ignore[no-any-return]  # set in the line above


_FIELDS = _Fields()
_OF_THE_PLAIN_CLASS = ("__dict__", "__weakref__")


def _made(cls: Any, **options: bool) -> Any:
    """Return a class of msgspec with the fields of `cls`, their defaults, and its other attributes."""
    names = tuple(cls.__annotations__)
    namespace = {name: item for name, item in vars(cls).items() if name not in _OF_THE_PLAIN_CLASS}
    defaults = {name: namespace.pop(name) for name in names if name in namespace}
    special = {name: item.given for name, item in defaults.items() if isinstance(item, _Special)}
    for name, item in defaults.items():
        default = item.default if isinstance(item, _Special) else item
        if type(default).__module__ == "dataclasses":
            raise TypeError(f"`{name}` of `{cls.__name__}`: write `field` of this module")
        if default is not _NOT_YET:
            namespace[name] = default
    if special:
        namespace = {**_partial(names, special), **namespace}
    namespace.update(__defaults__=defaults, __dataclass_fields__=_FIELDS)
    has_cache = any(isinstance(item, cached_property) for item in namespace.values())
    settings: dict[str, Any] = {"frozen": True, **options}
    if has_cache:
        settings |= {"dict": True, "gc": True}  # what is found later may be anything
    keys = {name: given["metadata"]["key"] for name, given in special.items() if "key" in (given["metadata"] or {})}
    if keys:
        settings["rename"] = keys  # in JSON alone
    bases = tuple(base for base in cls.__bases__ if base is not object)
    made = msgspec.StructMeta(cls.__name__, (msgspec.Struct, *bases), namespace, **settings)
    made.__qualname__ = cls.__qualname__
    return made


def _partial(names: tuple[str, ...], special: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    """Return the methods of a class some of whose fields are not compared, or not shown."""
    methods: dict[str, object] = {}
    compared = tuple(name for name in names if name not in special or special[name]["compare"])
    if compared != names:
        taken = attrgetter(*compared)
        methods["__eq__"] = lambda one, other: (
            taken(one) == taken(other) if type(other) is type(one) else NotImplemented
        )
        methods["__hash__"] = lambda item: hash(taken(item))
    shown = tuple(name for name in names if name not in special or special[name]["repr"])
    if shown != names:
        methods["__repr__"] = lambda item: _text(item, shown)
    return methods


def _text(item: object, shown: tuple[str, ...]) -> str:
    return f"{type(item).__qualname__}({', '.join(f'{name}={getattr(item, name)!r}' for name in shown)})"
