"""Codes of group E06xx: target capability."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0601",
        "unknown platform",
        """\
The platform of a node is the name of a target: a folder in `targets/` that knows how to write the configuration of
such devices (`intentc targets` lists them). A node that nobody can configure, a provider's or a host, has the
platform `none`: it forwards by the IGP, keeps the DSCP of packets, and nothing can be asked of it.

    bad:   fra-pe1: {platform: frrouting}
    good:  fra-pe1: {platform: frr}
""",
    ),
    Entry(
        "E0602",
        "unsupported release",
        """\
What a device can do depends on its release, so a target names the releases that it knows. For another one nothing is
assumed. A release may be written to any depth: `8.4` and `8.4.4` are the same to the compiler.

    bad:   fra-pe1: {platform: frr, release: "7.5"}
    good:  fra-pe1: {platform: frr, release: "8.4"}
""",
    ),
    Entry(
        "N0603",
        "release assumed",
        """\
A node without a `release` is taken for the oldest one that its target supports, so that nothing is written that it
may not understand. When the configuration is applied, a device with another release is refused: write the real one
then.

    bad:   fra-pe1: {platform: frr}
    good:  fra-pe1: {platform: frr, release: "10.2"}
""",
    ),
    Entry(
        "E0604",
        "unusable target",
        """\
A folder with a `target.toml` is a target. This one cannot be used: the file is not TOML, a key is missing or of the
wrong kind, two targets have one name, or the folder is not the product's own and brings code (which is not run). The
keys are explained in targets/README.md.

    bad:   transport = ["ssh"]
    good:  transport = "ssh"
""",
    ),
    Entry(
        "E0605",
        "transport not offered",
        """\
`management.transport` asks for a way to configure the device that its target does not have, or has for later
releases only: a target has one transport, the one that its platform does best, and sometimes a second one
(`intentc targets NAME`).

    bad:   management: {host: 192.0.2.1, transport: netconf}      # on an FRR node
    good:  management: {host: 192.0.2.1}
""",
    ),
    Entry(
        "N0606",
        "segment depth unknown",
        """\
The platform can have SR policies, and the node does segment routing, but neither the topology nor the target says how
many segments it can push. That is a matter of its hardware, so nothing is assumed: the node gets no SR policies.

    bad:   fra-pe1: {segment_routing: {index: 1, srgb: [16000, 23999]}}
    good:  fra-pe1: {segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 10}}
""",
    ),
    Entry(
        "E0607",
        "algorithm that the platform does not compute",
        """\
The topology says that a node takes part in a Flexible Algorithm (RFC 9350), and its platform, in its release, does
not know all of the definition: its metric, its affinities, or such algorithms over this IGP at all. A router stops
taking part then, and the paths of the algorithm are others than those that the compiler would count on. So nothing is
sent that way.

    bad:   routing: {flex_algos: {128: {metric: delay}}}            # and a router with the IGP's metric only in it
    good:  r1: {segment_routing: {index: 1, srgb: [16000, 23999]}}  # that router takes no part
""",
    ),
    Entry(
        "E0610",
        "the platform cannot do it",
        """\
A clause needs something of a device that its platform, in its release, cannot do. The message names the building
block, the node and its platform; the help says what would do it instead. Nothing is left out silently: the intent is
refused until the clause, the platform or the place of the ends is another one. Until then it takes no room on links,
but what was refused beside it stays refused. A node of platform `none` can be asked nothing: traffic that needs a
class, a rate or isolation must enter and leave at nodes that are configured.

    bad:   from branches        # attached to a node of platform `none`
           priority critical
    good:  # attach the branches' prefixes to a router that intentc configures
""",
    ),
    Entry(
        "E0612",
        "interface missing on a real device",
        """\
In a lab a port without a name is made by the lab. A node with `management` is a real device: as soon as packets are
marked, policed, queued, steered, fenced or isolated there, its ports must be named.

    bad:   attached: [10.20.0.0/24]
    good:  attached: [{prefix: 10.20.0.0/24, interface: eth5}]
