"""Codes of group E07xx: assertions."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0701",
        "a link is fuller than an assertion allows",
        """\
In the normal state, or in one of the states that the assertion names, what is reserved on a link and its `background`
take more of its capacity than `utilization` allows. The message has the worst state and link, `related` what loads it
most. The placer looks for a placement that keeps the bound, and found none.

A demand reserves its rate where it is promised to go; one that is promised nothing in a state and has to move runs
there at best effort, and reserves nothing.

Raise the bound, give the link more capacity, commit less, or let some of the traffic go another way (`avoid`, `via`).

    bad:   assert headroom { utilization <= 50% }        # one link carries 600 Mbps of its 1 Gbps
    good:  assert headroom { utilization <= 70% }
""",
    ),
    Entry(
        "E0702",
        "nodes that should be connected are not",
        """\
In the normal state, or in one of the states that the assertion names, two nodes of the set that are both up have no
way to each other: over links in use, and through nodes that carry transit traffic. What is drained connects nothing.
Nodes that the failure itself takes down do not count: the assertion speaks of the survivors.

Give what is cut off a second link, or one that does not share the fate of the first.

    bad:   assert no-spof { connected sites where tier == 1  under any 1 node failure }   # one site has one uplink
    good:  the same, with a second uplink to another router
""",
    ),
    Entry(
        "E0703",
        "traffic runs where an assertion allows none",
        """\
Packets of an intent come over a link or to a node where there must be none of them, in the normal state, in a state
that the assertion names, or in one that the intent is promised to survive. Every path that can ever carry counts,
also that of packets that are lost later on.

Keep the intent away with `pin` or `avoid`: its packets are then dropped before they get there, whatever fails.

    bad:   assert sovereign { no traffic of intents where tenant == acme  on links where region == us }
    good:  the same, with `pin region eu` in the intents of that tenant
""",
    ),
    Entry(
        "E0704",
        "a path is longer than an assertion allows",
        """\
In the normal state, or in one of the states that the assertion names, packets of an intent arrive over more links
than `hops` allows. The message has the worst state, and how long the path is in it.

Raise the bound, name fewer failures, or add a link that makes the way shorter.

    bad:   assert short { hops <= 2 of checkout  under any 1 link failure }    # the detour takes 4 links
    good:  assert short { hops <= 4 of checkout  under any 1 link failure }
""",
    ),
    Entry(
        "E0711",
        "an assertion's set is of another kind",
        """\
Each property speaks of one kind of thing: `utilization` of links; `connected` of sites, nodes and what stands for
them; `no traffic of` and `hops … of` of intents; `no traffic … on` of links and nodes.

    bad:   assert a { utilization <= 70% on nodes where role == p }
    good:  assert a { utilization <= 70% on links where node like "p*" }
""",
    ),
    Entry(
        "E0712",
        "there are no such failures",
        """\
The network has nothing of the kind that should fail, or not as many as should fail together; or one kind is named
twice, where its number says how many of it fail at the same time. An assertion over no state at all would always
hold.

    bad:   assert a { connected branches  under any 1 provider failure }      # no link has a provider
    good:  assert a { connected branches  under any 1 link failure }
""",
    ),
    Entry(
        "E0721",
        "an assertion is not accounted for",
        """\
`verify` found that the manifest does not have every assertion of the sources exactly once, or has one that no source
declares. Only what has a finding of its own may be missing: it was not looked at.

    bad:   "assertions": [] for a program with `assert headroom { … }`
    good:  the manifest as compiled
""",
    ),
    Entry(
        "E0722",
        "an assertion is not as told",
        """\
`verify` derived the assertion anew, from the sources and the manifest's steering, in every state that it speaks of.
It came to another answer or another worst value, or the state that is told is not one in which it is reached.

    bad:   "holds": true for a bound that a link exceeds in a failure state
    good:  the manifest as compiled
""",
    ),
    Entry(
        "W0714",
        "an assertion that always holds",
        """\
The assertion cannot fail as it is written: a single node is always connected with itself. Nothing is wrong with the
network, but nothing was checked either.

    bad:   assert a { connected site ber }
    good:  assert a { connected site ber, site fra }
""",
    ),
)
