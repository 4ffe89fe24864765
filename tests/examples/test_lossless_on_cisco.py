"""The fabric of GPUs on Cisco 8800: lossless and marked at every hop, with the queues that its line cards can be told."""

import json
import re
from dataclasses import replace

import pytest
import support_retarget
from support_retarget import KINDS, intentc, retargeted
from support_yang import yang_findings

LINE_CARD = replace(
    KINDS["iosxr"], chassis="8808-88-LC0-36FH", port=lambda n: f"FourHundredGigE0/0/{n // 100}/{n % 100}"
)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Return what compiling gives for a size of queues: the exit status, what is said, and the payloads by node."""
    made = {}

    def of(queue):
        if queue not in made:
            folder = tmp_path_factory.mktemp("fabric")
            with pytest.MonkeyPatch.context() as patched:
                patched.setitem(support_retarget.KINDS, "iosxr", LINE_CARD)
                project = retargeted("gpu-fabric", "iosxr", folder)
            net = project / "topology" / "net.yaml"
            topology = json.loads(net.read_text())
            topology["links"] = [link | {"queue": queue} for link in topology["links"]]
            net.write_text(json.dumps(topology))
            status, said = intentc("-C", project, "--format", "json", "compile", "--output", folder / "out")
            made[queue] = status, said, {path.parent.name: path for path in (folder / "out").rglob("config.xml")}
        return made[queue]

    return of


def test_it_is_placed_and_every_device_on_its_paths_pauses(build):
    status, _, payloads = build("2MB")
    assert status == 0
    texts = {node: path.read_text() for node, path in payloads.items()}
    pausing = {node: text for node, text in texts.items() if "<mode>on</mode>" in text}
    assert {node for node in texts if node.startswith(("leaf", "spine"))} <= pausing.keys()
    for text in pausing.values():
        assert "<traffic-class-id>3</traffic-class-id>" in text
        assert "<pause-threshold>1574400</pause-threshold>" in text
        assert "<max-threshold>1495680</max-threshold>" in text


def test_the_published_models_accept_every_payload(build, tmp_path):
    _, _, payloads = build("2MB")
    for node, path in sorted(payloads.items())[:3]:
        judged = tmp_path / f"{node}.xml"
        judged.write_text(re.sub(r"  <hw-module .*?</hw-module>\n", "", path.read_text(), flags=re.DOTALL))
        assert yang_findings("iosxr", judged) == []


def test_queues_in_which_nothing_could_be_marked_in_time_are_refused_once_a_device(build):
    status, said, payloads = build("16MB")
    assert (status, payloads) == (1, {})
    findings = [one for one in json.loads(said)["findings"] if one["code"] == "E0610"]
    assert all("marking begins at 153600" in one["message"] for one in findings)
    assert len(findings) == len({one["message"].split("`")[1] for one in findings})
