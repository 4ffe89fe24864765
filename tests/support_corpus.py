"""Cases of the corpus: how one is read, and what the product says of it."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from support_targets import all_targets, stages_with_all_targets
from support_verify import Built, written

from intentc.cli.arguments import read_arguments
from intentc.cli.importing import options_of
from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.importing.imports import import_topology
from intentc.inventory import devices_of
from intentc.lab.numbering import number
from intentc.language.parser import parse
from intentc.manifest.read import read_manifest
from intentc.pipeline import STAGES, compile_request
from intentc.project import Project, load_project
from intentc.project.files import read_sources
from intentc.push.trouble import Trouble
from intentc.run import Request, Run
from intentc.topology.load import load
from intentc.topology.overlay import read_overlay
from intentc.verify.live import Measurement, Row, compare

CORPUS = Path(__file__).resolve().parent / "corpus"
TODAY = dt.date(2026, 11, 20)
SECTION = re.compile(r"^--- (\S+)( escaped| bytes| edited)?\n", re.MULTILINE)
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
BYTE = re.compile(r"\\x([0-9a-f]{2})")
MADE_UP = re.compile(  # of the moment
    r"\b[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}\b|\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+]+|(?<=last phase was )`[a-z -]+`"
)
RAISES = re.compile(r"([a-z]+)(?: ([0-9]+))? raises ([A-Z_]+)")
STEPS = ("tamper", "measured", "plan", "drift", "lab", "devices", "state", "import")
TOML = '[project]\nname = "corpus"\ntopology = ["*.yaml"]\nintents = ["*.intent"]\n'


@dataclass(frozen=True)
class Case:
    """A case: its sentence, its files, those that were edited after the compile, what is done beside `check`, and `expect`."""

    about: str
    files: dict[str, bytes]
    edited: dict[str, str]
    steps: dict[str, str]
    expected: list[str]


def read_case(path: Path) -> Case:
    """Return the case in a file."""
    head, *parts = SECTION.split(path.read_text(encoding="utf-8"))
    files, edited, steps = {}, {}, {}
    for name, how, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if name in STEPS or name == "expect":
            steps[name] = text
        elif how == " edited":
            edited[name] = text
        else:
            files[name] = _bytes(text, how)
    expected = steps.pop("expect", "").splitlines()
    if not any(name.endswith(".yaml") for name in files):
        files["network.yaml"] = (CORPUS / "network.yaml").read_bytes()
    if not any(name.endswith(".intent") for name in files):
        files["a.intent"] = b""
    return Case(head.strip(), files, edited, steps, expected)


def _bytes(text: str, how: str | None) -> bytes:
    if how == " escaped":
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if how == " bytes":
        return BYTE.sub(lambda match: chr(int(match[1], 16)), text).encode("latin-1")
    return text.encode()


def check(case: Case) -> list[str]:
    """Return what is found: code, place and message, in its order."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, data in {"intentc.toml": TOML.encode(), **case.files}.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        found = tuple(_found(case, load_project(root / "intentc.toml"), root))
        return [MADE_UP.sub("…", _line(item).replace(f"{root}/", "")) for item in found]


def _line(item: Diagnostic) -> str:
    place = f"{item.span.file}:{item.span.line}:{item.span.column} " if item.span else ""
    return f"{item.code} {place}{item.message}"


def _found(case: Case, project: Project, root: Path) -> Iterable[Diagnostic]:
    if "devices" in case.steps:
        return _of_devices(case.steps["devices"].strip(), root)
    if "import" in case.steps:
        return _imported(case)
    findings = Findings()
    intents, topology = read_sources(project, findings)
    known = {source.path: source for source in intents}
    if "drift" in case.steps:
        return _looked_up(project, topology)
    overlay = read_overlay(case.steps["state"]) if "state" in case.steps else None
    request = Request(project, intents, topology, TODAY, known.get, overlay=overlay)
    run = compile_request(request, findings, stages=STAGES if project.targets else stages_with_all_targets())
    if "tamper" in case.steps or case.edited:
        return _proved(written(run), case)
    if "measured" in case.steps:
        return _compared(written(run), case.steps["measured"])
    if "plan" in case.steps:
        assert run.topology is not None
        transports = {name: target.transports for name, target in run.targets.items()}
        devices_of(run.topology, project.credentials, findings, transports)
    if "lab" in case.steps:
        number(load(topology, Findings()), findings)
    return findings.sorted()


