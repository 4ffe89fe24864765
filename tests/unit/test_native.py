"""How kernels are built and handed out, and what happens where they are not."""

import os
import subprocess
import sys

import pytest
from support_native import needs_kernels

from intentc import native
from intentc.native import build


@needs_kernels
def test_kernels_are_handed_out_unless_they_are_switched_off(monkeypatch):
    assert native.compiled("graph") is not None
    monkeypatch.setenv(native.SWITCH, "0")
    assert native.compiled("graph") is None


def test_what_was_not_built_is_not_there():
    assert native.compiled("no_such_kernels") is None


def test_without_a_compiler_the_reason_is_said_and_nothing_is_left(tmp_path, monkeypatch):
    package = tmp_path / "intentc" / "native"
    package.mkdir(parents=True)
    (package / "small.pyx").write_text("def one():\n    return 1\n")
    monkeypatch.setenv("CC", "no-such-compiler")
    pytest.importorskip("Cython", reason="there is no Cython")
    with pytest.raises(build.MissingToolError, match="no-such-compiler"):
        build.build(package)
    assert [path.name for path in package.iterdir()] == ["small.pyx"]


@needs_kernels
def test_only_what_has_changed_is_built_again(tmp_path):
    package = tmp_path / "intentc" / "native"
    package.mkdir(parents=True)
    (package / "small.pyx").write_text("def one():\n    return 1\n")
    [module] = build.build(package)
    first = module.stat().st_ino
    assert build.build(package) == [module]
    assert module.stat().st_ino == first
    (package / "small.pyx").write_text("def one():\n    return 2\n")
    build.build(package)
    code = f"import sys; sys.path.insert(0, {str(package)!r}); import small; print(small.one())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "2\n"


@needs_kernels
def test_a_program_means_the_same_without_kernels(tmp_path):
    """A whole build of the demo, by kernels and by their twins, is the same to the byte."""
    made = []
    for switch in ("1", "0"):
        folder = tmp_path / switch
        command = [sys.executable, "-m", "intentc", "-C", "intents/demo", "compile", "--out", str(folder)]
        subprocess.run(command, env={**os.environ, native.SWITCH: switch}, check=True, capture_output=True)
        made.append({path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()})
    assert made[0] == made[1]
    assert "manifest.json" in made[0]
