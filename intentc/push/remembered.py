"""Sessions to devices that keep no copy of what they were given: any driver, the target's own code, and the shared memory.

INVARIANT: whatever makes a device change is in the memory, on disk, before it is sent; whatever a device says it did is looked at.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import replace

from intentc.inventory.model import Device
from intentc.plan.model import Payload, RunningState
from intentc.push.driver import Driver
from intentc.push.memory import Lease, Memory, Pending, Remembered, free, take
from intentc.push.owned import Look, OwnedPart, empty_payload
from intentc.push.prior import Prior
from intentc.push.trouble import SessionError, Trouble
from intentc.values import frozen


@frozen
class _Staged:
    """What was staged, what stood before us where it has no names, and the digest of what ran then, if that is the point of return."""

    payload: Payload
    origin: str
    priors: tuple[Prior, ...]


class RememberedSession:
    """The session protocol over a driver. Whether a change is pending is what the memory says and what runs bears out."""

    def __init__(self, device: Device, driver: Driver, owned: OwnedPart, memory: Memory) -> None:
        self._device = device
        self._driver = driver
        self._owned = owned
        self._memory = memory
        self._staged: _Staged | None = None

    @property
    def node(self) -> str:
        """Return the device's name in the topology."""
        return self._device.node

    def lock(self, ticket: str, owner: str, reason: str) -> None:
        """Take the lease in the shared state, then the device's own locks (they cannot be had while a change of ours is pending)."""
        lease = Lease(ticket, owner, reason, dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"))
        found = take(self._memory, self.node, lease)
        if found.pending is not None:
            return
        try:
            self._driver.lock(ticket, f"{owner}: {reason}")
        except SessionError as error:
            if not error.is_transient and found.lease == lease:
                free(self._memory, self.node, ticket)
            raise

    def read(self, wanted: Payload | None = None) -> RunningState:
        """Return what runs, and the facts."""
        identity = self._driver.identify()
        told = (f"release={identity.release}", f"hostname={identity.hostname}")
        look = self._look()
        state = self._state(look)
        return replace(
            state,
            held=look.held(wanted, state.given) if wanted is not None else (),
            platform=identity.platform or self._device.platform,
            release=identity.release,
            facts=tuple(sorted({*self._driver.facts(), *(fact for fact in told if not fact.endswith("="))})),
        )

    def read_back(self) -> RunningState:
        """Return what runs. While a change is pending it is that which counts as given, unless the device has gone back."""
        return self._state(self._look())

    def _state(self, look: Look) -> RunningState:
        found = self._memory.read(self.node)
        given, is_pending = self._standing(look, found)
        lost = look.lost(found.pending.priors, found.pending.before, given) if found.pending and is_pending else ()
        return RunningState(
            node=self.node,
            platform="",
            release="",
            given=given,
            digest=look.digest(given),
            text="".join(f"{line}\n" for line in look.lines),
            drift=(*look.drift(given), *(f"-before intentc: {prior.place}" for prior in lost)),
            is_pending=is_pending,
            transport=self._owned.transport,
            promises=self._driver.guarantees,
        )

    def neighbours(self) -> tuple[str, ...]:
        """Return who is up."""
        return self._driver.neighbours()

    def validate(self, ticket: str, payload: Payload) -> None:
        """Stage what leaves and what comes, in this order, for one commit, and let the device check it."""
        found = self._mine(ticket)
        look = self._look()
        last = found.pending
        given, known = (found.given, found.priors) if last is None else (last.payload, last.priors)
        look.check_free(payload, given)
        self._lock_again(found)
        priors = look.priors(payload, given, known)
        self._driver.stage(ticket, look.documents(payload, given, priors))
        self._staged = _Staged(payload, look.digest(found.given) if last is None else "", priors)

    def commit(self, ticket: str, seconds: int) -> None:
        """Make what was staged run, to be confirmed; the point of return stays that of the first commit."""
        found, staged = self._mine(ticket), self._staged
        if staged is None:
            raise SessionError(Trouble.REFUSED, "nothing is staged on it in this session")
        is_guarded = self._driver.guarantees.has_timer
        first = found.pending or Pending(ticket, staged.payload, found.given, staged.origin, 0.0, is_guarded)
        pending = replace(
            first,
            payload=staged.payload,
            ends_at=time.time() + seconds,
            is_armed=is_guarded,
            priors=_all(first.priors, staged.priors),
        )
        self._remember(replace(found, pending=pending))
        self._staged = None
        asked = seconds if is_guarded else None
        self._driver.commit(ticket, asked, is_further=found.pending is not None)
        self._remember(replace(found, pending=replace(pending, ends_at=time.time() + seconds)))

    def extend(self, ticket: str, seconds: int) -> None:
        """Start the timer anew, if what was committed still runs.

        Where the device cannot, its timer goes on as long as half of the time is left; then what was committed is confirmed, and only
        intentc can take it back from there.
        """
        found, pending = self._awaited(ticket)
        if not pending.is_armed:
            return
        if self._driver.extend(ticket, seconds):
            self._remember(replace(found, pending=replace(pending, ends_at=time.time() + seconds)))
        elif pending.ends_at - time.time() < seconds / 2:
            self._remember(replace(found, pending=replace(pending, is_armed=False)))
            self._driver.confirm(ticket)

    def confirm(self, ticket: str) -> None:
        """Make what was committed stay; evidence is what runs before and after, for a device may say yes when it is too late."""
        remembered = self._memory.read(self.node)
        if remembered.confirmed == ticket and remembered.pending is None:
            self._check_stayed(remembered)
            return
        found, pending = self._awaited(ticket)
        if pending.is_armed:
            self._stop_timer(pending)
            self._awaited(ticket)
        given = _nothing_is_none(pending.payload)
        self._remember(
            replace(found, given=given, pending=None, confirmed=ticket, replaced=pending.before, priors=pending.priors)
        )

    def restore(self, ticket: str) -> None:
        """Go back: by the device's own means where it has some, and where that did not do it, by the inverse of what is owned."""
        found = self._memory.read(self.node)
        pending = found.pending
        if pending is None or pending.ticket != ticket:
            return
        if pending.is_armed:
            try:
                self._driver.cancel(ticket)
            except SessionError as error:
                if error.is_transient:
                    raise
        look = self._look()
        if not _is_origin(look, pending):
            self._undo(ticket, pending, look)
        self._remember(replace(found, given=pending.before, pending=None))

    def persist(self, ticket: str) -> None:
        """Make what runs survive a reboot."""
        self._mine(ticket)
        self._driver.persist()

    def unlock(self, ticket: str) -> None:
        """Free the device's locks, then the lease."""
        self._staged = None
        try:
            self._driver.unlock(ticket)
        except SessionError as error:
            if error.is_transient or self._driver.guarantees.has_lasting_lock:
                raise
        free(self._memory, self.node, ticket)

    def close(self) -> None:
        """End the connection."""
        self._driver.close()

    def _look(self) -> Look:
        return self._owned.look(self.node, self._driver.read())

    def _check_stayed(self, found: Remembered) -> None:
        """Raise `EXPIRED` when a device that confirmed runs what was replaced: it started anew before that was saved."""
        look = self._look()
        if not look.drift(found.given):
            return
        if not look.drift(found.replaced):
            self._remember(replace(found, given=found.replaced, confirmed="", replaced=None))
        raise SessionError(Trouble.EXPIRED, "it confirmed, but runs something else since")

    @staticmethod
    def _standing(look: Look, found: Remembered) -> tuple[Payload | None, bool]:
        """Return what counts as given, and whether it is still to be confirmed."""
        pending = found.pending
        if pending is None:
            return found.given, False
        if time.time() >= pending.ends_at and _is_back(look, pending):
            return pending.before, False
        return pending.payload, True

    def _awaited(self, ticket: str) -> tuple[Remembered, Pending]:
        """Return what is pending under `ticket`; raise `EXPIRED` when it does not run any more, or nothing is."""
        found = self._memory.read(self.node)
        pending = found.pending
        if pending is None or pending.ticket != ticket:
            raise SessionError(Trouble.EXPIRED, "nothing is pending on it any more")
        if _is_back(self._look(), pending):
            self._remember(replace(found, given=pending.before, pending=None))
            raise SessionError(Trouble.EXPIRED, "it has gone back by itself already")
        return found, pending

    def _stop_timer(self, pending: Pending) -> None:
        """Confirm; a refusal is fine where nothing is pending any more: an answer to an earlier try was lost."""
        try:
            self._driver.confirm(pending.ticket)
        except SessionError as error:
            may_run = time.time() < pending.ends_at and self._driver.is_pending(pending.ticket) is not False
            if error.trouble is not Trouble.REFUSED or may_run:
                raise
        else:
            if self._driver.is_pending(pending.ticket):
                raise SessionError(
                    Trouble.MISMATCH, "it said that the new configuration stays, but its timer still runs"
                )

    def _undo(self, ticket: str, pending: Pending, look: Look) -> None:
        """Apply the inverse of what is owned, for good; raise `MISMATCH` unless that brings back what ran."""
        goal = pending.before or empty_payload(self.node)
        self._lock_again(self._memory.read(self.node))
        self._driver.stage(ticket, look.documents(goal, pending.payload, pending.priors))
        self._driver.commit(ticket, None)
        if not _is_origin(self._look(), pending):
            raise SessionError(Trouble.MISMATCH, "what ran before was put back, but it runs something else")

    def _lock_again(self, found: Remembered) -> None:
        """Take the device's locks in this connection too, in the same words."""
        if found.lease is not None:
            self._driver.lock(found.lease.ticket, f"{found.lease.owner}: {found.lease.reason}")

    def _mine(self, ticket: str) -> Remembered:
        found = self._memory.read(self.node)
        if found.lease is None or found.lease.ticket != ticket:
            raise SessionError(Trouble.REFUSED, "its lease in the shared state is not this transaction's any more")
        return found

    def _remember(self, remembered: Remembered) -> None:
        with self._memory.alone(self.node):
            self._memory.write(remembered)


def _is_back(look: Look, pending: Pending) -> bool:
    """Return whether what runs is the point of return, and not also what was committed."""
    return bool(look.drift(pending.payload)) and _is_origin(look, pending)


def _is_origin(look: Look, pending: Pending) -> bool:
    """Return whether what runs is the point of return, with what stood before us in places without a name."""
    has_back = look.has_back(pending.priors, pending.payload, pending.before)
    return look.digest(pending.before) == pending.origin and has_back


def _all(earlier: Sequence[Prior], later: Sequence[Prior]) -> tuple[Prior, ...]:
    """Return what is known of each place, by the later where both know it."""
    return tuple(sorted({prior.place: prior for prior in (*earlier, *later)}.values()))


def _nothing_is_none(payload: Payload) -> Payload | None:
    """Nothing of ours is really nothing: then it is forgotten that there ever was something."""
    return payload if payload.files else None
