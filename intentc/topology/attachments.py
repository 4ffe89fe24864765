"""The fields `attached` and `management` of a node: what hangs on it and how it is reached."""

from __future__ import annotations

from intentc.diagnostics import Findings
from intentc.topology.defaults import TRANSPORTS, TRUSTS, Defaults
from intentc.topology.fields import Fields
from intentc.topology.model import Attachment, Management
from intentc.topology.names import HOST, HOST_KEY, INTERFACE_NAME
from intentc.topology.tree import Items, Node, Refused, Scalar, Table
from intentc.topology.values import read_prefix

ATTACHMENT_FIELDS = frozenset(("interface", "prefix", "trust", "vrf"))
MANAGEMENT_FIELDS = frozenset(("credentials", "host", "host_key", "port", "transport"))
DEFAULT_VRF = "default"


def read_attachments(node: Fields, defaults: Defaults, findings: Findings) -> tuple[Attachment, ...]:
    """Return the attached prefixes in their order; each is a bare prefix or a mapping with its interface and trust."""
    found = (_read_attachment(item, node, defaults, findings) for item in node.items("attached") or ())
    return tuple(attachment for attachment in found if attachment is not None)


def _read_attachment(item: Node, node: Fields, defaults: Defaults, findings: Findings) -> Attachment | None:
    if isinstance(item, Scalar):
        prefix = node.value("attached", "a prefix", item, read_prefix)
        return None if prefix is None else Attachment(prefix, None, defaults.trust, DEFAULT_VRF, item.span)
    if isinstance(item, Items):
        node.refuse("E0305", "an attachment is a prefix or a mapping", item.span, "as in `{prefix: 10.20.0.0/24}`")
        return None
    if isinstance(item, Refused):
        node.is_sound = False
        return None
    attachment = _read_table(item, defaults, findings)
    node.is_sound = node.is_sound and attachment is not None
    return attachment


def _read_table(table: Table, defaults: Defaults, findings: Findings) -> Attachment | None:
    fields = Fields(table, "an attachment", ATTACHMENT_FIELDS, findings)
    prefix = fields.prefix("prefix")
    fields.require("prefix", table.span, "as in `prefix: 10.20.0.0/24`")
    interface = fields.text("interface", INTERFACE_NAME)
    trust = fields.choice("trust", TRUSTS) or defaults.trust
    vrf = fields.device_name("vrf") or DEFAULT_VRF
    if vrf != DEFAULT_VRF:
        help_ = "attach the prefix to the default VRF, and leave `vrf` out"
        fields.refuse("E0337", f"the VRF `{vrf}` is not supported yet", fields.span("vrf"), help_)
    if not fields.is_sound or prefix is None:
        return None
    return Attachment(prefix, interface, trust, vrf, fields.span("prefix"))


def read_management(node: Fields, defaults: Defaults, findings: Findings) -> Management | None:
    """Return how a device is reached, None when nothing is written (or it is wrong, and the node unsound)."""
    table = node.sub("management")
    if table is None:
        return None
    fields = Fields(table, f"`management` of {node.what}", MANAGEMENT_FIELDS, findings)
    host = fields.text("host", HOST)
    fields.require("host", node.span("management"), "write an address or host name, as in `host: 192.0.2.11`")
    management = Management(
        host=host or "",
        transport=fields.choice("transport", TRANSPORTS) or defaults.transport,
        port=fields.integer("port", 1, 65535) or defaults.port,
        credentials=fields.device_name("credentials") or defaults.credentials,
        host_key=fields.text("host_key", HOST_KEY),
        span=fields.span("host"),
    )
    node.is_sound = node.is_sound and fields.is_sound
    return management if fields.is_sound else None
