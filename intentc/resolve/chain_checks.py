"""What the clauses of a chain have to agree on, apart from its steps."""

from __future__ import annotations

from intentc.clauses.requirement import Refusal, worst
from intentc.diagnostics import Label
from intentc.language import ast
from intentc.resolve.requirements import Requirements
from intentc.resolve.scope import ProgramScope

ENDS, BUDGET, NAMED_TWICE = "E0260", "E0261", "E0267"
_END_WORDS = ("from", "to", "between", "among", "unidirectional")


def check_chain(chain: ast.Chain, requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    """Return a refusal if a chain has the name of an intent, clauses that say who talks to whom, or no budget."""
    return worst(
        _refuse_name(chain, scope),
        _refuse_ends(requirements, scope),
        _refuse_transfer(requirements, scope),
        _refuse_boundless(chain, requirements, scope),
    )


def _refuse_name(chain: ast.Chain, scope: ProgramScope) -> Refusal | None:
    """Refuse a chain with an intent's name: findings, waivers and the manifest call both by it."""
    intent = scope.ground.program.intents.get(chain.name.text)
    if intent is None:
        return None
    return scope.report(
        NAMED_TWICE,
        f"an intent is called `{chain.name.text}` too",
        chain.name.span,
        help=("give the chain a name of its own",),
        related=(Label(intent.name.span, "the intent"),),
    )


def _refuse_ends(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    found = [keyword for keyword in _END_WORDS if keyword in requirements.spans]
    return worst(
        *(
            scope.report(
                ENDS,
                f"`{keyword}` has no place in a chain: who talks to whom is said by its steps",
                requirements.spans[keyword],
                help=("write `step A -> B`; every step is a request and its reply",),
            )
            for keyword in found
        )
    )


def _refuse_transfer(requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    span = requirements.spans.get("transfer")
    if span is None:
        return None
    return scope.unsupported("`transfer` in a chain", span, "give the piece an intent of its own: a step is a call")


def _refuse_boundless(chain: ast.Chain, requirements: Requirements, scope: ProgramScope) -> Refusal | None:
    if "latency" in requirements.spans:
        return None
    return scope.report(
        BUDGET,
        f"chain `{chain.name.text}` has no budget",
        chain.name.span,
        help=("write what all steps together may take: `latency <= 180ms`",),
    )
