"""The house rules that a machine can check: who may import whom, where third parties live, who may print."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "intentc"
MODULES = sorted(PACKAGE.rglob("*.py"))

# third-party package -> the modules (prefixes, relative to intentc/) that may import it
HOMES = {
    "lark": ("language/parser", "language/"),
    "msgspec": ("values",),
    "yaml": ("topology/",),
    "jinja2": ("render/",),
    "netmiko": ("push/ssh",),
    "paramiko": ("push/ssh",),
    "ncclient": ("push/netconf",),
    "networkx": ("topology/model", "verify/"),
    "distributed": ("executor/cluster", "executor/connection"),
    "dask": (),
    "pygls": ("lsp/server",),
    "lsprotocol": ("lsp/",),
}

# room -> rooms it may import; every room may import diagnostics, failures, patterns, recall, resources, values and itself
BOTTOM = {"diagnostics", "failures", "patterns", "recall", "resources", "values", "_data", "__init__"}
ALLOWED = {
    "language": set(),
    "formatting": {"language"},
    "topology": set(),
    "project": set(),
    "inventory": {"topology", "project"},
    "resolve": {"language", "topology", "clauses", "project"},
    "clauses": {"language", "topology", "resolve"},
    "executor": set(),
    "native": set(),
    "forwarding": {"topology", "resolve", "realise", "native"},
    "place": {"topology", "resolve", "realise", "forwarding", "targetkit", "native"},
    "realise": {"native", "topology", "resolve", "forwarding", "targetkit", "place"},
    "whynot": {"language", "topology", "resolve", "forwarding", "place"},
    "assertions": {"topology", "resolve", "realise", "forwarding", "executor"},
    "delay": {"native", "topology", "resolve", "realise"},
    "ir": {"native", "topology", "resolve", "realise", "targetkit", "delay"},
    "render": {"topology", "resolve", "realise", "ir", "targetkit"},
    "targetkit": {"ir", "render", "resolve", "topology"},
    "manifest": {"native", "topology", "resolve", "realise", "render", "ir", "assertions"},
    "order": {"ir", "manifest", "plan", "resolve", "topology", "verify"},
    "plan": {"ir", "render", "targetkit", "resolve", "inventory", "topology", "manifest"},
    "push": {"ir", "render", "targetkit", "resolve", "inventory", "plan", "topology", "project"},
    "verify": {"language", "topology", "manifest", "executor"},
    "lab": {"topology", "targetkit"},
    "importing": {"topology"},
    "scaffold": set(),
    "incremental": {
        "language",
        "topology",
        "resolve",
        "place",
        "realise",
        "delay",
        "ir",
        "render",
        "targetkit",
        "outcome",
        "pipeline",
        "run",
    },
    "lsp": {"language", "topology", "project", "resolve", "realise", "formatting", "incremental", "pipeline", "run"},
    "ci": {"resolve", "manifest"},
    "report": {"topology", "resolve", "realise", "manifest", "verify"},
}


@cache
def facts(path: Path) -> tuple[list[str], set[str]]:
    """Return what a module imports, and the plain names that it calls."""
    found, calls = [], set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            calls.add(node.func.id)
    return found, calls


def imported(path: Path) -> list[str]:
    return facts(path)[0]


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_third_parties_are_imported_in_their_one_home(path):
    for module in imported(path):
        homes = HOMES.get(module.split(".")[0])
        assert homes is None or name(path).startswith(homes), f"{module} has its home in {homes}"


@pytest.mark.parametrize("path", [p for p in MODULES if name(p).split("/")[0] in ALLOWED], ids=name)
def test_rooms_import_only_what_lies_below_them(path):
    room = name(path).split("/")[0]
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "intentc" and len(parts) > 1:
            assert parts[1] in ALLOWED[room] | BOTTOM | {room}, f"{room} must not import {module}"


@pytest.mark.parametrize("path", [p for p in MODULES if name(p).split("/")[0] not in {"cli", "lab"}], ids=name)
def test_only_the_command_line_prints_and_exits(path):
    assert not facts(path)[1] & {"print", "exit", "input"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_runs_away(path):
    assert len(path.read_text().splitlines()) <= 500


def test_help_imports_nothing_heavy():
    code = (
        "import sys, intentc.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(ast.literal_eval(done.stderr.strip().splitlines()[-1]))
    assert not loaded & {
        "lark",
        "yaml",
        "jinja2",
        "netmiko",
        "paramiko",
        "networkx",
        "numpy",
        "distributed",
        "multiprocessing",
    }
    assert "compile" in done.stdout
