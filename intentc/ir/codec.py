"""Device configurations as JSON, exact in both directions and versioned: for plan files, history and the devices themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from intentc.ir.model import DeviceConfig
from intentc.values import plain

SCHEMA = 1

Json = dict[str, Any]  # what `json` reads and writes
Reader = Callable[[Any], Any]


class CodecError(ValueError):
    """The document is no device configuration of this version."""


def encode_config(config: DeviceConfig) -> Json:
    """Return the configuration as values that `json` can write; every field is there, by name."""
    return {"schema": SCHEMA, "config": plain(config)}


def decode_config(document: Mapping[str, Any]) -> DeviceConfig:
    """Return the configuration that `encode_config` gave; raises `CodecError` for anything else."""
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise CodecError(f"not a device configuration of schema {SCHEMA}")
    found = _decode(document.get("config"), DeviceConfig)
    if not isinstance(found, DeviceConfig):
        raise CodecError("not a device configuration")
    return found


def dump_config(config: DeviceConfig) -> str:
    """Return the configuration as JSON text that ends with a newline."""
    return json.dumps(encode_config(config), ensure_ascii=False, separators=(",", ":")) + "\n"


def load_config(text: str) -> DeviceConfig:
    """Return the configuration that `dump_config` wrote; raises `CodecError` for anything else."""
    try:
        return decode_config(json.loads(text))
    except json.JSONDecodeError as error:
        raise CodecError("not JSON") from error


def _decode(value: Any, kind: Any) -> Any:
    """Return `value` as the declared type `kind`: dataclasses, tuples, unions with None, and plain values."""
    return _reader(kind)(value)


@cache
def _reader(kind: Any) -> Reader:
    """Return what reads values of a type; what there is to know of the type is found out once."""
    if get_origin(kind) in (Union, UnionType):
        (inner,) = (item for item in get_args(kind) if item is not NoneType)
        return partial(_read_optional, _reader(inner))
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        if len(kinds) == 2 and kinds[1] is ...:
            return partial(_read_list, _reader(kinds[0]))
        return partial(_read_tuple, tuple(map(_reader, kinds)))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return partial(_read_fields, kind, {field.name: _reader(hints[field.name]) for field in fields(kind)})
    return partial(_read_plain, kind)


def _read_plain(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise CodecError(f"`{value}` is not of type {kind.__name__}")
    return value


def _read_optional(inner: Reader, value: Any) -> Any:
    return None if value is None else inner(value)


def _read_list(inner: Reader, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise CodecError("a list is missing")
    return tuple(map(inner, value))


def _read_tuple(inner: tuple[Reader, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise CodecError("a list is missing")
    if len(value) != len(inner):
        raise CodecError(f"{len(inner)} values are expected, not {len(value)}")
    return tuple(read(item) for read, item in zip(inner, value, strict=True))


def _read_fields(kind: Any, inner: Mapping[str, Reader], value: Any) -> Any:
    if not isinstance(value, dict) or value.keys() != inner.keys():
        raise CodecError(f"not the fields of {kind.__name__}")
    return kind(**{name: read(value[name]) for name, read in inner.items()})
