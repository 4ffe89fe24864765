"""From what was compiled and what runs to the transaction between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from intentc.diagnostics import Diagnostic, Findings
from intentc.diagnostics.redaction import redacted
from intentc.ir.model import DeviceConfig
from intentc.plan.changes import changes, differences, empty_config
from intentc.plan.diff import unified
from intentc.plan.drifted import standing
from intentc.plan.estimate import duration_s
from intentc.plan.facts import relied_on
from intentc.plan.guarantees import guarantees
from intentc.plan.model import MAIN, Adopted, DevicePlan, Groups, Order, Payload, Plan, RunningState, StageName, Step
from intentc.plan.risks import disruptions, risks
from intentc.plan.selection import Selection, closure, held_notes, notes
from intentc.render.model import Bundle, DeviceBundle, RenderedFile
from intentc.values import field, frozen, replace

BACK_STEP_S = 5  # between the ends of the timers of devices that go back one after the other
# What this version can speak: the ways to commit (of the targets' data) by transport.
SPOKEN: Mapping[str, frozenset[str]] = {
    "netconf": frozenset({"confirmed-commit"}),
    # the agent on the device; the command line of EOS, of Junos, of SR Linux, of IOS XR
    "ssh": frozenset(
        {"restore-timer", "config-session", "commit-confirmed", "confirmed-accept", "commit-on-trial", "revert-timer"}
    ),
}


@frozen
class Kit:
    """The passes that planning borrows: `split` gives the configuration after each stage on the way from one to another

    (in stage order, the last one being the goal), `render` a configuration's files. `order` finds and proves the order of a
    change, from the configurations of all devices that have any to those of the devices that change; the finding is that
    there is none. Without it all devices take a stage at the same time, and nothing is proved.
    `disruptive` has, by platform, the changes that sessions or traffic notice (see `risks.disruptions`).
    """

    split: Callable[[DeviceConfig, DeviceConfig], Sequence[tuple[str, DeviceConfig]]]
    render: Callable[[DeviceConfig], tuple[RenderedFile, ...]]
    order: Callable[[Mapping[str, DeviceConfig], Mapping[str, DeviceConfig]], Order | Diagnostic] | None = None
    disruptive: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)


@frozen
class Particulars:
    """What a plan records beside the devices. `inputs` are digests by file name; `doing`, `undoes`, `about`: see `Plan`."""

    project: str
    generator: str
    inputs: Mapping[str, str]
    reasons: Mapping[str, str]
    confirm_s: int
    undoes: str = ""
    doing: str = "apply"
    about: tuple[str, ...] = ()
    selection: Selection | None = None  # None: everything
    absent: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # devices that do not answer -> intents that run there
    adopted: Mapping[str, tuple[Adopted, ...]] = field(default_factory=dict)  # device -> drift that is left for now


@frozen
class Goal:
    """What one device shall be given."""

    target: str
    transport: str
    payload: Payload
    commit: str = ""  # of the target; "" where nobody says: what was applied before


def make_plan(
    bundle: Bundle, running: Mapping[str, RunningState], kit: Kit, particulars: Particulars, findings: Findings
) -> Plan:
    """Return the plan that brings every device of `running` to what `bundle` says; what it says nothing of is taken away.

    `running` holds every device that the bundle names (those that could not be read stop the run before). Devices that
    are not as the compilation assumed are findings.
    """
    goals = {node: _wanted(device) for node, device in bundle.devices.items()}
    for node, state in running.items():
        if node not in goals and state.given is not None:
            goals[node] = _nothing(state, kit)
    return plan_for(goals, running, kit, particulars, findings)


def plan_for(
    goals: Mapping[str, Goal],
    running: Mapping[str, RunningState],
    kit: Kit,
    particulars: Particulars,
    findings: Findings,
) -> Plan:
    """Return the plan that brings each device of `goals` to its goal."""
    goals, absent = _answering(goals, running, particulars)
    fitting = [node for node in sorted(goals) if _is_as_assumed(goals[node], running[node], findings)]
    differing = [node for node in fitting if not _is_done(goals[node], running[node])]
    answering, held_back = _hold_back(differing, goals, running, absent)
    changing, left_out = _choose(answering, goals, running, particulars.selection)
    _check_places(changing, running, findings)
    order = _order({node: goals[node] for node in changing}, running, kit, findings)
    planned = [
        _plan_device(goals[node], running[node], kit, order, particulars.adopted.get(node, ())) for node in changing
    ]
    return Plan(
        project=particulars.project,
        generator=particulars.generator,
        inputs={**particulars.inputs, **_digests(goals)},
        reasons=particulars.reasons,
        devices=tuple(planned),
        unchanged=tuple(sorted(running.keys() - set(differing))),
        guarantees=guarantees(planned, particulars.confirm_s, order),
        notes=(*held_back, *left_out, *(order.notes if order is not None else ())),
        duration_s=duration_s(planned),
        confirm_s=particulars.confirm_s,
        undoes=particulars.undoes,
        doing=particulars.doing,
        about=particulars.about,
        effects=order.effects if order is not None else (),
    )


def _check_places(changing: Sequence[str], running: Mapping[str, RunningState], findings: Findings) -> None:
    """Add a finding for each device on which somebody else holds what its configuration needs: nothing of it could be sent."""
    for node in changing:
        if running[node].held:
            findings.add(held_finding(node, running[node].held))


def held_finding(node: str, held: Sequence[str]) -> Diagnostic:
    """Return the finding that somebody else holds places which the configuration of `node` needs."""
    more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
    return Diagnostic(
        "E0827",
        f"somebody else holds on `{node}` what its configuration needs: {redacted(held[0])}{more}",
        node=node,
        help=("take it away or move it; intentc never overwrites what does not carry its mark",),
    )


def _answering(
    goals: Mapping[str, Goal], running: Mapping[str, RunningState], particulars: Particulars
) -> tuple[Mapping[str, Goal], Mapping[str, frozenset[str]]]:
    """Return the goals of the devices that answer, and of the others the intents that run there or shall."""
    wanted = {
        node: frozenset(
            name for change in changes(empty_config(node, "", ""), goal.payload.config, ()) for name in change.intents
        )
        for node, goal in goals.items()
        if node in particulars.absent
    }
    absent = {node: names | wanted.get(node, frozenset()) for node, names in particulars.absent.items()}
    return {node: goal for node, goal in goals.items() if node in running}, absent


def _hold_back(
    differing: Sequence[str],
    goals: Mapping[str, Goal],
    running: Mapping[str, RunningState],
    absent: Mapping[str, frozenset[str]],
) -> tuple[list[str], tuple[str, ...]]:
    """Return the devices that change whatever those that do not answer run, and what is held back, in sentences."""
    if not absent:
        return list(differing), ()
    touched = {**absent, **{node: _concerned(goals[node], running[node]) for node in differing}}
    held = closure(touched, Selection(frozenset(), frozenset(absent)))
    return [node for node in differing if node not in held], held_notes(touched, absent, held)


def _choose(
    changing: list[str], goals: Mapping[str, Goal], running: Mapping[str, RunningState], selection: Selection | None
) -> tuple[list[str], tuple[str, ...]]:
    """Return the devices that change with what is selected, and what that pulls in and leaves out, in sentences."""
    if selection is None:
        return changing, ()
    touched = {node: _concerned(goals[node], running[node]) for node in changing}
    chosen = closure(touched, selection)
    return sorted(chosen), notes(touched, selection, chosen, f"the selection `{selection.words}`")


def _concerned(goal: Goal, state: RunningState) -> frozenset[str]:
    """Return the intents that a device changes for."""
    new = goal.payload.config
    old = state.given.config if state.given else empty_config(new.node, new.platform, new.release)
    return frozenset(name for change in changes(old, new, ()) for name in change.intents)


def _order(
    goals: Mapping[str, Goal], running: Mapping[str, RunningState], kit: Kit, findings: Findings
) -> Order | None:
    """Return the order in which the devices of `goals` change; None where nobody looks for one, or a finding says that there is none."""
    if kit.order is None or not goals:
        return None
    old = {node: state.given.config for node, state in sorted(running.items()) if state.given is not None}
    found = kit.order(old, {node: goal.payload.config for node, goal in goals.items()})
    if isinstance(found, Order):
        return found
    findings.add(found)
    return None


def _wanted(device: DeviceBundle) -> Goal:
    return Goal(device.target, device.transport, Payload(device.config, device.files), device.commit)


def find_unspoken(transport: str, commit: str) -> str | None:
    """Return the words for what this version cannot speak of a transport and a way to commit; None where it can do both."""
    if transport not in SPOKEN:
        return f"`{transport}`"
    return f"`{transport}` with `{commit}`" if commit and commit not in SPOKEN[transport] else None


def _nothing(state: RunningState, kit: Kit) -> Goal:
    config = empty_config(state.node, state.platform, state.release)
    return Goal(state.platform, state.transport, Payload(config, kit.render(config)))


def _is_done(goal: Goal, state: RunningState) -> bool:
    if not state.is_intact:
        return False
    if state.given is None:
        return not differences(empty_config(state.node, "", ""), goal.payload.config)
    return state.given.texts == goal.payload.texts


def _is_as_assumed(goal: Goal, state: RunningState, findings: Findings) -> bool:
    config = goal.payload.config
    unspoken = find_unspoken(goal.transport, goal.commit)
    if unspoken is not None:
        findings.add(
            Diagnostic(
                "E0823",
                f"`{state.node}` is configured over {unspoken}, which this version cannot apply",
                node=state.node,
                help=("apply its files from the build directory by hand, or leave it out of the project's intents",),
            )
        )
        return False
    if state.platform != config.platform:
        findings.add(
            Diagnostic(
                "E0807",
                f"`{state.node}` runs {state.platform}, but its configuration was made for {config.platform}",
                node=state.node,
                help=(
                    "is it the device that is meant? compare `management` and `platform` of the node in the topology",
                ),
            )
        )
        return False
    if not _is_release(state.release, config.release):
        findings.add(
            Diagnostic(
                "E0807",
                f"`{state.node}` runs {state.platform} {state.release}, but its configuration was made for "
                f"{config.platform} {config.release}",
                node=state.node,
                help=(f"write `release: {state.release}` at the node in the topology and compile again",),
            )
        )
        return False
    return True


def _is_release(actual: str, assumed: str) -> bool:
    """8.4 stands for every 8.4.x; an empty one was not needed, or not told by the device."""
    return not assumed or not actual or actual == assumed or actual.startswith(f"{assumed}.")


def _plan_device(
    goal: Goal, state: RunningState, kit: Kit, order: Order | None, adopted: Sequence[Adopted]
) -> DevicePlan:
    new = goal.payload.config
    old = state.given.config if state.given else empty_config(new.node, new.platform, new.release)
    split = kit.split(old, new) if order is None else order.stages[state.node]
    stages = [(StageName(name), config) for name, config in split]
    found = differences(old, new)
    drift = tuple(map(redacted, state.drift))
    left = standing(drift, adopted)
    return DevicePlan(
        node=state.node,
        target=goal.target,
        transport=goal.transport,
        platform=state.platform,
        release=state.release,
        digest=state.digest,
        facts=relied_on(state.facts, old, new),
        before=state.given,
        after=goal.payload,
        steps=_in_waves(_steps(stages, goal, state, kit), state.node, order),
        changes=changes(old, new, stages),
        diff=unified(state.node, state.given.texts if state.given else {}, goal.payload.texts),
        risks=risks(found, drift, left),
        disruptive=disruptions(found, kit.disruptive.get(state.platform)),
        drift=drift,
        adopted=left,
        promises=state.promises,
        more_s=_more_s(state.node, order),
    )


def _in_waves(steps: tuple[Step, ...], node: str, order: Order | None) -> tuple[Step, ...]:
    if order is None:
        return steps
    phase = next(number for number, groups in order.phases.items() if _is_in(node, groups) or number == MAIN)
    groups = order.phases[phase]
    return tuple(replace(step, wave=_place(node, groups.get(step.stage, ())), phase=phase) for step in steps)


def _is_in(node: str, groups: Mapping[StageName, Groups]) -> bool:
    return any(node in group for found in groups.values() for group in found)


def _more_s(node: str, order: Order | None) -> int:
    """Return by how much the device's timer is longer, so that it goes back after those which depend on it."""
    return 0 if order is None else BACK_STEP_S * _place(node, order.back)


def _place(node: str, groups: Groups) -> int:
    return next((number for number, group in enumerate(groups) if node in group), 0)


def _steps(
    stages: Sequence[tuple[StageName, DeviceConfig]], goal: Goal, state: RunningState, kit: Kit
) -> tuple[Step, ...]:
    """Return the steps that change a file; a stage that changes none is left out. The last one is the goal itself."""
    steps: list[Step] = []
    given = state.given.texts if state.given else {}
    current = given if state.is_intact else None
    for name, config in stages:
        payload = Payload(config, kit.render(config))
        if payload.texts != current:
            steps.append(Step(name, payload))
            current = payload.texts
    if current == goal.payload.texts and steps:
        steps[-1] = Step(steps[-1].stage, goal.payload)
    else:
        steps.append(Step(StageName.REMOVE, goal.payload))
    return tuple(steps)


def _digests(goals: Mapping[str, Goal]) -> dict[str, str]:
    return {
        file.path: "sha256:" + hashlib.sha256(file.text.encode()).hexdigest()
        for node in sorted(goals)
        for file in goals[node].payload.files
    }
