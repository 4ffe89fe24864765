"""JSON objects to the dataclasses of the model and back, driven by their fields alone: strict in, key order out."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

T = TypeVar("T")


class ManifestError(Exception):
    """The manifest cannot be used: unreadable, not JSON, of another schema, or its shape is not the contract's."""


def encode(value: object) -> object:
    """Return `value` as dicts, lists and scalars for `json.dumps`, keys in the order of the fields."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    return {key: encode(getattr(value, name)) for name, key in _keys(cast("Any", type(value)))}


def decode(kind: type[T], value: object, where: str) -> T:
    """Return `value` as an instance of `kind`; raise `ManifestError` that names the place where it does not fit."""
    decoder = _decoder(cast("Any", kind))
    try:
        return cast("T", decoder(value, None))
    except ManifestError:  # once more, for the place: to keep it in mind takes as long as all the rest
        return cast("T", decoder(value, where))


# INVARIANT: decoders are built once per type; the model's types are finite and few.
# Without a place (None) what one of them complains of is not for anybody to read.
Decoder = Callable[[object, str | None], Any]


@cache
def _keys(kind: Any) -> tuple[tuple[str, str], ...]:
    """Return (field name, JSON key) of a dataclass, in order."""
    return tuple((item.name, item.metadata.get("key", item.name)) for item in fields(kind))


@cache
def _decoder(kind: Any) -> Decoder:
    origin = get_origin(kind)
    if kind is object:
        return lambda value, _where: value
    if origin is Literal:
        return _one_of(get_args(kind))
    if origin in (Union, types.UnionType):
        return _union(get_args(kind))
    if origin is tuple:
        return _items(get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(kind)[1])
    if is_dataclass(kind):
        return _object(kind)
    return _scalar(kind)


def _scalar(kind: type) -> Decoder:
    names = {int: "an integer", str: "a string", bool: "true or false", float: "a number", type(None): "null"}

    def read(value: object, where: str | None) -> object:
        # bool is an int in Python but not in JSON; a float field takes an integer too.
        if type(value) is kind or (kind is float and type(value) is int):
            if kind is float and not math.isfinite(cast("float", value)):
                raise ManifestError(f"{where} is not a finite number")
            return value
        raise ManifestError(f"{where} is not {names[kind]}")

    return read


def _one_of(words: tuple[object, ...]) -> Decoder:
    def read(value: object, where: str | None) -> object:
        if not isinstance(value, str) or value not in words:
            raise ManifestError(f"{where} is not one of {', '.join(f'`{word}`' for word in words)}")
        return value

    return read


def _union(kinds: tuple[Any, ...]) -> Decoder:
    readers = [_decoder(kind) for kind in kinds]

    def read(value: object, where: str | None) -> object:
        reasons: list[str] = []
        for reader in readers:
            try:
                return reader(value, where)
            except ManifestError as error:
                reasons.append(str(error))
        # The complaint about what lies inside is the one about the form that was meant.
        raise ManifestError(next((text for text in reasons if not text.startswith(f"{where} is not")), reasons[0]))

    return read


def _items(kinds: tuple[Any, ...]) -> Decoder:
    is_open = kinds[-1] is Ellipsis
    is_text = is_open and kinds[0] is str
    readers = [_decoder(kind) for kind in kinds if kind is not Ellipsis]

    def read(value: object, where: str | None) -> object:
        if not isinstance(value, list):
            raise ManifestError(f"{where} is not a list")
        if not is_open and len(value) != len(readers):
            raise ManifestError(f"{where} does not hold {len(readers)} values")
        if is_text and set(map(type, value)) <= {str}:
            return tuple(value)
        if where is None and is_open:
            return tuple([readers[0](item, None) for item in value])
        chosen = readers * len(value) if is_open else readers
        return tuple(
            reader(item, None if where is None else f"{where}[{at}]")
            for at, (reader, item) in enumerate(zip(chosen, value, strict=True))
        )

    return read


def _mapping(kind: Any) -> Decoder:
    reader = _decoder(kind)

    def read(value: object, where: str | None) -> object:
        if not isinstance(value, dict):
            raise ManifestError(f"{where} is not an object")
        if where is None:
            return {key: reader(item, None) for key, item in value.items()}
        return {key: reader(item, f"{where}.{key}") for key, item in value.items()}

    return read


def _object(kind: Any) -> Decoder:
    hints = typing.get_type_hints(kind)
    readers = {key: (name, _decoder(hints[name])) for name, key in _keys(kind)}
    in_order = [(key, reader) for key, (_, reader) in readers.items()]

    def read(value: object, where: str | None) -> object:
        place = where or "the top level"
        if not isinstance(value, dict):
            raise ManifestError(f"{place} is not an object")
        if value.keys() != readers.keys():
            if missing := next((key for key in readers if key not in value), None):
                raise ManifestError(f"{place} has no key `{missing}`")
            unknown = next(key for key in value if key not in readers)
            raise ManifestError(f"{place} has the unknown key `{unknown}`")
        if where is None:
            return kind(*[reader(value[key], None) for key, reader in in_order])
        prefix = f"{where}." if where else ""
        return kind(**{name: reader(value[key], f"{prefix}{key}") for key, (name, reader) in readers.items()})

    return read
