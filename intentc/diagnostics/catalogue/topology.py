"""Codes of group E03xx: topology. Those of loading stand in `topology_files` and `topology_network`."""

from intentc.diagnostics.catalogue.entry import Entry
from intentc.diagnostics.catalogue.topology_files import FILE_ENTRIES
from intentc.diagnostics.catalogue.topology_import import IMPORT_ENTRIES
from intentc.diagnostics.catalogue.topology_network import NETWORK_ENTRIES

_USER_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0390",
        "no address left for a link end",
        """\
A link that names no addresses gets a pair of them by itself: a /31 of 100.64.0.0/10 and, in a network with IPv6, a
/127 of fd00:100:64::/48. If one end is written, the other end gets another address of the same prefix. Here there is
none: the written prefix has room for one address only, or the whole range is in use elsewhere in the topology.

Write both addresses, or give the written end a prefix with room for two.

    bad:   - {a: r1, b: r2, addresses: [10.0.0.0/32, null]}
    good:  - {a: r1, b: r2, addresses: [10.0.0.0/31, 10.0.0.1/31]}
""",
    ),
    Entry(
        "E0391",
        "not an interface name of Linux",
        """\
An FRR node is a Linux machine, and Linux interface names have at most 15 characters: letters, digits, `.`, `_` and
`-`, a letter first. Names of other systems (`ge-0/0/0`, `GigabitEthernet0/0/0/1`) cannot be configured there.

Write the name that `ip link` shows on the machine, or leave the interface out: the compiler then names it `eth1`,
`eth2` and so on in the order of the links.

    bad:   - {a: "r1:GigabitEthernet0/0", b: "r2:eth1"}
    good:  - {a: "r1:eth1", b: "r2:eth1"}
""",
    ),
    Entry(
        "W0350",
        "link that does not say what it crosses",
        """\
A pin keeps traffic inside regions, and a link may leave them between its two ends: a cable through a third country.
Nobody said what this link crosses, and its ends are not both in one region without regions of its own, so the pin
leaves it out.

Write `crosses: []` at the link if it stays within the regions of its ends, else the regions that it passes through.

    bad:   - {id: L3, a: fra-pe1, b: ams-pe1}
    good:  - {id: L3, a: fra-pe1, b: ams-pe1, crosses: [be]}
""",
    ),
    Entry(
        "E0395",
        "a node that nothing says how to reach",
        """\
`plan`, `apply`, `drift` and `rollback` talk to every node that is to be configured, and this one has no `management`
address. Checking and compiling do not need one.

    bad:   fra-pe1: {platform: frr, loopback: 10.255.0.1/32}
    good:  fra-pe1: {platform: frr, loopback: 10.255.0.1/32, management: {host: 192.0.2.11}}
""",
    ),
    Entry(
        "E0396",
        "credentials that the project does not have",
        """\
A node's `management` names the credentials to log in with, `default` when it names none. They stand as a table in
intentc.toml: a user and where the key is, never a secret.

    bad:   management: {host: 192.0.2.11, credentials: lab}    # and no [credentials.lab]
    good:  [credentials.lab]
           username = "automation"
           key      = "~/.ssh/id_ed25519"
""",
    ),
    Entry(
        "E0397",
        "a transport that the device is not configured over",
        """\
How devices are configured is a matter of their platform: `intentc targets` lists the transport of each. The topology
asks for another one, and reaching the device in a way that nobody asked for would be no answer. Checking and
compiling do not need one.

    bad:   fra-pe1: {platform: eos, management: {host: 192.0.2.11, transport: netconf}}
    good:  fra-pe1: {platform: eos, management: {host: 192.0.2.11}}
""",
    ),
)

ENTRIES: tuple[Entry, ...] = tuple(
    sorted((*FILE_ENTRIES, *NETWORK_ENTRIES, *IMPORT_ENTRIES, *_USER_ENTRIES), key=lambda entry: entry.code)
)
