"""Taking away what is intentc's: what binds it to ports first, then what refers, then what is referred to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intentc.targetkit.kit import CliNode, DeviceBundle, cli_lines, written_cli

from .document import read_document
from .owned import Owned, Port
from .readback import claimed, wanted_of
from .shapes import PORT, SHAPES

# what refers stands before what is referred to
_ORDER = ("profiles", "pbr_policies", "qos_policies", "pbr_classes", "qos_classes", "lists6", "lists4", "routes")


def removal(expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:  # noqa: ARG001  (of the protocol)
    """Return the lines that take away everything of intentc's in `running`; "" where there is nothing.

    Objects are known by their names. Of the settings without a name those go that `before`, what was written last, has.
    The lines of `expected` put back what stays, in the same session: only so nothing stale is left in it.
    """
    owned = read_document(running).owned
    wanted = Owned() if before is None else wanted_of(before)
    found = claimed(owned, wanted)
    return "".join(f"{text}\n" for text, _ in cli_lines([*_detached(found), *_settings(found), *_objects(found)]))


def _detached(owned: Owned) -> Iterator[CliNode]:
    """Yield the interfaces without what binds objects of ours to them."""
    for port in owned.ports:
        node = written_cli(port, PORT)
        yield CliNode(node.text, [CliNode(_negated(port, child.text)) for child in node.children])


def _negated(port: Port, text: str) -> str:
    return "no bfd interval" if text.startswith("bfd interval ") and port.bfd_ms is not None else f"no {text}"


def _settings(owned: Owned) -> Iterator[CliNode]:
    """Yield the settings that have no name, each taken back where it stands."""
    for label in owned.labels:
        yield CliNode(f"no qos map exp {label.field}")
    if owned.bfd:
        yield CliNode("router bfd", [CliNode("sbfd", [CliNode("no reflector local-discriminator")])])
    for process in owned.processes:
        families = [
            CliNode(f"address-family {family.name} unicast", [CliNode("no fast-reroute ti-lfa mode")])
            for family in process.families
            if family.mode is not None
        ]
        yield CliNode(f"router isis {process.name}", families)


def _objects(owned: Owned) -> Iterator[CliNode]:
    shapes = dict(SHAPES)
    for field in _ORDER:
        for item in getattr(owned, field):
            yield CliNode(f"no {written_cli(item, replace(shapes[field], parts=())).text}")
