"""Interfaces that two things claim."""

from __future__ import annotations

from intentc.diagnostics import Findings, Label, Span
from intentc.topology.model import Attachment, Link, Node, Topology


def check_interfaces(topology: Topology, findings: Findings) -> None:
    """Report every interface that two links, or a link and an attachment, use (E0327), and attachments that contradict.

    Several prefixes may hang on one interface, with one trust setting (E0335); a prefix hangs on one interface (E0330).
    """
    used = _check_ends(topology, findings)
    for node in topology.nodes.values():
        _check_trust(node, findings)
        _check_prefixes(node, findings)
        for attachment in node.attached:
            link = used.get((node.name, attachment.interface))
            if link is not None:
                _refuse_use(node.name, attachment.span, _place(link, node.name, topology), findings)


def _check_ends(topology: Topology, findings: Findings) -> dict[tuple[str, str | None], Link]:
    """Return the link at each named interface."""
    used: dict[tuple[str, str | None], Link] = {}
    for link in topology.links.values():
        for end in (link.a, link.b):
            if end.interface is None:
                continue
            first = used.setdefault((end.node, end.interface), link)
            if first is not link:
                _refuse_use(
                    end.node, _place(link, end.node, topology).span, _place(first, end.node, topology), findings
                )
    return used


def _place(link: Link, node: str, topology: Topology) -> Label:
    span = topology.span_of("link", link.id, "a" if link.is_ab(node) else "b")
    return Label(span, f"link `{link.id}` ends here on `{link.end(node).interface}`")


def _refuse_use(node: str, span: Span, claim: Label, findings: Findings) -> None:
    findings.error(
        "E0327",
        f"an interface of `{node}` is used twice",
        span,
        node=node,
        related=(claim,),
        help=("name another interface at one of the two places",),
    )


def _check_trust(node: Node, findings: Findings) -> None:
    trusts: dict[str, Attachment] = {}
    for attachment in node.attached:
        first = trusts.setdefault(attachment.interface or "", attachment)
        if attachment.interface is not None and first.trust != attachment.trust:
            findings.error(
                "E0335",
                f"the interface `{attachment.interface}` is trusted as `{first.trust}` and as `{attachment.trust}`",
                attachment.span,
                node=node.name,
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
