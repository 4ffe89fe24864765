"""The network as one self-contained SVG: regions, sites, links with their figures, and the paths of the intents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from intentc.report.areas import area_name, areas, draw_area, extent, site_rings
from intentc.report.captions import captions, node_names
from intentc.report.crowd import crowd_of
from intentc.report.layout import Point, positions
from intentc.report.legend import LEGEND_WIDTH, legend, legend_height
from intentc.report.marks import number, plain, tag, text, tooltip
from intentc.report.palette import STYLE, intent_styles, region_styles
from intentc.report.view import NetworkView
from intentc.report.wires import draw_wires, wires
from intentc.topology.model import Node, Topology

_HEAD = 66.0
_BORDER = 34.0
_RADIUS = 15.0


def network_map(topology: Topology, view: NetworkView, highlight: Collection[str] = ()) -> str:
    """Return an SVG document of the network and of what `view` says of it; intents outside `highlight` are faded.

    It needs nothing from elsewhere (no script, font or image), follows the light or dark preference of the browser, and
    holds no text that was not escaped. Equal input gives equal text.
    """
    at, width, height = _framed(topology, positions(topology))
    order = {intent.name: n for n, intent in enumerate(view.intents)}
    drawn = wires(topology, view, at)
    regions = areas(topology, at)
    crowd = crowd_of(at, drawn)
    parts = [
        tag("rect", width=width, height=height, class_="page"),
        text(view.title, _BORDER, 34, class_="title ink"),
        text(view.subtitle, _BORDER, 54, class_="sub soft"),
        *map(draw_area, regions),
        *site_rings(topology, at),
        *draw_wires(drawn, view, order, highlight),
        *_nodes(topology, view, at),
        *node_names(at, crowd),
        *(area_name(region, crowd) for region in regions),
        *captions(drawn, view, crowd),
        *legend(view, highlight, width - LEGEND_WIDTH, _HEAD),
    ]
    body = tooltip(f"{view.title}: {view.subtitle}") + _style(len(view.intents)) + "\n".join(parts)
    return _document(body, width, max(height, legend_height(view) + _HEAD))


def _framed(topology: Topology, at: Mapping[str, Point]) -> tuple[dict[str, Point], float, float]:
    """Return the points moved so that everything fits, and the size of the drawing."""
    if not at:
        return {}, LEGEND_WIDTH + 2 * _BORDER, 2 * _HEAD
    room = max(extent(topology), 46.0) + _BORDER
    left, top = min(x for x, _ in at.values()), min(y for _, y in at.values())
    right, bottom = max(x for x, _ in at.values()), max(y for _, y in at.values())
    moved = {node: (x - left + room, y - top + room + _HEAD - 10) for node, (x, y) in at.items()}
    return moved, right - left + 2 * room + LEGEND_WIDTH, bottom - top + 2 * room + _HEAD


def _nodes(topology: Topology, view: NetworkView, at: Mapping[str, Point]) -> Iterator[str]:
    for name, node in topology.nodes.items():
        x, y = at[name]
        is_down = name in view.failed.nodes
        yield tag("g", tooltip(_describe(node)) + _shape(node, x, y, is_down))


def _shape(node: Node, x: float, y: float, is_down: bool) -> str:
    """Draw a node: a square where hosts are attached, a round where traffic only passes, dashed where nothing is configured."""
    classes = (
        "dot" + (" foreign" if node.platform == "none" else "") + (" off" if node.state != "up" or is_down else "")
    )
    if node.attached:
        side = _RADIUS * 1.8
        shape = tag("rect", x=x - side / 2, y=y - side / 2, width=side, height=side, rx=6, class_=classes)
    else:
        shape = tag("circle", cx=x, cy=y, r=_RADIUS, class_=classes)
    cross = tag("path", d=f"M{number(x - 10)},{number(y - 10)} l20,20 m0,-20 l-20,20", class_="cut") if is_down else ""
    return shape + cross


def _describe(node: Node) -> str:
    parts = [node.name, node.role or "", node.platform, f"region {node.region}" if node.region else ""]
    parts += [str(attachment.prefix) for attachment in node.attached]
    parts += [node.state] if node.state != "up" else []
    return " · ".join(part for part in parts if part)


def _style(intents: int) -> str:
    return tag("style", plain("\n".join((STYLE, intent_styles(intents), region_styles()))))


def _document(body: str, width: float, height: float) -> str:
    size = f"{number(width)} {number(height)}"
    root = tag(
        "svg",
        f"\n{body}\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size}",
        width=width,
        height=height,
        role="img",
        class_="map",
    )
    return f"{root}\n"
