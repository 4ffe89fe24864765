"""What is not told of intents with `telemetry`: warnings, since everything else holds without it."""

from __future__ import annotations

from intentc.diagnostics import Diagnostic, Findings
from intentc.realise.model import RealisedDemand
from intentc.render.placed import Placed
from intentc.render.support import support
from intentc.targetkit.model import Capabilities
from intentc.targetkit.probing import can_measure


def check_streaming(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Warn of intents with telemetry whose nodes stream nothing."""
    asking = placed.asking
    ends: dict[str, set[str]] = {}
    for item in placed.demands if asking else ():
        ends.setdefault(item.demand.intent, set()).update(_ends(item))
    for name, telemetry in asking.items():
        silent = [
            node for node in sorted(ends.get(name, ())) if not support(capabilities, node, "streaming").is_supported
        ]
        if silent:
            found = support(capabilities, silent[0], "streaming")
            findings.add(
                Diagnostic(
                    "W0616",
                    f"telemetry of `{name}` is counters only at `{silent[0]}`: {found.reason}",
                    telemetry.span,
                    help=(found.instead,),
                    intent=name,
                    node=silent[0],
                )
            )


def check_probes(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Warn of intents with telemetry between whose ends delay is not measured, once each."""
    asking = placed.asking
    reported: set[str] = set()
    for item in placed.demands if asking else ():
        name, ends = item.demand.intent, item.chosen
        telemetry = asking.get(name)
        if telemetry is None or name in reported or can_measure(capabilities, ends.source.node, ends.destination.node):
            continue
        for node, feature in ((ends.source.node, "probing"), (ends.destination.node, "reflecting")):
            found = support(capabilities, node, feature)
            is_silent = not support(capabilities, node, "streaming").is_supported
            if not found.is_supported and not is_silent and name not in reported:  # W0616 says enough of silent ones
                reported.add(name)
                findings.add(
                    Diagnostic(
                        "W0617",
                        f"no delay is measured for `{name}` at `{node}`: {found.reason}",
                        telemetry.span,
                        help=(found.instead,),
                        intent=name,
                        node=node,
                    )
                )


def check_counting(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Warn of intents with telemetry whose packets are not counted where they arrive, once each."""
    asking = placed.asking
    reported: set[str] = set()
    for item in placed.demands if asking else ():
        name, telemetry = item.demand.intent, asking.get(item.demand.intent)
        if telemetry is None or name in reported:
            continue
        for node in sorted({candidate.destination.node for candidate in item.demand.candidates}):
            found = support(capabilities, node, "counting")
            if not found.is_supported and name not in reported:
                reported.add(name)
                findings.add(
                    Diagnostic(
                        "W0618",
                        f"packets of `{name}` are counted where they are marked, not where they arrive, at `{node}`: "
                        f"{found.reason}",
                        telemetry.span,
                        help=(found.instead,),
                        intent=name,
                        node=node,
                    )
                )


def _ends(item: RealisedDemand) -> set[str]:
    return {end.node for candidate in item.demand.candidates for end in (candidate.source, candidate.destination)}
