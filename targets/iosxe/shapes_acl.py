"""Where access lists stand in the configuration: elements as in Cisco's published model (`Cisco-IOS-XE-acl`, 17.18)."""

from __future__ import annotations

from intentc.targetkit.kit import DSCP, NUMBER, Flag, Items, Kind, Leaf, Shape

from . import owned
from .words import PORT, PROTOCOL4, PROTOCOL6

_RULE = "ace-rule"


def _side(name: str, words: tuple[str, str, str, str | None, str]) -> tuple[Leaf | Flag, ...]:
    """Return the leaves of one side of an entry, which stand beside those of the other one.

    The words are those for all addresses, a host, a prefix and its mask (None: it has none), and what those of ports begin with.
    """
    any_, host, prefix, mask, ports = words
    return (
        Flag(f"is_{name}_any", (_RULE, any_)),
        Leaf(f"{name}_host", (_RULE, host)),
        Leaf(f"{name}_prefix", (_RULE, prefix)),
        *(() if mask is None else (Leaf(f"{name}_mask", (_RULE, mask)),)),
        Leaf(f"{name}_port", (_RULE, f"{ports}-eq"), PORT),
        Leaf(f"{name}_first", (_RULE, f"{ports}-range1"), PORT),
        Leaf(f"{name}_last", (_RULE, f"{ports}-range2"), PORT),
    )


def _access_list(protocol: Kind, source: tuple[Leaf | Flag, ...], destination: tuple[Leaf | Flag, ...]) -> Shape:
    message = () if protocol is PROTOCOL4 else (Leaf("message", (_RULE, "named-msg-type")),)
    entry = Shape(
        owned.Entry,
        (
            Leaf("number", ("sequence",), NUMBER),
            Leaf("action", (_RULE, "action")),
            Leaf("protocol", (_RULE, "protocol"), protocol),
            *source,
            *destination,
            Leaf("dscp", (_RULE, "dscp"), DSCP),
            *message,
        ),
    )
    return Shape(owned.AccessList, (Leaf("name", ("name",)), Items("entries", ("access-list-seq-rule",), entry)))


LIST4 = _access_list(
    PROTOCOL4,
    _side("from", ("any", "host-address", "ipv4-address", "mask", "src")),
    _side("to", ("dst-any", "dst-host-address", "dest-ipv4-address", "dest-mask", "dst")),
)
LIST6 = _access_list(
    PROTOCOL6,
    _side("from", ("any", "source-host", "source-prefix", None, "src")),
    _side("to", ("destination-any", "destination-host", "destination-prefix", None, "dst")),
)
