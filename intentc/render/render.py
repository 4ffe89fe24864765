"""From vendor-neutral configuration to each device's files, with the sources of every line."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate, islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from intentc.diagnostics.places import OWN, Places
from intentc.ir.model import DeviceConfig, Fleet, Origin
from intentc.patterns import pattern, put_off
from intentc.recall import changed_keys
from intentc.render.model import Bundle, DeviceBundle, LineOrigin, RenderedFile
from intentc.targetkit.kit import Artefact, CommandLine, Line, TargetCode
from intentc.targetkit.model import Target
from intentc.values import replace

if TYPE_CHECKING:
    from jinja2 import Environment, Template

TEMPLATES = "templates"
_NO_TRANSPORTS: Mapping[str, str] = MappingProxyType({})
_PACKAGE = "intentc_target_"
_TRACE = pattern("\0([0-9]+)\0")  # stands behind a line until its origin is recorded


def render(
    fleet: Fleet,
    targets: Mapping[str, Target],
    transports: Mapping[str, str] = _NO_TRANSPORTS,
    memory: Memory | None = None,
    places: Places = OWN,
) -> Bundle:
    """Return the files of every device of the fleet; `transports` has what nodes ask for, by node (see `Target.road`).

    What `memory` has from the last time of a device that has not changed is taken again.
    """
    return Bundle((memory or Memory()).devices(fleet, targets, transports), places)


def render_device(config: DeviceConfig, fleet: Fleet, target: Target, transport: str | None = None) -> DeviceBundle:
    """Return the files of one configuration; it need not be that of the fleet, which only gives the facts."""
    texts: list[RenderedFile] = []
    provenance: list[LineOrigin] = []
    for artefact in load_code(target).artefacts(config, fleet):
        path = f"{config.node}/{artefact.file}"
        text, origins = _write(artefact, target.directory)
        texts.append(RenderedFile(path, text))
        provenance += [LineOrigin(path, line, origin.intents, origin.spans) for line, origin in origins]
    road = target.road(transport)
    return DeviceBundle(
        node=config.node,
        target=target.name,
        transport=road.transport,
        config=config,
        files=tuple(sorted(texts)),
        provenance=tuple(sorted(provenance)),
        commit=road.commit,
    )


class Memory:
    """The devices of one fleet as they were rendered; `rendered`: those that had to be, the last time."""

    def __init__(self) -> None:
        self.rendered: set[str] = set()
        self._facts: tuple[Fleet, Mapping[str, Target], Mapping[str, str]] | None = None
        self._configs: Mapping[str, DeviceConfig] = {}
        self._found: Mapping[str, DeviceBundle] = {}
        self._reading: set[str] = set()  # those whose files depend on other devices

    def devices(
        self, fleet: Fleet, targets: Mapping[str, Target], transports: Mapping[str, str]
    ) -> Mapping[str, DeviceBundle]:
        """Return the files of all devices of a fleet, by node: rendered unless a device is configured as it was, in a fleet with the same facts."""
        facts = replace(fleet, devices={}), targets, transports
        if facts != self._facts:
            self._configs, self._found, self._reading = {}, {}, set()
        changed, self.rendered = changed_keys(self._configs, fleet.devices), set()
        if changed is None:
            self._reading &= fleet.devices.keys()
        nodes = sorted(fleet.devices if changed is None else self._reading.union(changed))
        found = {node: self._device(node, fleet, targets, transports) for node in nodes}
        self._found = found if changed is None else {**self._found, **found}
        self._configs, self._facts = fleet.devices, facts
        return self._found

    def _device(
        self, node: str, fleet: Fleet, targets: Mapping[str, Target], transports: Mapping[str, str]
    ) -> DeviceBundle:
        config = fleet.devices[node]
        if node not in self._reading and self._configs.get(node) == config:
            return self._found[node]
        devices = _Watched(fleet.devices)
        found = render_device(config, replace(fleet, devices=devices), targets[config.platform], transports.get(node))
        self.rendered.add(node)
        (self._reading.add if devices.is_read else self._reading.discard)(node)
        return found


class _Watched(Mapping[str, DeviceConfig]):
    """The devices of a fleet, and whether anybody looked at them: what depends on other devices is not kept."""

    def __init__(self, devices: Mapping[str, DeviceConfig]) -> None:
        self._devices = devices
        self.is_read = False

    def __getitem__(self, node: str) -> DeviceConfig:
        self.is_read = True
        return self._devices[node]

    def __iter__(self) -> Iterator[str]:
        self.is_read = True
        return iter(self._devices)

    def __len__(self) -> int:
        self.is_read = True
        return len(self._devices)


def render_start_up(target: Target, view: object) -> str:
    """Return the file that a device of a target starts from in a lab; raises `ValueError` for a target that has none."""
    if target.lab is None or target.lab.startup is None:
        raise ValueError(f"no start-up file of {target.name}")
    return _environment(target.directory).get_template(f"lab/{target.lab.startup}.j2").render(view=view)


def load_code(target: Target) -> TargetCode:
    """Return the code of a target: the package that its folder is, imported once under a name of its own."""
    return _import(target.name, target.directory)


def load_command_line(target: Target) -> CommandLine:
    """Return the module of a target that speaks its devices' command line; only those who connect need it."""
    load_code(target)
    return cast("CommandLine", importlib.import_module(f"{_PACKAGE}{target.name}.commands"))


