"""Codes of group E03xx that `intentc import` gives of other tools' files."""

from intentc.diagnostics.catalogue.entry import Entry

IMPORT_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0350",
        "file that is not of the format",
        """\
`intentc import FORMAT FILE` cannot read the file: it is no JSON, XML or SNDlib text, or it lacks what every file of
the format has. The finding points at the place where the reader gave up. Declarations of entities in XML are refused,
for a few lines of them unfold to gigabytes, and so is nesting deeper than any network needs. Files in YAML that
cannot be read have the codes E0301 to E0303.

    bad:   {"ietf-network:networks": {"network": [}
    good:  {"ietf-network:networks": {"network": [{"node": [{"node-id": "r1"}]}]}}
""",
    ),
    Entry(
        "E0351",
        "file to import that contradicts itself",
        """\
A part of the file cannot mean what it says: a link ends at a node that is not there, two nodes have one name, a list
stands where a value belongs, a capacity is no number. Nothing is written, for a topology without that part would be
another network. A file that was cut from a larger one often has links without their nodes.

    bad:   nodes: [r1]           # netlab
           links: [r1-r2]
    good:  nodes: [r1, r2]
           links: [r1-r2]
""",
    ),
    Entry(
        "E0352",
        "connection that is no link of two nodes",
        """\
A link of a topology joins two nodes and goes both ways, with a capacity and a latency for each. Segments that many
nodes share, bridges, hyperedges, links of a node to itself and links without a way back are none, and which links
would stand for them is not for the importer to guess. Where a switch joins the nodes, write it as a node.

    bad:   links: [r1-r2-r3]     # netlab: a segment of three
    good:  links: [r1-sw, r2-sw, r3-sw]
""",
    ),
    Entry(
        "E0353",
        "capacity that the file does not say",
        """\
Every link needs its capacity: what is promised is reserved there, and a guess would be worth nothing. The format has
no place for it, or the file leaves it out. Give one for all links that have none; those that differ are then
corrected in the topology. Where capacities are bare numbers (SNDlib, some GraphML), `--unit` says what 1 is.

    bad:   intentc import containerlab lab.clab.yml
    good:  intentc import containerlab lab.clab.yml --capacity 10Gbps
""",
    ),
    Entry(
        "E0354",
        "import that would be no sound topology",
        """\
The file can be read, but a topology must not say what it says: an address stands twice, the ends of a link are in two
prefixes, an interface has two links. The message is that of the topology's own check, at the place in the imported
file. Nothing is written; correct it at its source.

    bad:   endpoints: ["r1:eth1", "r2:eth1"]     # containerlab
           endpoints: ["r1:eth1", "r3:eth1"]
    good:  endpoints: ["r1:eth1", "r2:eth1"]
           endpoints: ["r1:eth2", "r3:eth1"]
""",
    ),
    Entry(
        "N0351",
        "what an import leaves out",
        """\
The file says more than a topology has a place for, or than the importer takes: fields, sections, kinds of links. The
note names them once per kind, with some of the places. Nothing that is not named is lost.

    bad:   endpoint: {node: r1, interface: eth9}             # containerlab, `type: mgmt-net`
    good:  management: {host: 192.0.2.11}                    # what the topology needs of it, written by hand
""",
    ),
    Entry(
        "N0352",
        "names that an import changed",
        """\
Names of nodes become host names, so a topology allows letters, digits, `_`, `.` and `-` in them; sites and links may
be called almost anything. A name that is not allowed becomes the nearest one that is, with a number where that is
taken, the same every time. The label `imported_name` keeps what the file calls it.

    bad:   label: Zürich                                     # GraphML
    good:  Zurich: {labels: {imported_name: "Zürich"}}
""",
    ),
    Entry(
        "W0351",
        "what an import could not know",
        """\
The topology can be loaded, but it lacks what intents will need. A node without a known platform or without a loopback
is written as `platform: none`, so no intent gets configuration for it; a link without a latency carries no intent
with a latency bound. Such lines end in `# TODO`. An option says it for all of them, or write it into the topology.

    bad:   intentc import rfc8345 l3.json
    good:  intentc import rfc8345 l3.json --platform junos --loopbacks 10.255.0.0/16
""",
    ),
)
