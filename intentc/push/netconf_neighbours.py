"""Who is up next to a device, over NETCONF: what to ask a platform's server for, out of its own models, and what its answer says.

Only what the servers declare is asked for, with filters that name the leaves that are read: an answer holds neighbours, not tables.
Sources: Nokia's and OpenConfig's published models (`srl_nokia-bfd`, `-bgp`, `-isis`, `-ospf` 25.3; `openconfig-network-instance`, `-bfd`),
Cisco's operational models by name (`Cisco-IOS-XR-clns-isis-oper`, `-ip-bfd-oper`, `-ipv4-bgp-oper`; `Cisco-IOS-XE-bgp-oper`,
`-ospf-oper`, `-isis-oper`), Juniper's operational requests (Junos XML API, `get-…-information`). OSPF of IOS XR and BFD of IOS XE are
not asked for: no published answer of theirs was at hand to read it by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.targetkit.xml_reading import XmlNode, parse_xml
from intentc.values import frozen

# How the words for a session that is up end, in any of the models: `UP`, `isis-adj-up-state`, `bgp-st-estab`, `ospf-nbr-full`.
_UP = frozenset({"up", "up-state", "established", "estab", "full"})
_XR, _XE = "http://cisco.com/ns/yang/Cisco-IOS-XR-", "http://cisco.com/ns/yang/Cisco-IOS-XE-"
_SRL, _OC = "urn:nokia.com:srlinux:", "http://openconfig.net/yang/"
_JUNOS = "http://xml.juniper.net/netconf/junos/"
_YANG_LIBRARY = "urn:ietf:params:netconf:capability:yang-library:"


@frozen
class Watch:
    """One protocol of one platform: the request, and where in its answer sessions, their state, and what names them stand.

    `model` is how the name of the capability begins with which a server declares that it answers. `labels` are paths below the
    element of a session, or (`..` before them) names of leaves of the elements around it.
    """

    protocol: str
    model: str
    request: str
    record: str
    state: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]


def watches_of(platform: str, capabilities: Sequence[str]) -> tuple[Watch, ...]:
    """Return what there is to ask a server for; where it declares no model (YANG library), all that its platform has."""
    known = _WATCHES.get(platform, ())
    declared = tuple(one for one in known if any(uri.startswith(one.model) for uri in capabilities))
    has_library = any(uri.startswith(_YANG_LIBRARY) for uri in capabilities)
    return declared or (known if has_library else ())


def up_in(watch: Watch, answer: str) -> tuple[str, ...]:
    """Return who is up by an answer, sorted; raises `XmlError` for what is no document."""
    return tuple(sorted(set(_up(parse_xml(answer), watch, ()))))


def _up(node: XmlNode, watch: Watch, around: tuple[XmlNode, ...]) -> Iterator[str]:
    if node.name == watch.record and is_up(node.value(*watch.state) or ""):
        words = (_label(node, path, around) for path in watch.labels)
        yield " ".join((watch.protocol, *(word for word in words if word)))
    for child in node.children:
        yield from _up(child, watch, (*around, node))


def is_up(state: str) -> bool:
    """Return whether a state of any of the models, an identity or a word, says that the session is up."""
    word = state.rpartition(":")[2].lower().replace("_", "-")
    return any(word == end or word.endswith(f"-{end}") for end in _UP)


def _label(node: XmlNode, path: tuple[str, ...], around: tuple[XmlNode, ...]) -> str:
    if path[0] != "..":
        return node.value(*path) or ""
    return next((found for one in reversed(around) if (found := one.value(*path[1:])) is not None), "")


def _asked(protocol: str, model: str, path: str, state: str, *labels: str) -> Watch:
    """Return what to ask for with `<get>`: a path of elements, `=` before a namespace, `+` before the key of a list on the way."""
    words = path.split()
    record = words[-1].partition("=")[0]
    text = _leaves(*(label for label in (*labels, state) if not label.startswith("..")))
    for word in reversed(words):
        head, _, key = word.partition("+")
        name, _, space = head.partition("=")
        start = f'{name} xmlns="{space}"' if space else name
        text = f"<{start}>{f'<{key}/>' if key else ''}{text}</{name}>"
    request = f'<get><filter type="subtree">{text}</filter></get>'
    return Watch(
        protocol, model, request, record, tuple(state.split("/")), tuple(tuple(one.split("/")) for one in labels)
    )


def _leaves(*paths: str) -> str:
    """Return the leaves to be selected; those of one container within one element."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        container, _, leaf = path.rpartition("/")
        groups.setdefault(container, []).append(f"<{leaf}/>")
    return "".join(
        f"<{container}>{''.join(found)}</{container}>" if container else "".join(found)
        for container, found in groups.items()
    )


