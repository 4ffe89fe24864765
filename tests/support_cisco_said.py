"""What the command lines of IOS XR and IOS XE say in other words than Cisco's published models, or leave out, and why.

Of each platform in turn, as `re.sub` takes it: the words of the command line, those of the models, and why they differ. "^": the lines
of the mode stand here, and what follows on the line stands beside them.
"""

from __future__ import annotations

_SIDE4, _SIDE6 = r"any|host \S+|[\d.]+ [\d.]+", r"any|host \S+|\S+/\d+"
_XR_SIDE = r"any|host \S+|\S+/\d+"
_FORMS = "an end has a word for each of its forms"
_PORTS = r"(?: eq \S+| range \S+ \S+)?"
SAID = {
    "iosxr": (
        (r"^(?=\d+ (?:permit|deny) )", "sequence ", "entries begin with their number"),
        (r"^(\d+)$", r"sequence \1", "an entry goes by its number"),
        (
            rf"^(sequence \d+ \w+) (\S+) ({_XR_SIDE})({_PORTS}) ({_XR_SIDE})({_PORTS})",
            r"\1 protocol \2 source \3\4 destination \5\6",
            "protocol and ends stand by their order",
        ),
        (r"(?<= )(\S+:\S*|[\d.]+)/(\d+)(?= |$)", r"address \1 prefix-length \2", "a prefix is one word"),
        (r"(?<=^)(\S+:\S*|[\d.]+)/(\d+) ", r"prefix \1 \2 ", "a static route begins with its prefix"),
        (r"(?<= )eq (\d+)", r"port eq \1", "ports stand behind their end"),
        (r"(?<= )range (\d+) (\d+)", r"port range start-value \1 end-value \2", "ports stand behind their end"),
        (r"(^sequence .*destination .*\d) (\d+)$", r"\1 icmp message-type \2", "a type of ICMP stands alone"),
        (r"(^sequence .*) dscp (\d+)", r"\1 dscp dscp-value \2", "a plain value has no word of its own"),
        (r"^(prefix \S+ \d+) ([A-Z]\S+)$", r"\1 nexthop-interface \2", "an interface alone is the next hop"),
        (r"^class-map (match-\w+) (\S+)", r"class-map \2 ^ \1", "how classes match stands before their name"),
        (r"^class (\S+)", r"class \1 qos", "the common type of a class is not typed"),
        (r"^match (dscp) ", r"match \1 value ", "values of a list alone"),
        (r"^match mpls experimental topmost ", r"match mpls experimental topmost label ", "values of a list alone"),
        (r"^match traffic-class ", r"match traffic-class id ", "values of a list alone"),
        (
            r"(?<!-)(bandwidth|rate|burst|peak-rate|peak-burst) (\d+) (\w+)",
            r"\1 value \2 unit \3",
            "amounts and their units stand by their order",
        ),
        (r"^police ", "police ^ ", "what is done stands beside the rates"),
        (r"^bandwidth remaining (\w+) (\d+)", r"bandwidth-remaining unit \1 value \2", "two words are one"),
        (r"^shape average (\d+) (\w+)", r"shape average rate value \1 unit \2", "the only kind of a shape"),
        (r"^random-detect ecn", "random-detect-ecn", "two words are one"),
        (
            r"^random-detect (dscp|discard-class) (\d+) (.*)",
            r"random-detect \3 \1 \2",
            "what is dropped early stands before the thresholds",
        ),
        (r"^service-policy (?!input |output )", "service-policy name ", "the name of a child stands alone"),
        (
            r"access-group (\S+) ingress$",
            r"access-group ingress access-list-name-1 name \1",
            "the direction stands last",
        ),
        (r"access-group (\S+) egress$", r"access-group egress access-list-name name \1", "the direction stands last"),
        (r"^fast-reroute per-prefix$", "fast-reroute enable per-prefix", "what is switched on stands alone"),
        (r"^traffic-eng$", "traffic-engineering", "this part is in Cisco's native model, which has words of its own"),
        (r"^segment-list ", "segment ", "native model"),
        (r"^index (\d+) mpls label ", r"segment \1 segment-type mpls-label mpls-label ", "native model"),
        (
            r"^index (\d+) mpls adjacency ",
            r"segment \1 segment-type ip-adjacency-address adjacency-address ",
            "native model",
        ),
        (
            r"^color (\d+) end-point (ipv\d) ",
            r"policy-color-endpoint color \1 end-point-type end-point-type-\2 end-point-address ",
            "native model",
        ),
        (r"^path-invalidation drop$", "invalidation-drop", "native model"),
        (r"^explicit segment-list ", "path-info explicit mpls ", "native model"),
        (r"^invalidation-action ", "invalidation-action invalid-ation-action-", "native model"),
        (r"^local-discriminator (?=\d)", "local-discriminator thirty-two-bit-local-discriminator ", "it stands alone"),
        (r"^source address ", "source address ipv4-address ", "an address of either family"),
        (
            r"^twamp-light test-session (\d+) local-ip (\S+) local-port (\d+) remote-ip (\S+) remote-port (\S+) vrf ",
            r"twamp-light test-session session \1 local-ip ipv4-address \2 \3 remote-ip ipv4-address \4 \5 ",
            "addresses of either family",
        ),
    ),
    "iosxe": (
        (
            r"^(\d+) (permit|deny) (\S+) ",
            r"access-list-seq-rule \1 ace-rule action \2 protocol \3 from4 ",
            "entries of IPv4 stand by their order",
        ),
        (
            r"^sequence (\d+) (permit|deny) (\S+) ",
            r"access-list-seq-rule \1 ace-rule action \2 protocol \3 from6 ",
            "entries of IPv6 stand by their order, behind a word",
        ),
        (r"^(\d+)$", r"access-list-seq-rule \1", "an entry of IPv4 goes by its number"),
        (r"^sequence (\d+)$", r"access-list-seq-rule \1", "an entry of IPv6 goes by its number, behind a word"),
        (rf" from(\d) ({_SIDE4}|{_SIDE6})({_PORTS}) ", r" from\1 \2\3 to\1 ", "entries stand by their order"),
        (r" (eq|range) (.*)(?= to\d )", r" src-\1 \2", "ports stand behind their end"),
        (r" to(\d) (.*) (eq|range) ", r" to\1 \2 dst-\3 ", "ports stand behind their end"),
        (r" (src|dst)-range (\d+) (\d+)", r" \1-range1 \2 \1-range2 \3", "the two ends of a range"),
        (r" from\d any", " any", _FORMS),
        (r" from4 host ", " host-address ", _FORMS),
        (r" from4 (\d\S*) ", r" ipv4-address \1 mask ", _FORMS),
        (r" from6 (?=\S+/)", " source-prefix ", _FORMS),
        (r" to4 any", " dst-any", _FORMS),
        (r" to4 host ", " dst-host-address ", _FORMS),
        (r" to4 (\d\S*) ", r" dest-ipv4-address \1 dest-mask ", _FORMS),
        (r" to6 any", " destination-any", _FORMS),
        (r" to6 host ", " destination-host ", _FORMS),
        (r" to6 (?=\S+/)", " destination-prefix ", _FORMS),
        (r" (nd-n[as])$", r" named-msg-type \1", "a type of ICMP stands alone"),
        (r"^ipv6 access-list ", "ipv6 access-list named-acl ", "lists of IPv6 all have names"),
        (r"^interface ([A-Za-z]+)(?=\d)", r"interface \1 ", "each kind of interface is a list of its own"),
        (
            r"^class-map (match-\w+) (\S+)",
            r"policy class-map \2 ^ prematch \1",
            "how classes match stands before their name",
        ),
        (r"^policy-map ", "policy policy-map ", "one part for policies and classes"),
        (r"^police ", "action-list police police-policy-map police ^ ", "what is done stands beside the rates"),
        (r"^(conform|exceed|violate)-action (transmit|drop)$", r"actions \1-\2 \1-action \2", "two words are one"),
        (
            r"^exceed-action set-dscp-transmit ",
            "actions exceed-set-dscp-transmit exceed-action set-dscp-transmit-config ",
            "two words are one",
        ),
        (
            r"^(?=(priority|bandwidth|queue-limit|shape|random-detect|set(?= dscp| mpls)|service-policy(?! input | output )) )",
            r"action-list \1 ",
            "actions of a class are a list by their kind",
        ),
        (
            r" queue-limit (\d+) ",
            r" queue-limit queue-limit-value \1 queue-limit-type ",
            "a unit stands behind its amount",
        ),
        (r" shape average ", " shape average bit-rate ", "a rate alone"),
        (r" set dscp ", " set dscp dscp-val ", "a value alone"),
        (r" experimental imposition ", " experimental imposition exp-value ", "a value alone"),
        (
            r" random-detect dscp (\d+) (\d+) (\w+) (\d+) (\w+) (\d+)",
            r" random-detect dscp \1 min-threshold \2 min-threshold-unit \3 max-threshold \4 max-threshold-unit \5 denominator \6",
            "thresholds stand by their order",
        ),
        (
            r"^route-map (\S+) (permit|deny) (\d+)",
            r"route-map \1 route-map-without-order-seq \3 ^ operation \2",
            "a sequence stands in the line of its map",
        ),
        (r"^match (ipv?6?) address ", r"match \1 address access-list ", "a list is what is matched in common"),
        (r"^set ip next-hop recursive ", "set ip next-hop recursive ipv4 ", "an address alone"),
        (
            r"^ip route (\S+ \S+ \S+) (\d+) name (\S+) track (\d+)",
            r"ip route ip-route-interface-forwarding-list \1 metric \2 name \3 track-id-name id \4",
            "a route stands by its order",
        ),
        (
            r"^ip route (\d\S+ \S+ \S+) (\d+) name ",
            r"ip route ip-route-interface-forwarding-list \1 metric \2 name ",
            "a route stands by its order",
        ),
        (
            r"^(ip route ip-route-interface-forwarding-list \S+ \S+) (.* track-id-name .*)",
            r"\1 fwd-list-with-track \2",
            "next hops that are tracked are a list of their own",
        ),
        (
            r"^(ip route ip-route-interface-forwarding-list \S+ \S+) (?!fwd)",
            r"\1 fwd-list ",
            "next hops that are tracked are a list of their own",
        ),
        (
            r"^ipv6 route (\S+/\d+) (\S+) (\d+) ",
            r"ipv6 route ipv6-route-list \1 ipv6-fwd-list \2 distance \3 ",
            "a route stands by its order",
        ),
        (
            r"^track (\d+) ipv6 route ",
            r"track tracked-object-v2 \1 ipv6 route address ",
            "an object stands by its number",
        ),
        (
            r"^track (\d+) ip route (\S+) ",
            r"track tracked-object-v2 \1 ip route address \2 mask ",
            "an object stands by its number",
        ),
        (r"^track timer (ipv?6?) route ", r"track timer \1 route sec ", "seconds are the common unit"),
        (r"(local|remote)-ip ", r"\1-ip address ", "an address alone"),
        (r"^router isis ", "router isis-container isis ", "a container around the processes"),
        (
            r"^isis fast-reroute ti-lfa protection ",
            "isis fast-reroute ti-lfa protection fast-reroute-tilfa-list ",
            "a list by levels",
        ),
        (
            r"^bfd interval (\d+) min_rx (\d+)",
            r"bfd interval-interface msecs \1 min_rx \2",
            "amounts stand behind their words",
        ),
        (r"^ip ospf bfd$", "ip router-ospf ospf bfd", "what a process gives and what an interface has are two parts"),
        (r"^ip access-group (\S+) (in|out)$", r"ip access-group \2 acl acl-name \1 \2", "the direction stands last"),
        (
            r"^ipv6 traffic-filter (\S+) (in|out)$",
            r"ipv6 traffic-filter \2 access-list \1",
            "the direction stands last",
        ),
        (r"^telemetry ietf subscription ", "mdt-config-data mdt-subscription ", "telemetry has a model of its own"),
        (r"^(encoding|source-address|stream) ", r"base \1 ", "telemetry: what is not of a receiver is in one part"),
        (r"^filter xpath ", "base xpath ", "telemetry: the only kind of a filter"),
        (r"^update-policy periodic ", "base period ", "telemetry: the only kind of an update"),
        (r"^receiver ip address ", "mdt-receivers ", "telemetry: receivers are a list by address and port"),
    ),
}
