"""The project that `intentc init` writes: small, accepted, with checks for every change."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_FOLDER = "files"
_DOT = "dot-"  # a name in the package; build tools leave files with dots out


def scaffold(name: str, version: str) -> Mapping[str, str]:
    """Return the files of a new project by their paths, `/` between folders; `name` is a word of `[a-z0-9-]`."""
    root = resources.files(__package__) / _FOLDER
    found = dict(_walk(root, ""))
    return {path: text.replace("@NAME@", name).replace("@VERSION@", version) for path, text in sorted(found.items())}


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for item in folder.iterdir():
        path = prefix + item.name.replace(_DOT, ".", 1)
        if item.is_dir():
            found += _walk(item, f"{path}/")
        else:
            found.append((path, item.read_text(encoding="utf-8")))
    return found


def write_new(files: Mapping[str, str], directory: Path) -> list[Path]:
    """Write files that are not there yet; raises `FileExistsError` before anything is written if one of them is."""
    places = {directory / path: text for path, text in files.items()}
    for place in places:
        if place.exists() or place.is_symlink():
            raise FileExistsError(place)
    for place, text in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return list(places)
