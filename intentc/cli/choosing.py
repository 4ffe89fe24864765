"""Which part of a change is meant, in which order of devices, and what a person agrees to: the options of `plan` and `apply`."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Collection, Iterable

from intentc.cli.console import Console
from intentc.cli.network import show
from intentc.failures import Refusal
from intentc.plan.consent import Consent, objections
from intentc.plan.model import Plan
from intentc.plan.selection import Selection
from intentc.run import Run

_OF_THE_PLAN = ("target", "canary", "partial")


def selection_of(arguments: argparse.Namespace, compiled: Run) -> Selection | None:
    """Return what `--target` names (None: everything); names that are nowhere are a `Refusal` (status 2)."""
    words: list[str] = getattr(arguments, "target", None) or []
    if not words:
        return None
    chosen: dict[str, set[str]] = {"intent": set(), "device": set()}
    for word in words:
        kind, _, name = word.partition(":")
        if kind not in chosen or not name:
            raise Refusal(f"`--target {word}` is neither `intent:NAME` nor `device:NAME`")
        chosen[kind].add(name)
    _know(chosen["device"], _devices(compiled), "device")
    return Selection(frozenset(chosen["intent"]), frozenset(chosen["device"]))


def canaries_of(arguments: argparse.Namespace, compiled: Run) -> frozenset[str]:
    """Return the devices that `--canary` names: node names and `site:NAME`, separated by commas."""
    text: str | None = getattr(arguments, "canary", None)
    if not text:
        return frozenset()
    assert compiled.topology is not None  # noqa: S101  (accepted)
    found: set[str] = set()
    for word in filter(None, (part.strip() for part in text.split(","))):
        kind, _, name = word.partition(":")
        if kind == "site" and name:
            _know({name}, compiled.topology.sites, "site")
            found |= {node for node, item in compiled.topology.nodes.items() if item.site == name}
        else:
            _know({word}, _devices(compiled), "device")
            found.add(word)
    return frozenset(found)


def agree(plan: Plan, arguments: argparse.Namespace, compiled: Run, console: Console) -> None:
    """Raise `Refusal` (status 6) where the plan needs more than the command line agrees to; what it is, is printed."""
    consent = Consent(
        getattr(arguments, "allow_disruptive", False),
        getattr(arguments, "allow_unguarded", False),
        getattr(arguments, "max_devices", None),
    )
    found = objections(plan, consent)
    if found:
        show(found, compiled, console)
        raise Refusal("the plan was not carried out; nothing was touched", status=6)


def refuse_choices(arguments: argparse.Namespace) -> None:
    """Raise `Refusal` (status 2) where a plan file comes with options that only the making of a plan can follow."""
    for name in _OF_THE_PLAN:
        if getattr(arguments, name, None):
            raise Refusal(f"`--{name}` does not go with a plan file", f"say it to `intentc plan --{name} … --out FILE`")


def _devices(compiled: Run) -> Collection[str]:
    assert compiled.topology is not None  # noqa: S101  (accepted)
    return compiled.topology.nodes


def _know(names: Iterable[str], known: Collection[str], kind: str) -> None:
    for name in sorted(names):
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            raise Refusal(f"there is no {kind} `{name}`", *(f"did you mean `{found}`?" for found in near))
