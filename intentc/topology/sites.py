"""The section `sites`."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.topology.document import elements
from intentc.topology.fields import Fields
from intentc.topology.model import Region, Site
from intentc.topology.names import NAME
from intentc.topology.natural_order import natural_key
from intentc.topology.reading import Reading
from intentc.topology.regions import is_known_region
from intentc.topology.tree import Table
from intentc.topology.values import read_number

SITE_FIELDS = frozenset(("labels", "location", "region", "role"))


def read_sites(table: Table | None, regions: Mapping[str, Region], reading: Reading) -> dict[str, Site]:
    """Return the sites by name; a site that is wrong in itself, or in an unknown region (E0320), is left out."""
    found: dict[str, Site] = {}
    for key, body in elements(table, "site", NAME, reading):
        fields = Fields(body, f"site `{key.text}`", SITE_FIELDS, reading.findings)
        region = fields.name("region")
        site = Site(key.text, region, fields.text("role"), _location(fields), fields.labels(), key.span)
        is_placed = is_known_region(region, fields, regions, reading)
        if fields.is_sound and is_placed:
            found[key.text] = site
            reading.keep_place("site", key.text, body)
        else:
            reading.leave_out("site", key.text)
    return {name: found[name] for name in sorted(found, key=natural_key)}


def _location(fields: Fields) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees (WGS 84)."""
    items = fields.items("location")
    if items is None:
        return None
    if len(items) != 2:
        fields.refuse(
            "E0305", "`location` must be latitude and longitude", fields.span("location"), "as in `[50.11, 8.68]`"
        )
        return None
    expected = "latitude and longitude in degrees"
    latitude = fields.value("location", expected, items[0], lambda scalar: read_number("latitude", scalar, -90, 90))
    longitude = fields.value("location", expected, items[1], lambda scalar: read_number("longitude", scalar, -180, 180))
    return None if latitude is None or longitude is None else (latitude, longitude)
