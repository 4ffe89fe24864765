"""Sets of sites and nodes: names, globs, `where`, difference and intersection."""

import pytest
from support_resolve import one, run, wan

BRANCHES = ["ber", "ham", "muc"]


def sources(found) -> list[str]:
    return sorted({demand.source_site for demand in found.model.demands.values() if demand.reply_to is None})


def from_(terms: str, **rest):
    return one("unidirectional", ends=f"from {terms}  to site nyc", **rest)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("ber", ["ber"]),
        ("site ber, node muc-br1", ["ber", "muc"]),
        ("branches", BRANCHES),
        ("group branches", BRANCHES),
        ("b*", ["ber"]),
        ("site ?e?", ["ber"]),
        ("node *-br1", BRANCHES),
        ('"lab"', ["lab"]),
        ("branches except ham", ["ber", "muc"]),
        ("branches except (ham, muc)", ["ber"]),
        ("branches & (ber, fra)", ["ber"]),
        ("branches & (ber, fra), lab", ["ber", "lab"]),
        ("branches except ham & muc", ["muc"]),
        ("service db", ["fra"]),
        ("sites where region == eu and role != dc", BRANCHES),
        ("nodes where site == ber or site == muc", ["ber", "muc"]),
        ("nodes where role == gateway", ["fra"]),
        ("nodes where role == branch", BRANCHES),
        ("sites where tier == 2", ["ham", "muc"]),
        ("sites where labels.tier >= 1", BRANCHES),
        ("sites where tier in (1, 3)", ["ber"]),
        ("sites where role == branch and region in eu", BRANCHES),
        ("sites where tier not in (1, 3)", ["ham", "muc"]),
        ("sites where role == branch and tier != 2", ["ber"]),
        ("sites where gpu == true", ["fra"]),
        ("sites where role == branch and not gpu == false", ["ham", "muc"]),
        ("sites where role == branch and gpu != true", BRANCHES),
        ("sites where name like b*", ["ber"]),
        ('nodes where release like "10.*"', ["muc"]),
        ('nodes where release > "8.4"', ["muc"]),
        ('nodes where release >= "8.4"', ["ber", "muc"]),
        ("nodes where transit == false", ["lab"]),
        ("sites where role == branch and region in (nl, us) or name == ham", ["ham"]),
        ("sites where region not in (de, us) and role == dc", ["ams"]),
        ("nodes where owner == acme and role == branch", ["ham"]),
    ],
)
def test_a_set_is_what_it_says(terms, expected):
    found = from_(terms)
    assert found.errors == []
    assert sources(found) == expected


@pytest.mark.parametrize(
    ("terms", "code", "text"),
    [
        ("site atlantis", "E0201", "no site is named `atlantis`"),
        ("branhces", "E0201", "no node, site, region, group or service is named `branhces`"),
        ("node ber", "E0201", "no node is named `ber`"),
        ("sites where region == eux", "E0201", "no region is named `eux`"),
        ("z*", "E0204", "no node or site matches `z*`"),
        ("sites where role == nothing", "E0204", "no site is like this"),
        ("branches except branches", "E0204", "the two sides of `except` leave nothing"),
        ("branches & fra", "E0204", "the two sides of `&` have nothing in common"),
        ("site void", "E0204", "site `void` has no nodes"),
        ("sites where colour == blue", "E0205", "no site has a field or label `colour`"),
        ("sites where teir == 1", "E0205", "no site has a field or label `teir`"),
        ("nodes where release == 8.4", "E0206", "`release` is compared with a quoted release"),
        ("sites where tier == blue", "E0206", "`tier` is compared with a whole number, not with `blue`"),
        ("sites where gpu == 1", "E0206", "`gpu` is compared with `true` or `false`, not with `1`"),
        ("sites where role == 5ms", "E0206", "`role` is compared with a word or text, not with `5ms`"),
        ("sites where role < branch", "E0206", "`role <` does not compare"),
        ("sites where role == (branch, dc)", "E0206", "`role ==` does not compare"),
        ("sites where region like eu", "E0206", "`region like` does not compare"),
        ("nodes where transit in (true)", "E0206", "`transit in` does not compare"),
        ("links where media == fiber", "E0220", "`links where` cannot be an end of traffic"),
        ("link core", "E0220", "a link cannot be an end of traffic"),
    ],
)
def test_a_mistake_in_a_set_is_one_finding(terms, code, text):
    found = from_(terms)
    assert found.errors == [code]
    assert text in found.finding(code).message
    assert found.finding(code).intent == "t"
    assert found.intent("t").is_rejected


