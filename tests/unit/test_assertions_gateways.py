"""Assertions about traffic of sites with several routers: the one that stands in carries it, also where the other one is only cut off."""

import json

import pytest
from support_verify import build
from test_gateways import NET

from intentc.pipeline import STAGES

INTENT = "intent shop { from br to dc unidirectional failover within 500ms { survive any 1 link } }\n"


@pytest.mark.parametrize(
    ("under", "worst"),
    [
        ("any 1 link", "link:w1"),
        ("any 1 node", "link:w1"),  # which is promised, so it counts
        ("any 2 link", "link:pp+link:w1"),
        ("any 1 link and any 1 node", "link:pp+node:b1"),
    ],
)
def test_what_stands_in_for_a_router_without_links_is_seen(under, worst):
    """`b1` has one link, `w1`: without it the hosts turn to `b2`, whose packets run over `w2`."""
    text = f"{INTENT}assert quiet {{ no traffic of shop on link w2 under {under} failure }}"
    found = build(text, NET, STAGES)
    assert found.codes() == set()
    (quiet,) = json.loads(found.text)["assertions"]
    assert quiet == {"name": "quiet", "holds": False, "worst": {"state": worst, "value": 1}}
