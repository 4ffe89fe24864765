"""Which hardware a device is: what some targets can do depends on it, and unknown hardware is an error, not a hope."""

from __future__ import annotations

from fnmatch import fnmatchcase

from intentc.diagnostics import Findings
from intentc.targetkit.model import Target
from intentc.topology.model import Node


def find_chassis(node: Node, target: Target, findings: Findings) -> str | None:
    """Return the kind of hardware that a node is, by the data of its target; None where nothing depends on it.

    Hardware that is not written, or that the target does not know, is a finding (E0631), and None is returned as well.
    """
    if not target.chassis:
        return None
    written = (node.chassis or "").strip().lower()
    for kind, hardware in target.chassis.items():
        if any(fnmatchcase(written, name) for name in hardware.names):
            return kind
    _report(node, target, findings)
    return None


def _report(node: Node, target: Target, findings: Findings) -> None:
    names = [name for hardware in target.chassis.values() for name in hardware.names]
    from difflib import get_close_matches  # noqa: PLC0415  (only where a name is wrong: start-up)

    near = get_close_matches((node.chassis or "").lower(), names, n=1)
    what = "names no chassis" if node.chassis is None else f"has the chassis `{node.chassis}`, which is not known"
    findings.error(
        "E0631",
        f"`{node.name}` {what}: what `{target.name}` can do depends on the hardware",
        node.span,
        node=node.name,
        help=(
            *((f"did you mean `{near[0]}`?",) if near and node.chassis is not None else ()),
            f"the target knows {', '.join(f'`{name}`' for name in names)}",
        ),
    )
