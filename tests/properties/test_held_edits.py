"""A project that is held between commands comes to what each command comes to by itself, whichever build it keeps, or none."""

import random
from pathlib import Path

import pytest
from support_incremental import Program, from_nothing, stages, told

from intentc.cli.builds import Build
from intentc.diagnostics import Findings
from intentc.incremental.held import Held, Kept
from intentc.manifest.again import Again
from intentc.manifest.digest import input_digest
from intentc.manifest.read import read_manifest
from intentc.manifest.write import manifest_pieces, provenance_pieces
from intentc.outcome import manifest_parts
from intentc.render.model import Bundle
from intentc.run import EarlierBuild
from intentc.values import Later

MANIFEST = Path("/nowhere/build/manifest.json")


class Directory:
    """A build directory: the manifest that was written last, with what tells it from any other."""

    def __init__(self):
        self.text, self.number, self.reads = None, 0, 0

    def write(self, text):
        self.text, self.number = text, self.number + 1

    def kept(self):
        text, mark = self.text, (self.number, 0, len(self.text))

        def read():
            self.reads += 1
            return Build(read_manifest(text.encode()), "").to_keep.demands()

        return Kept(MANIFEST, mark, EarlierBuild(Later(read), Later(lambda: input_digest(text.encode()))))


def held_run(held, program, kept=None, facts=(), more=()):
    return held.compile(program.request(), Findings(), (*stages(), *more), facts, kept)


@pytest.mark.parametrize(("seed", "platform"), [(2, "frr"), (4, "sr-bench"), (6, "frr")])
def test_commands_in_any_order_come_to_what_they_do_alone(seed, platform, tmp_path):
    program, held, build = Program(seed, platform), Held(), Directory()
    manifest, provenance = Again(), Again()
    chance = random.Random(seed)  # noqa: S311  (a program, no secret)
    for step in range(9):
        what = chance.choice(("plain", "keep", "keep", "keep and leave", "another")) if build.text else "plain"
        if what == "another":  # somebody else has compiled
            build.write(told(from_nothing(program.request(), build.text))[0])
        kept = None if what == "plain" else build.kept()
        run = held_run(held, program, kept)
        expected = told(from_nothing(program.request(), None if kept is None else build.text))
        assert told(run) == expected, (step, what)
        manifest.write(manifest_pieces(manifest_parts(run)), tmp_path / "manifest.json")
        assert (tmp_path / "manifest.json").read_text() == expected[0], (step, what)
        provenance.write(provenance_pieces(run.bundle or Bundle({})), tmp_path / "provenance.jsonl")
        assert (tmp_path / "provenance.jsonl").read_bytes() == expected[2], (step, what)
        if what != "keep and leave":
            build.write(expected[0])
            held.wrote(build.kept()) if kept is not None else None
        program.edit()
    manifest.close()
    provenance.close()


def test_what_was_written_is_not_read_again():
    program, held, build = Program(2, "frr"), Held(), Directory()
    build.write(told(from_nothing(program.request(), None))[0])
    for _ in range(3):
        run = held_run(held, program, build.kept())
        build.write(told(run)[0])
        held.wrote(build.kept())
        program.edit()
    assert build.reads == 1


@pytest.mark.parametrize("breaks", [("facts",), ("raise",)])
def test_nothing_is_held_where_anything_else_has_changed_or_a_run_broke(breaks):
    program, held = Program(3, "frr"), Held()

    def broken(_run):
        raise ZeroDivisionError

    held_run(held, program)
    before = held_run(held, program)
    if breaks == ("raise",):
        program.edit_figures()
        with pytest.raises(ZeroDivisionError):
            held_run(held, program, more=(broken,))
    again = held_run(held, program, facts=("new",) if breaks == ("facts",) else ())
    assert again.topology is not before.topology
    assert told(again) == told(from_nothing(program.request(), None))
