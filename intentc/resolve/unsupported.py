from __future__ import annotations

from intentc.language import ast
from intentc.resolve.program import Program
from intentc.resolve.scope import ProgramScope


def refuse_chains(program: Program, scope: ProgramScope) -> None:
    """Refuse every chain: its budget needs a joint choice of replicas and paths that the placement cannot make yet."""
    for chain in program.chains.values():
        scope.of(chain.name.text).unsupported(
            "a chain", chain.name.span, "write an intent with a `latency` of its own for each step"
        )


def refuse_assertions(program: Program, scope: ProgramScope) -> None:
    """Refuse every assertion: nothing checks properties of the whole network yet."""
    for assertion in program.assertions.values():
        scope.of(assertion.name.text).unsupported(
            f"the assertion of {_WORDS[type(assertion.property)]}",
            assertion.name.span,
            "leave it out, and read the loads and paths in the manifest",
        )


_WORDS: dict[type, str] = {
    ast.Utilization: "`utilization`",
    ast.Connected: "`connected`",
    ast.NoTraffic: "`no traffic`",
    ast.PathLength: "`hops`",
}
