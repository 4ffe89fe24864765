"""What a transaction asks of one device, whatever speaks to it."""

from __future__ import annotations

from typing import Protocol

from intentc.plan.model import Payload, RunningState


class Session(Protocol):
    """An open, authenticated session to one device whose host key was known.

    - Every method raises `SessionError` and nothing else. After `TIMEOUT` or `LOST` it is unknown whether the device did
      what it was asked; the session is useless then, and a new one must be able to find out with `read` and to finish
      with `restore` or `confirm`.
    - `read`, `read_back`, `neighbours` and `validate` change nothing that runs. What they answer is what runs, not what was
      once written.
    - `lock` never waits. It excludes every other transaction, outlives the session, and belongs to `ticket`.
    - `commit` makes a payload run *to be confirmed*: unless `confirm` follows within `seconds`, the device itself goes
      back to what ran when the lock was taken, even when nobody can reach it. A further `commit` starts the timer anew and
      keeps that first point of return.
    - `confirm` stops the timer. It raises `EXPIRED` when the device has gone back already. Repeating it does no harm.
    - `restore` goes back to that point now and stops the timer. Repeating it, or asking with nothing pending, does no
      harm.
    - `persist` makes what runs survive a reboot.
    - `unlock` frees the lock, drops what was staged and not committed, and does no harm without a lock.
    - What the device refuses comes back in its own words (`REFUSED`); an answer that means success is still not evidence:
      the caller reads back.
    """

    @property
    def node(self) -> str:
        """Return the device's name in the topology."""

    def lock(self, ticket: str, owner: str, reason: str) -> None:
        """Take the device's lock; raises `LOCKED` naming the holder and its reason. The holder may take it again."""

    def read(self, wanted: Payload | None = None) -> RunningState:
        """Return what runs of the owned objects, the facts they rely on, and who else holds places that `wanted` needs."""

    def read_back(self) -> RunningState:
        """Return the same without `facts`, which nobody needs while only owned objects change."""

    def neighbours(self) -> tuple[str, ...]:
        """Return the IGP adjacencies and the BFD and BGP sessions that are up, sorted."""

    def validate(self, ticket: str, payload: Payload) -> None:
        """Copy `payload` to the device and let the device check it."""

    def commit(self, ticket: str, seconds: int) -> None:
        """Make the validated payload run, to be confirmed within `seconds`."""

    def extend(self, ticket: str, seconds: int) -> None:
        """Start the timer of a pending commit anew; raises `EXPIRED` when the device has gone back already."""

    def confirm(self, ticket: str) -> None:
        """Make what was committed stay."""

    def restore(self, ticket: str) -> None:
        """Go back to what ran when the lock was taken."""

    def persist(self, ticket: str) -> None:
        """Make what runs survive a reboot."""

    def unlock(self, ticket: str) -> None:
        """Free the lock."""

    def close(self) -> None:
        """End the session; never waits for the peer."""
