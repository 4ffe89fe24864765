"""The words of the on-device agent: how verbs are asked and answers understood (see targets/frr/README.md)."""

from __future__ import annotations

import io
import re
import shlex
import tarfile
from collections.abc import Mapping, Sequence

from intentc.push.trouble import SessionError, Trouble
from intentc.values import frozen

_EXIT = "intentc-exit="
_MARK = re.compile(rf"^{_EXIT}(\d+)$", re.MULTILINE)
_SECTION = "begin="
# The verb `state` would tell, but reads the whole running state for it.
_PENDING = 'echo "pending=$(cat /run/intentc/pending/token 2>/dev/null || echo none)"'
_LOOKS = frozenset({("identify",), ("facts",), ("read",), ("given",)})  # calls that its verb `look` makes together

# Exit statuses of the agent.
DONE, USAGE, LOCKED, NOT_OURS, UNACCEPTABLE, HALF_WAY, NOT_RESTORED, FOREIGN, UNABLE = 0, 10, 11, 12, 13, 14, 15, 16, 17


@frozen
class Answer:
    """One verb's answer: exit status, its `key=value` lines in order, and the text of its sections."""

    verb: str
    exit: int
    values: tuple[tuple[str, str], ...]
    sections: Mapping[str, str]

    def all(self, key: str) -> tuple[str, ...]:
        """Return every value of `key`, in order."""
        return tuple(value for name, value in self.values if name == key)

    def one(self, key: str) -> str:
        """Return the value of `key`, or "" when there is none."""
        return next(iter(self.all(key)), "")

    @property
    def is_done(self) -> bool:
        """Return whether the agent says that it did what it was asked, by exit status and in words."""
        return self.exit == DONE and self.one("status") == "ok" and not self.one("error")


def script(agent: str, calls: Sequence[Sequence[str]]) -> str:
    """Return a shell script that makes `calls` of the agent one after the other, up to the first that fails.

    Several that only read are one process, which asks the routing daemons once.
    """
    if len(calls) > 1 and all(tuple(call) in _LOOKS for call in calls):
        return f"sh {shlex.quote(agent)} look {shlex.join(verb for (verb,) in calls)} || exit 0"
    after = f"e=$?; {_PENDING}; echo {_EXIT}$e; [ $e = 0 ] || exit 0"
    return "\n".join(f"sh {shlex.quote(agent)} {shlex.join(call)}; {after}" for call in calls)


def answers(output: str, calls: Sequence[Sequence[str]]) -> tuple[Answer, ...]:
    """Return the answers in `output` to `calls`; the last one may be a failure.

    Raises `LOST` when the output was cut off: then it is unknown what the device did.
    """
    parts = _MARK.split(output)
    texts, exits = parts[0:-1:2], parts[1::2]
    found = tuple(_parse(call[0], int(status), text) for call, status, text in zip(calls, exits, texts, strict=False))
    is_whole = all(answer.one("status") for answer in found)
    if not found or not is_whole or (len(found) < len(calls) and found[-1].exit == DONE):
        raise SessionError(Trouble.LOST, "its answer was cut off")
    return found


def check(answer: Answer) -> Answer:
    """Return `answer` if it says that the verb was done; else raise what it says instead."""
    if answer.is_done:
        return answer
    words = answer.one("error") or f"`{answer.verb}` ended with status {answer.exit}"
    match answer.exit:
        case 11:
            raise SessionError(Trouble.LOCKED, f"its lock is held by {_holder(answer)}")
        case 12:
            raise SessionError(
                Trouble.EXPIRED,
                f"it does not know this transaction any more ({words}): its timer ended, it restarted, or somebody broke its lock",
            )
        case 16:
            raise SessionError(
                Trouble.FOREIGN, f"somebody else holds what is needed: {_first(answer, 'foreign', words)}"
            )
        case 10 | 17:
            raise SessionError(Trouble.AGENT, f"its agent cannot work: {_first(answer, 'missing', words)}")
        case _:
            detail = _first(answer, "check", "") or _first(answer, "differs", "")
            raise SessionError(Trouble.REFUSED, f"it refused: `{words}`" + (f" (`{detail}`)" if detail else ""))


def bundle(files: Mapping[str, str]) -> bytes:
    """Return `files` (text by name) as a tar archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            data = files[name].encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o600
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _parse(verb: str, status: int, text: str) -> Answer:
    values: list[tuple[str, str]] = []
    sections: dict[str, str] = {}
    lines = iter(text.removeprefix("\n").split("\n"))
    for line in lines:
        key, equals, value = line.partition("=")
        if line.startswith(_SECTION):
            sections[value] = _section(lines, value)
        elif equals:
            values.append((key, value))
    return Answer(verb, status, tuple(values), sections)


def _section(lines: object, name: str) -> str:
    taken: list[str] = []
    for line in lines:  # type: ignore[attr-defined]
        if line == f"end={name}":
            break
        taken.append(f"{line}\n")
    return "".join(taken)


def _holder(answer: Answer) -> str:
    who, why, since = answer.one("holder_owner"), answer.one("holder_reason"), answer.one("holder_since")
    return f"{who or 'somebody'} ({why or 'no reason given'}, since {since or 'unknown'})"


def _first(answer: Answer, key: str, otherwise: str) -> str:
    found = answer.all(key)
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else otherwise
