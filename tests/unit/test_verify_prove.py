"""What the compiler makes of small programs is proved by the prover, clause by clause."""

from dataclasses import replace

import pytest
from support_verify import NET, build

from intentc.diagnostics import Findings, Source
from intentc.language.parser import parse

SERVICES = """
service any-api { at fra1, ams1  prefix 10.20.0.0/24  port tcp/8443 }
service own-api { at fra1, ams1  prefix 10.30.0.0/24, 10.40.0.0/24  port tcp/9443, udp/9443 }
group branches = sites where role == "branch"
"""

SOUND = {
    "the IGP's own path": "intent x { from ber to fra2 priority high latency <= 20ms bandwidth 10Mbps }",
    "no rate, no bound": "intent x { from ber to fra2 }",
    "a bound without a rate": "intent x { from ber to fra2 latency <= 20ms }",
    "pinned, so steered": "intent x { from ber to fra1 pin region eu priority high bandwidth 10Mbps }",
    "pinned and protected": """intent x { from ber to fra1 pin region eu priority high bandwidth 10Mbps
        failover within 1s { survive any 1 link } }""",
    "avoid node": "intent x { from ber to fra1 avoid node p3 failover within 1s }",
    "avoid link": "intent x { from ber to fra1 avoid link ber-p3 failover within 1s }",
    "avoid region": "intent x { from ber to fra1 avoid region ch }",
    "avoid provider": "intent x { from ber to fra1 avoid provider beta }",
    "avoid srlg": "intent x { from ber to fra1 avoid srlg trench }",
    "via node": "intent x { from ber to fra1 via node p2 bandwidth 1Mbps }",
    "via link, in order": "intent x { from ber to fra1 via node p2, link p1-p2 }",
    "encrypted": "intent x { from muc to fra1 encrypt macsec }",
    "encrypted where it matters": "intent x { from ber to fra1 encrypt on links where latency > 3ms }",
    "one way": "intent x { from ber to fra2 unidirectional bandwidth 10Mbps }",
    "round trip": """intent x { from ber to fra2 priority high latency <= 30ms rtt bandwidth 10Mbps
        failover within 1s }""",
    "between": "intent x { between ber and fra2 bandwidth 20Mbps reverse 5Mbps per pair }",
    "among": "intent x { among fra2, ams1, muc bandwidth 3Mbps per source }",
    "hose": "intent x { from ber, muc to fra2, ams1 bandwidth 10Mbps per source failover within 1s }",
    "total": "intent x { from ber, muc to fra2, ams1 bandwidth 10Mbps total }",
    "ceiling and burst": "intent x { from ber to fra2 bandwidth 10Mbps ceiling 20Mbps burst 64KB }",
    "nothing back": """intent x { from ber to fra2 priority high bandwidth 10Mbps reverse 0bps
        latency <= 20ms }""",
    "less under failure": """intent x { from ber to fra2 bandwidth 50Mbps priority normal
        failover within 1s { survive any 1 link bandwidth 10Mbps latency <= 90ms } }""",
    "more under failure": """intent x { from ber to fra2 bandwidth 10Mbps
        failover within 1s { survive any 1 link bandwidth 50Mbps } }""",
    "nodes": "intent x { from ber to fra2 failover within 1s { survive any 1 node } }",
    "risk groups": "intent x { from muc to fra2 failover within 1s { survive any 1 srlg } }",
    "sites": "intent x { from ber to fra2 failover within 1s { survive any 1 site } }",
    "providers": "intent x { from ber to fra2 failover within 1s { survive any 1 provider } }",
    "several lines": "intent x { from ber to fra2 failover within 1s { survive any 1 node survive any 1 srlg } }",
    "anycast": "intent x { from branches to any of any-api priority critical bandwidth 2Mbps latency <= 30ms }",
    "anycast, replica lost": """intent x { from branches to any of any-api bandwidth 2Mbps per source
        failover within 1s { survive any 1 node } }""",
    "replicas with addresses of their own": """intent x { from branches to any of own-api bandwidth 2Mbps per source
        pin region eu failover within 1s { survive any 1 node } }""",
    "ports": "intent x { from ber to fra2 match tcp/443, udp/4791 dscp EF except tcp/443 dscp 10 }",
    "prefixes": "intent x { from ber to fra1 match prefix 10.1.0.0/25 to 10.20.0.0/26 }",
    "both families": "intent x { from ber to fra1 match tcp/80 priority low bandwidth 1Mbps }",
    "profiles": """profile base { priority high failover within 1s }
        profile pinned extends base { pin region eu }
        profile slow extends base { failover none bandwidth 1Mbps }
        intent x extends pinned, slow { from ber to fra1 }""",
    "a const": """const floor = 20ms
        intent x { from ber to fra2 priority high latency <= floor bandwidth 1Mbps }""",
    "a class of its own": """class gold { dscp AF31 queue 20% }
        intent x { from ber to fra2 priority gold bandwidth 10Mbps latency <= 20ms }""",
    "a strict class of its own": """class voice { dscp 44 queue strict 10% }
        intent x { from ber to fra2 priority voice bandwidth 10Mbps latency <= 20ms }""",
    "jitter and loss": """intent x { from ber to fra2 priority high bandwidth 10Mbps jitter <= 2ms loss <= 0%
        failover within 1s { survive any 1 link } }""",
    "bounded by the queue's size": "intent x { from ber to fra2 bandwidth 10Mbps latency <= 900ms }",
    "all classes on one link": """intent a { from ber to fra2 match tcp/1 priority critical bandwidth 9Mbps burst 9KB }
        intent b { from ber to fra2 match tcp/2 priority high bandwidth 50Mbps }
        intent c { from ber to fra2 match tcp/3 priority low bandwidth 70Mbps failover within 1s }
        intent d { from ber to fra2 match tcp/4 priority background bandwidth 20Mbps }
        intent e { from ber to fra2 match tcp/5 priority normal }
        intent f { from ber to fra2 match tcp/6 priority normal bandwidth 1Mbps }""",
    "an idle class that is metered": """class background { dscp AF31 }
        intent x { from ber to fra2 priority background bandwidth 10Mbps }""",
    "background": "intent x { from ber to fra2 priority background bandwidth 10Mbps }",
    "the same twice": """intent a { from ber to fra2 priority high bandwidth 10Mbps burst 20KB }
        intent b { from ber to fra2 priority high bandwidth 5Mbps burst 10KB }""",
    "one within the other": """intent wide { from ber to fra2 priority low }
        intent narrow { from ber to fra2 match tcp/443 priority high bandwidth 1Mbps }""",
    "except access": """intent x { from muc to ams1 failover within 1s { survive any 1 srlg except access } }""",
    "sets": """intent x { from sites where tier <= 2 and not (name == "muc") to (fra except fra1) }""",
}


