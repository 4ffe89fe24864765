"""Where the data files of the product are: in the wheel below `intentc/_data/`, in a checkout beside the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def grammar_path() -> Path:
    """Return the folder with `intent.lark` and what is derived from it."""
    return _find("grammar")


def targets_paths(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Return the folders that hold targets, one folder each: the product's own first, then `extra` as given."""
    return (_find("targets"), *extra)


def _find(name: str) -> Path:
    """Return the folder of this name that belongs to this copy of the package."""
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
