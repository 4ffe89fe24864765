"""The larger example projects: what they plant, and that what the findings propose is enough. Each is compiled a few times only."""

import contextlib
import functools
import io
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from intentc.cli import main
from intentc.diagnostics import Edit, Source, Span
from intentc.whynot.texts import apply_edits

EXAMPLES = Path(__file__).resolve().parents[2] / "intents"
RETAIL, NEOCLOUD, SATELLITE = "retail-inventory", "neocloud-backbone", "edge-satellite"
EXPECTED = {
    RETAIL: [("E0524", "shelf-watch", "link:s340-bb")],
    NEOCLOUD: [
        ("E0502", "dune-voice", None),
        ("E0701", "headroom", "link:b-waw-fra"),
        ("E0701", "headroom-node", "node:fra-g2"),
        ("E0701", "headroom-carrier", "provider:carrier-b"),
        ("E0702", "no-spof", "node:fra-g2"),
    ],
    SATELLITE: [("E0523", "hazard-watch", "link:ship-3-leo")],
}
REPAIRS = {  # of the first error: as the finding proposes it
    RETAIL: "upgrade ",
    NEOCLOUD: "put `a-waw-fra` into service (it is planned)",
    SATELLITE: "put `ship-3-leo2` into service (it is planned)",
}
BY_HAND = {NEOCLOUD: ("cost: 2, state: planned}", "cost: 2}")}  # the circuit that the README names: `d-mil-lys`
THIN = {  # what the LTE of a store lacks, in Mbps, and what the upgrade of it gives and costs
    "n108": (1, "20Mbps", 25),
    "n131": (2, "20Mbps", 25),
    "n164": (2, "20Mbps", 30),
    "e203": (3, "20Mbps", 25),
    "e227": (1, "15Mbps", 15),
    "e258": (2, "15Mbps", 15),
    "s312": (1, "20Mbps", 30),
    "s340": (4, "20Mbps", 25),
    "s371": (1, "15Mbps", 15),
    "w419": (2, "20Mbps", 25),
    "w436": (3, "20Mbps", 30),
    "w462": (3, "20Mbps", 25),
}
LACKS = re.compile(
    r"no path from `(\w+)` to `shelf-vision` has room when the link `\1-bb` fails: `\1-lte` \(\d+Mbps\) lacks (\d+)Mbps"
    r" from `\1-r1` to `\w+-h[12]`"
)


def intentc(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main([str(word) for word in words])
    return status, out.getvalue()


def make(project, edits):
    found = [Edit(Span(edit["file"], *edit["range"].values()), edit["text"]) for edit in edits]
    for name in sorted({edit["file"] for edit in edits}):
        path = project / name
        path.write_text(apply_edits(Source(name, path.read_text()), found).text)


def replace(project, old, new):
    """Replace a text that stands once in all files of a project."""
    files = [path for path in [*project.rglob("*.yaml"), *project.rglob("*.intent")] if old in path.read_text()]
    (path,) = files
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))


def manifest(project):
    status, out = intentc("-C", project, "-q", "compile")
    assert status == 0, out
    return json.loads((project / "build" / "manifest.json").read_text())


def forward(entry):
    """Return the demands of an intent in the direction of its requests."""
    return [demand for demand in entry["demands"] if demand["direction"] == "forward"]


def links_of(paths):
    (path,) = paths
    return path["links"]


@pytest.fixture(scope="session")
def planted():
    """Return what `check` finds in an example: its status, its errors, all findings. Each example is checked once."""

    @functools.cache
    def found(name):
        status, out = intentc("-C", EXAMPLES / name, "--format", "json", "check")
        findings = json.loads(out)["findings"]
        return status, [item for item in findings if item["severity"] == "error"], findings

    return found


