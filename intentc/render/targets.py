"""Target folders: found because they hold a `target.toml`, and read as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from intentc.diagnostics import Diagnostic, Findings, Span
from intentc.render.capabilities import NONE, capabilities
from intentc.render.checks import check_capabilities
from intentc.targetkit.model import Chassis, Feature, Lab, Limits, PortNames, Road, Target
from intentc.values import names_of

__all__ = ["capabilities", "check_capabilities", "load_targets"]

DATA = "target.toml"
CODE = "__init__.py"
COMMANDS = "commands.py"
_MOST_KNOWN = 32  # targets that a process keeps as they were read last
_SCHEDULING = ("guarantees", "weights")
_STRICT_CAPS = ("bursts", "shaper")
_OPERATIONS = ("add", "change", "remove")
_OPTIONAL_LIMITS = (
    *("max_segments", "max_policies", "max_classes", "max_strict_classes", "max_meter_ports"),
    *("local_repair_us", "switch_interval_us", "switch_us"),
)
_NEEDED_LIMITS = {"ti-lfa": ("local_repair_us",), "switching": ("switch_interval_us", "switch_us")}  # by a feature


class _UnusableError(Exception):
    """The data cannot be a target's; the text says why."""


def load_targets(
    paths: Sequence[Path], findings: Findings, platforms: Collection[str] | None = None
) -> Mapping[str, Target]:
    """Return the targets below `paths` by name, sorted; folders that cannot be used are findings (E0604).

    The first path is the product's own. Only its targets may bring code; a project's own may reuse the templates and code
    of none, so they are refused until code of others can be allowed. Where `platforms` are all that a network has, and each
    of them is known, the product's others are left out: reading seven is a tenth of the time of a small project.
    """
    found: dict[str, Target] = {}
    for index, path in enumerate(paths):
        places = sorted(path.glob(f"*/{DATA}"))
        for data in places if index else _asked(places, platforms):
            try:
                target = _read(data)
                _accept(target, found, is_own=index == 0)
            except _UnusableError as problem:
                _report(data, str(problem), findings)
            else:
                found[target.name] = target
    return {name: found[name] for name in sorted(found)}


def _asked(places: Sequence[Path], platforms: Collection[str] | None) -> Sequence[Path]:
    """Return the data of some platforms; of all where one of these is not there, and others may be meant."""
    named = {data.parent.name: data for data in places}
    if platforms is None or not named.keys() | {NONE} >= set(platforms):
        return places
    return [data for name, data in named.items() if name in platforms]


def _accept(target: Target, found: Mapping[str, Target], *, is_own: bool) -> None:
    if target.name in found:
        raise _UnusableError(f"there is another target named `{target.name}`")
    if not is_own and (target.directory / CODE).exists():
        raise _UnusableError("code of a project's own targets is not run")
    if not (target.directory / CODE).exists():
        raise _UnusableError(f"its code `{CODE}` is missing")
    if target.roads and not (target.directory / COMMANDS).exists():
        raise _UnusableError(f"it has `roads`, and its code `{COMMANDS}` is missing")


def _report(data: Path, problem: str, findings: Findings) -> None:
    place = f"{data.parent.name}/{data.name}"
    findings.add(
        Diagnostic(
            "E0604",
            f"the target `{data.parent.name}` cannot be used: {problem}",
            Span(place, 1, 1, 1, 1),
            help=("targets/README.md explains what a target is made of",),
        )
    )


