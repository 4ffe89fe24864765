"""Every example project on every platform: what is rendered of it, and that the vendors' models accept all of that.

`python tests/examples/test_retargeted_examples.py` prints `OUTCOMES` anew; read the difference before you keep it. Devices that are
alike are sampled where an example has hundreds of sites (`SAMPLED` in support_retarget.py); of every project all files are judged.
"""

import contextlib
import io
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import support_xr_typed as iosxr_typed
from support_cisco_typed import ROUTERS as CISCO
from support_cisco_typed import typed_if_known, unplaced
from support_cli_typed import FAKES, misread
from support_eos import judged as refused_lines
from support_judges import judged
from support_retarget import EXAMPLES, KINDS, SAMPLED, Settled, retargeted, settle
from support_targets import all_targets
from support_yang import yang_findings, yang_folder

NAMES = sorted(path.name for path in EXAMPLES.iterdir() if (path / "intentc.toml").is_file())
PRODUCT = sorted(path.parent.name for path in (EXAMPLES.parent / "targets").glob("*/target.toml"))
TARGETS = [name for name in PRODUCT if name != "frr"]  # of FRR and Linux the programs themselves judge, in the labs
NETCONF = [name for name in TARGETS if all_targets()[name].transport == "netconf"]
TYPED = sorted(set(FAKES) & set(TARGETS))
PAIRS = [(name, target) for name in NAMES for target in TARGETS]
pytestmark = pytest.mark.slow

