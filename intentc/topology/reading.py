"""What the readers of all sections share: where findings go, what is known to be broken, where everything stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intentc.diagnostics import Findings, Label, Span
from intentc.topology.places import Text, spans_of
from intentc.topology.tree import Table
from intentc.values import field, mutable

_MOST_COMPARISONS = 100_000  # some seconds: a forgotten file must not turn ten thousand missing names into hours


def did_you_mean(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return a help line that proposes the nearest known text, or nothing when none is near."""
    import difflib  # noqa: PLC0415  (only where a name is wrong: start-up)

    near = difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.6)
    return (f"did you mean `{near[0]}`?",) if near else ()


@mutable
class Reading:
    """The state of one load.

    `is_complete` is False once a file or section could not be read: a name that is then not found may well be in there, so
    nothing is said of it. `broken` has the names of elements that are left out, by kind, and `broken_defaults` the fields of
    `defaults`, for the same reason. `texts` are those of the files in which places can be found again.
    """

    findings: Findings
    texts: Mapping[str, Text] = field(default_factory=dict)
    is_complete: bool = True
    broken: dict[str, set[str]] = field(default_factory=dict)
    broken_defaults: set[str] = field(default_factory=set)
    without_platform: list[Span] = field(default_factory=list)
    places: dict[tuple[str, str], Mapping[str, Span]] = field(default_factory=dict)
    _unknown: dict[tuple[str, str, str], list[Span]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], Mapping[str, object]] = field(default_factory=dict)

    def keep_place(self, kind: str, name: str, table: Table) -> None:
        """Remember where the fields of an element stand."""
        self.places[kind, name] = spans_of(table, self.texts)

    def leave_out(self, kind: str, name: str) -> None:
        """Remember an element that has its finding and is not part of the topology."""
        self.broken.setdefault(kind, set()).add(name)

    def misses(self, kind: str, name: str, span: Span, known: Mapping[str, object], code: str) -> bool:
        """Return False, as an answer to "is `name` known?", having noted what `report` will say.

        To be asked as `name in known or reading.misses(…)`, so that no span is made for the many that are known.
        """
        if self.is_complete and name not in self.broken.get(kind, ()):
            self._unknown.setdefault((code, kind, name), []).append(span)
            self._known[code, kind, name] = known
        return False

    def report(self) -> None:
        """Add what many elements can have in common: one finding at its first place, with the other places in `related`."""
        budget = _MOST_COMPARISONS
        for (code, kind, name), spans in self._unknown.items():
            known = self._known[code, kind, name]
            budget -= len(known)
            near = did_you_mean(name, known) if budget >= 0 else ()
            help_ = near or (f"declare it below `{kind}s:`",)
            self._report(code, f"there is no {kind} `{name}`", spans, "named here too", help_)
        if self.without_platform:
            help_ = ("write a target's name, `none` for what nobody configures, or `defaults: {platform: …}`",)
            self._report("E0307", "node without a `platform`", self.without_platform, "this one too", help_)

    def _report(self, code: str, message: str, spans: list[Span], others: str, help_: tuple[str, ...]) -> None:
        first, *rest = sorted(spans)
        self.findings.error(code, message, first, related=tuple(Label(span, others) for span in rest), help=help_)
