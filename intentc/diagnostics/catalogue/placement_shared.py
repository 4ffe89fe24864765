"""Codes of group E05xx about what is shared: links by both directions, hosts by all requests."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0535",
        "no path was found that both directions take",
        """\
With `symmetric` replies take the links of the requests, in the normal state and in every promised one. Each direction
could be placed for itself, but no path was found that devices can be made to take both ways in all these states. The
search is not exhaustive, so this proves nothing (where no path at all would do, it is E0538).

Give both directions the same IGP metrics, name the way with `via`, promise less, or use platforms with SR policies at
both ends.

    bad:   symmetric  failover within 1s { survive any 2 link }
    good:  symmetric  via node p1  failover within 1s { survive any 1 link }
""",
    ),
    Entry(
        "E0536",
        "a service is asked for more than it serves",
        """\
With `capacity R` at most R is committed towards a service by all intents that name it, with `per host` towards each
of its hosts, in the normal state and in every promised failure state: where a replica fails, the others have to serve
what was its. Pools count once, as on links. Intents of higher priorities come first. Whatever host each of them goes
to, this one does not fit: that is proved, and `intentc verify` checks it.

Raise the capacity, add a host, commit less, or promise less under failure.

    bad:   service api { at fra, ams  capacity 100Mbps per host }   # 80Mbps for each, and `survive any 1 node`
    good:  service api { at fra, ams  capacity 200Mbps per host }
""",
    ),
    Entry(
        "E0537",
        "no host was found that still serves, and there is no proof that there is none",
        """\
Where the requests went, or would go, a service is asked for more than its `capacity`. Another choice of hosts for
them all would have room, or there are too many choices to tell; but these hosts could not be had: the network brings
packets to the nearest one, paths to the others keep less, or others were placed first.

Give the replicas prefixes of their own, raise the capacity, commit less, or give the intent a higher priority.

    bad:   service api { at fra, ams  prefix 10.20.0.0/24  capacity 70Mbps per host }  # fra is nearest
    good:  service api { at fra, ams  prefix 10.30.0.0/24, 10.40.0.0/24  capacity 70Mbps per host }
""",
    ),
    Entry(
        "E0538",
        "no path is left that both directions can take",
        """\
With `symmetric` replies take the links of the requests. Each direction has paths that would do, but none of them does
both ways: all paths were gone through, and each lacks capacity for one of the rates, or misses a bound in one of the
directions. `intentc verify` goes through them again.

Widen the link's narrow direction, relax the bound, or leave `symmetric` out.

    bad:   symmetric  latency <= 5ms      # 4ms there and 6ms back on the only path
    good:  symmetric  latency <= 6ms
""",
    ),
    Entry(
        "E0539",
        "an intent that asks the same is not placed",
        """\
Two intents match the same packets and treat them alike, so that both are one demand with the sum of their rates
(N0404). The other one is not placed, whatever the reason, and so is not this one, nor anything else that it asks for.
The message names the other one, and `related` shows where it is said why.

Mend what is said of the other one, in both: where they ask for different things one of them wins (`overrides`). Or
have them match different packets.

    bad:   intent a { from ber  to api  latency <= 1ms }      # E0502
           intent b { from ber  to api  latency <= 1ms }      # E0539
    good:  latency <= 20ms in both
""",
    ),
)
