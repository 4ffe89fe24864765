"""The order of a change: proved, for every accepted intent, in every state between the first and the last step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from intentc.diagnostics import Diagnostic
from intentc.ir.model import DeviceConfig
from intentc.ir.stages import stage_configs
from intentc.manifest.elements import NOTHING, Elements
from intentc.order.back import Versions, WayThere, find_way_back
from intentc.order.device import Device
from intentc.order.effects import find_effects
from intentc.order.guards import Guards, bend, find_guards
from intentc.order.promises import Promise, find_promises
from intentc.order.proof import Breach, Proof
from intentc.order.search import Step, find_groups
from intentc.order.two_steps import Finder, find_two_steps
from intentc.order.walk import Walker
from intentc.order.wishes import NO_WISHES, Wishes
from intentc.plan.model import CANARY, MAIN, Groups, Order, StageName
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.igp import Routing

Configs = Mapping[str, DeviceConfig]

_STAGES = tuple(StageName)
_MOST_ROUNDS = 12  # searches for an order without those that are in its way; each is a whole one


@frozen
class Blocked:
    """Where no order was found: what breaks in which stage."""

    breach: Breach
    stage: StageName
    phase: int


def find_order(
    old: Configs, new: Configs, topology: Topology, failed: Elements = NOTHING, wishes: Wishes = NO_WISHES
) -> Order | Diagnostic:
    """Return the order in which the devices of `new` get there from `old`, or the finding that there is none (E0840, E0844).

    `old` has what runs on every device of the network (those on which intentc owns nothing may be left out); devices that
    `new` leaves out stay as they are. `failed` is what is known to be down meanwhile.
    """
    case = _open(old, new, topology, failed, wishes)
    promises = find_promises(case.walker, case.first, case.last, new)
    found = _search(case, promises)
    if isinstance(found, Order):
        return found
    if found.phase == CANARY:
        return _refused_canaries(found, wishes)
    names = _in_the_way(case, promises, found)
    return _refused(found, names, find_two_steps(old, new, names, _finder(topology, failed)))


def _search(case: _Case, promises: Sequence[Promise]) -> Order | Blocked:
    blocked: Blocked | None = None
    for has_both_carriers in (True, False):
        found = _try(case, promises, has_both_carriers=has_both_carriers)
        if isinstance(found, Order):
            return found
        blocked = blocked or found
    if blocked is None:
        raise AssertionError("every try ends with an order or with what stands in its way")
    return blocked


def _finder(topology: Topology, failed: Elements) -> Finder:
    """Return what looks for the order of one of two steps; it has no wishes, as the canaries and the last are told when it is planned."""

    def find(old: Configs, new: Configs) -> Order | tuple[str, ...]:
        case = _open(old, new, topology, failed, NO_WISHES)
        found = _search(case, find_promises(case.walker, case.first, case.last, new))
        return found if isinstance(found, Order) else found.breach.promise.intents

    return find


@frozen
class _Case:
    walker: Walker
    old: Configs
    new: Configs
    first: Mapping[str, Device]  # the devices of the whole network before
    last: Mapping[str, Device]  # … and after
    wishes: Wishes

    @property
    def phases(self) -> Mapping[int, frozenset[str]]:
        """Return the devices that change in each phase."""
        canaries = self.wishes.canaries & self.new.keys()
        main = {MAIN: frozenset(self.new.keys() - canaries)}
        return {CANARY: canaries, **main} if canaries else main

    def versions(self, guards: Guards, *, has_both_carriers: bool) -> Versions:
        found = {}
        for node, after in sorted(self.new.items()):
            before = self.old.get(node) or DeviceConfig(node, after.platform, after.release, hardware=after.hardware)
            stages = stage_configs(before, after, has_both_carriers=has_both_carriers)
            found[node] = (before, *(bend(config, StageName(name), guards) for name, config in stages))
        return found


def _open(old: Configs, new: Configs, topology: Topology, failed: Elements, wishes: Wishes) -> _Case:
    everything = (*old.values(), *new.values())
    answered = {item.discriminator for config in everything for item in config.reflectors}
    first = {node: Device(config) for node, config in sorted(old.items())}
    last = {**first, **{node: Device(config) for node, config in sorted(new.items())}}
    return _Case(Walker(topology, Routing(topology, failed), answered), old, new, first, last, wishes)


def _try(case: _Case, promises: Sequence[Promise], *, has_both_carriers: bool) -> Order | Blocked:
    plain = case.versions(Guards(), has_both_carriers=has_both_carriers)
    guards = find_guards(case.walker, promises, plain, case.first)
    versions = case.versions(guards, has_both_carriers=has_both_carriers) if guards.is_any else plain
    devices = {node: tuple(map(Device, configs)) for node, configs in versions.items()}
    proof = Proof(case.walker, promises, devices, {n: d for n, d in case.first.items() if n not in versions})
    phases: dict[int, Mapping[StageName, Groups]] = {}
    unmet: set[str] = set()
    for phase, nodes in case.phases.items():
        groups: dict[StageName, Groups] = {}
        for at, stage in enumerate(_STAGES, start=1):
            found = _groups(proof, _step(versions, at - 1, at, nodes, phase), case.wishes.last, unmet)
            if isinstance(found, Breach):
                return Blocked(found, stage, phase)
            groups[stage] = found
        phases[phase] = groups
    back, notes = find_way_back(proof, WayThere(versions, phases, case.phases.get(CANARY, frozenset())))
    return Order(
        stages={node: tuple(zip(_STAGES, configs[1:], strict=True)) for node, configs in versions.items()},
        phases=phases,
        back=back,
        proven=proof.judged,
        notes=(*guards.notes(), *notes, *(f"{name} cannot come last: others depend on it" for name in sorted(unmet))),
        effects=find_effects(promises, case.first, case.last, case.walker.topology),
    )


def _step(versions: Versions, start: int, end: int, nodes: Collection[str] | None = None, phase: int = MAIN) -> Step:
    """Return the step of `nodes` (None: all); in the phase of canaries all others wait, after it the canaries are done."""
    own = versions.keys() if nodes is None else nodes
    moves = {node: (start, end) for node in sorted(own) if versions[node][start] != versions[node][end]}
    others = 0 if phase == CANARY else len(_STAGES)
    return Step(moves, {node: end if node in own else others for node in versions if node not in moves})


def _groups(proof: Proof, step: Step, last: frozenset[str], unmet: set[str]) -> Groups | Breach:
    """Return the groups of a step, with the devices of `last` after all others if that can be; else they are in `unmet`."""
    late = {node: place for node, place in step.moves.items() if node in last}
    early = {node: place for node, place in step.moves.items() if node not in last}
    if late and early:
        first = find_groups(proof, Step(early, {**step.rest, **{node: start for node, (start, _) in late.items()}}))
        then = find_groups(proof, Step(late, {**step.rest, **{node: end for node, (_, end) in early.items()}}))
        if not isinstance(first, Breach) and not isinstance(then, Breach):
            return (*first, *then)
        unmet.update(f"`{node}`" for node in late)
    return find_groups(proof, step)


def _in_the_way(case: _Case, promises: Sequence[Promise], blocked: Blocked) -> tuple[str, ...]:
    """Return the intents without whose promises there would be an order, or the first of them where they are very many."""
    names = set(blocked.breach.promise.intents)
    for _ in range(_MOST_ROUNDS):
        left = [promise for promise in promises if names.isdisjoint(promise.intents)]
        found = _try(case, left, has_both_carriers=True)
        if isinstance(found, Order):
            break
        names.update(found.breach.promise.intents)
    return tuple(sorted(names))


def _refused_canaries(blocked: Blocked, wishes: Wishes) -> Diagnostic:
    return Diagnostic(
        "E0844",
        f"{_quoted(sorted(wishes.canaries))} cannot change before the other devices: {_quoted(blocked.breach.promise.intents)}"
        f" would not be kept meanwhile: {blocked.breach.flaw}",
        intent=blocked.breach.promise.intents[0] if blocked.breach.promise.intents else None,
        help=("add the devices that carry this intent to `--canary`, or leave it out: every order is proved anyway",),
    )


def _refused(blocked: Blocked, names: tuple[str, ...], withdrawn: tuple[str, ...] | None) -> Diagnostic:
    breach = blocked.breach
    later = [node for node, is_later in sorted(breach.choices.items()) if is_later]
    earlier = [node for node, is_later in sorted(breach.choices.items()) if not is_later]
    state = " while ".join(
        words
        for words in (
            f"{_quoted(later)} changed already" if later else "",
            f"{_quoted(earlier)} did not yet" if earlier else "",
        )
        if words
    )
    where = f" once {state}" if state else ""
    entrance = breach.promise.entrance.node
    return Diagnostic(
        "E0840",
        f"no order of the devices keeps {_quoted(breach.promise.intents)}: in the stage `{blocked.stage}` a packet"
        f" {breach.promise.packet.words} from `{entrance}` would be lost or led astray{where}: {breach.flaw}",
        intent=breach.promise.intents[0] if breach.promise.intents else None,
        help=(_two_steps(withdrawn) if withdrawn is not None else _one_by_one(names),),
    )


def _two_steps(names: tuple[str, ...]) -> str:
    return (
        f"do it in two steps: `intentc withdraw {' '.join(names)}`, which leaves that traffic to the IGP, then `intentc apply`;"
        " an order was found and proved for each of them"
    )


def _one_by_one(names: tuple[str, ...]) -> str:
    return (
        f"leaving the traffic of {_quoted(names)} to the IGP meanwhile would not do either: take these intents out of the project and"
        " apply, then put them back and apply; each of the two is proved when it is planned"
    )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
