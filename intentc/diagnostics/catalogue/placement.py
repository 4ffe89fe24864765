"""Codes of group E05xx: placement."""

from intentc.diagnostics.catalogue import placement_chains, placement_live, placement_shared, placement_verify
from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0501",
        "no path between the ends",
        """\
The network as it is has no path from one end to the other: nothing connects them but links that are drained, or
routers that carry no transit traffic (`transit: false`). No clause of the intent has a part in it.

Connect the ends in the topology, put a drained link or router back to `state: up`, or name other ends.

    bad:   links: [{a: r1, b: r2, state: drained}]          # the only link of r1
    good:  links: [{a: r1, b: r2}]
""",
    ),
    Entry(
        "E0502",
        "no path keeps the latency bound",
        """\
The fastest path that keeps all other constraints takes longer than the bound: propagation, one packet's serialisation
per hop, and the queueing of the class. The message names the path and what it takes, `related` the link that takes
most of it. With `rtt` the time of both directions together counts.

Raise the bound to what can be kept, or allow a shorter path: a new link, or less that is excluded.

    bad:   latency <= 3ms           # the fastest path takes 4.072ms
    good:  latency <= 5ms
""",
    ),
    Entry(
        "E0503",
        "the exclusions leave no path",
        """\
`pin`, `avoid` or `encrypt` forbid every path between the ends. The message names the clauses without which there
would be one, and the links that it would take. A link that passes through a region nobody spoke of is outside a
`pin`: write what it `crosses`. A router that cannot be configured (`platform: none`) cannot drop packets, so it is
left out as a whole if it has a forbidden link.

Widen the `pin`, add a link inside, or write `crosses: []` on a link that does not leave the regions of its ends.

    bad:   pin region de            # the only way to the other site leads through nl
    good:  pin region de, nl
""",
    ),
    Entry(
        "E0504",
        "no path passes the waypoints",
        """\
`via` names elements that the path has to touch in this order, and no path between the ends does, within the
exclusions. The message names the first one that cannot be reached in its turn.

Leave the waypoint out, or put the waypoints into the order in which traffic can meet them.

    bad:   via node r9              # hangs on a link that `avoid` excludes
    good:  via node r4
""",
    ),
    Entry(
        "E0505",
        "no path has room",
        """\
Every path that keeps the other constraints runs over a link that is full: what higher priorities and earlier intents
have reserved there, with this rate, exceeds the capacity without `background`, the cap of a strict class (30 % unless
the class says otherwise), or a class's fixed share. The message names the link that lacks least on the best path, the
direction, and how much is missing. Of an intent that may be `spread` all paths together have too little room.
It is proved, by a certificate in the manifest that `verify` checks, that the intent has no
room however it and what is placed are routed, or not even alone; where that is not proved, the code is E0527.

Lower the rate, raise the capacity, or give the intent a higher priority.

    bad:   bandwidth 80Mbps         # 50Mbps are left
    good:  bandwidth 50Mbps
""",
    ),
    Entry(
        "E0506",
        "an end cannot take part",
        """\
An end of the intent is excluded by one of its own clauses, is drained or has no link: nothing can start or stop
there, whatever the rest of the network looks like. An end whose router cannot be configured (`platform: none`) must
not have a link that the intent excludes either, because nothing there could hold packets back from it.

Name another end, widen the `pin`, or put the router back to `state: up`.

    bad:   from nyc  pin region eu
    good:  from ber  pin region eu
""",
    ),
    Entry(
        "E0507",
        "a latency that the bound needs is not known",
        """\
Every path runs over a link whose latency is neither written nor derivable from the locations of its ends. A bound
over it would be a guess.

Write the link's `latency`, or the `location` of the sites at both of its ends.

    bad:   - {a: r1, b: r2}
    good:  - {a: r1, b: r2, latency: 4.2ms}
""",
    ),
    Entry(
        "E0508",
        "the devices cannot keep traffic on a path that would do",
        """\
There are paths that meet everything the intent asks for, but nothing that the devices can be told makes packets take
one of them. Steering on a router without labels is loose: it sends packets towards another router by the IGP's own
next hops, so a link that the IGP never uses cannot be used, nor can a single one of equal-cost links. A router that
cannot be configured follows the IGP. A router may also have no steering table left.

Change the IGP's metrics so that the link is the shortest way to the router behind it, or relax the clause that rules
out the IGP's own path.

    bad:   - {a: r1, b: r2, igp_metric: 1000}     # r1 reaches r2 over r3 at 20
    good:  - {a: r1, b: r2, igp_metric: 15}
""",
    ),
    Entry(
        "E0509",
        "the search gave up",
        """\
No steering was found, but it was not shown that there is none. Typically a path exists in each failure state, but no
set of steering rules was found that does right in all of them at once: routers do not know which remote element has
failed. The search stops after a fixed number of tries, the same on every machine.

Ask for less in the state that is named (a wider bound under failure, fewer kinds of failures), or lower the IGP
metric of the links that the traffic should fall back to.

    bad:   failover within 1s { survive any 1 link  latency <= 5ms }
    good:  failover within 1s { survive any 1 link  latency <= 15ms }
""",
    ),
    Entry(
        "E0510",
        "the delay varies more than the jitter bound",
        """\
The one-way delays of two packets may differ by as much as the queues on the path may hold one of them up, and by what
the links themselves vary (`jitter` in the topology); over paths of different length also by their difference. That is
more than `jitter` allows, in the normal state or in a promised failure state.

Raise the bound to what the message says, admit smaller bursts, or give the intent a higher priority.

    bad:   priority low   jitter <= 1ms  bandwidth 10Mbps                  # queues may hold a packet for 4ms
    good:  priority critical  jitter <= 1ms  bandwidth 10Mbps burst 3KB
""",
    ),
    Entry(
        "E0511",
        "the links lose more than the loss bound",
        """\
The links of the path lose packets by themselves: `loss` in the topology says how many. Their shares add up to more
than `loss` allows.

Raise the bound, or keep the traffic off such links.

    bad:   loss <= 0.01%                                    # over a radio link with `loss: 0.1%`
    good:  loss <= 0.01%  avoid media radio
""",
    ),
    Entry(
        "E0512",
        "a bound that cannot be proved",
        """\
`jitter` and `loss` are promises about queues. Nothing is known of them without a committed rate. With one, the delay
in a queue may still be bounded by nothing but its size (basis `queue-limit`): packets that find it full are lost, and
nobody can say how many. That is so where an intent of the same class on the same link has no `bandwidth`, or a lower
one under failure than its meter lets through, where the class is not metered at all (`background`), where a device's
buffer (`queue` in the topology) is too small, and where delays feed on each other in a circle. Queues of a router
that is not configured (`platform: none`) are not known either (basis `assumed`), nor are those of classes that are
not strict on platforms that share a link by weights: how long others are served in between nobody publishes.

Write `bandwidth` in every intent of the class, the same under failure, or give this one a class of its own, a strict
one where routers share by weights.

    bad:   loss <= 0.01%
    good:  loss <= 0.01%  bandwidth 10Mbps
""",
    ),
    Entry(
        "E0513",
        "packets that a link on their way cannot carry",
        """\
`host_mtu` in the topology's `routing` is the size of the largest packets that hosts send. An SR policy puts four
bytes in front of them for each segment (RFC 3032; all segments of its longest list count on the whole way, but for a
first one that only names the head-end's own link). The MTU of every link on every path, also of those taken under
failure, has to hold that. Routers drop what does not fit, or cut it up slowly.

Raise the link's MTU, keep the traffic off the link, or make hosts send smaller packets. Without `host_mtu` nothing is
checked: hosts then find out by themselves what fits (path MTU discovery).

    bad:   routing: {host_mtu: 1500}   links: [{a: r1, b: r2, mtu: 1500, …}]     # with an SR policy over it
    good:  routing: {host_mtu: 1500}   links: [{a: r1, b: r2, mtu: 1600, …}]
""",
    ),
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
    Entry(
        "E0521",
        "a failure leaves no path",
        """\
`failover` promises that traffic survives the failure that is named, but without the failed element nothing connects
the ends.

Add a link that does not depend on the element, leave this kind of failure out, or say `except access` if it is the
end's own link.

    bad:   failover within 1s { survive any 1 node }     # all paths run through p1
    good:  failover within 1s { survive any 1 link }
""",
    ),
    Entry(
        "E0522",
        "a shared risk group cuts all paths",
        """\
The links that are named look independent but belong to one shared risk group (a duct, a cable, a building), so one
failure takes them all. Any one of them alone would leave a path that does.

Move one of them to another duct, add a link outside of it, or do not promise to survive the failure of a risk group.

    bad:   links: [{a: r1, b: r2, srlg: [duct-9]}, {a: r1, b: r3, srlg: [duct-9]}]
    good:  links: [{a: r1, b: r2, srlg: [duct-9]}, {a: r1, b: r3, srlg: [duct-4]}]
""",
    ),
    Entry(
        "E0523",
        "a failure leaves no path within the latency bound",
        """\
After the failure that is named, the fastest path takes longer than the bound that holds under failure: that of the
`failover` block, or the intent's own if the block has none.

Give the block a bound of its own, as large as what the message says can be kept.

    bad:   latency <= 15ms  failover within 1s { survive any 1 link }
    good:  latency <= 15ms  failover within 1s { survive any 1 link  latency <= 25ms }
""",
    ),
    Entry(
        "E0524",
        "a failure leaves no path with room",
        """\
After the failure that is named, every path that keeps the other constraints runs over a link that cannot hold the
rate: what others have reserved there, also for their own failover in the same state, leaves too little.

Promise a lower rate under failure, raise the capacity of the link that is named, or give the intent a higher
priority.

    bad:   bandwidth 50Mbps  failover within 1s { survive any 1 link }
    good:  bandwidth 50Mbps  failover within 1s { survive any 1 link  bandwidth 10Mbps }
""",
    ),
    Entry(
        "E0525",
        "a failure leaves an end without a link",
        """\
The failure that is named takes the last link of an end that carries traffic: its other links, or the nodes at their
far ends, are drained or planned.

Give the end another link, or put what is out of service back to `state: up`. `except access` leaves out failures of
an end that has one link only, so it does not help here.

    bad:   nodes: {r3: {state: drained}}, links: [{a: r1, b: r2}, {a: r1, b: r3}]     # and `survive any 1 link`
    good:  nodes: {r3: {state: up}}, links: [{a: r1, b: r2}, {a: r1, b: r3}]
""",
    ),
    Entry(
        "E0526",
        "a failure leaves no path within exclusions and waypoints",
        """\
`pin`, `avoid`, `encrypt` and `via` hold under failure as well. After the failure that is named, every path that is
left is forbidden, or misses a waypoint, maybe because the waypoint itself has failed. Traffic is dropped then, not
let out.

Widen the `pin`, add a link inside, name several elements that may serve as the waypoint, or leave this kind of
failure out.

    bad:   pin region de  failover within 1s { survive any 1 link }     # the other way leads through nl
    good:  pin region de, nl  failover within 1s { survive any 1 link }
""",
    ),
    Entry(
        "E0527",
        "no room was found, and there is no proof that there is none",
        """\
Next to what is placed, every path that keeps the other constraints runs over a link that is full. That need not be so
with another routing of the others: no prices of links were found that rule it out (the manifest says how many were
tried, and `verify` checks that next to what is placed there is no room). Paths that split would often fit where
single ones do not.

Lower the rate, raise the capacity of the link that is named, or give the intent a higher priority: then it is placed
first.

    bad:   bandwidth 60Mbps    # two links with 50Mbps left each
    good:  bandwidth 50Mbps
""",
    ),
    Entry(
        "E0528",
        "no room was found under failure, and there is no proof that there is none",
        """\
After the failure that is named, next to what is placed, every path that keeps the other constraints runs over a link
that is full. That need not be so with another routing of the others: no prices of links were found that rule it out,
neither in this state nor in another one that is promised. A waiver of E0524 or of this code leaves such states
unprotected.

Promise a lower rate under failure, raise the capacity of the link that is named, or give the intent a higher
priority.

    bad:   bandwidth 50Mbps  failover within 1s { survive any 1 link }
    good:  bandwidth 50Mbps  failover within 1s { survive any 1 link  bandwidth 10Mbps }
""",
    ),
    Entry(
        "E0529",
        "a latency bound is missed with what its queues may hold, and there is no proof that no other path keeps it",
        """\
With the bursts of everybody on its path the queues may hold a packet for longer than the bound leaves. The intent was
placed once, with what queues are assumed to hold, and is placed no more; other paths, or other paths of those that
share its queues, were not tried. A waiver of E0502 (under failure E0523) keeps it where it is.

Where several intents miss their bounds together, some are lost so that the others keep theirs: the lowest priority
first, and within it those that miss theirs by most. What fits again then is given back. That is a choice of few
boundings, not of all there are: `help` says how many, and nothing proves that another choice would not keep the
intent.

Raise the bound to what the message says, admit smaller bursts, or give the intent a higher priority.

    bad:   latency <= 2ms  bandwidth 100Mbps burst 1MB
    good:  latency <= 2ms  bandwidth 100Mbps burst 20KB
""",
    ),
    *placement_chains.CHAIN_ENTRIES,
    *placement_shared.ENTRIES,
    *placement_verify.ENTRIES,
    *placement_live.LIVE_ENTRIES,
    Entry(
        "W0501",
        "a latency bound without a committed rate",
        """\
The queueing delay of a class depends on how much is admitted, and without `bandwidth` nothing is: the bound then
holds for the propagation alone, and the reported latency has no serialisation and no queueing in it.

Write the rate that the bound is for.

    bad:   latency <= 15ms
    good:  latency <= 15ms  bandwidth 10Mbps
""",
    ),
    Entry(
        "W0503",
        "degraded by what has failed",
        """\
`--state` says what is failed or drained just now. Beside that this intent keeps all that it asks as long as nothing
further fails: in the further failure that the message names it would have no path, or one that is too slow. Without
the overlay it would be protected, so the intent is not refused for it: its status is `degraded`, and the manifest
lists the state as unprotected, or says how long the slow path takes.

Mend what has failed, then compile without `--state`.

    bad:   intentc apply                            # a link is down, and the promise is to survive any further one
    good:  intentc apply --state down.txt           # the file has the line `link:ber-fra failed`
""",
    ),
    Entry(
        "W0502",
        "`otherwise drop` where the IGP carries",
        """\
Packets that take the IGP's own path are steered by nothing that could tell a named failure from another one: where
more fails than the intent names, the IGP finds another way for them, and they go on at best effort. Only steered
packets whose alternatives are used up, and packets that would leave a `pin` or enter what is avoided, are dropped.

Say where the packets must not go, if that is what is meant.

    bad:   failover within 1s { survive any 1 link  otherwise drop }
    good:  avoid provider sat-one  failover within 1s { survive any 1 link  otherwise drop }
""",
    ),
)
