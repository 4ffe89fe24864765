"""Every example of the language's definition, as it stands there."""

import re
import tomllib
from pathlib import Path

import pytest
from support_language import clauses, only, read, sound

from intentc import resources
from intentc.clauses import CLAUSES as CLAUSES_OF_INTENTS
from intentc.diagnostics import Findings, Source
from intentc.formatting.format import format_source
from intentc.language import ast

FIRST_FILE = """\
# intents/fraud.intent — card-fraud scoring from every branch to the GPU clusters
service fraud-api {
  at      fra-dc1, ams-dc1              # hosts; each serves those of the prefixes it has attached
  prefix  10.20.0.0/24, 2001:db8:20::/64
  port    tcp/8443
}

group branches = sites where role == "branch" and region in (de, nl)

profile realtime {
  priority critical
  failover within 300ms { survive any 1 link }
}

intent fraud-scoring "Card-fraud scoring" extends realtime {
  from      branches
  to        any of fraud-api            # the best feasible replica, another one on failure
  latency   <= 15ms one-way
  loss      <= 0.01%
  bandwidth 50Mbps per source burst 256KB
  pin       region eu
  failover  within 300ms {
    survive any 1 srlg
    latency <= 25ms
    otherwise drop
  }
  encrypt
  telemetry every 10s
}
"""

CHAIN = """\
chain rag-answer "Retrieval-augmented answer" {
  latency <= 180ms
  priority high
  step app-frontend -> embedder           processing 6ms
  parallel {
    step app-frontend -> any of vector-db   processing 12ms  calls 2
    step app-frontend -> feature-store      processing 5ms
  }
  step app-frontend -> any of llm-gateway   processing 90ms  # time to first token
}
"""

ASSERTIONS = """\
assert headroom  { utilization <= 70% on links where media == "fiber"  under any 1 link failure }
assert no-spof   { connected sites where tier == 1  under any 1 node failure }
assert sovereign { no traffic of intents where region == eu  on links where region == us }
"""


def test_the_first_file():
    service, group, profile, intent = sound(FIRST_FILE)
    assert service.name.text == "fraud-api"
    assert isinstance(group.set.terms[0].condition, ast.And)
    assert [type(clause) for clause in profile.clauses] == [ast.Priority, ast.Failover]
    assert [type(clause).__name__ for clause in intent.clauses] == (
        ["From", "To", "Latency", "Loss", "Bandwidth", "Pin", "Failover", "Encrypt", "Telemetry"]
    )


def test_the_chain():
    chain = only(CHAIN)
    assert [type(clause) for clause in chain.clauses] == [ast.Latency, ast.Priority]
    assert [type(step) for step in chain.steps] == [ast.Step, ast.Parallel, ast.Step]


def test_the_assertions():
    kinds = [(item.name.text, type(item.property), len(item.under)) for item in sound(ASSERTIONS)]
    assert kinds == [("headroom", ast.Utilization, 1), ("no-spof", ast.Connected, 1), ("sovereign", ast.NoTraffic, 0)]


FORMS = [
    'import "path.intent"',
    "const NAME = 5ms",
    "group NAME = a, b",
    "service NAME { at a  prefix 10.0.0.0/8  port tcp/1 capacity 1Gbps per host health tcp/5 }",
    "class NAME { dscp AF11  queue 20%  ecn  lossless  drop low }",
    "class NAME { dscp 12  queue strict 5%  ecn  lossless  drop high }",
    "class NAME { queue strict  drop medium }",
    "profile NAME extends a { spread }",
    'intent NAME "title" extends P, Q { spread }',
    'chain NAME "title" extends P, Q { spread step a -> b }',
]


@pytest.mark.parametrize("text", FORMS)
def test_the_table_of_declarations(text):
    assert only(text) is not None


CLAUSES = [
    "from a  to b",
    "to any of a",
    "between a and b",
    "between (sites where tier == 1) and (sites where tier == 2)",
    "among a",
    "unidirectional",
    "symmetric",
    "match tcp/443 dscp EF prefix 10.0.0.0/8 to 10.0.0.0/8, udp/4791 except tcp/8000-8100, sctp/5, icmp, any",
    "overrides a, b",
    *(f"priority {priority}" for priority in ("critical", "high", "normal", "low", "background", "my-class")),
    "latency <= 5ms",
    "latency <= 5ms one-way  jitter <= 1ms  loss <= 0.1%",
    "latency <= 5ms rtt",
    "bandwidth 5Mbps reverse 1Mbps per pair ceiling 8Mbps burst 1MB",
    "bandwidth 5Mbps per source",
    "bandwidth 5Mbps total",
    "transfer 200MB within 30s",
    "pin region eu, us",
    *(
        f"{word} {kind} x"
        for word in ("avoid", "via", "prefer")
        for kind in ("region", "node", "site", "link", "provider", "media", "srlg")
    ),
    *(f"{word} label k = v" for word in ("avoid", "via", "prefer")),
    "failover none",
    "failover within 300ms",
    "encrypt",
    "encrypt macsec",
    "encrypt ipsec on links where media == fiber",
    "label KEY = VALUE",
    *(f"isolate {side}" for side in ("", "to", "from", "both")),
    "spread",
    "telemetry every 10s",
    "telemetry every 10s to otel-eu",
    *(f"optimize {goal}" for goal in ("stability", "latency", "cost", "utilization")),
    'waive E0509 until 2027-01-31 because "…"',
    *(f"failover within 1s {{ survive any 2 {kind} }}" for kind in ("link", "node", "srlg", "site", "provider")),
    "failover within 1s { survive any 1 link and any 1 node  latency <= 5ms  bandwidth 1Mbps }",
    "failover within 1s { switch when latency > 80ms for 5s  revert after 60s  otherwise drop }",
    "failover within 1s { switch when loss > 1% for 5s  revert never  otherwise best-effort }",
    "failover within 1s { survive any 1 link except access }",
]


