"""The command line of IOS XE: what an `<edit-config>` does as lines to type, and what the router prints as the document that it stands for.

Every line takes effect when it is typed. So what is referred to comes first and goes last; and a policy map whose classes get another
order leaves its ports, and the policies around it, before it is made anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intentc.targetkit.kit import CliModel, Found, Held, TypedDocuments, name_of

from .lines import SECTIONS as BLOCKS
from .owned_qos import PolicyMap
from .shapes import ELEMENTS, SECTIONS
from .spelling import settled

READ = "show running-config"
_POLICY_MAPS = next(section for section in BLOCKS if section.name == "policy_maps")


def _as_it_is(value: Any) -> Any:
    return value


_MODEL = CliModel(BLOCKS, name_of, settled, _as_it_is, last="class class-default")


def _passing(before: Held, after: Held) -> Held | None:
    """Return `before` without the policy maps that are to be made anew, and without them in any slot; None where there are none."""
    was, shall_be = before["policy_maps"], after["policy_maps"]
    anew = {name for name in was.keys() & shall_be.keys() if _MODEL.is_remade(_POLICY_MAPS, was[name], shall_be[name])}
    if not anew:
        return None
    while more := {name for name, found in was.items() if name not in anew and _children(found.value) & anew}:
        anew |= more
    kept = {name: found for name, found in was.items() if name not in anew}
    return {
        **before,
        "policy_maps": kept,
        "ports": {name: _freed(found, anew) for name, found in before["ports"].items()},
    }


def _children(value: PolicyMap) -> set[str]:
    return {action.child for one in value.classes for action in one.actions if action.child is not None}


def _freed(found: Found, gone: set[str]) -> Found:
    port = found.value
    slots = {name: None if getattr(port, name) in gone else getattr(port, name) for name in ("input", "output")}
    return replace(found, value=replace(port, **slots))


_TYPED = TypedDocuments(SECTIONS, _MODEL, ELEMENTS.content, ELEMENTS.tagged, _passing)
changes = _TYPED.changes
configuration = _TYPED.configuration
