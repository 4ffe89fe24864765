"""Example projects as labs of each platform that containerlab runs: files that are complete and keep to its schema."""

import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import support_retarget
from support_retarget import KINDS, intentc, retargeted
from support_targets import all_targets

NAMES = ("agent-traffic", "factory-vision", "gpu-fabric")  # tests/README.md: the others were run by hand
LABS = {name: all_targets()[name].lab for name in KINDS if all_targets()[name].lab is not None}
RUN = sorted(name for name, lab in LABS.items() if lab.startup is not None)
SCHEMA = "INTENTC_CLAB_SCHEMA"
REFUSED = re.compile(r"in a lab its ports are `[^`]+` to `[^`]+`")
CROWDED = {("iosxe", "gpu-fabric")}  # nodes with more links than the virtual machine has ports
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=RUN)
def labs(request, tmp_path_factory):
    """The labs of all examples on routers of one platform, by example: the folder, or what was said instead."""
    platform, lab = request.param, LABS[request.param]
    kind = replace(KINDS[platform], port=lambda number: lab.port.format(lab.first + number) + (lab.unit or ""))
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(support_retarget.KINDS, platform, kind)
        for name in NAMES:
            project = retargeted(name, platform, tmp_path_factory.mktemp(platform))
            status, said = intentc(
                "-C", project, "lab", "export", "--image", f"{platform}=registry.example/{platform}:1"
            )
            found[name] = status, said, next(project.rglob("*.clab.yml"), None)
    return platform, found


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_whole_lab_of_a_platform(labs, name):
    platform, found = labs
    status, said, file = found[name]
    if (platform, name) in CROWDED:
        assert status != 0
        assert REFUSED.search(said)
        return
    assert status == 0, said
    topology = yaml.safe_load(file.read_text())["topology"]
    ends = [end for link in topology["links"] for end in link["endpoints"]]
    assert len(ends) == len(set(ends))
    assert {end.partition(":")[0] for end in ends} <= set(topology["nodes"])
    routers = [node for node in topology["nodes"].values() if node["kind"] == LABS[platform].kinds[0]]
    assert routers
    missing = [node["startup-config"] for node in routers if not (file.parent / node["startup-config"]).stat().st_size]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_to_the_schema_of_containerlab(labs, name):
    named = os.environ.get(SCHEMA)
    if named is None:
        pytest.skip(f"set {SCHEMA} to containerlab's schemas/clab.schema.json")
    platform, found = labs
    if (platform, name) in CROWDED:
        pytest.skip("no lab: more links than ports")
    checker = jsonschema.Draft7Validator(json.loads(Path(named).read_text()))
    assert [error.message for error in checker.iter_errors(yaml.safe_load(found[name][2].read_text()))] == []