@pytest.mark.parametrize("program", SOUND.values(), ids=SOUND)
def test_what_the_compiler_places_is_proved(program):
    built = build(SERVICES + program)
    findings = [item.message for item in built.run.findings.sorted() if item.is_error]
    assert findings == []
    proof = built.prove()
    assert [f"{item.code} {item.message}" for item in proof.findings] == []
    assert proof.statements["behaviour"] > 0


# Two sites joined by two cables in one duct, each site on two cables of its own.
DUCT = """
name: duct
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
nodes:
  a: {platform: frr, release: "8.4", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  x: {platform: frr, release: "8.4", loopback: 10.255.0.2/32}
  y: {platform: frr, release: "8.4", loopback: 10.255.0.3/32}
  d: {platform: frr, release: "8.4", loopback: 10.255.0.4/32, attached: [10.9.0.0/24]}
links:
  - {id: a1, a: a, b: x, capacity: 1Gbps, latency: 1ms}
  - {id: a2, a: a, b: x, capacity: 1Gbps, latency: 1ms}
  - {id: m1, a: x, b: y, capacity: 1Gbps, latency: 1ms, srlg: [duct]}
  - {id: m2, a: x, b: y, capacity: 1Gbps, latency: 1ms, srlg: [duct]}
  - {id: d1, a: y, b: d, capacity: 1Gbps, latency: 1ms}
  - {id: d2, a: y, b: d, capacity: 1Gbps, latency: 1ms}
"""
WAIVED = """intent x { from a to d failover within 1s { survive any 1 srlg }
  waive %s until 2027-01-01 because "second duct ordered" }"""


