"""Codes of group E03xx that need the whole network: references, addresses, what routers need to run."""

from intentc.diagnostics.catalogue.entry import Entry

NETWORK_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0320",
        "unknown region",
        """\
A site, node, collector or the `crosses` of a link names a region that `regions` does not declare. Regions decide
where pinned traffic may go, so a misspelt one must not become a region of its own. Elements that depend on it are
left out without a finding of their own; all places that name it are listed in one finding.

    bad:   regions: {eu: [de, nl]}
           sites: {fra: {region: du}}
    good:  regions: {eu: [de, nl]}
           sites: {fra: {region: de}}
""",
    ),
    Entry(
        "E0321",
        "regions that are no tree",
        """\
A region lies in one other region at most, and never in itself: a node in `de` is also in `eu`, and that must have one
answer. Groups that overlap (`gdpr`, `tier-1`) are better written as labels of sites.

    bad:   regions: {eu: [de, ch], efta: [ch]}
    good:  regions: {eu: [de], efta: [ch]}
""",
    ),
    Entry(
        "E0322",
        "unknown site",
        """\
A node stands at a site that `sites` does not declare. A site gives its nodes region and location, so nothing can be
said of where this node is.

    bad:   nodes: {fra-pe1: {site: frankfurt, platform: frr}}
    good:  sites: {frankfurt: {region: de}}
           nodes: {fra-pe1: {site: frankfurt, platform: frr}}
""",
    ),
    Entry(
        "E0323",
        "link to an unknown node",
        """\
A link ends at a node that `nodes` does not declare, so it leads nowhere. An end is written as `node` or
`node:interface`; the node's name reaches up to the first colon.

    bad:   - {a: "r1:eth1", b: "r22:eth1", capacity: 10Gbps}    # there is r2, but no r22
    good:  - {a: "r1:eth1", b: "r2:eth1", capacity: 10Gbps}
""",
    ),
    Entry(
        "E0324",
        "link from a node to itself",
        """\
Both ends of the link are at one node. No path uses such a link, so it is a slip in one of the two ends (a cable
between two ports of one router carries no traffic that a topology speaks of).

    bad:   - {a: "r1:eth1", b: "r1:eth2", capacity: 10Gbps}
    good:  - {a: "r1:eth1", b: "r2:eth2", capacity: 10Gbps}
""",
    ),
    Entry(
        "E0325",
        "two links with one id",
        """\
Ids of links are unique: intents, findings and results name links by them. A link without `id` is called by its two
nodes, `r1--r2`, and parallel ones `r1--r2#2`, `r1--r2#3` in natural order of their interfaces; a written id must not
be one of those either.

    bad:   - {id: L1, a: r1, b: r2, capacity: 10Gbps}
           - {id: L1, a: r1, b: r3, capacity: 10Gbps}
    good:  - {id: L1, a: r1, b: r2, capacity: 10Gbps}
           - {id: L2, a: r1, b: r3, capacity: 10Gbps}
""",
    ),
    Entry(
        "E0326",
        "tunnel over what is not there",
        """\
`over` names the links that carry a tunnel, and the tunnel inherits their regions and shared risks (and, where nothing
is written, capacity and latency). One of them does not exist, or it runs over the tunnel itself.

    bad:   - {id: T1, a: r1, b: r3, over: [L9]}
    good:  - {id: T1, a: r1, b: r3, over: [L1, L2]}
""",
    ),
    Entry(
        "E0327",
        "interface used twice",
        """\
An interface carries one link, or the prefixes attached to it, not both and not two links: queues, marking and
steering are configured per interface, and each would get the configuration of the other.

    bad:   - {a: "r1:eth1", b: "r2:eth1", capacity: 10Gbps}
           - {a: "r1:eth1", b: "r3:eth1", capacity: 10Gbps}
    good:  - {a: "r1:eth1", b: "r2:eth1", capacity: 10Gbps}
           - {a: "r1:eth2", b: "r3:eth1", capacity: 10Gbps}
""",
    ),
    Entry(
        "E0328",
        "address used twice",
        """\
Two places claim one address: loopbacks or link ends, or two nodes that are managed under the same address and port
(one device would get the configuration of both).

    bad:   nodes: {r1: {loopback: 10.255.0.1/32}, r2: {loopback: 10.255.0.1/32}}
    good:  nodes: {r1: {loopback: 10.255.0.1/32}, r2: {loopback: 10.255.0.2/32}}
""",
    ),
    Entry(
        "E0329",
        "link ends that do not match",
        """\
The two ends of a link are not in one prefix, or write it with different lengths: neither router would see the other
as its neighbour. Most often one half of two neighbouring /31 is exchanged (RFC 3021: the two addresses of a /31
differ in the last bit only).

    bad:   addresses: [10.0.0.1/31, 10.0.0.2/31]
    good:  addresses: [10.0.0.0/31, 10.0.0.1/31]
""",
    ),
    Entry(
        "E0330",
        "prefix attached twice to one node",
        """\
One prefix hangs on one interface of a node; the second line repeats the first, or contradicts it. (The same prefix on
several nodes is anycast, and fine.)

    bad:   attached: [10.20.0.0/24, {prefix: 10.20.0.0/24, interface: eth5}]
    good:  attached: [{prefix: 10.20.0.0/24, interface: eth5}]
""",
    ),
    Entry(
        "E0331",
        "router without a loopback",
        """\
A node that is configured runs the IGP under the identity of its loopback, and traffic is steered to it by that
address: it is the one that stays reachable whichever link fails. A node of `platform: none` needs none.

    bad:   r1: {platform: frr}
    good:  r1: {platform: frr, loopback: 10.255.0.1/32}
""",
    ),
    Entry(
        "E0332",
        "segment index that clashes",
        """\
The index of a node is its place in every router's label block (SRGB, RFC 8402): it must lie inside the node's own
block and that of every other router (for an algorithm: of those that take part in it), or some have no label for it.
No other node may have it, or traffic for one arrives at the other.

    bad:   segment_routing: {index: 9000, srgb: [16000, 23999]}
    good:  segment_routing: {index: 1, srgb: [16000, 23999]}
""",
    ),
    Entry(
        "E0333",
        "MTU too small for IPv6",
        """\
The network carries IPv6, which needs at least 1280 bytes on every link (RFC 8200, section 5); routers disable IPv6 on
smaller ones.

    bad:   - {a: r1, b: r2, addresses6: [2001:db8::/127, 2001:db8::1/127], capacity: 1Gbps, mtu: 1000}
    good:  - {a: r1, b: r2, addresses6: [2001:db8::/127, 2001:db8::1/127], capacity: 1Gbps, mtu: 1500}
""",
    ),
    Entry(
        "E0334",
        "upgrade that adds nothing",
        """\
`upgrade` prices more capacity than the link has today, so that repairs can be compared. `to` is the capacity
afterwards, in either direction, and must be more than before.

    bad:   - {a: r1, b: r2, capacity: 1Gbps, upgrade: {to: 100Mbps, cost: 40}}
    good:  - {a: r1, b: r2, capacity: 50Mbps, upgrade: {to: 100Mbps, cost: 40}}
""",
    ),
    Entry(
        "E0335",
        "one interface, two kinds of trust",
        """\
Trust says whether the DSCP of arriving packets is believed, and packets are not asked which prefix they belong to
before that: all prefixes on one interface have the same.

    bad:   attached:
             - {prefix: 10.20.0.0/24, interface: eth5, trust: none}
             - {prefix: 10.21.0.0/24, interface: eth5, trust: dscp}
    good:  attached:
             - {prefix: 10.20.0.0/24, interface: eth5, trust: none}
             - {prefix: 10.21.0.0/24, interface: eth6, trust: dscp}
""",
    ),
    Entry(
        "E0336",
        "no nodes",
        """\
The topology files declare no node, so there is no network to place anything on.

    bad:   nodes: {}
    good:  nodes:
             r1: {platform: frr, loopback: 10.255.0.1/32}
""",
    ),
    Entry(
        "E0337",
        "VRF that is not supported",
        """\
Prefixes are attached to the default routing table. Another VRF can be written, but traffic in it cannot be promised
anything yet, so it is refused and not ignored.

    bad:   attached: [{prefix: 10.20.0.0/24, vrf: blue}]
    good:  attached: [{prefix: 10.20.0.0/24}]
""",
    ),
    Entry(
        "E0338",
        "constraints that no link can meet",
        """\
A Flexible Algorithm (RFC 9350) leaves out links with any affinity of `exclude_any`; of those that are left a link
needs all of `include_all`, and one of `include_any` where that names any. Here an affinity is both excluded and asked
for.

    bad:   128: {exclude_any: [red], include_all: [red, gold]}
    good:  128: {exclude_any: [red], include_all: [gold]}
""",
    ),
    Entry(
        "E0339",
        "algorithm that is not defined",
        """\
A node takes part in a Flexible Algorithm that the network does not define. Routers compute no paths for such an
algorithm (RFC 9350, section 5.3): its label leads nowhere.

    bad:   r1: {segment_routing: {index: 1, srgb: [16000, 23999], flex_algos: {128: 101}}}
    good:  routing: {flex_algos: {128: {metric: delay}}}           # beside it
""",
    ),
    Entry(
        "E0345",
        "tunnel that its links cannot carry",
        """\
A packet of a tunnel is carried by the links named in `over`, with `overhead` bytes around it. All of that has to fit
the MTU of each of them: routers do not put tunnels' fragments together again. Without `mtu` a tunnel has what its
links leave, at most the default; an `mtu` that is written must not be larger.

    bad:   {id: L1, a: r1, b: r2, mtu: 1500}   {id: T, a: r1, b: r2, over: [L1], overhead: 60, mtu: 1500}
    good:  {id: L1, a: r1, b: r2, mtu: 1600}   {id: T, a: r1, b: r2, over: [L1], overhead: 60, mtu: 1500}
""",
    ),
    Entry(
        "N0301",
        "latency estimated from locations",
        """\
These links say nothing of their latency, so it comes from the locations of their sites: the great circle at 200 km
per ms (light in fibre) with a detour factor of 1.3, rounded to µs; 1 µs within one site. Real ducts differ; a bound
that is met by little should rest on measured values.

    bad:   - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps}
    good:  - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps, latency: 4.2ms}
""",
    ),
    Entry(
        "N0302",
        "latency unknown",
        """\
These links say nothing of their latency, and the sites at their ends have no `location` to estimate it from. They are
used as any other link, but no path over them can be promised a latency, and Flexible Algorithms that minimise the
delay leave them out (RFC 9350, section 13): unknown is not zero.

    bad:   - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps}
    good:  - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps, latency: 4.2ms}
""",
    ),
    Entry(
        "N0303",
        "link that an algorithm leaves out",
        """\
A Flexible Algorithm that minimises the TE metric runs over links that advertise one: others are left out (RFC 9350,
section 13), as unknown is not zero. Both ends of this link take part and its affinities fit, so it may be meant.

    bad:   - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps}     # in an algorithm with `metric: te`
    good:  - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps, te_metric: 20}
""",
    ),
    Entry(
        "W0301",
        "prefixes that overlap",
        """\
One prefix lies inside another that belongs to a different node or link. Routers follow the longest one, so traffic
for the smaller prefix never reaches the owner of the larger; where that is meant (an aggregate with an exception) it
is fine: of a site with both, an intent gives each of its nodes what the longest prefix leaves to it. The same prefix
at several nodes is anycast and no finding, and a default route encloses everything by intent.

    bad:   nodes: {r1: {attached: [10.20.0.0/16]}, r2: {attached: [10.20.5.0/24]}}
    good:  nodes: {r1: {attached: [10.20.0.0/24]}, r2: {attached: [10.20.5.0/24]}}
""",
    ),
    Entry(
        "W0302",
        "part of the network that nothing connects",
        """\
No link leads from these nodes to the rest; the finding names the smaller part. Two islands are no contradiction, so
this is a warning; an intent between them is an error at that intent. Links and nodes that are `planned` are not there
yet.

    bad:   links: []
    good:  links: [{a: r1, b: r2, capacity: 10Gbps}]
""",
    ),
    Entry(
        "W0303",
        "algorithm by a delay that nobody measured",
        """\
A Flexible Algorithm with the metric `delay` takes the paths with the least delay as the routers advertise it,
measured or configured. These links say nothing of their latency, so the compiler takes an estimate from the locations
of their sites: the routers may well choose other paths than those that it counts on.

    bad:   - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps}
    good:  - {a: fra-pe1, b: ams-pe1, capacity: 10Gbps, latency: 4.2ms}
""",
    ),
    Entry(
        "W0304",
        "affinity that no link has",
        """\
The constraints of a Flexible Algorithm name affinities (administrative groups) of links. No link has this one. That
may be meant for an affinity that is excluded, as of links under repair; if it is misspelt, nothing is kept out. One
that is asked for and that no link has leaves the algorithm no link.

    bad:   routing: {flex_algos: {128: {exclude_any: [rde]}}}      # with `affinity: [red]` at the links
    good:  routing: {flex_algos: {128: {exclude_any: [red]}}}
""",
    ),
    Entry(
        "W0305",
        "tunnel whose way is not told",
        """\
The links in `over` do not lead from one end of the tunnel to the other, in their order. What the tunnel carries is
reserved on the links below it as well, and the way tells in which direction each is taken. Here nobody knows, so all
of it is reserved in both directions of each of them, and of the links that are missing nothing is known.

    bad:   {id: T, a: r1, b: r3, over: [L1]}        # L1: r1 to r2, L2: r2 to r3
    good:  {id: T, a: r1, b: r3, over: [L1, L2]}
""",
    ),
)
