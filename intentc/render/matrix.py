"""The targets in words: one block of lines per target, for people."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.targetkit.model import Target


def matrix(targets: Mapping[str, Target]) -> list[list[str]]:
    """Return, per target, what it is, how it is reached, and each feature with the release that has it or why none has."""
    return [_block(target) for target in targets.values()]


def _block(target: Target) -> list[str]:
    width = max((len(name) for name in (*target.mechanisms, *target.features)), default=0)
    tested = ", ".join(target.tested_releases) or "none"
    others = ", ".join(release for release in target.releases if release not in target.tested_releases) or "none"
    return [
        f"{target.name}: {target.title}",
        f"  transport {target.transport}, commit by {target.commit}",
        f"  releases tested: {tested}; syntax-checked: {others}",
        *(f"  {name:{width}}  mechanism, from {since} on" for name, since in target.mechanisms.items()),
        *(
            f"  {name:{width}}  from {feature.since} on"
            if feature.since
            else f"  {name:{width}}  no: {feature.reason}; {feature.instead}"
            for name, feature in target.features.items()
        ),
    ]