# How many intents of an example are rendered on a platform, and what had to go of which intent before they were: E0620 gave
# `failover` the time that can be reached there, the others took the clause away that they are about, or the intent where it
# cannot be without that. What is not E06xx follows: SR Linux steers nothing (E0508, E0509, E0532), an EOS switch no IPv6;
# nothing says what bursts their shapers let pass, so that no `loss` of a strict class is proved (E0512);
# and a bound of latency needs the rate that a policer there cannot count (E0529, E0534).
OUTCOMES = {
    ("agent-traffic", "eos"): (3, {}),
    ("agent-traffic", "iosxe"): (3, {}),
    ("agent-traffic", "iosxr"): (3, {}),
    ("agent-traffic", "junos"): (3, {}),
    ("agent-traffic", "openconfig"): (3, {}),
    ("agent-traffic", "srlinux"): (
        3,
        {"agent-models": "E0610 E0610", "agent-tools": "E0610 E0610", "chat": "E0529 E0529 E0610"},
    ),
    ("card-fraud", "eos"): (2, {"fraud-scoring": "E0512 E0620"}),
    ("card-fraud", "iosxe"): (2, {"fraud-scoring": "E0620"}),
    ("card-fraud", "iosxr"): (2, {"fraud-scoring": "E0620"}),
    ("card-fraud", "junos"): (2, {"fraud-scoring": "E0620"}),
    ("card-fraud", "openconfig"): (2, {"fraud-scoring": "E0620"}),
    ("card-fraud", "srlinux"): (2, {"fraud-scoring": "E0512 E0529 E0529 E0610 E0620 E0620"}),
    ("demo", "eos"): (
        5,
        {
            "chat": "E0509 E0529 E0610 E0620",
            "checkpoint-sync": "E0610 E0610",
            "diagnosis": "E0529 E0620",
            "evaluation": "E0620",
            "retrieval": "E0529 E0529 E0610 E0620 E0620",
            "weights": "E0610 E0620",
        },
    ),
    ("demo", "iosxe"): (
        6,
        {
            "chat": "E0620",
            "diagnosis": "E0620",
            "evaluation": "E0620",
            "retrieval": "E0529 E0529 E0620 E0620",
            "weights": "E0620",
        },
    ),
    ("demo", "iosxr"): (
        6,
        {
            "chat": "E0620",
            "diagnosis": "E0620",
            "evaluation": "E0620",
            "retrieval": "E0529 E0529 E0620 E0620",
            "weights": "E0620",
        },
    ),
    ("demo", "junos"): (
        6,
        {
            "chat": "E0620",
            "diagnosis": "E0620",
            "evaluation": "E0620",
            "retrieval": "E0529 E0529 E0620 E0620",
            "weights": "E0620",
        },
    ),
    ("demo", "openconfig"): (
        6,
        {"chat": "E0620", "diagnosis": "E0620", "evaluation": "E0620", "retrieval": "E0620", "weights": "E0620"},
    ),
    ("demo", "srlinux"): (
        5,
        {
            "chat": "E0529 E0529 E0610",
            "checkpoint-sync": "E0610 E0610",
            "diagnosis": "E0508",
            "retrieval": "E0529 E0529 E0610",
            "weights": "E0610",
        },
    ),
    ("edge-satellite", "eos"): (3, {"hazard-watch": "E0512"}),
    ("edge-satellite", "iosxe"): (3, {"crew-assistant": "E0620", "hazard-watch": "E0620"}),
    ("edge-satellite", "iosxr"): (3, {}),
    ("edge-satellite", "junos"): (3, {}),
    ("edge-satellite", "openconfig"): (3, {}),
    ("edge-satellite", "srlinux"): (3, {"crew-assistant": "E0610", "hazard-watch": "E0512 E0529 E0529 E0610"}),
    ("factory-vision", "eos"): (3, {}),
    ("factory-vision", "iosxe"): (3, {}),
    ("factory-vision", "iosxr"): (3, {}),
    ("factory-vision", "junos"): (3, {}),
    ("factory-vision", "openconfig"): (3, {}),
    ("factory-vision", "srlinux"): (3, {"camera-streams": "E0529 E0529 E0610", "stop-line": "E0529 E0529 E0610"}),
    ("gpu-fabric", "eos"): (3, {}),
    ("gpu-fabric", "iosxe"): (2, {"all-to-all": "E0610"}),
    ("gpu-fabric", "iosxr"): (2, {"all-to-all": "E0610"}),
    ("gpu-fabric", "junos"): (2, {"all-to-all": "E0610"}),
    ("gpu-fabric", "openconfig"): (2, {"all-to-all": "E0610", "checkpoints": "E0610"}),
    ("gpu-fabric", "srlinux"): (3, {}),
    ("hospital-imaging", "eos"): (2, {}),
    ("hospital-imaging", "iosxe"): (2, {"study-upload": "E0620"}),
    ("hospital-imaging", "iosxr"): (2, {}),
    ("hospital-imaging", "junos"): (2, {}),
    ("hospital-imaging", "openconfig"): (2, {}),
    ("hospital-imaging", "srlinux"): (2, {"study-upload": "E0529 E0529 E0610"}),
    ("neocloud-backbone", "eos"): (5, {"aurora-chat": "E0620", "cobalt-film": "E0620"}),
    ("neocloud-backbone", "iosxe"): (5, {"aurora-chat": "E0620", "cobalt-film": "E0620"}),
    ("neocloud-backbone", "iosxr"): (5, {"aurora-chat": "E0620", "cobalt-film": "E0620"}),
    ("neocloud-backbone", "junos"): (5, {"aurora-chat": "E0620", "cobalt-film": "E0620"}),
    ("neocloud-backbone", "openconfig"): (5, {"aurora-chat": "E0620 E0620"}),
    ("neocloud-backbone", "srlinux"): (
        3,
        {
            "aurora-chat": "E0529 E0529 E0610 E0610",
            "borealis-checkpoints": "E0508",
            "borealis-data": "E0610",
            "cobalt-film": "E0610",
            "dune-voice": "E0508",
        },
    ),
    ("rag-assistant", "eos"): (1, {"rag-answer": "E0620"}),
    ("rag-assistant", "iosxe"): (1, {"rag-answer": "E0620"}),
    ("rag-assistant", "iosxr"): (1, {"rag-answer": "E0620"}),
    ("rag-assistant", "junos"): (1, {"rag-answer": "E0620"}),
    ("rag-assistant", "openconfig"): (1, {"rag-answer": "E0620"}),
    ("rag-assistant", "srlinux"): (1, {"rag-answer": "E0532 E0534 E0610"}),
    ("retail-inventory", "eos"): (1, {}),
    ("retail-inventory", "iosxe"): (1, {}),
    ("retail-inventory", "iosxr"): (1, {}),
    ("retail-inventory", "junos"): (1, {}),
    ("retail-inventory", "openconfig"): (1, {}),
    ("retail-inventory", "srlinux"): (1, {"shelf-watch": "E0529 E0529 E0610"}),
    ("sovereign-training", "eos"): (4, {"dataset-sync": "E0620", "gradient-sync": "E0620", "public-weights": "E0620"}),
    ("sovereign-training", "iosxe"): (
        4,
        {"dataset-sync": "E0620", "gradient-sync": "E0620", "public-weights": "E0620"},
    ),
    ("sovereign-training", "iosxr"): (
        4,
        {"dataset-sync": "E0620", "gradient-sync": "E0620", "public-weights": "E0620"},
    ),
    ("sovereign-training", "junos"): (
        4,
        {"dataset-sync": "E0620", "gradient-sync": "E0620", "public-weights": "E0620"},
    ),
    ("sovereign-training", "openconfig"): (
        4,
        {"dataset-sync": "E0620", "gradient-sync": "E0620", "public-weights": "E0620"},
    ),
    ("sovereign-training", "srlinux"): (
        4,
        {"checkpoint-sync": "E0610", "dataset-sync": "E0610", "gradient-sync": "E0529 E0529 E0610"},
    ),
}