@pytest.fixture(scope="module")
def waived():
    refused = build("intent x { from a to d failover within 1s { survive any 1 srlg } }", DUCT)
    (code,) = {item.code for item in refused.run.findings.items if item.is_error}
    return build(WAIVED % code, DUCT)


def test_a_state_that_a_waiver_leaves_open_is_told_and_proved(waived):
    assert waived.statuses == {"x": "waived"}
    assert '"unprotected": ["srlg:duct"]' in waived.text
    assert [item.message for item in waived.prove().findings] == []


def test_the_state_must_not_be_hidden_though(waived):
    assert "E0571" in waived.codes(lambda whole: demand(whole).update(unprotected=[]))


def test_without_a_waiver_it_does_not_hold(waived):
    def place(whole):
        whole["intents"][0]["status"] = "placed"
        whole["findings"] = []

    assert "E0573" in waived.codes(place)


def test_an_end_that_is_cut_off_may_be_waived():
    net = "\n".join(line for line in NET.splitlines() if "muc-p2" not in line)
    built = build(
        """intent x { from muc to fra2 failover within 1s { survive any 1 link }
        waive E0520 until 2027-01-01 because "second line ordered" }""",
        net,
    )
    assert built.statuses == {"x": "waived"}
    assert [item.message for item in built.prove().findings] == []

    def hide(whole):
        for entry in whole["intents"][0]["demands"]:
            entry["unprotected"] = []

    assert "E0573" in built.codes(hide)


# -- harmful changes, each with the finding it must give ---------------------------------------------------------------

PINNED = """
intent pinned { from ber to fra1 pin region eu priority high latency <= 30ms bandwidth 10Mbps
  failover within 1s { survive any 1 link } }
"""


@pytest.fixture(scope="module")
def pinned():
    return build(PINNED)


def demand(whole, at=0):
    return whole["intents"][0]["demands"][at]


def set_in(**fields):
    return lambda whole: demand(whole).update(fields)


def abroad(whole):
    """The IGP's own way, with figures that are right for it, and no steering."""
    latency = {"propagation": 2000, "serialisation": 24, "queueing": 48, "total": 2072}
    path = {"path": ["ber1", "p3", "fra1"], "links": ["ber-p3", "fra1-p3"], "share_ppm": 1_000_000}
    demand(whole).update(mechanism="igp", steering=[], segments=[], alternatives=[], margin_us=30_000 - 2072)
    demand(whole)["primary"] = {"paths": [path], "latency_us": latency, "basis": "assumed"}


def drop_state(whole):
    demand(whole)["states"][0]["when"].pop()
    if not demand(whole)["states"][0]["when"]:
        demand(whole)["states"].pop(0)


def wish(whole):
    """A failure state is said to use the primary path of the normal state."""
    demand(whole)["states"][0]["paths"] = demand(whole)["primary"]["paths"]
    demand(whole)["states"][0]["latency_us"] = demand(whole)["primary"]["latency_us"]


def hide(whole):
    name = demand(whole)["states"].pop(0)["when"]
    demand(whole)["unprotected"] = name


def teleport(whole):
    path = demand(whole)["primary"]["paths"][0]
    path["path"], path["links"] = [path["path"][0], path["path"][-1]], [path["links"][0]]


def no_intent(whole):
    whole["intents"] = []


def no_demand(whole):
    whole["intents"][0]["demands"].pop()


def give_up(whole):
    whole["intents"][0].update(status="infeasible", demands=[])


def invent(whole):
    whole["intents"].append({**whole["intents"][0], "name": "nobody", "demands": []})


