"""Rendered configuration: files per device, and where each line comes from."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Span
from intentc.diagnostics.places import OWN, Places
from intentc.ir.model import DeviceConfig
from intentc.values import frozen, ordered


@ordered
class RenderedFile:
    """One file; `path` is relative to the build directory (`fra-pe1/itc.nft`), text ends with a newline."""

    path: str
    text: str


@ordered
class LineOrigin:
    """Line `line` (from 1) of `path` was asked for by `spans` of `intents`."""

    path: str
    line: int
    intents: tuple[str, ...]
    spans: tuple[Span, ...]


@frozen
class DeviceBundle:
    """One device's rendered configuration with the IR it was rendered from."""

    node: str
    target: str
    transport: str
    config: DeviceConfig
    files: tuple[RenderedFile, ...]
    provenance: tuple[LineOrigin, ...]
    commit: str = ""  # how a change becomes one that can be taken back, in the words of the target's data


@frozen
class Bundle:
    """Everything rendered, by node in sorted order; `places` tell where the spans of its provenance stand."""

    devices: Mapping[str, DeviceBundle]
    places: Places = OWN
