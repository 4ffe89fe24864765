"""Codes of group E02xx that belong to chains."""

from intentc.diagnostics.catalogue.entry import Entry

CHAIN_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0260",
        "clause without a place in a chain",
        """\
A chain is a sequence of calls: its steps say who talks to whom, and every step is a request with its reply. `from`,
`to`, `between`, `among` and `unidirectional` belong to an intent, also where a profile brings them.

Say it with steps.

    bad:   chain answer { latency <= 180ms  from frontend  to backend }
    good:  chain answer { latency <= 180ms  step frontend -> backend }
""",
    ),
    Entry(
        "E0261",
        "chain without a budget",
        """\
What makes steps a chain is the one time that all of them together may take. Without `latency` nothing holds them
together, and each step may as well be an intent.

Write the budget: network both ways and processing, from the first request to the last reply.

    bad:   chain answer { step frontend -> backend }
    good:  chain answer { latency <= 180ms  step frontend -> backend }
""",
    ),
    Entry(
        "E0262",
        "nothing in a chain",
        """\
A chain needs at least one step, and so does a `parallel` block.

    bad:   chain answer { latency <= 180ms  parallel { } }
    good:  chain answer { latency <= 180ms  step frontend -> any of backend }
""",
    ),
    Entry(
        "E0263",
        "step to several places",
        """\
A step is one request and its reply, so it goes to one place. Here the destination has several sites, and it is not
said that any one of them may answer.

Write `any of` before the service: the replica is then chosen so that the budget holds. If all of them are called,
write a step for each, in `parallel` where they are called side by side.

    bad:   step frontend -> vector-db               # at fra and ams
    good:  step frontend -> any of vector-db
""",
    ),
    Entry(
        "E0264",
        "end of a step with several meanings",
        """\
An end of a step is the hosts of one service (its prefixes and ports), or sites and nodes with all that they have
attached. A set of several services, or of services and sites, would make one step of several calls.

Write a step for each, or declare one service for what is meant.

    bad:   step frontend -> (features, embedder)
    good:  parallel { step frontend -> features  step frontend -> embedder }
""",
    ),
    Entry(
        "E0265",
        "nobody knows where a step starts",
        """\
A step starts where the chain does (its source is there for every source site of the first step), or where an earlier
step went (its source is the same service as that step's destination), or at one single site. Here it is none of them:
the source has several sites, and nothing tells which of them calls.

    bad:   step frontend -> embedder   step worker -> any of vector-db        # worker at fra and ams
    good:  step frontend -> any of worker   step worker -> any of vector-db   # at the worker that was chosen
""",
    ),
    Entry(
        "E0266",
        "steps that cannot be told apart",
        """\
Routers know packets by addresses and ports. Two steps of this chain (or a step and the replies of another) share some
packets but not all, so that nobody could say which step such a packet belongs to. Steps whose packets are the same
altogether are no problem: they share one path and one reservation.

Give the services prefixes or ports of their own.

    bad:   service a { at fra  prefix 10.20.0.0/24 }   service b { at fra  prefix 10.20.0.0/24  port tcp/443 }
    good:  service a { at fra  prefix 10.20.0.0/24  port tcp/80 }   service b { …  port tcp/443 }
""",
    ),
    Entry(
        "E0267",
        "chain with the name of an intent",
        """\
Findings, waivers, the manifest and `explain` call intents and chains by their names alone, so that these have to
differ.

    bad:   intent answer { … }   chain answer { … }
    good:  intent answer { … }   chain answer-chain { … }
""",
    ),
)
