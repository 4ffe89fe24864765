"""The vendors' published models as judges of rendered payloads.

The models are not part of the product: `INTENTC_YANG` names the folder that holds `yangcheck` and its models, else it is
looked for as `../shared/yang` beside the checkout. Where there is none, tests skip and say so.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
TOOL = "yangcheck"
MOST = 10_000  # findings, references to the device among them; the tool stops looking after so many


def yang_folder() -> Path | None:
    """The folder with the tool and the models; None where there is none."""
    named = os.environ.get("INTENTC_YANG")
    place = Path(named) if named else CHECKOUT.parent / "shared" / "yang"
    return place if (place / TOOL).is_file() else None


def has_module(platform: str, name: str) -> bool:
    """Whether the models at hand have a module."""
    folder = yang_folder()
    return folder is not None and any((folder / platform).glob(f"{name}*.yang"))


@cache
def _checker(platform: str, switched: tuple[str, ...] = ()) -> Any:
    """The checker of one platform, kept with the models that it has loaded; skips where it cannot run."""
    folder = yang_folder()
    if folder is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    name = "intentc_yangcheck"
    if name not in sys.modules:
        loader = SourceFileLoader(name, str(folder / TOOL))
        spec = importlib.util.spec_from_loader(name, loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        is_quiet, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            loader.exec_module(module)
        finally:
            sys.dont_write_bytecode = is_quiet
    try:
        return sys.modules[name].Checker(platform, toggle=switched)
    except (OSError, RuntimeError) as error:
        pytest.skip(f"the vendor models cannot be read here: {error}")


def yang_findings(
    platform: str,
    path: Path,
    *,
    tolerated: frozenset[str] = frozenset({"leafref"}),
    switched: tuple[str, ...] = (),
    bases: tuple[Path, ...] = (),
) -> list[str]:
    """What the published models of `platform` have against a payload; kinds that are `tolerated` are left out.

    A reference to an object that only the device has (`leafref`) is no mistake of the payload. `switched`: features of the
    models that are the other way round on the hardware in question than the tool takes them to be.
    `bases`: what is taken to be on the device.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the tool leaves closing its files to Python
        found = _checker(platform, switched).check(str(path), [str(base) for base in bases], limit=MOST)
    return [f"{item.level}/{item.kind} {item.path}: {item.msg}" for item in found if item.kind not in tolerated]