""",
    ),
    Entry(
        "E0614",
        "too many classes on a port",
        """\
A port has a limited number of queues, and each class that may use the link needs one (the class of everything that no
intent names included). More classes than that are in use on this link.

Let intents share classes: a class is a treatment, not a customer.

    bad:   class tenant-1 { dscp 10 }    class tenant-2 { dscp 12 }    ... one for each of 40 tenants
    good:  priority high                 # in the intents of all tenants that need the same treatment
""",
    ),
    Entry(
        "E0615",
        "BFD interval too short",
        """\
BFD (RFC 5880) in software cannot be arbitrarily fast: below the interval that the target states, a busy device takes
its own delay for a failure of the link. Detection takes the multiplier times the interval.

    bad:   bfd: {interval: 10ms, multiplier: 3}
    good:  bfd: {interval: 50ms, multiplier: 3}
""",
    ),
    Entry(
        "W0616",
        "counters only",
        """\
`telemetry` asks for counters, path and delay measurements that are exported regularly. This platform counts (packets
and bytes per intent, per class and at the destination), but exports nothing by itself, and measures no delay. The
counters are there to be polled, and everything else of the intent holds.

    bad:   telemetry every 10s         # the source is an FRR router
    good:  waive W0616 until 2027-06-30 because "the exporter on the routers polls the counters"
""",
    ),
    Entry(
        "W0617",
        "delay is not measured",
        """\
`telemetry` asks for delay measurements as well: packets with the DSCP of the intent's class that one end node sends
and the other one sends back (STAMP, RFC 8762). One of the two cannot do that. Counters are kept all the same, and
everything else of the intent holds. `intentc verify --live` measures from the hosts' side.

    bad:   telemetry every 10s         # one end streams counters, but has no STAMP
    good:  waive W0617 until 2027-06-30 because "the monitoring hosts measure it"
""",
    ),
    Entry(
        "W0618",
        "packets are not counted where they arrive",
        """\
`telemetry` counts the packets of an intent where they are marked and where they arrive; the difference is what the
network lost. The node of the destination cannot count them by intent at its ports to hosts. Everything else of the
intent holds. `intentc verify --live` measures loss from the hosts' side.

    bad:   telemetry every 10s         # the hosts hang on a platform that counts whole ports only
    good:  waive W0618 until 2027-06-30 because "the hosts report their loss"
""",
    ),
    Entry(
        "E0620",
        "failover takes longer than it may",
        """\
`failover within T` counts from the loss of forwarding, silent loss included, to the last lost packet: the time to
notice (BFD: multiplier times interval, the larger of both ends) plus the time to repair (computing and installing
routes). On the slowest link of the path that is more than T. The message says what can be reached, and what each part
of it takes.

Routers with segment routing may repair locally before the IGP has converged (TI-LFA), which takes less time. It is
used where it is needed and can be counted on; the help says what stands in the way.

Allow the time that can be reached, shorten the BFD timers where the platform can keep them, or use hardware that
detects faster. Without BFD at both ends only the IGP notices, after 30 s (IS-IS) or 40 s (OSPF).

    bad:   failover within 50ms     # 3 × 50 ms to notice, 60 ms to repair
    good:  failover within 300ms
""",
    ),
    Entry(
        "E0622",
        "nothing to switch to",
        """\
`switch when` leaves a candidate path that is up but slow or lossy for the next one. Here the device where packets
enter has no other candidate path: what the named failures need goes the IGP's own way, or by one policy with one
path.

Name failures that need another path, or leave the clause out: traffic moves when forwarding is lost.

    bad:   failover within 1s { switch when loss > 5% for 1s }                      # one path, and the IGP
    good:  via node p1  failover within 1s { survive any 1 link  switch when loss > 5% for 1s }
""",
    ),
    Entry(
        "E0623",
        "a path cannot be left as it is written",
        """\
