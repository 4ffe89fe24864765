"""What goes to workers and comes back: plain values as bytes, and jobs by the names of their functions."""

from __future__ import annotations

import importlib
import marshal
from collections.abc import Callable
from typing import Any

from intentc.executor.model import Chunk, Job, Ready, Result, Shared


def encode(value: Any) -> bytes:
    """Return a plain value as bytes; raise `ValueError` where anything else is in it (a bug of ours).

    marshal (Python's library reference) writes built-in values only, so no object of the compiler can slip in. Its format
    is that of one version of Python: workers have the same one (`identity`).
    """
    return marshal.dumps(value)


def decode(data: bytes) -> Any:
    """Return the value that was encoded."""
    return marshal.loads(data)  # noqa: S302  (from our own workers; who reaches those can run what they like anyway)


def names_of(job: Job[Shared, Ready, Chunk, Result]) -> tuple[str, str]:
    """Return where the two functions of a job are found; raise `ValueError` for those that nobody else can find."""
    return _name(job.prepare), _name(job.work)


def job_named(names: tuple[str, str]) -> Job[Any, Any, Any, Any]:
    """Return the job of these names."""
    prepare, work = map(_found, names)
    return Job(prepare, work)


def _name(function: Callable[..., object]) -> str:
    name = f"{function.__module__}:{function.__qualname__}"
    if not function.__qualname__.isidentifier() or _found(name) is not function:
        raise ValueError(f"`{name}` is no top-level function: workers cannot find it")
    return name


def _found(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
