"""Places without names that intentc needs, and that say something else: whoever wrote that holds them.

So a value that intentc itself wrote earlier, or that somebody changed since, is a holder as well: it is taken away first
(`removal`, with the payload that wrote it), never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import XmlNode

from .owned import REFLECTS, Owned
from .owned_routing import Igp

_Held = tuple[str, str]  # what intentc wants there, and what is there
_OFF = "disable"


def timers_of_others(bfd: XmlNode, wanted: Owned) -> Iterator[_Held]:
    """Yield subinterfaces whose sessions have other timers."""
    for port in wanted.bfd:
        own = {
            "desired-minimum-transmit-interval": str(port.send_us),
            "required-minimum-receive": str(port.receive_us),
            "detection-multiplier": str(port.multiplier),
        }
        for node in (node for node in bfd.all("subinterface") if node.value("id") == port.name):
            for word, value in own.items():
                holds = node.value(word)
                if holds not in {None, value}:
                    yield f"{word} of {port.name}: {value}", f"{word} of {port.name}: {holds}"


def repairs_of_others(instance: XmlNode, wanted: Owned) -> Iterator[_Held]:
    """Yield processes of the IGP that are told of other repairs."""
    for own in (igp for one in wanted.instances if one.name == instance.value("name") for igp in one.igps):
        for node in instance.all("protocols", "isis", "instance"):
            if own.repairs and node.value("name") == own.name:
                for slot, wants, holds in _repairs(own, node):
                    if holds != wants:
                        yield f"{slot} of {own.name}: {wants}", f"{slot} of {own.name}: {holds}"


def _repairs(own: Igp, node: XmlNode) -> Iterator[tuple[str, str, str]]:
    """Yield what a process is told, with what intentc wants; what it is not told is free."""
    asked = (
        (("admin-state",), own.repairs),
        (("ti-lfa", "admin-state"), own.topology_independent),
        (("ti-lfa", "max-sr-policy-lfa-labels"), str(own.most_labels)),
        (("ti-lfa", "node-protect", "admin-state"), own.node_protecting),
        (("remote-lfa", "admin-state"), None),
    )
    for path, wants in asked:
        holds = node.value("loopfree-alternate", *path)
        if holds is not None:
            yield " ".join(("loopfree-alternate", *path)), wants or _OFF, holds


def reserved_by_others(qos: XmlNode, wanted: Owned) -> Iterator[_Held]:
    """Yield buffers of which another part is reserved for flow control."""
    for card in wanted.linecards:
        for node in (node for node in qos.all("linecard") if node.value("slot") == str(card.name)):
            for own in card.complexes:
                for held in (one for one in node.all("forwarding-complex") if one.value("name") == own.name):
                    holds = held.value("input", "pfc-buffer-reservation")
                    if holds not in {None, str(own.reserved_percent)}:
                        slot = f"pfc-buffer-reservation of {card.name}"
                        yield f"{slot}: {own.reserved_percent}", f"{slot}: {holds}"


def pauses_of_others(interface: XmlNode, wanted: Owned) -> Iterator[_Held]:
    """Yield ports that are paused as a whole (IEEE 802.3x): a port has either kind of flow control."""
    for port in wanted.qos_ports:
        is_other = interface.value("ethernet", "flow-control", "receive") == "true"
        if port.is_pausing and port.interface == interface.value("name") and is_other:
            yield f"flow control of {port.name}: {port.pause_mapping}", f"flow control of {port.name}: IEEE 802.3x"


def reflector_of_others(oam: XmlNode, wanted: Owned) -> Iterator[_Held]:
    """Yield the reflector, which a network instance has once, where its description is not intentc's."""
    for own in wanted.reflectors:
        for node in oam.all("stamp", "session-reflector", "network-instance"):
            if node.value("name") == own.name and node.value("description") != REFLECTS:
                slot = f"STAMP reflector of {own.name}"
                yield f"{slot}: {REFLECTS}", f"{slot}: {node.value('description') or 'nobody said whose'}"
