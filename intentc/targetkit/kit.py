"""All that a target's own code may import: the values it turns into text, and the Protocol that it implements."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from intentc.ir.model import (
    AlgorithmPolicy,
    BfdPort,
    BfdReflector,
    CountRule,
    DeviceConfig,
    EdgePort,
    FenceRule,
    Fleet,
    IsolationRule,
    MarkRule,
    Meter,
    Origin,
    PausePort,
    PolicySteerRule,
    PortQueueing,
    Probe,
    ProbeReflector,
    Queue,
    RepairPort,
    SrCandidate,
    SrList,
    SrPolicy,
    SrSegment,
    SteerRule,
    Stream,
    SwitchRule,
    WireEnd,
)
from intentc.render.model import DeviceBundle
from intentc.resolve.model import Flow, TrafficClass
from intentc.targetkit.difference import Difference
from intentc.targetkit.link_shares import control_bps, do_guarantees_fit, shares, strict_caps
from intentc.targetkit.network_traffic import from_routers, to_routers
from intentc.targetkit.numbering import numbers_for
from intentc.targetkit.packet_bundles import PacketBundle, bundled
from intentc.targetkit.packet_sets import EVERYTHING, PacketRule, PacketSet, decide_packets, joined, meet
from intentc.targetkit.plain import plain_address, plain_network
from intentc.targetkit.screen import FilteringPort, Screen, ScreenEntry, ScreenReader, screens_of
from intentc.targetkit.treatment import Treatment, TreatmentReader
from intentc.values import frozen, ordered

if TYPE_CHECKING:
    from intentc.targetkit.cli_changes import CliModel, CliSection, Found, Held
    from intentc.targetkit.cli_cisco import read_cisco
    from intentc.targetkit.cli_documents import TypedDocuments
    from intentc.targetkit.cli_parts import CliEnd, CliHere, CliKinds, CliWithin, CliWords
    from intentc.targetkit.cli_shape import (
        CliBlocks,
        CliEach,
        CliFlag,
        CliLine,
        CliReading,
        CliShape,
        written_cli,
    )
    from intentc.targetkit.cli_tree import CliError, CliNode, cli_lines, has_end, parse_cli
    from intentc.targetkit.dscp_words import DSCP
    from intentc.targetkit.xml_edit import edited, is_gone
    from intentc.targetkit.xml_readback import XmlReadback, name_of
    from intentc.targetkit.xml_reading import XmlError, XmlNode, parse_xml, xml_text
    from intentc.targetkit.xml_sections import NETCONF, NamedElements, Section, nested
    from intentc.targetkit.xml_shape import (
        NUMBER,
        TEXT,
        Flag,
        Items,
        Kind,
        Leaf,
        Many,
        Path,
        Reading,
        Shape,
        Written,
        flat,
        written,
    )


__all__ = [
    "DSCP",
    "EVERYTHING",
    "NETCONF",
    "NUMBER",
    "TEXT",
    "AlgorithmPolicy",
    "Artefact",
    "BfdPort",
    "BfdReflector",
    "ChangingLines",
    "CliBlocks",
    "CliEach",
    "CliEnd",
    "CliError",
    "CliFlag",
    "CliHere",
    "CliKinds",
    "CliLine",
    "CliModel",
    "CliNode",
    "CliReading",
    "CliSection",
    "CliShape",
    "CliWithin",
    "CliWords",
    "CommandLine",
    "CountRule",
    "DeviceBundle",
    "DeviceConfig",
    "Difference",
    "EdgePort",
    "FenceRule",
    "FilteringPort",
    "Flag",
    "Fleet",
    "Flow",
    "Found",
    "Held",
    "HeldPlaces",
    "IsolationRule",
    "Items",
    "Kind",
    "Leaf",
    "Line",
    "Many",
    "MarkRule",
    "Meter",
    "NamedElements",
    "Obstacle",
    "Origin",
    "PacketBundle",
    "PacketRule",
    "PacketSet",
    "Path",
    "PausePort",
    "PolicySteerRule",
    "PortQueueing",
    "Probe",
    "ProbeReflector",
    "Queue",
    "Reading",
    "Removing",
    "RepairPort",
    "Screen",
    "ScreenEntry",
    "ScreenReader",
    "Section",
    "Shape",
    "SrCandidate",
    "SrList",
    "SrPolicy",
    "SrSegment",
    "SteerRule",
    "Stream",
    "SwitchRule",
    "TargetCode",
    "TrafficClass",
    "Treatment",
    "TreatmentReader",
    "TypedDocuments",
    "WireEnd",
    "Written",
    "XmlError",
    "XmlNode",
    "XmlReadback",
    "bundled",
    "cli_lines",
    "control_bps",
    "decide_packets",
    "do_guarantees_fit",
    "edited",
    "flat",
    "from_routers",
    "has_end",
    "is_gone",
    "joined",
    "meet",
    "name_of",
    "nested",
    "numbers_for",
    "parse_cli",
    "parse_xml",
    "plain_address",
    "plain_network",
    "read_cisco",
    "screens_of",
    "shares",
    "strict_caps",
    "to_routers",
    "written",
    "written_cli",
    "xml_text",
]

_READING: tuple[str, ...] = (
    "cli_tree",
    "cli_shape",
    "xml_reading",
    "xml_shape",
    "xml_sections",
    "xml_readback",
    "dscp_words",
)
_READING += (
    "cli_parts",
    "cli_changes",
    "cli_cisco",
    "cli_documents",
    "xml_edit",
)  # of command lines beside NETCONF only


def __getattr__(name: str) -> object:
    """Return what serves to read devices back; imported by the first target that asks for it: start-up."""
    if name in __all__:
        for module in _READING:
            found = importlib.import_module(f"intentc.targetkit.{module}")
            if name in vars(found):
                return vars(found)[name]
    raise AttributeError(f"the kit has no {name}")


@frozen
class Line:
    """One line of configuration, and who asked for it (None: it belongs to the frame, and may be several lines)."""

    text: str
    origin: Origin | None = None


@frozen
class Artefact:
    """One file to render: its name in the device's folder, its template in the target's, and the value it shows as `view`."""

    file: str
    template: str
    view: object


@ordered
class Obstacle:
    """Something that a device cannot be given, which only its own code can tell: what, why not, and what would do it."""

    block: str
    reason: str
    instead: str
    origin: Origin


class TargetCode(Protocol):
    """What the code of a target offers (the functions of its package).

    - Both functions are pure: same arguments, same result; no input or output.
    - `artefacts` decides everything; templates only loop and test for presence. Files that the device does not need are
      left out. Text of users (names, titles) is not in the IR's names and must not be taken from anywhere else.
    - Items that the target cannot express were refused before (`check_capabilities`); meeting one is a bug: raise.
    - A target whose devices have bounds that no data says offers `obstacles(config, fleet)` as well: what it returns is refused
      (E0610) before `artefacts` is asked.
    - `differences` compares by meaning, not by text: spelling, order and units of the device's own output do not count,
      every number does. `running` is the owned state as the device's read-back prints it.
    """

    def artefacts(self, config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
        """Return the files of one device; `fleet` gives the facts (loopbacks, classes, router addresses)."""

    def differences(self, expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
        """Return where the running owned state is not the expected one, sorted."""


class HeldPlaces(Protocol):
    """What the code of a target offers besides, where the device itself does not refuse to take what somebody else holds.

    On such a device what intentc writes would lose against the configuration of others, or merge with it, silently.
    """

    def foreign(self, expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
        """Return the places that `expected` needs and others hold, sorted: `expected` names the place, `running` its holder.

        Pure, like the functions of `TargetCode`. `running` is the whole configuration of the device; raises `ValueError` for
        what is none.
        """


class Removing(Protocol):
    """What the code of a target offers besides, where its payload alone does not make a device as it should be: it only adds.

    Devices that keep nothing of what they were given are told what to give up by comparing what runs with what shall be.
    """

    def removal(self, expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:
        """Return the document that takes away what runs of intentc's and `expected` no longer has; "" where there is nothing.

        What `expected` has again may be in it too, where its payload puts that back in the same change. Pure, like the functions of
        `TargetCode`. It goes to the device before the payload of `expected`, in the same change:
        what binds objects to ports is taken away before the objects. An `expected` without files takes everything of
        intentc's away. What bears no name of intentc's is in it only as far as `before`, what was given last, had it; what is
        foreign never is. `running` is the whole configuration of the device; raises `ValueError` for what is none.
        """


class CommandLine(Protocol):
    """What the module `commands` of a target offers whose devices can also be configured by typing (`[roads.ssh]` in its data).

    The payload stays what it is, and so does all that reads it: only at the border to the device it becomes lines, and what the
    device prints becomes the document that the target's other functions take. Both functions are pure, and raise `ValueError` for
    what they do not know: nothing is guessed.
    """

    @property
    def READ(self) -> str:  # noqa: N802  (a constant of a module)
        """Return the command that shows the whole configuration that runs."""

    def commands(self, payload: str) -> tuple[str, ...]:
        """Return the lines that, typed in configuration mode, do what an `<edit-config>` with `payload` does.

        Operations (`nc:operation` remove, delete, replace) included, and never a line of somebody else's. Text reaches a line only
        in forms that the target's own `escape` accepts.
        """

    def configuration(self, answer: str) -> str:
        """Return what the device prints for `READ` as the document that the target's functions take as `running`.

        What `commands` gave has become the payload again; of others everything is in it that `foreign` looks at.
        """


class ChangingLines(Protocol):
    """What the module `commands` of a target offers instead where lines depend on what runs: they change it, whatever it is.

    Both functions are pure, and raise `ValueError` for what they do not know.
    """

    @property
    def READ(self) -> str:  # noqa: N802  (a constant of a module)
        """Return the command that shows the whole configuration that runs."""

    def changes(self, documents: Sequence[str], answer: str) -> tuple[str, ...]:
        """Return the lines that do what `<edit-config>`s with `documents`, one after the other, would do to what runs.

        `answer` is what the device prints for `READ`. Only what differs is in them, and never a line of somebody else's.
        """

    def configuration(self, answer: str) -> str:
        """Return what the device prints for `READ` as the document that the target's functions take as `running`."""
