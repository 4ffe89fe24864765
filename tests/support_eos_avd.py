"""A second opinion on lines of EOS: the schema and the templates of Arista's own open project AVD (pyavd on PyPI, Apache-2.0).

Lines are read into that project's model of a device, which its schema judges: known keys, kinds, enumerations, bounds. Its templates
write the model as they write configurations of devices in use, and a line has to stand there letter by letter, in the same mode.
What the model has no word for is returned as such, never passed over. Numbers without a bound in the schema (traffic classes, rates) and
the words behind `qos map exp` are taken as they are: there this is an opinion on words, not on numbers.
"""

from __future__ import annotations

import re

from intentc.targetkit.kit import parse_cli

PORTS = r"(?: (?P<{0}_how>(?!dscp)\w+) (?P<{0}_ports>\d+(?: \d+)?))?"
SIDE = r"(?P<{0}>any|host \S+|\S+/\d+)"
ENTRY = re.compile(
    rf"(?P<sequence>\d+) (?P<action>\w+) (?P<protocol>\w+) {SIDE}{PORTS} ".format("source")
    + rf"{SIDE}{PORTS}(?: (?P<icmp>\d+))?(?: dscp (?P<dscp>\w+))?".format("destination")
)
REMARK = re.compile(r"(\d+) remark (.+)")
POLICE = re.compile(
    r"police rate (\d+) (\w+) burst-size (\d+) (\w+)(?: action set (\w+) (\w+) rate (\d+) (\w+) burst-size (\d+) (\w+))?"
)
DROP = re.compile(
    r"random-detect drop(?: drop-precedence (\d+))? minimum-threshold (\d+) (\w+) maximum-threshold (\d+) \3 drop-probability (\d+)"
)
ECN = re.compile(
    r"random-detect ecn minimum-threshold (\d+) (\w+) maximum-threshold (\d+) \2 max-mark-probability (\d+)"
)
SECOND = ("higher_rate", "higher_rate_unit", "higher_rate_burst_size", "higher_rate_burst_size_unit")


def stated(**values):
    """Return a part of the model with what a line says of it."""
    return {key: value for key, value in values.items() if value is not None}


def numbered(text):
    return int(text) if text is not None else None


def entry(line):
    remark, found = REMARK.fullmatch(line), ENTRY.fullmatch(line)
    if remark is not None:
        return {"sequence": int(remark[1]), "remark": remark[2]}
    if found is None:
        return None
    return stated(
        sequence=int(found["sequence"]),
        action=found["action"],
        protocol=found["protocol"],
        source=found["source"].removeprefix("host "),
        source_ports_match=found["source_how"],
        source_ports=found["source_ports"] and found["source_ports"].split(),
        destination=found["destination"].removeprefix("host "),
        destination_ports_match=found["destination_how"],
        destination_ports=found["destination_ports"] and found["destination_ports"].split(),
        icmp_type=found["icmp"],
        dscp=found["dscp"],
    )


def access_list(made, node, name, key):
    entries = [entry(child.text) for child in node.children]
    one = {"name": name, "entries": [item for item in entries if item is not None]}
    if any(child.text == "counters per-entry" for child in node.children):
        one["counters_per_entry"] = True
    made.setdefault(key, []).append(one)


def class_map(made, node, kind, name):
    one = {"name": name}
    for child in node.children:
        found = re.fullmatch(r"match (\w+) access-group (\S+)", child.text)
        if found is not None:
            one[found[1]] = {"access_group": found[2]}
    made.setdefault("class_maps", {}).setdefault(kind, []).append(one)


def qos_action(one, line):
    found = re.fullmatch(r"set (dscp|traffic-class|drop-precedence) (\S+)", line)
    if found is not None:
        value = found[2] if found[1] == "dscp" else int(found[2])
        one.setdefault("set", {})[found[1].replace("-", "_")] = value
    police = POLICE.fullmatch(line)
    if police is not None:
        rate, unit, burst, burst_unit, kind, value, *second = police.groups()
        one["police"] = {
            "rate": int(rate),
            "rate_unit": unit,
            "rate_burst_size": int(burst),
            "rate_burst_size_unit": burst_unit,
        }
        if kind is not None:
            numbers = (int(item) if item.isdigit() else item for item in second)
            one["police"] |= {"action": {"type": kind, "dscp_value": value}} | dict(zip(SECOND, numbers, strict=True))


