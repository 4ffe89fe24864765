"""Services, their hosts and prefixes; traffic classes; consts."""

import pytest
from support_resolve import one, run

from intentc.resolve.classes import BUILT_IN, over_dscp
from intentc.resolve.model import Scheduling


def destinations(found, key: str = "t/ber>x"):
    return {item.destination.node: item.destination.prefixes for item in found.demand(key).candidates}


def service(body: str, **rest):
    return run(f"service x {{ {body} }}\nintent t {{ from site ber to any of x unidirectional }}", **rest)


def test_a_host_serves_what_it_has_attached_of_the_prefixes():
    found = service("at site fra, ams  prefix 10.20.0.0/24, 10.40.0.0/24")
    assert found.errors == []
    assert destinations(found) == {"fra-dc1": ("10.20.0.0/24",), "ams-dc1": ("10.20.0.0/24", "10.40.0.0/24")}


def test_a_part_of_an_attached_prefix_is_served_as_that_part():
    found = service("at site fra  prefix 10.20.0.128/25, 10.30.0.9")
    assert destinations(found) == {"fra-dc1": ("10.20.0.128/25", "10.30.0.9/32")}


def test_of_a_wider_prefix_the_attached_part_is_served():
    found = service("at site fra  prefix 10.0.0.0/8, 2001:db8::/32")
    assert destinations(found) == {"fra-dc1": ("10.20.0.0/24", "10.30.0.0/24", "2001:db8:20::/64")}


def test_without_prefixes_a_service_is_all_that_its_hosts_have():
    assert destinations(service("at node lab")) == {"lab": ("10.9.0.0/24",)}


def test_a_host_without_the_service_is_an_error_that_names_it():
    found = service("at site fra, nyc  prefix 10.20.0.0/24")
    assert found.errors == ["E0215"]
    assert "`nyc`" in found.finding("E0215").message
    assert found.intent("t").is_rejected


def test_a_service_needs_hosts():
    assert service("prefix 10.20.0.0/24").errors == ["E0215"]


def test_host_bits_are_refused_with_the_prefix_that_is_meant():
    found = service("at site fra  prefix 10.20.0.1/24")
    assert found.errors == ["E0232"]
    assert found.finding("E0232").help == ("write `10.20.0.0/24`",)


@pytest.mark.parametrize(
    ("line", "bps", "is_per_host"), [("capacity 1Gbps", 10**9, False), ("capacity 20Mbps per host", 20 * 10**6, True)]
)
def test_a_service_says_how_much_it_serves(line, bps, is_per_host):
    found = service(f"at site fra  {line}")
    assert found.errors == []
    (facts,) = found.model.services.values()
    assert (facts.capacity_bps, facts.is_per_host, facts.health_port) == (bps, is_per_host, None)
    assert set(facts.hosts.values()) == {"fra"}


def test_the_health_of_a_replica_is_asked_at_one_address():
    found = service("at site fra  prefix 10.20.0.9/32  health tcp/80")
    assert found.errors == []
    (facts,) = found.model.services.values()
    assert facts.health_port == 80
    wide = service("at site fra  prefix 10.20.0.0/24  health tcp/80")
    assert wide.errors == ["E0239"]
    assert wide.intent("t").is_rejected


def test_a_service_of_which_nothing_is_said_is_nobodys_business():
    assert service("at site fra").model.services == {}


def test_a_service_used_as_a_source_has_no_ports():
    found = run("intent t { from db to site nyc unidirectional }")
    flow = found.demand("t/fra>nyc").candidates[0].flows[0]
    assert (flow.source, flow.source_ports, flow.destination_ports) == ("10.30.0.0/24", None, None)


# -- classes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("critical", (0, 46, None, "strict", 0, 300_000_000)),
        ("high", (1, 34, 36, "weight", 30, 0)),
        ("normal", (2, 18, 20, "weight", 20, 0)),
        ("low", (3, 10, 12, "weight", 10, 0)),
        ("background", (4, 1, 1, "idle", 0, 10_000_000)),
        ("default", (5, 0, 0, "weight", 10, 0)),
    ],
)
def test_the_built_in_classes_are_those_of_the_language(name, expected):
    found = BUILT_IN[name]
    assert (found.rank, found.dscp, found.over_dscp, found.scheduling, found.weight, found.share_ppb) == expected


