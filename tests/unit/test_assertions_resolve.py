"""`assert` declarations: every form comes to a typed value, every mistake to one finding at its place."""

from dataclasses import replace

import pytest
from support_resolve import run, wan

from intentc.place.caps import UtilisationCap, capped_states, utilisation_caps
from intentc.resolve.assertion_model import Connection, FailureCount, LengthBound, TrafficBan, UtilisationBound

INTENTS = """
intent pinned { from site ber  to any of api  pin region eu  priority high  label tenant = acme }
intent free { from site muc  to db }
profile german { pin region de }
intent inner extends german { from site muc  to site fra  match tcp/1  pin region eu }
"""


def resolved(body, name="a", **rest):
    return run(f"{INTENTS}\nassert {name} {{ {body} }}", **rest)


def one(body):
    found = resolved(body)
    assert found.errors == []
    (assertion,) = found.model.assertions
    return assertion


ALL = tuple(sorted(wan().links))
FORMS = {
    "utilization <= 70%": UtilisationBound(ALL, 700_000_000, is_strict=False),
    "utilization < 70% on core": UtilisationBound(("core",), 700_000_000, is_strict=True),
    "utilization <= half on link core*": UtilisationBound(("core", "core#2"), 500_000_000, is_strict=False),
    "utilization <= 70% on links where media == fiber": UtilisationBound(("core",), 700_000_000, is_strict=False),
    "utilization <= 1% on srlg duct-7 except core": UtilisationBound(("fra-1",), 10_000_000, is_strict=False),
    "utilization <= 1% on provider carrier-a & region us": UtilisationBound(("nyc-1",), 10_000_000, is_strict=False),
    "utilization <= 1% on media lte, nyc-2": UtilisationBound(("core#2", "nyc-2"), 10_000_000, is_strict=False),
    "connected branches": Connection(("ber-br1", "ham-br1", "muc-br1")),
    "connected sites where tier == 1, service db": Connection(("ber-br1", "fra-dc1")),
    "connected nodes where role == p, site nyc": Connection(("nyc-dc1", "p1", "p2")),
    "no traffic of pinned on region us": TrafficBan(("pinned",), ("nyc-dc1",), ("nyc-1", "nyc-2")),
    "no traffic of intents where region == de on links where region == us": TrafficBan(
        ("inner",), (), ("nyc-1", "nyc-2")
    ),
    "no traffic of intents where region == eu on node p1": TrafficBan(("inner", "pinned"), ("p1",), ()),
    "no traffic of intents where tenant == acme on nyc, core": TrafficBan(("pinned",), ("nyc-dc1",), ("core",)),
    "no traffic of * except pinned on sites where role == dc": TrafficBan(
        ("free", "inner"), ("ams-dc1", "fra-dc1", "nyc-dc1"), ()
    ),
    "no traffic of free on branches": TrafficBan(("free",), ("ber-br1", "ham-br1", "muc-br1"), ()),
    "hops <= 5 of intents where priority == high": LengthBound(("pinned",), 5),
    "hops < 5 of pinned, free": LengthBound(("free", "pinned"), 4),
}


@pytest.mark.parametrize("body", FORMS)
def test_a_form_comes_to_its_value(body):
    found = run(f"{INTENTS}\nconst half = 50%\nassert a {{ {body} }}")
    assert found.errors == []
    assert [item.property for item in found.model.assertions] == [FORMS[body]]


UNDER = {
    "": (),
    "under any 1 link failure": (FailureCount("link", 1),),
    "under any 2 node failure": (FailureCount("node", 2),),
    "under any 1 site and any 1 link failure": (FailureCount("link", 1), FailureCount("site", 1)),
    "under any 1 srlg failure": (FailureCount("srlg", 1),),
    "under any 1 provider failure": (FailureCount("provider", 1),),
}


@pytest.mark.parametrize("under", UNDER)
def test_the_failures_are_counted_by_kind(under):
    assert one(f"connected branches {under}").under == UNDER[under]


def test_the_places_are_those_of_the_name_and_of_the_property():
    assertion = one("hops <= 5 of free")
    line = f"assert {assertion.name} {{ hops <= 5 of free }}"
    assert (assertion.span.column, assertion.property_span.column) == (8, line.index("hops") + 1)
    assert assertion.text == "hops <= 5"


