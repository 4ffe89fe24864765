"""Shared state on a branch of a git repository: each record of a journal is a commit that was pushed.

The lease is a file on the branch. A push takes only what follows the commit that we saw last (`--force-with-lease`), which the
repository decides atomically: of two that take the lease one is refused, and who lost a lease cannot write any more.
"""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

from intentc.push.holder import Holder, read_holder
from intentc.push.shared import SharedError, lease_file, refuse_held
from intentc.values import frozen

LEASE = "lease.json"
COMMAND_S = 60.0
_ATTEMPTS = 3
_OPTIONS = ("-c", "gc.auto=0", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


@frozen
class GitShared:
    """`branch` of the repository at `url`; commits are signed with `who` and `host`."""

    url: str
    branch: str
    who: str
    host: str

    @property
    def words(self) -> str:
        """Return the place in words."""
        return f"{self.branch} of {self.url}"

    def acquire(self, mirror: Path, holder: Holder) -> None:
        """Take the lease by pushing a commit that adds it."""
        for _ in range(_ATTEMPTS):
            self.fetch(mirror)
            lease = mirror / LEASE
            if lease.exists():
                raise refuse_held(lease.read_text(encoding="utf-8"))
            lease.write_text(lease_file(holder), encoding="utf-8")
            if self._push(mirror, f"lease: {holder.doing}"):
                return
        raise SharedError(errno.EAGAIN, "others write to the branch all the time")

    def publish(self, mirror: Path, note: str) -> None:
        """Commit and push what has changed."""
        if not self._push(mirror, note):
            raise SharedError(errno.EACCES, "the lease was broken: somebody else has written to the branch since")

    def release(self, mirror: Path) -> None:
        """Push a commit without the lease."""
        (mirror / LEASE).unlink(missing_ok=True)
        self.publish(mirror, "lease given back")

    def fetch(self, mirror: Path) -> None:
        """Make the mirror like the branch; without the branch it is empty."""
        self._prepare(mirror)
        head = self._remote_head(mirror)
        if head:
            self._git(mirror, "fetch", "-q", "--no-tags", self.url, f"+refs/heads/{self.branch}:refs/remotes/shared")
            self._git(mirror, "checkout", "-q", "--force", "--detach", "refs/remotes/shared")
        else:
            self._git(mirror, "update-ref", "-d", "refs/remotes/shared")
            self._git(mirror, "symbolic-ref", "HEAD", "refs/heads/unborn")
            self._git(mirror, "update-ref", "-d", "refs/heads/unborn")
            self._git(mirror, "read-tree", "--empty")
        self._git(mirror, "clean", "-fdq")

    def break_lease(self, mirror: Path) -> Holder | None:
        """Push a commit without the lease, whoever has it."""
        self.fetch(mirror)
        lease = mirror / LEASE
        if not lease.exists():
            return None
        holder = read_holder(lease.read_bytes())
        lease.unlink()
        self.publish(mirror, "lease broken")
        return holder

    def _prepare(self, mirror: Path) -> None:
        try:
            mirror.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (mirror / ".git").is_dir():
                self._git(mirror, "init", "-q")
            (mirror / ".git" / "info").mkdir(exist_ok=True)
            (mirror / ".git" / "info" / "exclude").write_text("/lease\n", encoding="utf-8")
        except OSError as error:
            raise SharedError(error.errno, error.strerror) from error

    def _push(self, mirror: Path, note: str) -> bool:
        """Return whether the branch is now what the mirror is; False when somebody else was faster."""
        seen = self._git(mirror, "rev-parse", "-q", "--verify", "refs/remotes/shared", may_fail=True)
        self._git(mirror, "add", "-A")
        self._git(mirror, "commit", "-q", "--allow-empty", "-m", note, f"--author={self.who} <{self.who}@{self.host}>")
        head = self._git(mirror, "rev-parse", "HEAD")
        ref = f"refs/heads/{self.branch}"
        pushed = self._run(mirror, "push", "-q", f"--force-with-lease={ref}:{seen}", self.url, f"HEAD:{ref}")
        # What a push says is no evidence: a lost answer may hide one that was done.
        there = self._remote_head(mirror)
        if there == head:
            self._git(mirror, "update-ref", "refs/remotes/shared", head)
            return True
        if there == seen:
            raise SharedError(errno.EIO, f"git push: {_last_line(pushed.stderr)}")
        return False

    def _remote_head(self, mirror: Path) -> str:
        return self._git(mirror, "ls-remote", "--heads", self.url, f"refs/heads/{self.branch}").partition("\t")[0]

    def _git(self, mirror: Path, *words: str, may_fail: bool = False) -> str:
        done = self._run(mirror, *words)
        if done.returncode != 0 and not may_fail:
            raise SharedError(errno.EIO, f"git {words[0]}: {_last_line(done.stderr)}")
        return done.stdout.strip()

    def _run(self, mirror: Path, *words: str) -> subprocess.CompletedProcess[str]:
        person = ("-c", f"user.name={self.who}", "-c", f"user.email={self.who}@{self.host}")
        try:
            return subprocess.run(
                ["git", *_OPTIONS, *person, *words],
                cwd=mirror,
                env={**os.environ, **_ENVIRONMENT},
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND_S,
                umask=0o077,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = error.strerror if isinstance(error, OSError) else f"no answer within {COMMAND_S:g} s"
            raise SharedError(errno.EIO, f"git {words[0]}: {reason}") from error


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
