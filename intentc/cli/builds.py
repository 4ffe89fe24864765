"""Builds that are there already: what `verify` proves, and what `compile --keep` keeps."""

from __future__ import annotations

from pathlib import Path

from intentc.failures import Refusal
from intentc.manifest.build_directory import MANIFEST
from intentc.manifest.codec import ManifestError
from intentc.manifest.digest import input_digest
from intentc.manifest.earlier import earlier_demands
from intentc.manifest.model import Manifest
from intentc.manifest.read import read_manifest
from intentc.pipeline import EarlierBuild
from intentc.values import Later, frozen


@frozen
class Build:
    """The manifest of a build and the digest of its bytes, as in `inputs`."""

    manifest: Manifest
    digest: str

    @property
    def to_keep(self) -> EarlierBuild:
        """What a compilation keeps of the build."""
        return EarlierBuild(Later(lambda: earlier_demands(self.manifest)), Later(lambda: self.digest))


def load_build(directory: Path) -> Build:
    """Return the manifest of a build directory with its digest; raise `Refusal` (status 2) when there is none or it is damaged."""
    path = directory / MANIFEST
    try:
        data = path.read_bytes()
        return Build(read_manifest(data), input_digest(data))
    except FileNotFoundError:
        raise Refusal(f"there is no `{path}`", "`intentc compile` writes it") from None
    except OSError as error:
        raise Refusal(f"cannot read `{path}`: {error.strerror}") from error
    except ManifestError as error:
        raise Refusal(f"`{path}` is damaged: {error}", "`intentc compile` writes it anew") from error
