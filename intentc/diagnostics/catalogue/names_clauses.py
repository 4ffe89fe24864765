"""Codes of group E02xx that belong to the clauses of intents, classes and services."""

from intentc.diagnostics.catalogue.entry import Entry

CLAUSE_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0213",
        "clause stands twice",
        """\
`avoid`, `via`, `pin`, `encrypt`, `isolate` and `waive` add up. Every other clause stands at most once in a block
(`label` once per key), since only one of two could hold.

    bad:   latency <= 15ms
           latency <= 25ms
    good:  latency <= 15ms
""",
    ),
    Entry(
        "E0214",
        "no ends, or several kinds of them",
        """\
An intent says between whom its traffic runs in one of three ways: `from` with `to`, `between`, or `among`. They may
come from a profile, but they do not mix.

    bad:   intent a { from branches  priority high }
    good:  intent a { from branches  to any of api  priority high }
""",
    ),
    Entry(
        "E0215",
        "host without the service",
        """\
A host of a service serves those of its prefixes that it has attached in the topology (a site: any of its nodes). This
one has none of them, so no packet of the service would ever go there; or the service names no hosts at all.

    bad:   service api { at fra  prefix 10.99.0.0/24 }       # fra has 10.20.0.0/24
    good:  service api { at fra  prefix 10.20.0.0/24 }
""",
    ),
    Entry(
        "E0216",
        "nothing attached",
        """\
Traffic enters and leaves the network at prefixes that the topology lists under `attached`. This end has none.

    bad:   from core-1                  # a transit router
    good:  from ber                     # its router has `attached: [10.1.0.0/24]`
""",
    ),
    Entry(
        "E0217",
        "no packet is meant",
        """\
A match is always cut to the prefixes of the ends, IPv4 with IPv4 and IPv6 with IPv6, and what `except` names is taken
out. Nothing is left: the prefixes of a FLOW lie elsewhere, the ends share no family, or the exceptions take
everything.

    bad:   from ber  to fra  match prefix 192.168.0.0/16 to 10.20.0.0/24      # ber is 10.1.0.0/24
    good:  from ber  to fra  match prefix 10.1.0.0/25 to 10.20.0.0/24
""",
    ),
    Entry(
        "E0218",
        "rate of what?",
        """\
As long as each source has one destination, a rate is per source. Here a source has several, and it makes a great
difference whether each pair gets the rate, all pairs of a source share it, or all pairs of the intent do.

    bad:   between hub and (branches)  bandwidth 10Mbps
    good:  between hub and (branches)  bandwidth 10Mbps per pair
""",
    ),
    Entry(
        "E0219",
        "`any of` without a service",
        """\
`any of` lets the compiler choose one of several replicas, and another one on failure. Only the hosts of one service
are known to stand for each other.

    bad:   to any of (fra, ams)
    good:  service api { at fra, ams  prefix 10.20.0.0/24 }
           … to any of api
""",
    ),
    Entry(
        "E0221",
        "incomplete class",
        """\
A class is told apart by its code point on every router, so it has one (a class named like a built-in one keeps that
one's). And `default` is the class of whatever no intent names: it cannot be declared.

    bad:   class bulk { queue 20% }
    good:  class bulk { dscp AF11  queue 20% }
""",
    ),
    Entry(
        "E0222",
        "no replies",
        """\
`unidirectional` and `among` add no replies to a demand, so there is nothing that `reverse` could reserve for, no
round trip that `rtt` could bound, and nobody to be `symmetric` with.

    bad:   unidirectional  latency <= 40ms rtt
    good:  unidirectional  latency <= 20ms one-way
""",
    ),
    Entry(
        "E0223",
        "ends that look alike",
        """\
The same addresses are attached at two of these ends. Which of them a packet reaches is decided by routing, so a
promise about each of them by itself cannot be kept.

    bad:   to api                       # its prefix is at fra and at ams
    good:  to any of api
""",
    ),
    Entry(
        "E0227",
        "intent overrides itself",
        """\
`overrides` names other intents that this one wins over where both match.

    bad:   intent a { … overrides a }
    good:  intent a { … overrides b }
""",
    ),
    Entry(
        "E0229",
        "cannot be waived",
        """\
A waiver accepts one finding of its intent while the rest of it holds. There is no finding of this code, or it is one
that leaves nothing that could hold: syntax, names and types (E01, E02), topology (E03), devices (E08).

    bad:   waive E0201 until 2027-01-31 because "later"
    good:  waive E0520 until 2027-01-31 because "second line is ordered"
""",
    ),
    Entry(
        "E0230",
        "expired waiver",
        """\
The day up to which this was accepted has passed, and the waiver no longer has an effect. Mend what it waives, or
agree on a new day.

    bad:   waive E0520 until 2020-01-31 because "second line is ordered"
    good:  waive E0520 until 2027-01-31 because "second line is ordered, carrier is late"
""",
    ),
    Entry(
        "E0236",
        "early drops where nothing may be lost early",
        """\
`drop medium` and `drop high` of a class let its queues drop packets before they are full. A class with `ecn` marks
them in place of that, a lossless one never drops, and under a `loss` bound queues have to hold all that keeps to its
rate.

    bad:   class web { dscp AF31  ecn  drop high }
    good:  class web { dscp AF31  ecn }      class bulk { dscp AF11  drop high }
""",
    ),
    Entry(
        "E0237",
        "one path and several",
        """\
With `symmetric` requests and replies take one path over the same links: the two directions of a flow are hashed
apart, so on several paths they would not meet. `spread` asks for several paths.

    bad:   symmetric  spread
    good:  symmetric
""",
    ),
    Entry(
        "E0238",
        "what probes cannot tell in time",
        """\
`switch when` is told by probes along each candidate path, at most one every 10 ms: three of them that are late, or as
many as a share of losses needs to show. So `for` cannot be shorter than they take.

    bad:   switch when loss > 0.1% for 1s          # 1000 probes take 10 s
    good:  switch when loss > 1% for 1s
""",
    ),
    Entry(
        "E0239",
        "no single address to ask for health",
        """\
With `health tcp/N` the router beside a host asks whether the replica still answers, and takes its route away when it
does not. A route to one address can be asked at that address; of a wider prefix nobody says which address answers.

    bad:   service api { at fra  prefix 10.20.0.0/24   health tcp/8443 }
    good:  service api { at fra  prefix 10.20.0.10/32  health tcp/8443 }
""",
    ),
    Entry(
        "E0243",
        "flow with a part that stands twice",
        """\
A FLOW of `match` is one or more of ports, `dscp` and `prefix … to …`, all of which hold; no packet has two protocols
or two code points. Alternatives are separated by commas.

    bad:   match tcp/443 udp/443
    good:  match tcp/443, udp/443
""",
    ),
    Entry(
        "E0244",
        "traffic within one site",
        """\
Both ends of every pair are the same site, so nothing would cross the network.

    bad:   from ber  to ber
    good:  from ber  to fra
""",
    ),
    Entry(
        "E0246",
        "rate under failure only",
        """\
`bandwidth` in a failover block stands in place of the normal rate, and there is none, or none for replies
(`reverse 0bps`) where the block has one. What is admitted at the edge is the normal rate, whatever has failed.

    bad:   failover within 1s { bandwidth 5Mbps }
    good:  bandwidth 20Mbps  failover within 1s { bandwidth 5Mbps }
""",
    ),
    Entry(
        "E0290",
        "not supported yet",
        """\
The language has this, and it was understood, but this version of the compiler cannot make the network do it. Nothing
is ever left out in silence, so the whole declaration is put aside: an intent's status is `unsupported`, and nothing
is configured for it.

The help says what to write in the meantime.

    bad:   failover within 1s { survive any 1 link  bandwidth 5Mbps burst 64KB }
    good:  failover within 1s { survive any 1 link  bandwidth 5Mbps }
""",
    ),
    Entry(
        "N0212",
        "several profiles set one clause",
        """\
Restrictions of profiles add up. Of any other clause one counts: the intent's own, else that of the last profile. Here
two profiles that do not build on each other both set it, and only their order decides.

Write the clause in the intent, or let one profile extend the other, if the choice should not hang on the order.

    bad:   intent a extends gold, backup { … }          # both have a `priority`, and `backup` is the last
    good:  intent a extends gold, backup { … priority high }
""",
    ),
    Entry(
        "E0233",
        "a bound on a lossless class",
        """\
In a lossless class nothing is dropped: whoever is full pauses those that send to it (PFC, IEEE 802.1Qbb), and how
long that takes is for the receivers to say. So there is no bound on latency or jitter to promise, and queues lose
nothing anyway.

    bad:   class roce { dscp 26 lossless }  intent x { from ber  to fra  priority roce  latency <= 5ms }
    good:  class roce { dscp 26 lossless }  intent x { from ber  to fra  priority roce }
""",
    ),
    Entry(
        "E0234",
        "a transfer beside a rate",
        """\
`transfer S within T` commits a rate: the size over what is left of the time. A `bandwidth` of the same intent, or in
its `failover` block, would say something else about the same packets.

    bad:   transfer 200MB within 5s  bandwidth 100Mbps per pair
    good:  transfer 200MB within 5s
""",
    ),
    Entry(
        "E0235",
        "no time left for a transfer",
        """\
The time of a `transfer` pays for the latency of the path (its bound, else a tenth of the time and at most 1 s) and,
where failures are survived, for the interruption that `failover within` allows. Nothing of it is left for the piece
itself.

    bad:   transfer 200MB within 2s  failover within 3s
    good:  transfer 200MB within 10s  failover within 3s
""",
    ),
    Entry(
        "N0245",
        "served on the spot",
        """\
One of the sources is itself a host of the service, so its requests are answered there and cross no network. It has no
demand.

    bad:   from sites  to any of api                    # and one of the sites is a host of `api`
    good:  from sites except (fra, ams)  to any of api  # the note is none of a mistake: this only says it openly
""",
    ),
    Entry(
        "N0247",
        "hosts with several gateways",
        """\
The same prefix hangs on several nodes of a source site. One of them carries the traffic, and the manifest names it
as `source`; the next one stands in while it is down or has lost all its links. By which node packets really come in
is for the hosts' gateway to say (VRRP, anycast gateway), which intentc does not configure: give the node that
carries the higher priority there, and let it go down with its links (tracking). Packets are marked, metered and
fenced at all of these nodes alike. `failover within` does not include how long the gateway takes to move.

    bad:   from branch    # and nobody looks at which of its two routers is the gateway
    good:  from branch    # the gateway prefers the node with which the path in `intentc explain INTENT` begins
""",
    ),
    Entry(
        "W0230",
        "waiver near its end",
        """\
This waiver holds for 14 days or less. After its last day the finding counts again.

    bad:   waive E0520 until 2026-11-25 because "second line is ordered"      # on 20 November
    good:  waive E0520 until 2027-01-31 because "second line is ordered, carrier is late"
""",
    ),
    Entry(
        "W0240",
        "latency without bandwidth",
        """\
How long packets queue depends on how much is sent. An intent without `bandwidth` has no admitted rate, so only the
propagation part of its bound is promised.

    bad:   latency <= 15ms
    good:  latency <= 15ms  bandwidth 50Mbps per source
""",
    ),
)
