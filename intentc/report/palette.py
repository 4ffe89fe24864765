"""Colours of the map, for light and dark pages."""

from __future__ import annotations

import colorsys

# Told apart by people with the common colour deficiencies as far as ten can be: hue and lightness both vary.
_LIGHT = ("#0b66c3", "#d9480f", "#12805c", "#a21caf", "#b98900", "#0891b2", "#be123c", "#5b8c00", "#6d28d9", "#64748b")
_DARK = ("#6cb4ff", "#ff9757", "#4fd6a2", "#ee8bf7", "#f2c94c", "#4fd3ea", "#ff7e96", "#b5e04a", "#b79bff", "#aab6c6")
_REGIONS = 8

_GOLDEN_TURN = 0.61803398875  # successive hues far apart, however many there are

STYLE = """
.map{--page:#ffffff;--ink:#1c2430;--soft:#5d6b7c;--line:#c3ccd6;--bed:#e6ebf0;--node:#ffffff;--edge:#1c2430;--halo:#ffffff;
--good:#12805c;--warm:#b45309;--hot:#c81e1e;--chip:#ffffff;font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
@media (prefers-color-scheme:dark){.map{--page:#11161d;--ink:#e7edf4;--soft:#98a6b5;--line:#4a5766;--bed:#29323d;--node:#1c242e;
--edge:#dbe4ee;--halo:#11161d;--good:#4fd6a2;--warm:#f2b04c;--hot:#ff7e7e;--chip:#1c242e}}
.page{fill:var(--page)}.ink{fill:var(--ink)}.soft{fill:var(--soft)}
.title{font-size:20px;font-weight:650}.sub{font-size:13px}.h{font-size:12px;font-weight:650;letter-spacing:.04em}
.name{font-size:13px;font-weight:600}.small{font-size:11.5px}
.halo{paint-order:stroke;stroke:var(--halo);stroke-width:4px;stroke-linejoin:round}
.bed{fill:none;stroke:var(--bed);stroke-linecap:butt}.wire{fill:none;stroke:var(--line);stroke-width:1.6px}
.tunnel{stroke-dasharray:2 5;stroke-linecap:round}
.lane{fill:none;stroke-linecap:butt}.broken{stroke-dasharray:3 4;opacity:.55}.faded{opacity:.14}
.cut{stroke:var(--hot);stroke-width:2.2px;fill:none}.cutwire{stroke:var(--hot);stroke-dasharray:6 5;fill:none;stroke-width:1.8px}
.dot{fill:var(--node);stroke:var(--edge);stroke-width:1.8px}.foreign{stroke-dasharray:3 3}.off{opacity:.45}
.site{fill:none;stroke:var(--soft);stroke-width:1px;stroke-dasharray:1 4;stroke-linecap:round}
.chip{fill:var(--chip);stroke:var(--line);stroke-width:.8px}.fig{font-size:10.5px}
.good{fill:var(--good)}.warm{fill:var(--warm)}.hot{fill:var(--hot)}.good,.warm,.hot{font-weight:650}
.where{font-size:12px;font-weight:650;letter-spacing:.06em;paint-order:stroke;stroke:var(--halo);stroke-width:4px}
""".strip()


def intent_styles(count: int) -> str:
    """Return the rules `.i0 … .iN` (strokes of lanes) for light and dark pages."""
    light = "".join(f".i{n}{{stroke:{_colour(n, _LIGHT, 0.40)}}}" for n in range(count))
    dark = "".join(f".i{n}{{stroke:{_colour(n, _DARK, 0.70)}}}" for n in range(count))
    return f"{light}\n@media (prefers-color-scheme:dark){{{dark}}}"


def region_styles() -> str:
    """Return the rules `.r0 … .r7` (areas and names of regions), soft enough to lie below everything."""
    light = "".join(_region(n, 0.925, 0.36, 0.70) for n in range(_REGIONS))
    dark = "".join(_region(n, 0.17, 0.74, 0.40) for n in range(_REGIONS))
    return f"{light}\n@media (prefers-color-scheme:dark){{{dark}}}"


def region_class(number: int) -> str:
    """Return the class of the region that is the `number`-th root of the tree."""
    return f"r{number % _REGIONS}"


def _region(number: int, area: float, name: float, border: float) -> str:
    hue = (0.58 + number * _GOLDEN_TURN) % 1
    fill, word, rim = (_hex(hue, lightness, 0.55) for lightness in (area, name, border))
    return f".area.r{number}{{fill:{fill};stroke:{fill}}}.rim.r{number}{{fill:{rim};stroke:{rim}}}.where.r{number}{{fill:{word}}}"


def _colour(number: int, named: tuple[str, ...], lightness: float) -> str:
    return named[number] if number < len(named) else _hex((number * _GOLDEN_TURN) % 1, lightness, 0.65)


def _hex(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
