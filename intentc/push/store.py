"""The state store: one directory per transaction (plan and journal), and a lease that only one process can hold.

    STATE/lease                        who is at work (locked with flock: a dead owner holds nothing)
    STATE/transactions/ID/plan.json    the plan as it was carried out
    STATE/transactions/ID/journal      what was done, line by line

History is what the journals say: nothing is written twice, so nothing can disagree after a crash. With a `Shared` place this
directory is the mirror of one, and a record is written once it is there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from intentc.diagnostics import Diagnostic
from intentc.plan.file import PlanFileError, decode_plan, plan_text
from intentc.plan.model import Plan
from intentc.push.holder import Holder, held
from intentc.push.journal import Journal, Opening, Story, read_journal
from intentc.push.refusal import RefusalError
from intentc.push.shared import Shared, unusable
from intentc.values import frozen

__all__ = ["Holder", "Store", "Transaction", "new_id", "new_ticket"]


@frozen
class Transaction:
    """One transaction of the store."""

    id: str
    directory: Path
    story: Story
    publish: Callable[[str], None] | None = None

    def plan(self) -> Plan:
        """Return the plan that was carried out; raises `RefusalError` when it cannot be read."""
        path = self.directory / "plan.json"
        try:
            return decode_plan(path.read_text(encoding="utf-8"))
        except (OSError, PlanFileError) as error:
            raise RefusalError(_unreadable(path, str(error))) from error

    def journal(self) -> Journal:
        """Return the journal, open for further records; raises `RefusalError` when it cannot be written."""
        try:
            return Journal(self.directory / "journal", publish=self.publish)
        except OSError as error:
            raise RefusalError(_unwritable(self.directory, error)) from error


class Store:
    """The state directory; created when something is first written to it, readable by its owner only."""

    def __init__(self, root: Path, shared: Shared | None = None) -> None:
        self.root = root
        self._shared = shared

    @contextlib.contextmanager
    def lease(self, holder: Holder) -> Iterator[None]:
        """Hold the lease; raises `RefusalError` naming who holds it. A holder that died holds nothing."""
        descriptor = self._open_lease()
        try:
            _take(descriptor)
            self._sign(descriptor, holder)
            try:
                with self._shared_lease(holder):
                    yield
            finally:
                with contextlib.suppress(OSError):  # only a note for others: the lease itself ends with the lock
                    _rewrite(descriptor, b"")
        finally:
            os.close(descriptor)

    def refresh(self) -> None:
        """Make the directory like the shared place it mirrors, to read it; nothing is done while a process here is at work."""
        if self._shared is None:
            return
        descriptor = self._open_lease()
        try:
            _take(descriptor)
            self._shared.fetch(self.root)
        except RefusalError:
            return  # whoever is at work keeps the two alike
        except OSError as error:
            raise unusable(self._shared.words, error) from error
        finally:
            os.close(descriptor)

    def begin(self, opening: Opening, plan: Plan) -> Journal:
        """Write plan and journal of a new transaction to disk and return the journal."""
        directory = self._directory(opening.id)
        self._make(directory)
        try:
            _write_synced(directory / "plan.json", plan_text(plan, opening.plan_hash))
            return Journal(directory / "journal", opening, publish=self._publisher())
        except OSError as error:
            raise RefusalError(_unwritable(directory, error)) from error

    def publish(self, note: str) -> None:
        """Make what was written known where other machines look; raises `RefusalError`. The lease must be held."""
        if self._shared is None:
            return
        try:
            self._shared.publish(self.root, note)
        except OSError as error:
            raise unusable(self._shared.words, error) from error

    def transactions(self) -> tuple[Transaction, ...]:
        """Return all transactions that were begun, oldest first; raises `RefusalError` for what cannot be read."""
        folder = self.root / "transactions"
        try:
            directories = sorted(folder.iterdir()) if folder.is_dir() else []
            found = [_transaction(directory, self._publisher()) for directory in directories]
        except OSError as error:
            raise RefusalError(_unreadable(Path(error.filename or folder), error.strerror or str(error))) from error
        return tuple(item for item in found if item is not None)

    def unfinished(self) -> tuple[Transaction, ...]:
        """Return the transactions of which something may be pending on a device."""
        return tuple(item for item in self.transactions() if not item.story.is_ended)

    @contextlib.contextmanager
    def _shared_lease(self, holder: Holder) -> Iterator[None]:
        """Hold the lease that other machines see; one that cannot be given back is shown to who wants it, and broken there."""
        shared = self._shared
        if shared is None:
            yield
            return
        try:
            shared.acquire(self.root, holder)
        except OSError as error:
            raise unusable(shared.words, error) from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                shared.release(self.root)

    def _publisher(self) -> Callable[[str], None] | None:
        shared = self._shared
        return None if shared is None else lambda note: shared.publish(self.root, note)

    def _sign(self, descriptor: int, holder: Holder) -> None:
        try:
            _rewrite(descriptor, json.dumps(holder.values).encode())
        except OSError as error:
            raise RefusalError(_unwritable(self.root, error)) from error

    def _open_lease(self) -> int:
        self._make(self.root)
        try:
            return os.open(self.root / "lease", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise RefusalError(_unwritable(self.root, error)) from error

    def _directory(self, identifier: str) -> Path:
        return self.root / "transactions" / identifier

    def _make(self, directory: Path) -> None:
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise RefusalError(_unwritable(directory, error)) from error


def _transaction(directory: Path, publish: Callable[[str], None] | None) -> Transaction | None:
    journal = directory / "journal"
    story = read_journal(journal) if journal.is_file() else None
    return None if story is None else Transaction(story.opening.id, directory, story, publish)


def new_id(now: dt.datetime) -> str:
    """Return a fresh transaction id that sorts by time."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def new_ticket() -> str:
    """Return a fresh ticket: whoever holds it can confirm or take back the pending change of one device."""
    return secrets.token_hex(16)


def _unreadable(path: Path, reason: str) -> Diagnostic:
    return Diagnostic("E0822", f"`{path}` cannot be read: {reason}", help=("restore it from a backup",))


def _unwritable(path: Path, error: OSError) -> Diagnostic:
    return Diagnostic(
        "E0822",
        f"the state directory `{path}` cannot be written: {error.strerror}",
        help=("make it writable, or name another one as `state` under `[apply]` in intentc.toml",),
    )


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RefusalError(held(os.pread(descriptor, 4096, 0))) from error


def _rewrite(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
    os.fsync(descriptor)


def _write_synced(path: Path, content: Iterable[str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(content)
        file.flush()
        os.fsync(descriptor)
