"""The long parts of a build, written before the rest is known, by copies of the process: all that a manifest says of intents, and the provenance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self

from intentc.manifest.nameless import Nameless
from intentc.manifest.statuses import tell_alike
from intentc.manifest.write import Compiled, write_closing, write_opening, write_provenance, write_remaining
from intentc.render.model import Bundle

_THEIRS = 0.55  # of the intents of a refused program; to a copy each page that it writes to is new
# hands a function to who calls it meanwhile; what it returns waits for that
Begin = Callable[[Callable[[], None]], Callable[[], None]]


class Opening:
    """A manifest up to its last intent, in a file without a name: however this ends, nothing is left of it but by `become`.

    Of a program that is refused only up to `_THEIRS` of them: no devices are configured meanwhile, so that the others are written here.
    """

    def __init__(self, compiled: Compiled, files: tuple[Nameless, Nameless], begin: Begin) -> None:
        count = len(compiled.model.intents)
        is_refused = any(item.is_error for item in compiled.findings)
        self._upto = max(1, int(count * _THEIRS)) if is_refused else count
        self._compiled = compiled
        self._file, self._rest = files
        self._wait = begin(self._write)

    @classmethod
    def begun(cls, compiled: Compiled, directory: Path, begin: Begin) -> Self | None:
        """Begin to write it on the disk of `directory`, which is made; None where that has no files without names (Linux has them)."""
        files = [file for file in (Nameless.below(directory), Nameless.below(directory)) if file is not None]
        if len(files) < 2:
            for file in files:
                file.close()
            return None
        return cls(compiled, (files[0], files[1]), begin)

    def complete(self, compiled: Compiled) -> bool:
        """Write the rest, as `write_manifest` does, once. False: what it holds has changed since, or it cannot be written."""
        try:
            if not self._holds(compiled):
                self.close()
                return False
            with self._rest.data() as stream:
                write_remaining(compiled, stream, self._upto)
                write_closing(compiled, stream)
            self._wait()
            self._file.append(self._rest)
        except OSError:
            self.close()  # whoever writes it all needs the room
            return False
        return True

    def become(self, path: Path) -> bool:
        """Give what is complete its name. False: it cannot be named; then nothing has the name."""
        try:
            self._file.name(path)
        except OSError:
            return False
        finally:
            self.close()
        return True

    def close(self) -> None:
        """Give the files back."""
        self._file.close()
        self._rest.close()

    def _write(self) -> None:
        self._file.empty()
        with self._file.data() as stream:
            write_opening(self._compiled, stream, self._upto)

    def _holds(self, compiled: Compiled) -> bool:
        ours = self._compiled
        return (
            ours.model is compiled.model
            and (ours.project, ours.generator, ours.inputs) == (compiled.project, compiled.generator, compiled.inputs)
            and tell_alike(ours.realised, ours.findings, compiled.realised, compiled.findings)
        )


class Provenance:
    """The provenance of a bundle, in a file without a name."""

    def __init__(self, bundle: Bundle, file: Nameless, begin: Begin) -> None:
        self._bundle = bundle
        self._file = file
        self._wait = begin(self._write)

    @classmethod
    def begun(cls, bundle: Bundle, directory: Path, begin: Begin) -> Self | None:
        """Begin to write it, as `Opening.begun` does."""
        file = Nameless.below(directory)
        return None if file is None else cls(bundle, file, begin)

    def become(self, bundle: Bundle, path: Path) -> bool:
        """Give it its name once it is written. False: it is not that of `bundle`, or can be neither written nor named; then nothing has the name."""
        try:
            if bundle is not self._bundle:
                return False
            self._wait()
            self._file.name(path)
        except OSError:
            return False
        finally:
            self.close()  # whoever writes it all needs the room
        return True

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _write(self) -> None:
        self._file.empty()
        with self._file.data() as stream:
            write_provenance(self._bundle, stream)
