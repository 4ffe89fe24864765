"""A network and a way to resolve programs against it, for tests of the stage `resolve` and of the clauses."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum

from support_network import HERE, link, network, node, site

from intentc.diagnostics import Diagnostic, Findings, Source, Span
from intentc.language.parser import parse
from intentc.resolve.model import Demand, Model, ResolvedIntent
from intentc.resolve.resolve import resolve
from intentc.topology.model import Collector, Topology

TODAY = dt.date(2026, 11, 20)
REGIONS = {"eu": None, "de": "eu", "nl": "eu", "us": None}

# What most programs of the tests share; see `wan` for the network.
PRELUDE = """
group branches = sites where role == "branch"
service api { at site fra, ams  prefix 10.20.0.0/24  port tcp/8443 }
service db { at site fra  prefix 10.30.0.0/24  port tcp/5432 }
"""


def wan(**changes: object) -> Topology:
    """Three branches (one with a single link), three data centres, two transit routers `p1` and `p2`, a node without a site.

    `api`'s prefix 10.20.0.0/24 hangs on fra and ams; every site has links to p1 (carrier-a) and p2 (carrier-b), ham only to p1.
    """
    sites = [
        site("ber", "de", role="branch", labels={"tier": 1, "gpu": False}),
        site("muc", "de", role="branch", labels={"tier": 2}),
        site("ham", "de", role="branch", labels={"tier": 2}),
        site("fra", "de", role="dc", labels={"gpu": True}),
        site("ams", "nl", role="dc"),
        site("nyc", "us", role="dc"),
        site("void", "de"),
    ]
    nodes = [
        node("ber-br1", site="ber", attached=("10.1.0.0/24", "2001:db8:1::/64"), release="8.4"),
        node("muc-br1", site="muc", attached=("10.2.0.0/24",), release="10.1"),
        node("ham-br1", site="ham", attached=("10.3.0.0/24",), labels={"owner": "acme"}),
        node("fra-dc1", site="fra", attached=("10.20.0.0/24", "10.30.0.0/24", "2001:db8:20::/64"), role="gateway"),
        node("ams-dc1", site="ams", attached=("10.20.0.0/24", "10.40.0.0/24")),
        node("nyc-dc1", site="nyc", attached=("10.50.0.0/24",)),
        node("lab", region="nl", attached=("10.9.0.0/24",), transit=False),
        node("p1", region="de", role="p"),
        node("p2", region="nl", role="p", labels={"owner": "acme"}),
    ]
    links = [
        *(link(f"{end}-1", f"{end}-{kind}1", "p1", provider="carrier-a", crosses=()) for end, kind in _ENDS),
        *(
            link(f"{end}-2", f"{end}-{kind}1", "p2", provider="carrier-b", crosses=())
            for end, kind in _ENDS
            if end != "ham"
        ),
        link("lab-1", "lab", "p1", crosses=()),
        link("lab-2", "lab", "p2", crosses=()),
        link("core", "p1", "p2", ms=5, media="fiber", encryption="macsec", srlgs=("duct-7",), crosses=()),
        link("core#2", "p1", "p2", ms=7, mbps=100, media="lte", encryption="ipsec", labels={"cheap": True}),
    ]
    shared = {"ber-1": ("duct-9",), "muc-1": ("duct-9",), "fra-1": ("duct-7",)}
    wired = [replace(item, srlgs=shared.get(item.id, item.srlgs)) for item in links]
    built = network(nodes, wired, sites=sites, regions=REGIONS, name="acme-wan")
    collectors = {
        "otel-eu": Collector("otel-eu", ipaddress.ip_address("10.20.0.9"), "de", HERE),
        "otel-us": Collector("otel-us", ipaddress.ip_address("10.50.0.9"), "us", HERE),
        "otel-any": Collector("otel-any", ipaddress.ip_address("10.40.0.9"), None, HERE),
    }
    return replace(built, **{"collectors": collectors, **changes})


_ENDS = (("ber", "br"), ("muc", "br"), ("ham", "br"), ("fra", "dc"), ("ams", "dc"), ("nyc", "dc"))


@dataclass(frozen=True)
class Resolved:
    """A model with the findings made on the way, and shortcuts to their parts."""

    model: Model
    findings: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        return [item.code for item in self.findings]

    @property
    def errors(self) -> list[str]:
        return [item.code for item in self.findings if item.is_error]

    def intent(self, name: str) -> ResolvedIntent:
        return next(item for item in self.model.intents if item.name == name)

    def demand(self, key: str) -> Demand:
        return self.model.demands[key]

    def finding(self, code: str) -> Diagnostic:
        return next(item for item in self.findings if item.code == code)


def run(
    text: str, *, topology: Topology | None = None, prelude: str = PRELUDE, today: dt.date = TODAY, **files: str
) -> Resolved:
    """Resolve a program of one file (after the prelude, so that its lines keep their numbers) and maybe further ones."""
    findings = Findings()
    sources = [Source("intents/main.intent", text), Source("intents/prelude.intent", prelude)]
    sources += [Source(f"intents/{name}.intent", content) for name, content in files.items()]
    parsed = [parse(source, findings) for source in sources]
    model = resolve(parsed, topology or wan(), today, findings)
    return Resolved(model, findings.sorted())


def one(clauses: str, *, ends: str = "from site ber  to any of api", **rest: object) -> Resolved:
    """Resolve one intent `t` with these clauses."""
    return run(f"intent t {{ {ends}  {clauses} }}", **rest)


def ranked(model: Model) -> Model:
    """Return a model whose demands are numbered 0, 1, 2 … in the order of evaluation: numbers tell nothing else, and those of what is kept are far apart."""
    in_order = sorted(model.demands.values(), key=lambda demand: demand.precedence)
    assert len({demand.precedence for demand in in_order}) == len(in_order)
    ranks = {demand.key: rank for rank, demand in enumerate(in_order)}
    demands = {key: replace(demand, precedence=ranks[key]) for key, demand in model.demands.items()}
    return replace(model, demands=demands)


def plain(value: object) -> object:
    """Return a value without its spans and without mappings, so that two can be compared and shown."""
    if isinstance(value, Span):
        return None
    if isinstance(value, Enum | str | int | bool | None):
        return value
    if is_dataclass(value):
        return (type(value).__name__, *(plain(getattr(value, item.name)) for item in fields(value)))
    if isinstance(value, Mapping):
        return tuple((key, plain(item)) for key, item in value.items() if not isinstance(item, Span))
    if isinstance(value, frozenset | set):
        return ("set", *sorted(repr(plain(item)) for item in value))
    return tuple(plain(item) for item in value)


def meaning(resolved: Resolved) -> object:
    """Return all that a program means, apart from where it was written."""
    model = replace(resolved.model, topology=None)
    return plain(model)
