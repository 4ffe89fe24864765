"""Programs compiled by the whole pipeline, for tests that prove what came out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from intentc.diagnostics import Findings, Source
from intentc.manifest.codec import ManifestError
from intentc.manifest.digest import input_digest
from intentc.manifest.model import Generator
from intentc.manifest.read import read_manifest
from intentc.manifest.write import Compiled, manifest_text
from intentc.pipeline import STAGES, compile_request
from intentc.project import Project
from intentc.run import Request, Run
from intentc.verify.check_files import Evidence
from intentc.verify.proof import Proof
from intentc.verify.prove import prove

TODAY = dt.date(2026, 11, 20)
TOPOLOGY_PATH, INTENT_PATH = "topology/net.yaml", "intents/x.intent"

# Two data centres and two branches around four core routers; `fra` and `ams` hold replicas of one anycast prefix and one
# prefix each of their own. The IGP's own way from the branches runs over `p3`, which lies abroad.
NET = """
name: net
regions: {eu: [de, nl], ch: []}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: frr}
sites:
  ber: {region: de, role: branch, labels: {tier: 1}}
  muc: {region: de, role: branch, labels: {tier: 2}}
  fra: {region: de, role: dc}
  ams: {region: nl, role: dc}
nodes:
  ber1: {site: ber, release: "8.4", loopback: 10.255.0.1/32, loopback6: "fd00:255::1/128",
         attached: [10.1.0.0/24, "2001:db8:1::/64"]}
  muc1: {site: muc, release: "8.4", loopback: 10.255.0.2/32, loopback6: "fd00:255::2/128", attached: [10.2.0.0/24]}
  fra1: {site: fra, release: "8.4", loopback: 10.255.0.3/32, loopback6: "fd00:255::3/128",
         attached: [10.20.0.0/24, 10.30.0.0/24, "2001:db8:20::/64"]}
  fra2: {site: fra, release: "8.4", loopback: 10.255.0.4/32, loopback6: "fd00:255::4/128", attached: [10.50.0.0/24]}
  ams1: {site: ams, release: "8.4", loopback: 10.255.0.5/32, loopback6: "fd00:255::5/128",
         attached: [10.20.0.0/24, 10.40.0.0/24]}
  p1: {region: de, release: "8.4", loopback: 10.255.0.11/32, loopback6: "fd00:255::11/128"}
  p2: {region: nl, release: "8.4", loopback: 10.255.0.12/32, loopback6: "fd00:255::12/128"}
  p3: {region: ch, release: "8.4", loopback: 10.255.0.13/32, loopback6: "fd00:255::13/128"}
links:
  - {id: ber-p1, a: ber1, b: p1, capacity: 1Gbps, latency: 2ms, provider: alpha, srlg: [trench], crosses: []}
  - {id: ber-p2, a: ber1, b: p2, capacity: 1Gbps, latency: 4ms, igp_metric: 19, provider: beta, crosses: []}
  - {id: ber-p3, a: ber1, b: p3, capacity: 1Gbps, latency: 1ms, igp_metric: 5, provider: beta, crosses: []}
  - {id: muc-p1, a: muc1, b: p1, capacity: 100Mbps, latency: 2ms, provider: alpha, srlg: [trench], crosses: []}
  - {id: muc-p2, a: muc1, b: p2, capacity: 100Mbps, latency: 5ms, igp_metric: 15, encryption: macsec, crosses: []}
  - {id: p1-p2, a: p1, b: p2, capacity: 1Gbps, latency: 3ms, encryption: macsec, crosses: []}
  - {id: p1-p3, a: p1, b: p3, capacity: 1Gbps, latency: 1ms, igp_metric: 9, crosses: []}
  - {id: fra1-p1, a: fra1, b: p1, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: fra1-p2, a: fra1, b: p2, capacity: 1Gbps, latency: 3ms, igp_metric: 18, encryption: macsec, crosses: []}
  - {id: fra1-p3, a: fra1, b: p3, capacity: 1Gbps, latency: 1ms, igp_metric: 2, crosses: []}
  - {id: fra2-p1, a: fra2, b: p1, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: fra2-p2, a: fra2, b: p2, capacity: 1Gbps, latency: 2ms, crosses: []}
  - {id: ams-p2, a: ams1, b: p2, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ams-p1, a: ams1, b: p1, capacity: 1Gbps, latency: 4ms, igp_metric: 25, crosses: []}
"""


@dataclass(frozen=True)
class Built:
    """A compiled program with the text of its manifest."""

    run: Run
    text: str
    outputs: dict[str, str]

    def prove(self, text: str | None = None) -> Proof:
        """Prove the manifest as compiled, or `text` in its place."""
        assert self.run.topology is not None
        inputs = {path: input_digest(source.encode()) for path, source in self.run.sources.items()}
        manifest = read_manifest(self.text if text is None else text)
        return prove(self.run.files, self.run.topology, manifest, TODAY, Evidence(inputs, self.outputs))

    def codes(self, change: Callable[[dict], object] | None = None) -> set[str]:
        """Return the codes of what the prover finds after `change` was made to the manifest's JSON."""
        whole = deepcopy(json.loads(self.text))
        if change is not None:
            change(whole)
        try:
            return {item.code for item in self.prove(json.dumps(whole)).findings}
        except ManifestError:
            return {"damaged"}

    @property
    def statuses(self) -> dict[str, str]:
        """Return the status of every intent."""
        return {intent["name"]: intent["status"] for intent in json.loads(self.text)["intents"]}


def build(intents: str, net: str = NET, stages: tuple[Callable[[Run], None], ...] = STAGES) -> Built:
    """Return what the whole pipeline makes of a program."""
    project = Project("test", Path("/nowhere"), (TOPOLOGY_PATH,), (INTENT_PATH,))
    request = Request(project, (Source(INTENT_PATH, intents),), (Source(TOPOLOGY_PATH, net),), TODAY, lambda _: None)
    return written(compile_request(request, Findings(), stages=stages))


def written(run: Run) -> Built:
    """Return a compilation with its manifest as it is written."""
    assert run.model is not None, [item.message for item in run.findings.items]
    text = manifest_text(
        Compiled(
            project="test",
            model=run.model,
            realised=run.realised,
            bundle=run.bundle,
            findings=run.findings.sorted(),
            generator=Generator("test", 1, TODAY.isoformat(), {}),
            inputs={path: input_digest(text.encode()) for path, text in run.sources.items()},
            assertions=run.assertions,
        )
    )
    manifest = read_manifest(text)
    outputs = {file.path: file.sha256 for device in manifest.devices for file in device.files}
    return Built(run, text, outputs)
