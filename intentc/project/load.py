"""`intentc.toml` to a `Project`, strictly: an unknown key is a mistake, not a comment."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from intentc.patterns import pattern
from intentc.project.login import read_password, read_weak
from intentc.project.model import Apply, Credentials, Project, ProjectError
from intentc.project.state import SHAPES, shared_state
from intentc.project.table import TomlTable

FILE = "intentc.toml"
LANGUAGES = (1,)
_DURATION = pattern(r"([0-9]{1,6}) ?(s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
_OTHER_STORE = pattern(r"(?:https?|s3|git|ssh|file):")
_LARGEST_CONCURRENCY = 4096
_TABLES = ("project", "apply", "credentials")
_PROJECT_KEYS = ("name", "language", "topology", "intents", "output", "targets")
_APPLY_KEYS = ("confirm_timeout", "concurrency", "deadline", "state")
_CREDENTIAL_KEYS = ("username", "key", "agent", "known_hosts", "password", "allow_weak")
_SECRETS = ("passphrase", "secret", "token")


def find_project(start: Path) -> Path | None:
    """Return the `intentc.toml` in `start` or the nearest folder above it."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    return None


def load_project(path: Path) -> Project:
    """Return the project that the `intentc.toml` at `path` describes; raises `ProjectError`."""
    text = _read(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, str(error)) from error
    except RecursionError as error:
        raise ProjectError("is nested too deeply", path) from error
    whole = TomlTable(path, text, "", values)
    whole.allow(_TABLES)
    if "project" not in whole:
        raise ProjectError("there is no table `[project]`", path, None, 'write `[project]` with `name = "…"` below it')
    return _project(whole)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        raise ProjectError("is not UTF-8 text", path, None, "save it as UTF-8") from error


def _not_toml(path: Path, message: str) -> ProjectError:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    reason = message[: place.start()] if place is not None else message
    return ProjectError(f"this is not TOML: {reason.lower()}", path, int(place[1]) if place and place[1] else None)


def _project(whole: TomlTable) -> Project:
    table = whole.table("project")
    table.allow(_PROJECT_KEYS)
    language = table.number("language", 1, 0, 10**9)
    if language not in LANGUAGES:
        known = ", ".join(str(number) for number in LANGUAGES)
        table.fail("language", f"language {language} is not known", f"this version knows language {known}")
    return Project(
        name=table.text("name"),
        root=whole.path.parent,
        topology=table.texts("topology", ("topology/*.yaml",)),
        intents=table.texts("intents", ("intents/**/*.intent",)),
        language=language,
        output=_output(table),
        targets=table.texts("targets", ()),
        apply=_apply(whole.table("apply")),
        credentials=_credentials(whole.table("credentials")),
    )


def _output(table: TomlTable) -> str:
    """Return the folder for results: below the project, so that a mistyped one cannot overwrite what is elsewhere."""
    written = table.text("output", "build")
    path = Path(written)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        table.fail(
            "output", f"`output` must lie below the project, and `{written}` does not", 'as in `output = "build"`'
        )
    return written


def _apply(table: TomlTable) -> Apply:
    table.allow(_APPLY_KEYS)
    state = table.text("state", ".intentc/state")
    try:
        shared_state(state)
    except ValueError as error:
        table.fail("state", f"`{state}` is no place that could be shared: {error}", *SHAPES)
    if _OTHER_STORE.match(state):
        table.fail(
            "state", f"state cannot be kept at `{state}`", 'name a directory, as in `state = ".intentc/state"`', *SHAPES
        )
    concurrency = table.number("concurrency", 64, 1, _LARGEST_CONCURRENCY)
    return Apply(_time(table, "confirm_timeout", "120s"), concurrency, state, _time(table, "deadline", "30min"))


def _time(table: TomlTable, key: str, default: str) -> int:
    """Return a time in seconds, not zero."""
    written = table.text(key, default)
    match = _DURATION.fullmatch(written)
    if match is None or int(match[1]) == 0:
        table.fail(key, f"`{written}` is not a time", f'as in `{key} = "{default}"` (s, min, h)')
    return int(match[1]) * _SECONDS[match[2]]


def _credentials(table: TomlTable) -> dict[str, Credentials]:
    return {name: _credential(table.table(name)) for name in table.names()}


def _credential(table: TomlTable) -> Credentials:
    for secret in _SECRETS:
        if secret in table:  # its value is never repeated
            table.fail(secret, f"`{secret}` must not stand in a file", "log in with `key = …`, or `agent = true`")
    table.allow(_CREDENTIAL_KEYS)
    key, is_agent_allowed, password = _file(table, "key"), table.flag("agent"), read_password(table)
    if key is None and not is_agent_allowed and password is None:
        table.fail("key", "nothing to log in with", 'write `key = "~/.ssh/id_ed25519"`, or `agent = true`')
    return Credentials(
        username=table.text("username"),
        key_file=key,
        is_agent_allowed=is_agent_allowed,
        known_hosts=_file(table, "known_hosts"),
        password=password,
        allow_weak=read_weak(table),
    )


def _file(table: TomlTable, key: str) -> Path | None:
    """Return a path relative to the project; `~` is the user's home."""
    if key not in table:
        return None
    written = Path(table.text(key))
    try:
        return table.path.parent / written.expanduser()
    except RuntimeError:  # `~nobody`
        table.fail(key, f"`{written}` is in the home of a user who is not known here", "write the path in full")
