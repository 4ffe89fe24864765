"""Whether the manifest is about these sources, and about the device files that lie beside it."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.values import frozen
from intentc.verify.case import Case, World
from intentc.verify.classes import DEFAULT_CLASS

_INPUT, _DEVICE = "E0561", "E0578"


@frozen
class Evidence:
    """Digests of files as they are now: `inputs` by path, as in a manifest's `inputs`; `outputs` in hexadecimal by path.

    `outputs` are all files of the build but manifest and provenance; None: they are not at hand, nothing is said of them.
    """

    inputs: Mapping[str, str]
    outputs: Mapping[str, str] | None = None


def check_inputs(world: World, evidence: Evidence) -> None:
    """Judge that the manifest was compiled from the very files that are at hand."""
    told, now = world.manifest.inputs, evidence.inputs
    for path in sorted({*told, *now}):
        said = f"`{path}` has changed since the manifest was compiled"
        if path not in now:
            said = f"`{path}` was an input of the manifest and is gone"
        elif path not in told:
            said = f"`{path}` was no input of the manifest"
        world.court.judge(
            "inputs",
            _INPUT,
            holds=told.get(path) == now.get(path),
            otherwise=said,
            hint="compile again, then verify what came out",
        )


def check_devices(world: World, cases: Mapping[str, tuple[Case, ...]], evidence: Evidence) -> None:
    """Judge the list of devices: they exist, mark and steer what the demands need, and their files are as they were written."""
    court = world.court
    for entry in world.manifest.devices:
        node = world.topology.nodes.get(entry.node)
        said = f"device `{entry.node}` is no node with platform `{entry.target}`"
        court.judge("devices", _DEVICE, holds=node is not None and node.platform == entry.target, otherwise=said)
        foreign = sorted(file.path for file in entry.files if not file.path.startswith(f"{entry.node}/"))
        said = f"device `{entry.node}` is said to have `{(foreign or [''])[0]}`, which is another one's"
        court.judge("devices", _DEVICE, holds=not foreign, otherwise=said)
        for name in sorted(set(entry.intents) - set(world.sources.talkers)):
            court.deny(_DEVICE, f"device `{entry.node}` names intent `{name}`, which no source declares")
    nodes = [entry.node for entry in world.manifest.devices]
    for name in sorted({name for name in nodes if nodes.count(name) > 1}):
        court.deny(_DEVICE, f"device `{name}` stands twice in `devices`")
    if evidence.outputs is not None:
        _check_outputs(world, evidence.outputs)
    # Device files are written only when every intent holds.
    if not any(item.severity == "error" and not item.waived for item in world.manifest.findings):
        _check_places(world, cases)


def _check_outputs(world: World, outputs: Mapping[str, str]) -> None:
    named = [file for entry in world.manifest.devices for file in entry.files]
    told = {file.path: file.sha256 for file in named}
    for path in sorted({file.path for file in named if file.sha256 != told[file.path]}):
        world.court.deny(_DEVICE, f"`{path}` stands in `devices` with several digests")
    for path in sorted({*told, *outputs}):
        said = f"`{path}` is not as it was compiled"
        if path not in outputs:
            said = f"`{path}` is missing"
        elif path not in told:
            said = f"`{path}` was not written by this compile"
        world.court.judge("files", _DEVICE, holds=told.get(path) == outputs.get(path), otherwise=said)


def _check_places(world: World, cases: Mapping[str, tuple[Case, ...]]) -> None:
    """Judge that every node that has to mark or to steer packets of a demand is configured for its intent, be it only to stand in."""
    listed = {entry.node: frozenset(entry.intents) for entry in world.manifest.devices}
    for group in cases.values():
        case, names = group[0], {other.asked.name for other in group}
        places = {rule.node for rule in case.entry.steering} | {policy.node for policy in case.entry.policies}
        if case.asked.traffic_class != DEFAULT_CLASS:
            starts = {source for source, _ in case.wanted.choices}
            places |= {node for node in starts if world.topology.nodes[node].platform != "none"}
        for node in sorted(places):
            without = f"{case.name} needs configuration on `{node}`, which the manifest does not have"
            holds = not names.isdisjoint(listed.get(node, frozenset()))
            world.court.judge("devices", _DEVICE, holds=holds, otherwise=without)
