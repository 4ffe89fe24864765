"""The owned part of one device's configuration, in the words of its target's own code: what differs, what names it, what to send."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from intentc.plan.changes import empty_config
from intentc.plan.model import Payload
from intentc.push.prior import Places, Prior, places_of, priors_at
from intentc.push.trouble import SessionError, Trouble
from intentc.render.model import DeviceBundle, RenderedFile
from intentc.targetkit.kit import HeldPlaces, Removing, TargetCode
from intentc.values import frozen


class OwnedCode(TargetCode, HeldPlaces, Removing, Protocol):
    """What the code of a target must offer for devices that keep no copy of what they were given."""


@frozen
class OwnedPart:
    """The owned part of the devices of one target. Configurations are texts as the device gives them, payloads what was rendered."""

    target: str
    transport: str
    code: OwnedCode

    def look(self, node: str, running: str) -> Look:
        """Return what there is to say of a configuration that was read."""
        return Look(self, node, running)

    def bundle(self, node: str, payload: Payload | None) -> DeviceBundle:
        """Return a payload as the target's code takes it."""
        config, files = (empty_config(node, "", ""), ()) if payload is None else (payload.config, payload.files)
        return DeviceBundle(node, self.target, self.transport, config, files, ())

    def unmarked(self, node: str, payload: Payload | None) -> Places:
        """Return the places without a name of ours that `payload` sets: what is taken away of it only because it was given."""
        if payload is None or not payload.files:
            return {}
        given, nothing = self.bundle(node, payload), self.bundle(node, None)
        text = "".join(payload.texts.values())
        all_ = places_of(self.code.removal(nothing, text, given))
        named = places_of(self.code.removal(nothing, text)) if all_ else {}
        return {name: place for name, place in all_.items() if name not in named}


class Look:
    """One configuration that was read; nothing is worked out twice, for that is what costs most."""

    def __init__(self, owned: OwnedPart, node: str, running: str) -> None:
        self._owned = owned
        self._node = node
        self._running = running
        self._drifts: dict[tuple[RenderedFile, ...], tuple[str, ...]] = {}

    def drift(self, given: Payload | None) -> tuple[str, ...]:
        """Return how what runs differs in meaning from `given`, as lines of a diff."""
        files = () if given is None else given.files
        if files not in self._drifts:
            self._drifts[files] = self._differences(given)
        return self._drifts[files]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all that runs under intentc's name, one object or number a line, sorted."""
        return tuple(sorted(line.removeprefix("+") for line in self.drift(None)))

    def digest(self, given: Payload | None) -> str:
        """Return what names the owned part: what bears our names, and what differs from `given` where nothing bears a name.

        Counters, lines of others, order and spelling are not in it.
        """
        lines = [*self.lines, "", *sorted(self.drift(given))]
        return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def check_free(self, wanted: Payload, given: Payload | None) -> None:
        """Raise `FOREIGN`, naming place and holder, where somebody else holds what `wanted` needs."""
        found = self.held(wanted, given)
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise SessionError(Trouble.FOREIGN, f"somebody else holds what the configuration needs: {found[0]}{more}")

    def held(self, wanted: Payload, given: Payload | None) -> tuple[str, ...]:
        """Return, in words, the places that `wanted` needs and somebody else holds, sorted; `given` is what was given last."""
        bundle, code = self._owned.bundle(self._node, wanted), self._owned.code
        with _readable():
            held = set(code.foreign(bundle, self._running))
            # What bears no name is told from that of others by what we gave: it may be us who hold the place.
            held -= {mine for text in _texts(given) if held for mine in code.foreign(bundle, text)}
        return tuple(f"{one.expected} is held by `{one.running}`" for one in sorted(held))

    def documents(self, wanted: Payload, given: Payload | None, priors: Sequence[Prior] = ()) -> tuple[str, ...]:
        """Return what makes the device be as `wanted`, in the order of sending: what leaves, what was there before us, what comes.

        `given` was before. Of `priors` that is put back whose place is taken away, or given up and empty.
        """
        before = None if given is None else self._owned.bundle(self._node, given)
        with _readable():
            gone = self._owned.code.removal(self._owned.bundle(self._node, wanted), self._running, before)
            emptied = {*places_of(gone), *(one.place for one in self.lost(priors, given, wanted))} if priors else set()
        again = (prior.document for prior in priors if prior.place in emptied)
        return tuple(text for text in (gone, *again, *_texts(wanted)) if text)

    def priors(self, wanted: Payload, given: Payload | None, known: Sequence[Prior]) -> tuple[Prior, ...]:
        """Return what stood before us in the places without a name that `given` or `wanted` sets, sorted.

        Of those that `given` has it is `known`; the others have it now. What counts as ours, by a number, was nobody's before.
        """
        with _readable():
            ours = self._owned.unmarked(self._node, given)
        fresh = self._theirs(self._given_up(wanted, given))
        return tuple(sorted((*(prior for prior in known if prior.place in ours), *fresh)))

    def lost(self, priors: Sequence[Prior], left: Payload | None, now: Payload | None) -> tuple[Prior, ...]:
        """Return which of `priors` does not stand in its place, of those that `left` set and `now` does not."""
        if not priors:
            return ()
        free = self._given_up(left, now)
        there = {prior.place for prior in self._theirs(free)}
        return tuple(prior for prior in priors if prior.place in free.keys() - there)

    def has_back(self, priors: Sequence[Prior], left: Payload | None, now: Payload | None) -> bool:
        """Return whether all places that `left` set and `now` does not have what `priors` say, and nothing else."""
        free = self._given_up(left, now)
        return self._theirs(free) == tuple(prior for prior in sorted(priors) if prior.place in free)

    def _theirs(self, places: Places) -> tuple[Prior, ...]:
        """Return what stands in `places`, but for what counts as ours by its number."""
        with _readable():
            found = priors_at(self._running, places)
        return tuple(prior for prior in found if not self._owned.look(self._node, prior.whole).lines)

    def _given_up(self, left: Payload | None, now: Payload | None) -> Places:
        """Return the places without a name that `left` sets and `now` does not."""
        with _readable():
            places, kept = self._owned.unmarked(self._node, left), self._owned.unmarked(self._node, now)
        return {name: place for name, place in places.items() if name not in kept}

    def _differences(self, given: Payload | None) -> tuple[str, ...]:
        with _readable():
            found = self._owned.code.differences(self._owned.bundle(self._node, given), self._running)
        return tuple(
            f"{sign}{one.artefact}: {words}"
            for one in found
            for sign, words in (("-", one.expected), ("+", one.running))
            if words
        )


def empty_payload(node: str) -> Payload:
    """Return the payload of a device on which intentc owns nothing."""
    return Payload(empty_config(node, "", ""), ())


def _texts(payload: Payload | None) -> tuple[str, ...]:
    return () if payload is None else tuple(payload.texts.values())


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise SessionError(Trouble.MISMATCH, f"its configuration cannot be read: {reason}") from error
