"""What is shown of a word or name under the pointer, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.language import ast
from intentc.language.reference import entry_of
from intentc.lsp.analysis import Analysis
from intentc.lsp.names import Use
from intentc.realise.model import RealisedDemand
from intentc.resolve.model import ResolvedIntent

_MOST = 8  # lines of a list


def hover_word(block: str, word: str) -> str | None:
    """Return what the reference says of a keyword in its block."""
    entry = entry_of(block, word)
    if entry is None:
        return None
    return f"```\n{entry.syntax}\n```\n{entry.meaning}\n\nWithout it: {entry.default}."


def hover_name(use: Use, analysis: Analysis, whole: Analysis | None) -> str | None:
    """Return what a name stands for; `whole` is the last analysis with placement."""
    parts = [line for kind in analysis.names.kinds_of(use) for line in _of_kind(kind, use.name, analysis, whole)]
    return "\n".join(parts) or None


def _of_kind(kind: str, name: str, analysis: Analysis, whole: Analysis | None) -> Iterator[str]:
    yield f"**{kind}** `{name}`\n"
    if kind == "intent":
        yield from _intent(name, analysis, whole)
    elif kind == "service":
        yield from _service(name, analysis)
    elif kind in {"site", "node", "link"}:
        yield from _element(kind, name, analysis)


def _intent(name: str, analysis: Analysis, whole: Analysis | None) -> Iterator[str]:
    """Yield the ends of an intent, and of each demand the path, latency and margin of the last whole compilation."""
    resolved = _resolved(name, analysis)
    if resolved is None:
        yield "not resolved: see its findings"
        return
    realised = whole.run.realised if whole is not None else None
    yield f"class `{resolved.traffic_class or 'default'}`, {len(resolved.demands)} demands\n"
    for key in resolved.demands[:_MOST]:
        placed = realised.demands.get(key) if realised is not None else None
        yield f"* `{key}`" + (f": {_figures(placed)}" if placed is not None else "")
    if len(resolved.demands) > _MOST:
        yield f"* … and {len(resolved.demands) - _MOST} more"
    if realised is None:
        yield "\npaths and margins: save the file"


def _figures(placed: RealisedDemand) -> str:
    path = " or ".join(" → ".join(path.nodes) for path in placed.primary[:2])
    latency = placed.latency.total
    bound = placed.demand.bound_ns
    margin = f", {bound / 1e6 - latency / 1e3:.2f} ms to spare" if bound is not None else ""
    return f"{path}, {latency / 1e3:.2f} ms{margin}"


def _resolved(name: str, analysis: Analysis) -> ResolvedIntent | None:
    model = analysis.run.model
    found = next((item for item in model.intents if item.name == name), None) if model is not None else None
    return None if found is None or found.is_rejected else found


def _service(name: str, analysis: Analysis) -> Iterator[str]:
    """Yield what a service serves, and at which nodes."""
    for declared in (item for file in analysis.files for item in file.declarations):
        if isinstance(declared, ast.Service) and declared.name.text == name:
            served = [prefix.text for prefix in declared.prefixes]
            if served:
                yield f"serves {', '.join(f'`{prefix}`' for prefix in served)}"
            if analysis.run.topology is not None:
                wanted = set(served)
                for node in analysis.run.topology.nodes.values():
                    here = [str(item.prefix) for item in node.attached if str(item.prefix) in wanted]
                    if here:
                        yield f"* `{node.name}`: {', '.join(f'`{prefix}`' for prefix in here)} attached"


def _element(kind: str, name: str, analysis: Analysis) -> Iterator[str]:
    topology = analysis.run.topology
    if topology is None:
        return
    if kind == "site" and name in topology.sites:
        site = topology.sites[name]
        nodes = sorted(node.name for node in topology.nodes.values() if node.site == name)
        yield f"region `{site.region}`, role `{site.role}`; nodes: {', '.join(f'`{node}`' for node in nodes) or 'none'}"
    elif kind == "node" and name in topology.nodes:
        node = topology.nodes[name]
        yield f"site `{node.site}`, platform `{node.platform}`, loopback `{node.loopback}`"
        for attached in node.attached:
            yield f"* `{attached.prefix}` at `{attached.interface}`"
    elif kind == "link" and name in topology.links:
        link = topology.links[name]
        yield f"`{link.a.node}` – `{link.b.node}`"
