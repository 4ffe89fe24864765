"""Device configurations as JSON, exact in both directions and versioned: for plan files, history and the devices themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from intentc.ir.model import DeviceConfig

SCHEMA = 1

Json = dict[str, Any]  # what `json` reads and writes


class CodecError(ValueError):
    """The document is no device configuration of this version."""


def encode_config(config: DeviceConfig) -> Json:
    """Return the configuration as values that `json` can write; every field is there, by name."""
    return {"schema": SCHEMA, "config": _encode(config)}


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


def _encode(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: Any, kind: Any) -> Any:
    """Return `value` as the declared type `kind`: dataclasses, tuples, unions with None, and plain values."""
    if get_origin(kind) in (Union, UnionType):
        return _decode_optional(value, kind)
    if get_origin(kind) is tuple:
        return _decode_tuple(value, get_args(kind))
    if is_dataclass(kind):
        return _decode_fields(value, kind)
    if type(value) is not kind:
        raise CodecError(f"`{value}` is not of type {kind.__name__}")
    return value


def _decode_optional(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    (inner,) = (item for item in get_args(kind) if item is not NoneType)
    return _decode(value, inner)


def _decode_tuple(value: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise CodecError("a list is missing")
    if len(kinds) == 2 and kinds[1] is ...:
        return tuple(_decode(item, kinds[0]) for item in value)
    if len(value) != len(kinds):
        raise CodecError(f"{len(kinds)} values are expected, not {len(value)}")
    return tuple(_decode(item, kind) for item, kind in zip(value, kinds, strict=True))


def _decode_fields(value: Any, kind: Any) -> Any:
    types = _types(kind)
    if not isinstance(value, dict) or value.keys() != types.keys():
        raise CodecError(f"not the fields of {kind.__name__}")
    return kind(**{name: _decode(value[name], types[name]) for name in types})


@cache
def _types(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
