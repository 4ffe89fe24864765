"""Where text goes: results to standard output, progress and findings' summaries to standard error."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys

from intentc.cli.ending import without_output
from intentc.diagnostics.redaction import without_known
from intentc.diagnostics.text import TextStyle
from intentc.failures import Refusal
from intentc.values import frozen


@frozen
class Console:
    """The terminal as the options describe it. `is_live`: progress may overwrite its own line."""

    style: TextStyle
    error_style: TextStyle
    is_quiet: bool
    is_live: bool
    has_json_log: bool = False

    def out(self, text: str) -> None:
        """Write a result; where it cannot be written, that is a `Refusal`."""
        text = without_known(text)
        try:
            sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritten(error) from error

    def flush(self) -> None:
        """Have all results written; raises as `out` does. A server of editors has closed its output by its end."""
        if sys.stdout.closed:
            return
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritten(error) from error

    def err(self, text: str) -> None:
        """Write a message for the person at the keyboard."""
        self.clear()
        text = without_known(text)
        sys.stderr.write(text if text.endswith("\n") or not text else text + "\n")

    def progress(self, text: str) -> None:
        """Show what is being done, only to a terminal."""
        if self.is_live and not self.is_quiet:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def log(self, event: str, **values: object) -> None:
        """Write a line of the log that machines read, where `--log-format json` asks for it."""
        if self.has_json_log:
            now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
            self.err(json.dumps({"at": now, "event": event, **values}, ensure_ascii=False))

    def clear(self) -> None:
        """Take the progress line away."""
        if self.is_live and not self.is_quiet:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _unwritten(error: OSError) -> Refusal:
    without_output()
    return Refusal(f"cannot write to standard output: {error.strerror}")


def open_console(color: str, *, is_quiet: bool, has_json_log: bool = False) -> Console:
    """Return the console for `--color`, `--log-format` and the environment (NO_COLOR wins over `auto`)."""

    def wanted(is_terminal: bool) -> bool:
        if color == "auto":
            return is_terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        return color == "always"

    is_live = sys.stderr.isatty() and not has_json_log
    return Console(
        TextStyle(wanted(sys.stdout.isatty())), TextStyle(wanted(sys.stderr.isatty())), is_quiet, is_live, has_json_log
    )
