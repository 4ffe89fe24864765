"""Codes of group E02xx: names and types. Those of single clauses stand in `names_clauses`."""

from intentc.diagnostics.catalogue.entry import Entry
from intentc.diagnostics.catalogue.names_chains import CHAIN_ENTRIES
from intentc.diagnostics.catalogue.names_clauses import CLAUSE_ENTRIES

_DECLARATION_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0201",
        "unknown name",
        """\
Nothing of the kind that is meant has this name: no node, site, region, group or service in a set; no region, link,
provider, medium or SRLG after `avoid`, `via` or `pin`; no profile, class, intent or collector elsewhere. Names of the
network come from the topology, the others from the declarations of all files; their order makes no difference.

Check the spelling (letter case counts), or declare what is missing.

    bad:   from branhces            # the group is called `branches`
    good:  from branches
""",
    ),
    Entry(
        "E0202",
        "name with several meanings",
        """\
Nodes, sites, regions, groups and services may all stand in a set. This name belongs to several of them, and they are
not the same nodes with the same traffic (a service stands for its prefixes and ports only, a site for all it has).

Say which one is meant.

    bad:   from fra                 # a site, and a region with several sites
    good:  from site fra
""",
    ),
    Entry(
        "E0203",
        "declared twice",
        """\
Names of one kind are unique in the whole program, whichever file they stand in. The first declaration (by file path,
then by line) counts, this one does not.

    bad:   group branches = ber, muc
           group branches = ham
    good:  group branches = ber, muc, ham
""",
    ),
    Entry(
        "E0204",
        "empty set",
        """\
A set, a pattern or a condition that nothing fits is hardly ever meant: an intent on it would promise nothing, and
nobody would notice. A missing value fits no comparison but `!=`, which is a common cause.

    bad:   sites where role == "brnch"
    good:  sites where role == "branch"
""",
    ),
    Entry(
        "E0205",
        "unknown field",
        """\
`nodes where` knows the fields of a node (name site region role platform release chassis state transit) and its
labels, then those of its site; `sites where` those of a site (name region role); `links where` those of a link (name
node region crosses srlg provider media encryption state capacity background latency jitter loss queue mtu cost
igp_metric). A label may be written with or without `labels.` in front. No element has a field or label of this name.

    bad:   sites where teir == 1
    good:  sites where tier == 1
""",
    ),
    Entry(
        "E0206",
        "comparison of unlike things",
        """\
The field decides what may stand on the right: a word for a text, a region for a region, a time for a latency, a whole
number or `true` for a label that holds such. `in` and `not in` take a list in parentheses, `like` a pattern, `<` and
its kin a number, a quantity or a release. A label of an intent is a word, a whole number, or `true` or `false`.

    bad:   nodes where release == 24.4           # a number; releases are texts
    good:  nodes where release == "24.4"
""",
    ),
    Entry(
        "E0207",
        "wrong unit",
        """\
Units are part of the type: a latency is a time (ns us ms s min h d), a bandwidth a rate (bps kbps Mbps Gbps Tbps), a
burst a size (B KB MB GB KiB MiB GiB), a loss a ratio (%). The finding points at the unit, or at the const whose value
has it.

    bad:   latency <= 50Mbps
    good:  latency <= 15ms
""",
    ),
    Entry(
        "E0208",
        "unknown const",
        """\
Where a quantity is expected a bare word is the name of a `const`, and there is none of this name.

    bad:   latency <= interactiv
    good:  const interactive = 25ms
           … latency <= interactive
""",
    ),
    Entry(
        "E0209",
        "value out of range",
        """\
The value has the right type but cannot be meant: a bound or rate of nothing, a ceiling below the committed rate, a
share above 100 %, a code point above 63, ports above 65535 or in the wrong order, zero failures to survive.

    bad:   bandwidth 50Mbps per pair ceiling 10Mbps
    good:  bandwidth 50Mbps per pair ceiling 80Mbps
""",
    ),
    Entry(
        "E0210",
        "defined by itself",
        """\
A group (or the hosts of a service) is a set of other things; followed far enough this one leads back to itself.
Nothing that depends on it is looked at.

    bad:   group a = b, ber
           group b = a, muc
    good:  group b = muc
           group a = b, ber
""",
    ),
    Entry(
        "E0211",
        "profiles extend each other in a circle",
        """\
A profile brings the clauses of those that it extends; followed far enough this one extends itself, or more than 50
others in a row. A profile that is reached on two ways is fine and counts once.

    bad:   profile a extends b { }
           profile b extends a { }
    good:  profile base { }
           profile a extends base { }
           profile b extends base { }
""",
    ),
    Entry(
        "E0220",
        "not an end of traffic",
        """\
Traffic starts and ends at nodes and sites, or at what stands for them: regions, groups and services. Links,
providers, media, SRLGs and intents can stand in other places only (`avoid`, `via`, `encrypt on links where`,
assertions).

    bad:   from links where media == "fiber"
    good:  from nodes where role == "pe"
""",
    ),
    Entry(
        "E0224",
        "nothing to import",
        """\
There is no file at this path. The path is relative to the file that has the `import`, with `/` between folders.

    bad:   import "shared.intent"             # in intents/fraud/; the file is in intents/
    good:  import "../shared.intent"
""",
    ),
    Entry(
        "E0225",
        "imports run in a circle",
        """\
Names may be used across files in any order, so a circle of imports is never needed; it hides what a file stands on.
Move what both files need into a third one.

    bad:   a.intent imports b.intent, and b.intent imports a.intent
    good:  both import shared.intent
""",
    ),
    Entry(
        "E0226",
        "import from outside the project",
        """\
An import stays inside the project's folder, so that a checkout is all that a compilation depends on.

    bad:   import "/etc/intents/shared.intent"
    good:  import "shared.intent"
""",
    ),
    Entry(
        "E0231",
        "unknown code point",
        """\
The names are those of the IANA registry: DF, LE, CS0 to CS7, AF11 to AF43, EF, VOICE-ADMIT; letter case does not
matter. Any other code point is written as its number, 0 to 63.

    bad:   match dscp AF44
    good:  match dscp AF43
""",
    ),
    Entry(
        "E0232",
        "prefix with host bits",
        """\
The address in front of the slash has bits set beyond the length of the prefix, so one of the two is probably a typing
error.

    bad:   prefix 10.20.0.1/24
    good:  prefix 10.20.0.0/24
""",
    ),
)

ENTRIES: tuple[Entry, ...] = tuple(
    sorted((*_DECLARATION_ENTRIES, *CLAUSE_ENTRIES, *CHAIN_ENTRIES), key=lambda entry: entry.code)
)
