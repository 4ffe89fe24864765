"""What runs, what shall run, and the steps between: the values of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from intentc.ir.model import DeviceConfig
from intentc.plan.promises import Guarantees
from intentc.render.model import RenderedFile
from intentc.values import frozen, ordered


class StageName(StrEnum):
    """The stages in their order, with a barrier after each: what blocks before what carries before what steers."""

    GUARD = "guard"  # fences, isolation: what must never leak is blocked first
    ADD = "add"  # queues, meters, BFD, counters: what carries traffic is there before traffic is sent to it
    SWITCH = "switch"  # classification and steering: traffic moves
    REMOVE = "remove"  # what nothing uses any more, old guards included


class Operation(StrEnum):
    """What happens to one item."""

    ADD = "+"
    CHANGE = "~"
    REMOVE = "-"


CANARY, MAIN = 0, 1  # phases of a change: all stages of some devices before all stages of the others
Groups = tuple[tuple[str, ...], ...]  # of devices, one after the other; those of a group at the same time


@ordered
class Travel:
    """One way of packets: the nodes, the propagation delay, the class (its queues); or why they are lost."""

    nodes: tuple[str, ...]
    latency_us: int
    traffic_class: str
    fault: str = ""


@ordered
class Effect:
    """What changes for packets of an intent that enter at `source`: their ways before and after."""

    intent: str
    source: str
    before: tuple[Travel, ...]
    after: tuple[Travel, ...]


@frozen
class Order:
    """How devices get from one configuration to another so that every state on the way was proved to break no accepted intent.

    `stages`: the configuration of each device after each stage, the last one being the goal. `phases`: by stage who takes its
    step after whom (a barrier after each group), for all or first for the canaries, then for the rest. `back`: who goes back after whom if it comes to that. `proven` counts
    the ways of packets that were followed.
    """

    stages: Mapping[str, tuple[tuple[StageName, DeviceConfig], ...]]
    phases: Mapping[int, Mapping[StageName, Groups]]
    back: Groups
    proven: int
    notes: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def groups(self) -> Mapping[StageName, Groups]:
        """Return who takes a step after whom, of all but canaries."""
        return self.phases[MAIN]


@frozen
class Payload:
    """All that intentc gives one device: the configuration and the files it was rendered to."""

    config: DeviceConfig
    files: tuple[RenderedFile, ...]

    @property
    def texts(self) -> dict[str, str]:
        """Text by file name, without the device's folder."""
        return {file.path.rpartition("/")[2]: file.text for file in self.files}


@frozen
class RunningState:
    """What one device said of itself. `given` is what intentc gave it last (None: nothing yet, or taken away).

    `text` is what runs of the owned objects in the device's own words, without counters, and `digest` names it: two reads
    are equal exactly when nothing owned was changed in between. `drift` says, as lines of a diff, how what runs differs in
    meaning from `given`. `facts` are lines
    `kind=value` of what a configuration may rely on (interfaces, addresses, slots held by others, who the device is). `is_pending`: the device will go back by itself unless what runs is confirmed.
    `held` says, in words, which places somebody else holds that are needed by what was asked about when it was read.
    `release` is "" where the device does not tell. `transport` is how it was reached, and `promises` what that guarantees there (None:
    nobody said; see `plan.guarantees`).
    """

    node: str
    platform: str
    release: str
    given: Payload | None
    digest: str
    text: str = ""
    drift: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    is_pending: bool = False
    transport: str = "ssh"
    promises: Guarantees | None = None
    held: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Return whether what runs is what intentc gave."""
        return not self.drift


@frozen
class Change:
    """One item that is added, changed or removed in `stage`; `intents` asked for it, now or before."""

    stage: StageName
    operation: Operation
    feature: str
    text: str
    intents: tuple[str, ...]


@frozen
class Wave:
    """A part of a stage with a barrier after it: number 0, 1, … of those that the stage has in its phase."""

    stage: StageName
    number: int = 0
    phase: int = MAIN

    @property
    def words(self) -> str:
        """Return the wave as people call it: by its stage, with a number from the second on."""
        before = "canary " if self.phase == CANARY else ""
        return before + (f"{self.stage} {self.number + 1}" if self.number else str(self.stage))


@frozen
class Step:
    """What one device is given in one stage, and in which wave of it in which phase."""

    stage: StageName
    payload: Payload
    wave: int = 0
    phase: int = MAIN

    @property
    def when(self) -> Wave:
        """Return the wave in which the step is taken."""
        return Wave(self.stage, self.wave, self.phase)


@ordered
class Adopted:
    """A line of drift that somebody decided to leave as it runs for now; `by` says who and when."""

    line: str
    by: str


@frozen
class DevicePlan:
    """One device: what was read, what it is given stage by stage, and what it was given before (the inverse).

    The last step's payload is the whole of the new state. `diff` is a unified diff of the owned files. `digest` and
    `facts` are what was read and must still hold when the plan is carried out. `promises` is what its transport guarantees there
    (None: nobody said; see `plan.guarantees`).
    """

    node: str
    target: str
    transport: str
    platform: str
    release: str
    digest: str
    facts: tuple[str, ...]
    before: Payload | None
    after: Payload
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    diff: tuple[str, ...]
    risks: tuple[str, ...]
    drift: tuple[str, ...] = ()
    promises: Guarantees | None = None
    disruptive: tuple[str, ...] = ()  # what sessions or traffic would notice: sentences
    adopted: tuple[Adopted, ...] = ()  # those of `drift` that were adopted: carrying this out takes them back
    more_s: int = 0  # its timer runs so much longer than that of others: it goes back after those that depend on it

    def step(self, wave: Wave) -> Step | None:
        """Return what the device is given in a wave."""
        return next((step for step in self.steps if step.when == wave), None)


@frozen
class Plan:
    """One network-wide transaction, as it will be carried out; `devices` holds those that change, by name in sorted order.

    `inputs` are digests of what the plan was made from (file name -> `sha256:…`); `guarantees` and `notes` are sentences
    for people. `doing` is what it is called in journal, history and audit log (`apply`, `rollback`, `repair`, `withdraw`).
    `undoes` is the id of the apply that a rollback takes back, `about` names the intents that are withdrawn. `unchanged` were read and need nothing. `effects`:
    what changes for traffic, where it was followed.
    """

    project: str
    generator: str
    inputs: Mapping[str, str]
    reasons: Mapping[str, str]  # intent -> why its traffic goes as it goes, one sentence
    devices: tuple[DevicePlan, ...]
    unchanged: tuple[str, ...]
    guarantees: tuple[str, ...]
    notes: tuple[str, ...]
    duration_s: int
    confirm_s: int
    undoes: str = ""
    doing: str = "apply"
    about: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to do."""
        return not self.devices

    @property
    def stages(self) -> tuple[StageName, ...]:
        """Return the stages in which any device changes, in their order."""
        used = {step.stage for device in self.devices for step in device.steps}
        return tuple(stage for stage in StageName if stage in used)

    @property
    def waves(self) -> tuple[Wave, ...]:
        """Return the waves of all stages in their order; a barrier is after each."""
        used = {step.when for device in self.devices for step in device.steps}
        order = list(StageName)
        return tuple(sorted(used, key=lambda wave: (wave.phase, order.index(wave.stage), wave.number)))

    @property
    def longest_s(self) -> int:
        """Return how long the longest of the timers on the devices runs."""
        return self.confirm_s + max((device.more_s for device in self.devices), default=0)

    def device(self, node: str) -> DevicePlan:
        """Return the plan of `node`."""
        return next(device for device in self.devices if device.node == node)
