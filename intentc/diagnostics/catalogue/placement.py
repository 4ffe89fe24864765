"""Codes of group E05xx: placement."""

from intentc.diagnostics.catalogue import placement_verify
from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0520",
        "a failure to survive cuts an end off",
        """\
`failover` promises that a path remains after every single failure of the kinds that it names. One of them takes away
the only links that an end of the intent has, so no path can remain, whatever the compiler does.

Give the end a second link (in the topology, and in the network), or leave failures of that access out of the promise.

    bad:   failover within 1s { survive any 1 link }                  # the branch hangs on one link
    good:  failover within 1s { survive any 1 link except access }
""",
    ),
    *placement_verify.ENTRIES,
)
