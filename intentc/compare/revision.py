"""A project as it stands in a revision of its git repository, laid out in a folder of its own."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from intentc.failures import Refusal

_GIT_S = 120.0
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def lay_out(root: Path, revision: str, folder: Path) -> Path:
    """Write the files of the project at `root` as they are in `revision` below `folder`; return the project's root there.

    Nothing of the repository is changed: neither its work tree nor its index. Raises `Refusal` (status 2) where git, the
    revision, or the project in it cannot be had. Links that lead out of the project are left out, as `import` may not go there.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise Refusal(
            f"there is no revision `{revision}`", "name a commit, a branch or a tag, as in `intentc diff main`"
        )
    prefix = os.fsdecode(_git(root, "rev-parse", "--show-prefix") or b"").rstrip("\n")
    top = Path(os.fsdecode(_git(root, "rev-parse", "--show-toplevel") or b".").rstrip("\n"))
    # From below the top `archive` would look for the folder below itself.
    archive = _git(top, "archive", "--format=tar", f"{commit.decode().strip()}:{prefix}")
    if archive is None:
        raise Refusal(
            f"`{revision}` has no folder `{prefix or '.'}`", "the project came later, or stood somewhere else"
        )
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files.getmembers():
            _write(files, member, folder)
    return folder


def _write(files: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a file, or a link that stays inside; modes, owners and times are of no use here."""
    place = folder / member.name
    if not _is_inside(place, folder):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    content = files.extractfile(member) if member.isfile() else None
    if content is not None:
        place.write_bytes(content.read())
    elif member.issym() and _is_inside(place.parent / member.linkname, folder):
        place.symlink_to(member.linkname)


def _is_inside(place: Path, folder: Path) -> bool:
    return Path(os.path.normpath(place)).is_relative_to(folder)


def _git(root: Path, *words: str) -> bytes | None:
    """Return what git prints; None where it says no. Raises `Refusal` where there is no git, or no repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            check=False,
            timeout=_GIT_S,
            env={**os.environ, **_ENVIRONMENT},
        )
    except FileNotFoundError:
        raise Refusal("`intentc diff` needs git, which is not installed") from None
    except subprocess.TimeoutExpired:
        raise Refusal(f"git did not answer within {_GIT_S:g} s") from None
    if done.returncode and b"not a git repository" in done.stderr:
        raise Refusal(f"`{root}` is in no git repository", "`intentc diff` compares revisions of one")
    return None if done.returncode else done.stdout
