"""The owned part of one device's configuration, in the words of its target's own code: what differs, what names it, what to send."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from intentc.plan.changes import empty_config
from intentc.plan.model import Payload
from intentc.push.trouble import SessionError, Trouble
from intentc.render.model import DeviceBundle
from intentc.targetkit.kit import Difference, HeldPlaces, Removing, TargetCode


class OwnedCode(TargetCode, HeldPlaces, Removing, Protocol):
    """What the code of a target must offer for devices that keep no copy of what they were given."""


@dataclass(frozen=True)
class OwnedPart:
    """The owned part of the devices of one target. Configurations are texts as the device gives them, payloads what was rendered."""

    target: str
    transport: str
    code: OwnedCode

    def drift(self, node: str, running: str, given: Payload | None) -> tuple[str, ...]:
        """Return how what runs differs in meaning from `given`, as lines of a diff."""
        bundle = self.bundle(node, given)
        with _readable():
            found = self.code.differences(bundle, running)
        return tuple(
            f"{sign}{one.artefact}: {words}"
            for one in found
            for sign, words in (("-", one.expected), ("+", one.running))
            if words
        )

    def lines(self, node: str, running: str) -> tuple[str, ...]:
        """Return all that runs under intentc's name, one object or number a line, sorted."""
        return tuple(sorted(line.removeprefix("+") for line in self.drift(node, running, None)))

    def digest(self, node: str, running: str, given: Payload | None) -> str:
        """Return what names the owned part: what bears our names, and what differs from `given` where nothing bears a name.

        Counters, lines of others, order and spelling are not in it.
        """
        lines = [*self.lines(node, running), "", *sorted(self.drift(node, running, given))]
        return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def check_free(self, node: str, running: str, wanted: Payload, given: Payload | None) -> None:
        """Raise `FOREIGN`, naming place and holder, where somebody else holds what `wanted` needs."""
        bundle = self.bundle(node, wanted)
        with _readable():
            held = set(self.code.foreign(bundle, running))
            # What bears no name is told from that of others by what we gave: it may be us who hold the place.
            held -= {mine for text in _texts(given) for mine in self.code.foreign(bundle, text)}
        if held:
            raise SessionError(Trouble.FOREIGN, _held(sorted(held)))

    def documents(self, node: str, running: str, wanted: Payload, given: Payload | None) -> tuple[str, ...]:
        """Return what makes the device be as `wanted`, in the order of sending: what leaves, then what comes. `given` was before."""
        before = None if given is None else self.bundle(node, given)
        with _readable():
            gone = self.code.removal(self.bundle(node, wanted), running, before)
        return tuple(text for text in (gone, *_texts(wanted)) if text)

    def bundle(self, node: str, payload: Payload | None) -> DeviceBundle:
        """Return a payload as the target's code takes it."""
        config, files = (empty_config(node, "", ""), ()) if payload is None else (payload.config, payload.files)
        return DeviceBundle(node, self.target, self.transport, config, files, ())


def empty_payload(node: str) -> Payload:
    """Return the payload of a device on which intentc owns nothing."""
    return Payload(empty_config(node, "", ""), ())


def _texts(payload: Payload | None) -> tuple[str, ...]:
    return () if payload is None else tuple(payload.texts.values())


def _held(found: list[Difference]) -> str:
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"somebody else holds what the configuration needs: {first.expected} is held by `{first.running}`{more}"


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise SessionError(Trouble.MISMATCH, f"its configuration cannot be read: {reason}") from error
