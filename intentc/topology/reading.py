"""What the readers of all sections share: where findings go, what is known to be broken, where everything stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from intentc.diagnostics import Findings, Label, Span
from intentc.topology.tree import FieldSpans, Table


def did_you_mean(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return a help line that proposes the nearest known text, or nothing when none is near."""
    near = difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.6)
    return (f"did you mean `{near[0]}`?",) if near else ()


@dataclass(slots=True)
class Reading:
    """The state of one load.

    `is_complete` is False once a file or section could not be read: a name that is then not found may well be in there, so
    nothing is said of it. `broken` has the names of elements that are left out, by kind, and `broken_defaults` the fields of
    `defaults`, for the same reason.
    """

    findings: Findings
    is_complete: bool = True
    broken: dict[str, set[str]] = field(default_factory=dict)
    broken_defaults: set[str] = field(default_factory=set)
    places: dict[tuple[str, str], Mapping[str, Span]] = field(default_factory=dict)
    _unknown: dict[tuple[str, str, str], list[Span]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], Iterable[str]] = field(default_factory=dict)

    def keep_place(self, kind: str, name: str, table: Table) -> None:
        """Remember where the fields of an element stand."""
        self.places[kind, name] = FieldSpans(table)

    def leave_out(self, kind: str, name: str) -> None:
        """Remember an element that has its finding and is not part of the topology."""
        self.broken.setdefault(kind, set()).add(name)

    def misses(self, kind: str, name: str, span: Span, known: Mapping[str, object], code: str) -> bool:
        """Return False, as an answer to "is `name` known?", having noted what `report_unknown` will say.

        To be asked as `name in known or reading.misses(…)`, so that no span is made for the many that are known.
        """
        if self.is_complete and name not in self.broken.get(kind, ()):
            self._unknown.setdefault((code, kind, name), []).append(span)
            self._known[code, kind, name] = known
        return False

    def report_unknown(self) -> None:
        """Add one finding per unknown name, at its first place; the other places are in `related`."""
        for (code, kind, name), spans in self._unknown.items():
            first, *others = sorted(spans)
            self.findings.error(
                code,
                f"there is no {kind} `{name}`",
                first,
                related=tuple(Label(span, "named here too") for span in others),
                help=did_you_mean(name, self._known[code, kind, name]) or (f"declare it below `{kind}s:`",),
            )