@pytest.fixture(scope="session")
def copied(tmp_path_factory, planted):
    """Return a copy of an example with the repair made that its first error proposes, and what its README says."""

    def copy(name):
        project = tmp_path_factory.mktemp("example") / name
        shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns(".intentc", "build"))
        (repair,) = (item for item in planted(name)[1][0]["repairs"] if item["text"].startswith(REPAIRS[name]))
        assert repair["proven"]
        make(project, repair["edits"])
        if name in BY_HAND:
            replace(project, *BY_HAND[name])
        return project

    return copy


@pytest.fixture(scope="session")
def repaired(copied):
    """Return the directory and the manifest of a repaired example. Each is compiled once."""

    @functools.cache
    def compiled(name):
        project = copied(name)
        return project, manifest(project)

    return compiled


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_has_its_planted_mistakes_and_no_other(planted, name):
    status, errors, findings = planted(name)
    assert status == 1
    assert [(item["code"], item["intent"], item["state"]) for item in errors] == EXPECTED[name]
    assert not [item["code"] for item in findings if item["severity"] == "warning"]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_repair_that_is_named_is_enough(repaired, name):
    _, found = repaired(name)
    assert {intent["status"] for intent in found["intents"]} == {"placed"}
    assert all(assertion["holds"] for assertion in found["assertions"])


@pytest.mark.parametrize("name", [NEOCLOUD, SATELLITE])
def test_a_repaired_example_is_proved_by_the_prover(repaired, name):
    status, out = intentc("-C", repaired(name)[0], "verify")
    assert status == 0, out
    assert "the manifest holds" in out


def test_a_part_of_the_stores_is_proved_by_the_prover(copied):
    """The first five stores of each region: the prover follows every demand through every failure, 370 000 cases in all."""
    project = copied(RETAIL)
    for path in (project / "topology").glob("stores-*.yaml"):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not re.match(r"\W+(id: )?[nesw]\d(0[6-9]|[1-7]\d)\b", line)))
    assert len(forward(manifest(project)["intents"][0])) == 20
    status, out = intentc("-C", project, "verify")
    assert status == 0, out


def test_each_thin_line_is_named_with_what_it_lacks(planted):
    (item,) = planted(RETAIL)[1]
    assert item["message"].endswith(" (12 of 300 sources)")
    texts = [item["message"], *(label["message"] for label in item["related"])]
    found = [match.groups() for match in map(LACKS.match, texts) if match is not None]
    assert sorted(found) == sorted((store, str(missing)) for store, (missing, _, _) in THIN.items())


def test_the_upgrades_are_those_that_are_needed(planted):
    (item,) = planted(RETAIL)[1]
    (repair,) = item["repairs"]
    assert re.findall(r"`(\w+)-lte` to (\w+)", repair["text"]) == sorted(
        (name, to) for name, (_, to, _) in THIN.items()
    )
    assert repair["text"].endswith(f" (the topology prices that at {sum(cost for _, _, cost in THIN.values())})")
    offers = sum(path.read_text().count("upgrade: {") for path in (EXAMPLES / RETAIL / "topology").glob("*.yaml"))
    assert offers > 5 * len(THIN)  # on offer are many more
    assert len(repair["edits"]) == 2 * len(THIN)


def test_one_intent_is_placed_for_300_stores(repaired):
    _, found = repaired(RETAIL)
    (intent,) = found["intents"]
    demands = {demand["source_site"]: demand for demand in forward(intent)}
    assert len(demands) == 300
    assert Counter(demand["destination_site"] for demand in demands.values()) == {"inf-1": 150, "inf-2": 150}
    assert {links_of(demand["primary"]["paths"])[0] for demand in demands.values()} == {
        f"{name}-bb" for name in demands
    }
    backups = {state["when"][0]: links_of(state["paths"])[0] for item in demands.values() for state in item["states"]}
    assert {f"link:{name}-bb": f"{name}-lte" for name in demands}.items() <= backups.items()
    assert not any(demand["unprotected"] for demand in intent["demands"])


