"""Compiled kernels: the loops in which placement and queueing spend their time. Each has a twin in Python that gives the same.

`compiled` hands them out where they were built (`build.py`); whoever asks takes the twin where they were not.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

SWITCH = "INTENTC_NATIVE"  # "0": the twins, although there are kernels


def compiled(name: str) -> ModuleType | None:
    """Return a module of kernels by its name in this package, None where it was not built or is switched off."""
    if os.environ.get(SWITCH) == "0":
        return None
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError:
        return None
