"""Codes of group E05xx that `verify --live` reports: what a running network does and the manifest does not say."""

from intentc.diagnostics.catalogue.entry import Entry

LIVE_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0581",
        "measured delay is not the predicted one",
        """\
On an idle path a packet needs the propagation of its links and its own serialisation. The median of the probe is more
than 1 ms away from that: the path, or the latency that the topology states, is not the real one.

Look at the path taken first; if it is right, correct the latency of its links (`--measurements FILE`).

    bad:   latency: 4ms in the topology for a link that takes 9 ms
    good:  latency: 9ms
""",
    ),
    Entry(
        "E0582",
        "packets of a committed rate are lost",
        """\
The probe stays below the rate that is committed to the demand, and yet some of its packets did not arrive. A queue is
too short, a policer is set too low, or something on the path drops.

    bad:   a queue that other traffic fills, because the class is not marked at the edge
    good:  counters of every hop that show the packets in the class's own queue
""",
    ),
    Entry(
        "W0582",
        "packets are lost that nothing was committed to",
        """\
Some packets of the probe did not arrive. Its intent commits no rate, so nothing is promised, but an idle network
loses none.

    bad:   an intent whose traffic must arrive, without `bandwidth`
    good:  bandwidth 5Mbps per source
""",
    ),
    Entry(
        "E0583",
        "packets arrive in another class",
        """\
Every packet of an intent carries the code point of its class from the first router on. Here packets arrived with
another one: the edge does not mark them, or something on the way changes the mark.

    bad:   a provider that sets DSCP 0 on its border, in the middle of a path
    good:  a path around it, or an agreement with the provider to keep the code points
""",
    ),
    Entry(
        "E0584",
        "traffic takes another path than predicted",
        """\
The nodes that the packets passed are not those of the manifest. The devices run another configuration (see `intentc
drift`), or an element has failed (see `--state`).

    bad:   `verify --live` while a link is down
    good:  the same with `--state live`, which predicts what the failure does
""",
    ),
    Entry(
        "E0585",
        "a bound does not hold in the running network",
        """\
The 99th percentile of the measured one-way delay is above the intent's bound. The prediction has queueing in it, so
either there is more traffic than was admitted, or the path or the queues are not those of the manifest.

    bad:   traffic of the same class that no intent admits and no edge polices
    good:  an intent with a rate for it
""",
    ),
    Entry(
        "E0586",
        "a demand was not measured",
        """\
No probe of this demand sent anything, so nothing is known of it: there is no host behind one of its ends, or the
probe could not be started.

    bad:   a destination prefix without any host that answers
    good:  a host in each attached prefix (the labs start one)
""",
    ),
)
