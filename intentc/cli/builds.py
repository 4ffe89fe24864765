"""Builds that are there already: what `verify` proves, and what `compile --keep` keeps."""

from __future__ import annotations

from pathlib import Path

from intentc.failures import Refusal
from intentc.manifest.build_directory import MANIFEST
from intentc.manifest.codec import ManifestError
from intentc.manifest.digest import input_digest
from intentc.manifest.read import read_manifest
from intentc.pipeline import EarlierBuild


def load_build(directory: Path) -> EarlierBuild:
    """Return the manifest of a build directory with its digest; raise `Refusal` (status 2) when there is none or it is damaged."""
    path = directory / MANIFEST
    try:
        data = path.read_bytes()
        return EarlierBuild(read_manifest(data), input_digest(data))
    except FileNotFoundError:
        raise Refusal(f"there is no `{path}`", "`intentc compile` writes it") from None
    except OSError as error:
        raise Refusal(f"cannot read `{path}`: {error.strerror}") from error
    except ManifestError as error:
        raise Refusal(f"`{path}` is damaged: {error}", "`intentc compile` writes it anew") from error
