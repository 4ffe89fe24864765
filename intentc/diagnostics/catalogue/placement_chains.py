"""Codes of group E05xx that belong to chains."""

from intentc.diagnostics.catalogue.entry import Entry

CHAIN_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0530",
        "a chain's budget cannot be kept",
        """\
The steps of a chain share one budget: network both ways times the calls, and processing; of steps side by side the
slowest counts. Even with the best replica of every service and the fastest path for every direction, whatever else is
reserved, the sum is above the budget from this source site. The message names the step that takes most on the
network; `related` says what each step takes, and which other source sites are concerned.

Raise the budget to what can be kept, call less often, put a replica nearer to the source (the help says where that
would do), or add a faster link.

    bad:   latency <= 180ms          # from syd the sum of the fastest ways is 212ms
    good:  latency <= 220ms
""",
    ),
    Entry(
        "E0531",
        "a chain's budget cannot be kept under failure",
        """\
In a failure state that `failover` names, the fastest ways that are left add up to more than the budget that holds
there: the block's `latency`, or the chain's own where the block has none. The state is in the finding.

Allow more time in the block, add a second fast link, or leave the failure out of what is survived.

    bad:   latency <= 40ms  failover within 1s { survive any 1 link }
    good:  latency <= 40ms  failover within 1s { survive any 1 link  latency <= 60ms }
""",
    ),
    Entry(
        "E0532",
        "no joint choice keeps a chain's budget",
        """\
The fastest ways would keep the budget, but not all of them can be had together: links on them have no room for what
the steps reserve beside what is placed already, or the devices cannot be made to take them. All choices of replicas
and paths were gone through.

Reserve less, let the chain go before what fills the links (`priority`), or allow more time.

    bad:   bandwidth 60Mbps   # two steps over one link of 100Mbps
    good:  bandwidth 40Mbps
""",
    ),
    Entry(
        "E0533",
        "the search for a chain's placement gave up",
        """\
The fastest ways would keep the budget, but no choice of replicas and paths that keeps it together with everything
else was found: after 400 rounds, or in a failure state, where not every steering is tried. This proves nothing: a
placement may exist.

Allow more time, reserve less, or split the chain.

    bad:   latency <= 40ms  bandwidth 60Mbps
    good:  latency <= 45ms  bandwidth 60Mbps
""",
    ),
    Entry(
        "E0534",
        "a chain's budget is missed once queueing is known",
        """\
Paths are chosen with an assumed queueing delay per hop. When everything is placed, the delay is bounded for the load
that was admitted, and with that bound the steps of this chain take longer than the budget. The message says by how
much, and in which state.

Allow more time, give the chain a higher priority, or admit less on the links that it uses.

    bad:   latency <= 40ms  priority low
    good:  latency <= 40ms  priority high
""",
    ),
    Entry(
        "E0540",
        "lossless packets could block each other for ever",
        """\
The queues of a lossless class pause those that send to them before they overflow (PFC, IEEE 802.1Qbb). Where the
paths of such packets make a circle of queues, all of them may be paused by the next one at once, and nothing on the
circle ever moves again. So the queues of lossless classes and the queues that their packets go on to must not make a
circle: in the normal state, and in every state that such an intent is promised. Intents are taken by priority and
name; the one that closes a circle is not placed.

In a leaf-spine fabric paths that go up once and down once never make a circle. On a ring, or where a failure makes
packets go down and up again, name the way with `via` or `avoid`, or use a class that is not lossless.

    bad:   three lossless intents around a ring of three routers, two hops each in the same direction
    good:  one of them the other way round: `via node c`
""",
    ),
)
