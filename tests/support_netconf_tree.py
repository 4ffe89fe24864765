"""Configuration as a tree, edited as RFC 6241 (section 7.2) says. Lists are known by convention: there is no schema here."""

from __future__ import annotations

import copy
from xml.etree import ElementTree as ET

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
OPERATION = f"{{{NC}}}operation"

# Leaves that tell entries of a list apart, where they stand first in an entry; some lists have two.
KEYS = frozenset(
    (
        *(
            "name",
            "id",
            "interface-id",
            "sequence-id",
            "sequence",
            "index",
            "subscription-id",
            "session-id",
            "session-name",
        ),
        *(
            "interface-name",
            "prefix",
            "access-list-name",
            "policy-name",
            "class-map-name",
            "policy-map-name",
            "path-name",
        ),
        *("operation-number", "path-index", "segment-index", "destination-group-string", "sensor-group-string"),
        *(
            "sensor-path-string",
            "subscription-string",
            "sequence-number",
            "prefix-address",
            "profile-name",
            "direction",
        ),
        *(
            "endpoint-name",
            "object-number",
            "session-number",
            "seq_no",
            "fwd",
            "levels",
            "dscp-val",
            "preference",
            "type",
        ),
        *(
            "action-type",
            "set-name",
            "group-id",
            "sensor-group-id",
            "policy-id",
            "path",
            "value",
            "fc",
            "slot",
            "address",
        ),
        *("queue-name", "pfc-queue-name", "ip-prefix", "process-id", "af-name", "discriminator", "port-number"),
        *("remote-target", "traffic-type", "location-name", "traffic-class-id"),
        *("number", "entry-number", "min-len", "srname"),
    )
)
SECOND_KEYS = {
    "acl-filter": "type",
    "acl-set": "type",
    "ingress-acl-set": "type",
    "egress-acl-set": "type",
    "prefix": "prefix-length",
    "ip-route-interface-forwarding-list": "mask",
    "address-family": "saf-name",
    "wred-slope": "drop-probability",
}
CONTAINERS = frozenset(("config", "state", "interface-ref", "match", "access-list-name", "access-list-name-1"))
LEAF_LISTS = frozenset(("apply-groups", "dscp-set", "input-policy", "output-policy"))


class EditError(Exception):
    """The edit cannot be done; `tag` is the error-tag."""

    def __init__(self, tag, path):
        super().__init__(f"{tag} at {path}")
        self.tag, self.path = tag, path


def local(element):
    return element.tag.rpartition("}")[2]


def key_of(element):
    """Return what tells an entry of a list from its siblings; () for what is no entry."""
    if len(element) == 0 or local(element) in CONTAINERS:
        return ()
    first = element[0]
    if len(first) or not first.text or local(first) not in KEYS:
        return ()
    second = SECOND_KEYS.get(local(element))
    more = next((child.text for child in element if second and local(child) == second), None)
    return (local(first), first.text, more)


def find(parent, wanted):
    for child in parent:
        if child.tag == wanted.tag and key_of(child) == key_of(wanted):
            is_leaf_list = local(wanted) in LEAF_LISTS and len(wanted) == 0 and wanted.text
            if not is_leaf_list or child.text == wanted.text:
                return child
    return None


def edit(store, config, default="merge"):
    """Return a copy of `store` (children are configuration) edited by `config`; raises `EditError`, with nothing done."""
    changed = copy.deepcopy(store)
    for child in config:
        _apply(changed, child, child.get(OPERATION, default), f"/{local(child)}")
    return changed


def _apply(parent, wanted, operation, path):
    there = find(parent, wanted)
    if (
        there is None and operation in {"remove", "delete"} and len(wanted) == 0
    ):  # a whole container, or a leaf whatever it says
        there = next((child for child in parent if child.tag == wanted.tag and not key_of(child)), None)
    if operation in {"remove", "delete"}:
        if there is None:
            if operation == "delete":
                raise EditError("data-missing", path)
            return
        parent.remove(there)
    elif operation == "create" and there is not None:
        raise EditError("data-exists", path)
    elif operation in {"replace", "create"} or (there is None and operation == "merge" and not _has_operations(wanted)):
        fresh = _plain(wanted)
        if there is None:
            parent.append(fresh)
        else:
            parent[list(parent).index(there)] = fresh
    else:
        _descend(parent, there, wanted, operation, path)


def _descend(parent, there, wanted, operation, path):
    if there is None:
        there = ET.SubElement(parent, wanted.tag)
        for child in wanted:  # keys come first and have no operations of their own
            if len(child) == 0 and child.get(OPERATION) is None:
                there.append(_plain(child))
    if len(wanted) == 0:
        there.text = wanted.text
        return
    keys = _key_names(wanted)
    for child in wanted:
        if child.get(OPERATION) is None and len(child) == 0 and local(child) in keys:
            continue
        _apply(there, child, child.get(OPERATION, operation), f"{path}/{local(child)}")
    _prune(parent, there)


def _key_names(element):
    key = key_of(element)
    return {key[0], SECOND_KEYS.get(local(element))} if key else set()


def _prune(parent, there):
    """A container that has become empty is none (RFC 7950, section 7.5.1)."""
    if len(there) == 0 and not (there.text or "").strip():
        parent.remove(there)


def _has_operations(element):
    return any(child.get(OPERATION) is not None for child in element.iter())


def _plain(element):
    fresh = copy.deepcopy(element)
    for item in fresh.iter():
        item.attrib.pop(OPERATION, None)
        item.tail = None
        if len(item):
            item.text = None
        elif item.text is not None:
            item.text = item.text.strip() or None
    return fresh


def parsed(text):
    """Return a store with the configuration in `text` (elements, without one around them)."""
    return _plain(ET.fromstring(f"<data>{text}</data>"))  # noqa: S314  (our own)


def printed(store):
    return "".join(ET.tostring(child, encoding="unicode") for child in store)


def settled(element):
    """Return a tree as a value that does not depend on the order in which siblings stand, which means nothing in these models."""
    return (element.tag, (element.text or "").strip(), tuple(sorted(settled(child) for child in element)))