@cache
def _import(name: str, directory: Path) -> TargetCode:
    module_name = f"{_PACKAGE}{name}"
    spec = importlib.util.spec_from_file_location(
        module_name, directory / "__init__.py", submodule_search_locations=[str(directory)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{directory} is no package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # before it runs: its modules import each other relative to it
    spec.loader.exec_module(module)
    return cast("TargetCode", module)


def _write(artefact: Artefact, directory: Path) -> tuple[str, list[tuple[int, Origin]]]:
    """Return a file's text and the origin of its lines, in order.

    Templates write lines by `{% for text in lines(items, margin) %}`: all of them as one text, or none where there are none.
    """
    origins: list[Origin] = []

    def lines(items: Iterable[Line], margin: str = "") -> list[str]:
        found: list[str] = []
        for item in items:
            if item.origin is None:
                found.append(margin + item.text)
            else:
                found.append(f"{margin}{item.text}\0{len(origins)}\0")
                origins.append(item.origin)
        return ["\n".join(found)] if found else []

    template = _template(directory, artefact.template)
    traced = "\n".join([*template.render(view=artefact.view, lines=lines).splitlines(), ""])
    parts = traced.split("\0")
    if parts[1::2] == list(map(str, range(len(origins)))):  # each line is there once, and in order
        texts = parts[::2]
        ends = accumulate([text.count("\n") for text in texts], initial=1)
        return "".join(texts), list(zip(islice(ends, 1, None), origins, strict=False))
    pieces: list[str] = []
    found: list[tuple[int, Origin]] = []
    number, done = 1, 0
    for trace_of in _TRACE.finditer(traced):
        number += traced.count("\n", done, trace_of.start())
        pieces.append(traced[done : trace_of.start()])
        done = trace_of.end()
        found.append((number, origins[int(trace_of[1])]))
    return "".join([*pieces, traced[done:]]), found


@cache
def _template(directory: Path, name: str) -> Template:
    return _environment(directory).get_template(name)


@cache
def _environment(directory: Path) -> Environment:
    with put_off():
        from jinja2 import (  # noqa: PLC0415  (`check` writes no files: start-up)
            Environment,
            FileSystemLoader,
            StrictUndefined,
        )

    environment = Environment(
        loader=FileSystemLoader(directory / TEMPLATES),
        undefined=StrictUndefined,
        auto_reload=False,  # nobody edits templates while they are rendered: not to look at their files for each device
        autoescape=False,  # noqa: S701  (the output is not HTML; what reaches it is escaped or refused by the target's code)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()  # no template calls any; each rendering would copy them
    return environment