@pytest.mark.parametrize("text", CLAUSES)
def test_the_table_of_clauses(text):
    assert clauses(text)


SETS = [
    "a", "fra-*", "(a, b)", "sites where tier == 1", "nodes where role == pe", "a except b", "a & b", "node X", "site X",
    "region X", "group X", "service X", "a except (b, c) & d, e", "(sites where tier == 1), x", "L3", "a--b#2",
]  # fmt: skip


@pytest.mark.parametrize("text", SETS)
def test_sets(text):
    assert only(f"group g = {text}")


OPERATORS = ["== 1", "!= 1", "< 1", "<= 1", "> 1", ">= 1", "in (1, 2)", "not in (1, 2)", "like fra-*"]


@pytest.mark.parametrize("text", OPERATORS)
def test_operators(text):
    assert only(f"group g = nodes where not (labels.x {text}) and name {text} or platform {text}")


def test_a_latency_that_is_a_rate_is_a_type_error_at_the_unit():
    _, (finding,) = read("intent i { latency <= 50Mbps }")
    assert (finding.code, finding.span.column, finding.span.end_column) == ("E0207", 25, 29)


README = (resources.grammar_path() / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.splitlines()[0])
def test_every_example_of_the_page_that_teaches_the_language(text):
    if text.startswith("failover"):
        blocks = text.split("failover none")
        assert clauses(blocks[0])
        assert clauses(f"failover none{blocks[1]}")
    else:
        assert sound(text)


@pytest.mark.parametrize(
    "text", [text for text in BLOCKS if not text.startswith("failover")], ids=lambda text: text.splitlines()[0]
)
def test_every_whole_example_is_in_the_one_style(text):
    assert format_source(Source("page.intent", text), Findings()) == text


COVERAGE = (resources.grammar_path() / "COVERAGE.md").read_text(encoding="utf-8")
REFUSED = re.findall(r"^\| (.*) \| refused \| ", COVERAGE, re.MULTILINE)
NO_DEVICE = re.findall(r"^\| (.*) \| E0610 \| ", COVERAGE, re.MULTILINE)
NOT_SUPPORTED = README.partition("## Not supported yet")[2].partition("## Small print")[0]


@pytest.mark.parametrize("form", [*REFUSED, *NO_DEVICE])
def test_the_page_says_so_of_every_form_that_is_refused(form):
    words = {word for quoted in re.findall("`([^`]*)`", form) for word in re.findall("[a-z]+", quoted)}
    known = {word for quoted in re.findall("`([^`]*)`", NOT_SUPPORTED) for word in re.findall("[a-z]+", quoted)}
    assert words
    assert words & known


@pytest.mark.parametrize(
    ("feature", "clause"), [("switching-loss", "`switch when loss`"), ("health-check", "`health`")]
)
def test_no_target_has_it_as_long_as_the_page_says_so(feature, clause):
    assert clause in NOT_SUPPORTED
    texts = [path.read_text() for path in Path(resources.targets_paths()[0]).glob("*/target.toml")]
    assert len(texts) > 1
    assert not any("since" in tomllib.loads(text).get("features", {}).get(feature, {}) for text in texts)


@pytest.mark.parametrize(
    "word", ["intentc init", "intentc check --fix", "intentc fmt", "intentc lsp", "intentc explain"]
)
def test_the_page_names_the_tools(word):
    assert word in README


@pytest.mark.parametrize("kind", CLAUSES_OF_INTENTS, ids=lambda kind: kind.keyword)
def test_the_page_tells_which_clauses_are_not_supported_yet(kind):
    taught, _, rest = README.partition("## Not supported yet")
    refused, _, _ = rest.partition("## Small print")
    assert re.search(rf"(`|^ *){kind.keyword}\b", taught if kind.is_supported else refused, re.MULTILINE)