@pytest.mark.parametrize(
    ("dscp", "over"),
    [
        (10, 12),
        (12, 14),
        (14, 0),
        (26, 28),
        (34, 36),
        (38, 0),
        (46, 0),
        (8, 0),
        (48, 0),
        (1, 1),
        (0, 0),
        (44, 0),
        (9, 0),
    ],
)
def test_above_its_rate_a_class_goes_to_the_next_drop_precedence(dscp, over):
    assert over_dscp(dscp, Scheduling.WEIGHT) == over
    assert over_dscp(dscp, Scheduling.STRICT) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("dscp AF31 queue 20%", (2, 26, 28, "share", 0, 200_000_000)),
        ("dscp 26 queue 12.5%", (2, 26, 28, "share", 0, 125_000_000)),
        ("dscp CS5 queue strict", (0, 40, None, "strict", 0, 300_000_000)),
        ("dscp ef queue strict 10%", (0, 46, None, "strict", 0, 100_000_000)),
        ("dscp AF31", (2, 26, 28, "weight", 20, 0)),
    ],
)
def test_a_declared_class_is_what_it_says(body, expected):
    found = run(f"class x {{ {body} }}\nintent t {{ from site ber to site nyc priority x }}")
    assert found.errors == []
    made = found.model.classes["x"]
    assert (made.rank, made.dscp, made.over_dscp, made.scheduling, made.weight, made.share_ppb) == expected
    assert found.intent("t").traffic_class == "x"
    assert found.demand("t/ber>nyc").rank == expected[0]


@pytest.mark.parametrize(("level", "is_early"), [("low", False), ("medium", True), ("high", True)])
def test_a_class_says_when_its_packets_are_dropped(level, is_early):
    found = run(f"class x {{ dscp AF31 drop {level} }}")
    assert found.errors == []
    assert (found.model.classes["x"].drop, found.model.classes["x"].drops_early) == (level, is_early)


@pytest.mark.parametrize("other", ["ecn", "lossless"])
def test_late_drops_go_with_everything(other):
    assert run(f"class x {{ dscp AF31 {other} drop low }}").errors == []


def test_nothing_that_is_built_in_drops_early():
    assert not any(own.drops_early for own in run("").model.classes.values())


def test_a_class_named_like_a_built_in_one_replaces_it_and_keeps_its_rank():
    found = run("class high { dscp AF31 queue 40% }\nclass low { queue 5% }").model.classes
    assert (found["high"].rank, found["high"].dscp, found["high"].share_ppb) == (1, 26, 400_000_000)
    assert (found["low"].rank, found["low"].dscp, found["low"].scheduling) == (3, 10, "share")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("class x { queue 20% }", "E0221"),
        ("class default { dscp CS1 }", "E0221"),
        ("class x { dscp AF44 }", "E0231"),
        ("class x { dscp AF31 queue 120% }", "E0209"),
        ("class x { dscp AF31 ecn drop medium }", "E0236"),
        ("class x { dscp AF31 lossless drop high }", "E0236"),
    ],
)
def test_a_class_that_cannot_be_is_refused_and_stops_its_users(body, code):
    name = body.split()[1]
    found = run(f"{body}\nintent t {{ from site ber to site nyc priority {name} }}")
    assert found.errors == [code]
    assert found.intent("t").is_rejected


def test_an_intent_without_priority_is_default():
    found = one("")
    assert found.intent("t").traffic_class == "default"
    assert found.demand("t/ber>api").rank == 5


# -- consts ------------------------------------------------------------------------------------------------------------


def test_a_const_stands_for_its_quantity():
    found = one("latency <= interactive  bandwidth rate", prelude=PRELUDE_WITH_CONSTS)
    assert found.errors == []
    demand = found.demand("t/ber>api")
    assert (demand.bound_ns, demand.bandwidth_bps) == (25_000_000, 50_000_000)


def test_a_const_of_another_unit_is_refused_with_its_place():
    found = one("latency <= rate  bandwidth 1Mbps", prelude=PRELUDE_WITH_CONSTS)
    assert found.errors == ["E0207"]
    assert found.finding("E0207").related[0].span.file == "intents/prelude.intent"


def test_an_unknown_const_is_refused():
    found = one("latency <= interactiv  bandwidth 1Mbps", prelude=PRELUDE_WITH_CONSTS)
    assert found.errors == ["E0208"]
    assert found.finding("E0208").help == ("did you mean `interactive`?",)


PRELUDE_WITH_CONSTS = (
    "service api { at site fra, ams  prefix 10.20.0.0/24  port tcp/8443 }\n"
    "const interactive = 25ms\nconst rate = 50Mbps"
)
