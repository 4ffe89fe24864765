"""Whether `jitter` and `loss` hold: what queues and links do to the packets of a demand, apart from delaying them."""

from __future__ import annotations

from intentc.language import ast
from intentc.verify.case import Case, World
from intentc.verify.check_paths import Figures
from intentc.verify.figures import basis_of, earliest_us, latency_of

_BOUND = "E0569"
_NS_PER_US = 1000


def check_variation(world: World, case: Case, figures: Figures) -> None:
    """Judge the bounds on jitter and loss that hold in every promised state."""
    jitter, loss = case.asked.clauses.one(ast.Jitter), case.asked.clauses.one(ast.Loss)
    if jitter is not None:
        _check_jitter(world, case, figures, world.sources.quantity(jitter.bound, ast.Unit.TIME))
    if loss is not None:
        _check_loss(world, case, figures, world.sources.quantity(loss.bound, ast.Unit.RATIO))


def _check_jitter(world: World, case: Case, figures: Figures, allowed_ns: int) -> None:
    links, where = world.topology.links, _where(case, figures)
    slow = max(
        latency_of(world, case, path).total + -(-sum(links[name].jitter_ns or 0 for name in path.links) // _NS_PER_US)
        for path in figures.paths
    )
    varies = slow - earliest_us(world, figures.paths)
    is_kept = case.facts is not None and varies * _NS_PER_US <= allowed_ns
    said = f"{where}: its delay varies by {varies} µs, more than the {allowed_ns // _NS_PER_US} µs allowed"
    is_kept = is_kept or world.excuses(case, "E0510" if case.facts is not None else "E0512")
    if case.facts is None:
        said = f"{where}: without a committed rate no jitter can be promised"
    world.court.judge("bounds", _BOUND, holds=is_kept, otherwise=said, state=figures.state)


def _check_loss(world: World, case: Case, figures: Figures, allowed_ppb: int) -> None:
    links, where = world.topology.links, _where(case, figures)
    lost = max(sum(links[name].loss_ppb or 0 for name in path.links) for path in figures.paths)
    basis = basis_of(world, case, figures.paths)
    said = f"{where}: its links lose {lost} ppb, more than the {allowed_ppb} ppb allowed"
    if lost <= allowed_ppb:
        said = f"{where}: nothing proves that its queues lose nothing (`{basis}`)"
    is_kept = lost <= allowed_ppb and basis == "proved"
    is_kept = is_kept or world.excuses(case, "E0511" if lost > allowed_ppb else "E0512")
    world.court.judge("bounds", _BOUND, holds=is_kept, otherwise=said, state=figures.state)


def _where(case: Case, figures: Figures) -> str:
    return case.name if figures.state is None else f"{case.name} in `{figures.state}`"
