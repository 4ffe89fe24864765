"""Real networks with recorded demands (`neutral-topology/1`, JSON) as projects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_project(
    source: Path,
    root: Path,
    platform: str = "frr",
    extra: str = "optimize utilization",
    imbalance: str = "25%",
    packet: int = 340,
) -> dict[str, Any]:
    """Write the project of a topology file, one intent per recorded demand; return the file's bounds."""
    data = json.loads(source.read_text(encoding="utf-8"))
    (root / "topology").mkdir(parents=True, exist_ok=True)
    (root / "intents").mkdir(exist_ok=True)
    (root / "intentc.toml").write_text(
        f'[project]\nname = "{data["name"]}"\ntopology = ["topology/*.yaml"]\nintents = ["intents/**/*.intent"]\n'
    )
    (root / "topology" / "net.yaml").write_text(_topology(data, platform, imbalance, packet))
    (root / "intents" / "demands.intent").write_text(_intents(data, extra))
    bounds: dict[str, Any] = data["bounds"]
    return bounds


def _topology(data: dict[str, Any], platform: str, imbalance: str, packet: int) -> str:
    lines = [
        f"name: {data['name']}",
        f"defaults: {{platform: {platform}}}",
        f"routing: {{igp: isis, hash_imbalance: {imbalance}, mean_packet: {packet}}}",
        "nodes:",
    ]
    for index, node in enumerate(data["nodes"]):
        prefix = f"10.{index >> 8}.{index & 255}.0/24"
        lines.append(
            f"  {node['id']}: {{loopback: 10.255.{index >> 8}.{index & 255}/32,"
            f" attached: [{{prefix: {prefix}, interface: eth0}}],"
            f" segment_routing: {{index: {index + 1}, srgb: [16000, 23999], max_sid_depth: 10}}}}"
        )
    lines.append("links:")
    for link in data["links"]:
        srlgs = ", ".join(link["srlgs"])
        lines.append(
            f"  - {{id: {link['id']}, a: {link['a']}, b: {link['b']}, capacity: {link['capacity_mbps']}Mbps,"
            f" latency: {round(link['latency_ms'] * 1e6)}ns, igp_metric: {link['igp_cost']}, mtu: 9000, crosses: [],"
            f" srlg: [{srlgs}]}}"
        )
    return "\n".join(lines) + "\n"


def _intents(data: dict[str, Any], extra: str) -> str:
    blocks = []
    for index, demand in enumerate(data["demands"]):
        blocks.append(
            f"intent d{index} {{\n  from {demand['src']}\n  to {demand['dst']}\n  unidirectional\n  priority normal\n"
            f"  bandwidth {round(demand['mbps'] * 1000)}kbps burst 90KB\n  {extra}\n}}\n"
        )
    return "\n".join(blocks)
