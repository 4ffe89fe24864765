"""A second opinion on what EOS starts from in a lab: the schema and the templates of Arista's AVD, as in `support_eos_avd`."""

from __future__ import annotations

import re

from support_eos_avd import places

from intentc.targetkit.kit import parse_cli

FILLED_IN = {
    "{{ .MgmtIPv4Gateway }}": "192.0.2.1",
    "{{ .MgmtIPv6Gateway }}": "2001:db8::1",
    "{{ .MgmtIntf }}": "Management0",
    "{{ .MgmtIPv4Address }}/{{ .MgmtIPv4PrefixLength }}": "192.0.2.7/24",
    "{{ .MgmtIPv6Address }}/{{ .MgmtIPv6PrefixLength }}": "2001:db8::7/64",
}
GUARDS = re.compile(r"\{\{- (?:if \S+|end) \}\}")
UNJUDGED = (  # lines for which the project's model has no word; Arista's manuals have them
    "username admin privilege 15 secret admin",  # it knows passwords as hashes only
    "management api netconf",
    "management api netconf / transport ssh default",
    r"mpls label range isis-sr \d+ \d+",
    r"router isis \S+ / segment-routing mpls / router-id \S+",
    "end",
)
NUMBERS = frozenset(("mtu", "isis_metric"))
PORT = {  # lines of a port, and what the model says instead
    r"description (.+)": "description",
    r"mtu (\d+)": "mtu",
    r"ip address (\S+)": "ip_address",
    r"ipv6 address (\S+)": "ipv6_address",
    r"isis enable (\S+)": "isis_enable",
    r"isis circuit-type (\S+)": "isis_circuit_type",
    r"isis metric (\d+)": "isis_metric",
}
SWITCHES = {
    "isis passive": {"isis_passive": True},
    "isis network point-to-point": {"isis_network_point_to_point": True},
    "no switchport": {"switchport": {"enabled": False}},
}
LISTS = {"Loopback": "loopback_interfaces", "Ethernet": "ethernet_interfaces", "Management": "management_interfaces"}
SINGLE = {
    "service routing protocols model multi-agent": {"service_routing_protocols_model": "multi-agent"},
    "ip routing": {"ip_routing": True},
    "ipv6 unicast-routing": {"ipv6_unicast_routing": True},
    "mpls ip": {"mpls": {"ip": True}},
}


def filled(text):
    """The file as containerlab hands it to a device."""
    for blank, value in FILLED_IN.items():
        text = text.replace(blank, value)
    return "\n".join(line for line in text.splitlines() if not GUARDS.fullmatch(line.strip())) + "\n"


def port(made, node):
    name = node.text.split()[1]
    one = {"name": name}
    for child in node.children:
        bfd = re.fullmatch(r"bfd interval (\d+) min-rx (\d+) multiplier (\d+)", child.text)
        index = re.fullmatch(r"node-segment ipv4 index (\d+)", child.text)
        second = re.fullmatch(r"ip address (\S+) secondary", child.text)
        if bfd is not None:
            one["bfd"] = {"interval": int(bfd[1]), "min_rx": int(bfd[2]), "multiplier": int(bfd[3])}
        elif index is not None:
            one["node_segment"] = {"ipv4_index": int(index[1])}
        elif second is not None:
            one.setdefault("ip_address_secondaries", []).append(second[1])
        one |= SWITCHES.get(child.text, {})
        for form, key in PORT.items():
            found = re.fullmatch(form, child.text)
            if found is not None:
                one[key] = int(found[1]) if key in NUMBERS else found[1]
    made.setdefault(next(key for word, key in LISTS.items() if name.startswith(word)), []).append(one)


def process(made, node):
    one = {"instance": node.text.split()[2]}
    for child in node.children:
        family = re.fullmatch(r"address-family (ipv[46]) unicast", child.text)
        below = [line.text for line in child.children]
        if family is not None:
            one[f"address_family_{family[1]}"] = {"enabled": True, "bfd_all_interfaces": "bfd all-interfaces" in below}
        elif child.text.startswith("net "):
            one["net"] = child.text.split()[1]
        elif child.text.startswith("is-type "):
            one["is_type"] = child.text.split()[1]
        elif child.text == "set-overload-bit":
            one["set_overload_bit"] = {"enabled": True}
        elif child.text == "segment-routing mpls":
            (number,) = (text.split()[1] for text in below if text.startswith("router-id "))
            one["segment_routing_mpls"] = {"enabled": "no shutdown" in below, "router_id": number}
    made["router_isis"] = one


def model_of(text):
    """The project's model of what a start-up file says."""
    made: dict = {"is_deployed": True}
    for node in parse_cli(text):
        made |= SINGLE.get(node.text, {})
        words = node.text.split()
        if words[0] == "hostname":
            made["hostname"] = words[1]
        elif words[0] == "interface":
            port(made, node)
        elif words[:2] == ["ip", "route"]:
            made.setdefault("static_routes", []).append({"prefix": words[2], "next_hop": words[3]})
        elif words[:2] == ["ipv6", "route"]:
            made.setdefault("ipv6_static_routes", []).append({"prefix": words[2], "next_hop": words[3]})
        elif words[:2] == ["router", "isis"]:
            process(made, node)
        elif node.text == "management api http-commands":
            made["management_api_http"] = {"enable_https": True}
    return made


def second_opinion(text):
    """What the project says against a file: errors of its schema, and lines that it would not write so, in order."""
    import pyavd

    whole = filled(text)
    model = model_of(whole)
    judged = pyavd.validate_structured_config(model).validation_result
    errors = [f"{'.'.join(map(str, item.path))}: {item.message}" for item in judged.violations]
    if errors:
        return errors
    written = set(places(parse_cli(pyavd.get_device_config(model))))
    found = [" / ".join(place) for place in places(parse_cli(whole)) if place not in written]
    return [line for line in found if not any(re.fullmatch(form, line) for form in UNJUDGED)]