def test_every_store_is_answered_in_time_over_broadband_and_over_lte(repaired):
    _, found = repaired(RETAIL)
    demands = found["intents"][0]["demands"]
    figures = [item for demand in demands for item in (demand["primary"], *demand["states"])]
    assert max(item["latency_us"]["total"] for item in figures) <= 80_000
    assert {item["basis"] for item in figures} == {"proved"}
    assert {item["protection"]["detect_ms"] + item["protection"]["repair_ms"] for item in demands} == {1000}


def test_tills_and_guests_are_no_concern_of_the_intent(repaired):
    _, found = repaired(RETAIL)
    flows = [flow for demand in forward(found["intents"][0]) for flow in demand["match"]]
    assert {(flow["protocol"], *flow["destination_ports"]) for flow in flows} == {("tcp", 8443, 8443)}
    assert {flow["destination"] for flow in flows} == {"10.90.1.0/24", "10.90.2.0/24"}


def test_the_audit_names_the_single_point_of_failure(planted):
    item = planted(NEOCLOUD)[1][4]
    assert (
        item["message"] == "`ams-o1` and `mil-o1` are cut off from each other in `node:fra-g2`, and so are 7 more pairs"
    )


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_audit_names_where_headroom_is_short_and_who_takes_it(planted, place):
    item = planted(NEOCLOUD)[1][place]
    assert item["message"].startswith("`c-waw-sto` from `waw-o1` to `sto-g2` is 71% full in `")
    assert [label["message"] for label in item["related"]] == [
        "71Gbps of 100Gbps are taken",
        "`cobalt-film` commits 66Gbps over it",
        "`aurora-chat` commits 5Gbps over it",
    ]


def test_the_audit_names_the_latency_floor(planted):
    item = planted(NEOCLOUD)[1][0]
    assert item["message"] == (
        "`waw` to `voice-models` takes 6.502ms at best, over `waw-o1` - `fra-g2`: above the bound of 6ms (1 of 2 sources)"
    )


def test_with_two_circuits_more_everything_has_headroom_in_every_failure(repaired):
    _, found = repaired(NEOCLOUD)
    worst = {item["name"]: item["worst"]["value"] for item in found["assertions"]}
    assert worst["headroom"] == worst["headroom-node"] == worst["headroom-carrier"] == 0.66
    assert (worst["no-spof"], worst["no-carrier"], worst["short"]) == (0, 0, 2)


def cost_by_intent(project, found):
    """Return what the circuits of the requests cost: committed Mbps × the price of each, summed up."""
    topology = yaml.safe_load((project / "topology" / "backbone.yaml").read_text())
    prices = {link["id"]: link.get("cost", 0) for link in topology["links"]}
    return {
        intent["name"]: sum(
            prices[link] * demand["bandwidth_bps"] // 10**6
            for demand in forward(intent)
            for link in links_of(demand["primary"]["paths"])
        )
        for intent in found["intents"]
    }


def test_the_readme_says_what_each_tenant_costs(repaired):
    costs = Counter()
    for intent, cost in cost_by_intent(*repaired(NEOCLOUD)).items():
        costs[intent.partition("-")[0]] += cost
    table = re.findall(r"^\| (\w+) \| ([\d,]+) \|$", (EXAMPLES / NEOCLOUD / "README.md").read_text(), re.MULTILINE)
    assert {name: int(cost.replace(",", "")) for name, cost in table} == costs


def test_the_fast_take_dear_circuits_and_the_bulk_cheap_ones(repaired):
    _, found = repaired(NEOCLOUD)
    taken = {
        demand["id"]: links_of(demand["primary"]["paths"]) for intent in found["intents"] for demand in forward(intent)
    }
    assert taken["aurora-chat/waw>fra"] == taken["dune-voice/waw>fra"] == ["a-waw-fra"]
    assert taken["borealis-data/mil>sto"] == ["d-mil-lys", "c-fra-lys", "d-fra-cph", "d-cph-sto"]
    assert taken["borealis-checkpoints/fra>mad"] == ["c-fra-lys", "c-lys-mad"]


