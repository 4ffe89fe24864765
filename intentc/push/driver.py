"""What one transport does on one device; it knows nothing of targets, intents or transactions.

`remembered.RememberedSession` makes a `Session` of any driver, the target's own code and what the shared state remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from intentc.plan.promises import Guarantees
from intentc.values import frozen

__all__ = ["Driver", "Guarantees", "Identity"]


@frozen
class Identity:
    """What the device said of itself; "" where it did not. `capabilities` are lines as it sent them, sorted.

    `platform` is a name only if the device's own words leave no doubt which software speaks; whoever asks compares it with what
    it expects there.
    """

    platform: str = ""
    release: str = ""
    hostname: str = ""
    capabilities: tuple[str, ...] = ()


class Driver(Protocol):
    """One open, authenticated connection to one device whose host key was known.

    - Every method raises `SessionError` and nothing else. After `TIMEOUT` or `LOST` it is unknown whether the device did what it
      was asked, and the driver is good for nothing but `close`. Nothing is ever sent twice.
    - What the device refuses is `REFUSED` with its own words (all of them), what others hold is `LOCKED`.
    - An answer that means success is no evidence: whoever asks reads back. The driver adds no reads of its own.
    - `token` names one pending change. It is a secret: who has it can confirm. It is in no text, error or log.
    - `read` gives all that runs, in the form in which the target's own code reads it (XML of `<get-config>`, lines of the CLI).
    - `lock` takes whatever locks the device has and never waits. They are of this connection and end with it at the latest, unless
      `guarantees` say that they last: then they are of `token`, and `unlock` in another connection ends them. Taking them again
      does no harm. Where a device can show `words`, which say who is at work and why, others see them.
    - `stage` begins anew: what was staged and not committed is dropped, then `documents` are put there in their order, and where
      the device can check them it does. Locks must be held. If anything is refused nothing is staged.
    - `commit` makes what is staged run. With `seconds` it is to be confirmed: the device goes back by itself unless `confirm`
      follows in time (a driver whose `guarantees` have no timer commits for good). None commits for good, which also confirms
      what is pending under `token`. `is_further`: a commit under the same token is pending, and its point of return is kept if
      the device can; if it cannot, the timer leads back to the stage before only.
    - `extend` starts the timer anew. What is returned says whether the timer runs (False: the device cannot extend a timer that
      runs; it still runs as before).
    - `confirm` stops the timer, `cancel` goes back now. Both raise `REFUSED` where nothing is pending or `token` is another one,
      if the device notices: some do not.
    - `is_pending` is None where the device does not tell.
    - `close` never waits for the peer.
    """

    @property
    def guarantees(self) -> Guarantees:
        """Return what this transport promises on this device."""

    def identify(self) -> Identity:
        """Return who the device says it is."""

    def read(self) -> str:
        """Return the configuration that runs."""

    def facts(self) -> tuple[str, ...]:
        """Return what else a configuration may rely on, as lines `kind=value` (see `plan.facts`), sorted."""

    def neighbours(self) -> tuple[str, ...]:
        """Return the adjacencies and sessions that are up, sorted; () where the device is not asked (see `guarantees`)."""

    def lock(self, token: str, words: str) -> None:
        """Take the device's locks; raises `LOCKED` with what is known of the holder."""

    def unlock(self, token: str) -> None:
        """Free the locks and drop what was staged."""

    def stage(self, token: str, documents: Sequence[str]) -> None:
        """Put `documents` where they can be committed together, and let the device check them."""

    def commit(self, token: str, seconds: int | None, *, is_further: bool = False) -> None:
        """Make what is staged run."""

    def extend(self, token: str, seconds: int) -> bool:
        """Start the timer anew; return whether it was."""

    def confirm(self, token: str) -> None:
        """Make what was committed stay."""

    def cancel(self, token: str) -> None:
        """Go back now."""

    def is_pending(self, token: str) -> bool | None:
        """Return whether a commit is still to be confirmed on the device."""

    def persist(self) -> None:
        """Make what runs survive a reboot, where that is not done by the commit."""

    def close(self) -> None:
        """End the connection."""
