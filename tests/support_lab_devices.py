"""Labs with one router of each platform that containerlab runs, for the tests of what is exported."""

import yaml
from support_frr import targets
from support_lab import link, node, topology

from intentc.lab.export import export
from intentc.lab.model import ExportOptions
from intentc.render.render import render_start_up
from intentc.topology.model import SegmentRouting

TARGETS = targets()
LABS = {name: target.lab for name, target in TARGETS.items() if target.lab is not None}
RUN = sorted(name for name, lab in LABS.items() if lab.startup is not None)
IMAGES = {name: f"registry.example/{name}:1" for name in RUN}
OPTIONS = ExportOptions(
    labs=LABS, images=IMAGES, start_up=lambda platform, view: render_start_up(TARGETS[platform], view)
)


def mixed(**routing):
    """Return a ring of an FRR router and one router of each platform that a lab can run, each with hosts."""
    names = ["r0", *(f"r-{name}" for name in RUN)]
    platforms = ["frr", *RUN]
    nodes = [
        node(
            name,
            number_,
            [f"10.{number_}.0.0/24", f"fd00:{number_}::/64"],
            platform=platform,
            segment_routing=SegmentRouting(number_, (16_000, 23_999), 10),
        )
        for number_, (name, platform) in enumerate(zip(names, platforms, strict=True), 1)
    ]
    links = [link(a, b, metric=5, name=f"L{a}") for a, b in zip(names, [*names[1:], names[0]], strict=True)]
    return topology(nodes, links, **({"bfd_ms": 100} | routing))


def files(made, options=OPTIONS):
    return {str(file.path): file.text for file in export(made, options).files}


def clab(made, options=OPTIONS):
    return yaml.safe_load(files(made, options)["lab.clab.yml"])


def one(platform, options=OPTIONS, **changes):
    """Return a lab of one router of a platform beside an FRR router."""
    return topology([node("r1", 1, platform=platform, **changes), node("r2", 2)], [link("r1", "r2")])


def start(platform, made=None):
    return files(made or mixed())[f"routers/r-{platform}/{LABS[platform].startup}"]
