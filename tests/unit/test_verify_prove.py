"""What the compiler makes of small programs is proved by the prover, clause by clause."""

import pytest
from support_verify import NET, build

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
    "round trip": "intent x { from ber to fra2 latency <= 30ms rtt bandwidth 10Mbps failover within 1s }",
    "between": "intent x { between ber and fra2 bandwidth 20Mbps reverse 5Mbps per pair }",
    "among": "intent x { among fra2, ams1, muc bandwidth 3Mbps per source }",
    "hose": "intent x { from ber, muc to fra2, ams1 bandwidth 10Mbps per source failover within 1s }",
    "total": "intent x { from ber, muc to fra2, ams1 bandwidth 10Mbps total }",
    "ceiling and burst": "intent x { from ber to fra2 bandwidth 10Mbps ceiling 20Mbps burst 64KB }",
    "nothing back": "intent x { from ber to fra2 bandwidth 10Mbps reverse 0bps latency <= 20ms }",
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
    "a const": "const floor = 20ms intent x { from ber to fra2 latency <= floor bandwidth 1Mbps }",
    "a class of its own": """class gold { dscp AF31 queue 20% }
        intent x { from ber to fra2 priority gold bandwidth 10Mbps latency <= 20ms }""",
    "a strict class of its own": """class voice { dscp 44 queue strict 10% }
        intent x { from ber to fra2 priority voice bandwidth 10Mbps latency <= 20ms }""",
    "background": "intent x { from ber to fra2 priority background bandwidth 10Mbps }",
    "the same twice": """intent a { from ber to fra2 priority high bandwidth 10Mbps burst 20KB }
        intent b { from ber to fra2 priority high bandwidth 5Mbps burst 10KB }""",
    "one within the other": """intent wide { from ber to fra2 priority low }
        intent narrow { from ber to fra2 match tcp/443 priority high bandwidth 1Mbps }""",
    "except access": """intent x { from muc to ams1 failover within 1s { survive any 1 srlg except access } }""",
    "waived": """intent x { from muc to fra2 avoid link muc-p2 failover within 1s { survive any 1 link }
        waive E0521 until 2027-01-01 because "second line ordered" }""",
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