MISTAKES = {
    "utilization <= 7ms": ("E0207", "ms"),
    "utilization <= nope": ("E0208", "nope"),
    "utilization <= 0%": ("E0209", "0%"),
    "utilization <= 70% on nope": ("E0201", "nope"),
    "utilization <= 70% on links where colour == red": ("E0205", "colour"),
    "utilization <= 70% on links where mtu == fast": ("E0206", "fast"),
    "utilization <= 70% on links where media == copper": ("E0204", "links where media == copper"),
    "utilization <= 70% on core & nyc-1": ("E0204", "core & nyc-1"),
    "utilization <= 70% on x-*": ("E0204", "x-*"),
    "utilization <= 70% on node p1": ("E0711", "node p1"),
    "utilization <= 70% on intents where name == free": ("E0711", "intents where name == free"),
    "connected links where media == fiber": ("E0711", "links where media == fiber"),
    "connected ber, provider carrier-a": ("E0711", "provider carrier-a"),
    "connected nope": ("E0201", "nope"),
    "connected sites where role == nothing": ("E0204", "sites where role == nothing"),
    "no traffic of nope on core": ("E0201", "nope"),
    "no traffic of free on nope": ("E0201", "nope"),
    "no traffic of site ber on core": ("E0711", "site ber"),
    "no traffic of sites where role == dc on core": ("E0711", "sites where role == dc"),
    "no traffic of intents where region == us on core": ("E0204", "intents where region == us"),
    "no traffic of intents where colour == red on core": ("E0205", "colour"),
    "no traffic of free & pinned on core": ("E0204", "free & pinned"),
    "no traffic of z* on core": ("E0204", "z*"),
    "hops < 0 of free": ("E0209", "hops < 0 of free"),
    "hops <= 3 of intents where region == mars": ("E0201", "mars"),
    "connected branches under any 0 link failure": ("E0209", "any 0 link"),
    "connected branches under any 3 link failure": ("E0290", "any 3 link"),
    "connected branches under any 2 link and any 1 node failure": ("E0290", "any 2 link and any 1 node"),
    "connected branches under any 1 link and any 1 link failure": ("E0712", "any 1 link"),
}


@pytest.mark.parametrize("body", MISTAKES)
def test_a_mistake_is_one_finding_at_its_place(body):
    code, text = MISTAKES[body]
    found = resolved(body)
    assert found.errors == [code]
    finding = found.finding(code)
    line = f"assert a {{ {body} }}"
    assert finding.intent == "a"
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == text
    assert found.model.assertions == ()
    assert all(found.intent(name).demands for name in ("pinned", "free", "inner"))


@pytest.mark.parametrize(
    ("kind", "count"), [("provider", 1), ("site", 2)], ids=["none of the kind", "fewer than are to fail"]
)
def test_failures_that_cannot_be_are_refused(kind, count):
    network = wan()
    small = replace(
        network,
        sites={"ber": network.sites["ber"]},
        nodes={name: network.nodes[name] for name in ("ber-br1", "p1", "p2")},
        links={"core": network.links["core"]},
    )
    found = run(f"assert a {{ connected p1, p2 under any {count} {kind} failure }}", topology=small, prelude="")
    assert found.errors == ["E0712"]


def test_a_name_of_several_things_is_ambiguous():
    network = wan()
    odd = replace(network.links["core"], id="nyc")
    found = resolved("no traffic of free on nyc", topology=replace(network, links={**network.links, "nyc": odd}))
    assert found.errors == ["E0202"]
    assert found.finding("E0202").help == ("write `link nyc`", "write `site nyc`")


def test_a_single_node_is_a_warning():
    found = resolved("connected site ber")
    assert found.errors == []
    assert "W0714" in found.codes
    assert found.model.assertions


def test_a_set_that_a_broken_intent_may_fill_has_no_finding_of_its_own():
    found = run(
        "intent t { from site ber  to any of api  pin region mars }\nassert a { hops <= 3 of intents where region == eu }"
    )
    assert found.errors == ["E0201"]


def test_two_of_one_name_are_refused():
    found = run("assert a { connected branches }\nassert a { connected ber, muc }")
    assert found.errors == ["E0203"]


def test_caps_are_the_utilization_bounds():
    text = (
        "assert a { utilization <= 70% on core  under any 1 provider failure }\nassert b { utilization < 70% on core }"
    )
    model = run(f"{text}\nassert c {{ connected branches }}").model
    link = FailureCount("provider", 1)
    assert utilisation_caps(model) == (
        UtilisationCap("a", frozenset({"core"}), 700_000, (link,)),
        UtilisationCap("b", frozenset({"core"}), 699_999, ()),
    )


@pytest.mark.parametrize(
    ("under", "count"),
    [
        ("", 0),
        ("under any 1 link failure", 15),
        ("under any 2 link failure", 105),
        ("under any 1 link and any 1 node failure", 135),
    ],
)
def test_the_states_of_a_cap_are_all_of_them(under, count):
    model = run(f"assert a {{ utilization <= 70% {under} }}").model
    states = list(capped_states(utilisation_caps(model)[0], model.topology))
    assert len({state.id for state in states}) == len(states) == count


def test_a_state_of_a_cap_has_what_fails_in_it():
    model = run("assert a { utilization <= 70% under any 1 link and any 1 node failure }").model
    states = {state.id: state for state in capped_states(utilisation_caps(model)[0], model.topology)}
    assert states["link:core+node:p1"].links == {"core"}
    assert states["link:core+node:p1"].nodes == {"p1"}


def test_a_bound_is_told_as_it_is_best_written():
    assert one("utilization <= 70 \t %").text == one("utilization <= 70%").text == "utilization <= 70%"
