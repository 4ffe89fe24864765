"""Chains become demands and budgets: where steps start, what they share, and what of a chain cannot be meant."""

import pytest
from support_resolve import run

SERVICES = """
group branches = sites where role == "branch"
service app { at ber, muc  port tcp/80 }
service api { at fra, ams  prefix 10.20.0.0/24  port tcp/8443 }
service vec { at fra, nyc  prefix 10.30.0.0/24, 10.50.0.0/24  port tcp/99 }
service db { at fra  prefix 10.30.0.0/24  port tcp/5432 }
"""


def chain(steps, clauses="latency <= 100ms  bandwidth 1Mbps"):
    return run(f"chain t {{ {clauses}  {steps} }}", prelude=SERVICES)


def only(found, site="ber"):
    assert found.errors == []
    return next(item for item in found.model.chains if item.source_site == site)


def legs(step):
    return [(*leg.sources, leg.demand, *leg.landings) for leg in step.legs]


def test_there_is_a_chain_for_each_source_site_of_the_first_step():
    found = chain("step app -> any of vec")
    assert [(item.name, item.source_site, *item.sources) for item in found.model.chains] == [
        ("t", "ber", "ber-br1"),
        ("t", "muc", "muc-br1"),
    ]
    assert {item.budget_us for item in found.model.chains} == {100_000}


def test_every_step_is_a_request_and_its_reply():
    found = chain("step site ber -> db")
    assert sorted(found.model.demands) == ["t/ber>db", "t/ber>db/reply"]
    there, back = found.demand("t/ber>db"), found.demand("t/ber>db/reply")
    assert (back.reply_to, back.direction) == (there.key, "reverse")
    assert there.candidates[0].flows[0].destination_ports == (5432, 5432)
    assert back.candidates[0].flows == tuple(flow.reversed() for flow in there.candidates[0].flows)


def test_the_clauses_but_the_latency_hold_for_each_demand():
    text = "latency <= 100ms  bandwidth 2Mbps reverse 1Mbps  priority high  pin region eu  failover within 1s { latency <= 120ms }"
    found = chain("step site ber -> db  step site ber -> any of api", text)
    demands = found.model.demands.values()
    assert {(item.traffic_class, item.bound_ns, item.rtt_bound_ns, item.otherwise) for item in demands} == {
        ("high", None, None, "drop")
    }
    assert all(item.exclusions and item.failover and item.failover.bound_ns is None for item in demands)
    assert sorted({item.bandwidth_bps for item in demands}) == [1_000_000, 2_000_000]
    assert only(found).failover_budget_us == 120_000


def test_without_a_bound_in_the_block_the_budget_holds_under_failure():
    found = chain("step site ber -> db", "latency <= 100ms  failover within 1s")
    assert (only(found).failover_budget_ns, only(found).failover_budget_us) == (100_000_000, 100_000)
    assert only(chain("step site ber -> db")).failover_budget_ns is None


def test_a_step_from_the_service_of_an_earlier_one_starts_where_that_landed():
    found = chain("step app -> any of vec  step vec -> db  step app -> db")
    first, second, third = only(found).steps
    assert legs(first) == [("ber-br1", "t/app@ber>vec")]
    assert second.origin == 1
    assert legs(second) == [("fra-dc1", None, "fra-dc1"), ("nyc-dc1", "t/vec@nyc>db")]
    assert (third.origin, legs(third)) == (None, [("ber-br1", "t/app@ber>db")])


def test_the_latest_of_several_earlier_steps_counts_but_none_beside():
    found = chain("step app -> any of vec  step app -> any of vec  parallel { step app -> any of vec  step vec -> db }")
    assert [step.origin for step in only(found).steps] == [None, None, None, 2]


def test_a_step_from_a_single_other_site_always_starts_there():
    found = chain("step site ber -> db  step site muc -> any of api")
    assert legs(only(found).steps[1]) == [("muc-br1", "t/muc>api")]


def test_what_the_source_site_hosts_itself_is_served_on_the_spot():
    found = chain("step site fra -> any of vec  step site fra -> any of api  step site fra -> site ber")
    first, second, third = only(found, "fra").steps
    assert (legs(first), legs(second)) == ([("fra-dc1", None, "fra-dc1")], [("fra-dc1", None, "fra-dc1")])
    assert legs(third) == [("fra-dc1", "t/fra>ber")]
    assert "N0245" not in found.codes


def test_equal_steps_are_one_demand_with_one_reservation():
    found = chain("step app -> db calls 2  parallel { step app -> any of api  step app -> db processing 1ms }")
    assert sorted(key for key in found.model.demands if "/reply" not in key) == [
        "t/app@ber>api",
        "t/app@ber>db",
        "t/app@muc>api",
        "t/app@muc>db",
    ]
    one, _, other = only(found).steps
    assert one.legs == other.legs
    assert (one.calls, other.processing_us) == (2, 1000)