def qos_policy(made, node, name):
    classes = []
    for child in node.children:
        one = {"name": child.text.removeprefix("class ")}
        for line in child.children:
            qos_action(one, line.text)
        classes.append(one)
    made.setdefault("policy_maps", {}).setdefault("qos", []).append({"name": name, "classes": classes})


def pbr_policy(made, node, name):
    classes = []
    for child in node.children:
        index, _, own = child.text.partition(" class ")
        one = {"name": own, "index": int(index)}
        for line in child.children:
            found = re.fullmatch(r"set nexthop( recursive)? (\S+)", line.text)
            if found is not None:
                one["set"] = {"nexthop": {"ip_address": found[2], "recursive": found[1] is not None}}
        classes.append(one)
    made.setdefault("policy_maps", {}).setdefault("pbr", []).append({"name": name, "classes": classes})


def early(line):
    """Return what a queue does with packets before it is full."""
    drop, ecn = DROP.fullmatch(line), ECN.fullmatch(line)
    if drop is not None:
        precedence, least, unit, most, probability = drop.groups()
        threshold = stated(drop_precedence=numbered(precedence), units=unit, min=int(least), max=int(most))
        return {"drop": {"threshold": threshold | {"drop_probability": int(probability)}}}
    if ecn is not None:
        least, unit, most, probability = ecn.groups()
        return {
            "ecn": {
                "threshold": {"units": unit, "min": int(least), "max": int(most), "max_probability": int(probability)}
            }
        }
    return {}


def queue(node):
    one = {"id": int(node.text.split()[-1])}
    for line in node.children:
        shape = re.fullmatch(r"shape rate (\d+ \w+)", line.text)
        share = re.fullmatch(r"bandwidth percent (\d+)", line.text)
        if line.text in {"priority strict", "no priority"}:
            one["priority"] = line.text
        elif shape is not None:
            one["shape"] = {"rate": shape[1]}
        elif share is not None:
            one["bandwidth_percent"] = int(share[1])
        elif early(line.text):
            one.setdefault("random_detect", {}).update(early(line.text))
    return one


def qos_profile(made, node, name):
    one = {"name": name}
    for child in node.children:
        shape = re.fullmatch(r"shape rate (\d+ \w+)", child.text)
        pause = re.fullmatch(r"priority-flow-control priority (\d+) no-drop", child.text)
        if shape is not None:
            one["shape"] = {"rate": shape[1]}
        elif child.text == "priority-flow-control on":
            one.setdefault("priority_flow_control", {})["enabled"] = True
        elif pause is not None:
            priorities = one.setdefault("priority_flow_control", {}).setdefault("priorities", [])
            priorities.append({"priority": int(pause[1]), "no_drop": True})
        elif re.fullmatch(r"(uc-)?tx-queue \d+", child.text):
            key = child.text.split()[0].replace("-", "_") + "s"
            one.setdefault(key, []).append(queue(child))
    made.setdefault("qos_profiles", []).append(one)


PORT = (  # lines of a port, and where the model has their last word
    (r"ip access-group (\S+) in", ("access_group_in",)),
    (r"ip access-group (\S+) out", ("access_group_out",)),
    (r"ipv6 access-group (\S+) in", ("ipv6_access_group_in",)),
    (r"ipv6 access-group (\S+) out", ("ipv6_access_group_out",)),
    (r"service-profile (\S+)", ("service_profile",)),
    (r"service-policy type pbr input (\S+)", ("service_policy", "pbr", "input")),
    (r"service-policy type qos input (\S+)", ("service_policy", "qos", "input")),
)


