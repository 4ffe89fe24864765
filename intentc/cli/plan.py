"""`intentc plan`: what would change on which device and why; nothing is touched."""

from __future__ import annotations

import argparse

from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.planning import compile_accepted, plan_project
from intentc.failures import Refusal
from intentc.plan.file import encode_plan, write_plan
from intentc.plan.text import plan_lines


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Compile, read the devices, show the plan and, with `--out`, write it."""
    compiled = compile_accepted(arguments, console)
    if compiled is None:
        return Exit.FINDINGS
    plan = plan_project(compiled, arguments, console).plan
    if arguments.format == "json":
        console.out(encode_plan(plan))
    else:
        console.out("\n".join(plan_lines(plan, console.style, has_diff=arguments.diff)))
    if arguments.out is not None:
        try:
            write_plan(arguments.out, plan)
        except OSError as error:
            raise Refusal(f"cannot write `{arguments.out}`: {error.strerror}") from error
        console.err(f"wrote {arguments.out}; `intentc apply {arguments.out}` carries out exactly this")
    return Exit.CHANGES if arguments.detailed_exitcode and not plan.is_empty else Exit.DONE
