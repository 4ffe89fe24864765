"""intentc on a command line without a process of its own: start-up costs more than most of what tests ask for."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from intentc.cli import main


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def intentc(*words: object, cwd: Path | None = None) -> Done:
    """Return what the command does in a directory with nobody at the keyboard. What is not caught there fails the test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        Path(os.devnull).open(encoding="utf-8") as nobody,
        mock.patch.object(sys, "stdin", nobody),
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            status = main([str(word) for word in words])
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
    return Done(status, *(file.buffer.getvalue().decode() for file in (out, err)))
