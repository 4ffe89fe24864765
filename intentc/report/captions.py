"""Names of the nodes and figures beside the links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.report.crowd import Crowd
from intentc.report.geometry import Box
from intentc.report.layout import Point
from intentc.report.marks import plain, tag, text, text_width
from intentc.report.view import NetworkView
from intentc.report.wires import Wire, figures
from intentc.report.wording import percent

_NAME_SIZE, _FIGURE_SIZE = 13.0, 10.5
_HEIGHT = 16.0
_AWAY = 19.0  # from a node's centre to the edge of its name
_WARM, _HOT = 500_000, 800_000  # ppm; 80 % is the default utilisation limit
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
_MANY = 80  # links; above, only busy and failed ones are labelled (the others have tooltips)


def node_names(at: Mapping[str, Point], crowd: Crowd) -> Iterator[str]:
    """Yield the name of every node: below it, else on the freest side."""
    for name, (x, y) in at.items():
        box = crowd.settle(_around(x, y, text_width(name, _NAME_SIZE)))
        yield text(name, box.x, box.y + 4.5, class_="name ink halo", text_anchor="middle")


def captions(drawn: Sequence[Wire], view: NetworkView, crowd: Crowd) -> Iterator[str]:
    """Yield one small label per link: capacity, latency and utilisation."""
    for wire in drawn:
        if len(drawn) <= _MANY or _is_notable(wire, view):
            words, (share, level) = figures(wire.link), _share(wire, view)
            width = text_width(f"{words}   {share}" if share else words, _FIGURE_SIZE) + 8
            yield _chip(crowd.settle(_beside(wire, width), wire.link.id), words, share, level)


def _around(x: float, y: float, width: float) -> Iterator[Box]:
    for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)):
        reach = _AWAY + width / 2 if dy == 0 else (_AWAY - 6 + width / 2)
        yield Box(x + dx * reach, y + dy * (_AWAY + _HEIGHT / 2 if dx == 0 else _AWAY - 2), width, _HEIGHT)


def _is_notable(wire: Wire, view: NetworkView) -> bool:
    return view.utilisation_ppm.get(wire.link.id, 0) >= _WARM or wire.link.id in view.failed.links


def _beside(wire: Wire, width: float) -> Iterator[Box]:
    for along in _ALONG:
        x, y = wire.curve.at(along)
        nx, ny = wire.curve.normal(along)
        # Far enough sideways that a box of this size clears the bed whatever its slope.
        away = wire.width / 2 + 3 + abs(nx) * width / 2 + abs(ny) * _HEIGHT / 2
        for side in (away, -away):
            yield Box(x + nx * side, y + ny * side, width, _HEIGHT)


def _share(wire: Wire, view: NetworkView) -> tuple[str, str]:
    if wire.link.id in view.failed.links:
        return "down", "hot"
    ppm = view.utilisation_ppm.get(wire.link.id, 0)
    return (percent(ppm) if ppm else "", "hot" if ppm >= _HOT else "warm" if ppm >= _WARM else "good")


def _chip(box: Box, words: str, share: str, level: str) -> str:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    figure = tag("tspan", plain(share), class_=level, dx=5) if share else ""
    return tag("rect", x=left, y=top, width=box.width, height=box.height, rx=4, class_="chip") + tag(
        "text",
        tag("tspan", plain(words), class_="soft") + figure,
        x=box.x,
        y=box.y + 3.7,
        class_="fig",
        text_anchor="middle",
    )
