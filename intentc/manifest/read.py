"""The text of a manifest to its dataclasses, strictly."""

from __future__ import annotations

import json

from intentc.manifest.codec import ManifestError, decode
from intentc.manifest.model import SCHEMA, DeviceEntry, Manifest

_DEVICES, _FINDINGS = b'],\n"devices": [', b'],\n"findings": ['  # no text in JSON holds a line feed


def read_manifest(text: str | bytes) -> Manifest:
    """Return the manifest in `text` (UTF-8); raise `ManifestError` that says what is damaged and where.

    Keys may be in any order; a missing, unknown or doubled key and a value of another type are damage.
    """
    value = _value(text)
    if not isinstance(value, dict):
        raise ManifestError("the top level is not an object")
    if value.get("schema") != SCHEMA:
        raise ManifestError(f"it has schema `{value.get('schema')}`; this version reads schema {SCHEMA}")
    return decode(Manifest, value, "")


def read_devices(data: bytes) -> tuple[DeviceEntry, ...]:
    """Return the devices of the manifest in `data` alone, which is quick where it is as the compiler writes it; raise `ManifestError`."""
    start = data.find(_DEVICES)
    stop = data.find(_FINDINGS, start)
    if start < 0 or stop < 0:
        return read_manifest(data).devices
    rows = b"[" + data[start + len(_DEVICES) : stop] + b"]"
    return decode(tuple[DeviceEntry, ...], _value(rows), "devices")


def _value(text: str | bytes) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise ManifestError(f"it is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ManifestError(
            f"it is not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise ManifestError("it is nested too deeply") from error
    except ValueError as error:  # an integer of thousands of digits
        raise ManifestError(f"it holds a number that cannot be read: {error}") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ManifestError(f"an object has the key `{twice}` twice")
    return found


def _refuse(text: str) -> object:
    raise ManifestError(f"it holds `{text}`, which is not a JSON number")
