"""Whether the manifest says of every preference what became of it on the path of the normal state."""

from __future__ import annotations

from intentc.manifest.model import PreferenceEntry
from intentc.verify.case import Case, World
from intentc.verify.ground import Liking, Surveyor

_CODE = "E0597"


def check_preferences(world: World, case: Case) -> None:
    """Judge number, order and figures; that a smaller figure could not be had is not proved."""
    likings = Surveyor(world.topology, world.sources).likes(case.asked.clauses)
    told = case.entry.preferences
    said = f"{case.name}: {len(told)} preferences are told of, the intent has {len(likings)}"
    if world.court.judge("preferences", _CODE, holds=len(told) == len(likings), otherwise=said):
        for liking, entry in zip(likings, told, strict=True):
            _check(world, case, liking, entry)


def _check(world: World, case: Case, liking: Liking, entry: PreferenceEntry) -> None:
    off = max((liking.off(path.path, path.links) for path in case.entry.primary.paths), default=0)
    is_right = (entry.text, entry.off, entry.met, entry.why is None) == (liking.text, off, not off, not off)
    said = f"{case.name}: `{liking.text}` is {off} off on the path, but the manifest has {entry.off} for `{entry.text}`"
    world.court.judge("preferences", _CODE, holds=is_right, otherwise=said)
