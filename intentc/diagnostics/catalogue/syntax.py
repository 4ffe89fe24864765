"""Codes of group E01xx: syntax."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0101",
        "something else was expected",
        """\
The text up to here is fine, but nothing in the language goes on like this. The message names what can stand here; a
clause is not ended by anything but the keyword of the next one.

    bad:   latency 15ms
    good:  latency <= 15ms
""",
    ),
    Entry(
        "E0102",
        "not a declaration",
        """\
A file is a sequence of declarations: `import`, `const`, `group`, `service`, `class`, `profile`, `intent`, `chain` and
`assert`. Text between them begins with none of these words. Clauses stand in the block of a declaration; if one is
found outside, a `}` above it often comes too early.

    bad:   intnet backup { from fra  to ams }
    good:  intent backup { from fra  to ams }
""",
    ),
    Entry(
        "E0103",
        "unknown clause",
        """\
In a block every clause begins with its keyword, and this word is none that the block knows.

    bad:   latancy <= 15ms
    good:  latency <= 15ms
""",
    ),
    Entry(
        "E0104",
        "clause in the wrong block",
        """\
The word is a clause of the language, but of another block: `at`, `prefix` and `port` belong to a service, `queue` and
`drop` to a class, `survive`, `revert` and `otherwise` to a `failover` block, steps to a chain.

    bad:   intent a { survive any 1 link  from fra  to ams }
    good:  intent a { failover within 1s { survive any 1 link }  from fra  to ams }
""",
    ),
    Entry(
        "E0105",
        "bracket without its partner",
        """\
A block or a parenthesis is opened and not closed, or closed and not opened. The finding stands where the text goes on
with something that cannot be inside, and points at the opening one as well. A declaration that begins in the first
column ends whatever was left open before it.

    bad:   intent a { from fra  to ams
    good:  intent a { from fra  to ams }
""",
    ),
    Entry(
        "E0106",
        "word of the language used as a name",
        """\
The words of the language are reserved, so that a new reader and an old file never disagree about what is a name. In
quotes any text is a name, and is taken literally. Words that only name a choice (`low`, `rtt`, `macsec`, `no`, …) are
free.

    bad:   pin region at
    good:  pin region "at"
""",
    ),
    Entry(
        "E0107",
        "pattern where one thing is meant",
        """\
`*` and `?` make a name a pattern, which stands for every node, site or link that it fits; `#2` after a name belongs
to parallel links. Here a single thing is named or declared. A field is compared with a pattern by `like`.

    bad:   sites where name == fra-*
    good:  sites where name like fra-*
""",
    ),
    Entry(
        "E0108",
        "nested too deeply",
        """\
Parentheses, `not`, `except` and `&` may nest 50 deep. Nobody can read more, and tools need not either. Give a part of
the set a name, or write a list.

    bad:   from a except b except c except d …
    good:  from a except (b, c, d, …)
""",
    ),
    Entry(
        "E0109",
        "empty name",
        """\
A name has at least one character.

    bad:   from ""
    good:  from fra-dc1
""",
    ),
    Entry(
        "E0110",
        "character that the language does not use",
        """\
Names have the letters a to z, digits, `_`, single `.` and `-` inside; everything else that is not a mark of the
language stands in quotes only. Word processors like to change quotes, dashes and blanks; type them anew. `#` begins a
comment at the start of a line and after a blank, `{`, `}` or `;`: elsewhere it belongs to a link's name.

    bad:   from münchen
    good:  from "münchen"
""",
    ),
    Entry(
        "E0111",
        "text in quotes without an end",
        """\
A text in quotes ends on the line where it begins. To have a quote in it write `\\"`.

    bad:   intent backup "nightly {
    good:  intent backup "nightly" {
""",
    ),
    Entry(
        "E0112",
        "unknown escape",
        """\
In a text in quotes `\\"` is a quote and `\\\\` a backslash; a backslash before anything else means nothing.

    bad:   import "shared\\classes.intent"
    good:  import "shared/classes.intent"
""",
    ),
    Entry(
        "E0113",
        "hidden character",
        """\
Control characters and those that only change the direction of text cannot be seen, and could make a line read other
than it is. Neither stands in a text in quotes, a comment or anywhere else; blanks, tabs and line breaks separate.

    bad:   intent backup "nightly<tab>run" { … }
    good:  intent backup "nightly run" { … }
""",
    ),
    Entry(
        "E0114",
        "not UTF-8",
        """\
Intent files are UTF-8, with or without a byte order mark. The file has a byte at this place that UTF-8 does not
allow: it was saved in another encoding (UTF-16, Windows-1252) or is no text. Nothing of it was read.

    bad:   a file saved as "Unicode" (UTF-16)
    good:  the same file saved as UTF-8
""",
    ),
    Entry(
        "E0120",
        "unknown unit",
        """\
Times are in ns us ms s min h d, rates in bps kbps Mbps Gbps Tbps (steps of 1000, bits), sizes in B KB MB GB (steps of
1000) and KiB MiB GiB (steps of 1024), ratios in %. Letter case makes no difference in the prefix of a rate only.

    bad:   latency <= 15msec
    good:  latency <= 15ms
""",
    ),
    Entry(
        "E0121",
        "quantity that is not exact",
        """\
Quantities are whole numbers inside: of nanoseconds, bits per second, bytes, or billionths. What falls between two of
them is not rounded, because nobody would be told.

    bad:   loss <= 0.00000001%
    good:  loss <= 0.0000001%
""",
    ),
    Entry(
        "E0122",
        "number too large",
        """\
Quantities fit 64 bits of their smallest unit: 292 years, 9 exabits per second, 9 exabytes. More is a slip of the
finger.

    bad:   bandwidth 50000000000000Mbps
    good:  bandwidth 50Mbps
""",
    ),
    Entry(
        "E0123",
        "number without a unit",
        """\
A bound, a rate, a size or a share says its unit; a bare number could be any.

    bad:   latency <= 15
    good:  latency <= 15ms
""",
    ),
    Entry(
        "E0124",
        "not a whole number",
        """\
Things are counted with whole numbers: failures, calls, hops. They have no fraction, no unit and at most nine digits.

    bad:   survive any 1.5 link
    good:  survive any 1 link
""",
    ),
    Entry(
        "E0125",
        "no such day",
        """\
A date is year, month and day with all their digits, and a day of the calendar.

    bad:   waive E0509 until 2027-2-30 because "new fibre in March"
    good:  waive E0509 until 2027-02-28 because "new fibre in March"
""",
    ),
    Entry(
        "E0126",
        "not an address or prefix",
        """\
An IPv4 address has four numbers from 0 to 255 without leading zeros, an IPv6 address up to eight groups of
hexadecimal digits; a prefix adds `/` and how many bits count, up to 32 or 128.

    bad:   prefix 10.20.0/24
    good:  prefix 10.20.0.0/24
""",
    ),
    Entry(
        "E0127",
        "not ports",
        """\
Ports are written with their protocol: `tcp/443`, a range `tcp/8000-8100`, likewise `udp` and `sctp`; `icmp` and `any`
have none. Service names (`https`) are not known, since they do not mean the same everywhere. `health` takes one tcp
port.

    bad:   port tcp/https
    good:  port tcp/443
""",
    ),
)