def of(pairs):
    """Return the mark of a test of examples on platforms; all tests of one come one after the other, so that it is compiled once."""
    return pytest.mark.parametrize("case", pairs, indirect=True, ids="-".join, scope="session")


def on(*targets):
    """Return the mark of a test of every example on some platforms."""
    return of([pair for pair in PAIRS if pair[1] in targets])


@dataclass(frozen=True)
class Case:
    """An example on a platform, compiled as far as that goes."""

    name: str
    target: str
    found: Settled

    def payloads(self):
        """Yield path and text of every file of the devices of the platform."""
        build = self.found.project / "build"
        for device in json.loads((build / "manifest.json").read_text())["devices"]:
            for file in device["files"] if device["target"] == self.target else ():
                yield file["path"], (build / file["path"]).read_text()


@pytest.fixture(scope="session")
def case(request, tmp_path_factory):
    name, target = request.param
    return Case(name, target, settle(retargeted(name, target, tmp_path_factory.mktemp("retargeted"))))


def refusals(found: Settled) -> dict[str, str]:
    """Return the codes of what was taken out, by intent."""
    by_intent = defaultdict(list)
    for code, intent in found.refused:
        by_intent[intent].append(code)
    return {intent: " ".join(codes) for intent, codes in sorted(by_intent.items())}


def test_every_platform_has_a_kind_of_router_here():
    assert set(TARGETS) <= set(KINDS)
    assert set(OUTCOMES) == set(PAIRS)
    assert set(SAMPLED) < set(NAMES)


@of(PAIRS)
def test_what_a_platform_refuses_is_known_and_something_is_left(case):
    found = case.found
    print(
        f"{case.name} on {case.target}: {len(found.rendered)} of {len(found.intents)} intents rendered,"
        f" {len(found.refused)} clauses refused"
    )
    assert (len(found.rendered), refusals(found)) == OUTCOMES[case.name, case.target]
    assert found.rendered
    assert list(case.payloads())


@on(*NETCONF)
def test_the_published_models_accept_every_payload(case, tmp_path):
    """No finding of the schema and none of its conditions, on a device with the ports and instances that payloads refer to."""
    if yang_folder() is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    found = {path: judged(case.target, text, tmp_path) for path, text in case.payloads()}
    assert {path: items for path, items in found.items() if items} == {}


@on("openconfig")
def test_without_a_device_only_what_refers_to_it_is_open(case, tmp_path):
    """The same payloads of OpenConfig by themselves: references to ports, and the kind of the instance that these are in."""
    if yang_folder() is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    path, found = tmp_path / "payload.xml", Counter()
    for _, text in case.payloads():
        path.write_text(text)
        found.update(item.split()[0] for item in yang_findings("openconfig", path, tolerated=frozenset()))
    assert found["semantic/leafref"]
    assert set(found) <= {"semantic/leafref", "semantic/mandatory"}


@on(*TYPED)
def test_what_is_typed_of_every_payload_is_read_back_as_it(case):
    """The lines of a command line do what the payload says, on a fake device that understands them by a grammar of its own."""
    assert {path: found for path, text in case.payloads() if (found := misread(case.target, text))} == {}


@on("iosxr")
def test_what_is_typed_into_an_ios_xr_router_is_read_back_as_the_payload(case):
    """Every device over its command line: nothing differs, nothing is left to type, and taken away it is as it was before."""
    found = {path: iosxr_typed.misread(text) for path, text in case.payloads()}
    assert {path: items for path, items in found.items() if items} == {}


@on(*CISCO)
def test_every_line_that_is_typed_on_cisco_has_its_place_in_the_published_models(case):
    lines = [typed_if_known(case.target, text) or () for _, text in case.payloads()]
    assert unplaced(case.target, dict.fromkeys(line for of_one in lines for line in of_one)) == {}


@on("eos")
def test_the_grammar_accepts_every_line_of_eos(case):
    found = {path: refused_lines(text) for path, text in case.payloads()}
    assert {path: items for path, items in found.items() if items} == {}


@on("eos")
def test_avd_accepts_every_line_of_eos(case):
    pytest.importorskip("pyavd", reason="no second source of lines of EOS here: `pip install pyavd`")
    from support_eos_avd import second_opinion

    found = {path: second_opinion(text) for path, text in case.payloads()}
    assert {path: items for path, items in found.items() if items} == {}


def table():
    """Yield the lines of `OUTCOMES` as they are now."""
    for name, target in PAIRS:
        with TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            found = settle(retargeted(name, target, Path(folder)))
        yield f"    {(name, target)!r}: {(len(found.rendered), refusals(found))!r},".replace("'", '"')


if __name__ == "__main__":
    for line in table():
        print(line)
