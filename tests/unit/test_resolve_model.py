"""The model as a whole: router addresses, what it lists, and that neither files nor declarations have an order."""

import ipaddress
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from support_network import HERE
from support_resolve import PRELUDE, meaning, run, wan

from intentc.topology.model import LinkEnd, Management

PROGRAM = [
    "const fast = 15ms",
    "const rate = 5Mbps",
    'group branches = sites where role == "branch"',
    "group south = branches & muc",
    "service api { at site fra, ams  prefix 10.20.0.0/24  port tcp/8443 }",
    "service db { at site fra  prefix 10.30.0.0/24  port tcp/5432 }",
    "class gold { dscp AF31  queue 20% }",
    "profile base { priority high  avoid media lte }",
    "profile strong extends base { failover within 1s { survive any 1 srlg except access } }",
    "intent a extends strong { from branches  to any of api  latency <= fast  bandwidth rate }",
    "intent b extends base { from south  to db  priority gold  bandwidth rate  isolate }",
    "intent c { from site ber  to db  match tcp/22  pin region eu  telemetry every 10s to otel-eu }",
    "intent d { from site muc  to db  priority low  match any }",
    "intent e { between ber and nyc  bandwidth rate  label tenant = acme }",
    "intent f { from south  to db  priority gold  bandwidth rate  avoid media lte  isolate }",
    "intent g { among ber, nyc, lab  match tcp/7 dscp EF  priority background  overrides e }",
]


@settings(max_examples=40)
@given(st.permutations(PROGRAM), st.lists(st.integers(0, 2), min_size=len(PROGRAM), max_size=len(PROGRAM)))
def test_neither_files_nor_declarations_have_an_order(declarations, places):
    files = {
        name: "\n".join(t for t, at in zip(declarations, places, strict=True) if at == number)
        for number, name in enumerate("xyz")
    }
    found = run("", prelude="", **files)
    assert found.errors == []
    assert meaning(found) == EXPECTED


EXPECTED = meaning(run("\n".join(PROGRAM), prelude=""))


def test_a_model_is_in_order():
    model = run("\n".join(PROGRAM), prelude="").model
    assert [item.name for item in model.intents] == sorted(item.name for item in model.intents)
    assert list(model.demands) == sorted(model.demands)
    assert list(model.classes) == sorted(model.classes)
    assert [intent.traffic_class for intent in model.intents if intent.name in "bf"] == ["gold", "gold"]
    assert model.demands["b/muc>fra"].shared_with == ("f",)


def test_router_addresses_are_never_matched():
    base = wan()
    p1 = replace(
        base.nodes["p1"],
        loopback=ipaddress.ip_interface("10.255.0.10/32"),
        loopback6=ipaddress.ip_interface("2001:db8:ff::1/128"),
        management=Management("192.0.2.11", None, None, "default", None, HERE),
    )
    p2 = replace(
        base.nodes["p2"],
        loopback=ipaddress.ip_interface("10.255.0.9/32"),
        management=Management("p2.example", None, None, "default", None, HERE),
    )
    end = LinkEnd("p1", None, ipaddress.ip_interface("10.0.0.0/31"), ipaddress.ip_interface("2001:db8:fe::/127"))
    core = replace(base.links["core"], a=end)
    topology = replace(base, nodes={**base.nodes, "p1": p1, "p2": p2}, links={**base.links, "core": core})
    assert run("", topology=topology).model.infrastructure == (
        "10.0.0.0/32",
        "10.255.0.9/32",
        "10.255.0.10/32",
        "192.0.2.11/32",
        "2001:db8:fe::/128",
        "2001:db8:ff::1/128",
    )


def test_an_empty_program_is_an_empty_model():
    model = run("", prelude="").model
    assert (model.intents, model.demands, model.isolations, model.waivers) == ((), {}, (), ())


def test_titles_are_kept():
    found = run('intent t "Card-fraud \\"scoring\\"" { from site ber  to db }', prelude=PRELUDE)
    assert found.intent("t").title == 'Card-fraud "scoring"'