def _read(data: Path) -> Target:
    try:
        return _told(data, data.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _UnusableError(f"it is not TOML ({error})") from error


@lru_cache(maxsize=_MOST_KNOWN)
def _told(data: Path, text: str) -> Target:
    """Return what the text of a target's data says; a process that loads again what is as it was does not read it again."""
    table = _Table(tomllib.loads(text), "")
    tested, unproven = table.texts("tested"), table.texts("syntax_checked")
    features = {
        name: _feature(table.table("features").table(name), _chassis(table))
        for name in sorted(table.table("features").names)
    }
    limits = _limits(table.table("limits"))
    for feature, names in _NEEDED_LIMITS.items():
        is_there = feature in features and features[feature].since is not None
        missing = [name for name in names if is_there and getattr(limits, name) is None]
        if missing:
            raise _UnusableError(f"it has `features.{feature}`, and `limits.{missing[0]}` is missing")
    return Target(
        name=table.text("name"),
        title=table.text("title"),
        directory=data.parent,
        transport=table.text("transport"),
        is_tested=bool(tested),
        releases=_by_age((*tested, *unproven)),
        commit=table.text("commit"),
        tested_releases=tested,
        mechanisms={name: table.table("mechanisms").text(name) for name in table.table("mechanisms").names},
        features=features,
        limits=limits,
        chassis=_chassis(table),
        ports=_ports(table.table("ports")) if "ports" in table.names else None,
        lab=_lab(table.table("lab")) if "lab" in table.names else None,
        declares=table.texts("declares") if "declares" in table.names else (),
        known_as=table.texts("known_as") if "known_as" in table.names else (),
        disruptive=_disruptive(table.table("disruptive")) if "disruptive" in table.names else None,
        roads=_roads(table) if "roads" in table.names else {},
        is_by_guarantee=_is_first(table, "scheduling", _SCHEDULING),
        is_cap_with_bursts=_is_first(table, "strict_cap", _STRICT_CAPS),
    )


def _is_first(table: _Table, key: str, words: Sequence[str]) -> bool:
    """Return whether a key has the first of its words, which promises most; where it is absent nothing is promised."""
    if key not in table.names:
        return False
    if (word := table.text(key)) not in words:
        raise _UnusableError(f"`{key}` is one of {', '.join(f'`{known}`' for known in words)}, not `{word}`")
    return word == words[0]


def _feature(table: _Table, chassis: Mapping[str, Chassis]) -> Feature:
    if "since" not in table.names:
        return Feature(None, table.text("reason"), table.text("instead"))
    note = table.text("note") if "note" in table.names else ""
    if "chassis" not in table.names:
        return Feature(table.text("since"), note=note)
    kinds = table.texts("chassis")
    if unknown := [name for name in kinds if name not in chassis]:
        raise _UnusableError(f"a feature names the chassis `{unknown[0]}`, which is not there")
    return Feature(table.text("since"), table.text("reason"), table.text("instead"), kinds, note)


def _limits(table: _Table) -> Limits:
    return Limits(
        max_steering_tables=table.number("max_steering_tables"),
        max_queues=table.number("max_queues"),
        bfd_min_interval_us=table.number("bfd_min_interval_us"),
        bfd_interval_us=table.number("bfd_interval_us"),
        bfd_multiplier=table.number("bfd_multiplier"),
        repair_us=table.number("repair_us"),
        **{name: table.number(name) for name in _OPTIONAL_LIMITS if name in table.names},
    )


def _chassis(table: _Table) -> dict[str, Chassis]:
    """Return the kinds of hardware, in the order of the file; limits of their own take the place of the target's."""
    if "chassis" not in table.names:
        return {}
    kinds = table.table("chassis")
    return {name: _hardware(kinds.table(name)) for name in kinds.names}


def _hardware(table: _Table) -> Chassis:
    limits = {name: table.number(name) for name in table.names if name not in {"names", "strict_cap"}}
    if unknown := sorted(limits.keys() - set(names_of(Limits))):
        raise _UnusableError(f"there is no limit `{unknown[0]}`")
    return Chassis(table.texts("names"), limits, is_cap_with_bursts=_is_first(table, "strict_cap", _STRICT_CAPS))


def _ports(table: _Table) -> PortNames:
    found = PortNames(
        form=table.text("form"),
        sub=table.text("sub") if "sub" in table.names else None,
        are_addressed=table.truth("are_addressed") if "are_addressed" in table.names else False,
    )
    for pattern in (found.form, found.sub or ""):
        _check_expression(pattern)
    return found


def _check_expression(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise _UnusableError(f"`{pattern}` is no regular expression ({error})") from error


def _lab(table: _Table) -> Lab:
    """Return how a lab runs such devices, or why none does."""
    if "kinds" not in table.names:
        return Lab(reason=table.text("reason"), instead=table.text("instead"))
    if "startup" not in table.names:
        return Lab(kinds=table.texts("kinds"))
    found = Lab(
        kinds=table.texts("kinds"),
        port=table.text("port"),
        first=table.number("first"),
        unit=table.text("unit") if "unit" in table.names else "",
        endpoint=table.text("endpoint"),
        endpoint_first=table.number("endpoint_first"),
        most=table.number("most"),
        startup=table.text("startup"),
        type_form=table.text("type_form") if "type_form" in table.names else None,
    )
    for text in (found.port, found.endpoint):
        if text.count("{}") != 1:
            raise _UnusableError(f"`{text}` has no place for the number of a port, `{{}}`")
    if found.type_form is not None:
        _check_expression(found.type_form)
    return found


def _disruptive(table: _Table) -> dict[str, str]:
    """Return which changes sessions or traffic notice on such devices, and what."""
    for name in table.names:
        if name.partition(".")[2] not in _OPERATIONS:
            raise _UnusableError(f"`disruptive.{name}` is not a feature with `.add`, `.change` or `.remove`")
    return {name: table.text(name) for name in table.names}


def _roads(table: _Table) -> dict[str, Road]:
    """Return the ways to devices beside the main one, by transport, sorted."""
    if table.text("transport") in table.table("roads").names:
        raise _UnusableError(f"`roads.{table.text('transport')}` is the main `transport` already")
    known = {*table.table("features").names, *table.table("mechanisms").names}
    return {name: _road(name, table.table("roads").table(name), known) for name in sorted(table.table("roads").names)}


def _road(transport: str, table: _Table, known: Collection[str]) -> Road:
    lacks = table.texts("lacks") if "lacks" in table.names else ()
    unknown = next((name for name in lacks if name not in known), None)
    if unknown is not None:
        raise _UnusableError(f"`roads.{transport}.lacks` names `{unknown}`, which is no feature and no mechanism of it")
    found = Road(transport, table.text("commit"), table.text("since"), table.text("why"), lacks)
    _by_age((found.since,))
    return found


def _by_age(releases: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(sorted(releases, key=release_order))
    except ValueError as error:
        raise _UnusableError("a release is numbers with dots between them") from error


def release_order(release: str) -> tuple[int, ...]:
    """Return a key by which releases sort from old to new; raises `ValueError` for anything but dotted numbers."""
    return tuple(int(part) for part in release.split("."))


class _Table:
    """One TOML table, read strictly."""

    def __init__(self, content: Mapping[str, object], path: str) -> None:
        self._content = content
        self._path = path

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._content)

    def text(self, name: str) -> str:
        value = self._value(name)
        if not isinstance(value, str):
            raise _UnusableError(f"`{self._path}{name}` is not a text")
        return value

    def number(self, name: str) -> int:
        value = self._value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _UnusableError(f"`{self._path}{name}` is not a whole number")
        return value

    def truth(self, name: str) -> bool:
        value = self._value(name)
        if not isinstance(value, bool):
            raise _UnusableError(f"`{self._path}{name}` is not true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _UnusableError(f"`{self._path}{name}` is not a list of texts")
        return tuple(value)

    def table(self, name: str) -> _Table:
        value = self._value(name)
        if not isinstance(value, dict):
            raise _UnusableError(f"`{self._path}{name}` is not a table")
        return _Table(value, f"{self._path}{name}.")

    def _value(self, name: str) -> object:
        if name not in self._content:
            raise _UnusableError(f"`{self._path}{name}` is missing")
        return self._content[name]