@pytest.mark.parametrize("bound", ["25 ms", "20 ms", "15 ms"])
def test_the_readme_says_what_a_bound_costs(copied, bound):
    project = copied(NEOCLOUD)
    rate = "  bandwidth 15Gbps per source burst 4MB\n"
    replace(project, rate, f"{rate}  latency <= {bound}\n")
    replace(project, "within 5s { survive any 1 link }", "within 5s { survive any 1 link latency <= 80ms }")
    text = (EXAMPLES / NEOCLOUD / "README.md").read_text()
    (told,) = re.findall(rf"^\| {bound} \| ([\d,]+) \|$", text, re.MULTILINE)
    assert f"{cost_by_intent(project, manifest(project))['borealis-data']:,}" == told
    assert "`borealis-data` has none and costs 210,000" in text


def test_without_a_bound_the_bulk_costs_what_the_readme_says(repaired):
    assert cost_by_intent(*repaired(NEOCLOUD))["borealis-data"] == 210_000


def test_the_geostationary_satellite_is_refused_with_its_figure(planted):
    (item,) = planted(SATELLITE)[1]
    assert item["message"] == (
        "`ship-3` to `edge` takes 276.224ms at best when the link `ship-3-leo` fails, over `ship-3-r1` - `geo-1` - `edge-gw`:"
        " above the bound of 120ms (1 of 5 sources)"
    )
    assert "`ship-3-geo` alone takes 271.2ms" in [label["message"] for label in item["related"]]


ORDERS = {  # the first link of the way: normally, then in states in which the ones before it are down
    "hazard-watch/ship-1>edge": [("ship-1-5g", None), ("ship-1-leo", "link:ship-1-5g")],
    "hazard-watch/ship-3>edge": [("ship-3-leo", None), ("ship-3-leo2", "link:ship-3-leo")],
    "crew-assistant/mine-1>edge": [
        ("mine-1-5g", None),
        ("mine-1-leo", "provider:mobile"),
        ("mine-1-geo", "provider:leo-a+provider:mobile"),
    ],
    "crew-assistant/ship-3>edge": [
        ("ship-3-leo", None),
        ("ship-3-leo2", "provider:leo-a"),
        ("ship-3-geo", "provider:leo-a+provider:leo-b"),
    ],
    "log-sync/ship-2>cloud": [("ship-2-geo", None), ("ship-2-5g", "link:ship-2-geo")],
    "log-sync/mine-2>cloud": [("mine-2-geo", None), ("mine-2-leo", "link:mine-2-geo")],
}


@pytest.mark.parametrize("demand", ORDERS)
def test_each_class_has_its_order_of_transports(repaired, demand):
    _, found = repaired(SATELLITE)
    entry = next(item for intent in found["intents"] for item in intent["demands"] if item["id"] == demand)
    first, *others = ORDERS[demand]
    assert links_of(entry["primary"]["paths"])[0] == first[0]
    taken = {name: links_of(state["paths"])[0] for state in entry["states"] for name in state["when"]}
    assert [(taken[state], state) for _, state in others] == others


def test_hazards_keep_within_their_bounds_and_off_the_geostationary_satellite(repaired):
    _, found = repaired(SATELLITE)
    (intent,) = (item for item in found["intents"] if item["name"] == "hazard-watch")
    figures = [(demand["primary"], 60_000) for demand in intent["demands"]]
    figures += [(state, 120_000) for demand in intent["demands"] for state in demand["states"]]
    assert all(item["latency_us"]["total"] <= bound for item, bound in figures)
    assert not any("geo" in link for item, _ in figures for path in item["paths"] for link in path["links"])


def test_every_example_has_its_tests_here_or_beside():
    beside = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))
    names = sorted(path.parent.name for path in EXAMPLES.glob("*/intentc.toml"))
    assert [name for name in names if name not in EXPECTED and f'"{name}"' not in beside] == []
