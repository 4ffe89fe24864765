"""The prover shares no code with the compiler's own reasoning, not even through what it imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = (
    "intentc.diagnostics",
    "intentc.executor",  # runs whatever functions it is given: it knows nothing of networks, intents or the compiler
    "intentc.language.ast",
    "intentc.manifest.elements",
    "intentc.manifest.model",
    "intentc.manifest.refusal_model",
    "intentc.topology.model",
    "intentc.values",  # how frozen values are made: nothing of networks or intents
    "intentc.verify",
)
OUTSIDE = {"networkx"} | sys.stdlib_module_names
MODULES = sorted((ROOT / "intentc" / "verify").glob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_prover_imports_only_what_is_common_ground(path):
    for name in imported(path):
        is_ours = any(name == room or name.startswith(f"{room}.") for room in ALLOWED)
        is_ours |= name == "intentc.language.ast"
        assert is_ours or name.split(".")[0] in OUTSIDE, f"{path.name} imports {name}"


def test_the_prover_loads_no_room_of_the_compiler():
    code = (
        "import sys, intentc.verify.prove, intentc.verify.live\n"
        "print(*sorted({'.'.join(m.split('.')[:2]) for m in sys.modules if m.startswith('intentc.')}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    rooms = set(done.stdout.split())
    assert rooms <= {
        "intentc.diagnostics",
        "intentc.executor",
        "intentc.language",
        "intentc.manifest",
        "intentc.patterns",  # how regular expressions are compiled when they are first used
        "intentc.topology",
        "intentc.values",  # how a frozen class is made: the models are such classes
        "intentc.verify",
    }