def open_rule(whole):
    demand(whole)["steering"][0]["fail_closed"] = False


def other_waypoint(whole):
    demand(whole)["steering"][0]["waypoints"] = ["p3"]
    demand(whole)["segments"] = ["p3"]


def no_rule(whole):
    demand(whole)["steering"].pop(0)


def elsewhere(whole):
    demand(whole)["steering"][0]["ingress"] = "fra2-p1"


def other_packets(whole):
    demand(whole)["match"][0]["destination"] = "10.20.0.0/25"


def chain(whole):
    entry = {"name": "c", "source_site": "ber", "budget_us": 1, "slack_us": 1, "steps": [], "worst": None}
    whole["chains"] = [entry]


HARMFUL = {
    "a path abroad": (abroad, {"E0567", "E0570"}),
    "steering left out": (no_rule, {"E0570"}),
    "steering elsewhere": (elsewhere, {"E0570"}),
    "another waypoint": (other_waypoint, {"E0570"}),
    "steering that fails open": (open_rule, {"E0570"}),
    "a promised state left out": (drop_state, {"E0571"}),
    "a state that is wished for": (wish, {"E0572"}),
    "a path denied": (hide, {"E0573"}),
    "a path without the middle": (teleport, {"E0566"}),
    "a faster path": (set_in(margin_us=29_999), {"E0568"}),
    "a looser bound": (set_in(bound_us=90_000), {"E0565"}),
    "less bandwidth": (set_in(bandwidth_bps=1), {"E0565"}),
    "a smaller burst": (set_in(burst_bytes=1), {"E0565"}),
    "a ceiling nobody asked for": (set_in(ceiling_bps=1), {"E0565"}),
    "other packets": (other_packets, {"E0565"}),
    "another class": (lambda whole: whole["intents"][0].update({"class": "critical"}), {"E0565"}),
    "another direction": (set_in(direction="reverse"), {"E0564"}),
    "no protection": (set_in(protection=None), {"E0574"}),
    "a slow repair": (lambda whole: demand(whole)["protection"].update(repair_ms=5000), {"E0574"}),
    "a detection faster than the timers": (lambda whole: demand(whole)["protection"].update(detect_ms=1), {"E0574"}),
    "an intent left out": (no_intent, {"E0563"}),
    "an intent given up without a reason": (give_up, {"E0563"}),
    "an intent invented": (invent, {"E0563"}),
    "a demand left out": (no_demand, {"E0564"}),
    "a link said to be empty": (lambda whole: whole["links"][0]["worst_bps"].update(ab=0, ba=0), {"E0577"}),
    "a fuller network": (lambda whole: whole["objective"].update(max_utilisation=0.9), {"E0577"}),
    "other sources": (lambda whole: whole["inputs"].update({"intents/x.intent": "sha256:0"}), {"E0561"}),
    "a device file that was touched": (lambda whole: whole["devices"][0]["files"][0].update(sha256="0"), {"E0578"}),
    "a device left out": (lambda whole: whole.update(devices=[]), {"E0578"}),
    "an intent waived by nobody": (lambda whole: whole["intents"][0].update(status="waived"), {"E0579"}),
    "a chain": (chain, {"E0590"}),
}


def test_the_pinned_intent_is_steered_and_proved(pinned):
    assert pinned.codes() == set()
    assert '"mechanism": "pbr"' in pinned.text


@pytest.mark.parametrize(("change", "codes"), HARMFUL.values(), ids=HARMFUL)
def test_a_harmful_change_gives_its_finding(pinned, change, codes):
    assert codes <= pinned.codes(change)


def test_findings_name_the_demand_and_both_values(pinned):
    found = pinned.codes(set_in(bandwidth_bps=1))
    assert found == {"E0565"}
    text = pinned.text.replace('"bandwidth_bps": 10000000', '"bandwidth_bps": 1', 1)
    (finding,) = pinned.prove(text).findings
    assert finding.message == "`pinned/ber>fra`: `bandwidth_bps` is `1`, but `10000000` is asked for"
    assert (finding.intent, finding.span.file) == ("pinned", "intents/x.intent")


