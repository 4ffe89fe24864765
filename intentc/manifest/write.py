"""`manifest.json` and `provenance.jsonl` as streams of lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, TextIO

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
from intentc.manifest.demand_entries import demand_entry
from intentc.manifest.model import SCHEMA, Generator, IntentEntry, Manifest
from intentc.native import compiled
from intentc.realise.model import Realised, RealisedDemand
from intentc.render.model import Bundle, DeviceBundle
from intentc.resolve.model import Model
from intentc.values import frozen, json_text

Joined = Callable[[dict[int, bytes], tuple[object, ...]], bytes | None]


@frozen
class _About:
    """As `again.About`, in text."""

    value: object
    make: Callable[[], str]


_Piece = str | _About


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


def write_manifest(compiled: Compiled, stream: TextIO) -> None:
    """Write the manifest of `compiled` to `stream`: the contract's keys in its order, one demand per line.

    Only one intent's entries are in memory at a time. Equal input gives equal bytes (UTF-8, line feeds).
    """
    write_opening(compiled, stream)
    write_closing(compiled, stream)


def manifest_pieces(compiled: Compiled) -> Iterator[bytes | About]:
    """Yield the manifest of `compiled` piece by piece: what it says of demands and devices apart from all else."""
    for piece in chain(_opening(compiled, slice(None)), _closing(compiled)):
        yield piece.encode() if isinstance(piece, str) else About(piece.value, partial(_encoded, piece.make))


def write_opening(compiled: Compiled, stream: TextIO, upto: int | None = None) -> None:
    """Write a manifest up to its last intent, or up to the one at a position of the model's."""
    stream.writelines(map(_text_of, _opening(compiled, slice(upto))))


def write_remaining(compiled: Compiled, stream: TextIO, since: int) -> None:
    """Write the intents of a manifest from a position of the model's on, which is not the first."""
    for pieces in _intents(compiled, slice(since, None)):
        stream.write(",\n")
        stream.writelines(map(_text_of, pieces))


def write_closing(compiled: Compiled, stream: TextIO) -> None:
    """Write what follows the last intent of a manifest."""
    stream.writelines(map(_text_of, _closing(compiled)))


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
        yield _intent(entry, [_About(item, partial(_demand_text, item)) for item in items])


def _closing(compiled: Compiled) -> Iterator[_Piece]:
    realised = compiled.realised
    devices = compiled.bundle.devices.values() if compiled.bundle is not None else ()
    lists: dict[str, Iterable[_Piece]] = {
        "chains": map(json_text, chain_entries(realised, compiled.findings)),
        "assertions": map(_text, map(encode, assertion_entries(compiled.assertions))),
        "links": map(json_text, link_entries(compiled.model.topology, realised)),
        "devices": (_About(device, partial(_device_text, device)) for device in devices),
        "findings": map(_text, findings_rows(compiled.findings)),
    }
    return _close(lists, encode(objective(realised)))


def rewrite_manifest(manifest: Manifest, stream: TextIO) -> None:
    """Write a manifest that was read, byte for byte as `write_manifest` wrote it."""
    head = {key: encode(getattr(manifest, key)) for key in ("schema", "project", "generator", "inputs")}
    intents = (_intent(entry, map(json_text, entry.demands)) for entry in manifest.intents)
    stream.writelines(map(_text_of, _open(head, intents)))
    lists: dict[str, Iterable[_Piece]] = {
        "chains": map(json_text, manifest.chains),
        "assertions": map(_text, map(encode, manifest.assertions)),
        "links": map(json_text, manifest.links),
        "devices": map(json_text, manifest.devices),
        "findings": map(_text, map(encode, manifest.findings)),
    }
    stream.writelines(map(_text_of, _close(lists, encode(manifest.objective))))


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
        path: f'{{"path": {json_text(path)}, "line": '.encode()
        for path in {origin.path for origin in device.provenance}
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
            self._known.update((id(item), json_text(self._shown(item)).encode()) for item in new)
            found = joined_twin(self._known, items)
        return found or b""


def joined_twin(known: dict[int, bytes], items: tuple[object, ...]) -> bytes | None:
    """Return what `native.rolls.joined` does, without a kernel."""
    try:
        return b", ".join(map(known.__getitem__, map(id, items)))
    except KeyError:
        return None


def _open(head: Mapping[str, object], intents: Iterable[Iterable[_Piece]]) -> Iterator[_Piece]:
    yield "{" + "".join(f"{_text(key)}: {_text(value)},\n" for key, value in head.items()) + '"intents": ['
    for at, pieces in enumerate(intents):
        yield ",\n" if at else "\n"
        yield from pieces


def _close(lists: Mapping[str, Iterable[_Piece]], tail: object) -> Iterator[_Piece]:
    for key, lines in lists.items():
        yield f'],\n"{key}": ['
        for at, line in enumerate(lines):
            yield ",\n" if at else "\n"
            yield line
    yield f'],\n"objective": {_text(tail)}}}\n'


def _intent(entry: IntentEntry, demands: Iterable[_Piece]) -> Iterator[_Piece]:
    head = {
        "name": entry.name,
        "file": entry.file,
        "line": entry.line,
        "status": entry.status,
        "class": entry.traffic_class,
    }
    yield json_text(head)[:-1] + ', "demands": ['
    for at, demand in enumerate(demands):
        yield ",\n" if at else "\n"
        yield demand
    yield (
        '], "refused": ['
        + "".join((",\n" if at else "\n") + json_text(item) for at, item in enumerate(entry.refused))
        + "]}"
    )


def _demand_text(item: RealisedDemand) -> str:
    return json_text(demand_entry(item))


def _device_text(device: DeviceBundle) -> str:
    return json_text(device_entry(device))


def _text_of(piece: _Piece) -> str:
    return piece if isinstance(piece, str) else piece.make()


def _encoded(make: Callable[[], str]) -> bytes:
    return make().encode()


def _text(value: object) -> str:
    """Return what may hold floats."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
