"""`manifest.json` and `provenance.jsonl` as streams of lines."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from intentc.assertions.model import AssertionResult
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.jsonform import findings_rows
from intentc.diagnostics.places import OWN, Places
from intentc.manifest.again import About
from intentc.manifest.build import (
    assertion_entries,
    chain_entries,
    device_entry,
    intent_heads,
    link_entries,
    objective,
)
from intentc.manifest.codec import encode
from intentc.manifest.demand_texts import demand_text
from intentc.manifest.model import SCHEMA, Generator, IntentEntry, Manifest
from intentc.native import compiled
from intentc.realise.model import Realised
from intentc.render.model import Bundle, DeviceBundle
from intentc.resolve.model import Model
from intentc.values import frozen, json_bytes

Joined = Callable[[dict[int, bytes], tuple[object, ...]], bytes | None]


_Piece = bytes | About


@frozen
class Compiled:
    """What a compile of `project` ended with; `realised` and `bundle` are None where it did not get so far.

    `inputs` maps every input file's path to its digest (`digest.input_digest`). `places`: where the spans of the model stand.
    """

    project: str
    model: Model
    realised: Realised | None
    bundle: Bundle | None
    findings: Sequence[Diagnostic]
    generator: Generator
    inputs: Mapping[str, str]
    assertions: Sequence[AssertionResult] = ()
    places: Places = OWN


def write_manifest(compiled: Compiled, stream: BinaryIO) -> None:
    """Write the manifest of `compiled` to `stream`: the contract's keys in its order, one demand per line.

    Only one intent's entries are in memory at a time. Equal input gives equal bytes (UTF-8, line feeds).
    """
    write_opening(compiled, stream)
    write_closing(compiled, stream)


def manifest_pieces(compiled: Compiled) -> Iterator[bytes | About]:
    """Yield the manifest of `compiled` piece by piece: what it says of demands and devices apart from all else."""
    return chain(_opening(compiled, slice(None)), _closing(compiled))


def manifest_text(compiled: Compiled) -> str:
    """Return the manifest of `compiled` as a text."""
    stream = io.BytesIO()
    write_manifest(compiled, stream)
    return stream.getvalue().decode()


def write_opening(compiled: Compiled, stream: BinaryIO, upto: int | None = None) -> None:
    """Write a manifest up to its last intent, or up to the one at a position of the model's."""
    stream.writelines(map(_bytes_of, _opening(compiled, slice(upto))))


def write_remaining(compiled: Compiled, stream: BinaryIO, since: int) -> None:
    """Write the intents of a manifest from a position of the model's on, which is not the first."""
    for pieces in _intents(compiled, slice(since, None)):
        stream.write(b",\n")
        stream.writelines(map(_bytes_of, pieces))


def write_closing(compiled: Compiled, stream: BinaryIO) -> None:
    """Write what follows the last intent of a manifest."""
    stream.writelines(map(_bytes_of, _closing(compiled)))


def _opening(compiled: Compiled, part: slice) -> Iterator[_Piece]:
    head = {
        "schema": SCHEMA,
        "project": compiled.project,
        "generator": encode(compiled.generator),
        "inputs": {path: compiled.inputs[path] for path in sorted(compiled.inputs)},
    }
    return _open(head, _intents(compiled, part))


def _intents(compiled: Compiled, part: slice) -> Iterator[Iterator[_Piece]]:
    model = compiled.model
    for entry, items in intent_heads(model, compiled.realised, compiled.findings, model.intents[part], compiled.places):
        yield _intent(entry, [About(item, partial(demand_text, item)) for item in items])


def _closing(compiled: Compiled) -> Iterator[_Piece]:
    realised = compiled.realised
    devices = compiled.bundle.devices.values() if compiled.bundle is not None else ()
    lists: dict[str, Iterable[_Piece]] = {
        "chains": map(json_bytes, chain_entries(realised, compiled.findings)),
        "assertions": map(_text, map(encode, assertion_entries(compiled.assertions))),
        "links": map(json_bytes, link_entries(compiled.model.topology, realised)),
        "devices": (About(device, partial(_device_text, device)) for device in devices),
        "findings": map(_text, findings_rows(compiled.findings)),
    }
    return _close(lists, encode(objective(realised)))


