import json

import pytest
from support_manifest import sample
from support_network import link, network, node, site

from intentc.manifest.codec import ManifestError
from intentc.manifest.earlier import earlier_demands, read_earlier
from intentc.manifest.elements import Elements, failed_elements, paths_in_state
from intentc.manifest.read import read_manifest


def damaged(change):
    whole = json.loads(sample().text)
    change(whole)
    return json.dumps(whole)


def demand(whole):
    return whole["intents"][0]["demands"][0]


def put(keys, value):
    def change(whole):
        *way, last = keys
        at = whole
        for key in way:
            at = at[key]
        at[last] = value

    return change


D = ("intents", 0, "demands", 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put(("schema",), 2), "it has schema `2`; this version reads schema 1"),
        (put(("surplus",), 1), "the top level has the unknown key `surplus`"),
        (lambda whole: whole.pop("links"), "the top level has no key `links`"),
        (lambda whole: demand(whole).pop("states"), "intents[0].demands[0] has no key `states`"),
        (put((*D, "bound_us"), "15ms"), "intents[0].demands[0].bound_us is not"),
        (put((*D, "bandwidth_bps"), 1.5), "intents[0].demands[0].bandwidth_bps is not an integer"),
        (put((*D, "bandwidth_bps"), True), "intents[0].demands[0].bandwidth_bps is not an integer"),
        (put((*D, "direction"), "sideways"), "intents[0].demands[0].direction is not one of `forward`, `reverse`"),
        (put((*D, "match", 0, "source_ports"), [1]), "intents[0].demands[0].match[0].source_ports"),
        (put((*D, "primary", "paths"), {}), "intents[0].demands[0].primary.paths is not a list"),
        (put(("intents", 0, "status"), "fine"), "intents[0].status is not one of"),
        (put(("links", 0, "capacity_bps"), {"ab": 1}), "links[0].capacity_bps has no key `ba`"),
        (put(("links", 0, "by_class"), []), "links[0].by_class is not an object"),
        (put(("objective", "max_utilisation"), None), "objective.max_utilisation is not a number"),
    ],
)
def test_damage_is_named_with_its_place(change, message):
    with pytest.raises(ManifestError) as caught:
        read_manifest(damaged(change))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is not JSON: expecting value at line 1, column 1"),
        ("[]", "the top level is not an object"),
        ('{"schema": 1, "schema": 1}', "an object has the key `schema` twice"),
        ('{"schema": NaN}', "it holds `NaN`, which is not a JSON number"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"schema": ' + "9" * 5000 + "}", "it holds a number that cannot be read"),
        (b"\xff\xfe\xfd", "it is not"),
    ],
    ids=["empty", "list", "twice", "nan", "deep", "huge", "bytes"],
)
def test_what_is_no_manifest_at_all_is_refused(text, message):
    with pytest.raises(ManifestError) as caught:
        read_manifest(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("length", range(1, len(sample().text), 997))
def test_a_cut_off_manifest_is_refused(length):
    with pytest.raises(ManifestError):
        read_manifest(sample().text[:length])


def test_the_order_of_keys_does_not_matter():
    whole = json.loads(sample().text)
    turned = json.dumps({key: whole[key] for key in reversed(whole)})
    assert read_manifest(turned) == sample().manifest


# -- elements ----------------------------------------------------------------------------------------------------------


def net():
    links = [
        link("L1", "a", "b", srlgs=("duct+7",), provider="carrier"),
        link("L2", "b", "c", provider="carrier"),
        link("T1", "a", "c", over=("L1",)),
        link("T2", "a", "c", over=("T1",)),
    ]
    nodes = [node("a", site="s"), node("b", site="s"), node("c")]
    return network(nodes, links, sites=[site("s", None)])


@pytest.mark.parametrize(
    ("state", "nodes", "links"),
    [
        ("link:L2", set(), {"L2"}),
        ("link:L1", set(), {"L1", "T1", "T2"}),
        ("node:c", {"c"}, {"L2", "T1", "T2"}),
        ("srlg:duct+7", set(), {"L1", "T1", "T2"}),
        ("srlg:L2", set(), {"L2"}),
        ("site:s", {"a", "b"}, {"L1", "L2", "T1", "T2"}),
        ("provider:carrier", set(), {"L1", "L2", "T1", "T2"}),
        ("link:L2+srlg:duct+7", set(), {"L1", "L2", "T1", "T2"}),
    ],
)
def test_a_state_id_means_its_elements_and_what_falls_with_them(state, nodes, links):
    assert failed_elements(state, net()) == Elements(frozenset(nodes), frozenset(links))


@pytest.mark.parametrize("state", ["link:L9", "normal", "any", "planet:mars", "link:L1+node:z", ""])
def test_an_id_of_nothing_is_nothing(state):
    assert failed_elements(state, net()) is None


@pytest.mark.parametrize(("state", "links"), [("link:ac", ["ab", "bd"]), ("link:ab", ["ac", "cd"]), ("node:b", [])])
def test_paths_in_a_state_are_those_that_the_manifest_gives(state, links):
    given = sample()
    failed = failed_elements(state, given.topology)
    paths = paths_in_state(given.manifest.intents[0].demands[0], state, failed)
    assert [name for path in paths for name in path.links] == links


def test_what_is_kept_is_read_alone_and_is_the_same():
    found = read_earlier(sample().text.encode())
    assert found == earlier_demands(sample().manifest) != {}
    assert read_earlier(damaged(put(("links",), "not looked into")).encode()) == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put(("schema",), 2), "it has schema `2`; this version reads schema 1"),
        (lambda whole: whole.pop("intents"), "the top level has no key `intents`"),
        (put((*D, "bandwidth_bps"), 1.5), "intents[0].demands[0].bandwidth_bps is not an integer"),
        (put((*D, "steering"), [{"node": "n1"}]), "intents[0].demands[0].steering[0] has no key `ingress`"),
        (lambda whole: demand(whole).pop("policies"), "intents[0].demands[0] has no key `policies`"),
    ],
)
def test_damage_of_what_is_kept_is_named_with_its_place(change, message):
    with pytest.raises(ManifestError) as caught:
        read_earlier(damaged(change).encode())
    assert message in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"\xff", b"[]", b'{"schema": 1, "intents": [1]}'])
def test_what_is_no_manifest_keeps_nothing(data):
    with pytest.raises(ManifestError):
        read_earlier(data)
