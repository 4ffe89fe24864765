"""Codes of group E05xx that `verify` reports: what a manifest says and the sources do not bear out."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0561",
        "the sources have changed since the compile",
        """\
The manifest names every file it was compiled from, with its digest. A file differs, is gone, or was not there: what
the manifest says may be right for the earlier sources, but it is no statement about these.

Compile again, then verify what came out.

    bad:   edit intents/fraud.intent, then `intentc verify`
    good:  edit intents/fraud.intent, then `intentc compile` and `intentc verify`
""",
    ),
    Entry(
        "E0562",
        "the sources do not say what is asked",
        """\
The prover expands names, sets and clauses by itself. Here a declaration is not sound (an unknown name, a profile that
extends itself, a rate without its unit), so that nothing can be proved of the intent, and yet the manifest says that
it was placed.

`intentc check` shows the mistake with its repair.

    bad:   intent a extends nobody { … }
    good:  profile nobody { … }
           intent a extends nobody { … }
""",
    ),
    Entry(
        "E0563",
        "intents are not accounted for",
        """\
A manifest lists every intent of the sources once, with the status that it earned: one that is placed has no open
error, one that is not placed has no demands and a finding that says why. Here an intent is missing, doubled, unknown,
in another place, or its status is not earned.

Compile again; if the finding stays, the compiler has a bug worth reporting.

    bad:   {"name": "fraud-scoring", "status": "infeasible", "demands": []}   with no finding about it
    good:  the same with a finding E05xx that names the intent
""",
    ),
    Entry(
        "E0564",
        "demands are not those that the intent asks for",
        """\
From the intent's ends follows exactly one demand per pair of sites and direction, replies included. Here one is
missing, doubled, or not asked for, or it runs between other nodes than those that have the intent's prefixes
attached.

    bad:   from a, b to c   with one demand a>c in the manifest
    good:  the demands a>c and b>c, and their replies
""",
    ),
    Entry(
        "E0565",
        "a demand's figures are not those that were asked for",
        """\
Match, rates, burst, bound or class of a demand differ from what the prover reads in the sources. Devices would then
classify, police or queue the traffic otherwise than the intent says.

    bad:   "bandwidth_bps": 5000000    for `bandwidth 50Mbps`
    good:  "bandwidth_bps": 50000000
""",
    ),
    Entry(
        "E0566",
        "not a path between the ends",
        """\
A path names nodes and the links between them. Here a link does not join its neighbours, does not exist or is drained,
a node does not carry other people's traffic, the shares do not add up, or the path does not run between the demand's
ends; of a conversation, requests and replies would use different replicas.

    bad:   {"path": ["a", "c"], "links": ["L-ab"]}
    good:  {"path": ["a", "b", "c"], "links": ["L-ab", "L-bc"]}
""",
    ),
    Entry(
        "E0567",
        "a path leaves the ground that the intent allows",
        """\
`pin`, `avoid` and `encrypt` hold for every path that can carry the traffic, in every state, and `via` names waypoints
in their order. This path uses a node or a link that one of them forbids, or leaves a waypoint out.

    bad:   a path over a cable that crosses `uk` for `pin region eu`
    good:  a path whose links all lie inside `eu`
""",
    ),
    Entry(
        "E0568",
        "latency figures are not those of the path",
        """\
Latency is derived from the topology: propagation of every link, one packet of its MTU per hop, and the queueing that
is assumed for the class. The manifest has other figures, another basis, or another margin.

    bad:   "latency_us": {"propagation": 10, …} for a path of two links with 4 ms each
    good:  "latency_us": {"propagation": 8000, …}
""",
    ),
    Entry(
        "E0569",
        "a latency bound does not hold",
        """\
The path is slower than the intent allows, in the normal state or in a failure state that is promised (there the bound
of the `failover` block counts, if it has one); or the latency of a link on it is not known.

    bad:   `latency <= 5ms` over a path of 8 ms
    good:  another path, or `latency <= 9ms`
""",
    ),
    Entry(
        "E0570",
        "the network does not take this path",
        """\
The prover follows the packets hop by hop: steering rules where there are any, else the IGP with all its equal-cost
next hops. In the normal state they end up elsewhere than the manifest says, or a rule could not do what it says.

    bad:   a path over a link of metric 100, with no rule that steers there
    good:  the same path with a steering rule at the node where it leaves the IGP's own
""",
    ),
    Entry(
        "E0571",
        "a promised failure state is not accounted for",
        """\
For every failure that an intent names, the manifest says what its traffic does then, or lists the state as
unprotected. This state is in neither, although the failure changes or cuts the path.

    bad:   "states": [] for a demand whose primary path a promised failure breaks
    good:  an entry with that state in "when"
""",
    ),
    Entry(
        "E0572",
        "traffic does something else in a failure state",
        """\
The prover takes the failed elements away, lets the IGP converge and follows the packets again. They take other paths
than the manifest says, or the state does not exist in this network.

    bad:   an entry that claims a detour which no device would choose
    good:  the paths that steering and the IGP really produce without the failed elements
""",
    ),
    Entry(
        "E0573",
        "a promised state leaves no path",
        """\
`failover` promises that a path remains, and in this state there is none: packets are dropped, loop, or would leave
the ground that the intent allows. Only a waiver of the finding makes such an intent acceptable.

    bad:   status "placed" with "unprotected": ["link:L7"]
    good:  a second path, a promise that leaves this failure out, or a `waive`
""",
    ),
    Entry(
        "E0574",
        "repair takes longer than promised",
        """\
`failover within T` counts from the loss of forwarding to the last lost packet: detection (multiplier times interval,
the larger of both ends, RFC 5880) plus repair. The manifest's figures exceed T, are missing, or are better than the
timers in the topology allow.

    bad:   failover within 300ms over a node that answers BFD at 3 x 300 ms
    good:  failover within 2s
