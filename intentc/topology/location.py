"""Propagation delay from locations, for links whose latency nobody measured."""

from __future__ import annotations

import math
from collections.abc import Mapping

from intentc.topology.model import Node, Site

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 (IUGG)
KM_PER_MS = 200  # light in fibre, two thirds of its speed in vacuum
DETOUR = 1.3  # ducts follow roads and coasts
_NS_PER_US = 1000


def estimate_latency(a: Node, b: Node, sites: Mapping[str, Site]) -> int | None:
    """Return the one-way latency in ns between the sites of two nodes, None when a location is missing.

    The great circle at 200 km per ms with a detour factor of 1.3, as a whole number of µs (so that the last bits of a
    machine's trigonometry do not show) and at least 1: two nodes of one site are close, not at the same point.
    """
    if a.site is None or b.site is None:
        return None
    if a.site == b.site:
        return _NS_PER_US
    here, there = sites[a.site].location, sites[b.site].location
    if here is None or there is None:
        return None
    us = round(great_circle_km(here, there) * DETOUR / KM_PER_MS * 1000)
    return max(1, us) * _NS_PER_US


def great_circle_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the distance on a sphere between two pairs of latitude and longitude in degrees (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(lat), math.radians(lon)) for lat, lon in (here, there))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
