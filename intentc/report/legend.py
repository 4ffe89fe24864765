"""The column beside the map: which colour is which intent, and what the marks mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from intentc.report.marks import tag, text
from intentc.report.view import IntentView, NetworkView

LEGEND_WIDTH = 268.0
_ROW = 40.0
_LINE = 24.0
_MOST = 24  # intents listed; more are counted
_LONGEST = 30  # characters of a name


def legend(view: NetworkView, highlight: Collection[str], x: float, y: float) -> Iterator[str]:
    """Yield the legend with its upper left corner at (`x`, `y`)."""
    if view.intents:
        yield text("INTENTS", x, y + 10, class_="h soft")
        y += 34
    for at, intent in enumerate(view.intents[:_MOST]):
        yield _intent(intent, at, x, y + at * _ROW, is_faded=bool(highlight) and intent.name not in highlight)
    y += min(len(view.intents), _MOST) * _ROW
    if len(view.intents) > _MOST:
        yield text(f"… and {len(view.intents) - _MOST} more", x, y, class_="small soft")
        y += _LINE
    yield text("MARKS", x, y + 10, class_="h soft")
    for at, (sample, words) in enumerate(_marks(view)):
        row = y + 34 + at * _LINE
        yield tag("g", sample, transform=f"translate({x:.1f} {row - 4:.1f})") + text(
            words, x + 44, row, class_="small ink"
        )


def legend_height(view: NetworkView) -> float:
    """Return how much room the legend takes."""
    intents = (
        min(len(view.intents), _MOST) * _ROW + (34 if view.intents else 0) + (_LINE if len(view.intents) > _MOST else 0)
    )
    return intents + 34 + len(_marks(view)) * _LINE + 20


def _intent(intent: IntentView, number: int, x: float, y: float, *, is_faded: bool) -> str:
    faded = " faded" if is_faded else ""
    name = intent.name if len(intent.name) <= _LONGEST else f"{intent.name[: _LONGEST - 1]}…"
    sample = tag("path", d=f"M{x:.1f},{y + 3:.1f} h32", class_=f"lane i{number}{faded}", stroke_width=5)
    return sample + text(name, x + 44, y, class_="name ink") + text(intent.note, x + 44, y + 15, class_="small soft")


def _marks(view: NetworkView) -> list[tuple[str, str]]:
    marks = [
        (tag("rect", x=7, y=-9, width=18, height=18, rx=4, class_="dot"), "router with hosts attached"),
        (tag("circle", cx=16, cy=0, r=9, class_="dot"), "router that only forwards"),
        (tag("circle", cx=16, cy=0, r=9, class_="dot foreign"), "dashed: not ours to configure"),
        (tag("path", d="M0,0 h32", class_="wire"), "link (capacity · latency)"),
    ]
    if view.utilisation_ppm:
        marks.append((text("41 %", 3, 4, class_="fig good"), "reserved, busier direction"))
    if view.failed.links or view.failed.nodes:
        marks.append((tag("path", d="M0,0 h32", class_="cutwire") + _small_cross(), "failed"))
        marks.append((tag("path", d="M0,0 h32", class_="lane i0 broken", stroke_width=2.2), "normal path, cut"))
    return marks


def _small_cross() -> str:
    return tag("path", d="M10,-6 l12,12 m0,-12 l-12,12", class_="cut")
