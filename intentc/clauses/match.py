from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Matching, Pattern, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast


def read(clause: ast.Match, scope: Scope) -> Matching | Refusal:
    """Return the packets that the intent is about."""
    patterns = [_pattern(flow, scope) for flow in clause.flows]
    excepted = [_pattern(flow, scope) for flow in clause.excepted]
    return worst(*patterns, *excepted) or Matching(_sound(patterns), _sound(excepted), clause.span)


def _sound(patterns: list[Pattern | Refusal]) -> tuple[Pattern, ...]:
    return tuple([pattern for pattern in patterns if isinstance(pattern, Pattern)])


def _pattern(flow: ast.FlowExpression, scope: Scope) -> Pattern | Refusal:
    """Return the parts of one FLOW; each kind of part may stand once, since all of them hold."""
    ports: ast.Ports | None = None
    dscp: ast.DscpMatch | None = None
    pair: ast.PrefixPair | None = None
    for part in flow.parts:
        if isinstance(part, ast.Ports) and ports is None:
            ports = part
        elif isinstance(part, ast.DscpMatch) and dscp is None:
            dscp = part
        elif isinstance(part, ast.PrefixPair) and pair is None:
            pair = part
        else:
            return scope.report(
                "E0243",
                "all parts of a flow hold at once, so none can stand twice",
                part.span,
                help=("separate alternatives by a comma",),
            )
    return _resolved(flow, ports, dscp, pair, scope)


def _resolved(
    flow: ast.FlowExpression,
    ports: ast.Ports | None,
    dscp: ast.DscpMatch | None,
    pair: ast.PrefixPair | None,
    scope: Scope,
) -> Pattern | Refusal:
    span = scope.ports(ports) if ports is not None else None
    code_point = scope.dscp(dscp) if dscp is not None else None
    source = scope.prefix(pair.source) if pair is not None else None
    destination = scope.prefix(pair.destination) if pair is not None else None
    if (
        isinstance(span, Refusal)
        or isinstance(code_point, Refusal)
        or isinstance(source, Refusal)
        or isinstance(destination, Refusal)
    ):
        return worst(span, code_point, source, destination) or Refusal.BROKEN
    return Pattern(ports.protocol if ports else None, span, code_point, source, destination, flow.span)


CLAUSE = ClauseKind(
    keyword="match",
    syntax=ast.Match,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="match FLOW {, FLOW} [except FLOW {, FLOW}]",
        meaning=(
            "Which packets. A FLOW is one or more of ports, `dscp NAME|N` and `prefix P to P`, all of which hold; the comma"
            " is or. What a FLOW does not say keeps its default; addresses always stay within those of the ends."
        ),
        default="the services' prefixes and ports, else everything between the attached prefixes",
        good="match tcp/443 dscp AF41, udp/4791 except prefix 10.1.0.0/25 to 10.20.0.0/24",
        bad="match tcp/443 udp/443",
        why="no packet is both",
    ),
)
