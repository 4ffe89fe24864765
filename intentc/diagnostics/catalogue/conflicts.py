"""Codes of group E04xx: conflicts."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0401",
        "intents contradict each other",
        """\
Some packet matches both intents, and they treat it differently: another class, other constraints on its path, other
bounds, encryption or policing. Two rates are different policing unless the matches are equal: what both match could
count for one of them only, so the rates do not add up. The finding shows one such packet and where it enters. It
stands at the later declaration (by file path, then by line); the earlier one stays in effect.

If one match lies wholly within the other, the narrower one wins by itself. Else say which one wins with `overrides`,
or take the packets out of one match with `except`.

    bad:   intent a { from ber to fra  match tcp/443, tcp/80   priority high }
           intent b { from ber to fra  match tcp/443, udp/443  priority low }
    good:  intent b { from ber to fra  match tcp/443, udp/443  priority low  overrides a }
""",
    ),
    Entry(
        "E0405",
        "no order of evaluation",
        """\
Where two intents overlap, one is evaluated first: the one that overrides the other, else the one with the narrower
match. Taken together these rules run in a circle here, so that every intent would have to come before itself.

    bad:   intent a { … overrides b }
           intent b { … overrides a }
    good:  intent a { … overrides b }
           intent b { … }
""",
    ),
    Entry(
        "E0406",
        "collector where the traffic may not go",
        """\
Measurements tell about the traffic, so the rules for its regions hold for them too: the collector of a pinned intent
is inside the pinned regions, that of one that avoids a region is not in it. A collector without a region may be
anywhere.

    bad:   pin region eu  telemetry every 10s to otel-us
    good:  pin region eu  telemetry every 10s to otel-eu
""",
    ),
    Entry(
        "N0402",
        "the narrower match wins",
        """\
Every packet of this intent is matched by another one too, which treats it differently and matches more. The narrower
match wins, as in a list of exceptions. Write `overrides` in the wider one if it should be the other way round.

    bad:   intent web { from ber  to fra }   intent shop { from ber  to fra  match tcp/443  priority high }
    good:  intent web { from ber  to fra  overrides shop }
           intent shop { from ber  to fra  match tcp/443  priority high }
""",
    ),
    Entry(
        "N0403",
        "forward traffic wins over replies",
        """\
What this intent matches may also be a reply to traffic of another intent, which treats it differently. Such packets
are treated as this intent says, since it names them; the other one only implies them.

    bad:   intent a { from ber  to fra  priority high }   intent b { from fra  to ber  priority low }
    good:  intent a { from ber  to fra  priority high  unidirectional }
           intent b { from fra  to ber  priority low  unidirectional }
""",
    ),
    Entry(
        "N0404",
        "rates add up",
        """\
Two intents match exactly the same packets and treat them alike, so they are served as one, with the sum of their
rates, bursts and ceilings. The intent that is first by name carries the demands.

    bad:   intent a { from ber  to fra  bandwidth 10Mbps }   intent b { from ber  to fra  bandwidth 20Mbps }
    good:  intent a { from ber  to fra  bandwidth 30Mbps }
""",
    ),
    Entry(
        "W0407",
        "intent that is never in effect",
        """\
Every packet that this intent matches is matched by others that win over it, by `overrides` or by their narrower
matches, so nothing of what it asks ever happens. Leave it out, or leave it some packets by `except` in the others.

    bad:   intent a { from ber to fra  match tcp/80  priority high }
           intent b { from ber to fra  match any     priority low  overrides a }
    good:  intent b { from ber to fra  match any except tcp/80  priority low }
""",
    ),
    Entry(
        "W0408",
        "isolation opened by a wider intent",
        """\
An isolated prefix is reached by the flows of intents that name it. This one does so only because its ends hold more
than the prefix, such as a whole site: it opens what another intent closed. The finding shows a packet that passes. If
it is meant, write an intent for the isolated service; else take its prefix out.

    bad:   intent a { from ber to db        isolate }
           intent b { from muc to site fra }
    good:  intent b { from muc to site fra  match tcp/443 except prefix 10.2.0.0/24 to 10.30.0.0/24 }
""",
    ),
)
