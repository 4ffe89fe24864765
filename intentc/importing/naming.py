"""Names of another tool as names that a topology allows: each its own, the same every time, those that were allowed unchanged."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from intentc.patterns import pattern
from intentc.topology.names import DEVICE_NAME, NAME, NameRule

_FALLBACK = "unnamed"
_PLAIN = pattern(r"[^A-Za-z0-9_.-]+")
_WIDE = pattern(r"""[\s*?+>/"\\`]+""")
_LONGEST = {id(DEVICE_NAME): 63, id(NAME): 64}


def legal_names(names: Iterable[str], rule: NameRule) -> dict[str, str]:
    """Return a name per name: itself where the rule allows it, else the nearest one, with a number where that is taken."""
    every = list(dict.fromkeys(names))
    taken = {name for name in every if is_legal(name, rule)}
    found: dict[str, str] = {}
    for name in every:
        if name in taken:
            found[name] = name
            continue
        base, number = _nearest(name, rule), 1
        made = base
        while made in taken:
            number += 1
            made = f"{base[: _LONGEST[id(rule)] - 8]}-{number}"
        taken.add(made)
        found[name] = made
    return found


def is_legal(name: str, rule: NameRule) -> bool:
    """Return whether a topology may hold the name: the rule allows it, and people see all of it."""
    return rule.allows(name) and name.isprintable()


def _nearest(name: str, rule: NameRule) -> str:
    if rule is DEVICE_NAME:
        ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        made = _PLAIN.sub("-", ascii_)
    else:
        made = _WIDE.sub("-", "".join(character if character.isprintable() else " " for character in name))
    made = made[: _LONGEST[id(rule)]].strip("-. ")
    return made if rule.allows(made) else _FALLBACK
