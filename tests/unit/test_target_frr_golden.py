"""Golden output of the target `frr`, accepted by the tools that will read it.

`python tests/unit/test_target_frr_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
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


TC = [case for case in sorted(CASES) if (GOLDEN / case / "queue.tc").exists()]
CAN_TC = 'for p in $PORTS; do ip tuntap add "$p" mode tap; done && tc -batch "$FILE" && for p in $PORTS; do tc class show dev "$p"; tc qdisc show dev "$p"; done'


def tc(path, ports):
    """What the kernel has after real `tc` has read a file, in a network of its own; its ports are TAP devices."""
    env = {"PATH": os.environ["PATH"], "PORTS": " ".join(ports), "FILE": str(path)}
    return subprocess.run(["unshare", "-n", "sh", "-c", CAN_TC], capture_output=True, text=True, check=False, env=env)


@cache
def can_tc():
    if any(shutil.which(tool) is None for tool in ("tc", "ip", "unshare")):
        return False
    argv = [
        "unshare",
        "-n",
        "sh",
        "-c",
        "ip tuntap add eth1 mode tap && tc qdisc add dev eth1 root handle 1: htb default 1",
    ]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_tc(), reason="needs tc, a kernel with HTB and TAP devices, and root")
@pytest.mark.parametrize("case", TC)
def test_tc_accepts_it_and_the_kernel_has_every_class_queue_and_rate(case):
    path = GOLDEN / case / "queue.tc"
    lines = [line.split() for line in path.read_text().splitlines() if not line.startswith("#")]
    done = tc(path, sorted({words[words.index("dev") + 1] for words in lines}))
    told = [
        line for line in done.stderr.splitlines() if "Consider r2q change" not in line
    ]  # of inner classes, which send nothing
    assert (done.returncode, told) == (0, [])
    classes = {words[words.index("classid") + 1] for words in lines if words[0] == "class"}
    assert set(re.findall(r"^class htb (\S+)", done.stdout, re.MULTILINE)) == classes
    queues = [words for words in lines if words[0] == "qdisc"]
    assert len(re.findall(r"^qdisc (?:htb|bfifo)", done.stdout, re.MULTILINE)) == len(queues)
    limits = sorted(bytes_of(text) for text in re.findall(r"bfifo .* limit (\S+)", done.stdout))
    asked = sorted(int(words[words.index("limit") + 1]) for words in queues if "bfifo" in words)
    assert all(abs(one - other) <= other // 100 for one, other in zip(limits, asked, strict=True))


RULES = [case for case in sorted(CASES) if (GOLDEN / case / "rules").exists()]


@pytest.mark.skipif(not can_tc(), reason="needs ip and root")
@pytest.mark.parametrize("case", RULES)
def test_ip_accepts_the_rules_and_the_kernel_has_each_of_them(case):
    """As the agent gives them: family, preference, mark with its mask, table."""
    rules = [line.split() for line in (GOLDEN / case / "rules").read_text().splitlines() if not line.startswith("#")]
    script = "".join(
        f"ip -{family} rule add pref {preference} fwmark {mark} lookup {table} proto 99\n"
        for family, preference, mark, table in rules
    )
    shown = "ip -N -4 rule show pref 10000; ip -N -6 rule show pref 10000"
    done = subprocess.run(
        ["unshare", "-n", "sh", "-e", "-c", script + shown], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(re.findall(r"fwmark (\S+) lookup (\d+) proto 99", done.stdout)) == sorted(
        (mark, table) for _, _, mark, table in rules
    )


UNITS = {"b": 1, "Kb": 1024, "Mb": 1024**2}


def bytes_of(text):
    """A size as tc prints it."""
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", text).groups()
    return round(float(number) * UNITS[unit])


@pytest.mark.skipif(not can_tc(), reason="needs tc, a kernel with HTB and TAP devices, and root")
@pytest.mark.parametrize(
    ("wrong", "right"), [("burts", "burst"), ("rate fast", "rate 400kbit"), ("parent 9:", "parent 1ca0:")]
)
def test_tc_refuses_what_is_wrong(wrong, right, tmp_path):
    text = (GOLDEN / "everything" / "queue.tc").read_text()
    assert right in text
    path = tmp_path / "queue.tc"
    path.write_text(text.replace(right, wrong, 1))
    assert tc(path, ("eth2", "eth3")).returncode != 0


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