def rewrite_manifest(manifest: Manifest, stream: BinaryIO) -> None:
    """Write a manifest that was read, byte for byte as `write_manifest` wrote it."""
    head = {key: encode(getattr(manifest, key)) for key in ("schema", "project", "generator", "inputs")}
    intents = (_intent(entry, map(json_bytes, entry.demands)) for entry in manifest.intents)
    stream.writelines(map(_bytes_of, _open(head, intents)))
    lists: dict[str, Iterable[_Piece]] = {
        "chains": map(json_bytes, manifest.chains),
        "assertions": map(_text, map(encode, manifest.assertions)),
        "links": map(json_bytes, manifest.links),
        "devices": map(json_bytes, manifest.devices),
        "findings": map(_text, map(encode, manifest.findings)),
    }
    stream.writelines(map(_bytes_of, _close(lists, encode(manifest.objective))))


def write_provenance(bundle: Bundle, stream: BinaryIO) -> None:
    """Write one line per device file line that an intent asked for: file, line, intents, source spans (UTF-8)."""
    names, spans = (
        _Texts(),
        _Texts(bundle.places.span),
    )  # a declaration has lines on every device that its packets come to
    for device in bundle.devices.values():
        stream.writelines(_provenance(device, names, spans))


def provenance_pieces(bundle: Bundle) -> Iterator[About]:
    """Yield the same device by device."""
    names, spans = _Texts(), _Texts(bundle.places.span)
    devices = tuple(bundle.devices.values())
    for device, value in zip(devices, bundle.places.told(devices), strict=True):
        yield About(value, partial(_joined_provenance, device, names, spans))


def _joined_provenance(device: DeviceBundle, names: _Texts, spans: _Texts) -> bytes:
    return b"".join(_provenance(device, names, spans))


def _provenance(device: DeviceBundle, names: _Texts, spans: _Texts) -> Iterator[bytes]:
    heads = {
        path: b'{"path": %b, "line": ' % json_bytes(path) for path in {origin.path for origin in device.provenance}
    }
    for origin in device.provenance:
        asked = heads[origin.path], origin.line, names.of(origin.intents), spans.of(origin.spans)
        yield b'%b%d, "intents": [%b], "spans": [%b]}\n' % asked


def _itself(value: object) -> object:
    return value


class _Texts:
    """Values as JSON, as they are `shown`, each made once; they are told apart by what they are, not by what they say, as that is sooner done."""

    def __init__(self, shown: Callable[[Any], object] | None = None) -> None:
        self._shown = shown or _itself
        self._known: dict[int, bytes] = {}
        self._kept: list[object] = []  # whose identities are nobody else's
        kernels = compiled("rolls")
        self._joined: Joined = joined_twin if kernels is None else kernels.joined

    def of(self, items: tuple[object, ...]) -> bytes:
        """Return some values, as they stand in a list."""
        found = self._joined(self._known, items)
        if found is None:
            new = [item for item in items if id(item) not in self._known]
            self._kept += new
            self._known.update((id(item), json_bytes(self._shown(item))) for item in new)
            found = joined_twin(self._known, items)
        return found or b""


def joined_twin(known: dict[int, bytes], items: tuple[object, ...]) -> bytes | None:
    """Return what `native.rolls.joined` does, without a kernel."""
    try:
        return b", ".join(map(known.__getitem__, map(id, items)))
    except KeyError:
        return None


def _open(head: Mapping[str, object], intents: Iterable[Iterable[_Piece]]) -> Iterator[_Piece]:
    yield b"{" + b"".join(_text(key) + b": " + _text(value) + b",\n" for key, value in head.items()) + b'"intents": ['
    for at, pieces in enumerate(intents):
        yield b",\n" if at else b"\n"
        yield from pieces


def _close(lists: Mapping[str, Iterable[_Piece]], tail: object) -> Iterator[_Piece]:
    for key, lines in lists.items():
        yield b'],\n"%b": [' % key.encode()
        for at, line in enumerate(lines):
            yield b",\n" if at else b"\n"
            yield line
    yield b'],\n"objective": %b}\n' % _text(tail)


def _intent(entry: IntentEntry, demands: Iterable[_Piece]) -> Iterator[_Piece]:
    head = {
        "name": entry.name,
        "file": entry.file,
        "line": entry.line,
        "status": entry.status,
        "class": entry.traffic_class,
    }
    yield json_bytes(head)[:-1] + b', "demands": ['
    for at, demand in enumerate(demands):
        yield b",\n" if at else b"\n"
        yield demand
    yield (
        b'], "refused": ['
        + b"".join((b",\n" if at else b"\n") + json_bytes(item) for at, item in enumerate(entry.refused))
        + b"]}"
    )


def _device_text(device: DeviceBundle) -> bytes:
    return json_bytes(device_entry(device))


def _bytes_of(piece: _Piece) -> bytes:
    return piece if isinstance(piece, bytes) else piece.make()


def _text(value: object) -> bytes:
    """Return what may hold floats."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
