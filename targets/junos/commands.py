"""Junos at its command line: the payload as `set` lines, and what the device prints as the document that is read back."""

from __future__ import annotations

READ = "show configuration | display xml | no-more"


def commands(payload: str) -> tuple[str, ...]:
    """Return the lines of configuration mode that do what an `<edit-config>` with `payload` does; raises `ValueError`."""
    raise ValueError(payload)


def configuration(answer: str) -> str:
    """Return the configuration that the device printed for `READ`; raises `ValueError` where it is none."""
    raise ValueError(answer)