# -- capacity ----------------------------------------------------------------------------------------------------------


def replace_source(built, text):
    """Return the codes of the findings when the manifest is proved against other sources."""
    run = replace(built.run, files=(parse(Source("intents/x.intent", text), Findings()),))
    return {item.code for item in replace(built, run=run).prove().findings}


@pytest.mark.parametrize(
    ("program", "more", "code"),
    [
        ("bandwidth 10Mbps", "bandwidth 2Gbps", "E0575"),
        ("bandwidth 10Mbps priority critical", "bandwidth 400Mbps priority critical", "E0576"),
        ("latency <= 20ms", "latency <= 1ms", "E0569"),
        ("failover within 1s", "failover within 100ms", "E0574"),
        ("avoid node p3", "avoid node p1, node p3", "E0567"),
        ("via node p1", "via node p2", "E0567"),
        ("bandwidth 1Mbps", "bandwidth nothing", "E0562"),
    ],
    ids=["link", "strict class", "bound", "repair", "avoid", "via", "unknown const"],
)
def test_a_manifest_of_other_sources_is_refused_for_what_it_breaks(program, more, code):
    built = build(f"intent x {{ from ber to fra2 {program} }}")
    assert built.statuses == {"x": "placed"}
    assert code in replace_source(built, f"intent x {{ from ber to fra2 {more} }}")


def test_another_network_is_noticed():
    built = build("intent x { from ber to fra1 bandwidth 1Mbps }")
    moved = build("intent x { from ber to fra1 bandwidth 1Mbps }", NET.replace("igp_metric: 5,", "igp_metric: 50,"))
    assert "E0570" in {item.code for item in moved.prove(built.text).findings}


def test_a_demand_ends_at_the_router_of_a_site_where_its_first_path_does():
    net = NET.replace("attached: [10.50.0.0/24]", "attached: [10.20.0.0/24, 10.50.0.0/24]")
    built = build("service api { at fra prefix 10.20.0.0/24 } intent x { from ber to any of api }", net)

    def move(key, at):
        def change(whole):
            demand = whole["intents"][0]["demands"][at]
            assert demand[key] in {"fra1", "fra2"}
            demand[key] = {"fra1": "fra2", "fra2": "fra1"}[demand[key]]

        return change

    assert built.codes() == set()
    assert "E0566" in built.codes(move("destination", 0))
    assert "E0566" in built.codes(move("source", 1))


def test_a_device_file_has_one_digest():
    def change(whole):
        files = next(device["files"] for device in whole["devices"] if device["files"])
        files.insert(0, {**files[0], "sha256": "0"})

    built = build("intent x { from ber to fra1 priority high bandwidth 1Mbps }")
    assert built.codes() == set()
    assert built.codes(change) == {"E0578"}


NAMESAKES = {
    "sound": "intent x { from muc to fra match tcp/81 }",
    "with a clause that is none": "intent x { from muc to fra latancy 5ms }",
    "left open": "intent x { from muc to",
    "a chain": "chain x { latency <= 50ms step muc -> fra }",
    "a chain to nowhere": "chain x { latency <= 50ms step muc -> nix }",
}


@pytest.mark.parametrize("other", NAMESAKES.values(), ids=NAMESAKES)
def test_what_is_said_of_a_namesake_is_not_about_an_intent_that_is_placed(other):
    built = build(f"intent x {{ from ber to fra match tcp/80 }}\n{other}\n")
    assert built.statuses["x"] == "placed"
    assert any(item.intent == "x" for item in built.run.findings.items)
    assert not built.codes() & {"E0563"}


def test_what_is_said_of_its_own_text_is():
    built = build("intent x { from ber to fra match tcp/80 }\nintent x { from muc to fra match tcp/81 }\n")

    def move(manifest):
        next(item for item in manifest["findings"] if item["code"] == "E0203")["line"] = 1

    assert "E0563" in built.codes(move)