def _requested(protocol: str, request: str, record: str, state: str, *labels: str) -> Watch:
    """Return what to ask a Junos device for, by a request of its own."""
    return Watch(protocol, _JUNOS, f"<{request}/>", record, (state,), tuple((label,) for label in labels))


_SRL_PROTOCOLS = f"network-instance={_SRL}net-inst:network-instance+name protocols"
_OC_PROTOCOLS = f"network-instances={_OC}network-instance network-instance+name protocols protocol+name"

_WATCHES = {
    "junos": (
        _requested(
            *("isis", "get-isis-adjacency-information", "isis-adjacency", "adjacency-state", "system-name"),
            "interface-name",
        ),
        _requested(
            *("ospf", "get-ospf-neighbor-information", "ospf-neighbor", "ospf-neighbor-state", "neighbor-id"),
            "interface-name",
        ),
        _requested("bgp", "get-bgp-summary-information", "bgp-peer", "peer-state", "peer-address"),
        _requested(
            *("bfd", "get-bfd-session-information", "bfd-session", "session-state", "session-neighbor"),
            "session-interface",
        ),
    ),
    "iosxr": (
        _asked(
            *("isis", f"{_XR}clns-isis-oper"),
            f"isis={_XR}clns-isis-oper instances instance+instance-name neighbors neighbor",
            *("neighbor-state", "system-id", "interface-name"),
        ),
        _asked(
            *("bgp", f"{_XR}ipv4-bgp-oper"),
            f"bgp={_XR}ipv4-bgp-oper instances instance+instance-name instance-active default-vrf neighbors neighbor",
            *("connection-state", "neighbor-address"),
        ),
        _asked(
            *("bfd", f"{_XR}ip-bfd-oper", f"bfd={_XR}ip-bfd-oper session-briefs session-brief"),
            *("state", "destination-address", "interface-name"),
        ),
    ),
    "iosxe": (
        _asked(
            *("bgp", f"{_XE}bgp-oper", f"bgp-state-data={_XE}bgp-oper neighbors neighbor"),
            *("session-state", "vrf-name", "neighbor-id"),
        ),
        _asked(
            *("ospf", f"{_XE}ospf-oper"),
            f"ospf-oper-data={_XE}ospf-oper ospf-state ospf-instance ospf-area ospf-interface+name ospf-neighbor",
            *("state", "neighbor-id", "../name"),
        ),
        _asked(
            *("isis", f"{_XE}isis-oper", f"isis-oper-data={_XE}isis-oper isis-instance+tag isis-neighbor"),
            *("state", "system-id", "level", "if-name"),
        ),
    ),
    "srlinux": (
        _asked(
            *("bgp", f"{_SRL}bgp:bgp", f"{_SRL_PROTOCOLS} bgp={_SRL}bgp:bgp neighbor"),
            *("session-state", "peer-address", "../name"),
        ),
        _asked(
            *("isis", f"{_SRL}isis:isis"),
            f"{_SRL_PROTOCOLS} isis={_SRL}isis:isis instance+name interface+interface-name adjacency",
            *("state", "neighbor-system-id", "adjacency-level", "../interface-name"),
        ),
        _asked(
            *("ospf", f"{_SRL}ospf:ospf"),
            f"{_SRL_PROTOCOLS} ospf={_SRL}ospf:ospf instance+name area+area-id interface+interface-name neighbor",
            *("adjacency-state", "router-id", "../interface-name"),
        ),
        _asked(
            *("bfd", f"{_SRL}bfd:bfd", f"bfd={_SRL}bfd:bfd network-instance+name peer"),
            *("session-state", "remote-address", "../name"),
        ),
    ),
    "openconfig": (
        _asked(
            *("bgp", f"{_OC}network-instance", f"{_OC_PROTOCOLS} bgp neighbors neighbor"),
            *("state/session-state", "neighbor-address", "../name"),
        ),
        _asked(
            *("isis", f"{_OC}network-instance"),
            f"{_OC_PROTOCOLS} isis interfaces interface+interface-id levels level+level-number adjacencies adjacency",
            *("state/adjacency-state", "system-id", "../level-number", "../interface-id"),
        ),
        _asked(
            *("ospf", f"{_OC}network-instance"),
            f"{_OC_PROTOCOLS} ospfv2 areas area+identifier interfaces interface+id neighbors neighbor",
            *("state/adjacency-state", "router-id", "../id"),
        ),
        _asked(
            *("bfd", f"{_OC}bfd", f"bfd={_OC}bfd interfaces interface+id peers peer"),
            *("state/session-state", "state/remote-address", "../id"),
        ),
    ),
}
