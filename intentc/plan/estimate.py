"""How long a transaction will take, from what its parts took when they were measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

from intentc.plan.model import DevicePlan

CONNECT_S = 0.35  # key exchange and authentication, per device and connection
STEP_S = 1.2  # one stage on one device: copy, validate, commit, read back
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
    return math.ceil(FIXED_S + connects + steps)
