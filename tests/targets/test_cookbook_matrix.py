"""What platforms have of the building blocks, row by row, and what becomes of each cell here: a feature, a mechanism, or not offered and why.

The letters say what the platform has by its vendor's word: Y, P (some hardware or releases), N (none). A cell that is not N is a feature of the
target's data on some hardware, or it says why intentc does not offer it; a cell that is N is never offered.
"""

import pytest
from support_targets import all_targets

PLATFORMS = ("junos", "iosxr", "iosxe", "eos", "srlinux", "frr")
UNDERLAY = "the underlay's: intentc reads it and configures none"
DRAWN = "no clause of the language asks for it"
HOSTS = "intentc measures between hosts (`verify --live`) there"
TELEMETRY = "counters are polled, or a collector subscribes; W0616 says so"
SR_IN = "nothing there sends the packets of an intent into a policy"
ROWS = {  # row: letters in the order of PLATFORMS, what realises it, and cells that are another matter
    "B1 classify by addresses, ports and code point, mark at ingress": ("YYYYPY", "marking", {}),
    "B1 port ranges": ("YYYYYY", "marking", {}),
    "B1 traffic class of labels": ("YYYYPN", "queueing", {}),
    "B2 strict priority with a cap": ("YYYYYY", "queueing", {}),
    "B2 guaranteed bandwidth": ("YPYYPY", "queueing", {}),
    "B2 early drops": ("YYPYYY", "early-drop", {"frr": "not offered: kernels without RED cannot be told apart"}),
    "B2 ECN": ("YYPYYY", "ecn", {"frr": "not offered: kernels without RED cannot be told apart"}),
    "B2 flow control, lossless": ("NPNYPN", "lossless", {}),
    "B2 shaping below the speed of the port": (
        "PYYYPY", "queueing", {"srlinux": "not offered: 7220 shapes no port below its speed, and the others have no queues per class"},
    ),
    "B3 explicit SR-MPLS, two preferences": (
        "YYYPPY", "sr-policy",
        {"eos": f"not offered: {SR_IN}", "srlinux": f"not offered: {SR_IN}",
         "frr": "not offered: no labelled routes are written into the kernel; policy-based routing steers there"},
    ),
    "B3 explicit SRv6": (
        "PYNNNP", None,
        dict.fromkeys(("junos", "iosxr", "frr"), f"not offered: {DRAWN}, and SR-MPLS or next hops realise every path"),
    ),
    "B3 ordered next hops that are tracked": (
        "YYYPPY", "steering", {"srlinux": "not offered: what a rule leads away loses its marking, and is not left to the IGP where its next hop is gone"},
    ),
    "B3 class into SR policy at the headend": ("PYPNNN", "sr-policy", {}),
    "B4 Flex-Algo by delay": (
        "YYYPPN", "flex-algo-delay", {"srlinux": "not offered: from 26.3 on, and no model of that was at hand"},
    ),
    "B4 Flex-Algo by affinity": (
        "YYYYPY", "flex-algo-affinity", {"srlinux": "not offered: from 26.3 on, and no model of that was at hand"},
    ),
    "B4 measured delay of links": ("YYYYYN", None, dict.fromkeys(PLATFORMS[:5], f"not offered: {UNDERLAY}")),
    "B4 bound of delay on a computed path": (
        "YYNNPN", None, dict.fromkeys(("junos", "iosxr", "srlinux"), "not offered: paths are computed by intentc, which proves their bounds"),
    ),
    "B5 TI-LFA": ("YYYYYY", "ti-lfa", {"frr": "not offered: by itself it is fast enough without labels"}),
    "B5 BFD": ("YYYYYY", "bfd", {}),
    "B5 floating static backup": (
        "YYYYNY", "steering", {},
    ),
    "B5 liveness of SR policies": (
        "YYYYYN", "sr-policy", {"eos": f"not offered: {SR_IN}", "srlinux": f"not offered: {SR_IN}"},
    ),
    "B5 switching on latency": (
        "PPYPNN", "switching",
        dict.fromkeys(("junos", "iosxr", "eos"), "not offered: no probe there follows a candidate path that carries nothing and takes it off when it is late"),
    ),
    "B5 switching on loss or jitter": (
        "PNPPNN", "switching-loss",
        dict.fromkeys(("junos", "iosxe", "eos"), "not offered: what follows a share that is lost are routes to next hops, or changes of the configuration"),
    ),
    "B6 drop where the path is invalid": (
        "PYYPPY", "steering", {"srlinux": "not offered: it steers nothing; fences drop what must not pass"},
    ),
    "B6 denial at egress by class": ("YYYYYY", "fence", {}),
    "B7 streaming telemetry": (
        "YYYYYP", "streaming", dict.fromkeys(("eos", "srlinux", "frr"), f"not offered: {TELEMETRY}"),
    ),
    "B7 IPFIX": ("YYYYPN", None, dict.fromkeys(PLATFORMS[:5], f"not offered: {DRAWN}: counters are per intent")),
    "B7 sFlow": ("PPNYYN", None, dict.fromkeys(("junos", "iosxr", "eos", "srlinux"), f"not offered: {DRAWN}: counters are per intent")),
    "B8 default deny": ("YYYYYY", "isolation", {}),
    "B8 MACsec or IPsec of links": (
        "YYYYPY", None, dict.fromkeys(PLATFORMS, "not offered: links are encrypted by the underlay; the topology says so, `encrypt` places by it"),
    ),
    "B9 atomic commit": ("YYPYYP", "commit", {}),
    "B9 timed rollback": ("YYYYYP", "commit", {}),
}  # fmt: skip
CELLS = [(row, platform) for row in ROWS for platform in PLATFORMS]


def is_offered(target, feature):
    """Return whether the data of a target has a feature on some hardware."""
    if feature == "commit":
        return all_targets()[target].commit in {"confirmed-commit", "config-session", "restore-timer"}
    found = all_targets()[target].features.get(feature)
    return found is not None and found.since is not None


@pytest.mark.parametrize(("row", "platform"), CELLS)
def test_a_cell_is_a_feature_or_says_why_it_is_none(row, platform):
    letters, feature, others = ROWS[row]
    letter, other = letters[PLATFORMS.index(platform)], others.get(platform)
    assert len(letters) == len(PLATFORMS)
    if letter == "N":
        assert other is None
        return
    if other is not None:
        assert other.startswith("not offered: ")
        assert feature is None or not is_offered(platform, feature) or row.startswith("B2 shaping")
        return
    assert feature is not None
    assert is_offered(platform, feature)


@pytest.mark.parametrize("block", range(1, 10))
def test_every_block_has_a_row(block):
    assert any(row.startswith(f"B{block} ") for row in ROWS)


OWN = {"lossless": "NPNYPN", "streaming": "YYYYYP", "ti-lfa": "YYYYYY"}  # rows that are one feature and nothing else


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("feature", OWN)
def test_what_a_platform_has_not_is_never_offered(feature, platform):
    if OWN[feature][PLATFORMS.index(platform)] == "N":
        assert not is_offered(platform, feature)
