"""What a device calls itself, over NETCONF: a device that was exchanged for another is told by it.

Where it stands is data of the targets, taken from the models that they are written by. A name that a Junos device takes from a group
is not in it.
"""

from __future__ import annotations

from intentc.push.netconf_words import words_of
from intentc.targetkit.xml_reading import XmlError, parse_xml


def name_request(platform: str) -> str:
    """Return the request for a device's name; "" where nobody knows where it stands."""
    words = words_of(platform).name_filter
    if not words:
        return ""
    return f'<get-config><source><running/></source><filter type="subtree">{words}</filter></get-config>'


def name_in(platform: str, answer: str) -> str:
    """Return the name in the answer to `name_request`; "" where there is none, or it cannot be read."""
    try:
        data = next(iter(parse_xml(answer).children), None)
    except XmlError:
        return ""
    return "" if data is None else data.value(*words_of(platform).name_path.split("/")) or ""