""",
    ),
    Entry(
        "E0575",
        "a link is promised more than it has",
        """\
In the normal state or in a promised failure state the reservations on one direction of a link, together with fixed
queue shares and background traffic, exceed its capacity. Queues have one configuration for all states, so the same
holds for the sum of what each class reserves in its own worst state: that is what its queue is guaranteed.

    bad:   two demands of 600 Mbps over a link of 1 Gbps
    good:  one of them over another link
""",
    ),
    Entry(
        "E0576",
        "a class is promised more than its share",
        """\
A strict class is capped (30 % of a link unless declared otherwise) so that it cannot starve the others, and a class
with a fixed queue has exactly that share. The reservations of the class exceed it on this link.

    bad:   400 Mbps of `critical` on a link of 1 Gbps
    good:  300 Mbps of it
""",
    ),
    Entry(
        "E0577",
        "link figures are not those of the demands",
        """\
The manifest sums up what is reserved on each link, normally and in the worst promised state; queues are sized by
these figures. They are not what the demands in the same manifest come to.

    bad:   "reserved_bps": {"ab": 0, "ba": 0} on a link that carries a demand of 50 Mbps
    good:  "reserved_bps": {"ab": 50000000, "ba": 0}
""",
    ),
    Entry(
        "E0578",
        "device files are not those of the manifest",
        """\
A device file is missing or differs from the digest in the manifest, a device is no node of the topology, or a node
that steers traffic has no configuration at all.

    bad:   editing build/fra-pe1/itc.nft by hand
    good:  changing the intents and compiling again
""",
    ),
    Entry(
        "E0579",
        "a waiver does not hold",
        """\
A finding counts as waived only while a `waive` clause of its intent names its code and its date has not passed.

    bad:   waive E0520 until 2020-01-01 because "second fibre ordered"
    good:  waive E0520 until 2027-01-31 because "second fibre ordered"
""",
    ),
    Entry(
        "E0590",
        "chains are not accounted for",
        """\
A manifest has an entry for each chain and source site of its first step, with the steps in the order of the source:
their calls and processing times. Here one is missing, doubled or of nobody, or its steps are others.

    bad:   "chains": []            for a chain that is placed
    good:  {"name": "rag-answer", "source_site": "ber", "steps": [{"step": 1, "calls": 1, …}, …]}
""",
    ),
    Entry(
        "E0591",
        "the sums of a chain are wrong",
        """\
What a step takes on the network is its calls times the latency of its requests and replies, from where it starts to
the replica where they end; the slowest of the steps side by side counts, and slack is what the sum leaves of the
budget. Here a figure, a replica, the demands of a step, or the state that leaves least is not what follows from the
demands.

    bad:   "slack_us": 90000       where the steps leave 41200
    good:  "slack_us": 41200
""",
    ),
    Entry(
        "E0592",
        "a chain's budget is missed",
        """\
The steps add up to more than the budget, in the normal state or in a failure state that is promised, and no waiver
accepts it; or a step runs over a link whose latency nobody knows.

    bad:   a chain of 190 ms with `latency <= 180ms` and the status `placed`
    good:  the same with `latency <= 200ms`
""",
    ),
    Entry(
        "E0593",
        "lossless queues wait for each other",
        """\
The paths that the manifest tells of lossless classes make a circle of queues, in the normal state or in one that such
a demand is promised: each queue of it may be paused by the next one, and then nothing on the circle moves any more.

    bad:   a>b>c, b>c>a and c>a>b, all `placed` with a lossless class
    good:  the third one over another link
""",
    ),
    Entry(
        "E0594",
        "a refusal is not proved",
        """\
A finding that calls an intent impossible has a certificate in the manifest (`refused`), which anybody can check: a
cut that no usable link crosses, times to the end that no link undercuts, or prices at which the demands pay more than
all room is worth. Here it is missing, does not hold, is about another demand or state, or rests on more than it says.

Compile again; if the finding stays, the compiler has a bug worth reporting.

    bad:   "status": "infeasible", "refused": []                  with a finding E0521
    good:  "refused": [{"demand": "x/a>d", "finding": "E0521", "state": "link:L1", "certificate": {"kind": "cut", …}}]
""",
    ),
    Entry(
        "E0595",
        "a service is promised more than it serves",
        """\
The sum of what placed demands commit towards a service with `capacity`, or towards one of its hosts, is more than
that in the normal state or in a promised failure state, where requests go to another replica.

Compile again; if the finding stays, the compiler has a bug worth reporting.

    bad:   service api { … capacity 1Gbps }      demands towards it with 1.2 Gbps
    good:  service api { … capacity 2Gbps }
""",
    ),
    Entry(
        "E0596",
        "replies take other links",
        """\
The intent says `symmetric`, but in the normal state or in a promised one the replies do not take the links of the
requests the other way, or one of the directions splits over several paths.

Compile again; if the finding stays, the compiler has a bug worth reporting.

    bad:   requests over L1 L2, replies over L3 L1
    good:  requests over L1 L2, replies over L2 L1
""",
    ),
    Entry(
        "E0597",
        "a preference is told of wrongly",
        """\
For every demand the manifest says, in the order of the intent's `prefer`, how far the path of the normal state is off
each preference: the number of its links that are not of it, or whether a place is not passed. Here one is missing, or
the number is another.

Compile again; if the finding stays, the compiler has a bug worth reporting.

    bad:   {"text": "prefer provider carrier-a", "met": true, "off": 0, …}      a path with a link of carrier-b
    good:  {"text": "prefer provider carrier-a", "met": false, "off": 1, "why": "room"}
""",
    ),
)
