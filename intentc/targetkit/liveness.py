"""How a head-end finds out that an SR policy is alive, in the words of the targets' features."""

from __future__ import annotations

REFLECTED = "sbfd"  # at the end point: it answers seamless BFD (RFC 7880)
LOOPED = "looped-liveness"  # at the head-end: its probes come back by themselves, so the end point needs nothing