def _looked_up(project: Project, topology: Sequence[Source]) -> Iterable[Diagnostic]:
    """Return what is found when devices are looked up by a command that compiles nothing."""
    findings = Findings()
    known = {name: target.transports for name, target in all_targets().items()}
    devices_of(load(topology, Findings()), project.credentials, findings, known)
    return findings.sorted()


def _imported(case: Case) -> Iterable[Diagnostic]:
    """Return what is found in a file of another tool; the step is the rest of the command line."""
    given = read_arguments(["import", *case.steps["import"].split()])
    name = str(given.file)
    findings = Findings()
    source = Source(name, case.files[name].decode())
    import_topology(given.from_, source, findings, options_of(given))
    return findings.sorted()


# -- devices -----------------------------------------------------------------------------------------------------------


def _of_devices(what: str, folder: Path) -> Iterable[Diagnostic]:
    """Return what is found when one of three fake devices fails as it says, or in a scenario by its name."""
    from faults.test_faults_codes import PROVOKED, failing

    fault = RAISES.fullmatch(what)
    if fault is None:
        (provoke,) = (scenario for _, scenario in PROVOKED if scenario.__name__ == what)
    else:
        provoke = failing(Trouble[fault[3]], fault[1], int(fault[2] or 1))
    return provoke(folder)


# -- verify ------------------------------------------------------------------------------------------------------------


def _proved(built: Built, case: Case) -> Iterable[Diagnostic]:
    """Return what `verify` finds: of the manifest with its changes, and of the sources as they were edited."""
    whole = json.loads(built.text)
    for line in case.steps.get("tamper", "").splitlines():
        path, value = line.split(" = ", 1)
        _set(whole, path.split(" / "), json.loads(value))
    return _with_edits(built, case.edited).prove(json.dumps(whole)).findings


def _set(at: object, path: list[str], value: object) -> None:
    *way, last = path
    for key in way:
        at = _at(at, key)
    key = _key(at, last)
    assert at[key] != value, path  # a change that changes nothing would show nothing
    at[key] = value


def _at(whole: object, key: str) -> object:
    return whole[_key(whole, key)]


def _key(whole: object, key: str) -> str | int:
    """Return the key or index that is meant: of a list by number, or by an element's `name` or `id`."""
    if isinstance(whole, dict):
        assert key in whole, key
        return key
    if key.isdecimal():
        return int(key)
    return next(at for at, item in enumerate(whole) if key in {item.get("name"), item.get("id"), item.get("node")})


def _with_edits(built: Built, edited: dict[str, str]) -> Built:
    findings, run = Findings(), built.run
    files = [
        parse(Source(file.source.path, edited[file.source.path]), findings) if file.source.path in edited else file
        for file in run.files
    ]
    yaml = tuple(Source(name, text) for name, text in edited.items() if name.endswith(".yaml"))
    topology = load(yaml, findings) if yaml else run.topology
    assert not findings.items
    return replace(built, run=_Edited(run, tuple(files), topology, edited))


class _Edited:
    """A run whose sources are now others: as much of one as `Built.prove` asks for."""

    def __init__(self, run: Run, files: tuple, topology: object, edited: dict[str, str]) -> None:
        self.files, self.topology = files, topology
        self.sources = {**run.sources, **edited}


def _compared(built: Built, changes: str) -> Iterable[Diagnostic]:
    """Return what `verify --live` finds of measurements that are as predicted but for what is changed."""
    manifest = read_manifest(built.text)
    run = built.run
    assert run.topology is not None
    rows = compare(run.files, run.topology, manifest, ()).rows
    told = {row.demand: _as_predicted(row) for row in rows}
    for line in changes.splitlines():
        demand, field, value = re.fullmatch(r"(\S+) (\w+) = (.*)", line).groups()
        new = json.loads(value)
        told[demand] = replace(told[demand], **{field: _measured(new)})
    given = [item for item in told.values() if item.sent]
    return compare(run.files, run.topology, manifest, given).findings


def _measured(value: object) -> object:
    if isinstance(value, dict):
        return {int(key): item for key, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _as_predicted(row: Row) -> Measurement:
    assert row.prediction is not None
    median = row.prediction.median_us[0]
    return Measurement(
        row.demand, 1000, 200, 200, median, median, median, {row.prediction.dscp: 200}, row.prediction.paths[0]
    )