def port(made, node, name):
    one = {"name": name}
    for child in node.children:
        bfd = re.fullmatch(r"bfd interval (\d+) min-rx (\d+) multiplier (\d+)", child.text)
        if bfd is not None:
            one["bfd"] = {"interval": int(bfd[1]), "min_rx": int(bfd[2]), "multiplier": int(bfd[3])}
        elif child.text == "isis bfd":
            one["isis_bfd"] = True
        for form, (*above, last) in PORT:
            found = re.fullmatch(form, child.text)
            place = one
            for key in above if found is not None else ():
                place = place.setdefault(key, {})
            if found is not None:
                place[last] = found[1]
    key = "ethernet_interfaces" if name.startswith("Ethernet") else "port_channel_interfaces"
    made.setdefault(key, []).append(one)


def route(made, _node, prefix, via, distance, name):
    way = {"interface": via} if via == "Null0" else {"next_hop": via}
    one = stated(prefix=prefix, distance=numbered(distance), name=name) | way
    made.setdefault("static_routes", []).append(one)


def process(made, node, instance):
    one = {"instance": instance}
    for child in node.children:
        family = re.fullmatch(r"address-family (ipv[46]) unicast", child.text)
        key = f"address_family_{family[1]}" if family is not None else ""
        for line in child.children if family is not None else ():
            mode = re.fullmatch(r"fast-reroute ti-lfa mode (\S+)(?: (\S+))?", line.text)
            if mode is not None:
                one[key] = {"enabled": True, "fast_reroute_ti_lfa": stated(mode=mode[1], level=mode[2])}
    made["router_isis"] = one


def seamless(made, node):
    for line in (line for child in node.children if child.text == "sbfd" for line in child.children):
        found = re.fullmatch(r"reflector local-discriminator (\S+)", line.text)
        if found is not None:
            made["router_bfd"] = {"sbfd": {"reflector": {"local_discriminator": found[1]}}}


def labels(made, _node, words):
    """Read a line whose words after the first three the model takes as they are."""
    made.setdefault("qos", {}).setdefault("map", {}).setdefault("exp", []).append(words)


FAMILIES = (  # how a mode, or a line outside of one, begins; who reads it
    (r"ip access-list (?P<name>\S+)", access_list, {"key": "ip_access_lists"}),
    (r"ipv6 access-list (?P<name>\S+)", access_list, {"key": "ipv6_access_lists"}),
    (r"class-map type (?P<kind>qos|pbr) match-any (?P<name>\S+)", class_map, {}),
    (r"policy-map type quality-of-service (?P<name>\S+)", qos_policy, {}),
    (r"policy-map type pbr (?P<name>\S+)", pbr_policy, {}),
    (r"qos profile (?P<name>\S+)", qos_profile, {}),
    (r"interface (?P<name>\S+)", port, {}),
    (r"ip route (?P<prefix>\S+) (?P<via>\S+)(?: (?P<distance>\d+))?(?: name (?P<name>\S+))?", route, {}),
    (r"router isis (?P<instance>\S+)", process, {}),
    (r"router bfd", seamless, {}),
    (r"qos map exp (?P<words>.+)", labels, {}),
)


def model_of(text):
    """Return the model of what lines say."""
    made = {"hostname": "r1", "is_deployed": True}
    for node in parse_cli(text):
        for form, read, more in FAMILIES:
            found = re.fullmatch(form, node.text)
            if found is not None:
                read(made, node, **found.groupdict(), **more)
    return made


def places(nodes, above=()):
    """Yield every line with the lines of the modes that it stands in."""
    for node in nodes:
        yield (*above, node.text)
        yield from places(node.children, (*above, node.text))


def second_opinion(text):
    """Return what the project says against lines: errors of its schema, and lines that it would not write so, in order."""
    import pyavd

    model = model_of(text)
    judged = pyavd.validate_structured_config(model).validation_result
    errors = [f"{'.'.join(map(str, item.path))}: {item.message}" for item in judged.violations]
    if errors:
        return errors
    written = set(places(parse_cli(pyavd.get_device_config(model))))
    return [" / ".join(place) for place in places(parse_cli(text)) if place not in written]
