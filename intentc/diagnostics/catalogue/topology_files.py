"""Codes of group E03xx that one file alone gives: YAML, fields and their values."""

from intentc.diagnostics.catalogue.entry import Entry

FILE_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0301",
        "not YAML",
        """\
The file cannot be read as YAML, so nothing of it is known; names that other files expect from it are not reported as
missing. The finding points at the place where the reader gave up: the mistake is there or on a line before it. The
usual causes are a tab as indentation, a missing blank after a colon, a bracket that is not closed, and an invisible
character.

    bad:   nodes:
           <tab>r1: {platform: frr}
    good:  nodes:
             r1: {platform: frr}
""",
    ),
    Entry(
        "E0302",
        "the same name twice",
        """\
A key stands twice in one mapping, or the same element in two files, or one name twice in a list. Which of the two
counts would be a guess (most YAML readers silently take the last one), so neither file can be trusted. Several
topology files unite key by key: nodes may be spread over files, one node may not.

    bad:   nodes:
             r1: {site: fra, platform: frr}
             r1: {site: ams, platform: frr}
    good:  nodes:
             r1: {site: fra, platform: frr}
             r2: {site: ams, platform: frr}
""",
    ),
    Entry(
        "E0303",
        "YAML that a topology does not use",
        """\
Files are read as YAML 1.2 with the core schema: tags (`!!str`, `!include`), merge keys (`<<`, of YAML 1.1), several
documents in one file and keys that are not text are refused. Anchors and aliases work, but not inside themselves, not
32 levels deep, and not so often that a small file unfolds to a million values.

    bad:   r1: {<<: *usual, loopback: 10.255.0.1/32}
    good:  defaults: {platform: frr, release: "8.4"}
           nodes:
             r1: {loopback: 10.255.0.1/32}
""",
    ),
    Entry(
        "E0304",
        "unknown field",
        """\
No such field or section exists. It is an error and not ignored, for a misspelt `capacity` or `srlg` would otherwise
quietly change what the compiler can promise. Values of your own belong into `labels`.

    bad:   - {a: r1, b: r2, capcity: 10Gbps}
    good:  - {a: r1, b: r2, capacity: 10Gbps, labels: {contract: c-4711}}
""",
    ),
    Entry(
        "E0305",
        "value of the wrong kind",
        """\
The field holds another kind of value: a list where one value belongs, text where a number belongs, or nothing at all.
Text is what YAML 1.2 calls text: `no`, `on` and `yes` are text, `true`, `null` and `~` are not unless they are
quoted. A number where text belongs is taken as it is written, so `release: 24.10` is not 24.1.

    bad:   srlg: duct-7
    good:  srlg: [duct-7]
""",
    ),
    Entry(
        "E0306",
        "value that cannot be",
        """\
The value is of the right kind, but outside of what the field allows: a word that is not among the choices, a number
beyond the limits of the protocol or of nature. The help names what is allowed.

    bad:   routing: {igp: rip}
    good:  routing: {igp: ospf}
""",
    ),
    Entry(
        "E0307",
        "missing field",
        """\
The element cannot be understood without this field, and there is no default that would be right: a link needs its two
ends and its capacity (a tunnel takes that of the links it runs over), a node the platform that says which commands it
speaks, segment routing its index and label block. Some fields may stand once in `defaults` for all elements.

    bad:   nodes: {r1: {loopback: 10.255.0.1/32}}
    good:  defaults: {platform: frr}
           nodes: {r1: {loopback: 10.255.0.1/32}}
""",
    ),
    Entry(
        "E0308",
        "not a quantity",
        """\
A number with its unit is expected: a time (`ns us ms s min h d`), a rate (`bps kbps Mbps Gbps Tbps`, decimal), a size
(`B KB MB GB`, decimal, or `KiB MiB GiB`; a bare number is in bytes) or a ratio (`%`). Quantities are exact integers
inside, so what is finer than a nanosecond, a bit per second, a byte or a part per billion is refused, not rounded.

    bad:   capacity: 10000
    good:  capacity: 10Gbps
""",
    ),
    Entry(
        "E0309",
        "not an address",
        """\
An IPv4 or IPv6 address or prefix is expected here: `addresses` and `loopback` hold IPv4, `addresses6` and `loopback6`
IPv6; the addresses of a link have their prefix length and are such that a host may have them; a loopback is one
address (/32, /128), for it is what steering and the IGP's identity point at.

    bad:   loopback: 10.255.0.1/24
    good:  loopback: 10.255.0.1/32
""",
    ),
    Entry(
        "E0310",
        "prefix with host bits set",
        """\
A prefix names a network, and this one has bits beyond its length: either the length or the address is mistyped.
Routers differ in what they make of it (some mask it silently, some refuse it), so it is not guessed.

    bad:   attached: [10.20.0.1/24]
    good:  attached: [10.20.0.0/24]
""",
    ),
    Entry(
        "E0311",
        "name that cannot be used",
        """\
Names of nodes, SRLGs, platforms, collectors and VRFs reach device configuration and host names: letters, digits, `_`,
`.` and `-`, at most 63 characters, a letter, digit or `_` at both ends. Interface names may also have `/`, `:` and
`@`. Names of sites, regions, links and providers are for people, but no control characters may stand in them, no `*`
and `?` (globs), no `+`, `>`, `/`, quotes and backslashes (they join names in results), and no blanks at their ends.
Other text has no control characters either. So nothing that is written here can ever become a command on a device.

    bad:   nodes: {"fra pe 1": {platform: frr}}
    good:  nodes: {fra-pe-1: {platform: frr}}
""",
    ),
    Entry(
        "E0312",
        "topology file that is not UTF-8",
        """\
Topology files are UTF-8 text. This one has bytes that UTF-8 does not know, as files in Latin-1 or UTF-16 have.
Nothing of the file is read.

Save it as UTF-8: every editor can, and so can `iconv -f latin1 -t utf-8`.

    bad:   a file saved as Latin-1 (`city: München` with the one byte FC)
    good:  the same file saved as UTF-8 (the two bytes C3 BC)
""",
    ),
)
