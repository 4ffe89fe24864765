"""The clauses of an intent, one module each: how it reads, what it means, a good and a bad example.

A new clause is a rule in the grammar, a dataclass of the same name in the syntax tree, a module here, and its line in `CLAUSES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intentc.clauses import (
    among,
    avoid,
    bandwidth,
    between,
    encrypt,
    failover,
    from_,
    isolate,
    jitter,
    label,
    latency,
    loss,
    match,
    optimize,
    overrides,
    pin,
    prefer,
    priority,
    spread,
    symmetric,
    telemetry,
    to,
    transfer,
    unidirectional,
    via,
    waive,
)
from intentc.clauses.kind import ClauseKind
from intentc.clauses.requirement import Refusal, Requirement
from intentc.clauses.scope import Scope
from intentc.language import ast

__all__ = ["CLAUSES", "KINDS", "kind_of", "read_clause"]

# The order of the reference page.
CLAUSES: tuple[ClauseKind[Any], ...] = (
    from_.CLAUSE,
    to.CLAUSE,
    between.CLAUSE,
    among.CLAUSE,
    unidirectional.CLAUSE,
    symmetric.CLAUSE,
    match.CLAUSE,
    overrides.CLAUSE,
    priority.CLAUSE,
    latency.CLAUSE,
    jitter.CLAUSE,
    loss.CLAUSE,
    bandwidth.CLAUSE,
    transfer.CLAUSE,
    pin.CLAUSE,
    avoid.CLAUSE,
    via.CLAUSE,
    prefer.CLAUSE,
    failover.CLAUSE,
    encrypt.CLAUSE,
    label.CLAUSE,
    isolate.CLAUSE,
    spread.CLAUSE,
    telemetry.CLAUSE,
    optimize.CLAUSE,
    waive.CLAUSE,
)

KINDS: Mapping[type, ClauseKind[Any]] = {kind.syntax: kind for kind in CLAUSES}


def kind_of(clause: ast.Clause) -> ClauseKind[Any]:
    """Return the kind of a clause."""
    return KINDS[type(clause)]


def read_clause(clause: ast.Clause, scope: Scope) -> Requirement | Refusal:
    """Return what the clause asks, or why it cannot be told (its finding is made)."""
    return kind_of(clause).read(clause, scope)