@pytest.mark.parametrize(
    ("terms", "near"), [("branhces", "branches"), ("node ber-br2", "ber-br1"), ("sites where teir == 1", "tier")]
)
def test_a_near_name_is_proposed(terms, near):
    assert from_(terms).findings[0].help == (f"did you mean `{near}`?",)


def test_several_mistakes_in_one_set_are_several_findings():
    assert from_("site atlantis, sites where colour == blue, z*").errors == ["E0201", "E0205", "E0204"]


def test_the_span_is_that_of_the_name_alone():
    span = from_("ber, atlantis").finding("E0201").span
    assert (span.line, span.column, span.end_column) == (1, 22, 30)


def test_a_name_of_two_kinds_has_to_say_which():
    found = run("group fra = ber, muc\nintent t { from fra to site nyc }")
    assert found.errors == ["E0202"]
    assert found.finding("E0202").help == ("write `site fra`", "write `group fra`")


def test_a_name_of_two_kinds_may_mean_the_same_nodes():
    found = run("group fra = site fra\nintent t { from fra to site nyc }")
    assert found.errors == []
    assert sources(found) == ["fra"]


def test_a_service_is_not_its_site_even_on_the_same_nodes():
    text = "service fra { at site fra  prefix 10.30.0.0/24 }\nintent t { from fra to site nyc }"
    assert run(text).errors == ["E0202"]


def test_a_mistake_in_a_group_is_reported_once_and_stops_who_uses_it():
    text = "group g = atlantis\nintent t { from g to site nyc }\nintent u { from g to site fra }"
    found = run(text)
    assert found.errors == ["E0201"]
    assert found.finding("E0201").intent is None
    assert found.intent("t").is_rejected
    assert found.intent("u").is_rejected


def test_groups_in_a_circle_are_one_finding():
    found = run("group a = b, ber\ngroup b = c\ngroup c = a\nintent t { from a to site nyc }")
    assert found.errors == ["E0210"]
    assert found.intent("t").is_rejected


def test_a_service_on_itself_is_a_circle_too():
    text = "group a = service s\nservice s { at b }\ngroup b = a, ber\nintent t { from a to site nyc }"
    found = run(text)
    assert found.errors == ["E0210"]
    assert found.intent("t").is_rejected


@pytest.mark.parametrize("term", ["a", "group a", "group a*", "(ber, a)", "ber except a", "ber & a"])
def test_a_circle_is_found_wherever_the_name_stands(term):
    assert run(f"group a = {term}").errors == ["E0210"]


def test_groups_may_be_nested_as_deep_as_one_likes():
    lines = [f"group g{number:04} = g{number + 1:04}" for number in range(3000)] + ["group g3000 = ber"]
    found = run("\n".join([*lines, "intent t { from g0000 to site nyc }"]))
    assert found.errors == []
    assert sources(found) == ["ber"]


def test_an_unused_group_is_checked_too():
    assert run("group g = atlantis").errors == ["E0201"]


def test_a_group_whose_declaration_did_not_parse_is_not_unknown():
    found = run("group g = ,,\nintent t { from g to site nyc }")
    assert [code[:3] for code in found.errors] == ["E01"]
    assert found.intent("t").is_rejected


def test_a_node_missing_from_a_broken_topology_is_not_unknown():
    found = run("intent t { from node gone to site nyc }", topology=wan(broken={"node": frozenset({"gone"})}))
    assert found.errors == []
    assert found.intent("t").is_rejected


def test_a_set_may_be_empty_because_of_a_broken_topology():
    found = from_("sites where role == nothing", topology=wan(is_complete=False))
    assert found.errors == []
    assert found.intent("t").is_rejected


def test_where_no_name_is_near_a_few_are_listed_and_many_are_not():
    assert from_("region atlantis").findings[0].help[0].startswith("there are `")
    assert from_("atlantis").findings[0].help == ()
