"""Shared state in a directory of a machine that is reached over SSH: files are replaced whole and synced before they count.

The lease is a file that is linked into place, which only one can do; every write looks whether it is still ours. Writing a
file whole is the same twice as once, so here, unlike on a device, what was not answered is sent again.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import shlex
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from intentc.push.agent_wire import bundle
from intentc.push.holder import Holder, read_holder
from intentc.push.shared import SharedError, lease_file, refuse_held
from intentc.push.ssh import Completed, Connection
from intentc.push.trouble import SessionError
from intentc.values import field, mutable

ANSWER_S = 60.0
_ATTEMPTS = 3
_HELD, _BROKEN = 3, 4
_PARTS = ("audit.jsonl", "adopted", "devices", "transactions")
# The order in which files are put there: what a journal speaks of before the journal.
_ORDER = ("devices", "plan.json", "journal", "audit.jsonl")


@mutable
class SshShared:
    """The directory `path` on the machine that `dial` connects to."""

    place: str
    path: str
    dial: Callable[[], Connection]
    token: str = ""
    connection: Connection | None = None
    published: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Return the place in words."""
        return self.place

    def acquire(self, mirror: Path, holder: Holder) -> None:
        """Take the lease by linking it into place, then fetch."""
        self.token = holder.token
        mine = shlex.quote(f"lease.{holder.token}")
        done = self._run(
            f"umask 077; mkdir -p {self._root} && cd {self._root} || exit 1\n"
            f"cat > {mine} && sync {mine} || exit 1\n"
            f"ln {mine} lease 2>/dev/null || cmp -s {mine} lease; e=$?; rm -f {mine}; sync .\n"
            f"[ $e = 0 ] || {{ cat lease; exit {_HELD}; }}",
            lease_file(holder).encode(),
        )
        if done.status == _HELD:
            raise refuse_held(done.stdout)
        _check(done)
        self.fetch(mirror)

    def publish(self, mirror: Path, note: str) -> None:  # noqa: ARG002  (of the protocol: files have no comment)
        """Send the files that have changed since; each is there whole or not at all."""
        files = _files(mirror)
        changed = {name: text for name, text in files.items() if self.published.get(name) != _digest(text)}
        if not changed:
            return
        moves = "".join(
            f"mkdir -p {shlex.quote(str(Path(name).parent))} && mv $d/{shlex.quote(name)} {shlex.quote(name)} || exit 1\n"
            for name in sorted(changed, key=_rank)
        )
        done = self._run(
            f"umask 077; cd {self._root} || exit 1\n"
            f"grep -q {shlex.quote(self.token)} lease 2>/dev/null || exit {_BROKEN}\n"
            "d=$(mktemp -d ./new.XXXXXX) && tar -xf - -C $d || exit 1\n"
            f"find $d -type f -exec sync {{}} + || exit 1\n{moves}rm -rf $d; sync .",
            bundle(changed),
        )
        if done.status == _BROKEN:
            raise SharedError(errno.EACCES, "the lease was broken: somebody else has the directory now")
        _check(done)
        self.published.update({name: _digest(text) for name, text in changed.items()})

    def release(self, mirror: Path) -> None:
        """Publish what is left, and take the lease away if it is ours."""
        self.publish(mirror, "")
        _check(
            self._run(f"cd {self._root} && {{ ! grep -q {shlex.quote(self.token)} lease 2>/dev/null || rm -f lease; }}")
        )
        self._drop()

    def fetch(self, mirror: Path) -> None:
        """Make the mirror like the directory."""
        done = self._run(
            f"umask 077; mkdir -p {self._root} && cd {self._root} || exit 1\n"
            f'for part in {" ".join(_PARTS)}; do [ ! -e $part ] || set -- "$@" $part; done\n'
            'if [ $# = 0 ]; then exit 0; fi; tar -cf - "$@" | base64'
        )
        _check(done)
        there = _unpacked(base64.b64decode(done.stdout)) if done.stdout.strip() else {}
        try:
            _replace(mirror, there)
        except OSError as error:
            raise SharedError(error.errno, error.strerror) from error
        self.published = {name: _digest(text) for name, text in there.items()}

    def break_lease(self, mirror: Path) -> Holder | None:  # noqa: ARG002  (of the protocol)
        """Move the lease away, whoever has it."""
        done = self._run(f"cd {self._root} 2>/dev/null && cat lease 2>/dev/null && rm -f lease; true")
        _check(done)
        return read_holder(done.stdout.encode()) if done.stdout.strip() else None

    @property
    def _root(self) -> str:
        return shlex.quote(self.path)

    def _run(self, script: str, stdin: bytes = b"") -> Completed:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if self.connection is None:
                    self.connection = self.dial()
                return self.connection.run(f"sh -c {shlex.quote(script)}", stdin, timeout_s=ANSWER_S)
            except SessionError as error:
                self._drop()
                if attempt == _ATTEMPTS or not error.is_transient:
                    raise SharedError(errno.EIO, error.text) from error
        raise AssertionError("the last attempt returns or raises")

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def _check(done: Completed) -> None:
    if done.status != 0:
        words = " ".join(done.stderr.split()) or f"status {done.status}"
        raise SharedError(errno.EIO, words)


def _files(mirror: Path) -> dict[str, str]:
    paths = [path for part in _PARTS for path in sorted((mirror / part).rglob("*"))] + [mirror / _PARTS[0]]
    return {path.relative_to(mirror).as_posix(): path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def _replace(mirror: Path, there: Mapping[str, str]) -> None:
    for name in _files(mirror):
        if name not in there:
            (mirror / name).unlink()
    for name, text in there.items():
        path = mirror / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")


def _unpacked(archive: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for item in files.getmembers():
            content = files.extractfile(item) if item.isreg() else None
            is_inside = not item.name.startswith("/") and ".." not in Path(item.name).parts
            if content is not None and is_inside:
                found[item.name] = content.read().decode("utf-8")
    return found


def _rank(name: str) -> tuple[int, str]:
    part = "devices" if name.startswith("devices/") else Path(name).name
    return (_ORDER.index(part) if part in _ORDER else 0, name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
