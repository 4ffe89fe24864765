"""Golden output of the target `frr`, accepted by the tools that will read it.

`python tests/unit/test_target_frr_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support_frr import (
    H1,
    H1_6,
    H2,
    MBPS,
    TARGETS,
    bfd,
    config,
    edge,
    fence,
    files,
    fleet,
    flow,
    full_config,
    isolate,
    mark,
    meter,
    port,
    queue,
    steer,
    targets,
)

from intentc.ir.stages import stage_configs
from intentc.render.render import render_device

GOLDEN = TARGETS / "frr" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))

CASES = {
    "everything": full_config(),
    "marking": config(
        edges=[edge(), edge("eth4", "dscp", ("10.10.7.0/24",)), edge("eth5", "fabric", ("10.10.8.0/24",))],
        meters=[
            meter("m-rate", 5 * MBPS),
            meter("m-both", 5 * MBPS, ceiling=20 * MBPS),
            meter("m-ceiling", ceiling=MBPS),
        ],
        marking=[
            mark("rate", UDP, "high", precedence=1, meter="m-rate"),
            mark("both", flow(H1_6, "::/0", "tcp", (443, 443)), "high", precedence=2, meter="m-both"),
            mark(
                "ceiling",
                flow(H1, "0.0.0.0/0", "sctp"),
                "background",
                precedence=3,
                meter="m-ceiling",
                interfaces=("eth1", "eth4"),
            ),
        ],
    ),
    "queueing": config(
        queueing=[
            port(
                "eth2",
                rate=10_000 * MBPS,
                mtu=9000,
                queues=(queue("critical", 123_456_789, rate=10_000 * MBPS), queue("default")),
            ),
            port(
                "eth3",
                rate=MBPS // 2,
                queues=(queue("background", 5_000, rate=MBPS // 2), queue("default", rate=MBPS // 2)),
            ),
        ]
    ),
    "steering": config(
        steering=[
            steer(UDP, ("r2", "r3"), precedence=1),
            steer(flow(protocol="tcp"), ("r3",), closed=False, precedence=2, interfaces=("eth1", "eth2")),
            steer(flow(H1_6, "::/0"), (), precedence=3),
            steer(flow(protocol="icmp"), ("r3", "r2"), precedence=4, interfaces=()),
        ]
    ),
    "fencing": config(
        fences=[
            fence("pinned", UDP, ("eth2", "eth3")),
            fence("secret", flow("0.0.0.0/0", "0.0.0.0/0", dscp=34), reason="encrypt"),
        ]
    ),
    "isolation": config(
        edges=[edge()],
        isolation=[
            isolate("closed"),
            isolate("open-4", "10.10.1.7/32", [flow(H2, "10.10.1.7/32", "udp", (7000, 7009))]),
            isolate("open-6", H1_6, [flow("::/0", H1_6)], direction="from"),
        ],
    ),
    "protection-isis": config(bfd=[bfd("eth2", interval_us=300_000), bfd("eth3", interval_us=300_000)]),
    "protection-ospf": config(bfd=[bfd("eth2", "ospf", 100_000, 5)]),
    "halfway": dict(
        stage_configs(full_config(), config(steering=[steer(UDP, ("r3",))], queueing=[port("eth2", rate=50 * MBPS)]))
    )["switch"],
}


def rendered(case):
    item = CASES[case]
    return files(render_device(item, fleet(item), targets()["frr"]))


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    golden = {path.name: path.read_text() for path in (GOLDEN / case).iterdir()}
    assert rendered(case) == golden


def test_there_is_no_golden_without_a_case():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


NFT = [
    (case, name)
    for case in sorted(CASES)
    for name in ("guard.nft", "queue.nft", "edge.nft")
    if (GOLDEN / case / name).exists()
]
FRR = [case for case in sorted(CASES) if (GOLDEN / case / "frr.conf").exists()]


def can_nft():
    if shutil.which("nft") is None or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-n", "nft", "list", "ruleset"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_nft(), reason="needs nft and root")
@pytest.mark.parametrize(("case", "name"), NFT)
def test_nft_accepts_it(case, name):
    done = subprocess.run(
        ["unshare", "-n", "nft", "-c", "-f", str(GOLDEN / case / name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("vtysh") is None, reason="needs vtysh of FRR")
@pytest.mark.parametrize("case", FRR)
def test_frr_accepts_it(case):
    done = subprocess.run(
        ["vtysh", "-C", "-f", str(GOLDEN / case / "frr.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "%" not in done.stderr


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case in CASES:
        (GOLDEN / case).mkdir(parents=True)
        for name, text in rendered(case).items():
            (GOLDEN / case / name).write_text(text)


if __name__ == "__main__":
    write()
