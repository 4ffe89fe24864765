"""The containerlab engine, where containerlab, Docker and an image are: the same files, the same questions."""

import re
import subprocess
import time

import pytest
from support_lab import diamond, flow

from intentc.lab import containerlab
from intentc.lab.convergence import wait_converged
from intentc.lab.export import export, write
from intentc.lab.model import ExportOptions, LabError
from intentc.lab.probe import measure, probing
from intentc.lab.starting import running_lab
from intentc.lab.trace import trace

IMAGE = ExportOptions().image


def reasons():
    missing = list(containerlab.missing())
    if not missing:
        argv = [containerlab.docker(), "image", "inspect", IMAGE]
        if subprocess.run(argv, capture_output=True, check=False).returncode != 0:
            missing.append(f"no image {IMAGE} (the exported image/Dockerfile builds it)")
    return ", ".join(missing)


MISSING = reasons()
pytestmark = [
    pytest.mark.containerlab,
    pytest.mark.skipif(bool(MISSING), reason=f"containerlab cannot run here: {MISSING}"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    directory = tmp_path_factory.mktemp("diamond")
    write(export(diamond()), directory)
    with running_lab(directory, "containerlab") as made:
        wait_converged(made, 60)
        yield made


def containers(lab):
    name = re.sub(r"_+", "-", lab.run.name).strip("-")
    argv = [
        containerlab.docker(),
        "ps",
        "-a",
        "--format",
        "{{.Names}}",
        "--filter",
        f"name=clab-{name}-",
    ]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


def test_the_exported_files_run_unchanged(lab):
    assert [hop.node for hop in trace(lab, flow(1, 4))] == ["r1", "r2", "r4", "r4-h1"]
    assert [hop.node for hop in trace(lab, flow(1, 4, version=6))] == ["r1", "r2", "r4", "r4-h1"]
    assert len(containers(lab)) == 7


def test_delay_is_emulated_where_the_kernel_can(lab):
    made = measure(lab, [flow(1, 4)], 0.5)["1>4"]
    assert made.lost == 0
    if not lab.state.notes:
        assert 3_900 <= made.delay.p50_us <= 4_700
    else:
        assert lab.state.notes == ("this kernel has no netem: links have no delay here",)
        assert made.delay.p50_us < 1_000


def test_a_link_without_carrier_costs_little(lab):
    with probing(lab, [flow(1, 4)]) as measurement:
        time.sleep(0.5)
        lab.fail_link("r1--r2", mode="down")
        time.sleep(1.0)
    assert measurement["1>4"].outage_ms <= 350
    lab.repair_link("r1--r2")
    wait_converged(lab, 30)


def test_what_containerlab_cannot_do_is_said(lab):
    with pytest.raises(LabError, match="cannot power-cycle `r2`") as caught:
        lab.restart("r2")
    assert caught.value.help == ("use `--engine netns`",)


def test_routers_are_reached_over_ssh(lab):
    access = lab.access["r1"]
    options = ["-o", f"UserKnownHostsFile={lab.known_hosts}", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"]
    argv = ["ssh", "-i", str(lab.key), *options, "-p", str(access.port), f"root@{access.host}", "hostname"]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "r1\n"


def test_the_end_leaves_no_container(tmp_path):
    write(export(diamond()), tmp_path)
    with running_lab(tmp_path, "containerlab") as lab:
        assert len(containers(lab)) == 7
    assert containers(lab) == []
    assert not lab.run.exists()
