"""What a name was probably, or certainly, meant for."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.diagnostics import Edit
from intentc.language import ast
from intentc.language.keywords import is_bare_name
from intentc.language.print_sets import name as printed

_FEW = 12  # names that a reader takes in at a glance
_SHORTEST = 4  # letters of a name that one wrong letter leaves recognisable


def did_you_mean(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the help for a name that nobody has: the nearest known one if any is near, else all if they are few."""
    import difflib  # noqa: PLC0415  (only where a name is wrong: start-up)

    there = sorted(set(known))
    near = difflib.get_close_matches(text, there, n=1, cutoff=0.6)
    if near or not 0 < len(there) <= _FEW:
        return tuple(f"did you mean `{name}`?" for name in near)
    return (f"there {'is' if len(there) == 1 else 'are'} {', '.join(f'`{name}`' for name in there)}",)


def certain_fix(name: ast.Name, known: Iterable[str]) -> tuple[Edit, ...]:
    """Return the edit that writes the one known name which this one is, but for case or a single letter; none in doubt.

    A wrong digit leaves doubt: `fra-dc3` may be a site that is yet to be written down.
    """
    meant = [other for other in sorted(set(known)) if is_slip(name.text, other)]
    if len(meant) != 1:
        return ()
    return (Edit(name.span, printed(ast.Name(meant[0], name.span, name.is_quoted or not is_bare_name(meant[0])))),)


def is_slip(written: str, meant: str) -> bool:
    """Return whether `written` is `meant` in another case, or with one letter or joint wrong, missing, extra or swapped."""
    if _plain(written) == _plain(meant):
        return True
    if min(len(written), len(meant)) < _SHORTEST or abs(len(written) - len(meant)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), min(len(written), len(meant))
    )
    for one, other in ((1, 1), (1, 0), (0, 1), (2, 2)):
        a, b = written[start : start + one], meant[start : start + other]
        is_swap = one != 2 or a == b[::-1]
        if is_swap and written[start + one :] == meant[start + other :]:
            return not any(character.isdigit() for character in a + b)
    return False


def _plain(text: str) -> str:
    return text.casefold().replace("_", "-")
