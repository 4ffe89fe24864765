"""How long a transaction will take, from what its parts took when they were measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

from intentc.plan.model import DevicePlan, Wave

CONNECT_S = 0.35  # key exchange and authentication, per device and connection
STEP_S = 1.2  # one stage on one device: copy, validate, commit, read back
LINE_S = 0.03  # one line typed at a command line, until its prompt is back: a round trip and what the parser takes
FIXED_S = 2.0  # probe, confirm, persist
CONCURRENT_CONNECTS = 10
CONCURRENT_STEPS = 64


def duration_s(devices: Sequence[DevicePlan]) -> int:
    """Return the expected duration in whole seconds, rounded up; 0 when there is nothing to do."""
    if not devices:
        return 0
    stages = {step.when for device in devices for step in device.steps}
    connects = 2 * CONNECT_S * math.ceil(len(devices) / CONCURRENT_CONNECTS)
    steps = STEP_S * len(stages) * math.ceil(len(devices) / CONCURRENT_STEPS)
    typing = LINE_S * sum(max(_typed_lines(device, when) for device in devices) for when in stages)
    return math.ceil(FIXED_S + connects + steps + typing)


def _typed_lines(device: DevicePlan, when: Wave) -> int:
    """Return how many lines a device is given one by one in a step: at command lines; files, documents and what is pasted go over whole."""
    step = device.step(when)
    if step is None or device.transport != "ssh" or device.promises is None or device.promises.has_paste:
        return 0
    return sum(len(text.splitlines()) for text in step.payload.texts.values())
