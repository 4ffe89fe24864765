"""Who is up next to a device, over NETCONF: what to ask a platform's server for, out of its own models, and what its answer says.

What there is to ask for is data of the targets (`netconf_words`).
Only what the servers declare is asked for, with filters that name the leaves that are read: an answer holds neighbours, not tables.
Sources: Nokia's and OpenConfig's published models (`srl_nokia-bfd`, `-bgp`, `-isis`, `-ospf` 25.3; `openconfig-network-instance`, `-bfd`),
Cisco's operational models by name (`Cisco-IOS-XR-clns-isis-oper`, `-ip-bfd-oper`, `-ipv4-bgp-oper`; `Cisco-IOS-XE-bgp-oper`,
`-ospf-oper`, `-isis-oper`), Juniper's operational requests (Junos XML API, `get-…-information`). OSPF of IOS XR and BFD of IOS XE are
not asked for: no published answer of theirs was at hand to read it by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from intentc.push.netconf_words import Sessions, words_of
from intentc.targetkit.xml_reading import XmlNode, parse_xml
from intentc.values import frozen

# How the words for a session that is up end, in any of the models: `UP`, `isis-adj-up-state`, `bgp-st-estab`, `ospf-nbr-full`.
_UP = frozenset({"up", "up-state", "established", "estab", "full"})
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
    known = known_watches(platform)
    declared = tuple(one for one in known if any(uri.startswith(one.model) for uri in capabilities))
    has_library = any(uri.startswith(_YANG_LIBRARY) for uri in capabilities)
    return declared or (known if has_library else ())


@cache
def known_watches(platform: str) -> tuple[Watch, ...]:
    """Return all that devices of a platform can be asked for, by the data of its target."""
    return tuple(_watch(one) for one in words_of(platform).sessions)


def up_in(watch: Watch, answer: str) -> tuple[str, ...]:
    """Return who is up by an answer, sorted; raises `XmlError` for what is no document."""
    return sessions_up(watch, parse_xml(answer))


def sessions_up(watch: Watch, root: XmlNode) -> tuple[str, ...]:
    """Return who is up by a document, sorted."""
    return tuple(sorted(set(_up(root, watch, ()))))


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


def _watch(one: Sessions) -> Watch:
    """Return what to ask for: with `<get>` and a path of elements, or by a request of the vendor's own."""
    words = one.path.split()
    record = one.record or words[-1].partition("=")[0]
    request = f"<{one.request}/>" if one.request else _get(words, one)
    return Watch(
        *(one.protocol, one.model, request, record, tuple(one.state.split("/"))),
        tuple(tuple(label.split("/")) for label in one.labels),
    )


def _get(words: Sequence[str], one: Sessions) -> str:
    text = _leaves(*(label for label in (*one.labels, one.state) if not label.startswith("..")))
    for word in reversed(words):
        head, _, key = word.partition("+")
        name, _, space = head.partition("=")
        start = f'{name} xmlns="{space}"' if space else name
        text = f"<{start}>{f'<{key}/>' if key else ''}{text}</{name}>"
    return f'<get><filter type="subtree">{text}</filter></get>'


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
