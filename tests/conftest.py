"""The environment of tests, and one profile for every property.

A property has the same examples in every run, or, to explore, other and more ones (see README.md).
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from support_chance import IS_RANDOM, TIMES

from intentc.native.build import MissingToolError, build

# Tests, and the programs that they start, have their bytecode as what is installed has: without it half of the time of a command
# goes into compiling it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

BUSY = (HealthCheck.too_slow, HealthCheck.data_too_large)  # a machine that others use, too, is no mistake of a test

MEMORY, ENOUGH = "/dev/shm", 2**30


def has_memory() -> bool:
    """Whether files can be kept in memory here, and run from there."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return False
    return not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC


# What is written before each step of a transaction is synced: on a disk the fault matrix waits for that half of its time. That it
# is synced, and what happens where that fails, is tested; what the disk then does is not in question.
if has_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)

# Tests say how many examples they want (`@settings(max_examples=…)`) and take everything else from here.
settings.register_profile(
    "intentc", deadline=None, derandomize=not IS_RANDOM, suppress_health_check=BUSY, print_blob=True
)
settings.load_profile("intentc")


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark that every property gets, and build the kernels: what is tested is what their sources say now.

    Nothing is looked through for garbage while tests are collected: they all stay.
    """
    gc.disable()
    if not hasattr(config, "workerinput"):
        with suppress(MissingToolError):
            build()
    config.addinivalue_line("markers", "property: holds for made-up examples (hypothesis); set by tests/conftest.py")


def pytest_collection_finish() -> None:
    """Let the collector pass over what was collected: to look through it each time takes longer than many a test.

    Of what tests make, little is circular, so it looks less often than by itself.
    """
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look for garbage, and pass over what is left then: pytest looks five times more, and the interpreter at its end."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every property, and let it have `TIMES` as many examples as it says."""
    functions = set()
    for item in items:
        function = getattr(item, "obj", None)
        function = getattr(function, "__func__", function)
        if is_hypothesis_test(function):
            item.add_marker(pytest.mark.property)
            functions.add(function)
    for function in functions if TIMES > 1 else ():
        own = getattr(function, "_hypothesis_internal_use_settings", None) or settings.default
        function._hypothesis_internal_use_settings = settings(own, max_examples=own.max_examples * TIMES)