def test_chains_that_land_at_one_replica_share_what_starts_there():
    found = chain("step app -> any of vec  step vec -> db")
    assert {legs(item.steps[1])[1] for item in found.model.chains} == {("nyc-dc1", "t/vec@nyc>db")}


@pytest.mark.parametrize(("unit", "pools"), [("", 4), ("per source", 4), ("per pair", 4), ("total", 2)])
def test_no_step_shares_its_rate_with_another_one(unit, pools):
    found = chain("step app -> db  step app -> any of api", f"latency <= 100ms  bandwidth 1Mbps {unit}")
    assert found.errors == []
    assert len({item.pool for item in found.model.demands.values() if item.reply_to is None}) == pools
    assert len({item.pool for item in found.model.demands.values()}) == 2 * pools


def test_a_chain_is_listed_among_the_intents():
    found = chain("step site ber -> db")
    assert found.intent("t").is_chain
    assert found.intent("t").demands == ("t/ber>db", "t/ber>db/reply")
    assert found.intent("t").span == only(found).span


@pytest.mark.parametrize(
    ("steps", "code", "place"),
    [
        ("step site ber -> db  from site ber", "E0260", "from site ber"),
        ("step site ber -> db  unidirectional", "E0260", "unidirectional"),
        ("parallel { }", "E0262", "parallel { }"),
        ("step site ber -> vec", "E0263", "vec"),
        ("step site ber -> site fra, site nyc", "E0263", "site fra, site nyc"),
        ("step site nyc -> db  step app -> db", "E0265", "app"),
        ("step site ber -> any of fra", "E0219", "fra"),
        ("step site mars -> db", "E0201", "mars"),
        ("step node p1 -> db", "E0216", "node p1"),
        ("step site fra -> db", "E0244", "t"),
    ],
)
def test_what_cannot_be_meant_is_one_finding_at_its_place(steps, code, place):
    text = f"chain t {{ latency <= 100ms  bandwidth 1Mbps  {steps} }}"
    found = run(text, prelude=SERVICES)
    assert found.errors == [code]
    finding = found.finding(code)
    assert finding.intent == "t"
    assert text[finding.span.column - 1 : finding.span.end_column - 1] == place
    assert (found.model.chains, found.model.demands) == ((), {})
    assert found.intent("t").is_rejected


def test_ends_that_a_profile_brings_are_refused_too():
    found = run("profile p { to db }\nchain t extends p { latency <= 9ms  step site ber -> db }", prelude=SERVICES)
    assert found.errors == ["E0260"]


def test_steps_that_share_some_packets_only_are_refused_with_one_of_them():
    found = chain("step site ber -> db  step site ber -> site fra")
    assert found.errors == ["E0266"]
    assert "-> 10.30.0.1:5432" in found.finding("E0266").message


def test_another_intent_on_the_packets_of_a_chain_contradicts_it_unless_it_is_wider():
    text = "chain t {{ latency <= 9ms  bandwidth 1Mbps  step site ber -> db }}\nintent u {{ from site ber  to {} }}"
    assert run(text.format("db"), prelude=SERVICES).errors == ["E0401"]
    wider = run(text.format("site fra"), prelude=SERVICES)
    assert (wider.errors, "N0402" in wider.codes) == ([], True)
    over = text.replace("to {}", "to {}  overrides t").format("db")
    assert run(over, prelude=SERVICES).errors == []


def test_two_chains_cannot_share_a_step():
    other = "chain u { latency <= 9ms  bandwidth 1Mbps  step site ber -> db  step site ber -> any of api }"
    found = run(f"chain t {{ latency <= 9ms  bandwidth 1Mbps  step site ber -> db }}\n{other}", prelude=SERVICES)
    assert found.errors == ["E0401"]
    assert [item.name for item in found.model.chains] == ["t"]


def test_an_intent_may_take_some_packets_of_a_step_but_not_all():
    text = "chain t {{ latency <= 9ms  bandwidth 1Mbps  step site ber -> db  step site ber -> any of api }}\nintent u {{ from site ber  to db {} }}"
    assert run(text.format(""), prelude=SERVICES).errors == ["E0401"]
    some = run(text.format("match tcp/5432 dscp AF41"), prelude=SERVICES)
    assert (some.errors, "N0402" in some.codes) == ([], True)


def test_a_const_of_another_unit_is_no_processing_time():
    found = run(
        "const fast = 5Mbps\nchain t { latency <= 9ms  step site ber -> db  processing fast }", prelude=SERVICES
    )
    assert found.errors == ["E0207"]


def test_a_failure_that_cuts_an_end_off_stops_the_chain():
    found = run("chain t { latency <= 9s  failover within 1s  step site ham -> db }", prelude=SERVICES)
    assert found.errors == ["E0520"]
    assert (found.model.chains, found.intent("t").demands, found.intent("t").is_rejected) == ((), (), False)


def test_the_name_of_an_intent_is_taken():
    found = run("intent t { from site muc  to db }\nchain t { latency <= 9s  step site ber -> db }", prelude=SERVICES)
    assert found.errors == ["E0267"]
    assert not found.intent("t").is_chain
