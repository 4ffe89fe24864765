"""`manifest.json` and `provenance.jsonl` as streams of lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, TextIO

from intentc.assertions.model import AssertionResult
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.jsonform import findings_rows
from intentc.manifest.build import (
    assertion_entries,
    chain_entries,
    device_entries,
    intent_entries,
    link_entries,
    objective,
)
from intentc.manifest.codec import encode
from intentc.manifest.model import SCHEMA, Generator, IntentEntry, Manifest
from intentc.native import compiled
from intentc.realise.model import Realised
from intentc.render.model import Bundle
from intentc.resolve.model import Model
from intentc.values import frozen, json_text

Joined = Callable[[dict[int, bytes], tuple[object, ...]], bytes | None]


@frozen
class Compiled:
    """What a compile of `project` ended with; `realised` and `bundle` are None where it did not get so far.

    `inputs` maps every input file's path to its digest (`digest.input_digest`).
    """

    project: str
    model: Model
    realised: Realised | None
    bundle: Bundle | None
    findings: Sequence[Diagnostic]
    generator: Generator
    inputs: Mapping[str, str]
    assertions: Sequence[AssertionResult] = ()


def write_manifest(compiled: Compiled, stream: TextIO) -> None:
    """Write the manifest of `compiled` to `stream`: the contract's keys in its order, one demand per line.

    Only one intent's entries are in memory at a time. Equal input gives equal bytes (UTF-8, line feeds).
    """
    write_opening(compiled, stream)
    write_closing(compiled, stream)


def write_opening(compiled: Compiled, stream: TextIO, upto: int | None = None) -> None:
    """Write a manifest up to its last intent, or up to the one at a position of the model's."""
    head = {
        "schema": SCHEMA,
        "project": compiled.project,
        "generator": encode(compiled.generator),
        "inputs": {path: compiled.inputs[path] for path in sorted(compiled.inputs)},
    }
    _open(stream, head, map(_intent_text, _entries(compiled, slice(upto))))


def write_remaining(compiled: Compiled, stream: TextIO, since: int) -> None:
    """Write the intents of a manifest from a position of the model's on, which is not the first."""
    for pieces in map(_intent_text, _entries(compiled, slice(since, None))):
        stream.write(",\n")
        stream.writelines(pieces)


def _entries(compiled: Compiled, part: slice) -> Iterator[IntentEntry]:
    model = compiled.model
    return intent_entries(model, compiled.realised, compiled.findings, model.intents[part])


def write_closing(compiled: Compiled, stream: TextIO) -> None:
    """Write what follows the last intent of a manifest."""
    realised = compiled.realised
    lists = {
        "chains": map(json_text, chain_entries(realised, compiled.findings)),
        "assertions": map(_text, map(encode, assertion_entries(compiled.assertions))),
        "links": map(json_text, link_entries(compiled.model.topology, realised)),
        "devices": map(json_text, device_entries(compiled.bundle)),
        "findings": map(_text, findings_rows(compiled.findings)),
    }
    _close(stream, lists, encode(objective(realised, compiled.findings)))


def rewrite_manifest(manifest: Manifest, stream: TextIO) -> None:
    """Write a manifest that was read, byte for byte as `write_manifest` wrote it."""
    head = {key: encode(getattr(manifest, key)) for key in ("schema", "project", "generator", "inputs")}
    _open(stream, head, map(_intent_text, manifest.intents))
    lists = {
        "chains": map(json_text, manifest.chains),
        "assertions": map(_text, map(encode, manifest.assertions)),
        "links": map(json_text, manifest.links),
        "devices": map(json_text, manifest.devices),
        "findings": map(_text, map(encode, manifest.findings)),
    }
    _close(stream, lists, encode(manifest.objective))


def write_provenance(bundle: Bundle, stream: BinaryIO) -> None:
    """Write one line per device file line that an intent asked for: file, line, intents, source spans (UTF-8)."""
    names, spans = _Texts(), _Texts()  # a declaration has lines on every device that its packets come to
    for device in bundle.devices.values():
        heads = {
            path: f'{{"path": {json_text(path)}, "line": '.encode()
            for path in {origin.path for origin in device.provenance}
        }
        for origin in device.provenance:
            asked = heads[origin.path], origin.line, names.of(origin.intents), spans.of(origin.spans)
            stream.write(b'%b%d, "intents": [%b], "spans": [%b]}\n' % asked)


class _Texts:
    """Values as JSON, each made once; they are told apart by what they are, not by what they say, as that is sooner done."""

    def __init__(self) -> None:
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
            self._known.update((id(item), json_text(item).encode()) for item in new)
            found = joined_twin(self._known, items)
        return found or b""


def joined_twin(known: dict[int, bytes], items: tuple[object, ...]) -> bytes | None:
    """Return what `native.rolls.joined` does, without a kernel."""
    try:
        return b", ".join(map(known.__getitem__, map(id, items)))
    except KeyError:
        return None


def _open(stream: TextIO, head: Mapping[str, object], intents: Iterable[Iterator[str]]) -> None:
    stream.write("{")
    stream.writelines(f"{_text(key)}: {_text(value)},\n" for key, value in head.items())
    stream.write('"intents": [')
    for at, pieces in enumerate(intents):
        stream.write(",\n" if at else "\n")
        stream.writelines(pieces)


def _close(stream: TextIO, lists: Mapping[str, Iterable[str]], tail: object) -> None:
    for key, lines in lists.items():
        stream.write(f'],\n"{key}": [')
        stream.writelines(f",\n{line}" if at else f"\n{line}" for at, line in enumerate(lines))
    stream.write(f'],\n"objective": {_text(tail)}}}\n')


def _intent_text(entry: IntentEntry) -> Iterator[str]:
    head = {
        "name": entry.name,
        "file": entry.file,
        "line": entry.line,
        "status": entry.status,
        "class": entry.traffic_class,
    }
    yield json_text(head)[:-1] + ', "demands": ['
    for at, demand in enumerate(entry.demands):
        yield (",\n" if at else "\n") + json_text(demand)
    yield '], "refused": ['
    for at, refusal in enumerate(entry.refused):
        yield (",\n" if at else "\n") + json_text(refusal)
    yield "]}"


def _text(value: object) -> str:
    """Return what may hold floats."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
