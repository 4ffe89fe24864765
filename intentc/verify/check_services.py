"""Whether no service is asked for more than its capacity, in the normal state and in every promised failure state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from intentc.language import ast
from intentc.manifest.elements import Elements
from intentc.manifest.model import PathEntry
from intentc.verify.books import Claim, normal_row, row_in
from intentc.verify.case import Case, World
from intentc.verify.failures import State
from intentc.verify.sources import Unprovable

_CODE = "E0595"
_Group = tuple[Case, ...]
_Row = tuple[tuple[PathEntry, ...], Claim]


def check_services(world: World, cases: Mapping[str, _Group]) -> None:
    """Judge every service with a capacity: what placed demands commit towards it, or towards each of its hosts."""
    for name in sorted(world.sources.services):
        capacity = world.sources.services[name].capacity
        users = [group for group in cases.values() if any(name in case.wanted.towards for case in group)]
        if capacity is None or not users:
            continue
        try:
            most = world.sources.quantity(capacity.rate, ast.Unit.RATE)
        except Unprovable as error:
            world.court.deny("E0562", f"what `{name}` serves cannot be told: {error.reason}")
            continue
        for state, rows in _states(world, users):
            asked = _asked(world, rows, is_per_host=capacity.is_per_host)
            for host, bps in sorted(asked.items()):
                where = f" at `{host}`" if host else ""
                said = f"`{name}`{where} is asked for {bps} bps, but its capacity is {most} bps"
                world.court.judge("services", _CODE, holds=bps <= most, otherwise=said, state=state)


def _states(world: World, users: Sequence[_Group]) -> list[tuple[str | None, list[_Row]]]:
    """Return what the demands do in the normal state and in each that any of them is promised."""
    found: list[tuple[str | None, list[_Row]]] = [(None, [normal_row(group) for group in users])]
    promised: dict[Elements, str] = {}
    for group in users:
        for state in group[0].wanted.promised.states:
            promised[state.failed] = min(state.id, promised.get(state.failed, state.id))
    for failed, name in sorted(promised.items(), key=lambda item: item[1]):
        rows = [row_in(world, group, State(name, failed)) for group in users]
        found.append((name, [row for row in rows if row is not None]))
    return found


def _asked(world: World, rows: Iterable[_Row], *, is_per_host: bool) -> dict[str, int]:
    """Return the bps by host ("": all together): of a pool no more than the largest rate of a member there."""
    pools: dict[str, dict[str, list[int]]] = {}
    for paths, claim in rows:
        end = paths[0].path[-1]
        host = (world.topology.nodes[end].site or end) if is_per_host else ""
        pools.setdefault(host, {}).setdefault(claim.pool, []).append(claim.rate_bps)
    return {host: sum(min(sum(rates), max(rates)) for rates in found.values()) for host, found in pools.items()}
