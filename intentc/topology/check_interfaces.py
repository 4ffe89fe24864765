"""Interfaces that two things claim."""

from __future__ import annotations

from intentc.diagnostics import Findings, Label, Span
from intentc.topology.model import Attachment, Node, Topology


def check_interfaces(topology: Topology, findings: Findings) -> None:
    """Report every interface that two links, or a link and an attachment, use (E0327), and attachments that contradict.

    Several prefixes may hang on one interface, with one trust setting (E0335); a prefix hangs on one interface (E0330).
    """
    used = _ends(topology, findings)
    for node in topology.nodes.values():
        trusts: dict[str, Attachment] = {}
        for attachment in node.attached:
            if attachment.interface is None:
                continue
            claim = used.get((node.name, attachment.interface))
            if claim is not None:
                _refuse_use(node.name, attachment.interface, attachment.span, claim, findings)
            first = trusts.setdefault(attachment.interface, attachment)
            if first.trust != attachment.trust:
                _refuse_trust(attachment, first, findings)
        _check_prefixes(node, findings)


def _ends(topology: Topology, findings: Findings) -> dict[tuple[str, str], tuple[str, Span]]:
    used: dict[tuple[str, str], tuple[str, Span]] = {}
    for link in topology.links.values():
        for field, end in (("a", link.a), ("b", link.b)):
            if end.interface is None:
                continue
            span = topology.span_of("link", link.id, field)
            claim = used.setdefault((end.node, end.interface), (f"link `{link.id}` ends here", span))
            if claim[1] != span:
                _refuse_use(end.node, end.interface, span, claim, findings)
    return used


def _refuse_use(node: str, interface: str, span: Span, claim: tuple[str, Span], findings: Findings) -> None:
    findings.error(
        "E0327",
        f"the interface `{interface}` of `{node}` is used twice",
        span,
        node=node,
        related=(Label(claim[1], claim[0]),),
        help=("name another interface at one of the two places",),
    )


def _refuse_trust(attachment: Attachment, first: Attachment, findings: Findings) -> None:
    findings.error(
        "E0335",
        f"the interface `{attachment.interface}` is trusted as `{first.trust}` and as `{attachment.trust}`",
        attachment.span,
        related=(Label(first.span, f"`{first.trust}` here"),),
        help=("write the same `trust` for all prefixes of one interface",),
    )


def _check_prefixes(node: Node, findings: Findings) -> None:
    seen: dict[object, Attachment] = {}
    for attachment in node.attached:
        first = seen.setdefault(attachment.prefix, attachment)
        if first is not attachment:
            findings.error(
                "E0330",
                f"the prefix `{attachment.prefix}` is attached to `{node.name}` twice",
                attachment.span,
                node=node.name,
                related=(Label(first.span, "the first time"),),
                help=("keep one of them",),
            )
