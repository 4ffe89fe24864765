"""The recipe of targets/README.md: a folder is all that a target takes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support_frr import TARGETS
from support_openconfig import fleet, full_config

from intentc import resources
from intentc.diagnostics import Findings
from intentc.render.render import load_code, render_device
from intentc.render.targets import load_targets

ROOT = TARGETS.parent
STRICT = "openconfig"  # built by the recipe alone
# all but `frr`, of which labs are made whatever is asked for
NAMED_NOWHERE = ("eos", "iosxe", "iosxr", "junos", "openconfig", "srlinux")
TEXT = (".py", ".toml", ".lark", ".sh", ".j2", ".json", ".css", ".js")


def product_files():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a checkout of git")
    names = [name for name in listed.stdout.splitlines() if not name.startswith("tests/")]
    return [name for name in names if name.endswith(TEXT) and (ROOT / name).exists()]


@pytest.mark.parametrize("name", NAMED_NOWHERE)
def test_no_other_file_of_the_product_names_a_target(name):
    word = re.compile(rf"""["'`/]{name}["'`/]""")  # YANG modules have such names too
    others = [file for file in product_files() if not file.startswith(f"targets/{name}/")]
    assert [file for file in others if word.search((ROOT / file).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in TARGETS.glob("*/target.toml")))
def test_a_folder_has_all_that_a_target_takes(folder):
    assert load_targets([TARGETS], Findings())[folder].name == folder
    for part in ("__init__.py", "README.md", "templates", "golden"):
        assert (TARGETS / folder / part).exists(), part


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in TARGETS.glob("*/target.toml")))
def test_its_words_can_be_compared_with_those_of_all_others(folder):
    code = load_code(load_targets([TARGETS], Findings())[folder])
    assert all(callable(getattr(code, name)) for name in ("artefacts", "differences", "treatments", "screens"))


def test_a_copied_folder_is_a_target_without_any_other_change(tmp_path, monkeypatch):
    shutil.copytree(TARGETS / STRICT, tmp_path / "mine", ignore=shutil.ignore_patterns("golden", "__pycache__"))
    data = tmp_path / "mine" / "target.toml"
    data.write_text(data.read_text().replace(f'"{STRICT}"', '"mine"', 1))
    monkeypatch.setattr(resources, "targets_paths", lambda _=(): (tmp_path,))
    findings = Findings()
    found = load_targets(resources.targets_paths(()), findings)
    assert (list(found), findings.sorted()) == (["mine"], ())
    item = full_config()
    made = render_device(item, fleet(item), found["mine"])
    assert [Path(file.path).name for file in made.files] == ["itc.xml"]
    assert load_code(found["mine"]).differences(made, made.files[0].text) == ()