`switch when` leaves a candidate path that is up but slow or lossy, at the latest `within` the time of its block. That
is the time of the probes (`for`) plus what the device takes until packets go another way; target.toml says how often
each platform probes at most, and how long it takes. A path that takes longer than the threshold even when nothing is
wrong would be left at once, and for good, though only what the named failures need is reserved elsewhere.

Allow more time, or a threshold above what the normal path takes.

    bad:   failover within 3s  { survive any 1 link  switch when latency > 30ms for 3s }   # and moving takes 3 s
    good:  failover within 10s { survive any 1 link  switch when latency > 30ms for 3s }
""",
    ),
    Entry(
        "E0631",
        "hardware unknown",
        """\
What some platforms can do depends on the hardware: how fast their BFD is, which ports have queues of their own. Their
targets name the kinds of hardware that they know (`[chassis.NAME]` in target.toml; `*` stands for any letters). The
`chassis` of this node is not written, or none of them. Nothing is assumed, because a wrong guess would only show
under load.

    bad:   fra-pe1: {platform: junos, release: "24.4"}
    good:  fra-pe1: {platform: junos, release: "24.4", chassis: mx204}
""",
    ),
    Entry(
        "E0632",
        "not a port of this platform",
        """\
Ports are written as the device calls them, and this name is none that a device of this platform can have: it would
refuse the configuration, or keep it for a port that does not exist.

    bad:   {a: "fra-pe1:eth2", …}            # fra-pe1 is a Junos router
    good:  {a: "fra-pe1:ge-0/0/2", …}
""",
    ),
    Entry(
        "E0633",
        "too many classes for the device",
        """\
The platform gives out its queues once for the whole device, or serves only so many classes of a port strictly first.
The intents placed over this device need more.

Let intents share classes: a class is a treatment, not a customer.

    bad:   class tenant-1 { dscp 10 }    class tenant-2 { dscp 12 }    ... one for each of 9 tenants
    good:  priority high                 # in the intents of all tenants that need the same treatment
""",
    ),
    Entry(
        "E0634",
        "one rate over several ports",
        """\
Devices of this platform count a rate per port. Packets of one demand, or of demands that share a rate (`total`),
enter this node by several of its ports: each would let pass the whole rate, and together they would take what was
promised to others.

Attach the hosts behind one port (a VLAN or a bundle), or write a rate for each of them in an intent of its own.

    bad:   attached: [{prefix: 10.1.0.0/24, interface: ge-0/0/1}, {prefix: 10.1.1.0/24, interface: ge-0/0/2}]
           from site fra … bandwidth 2Gbps total
    good:  attached: [{prefix: 10.1.0.0/23, interface: ae0}]
""",
    ),
    Entry(
        "E0635",
        "link end without an address",
        """\
An SR policy sends packets over one link of several. The platform of its head-end names such a segment by the IPv4
address at the link's far end, which the topology does not have.

    bad:   L7: {a: "fra-pe1:ge-0/0/2", b: "par-pe1:ge-0/0/2"}
    good:  L7: {a: "fra-pe1:ge-0/0/2", b: "par-pe1:ge-0/0/2", addresses: [10.1.7.0/31, 10.1.7.1/31]}
""",
    ),
    Entry(
        "E0690",
        "one resource, two claims",
        """\
Two intents need the same resource of one device, and it can serve only one of them: two classes with one code point
on a link, guarantees that exceed the link, a port that is both a link end and a host port, one flow steered two ways,
or a port that would have to repair locally in two ways, or not to repair because an SR policy watches the link.
So does who matches packets that differ from another intent's in nothing but the code points that hosts send, of the
same class, and go another way: behind the marking no router can tell them apart.

Give one of them another class, rate, port or match.

    bad:   class a { dscp 10 }   class b { dscp 10 }      # and intents of both over one link
    good:  class a { dscp 10 }   class b { dscp 12 }
""",
    ),
)
