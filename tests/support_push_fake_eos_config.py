"""The configuration of a fake EOS device: sections that lines are typed into as at its command line, printed in one order.

Which lines may stand where is `support_eos.TOP` (ours, drawn from published command schemas) and a few lines of others. A
line that its mode does not have is tried in the modes above it, as EOS does; indentation means nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from support_eos import LEAF, TOP, Mode

INVALID, INCOMPLETE = "% Invalid input", "% Incomplete command"

# Lines that others have: what a device has before intentc comes, and what people change by hand.
_INTERFACE_OF_OTHERS = dict.fromkeys(
    ("description .*", "mtu .*", "ip address .*", "ipv6 address .*", "no switchport", "isis enable .*", "speed .*"),
    LEAF,
)
_PROCESS_OF_OTHERS = dict.fromkeys(("net .*", "is-type .*"), LEAF)
_OTHERS = {
    r"interface Management1": Mode(_INTERFACE_OF_OTHERS),
    r"hostname \S+": LEAF,
    "spanning-tree mode .*": LEAF,
    "ip routing": LEAF,
    "username .*": LEAF,
    "service .*": LEAF,
    "banner .*": LEAF,
    "ntp server .*": LEAF,
    "logging .*": LEAF,
}

# A place that holds one line: a new one takes the place of the old one, and `no` needs its first words only.
_SINGLE = (
    *("set dscp", "set traffic-class", "set drop-precedence", "police", "shape rate", "bandwidth percent", "random-detect"),
    *("bfd interval", "service-policy type qos input", "service-policy type pbr input", "service-profile"),
    *("fast-reroute ti-lfa mode", "reflector local-discriminator", "match ip access-group", "match ipv6 access-group"),
    *("set nexthop", "hostname", "description", "mtu", "ip address", "spanning-tree mode"),
)  # fmt: skip
_SLOT = re.compile(r"(ip|ipv6) access-group(?: \S+)? (in|out)")
_NUMBERED = re.compile(r"(\d+)(?: .*)?")
_LABEL = re.compile(r"qos map exp (\d)(?: to traffic-class (\d))?")
_QUEUE_WORDS = ("no priority", "priority strict")

# The order in which a device prints its sections, whatever the order in which they were typed.
_RANKS = ("hostname", "service", "logging", "ntp", "spanning-tree", "username", "class-map", "policy-map", "qos map", "qos profile",
          "interface", "ip access-list", "ipv6 access-list", "ip route", "ip routing", "router", "banner")  # fmt: skip


@dataclass
class Section:
    """One line and what is typed below it."""

    text: str = ""
    mode: Mode = TOP
    below: dict[str, Section] = field(default_factory=dict)

    def copy(self):
        return Section(self.text, self.mode, {key: child.copy() for key, child in self.below.items()})

    def lines(self, depth=0):
        for child in self._in_order():
            yield "   " * depth + child.text
            yield from child.lines(depth + 1)

    def _in_order(self):
        found = [child for child in self.below.values() if not _is_default(child.text)]
        if self.text.startswith("policy-map type quality"):
            return found
        if not self.text:
            return sorted(found, key=lambda child: (_rank(child.text), _natural(child.text)))
        return sorted(found, key=lambda child: _natural(child.text))


def loaded(text):
    """Return the configuration that `text`, in blocks indented by three, says."""
    cli = Typing(Section())
    for line in text.splitlines():
        if line.strip() and not line.startswith("!") and line.strip() != "end":
            answer = cli.type(line.strip())
            assert answer == "", f"{line}: {answer}"
    return cli.root


class Typing:
    """Somebody who types configuration lines: where in the configuration that is."""

    def __init__(self, root):
        self.root = root
        self.stack = [root]

    def type(self, line):
        """Take one line; return what the device says ("" where it takes it)."""
        if line == "exit":
            self.stack = self.stack[:-1] or self.stack
            return ""
        for depth in range(len(self.stack), 0, -1):
            section = self.stack[depth - 1]
            found = _take(section, line)
            if found is not None:
                del self.stack[depth:]
                if found.mode is not LEAF or found.below:
                    self.stack.append(found)
                return ""
        is_begun = any(form.startswith(line.split()[0]) for form in _forms(self.stack[-1]))
        return INCOMPLETE if is_begun and len(line.split()) == 1 else INVALID


def _take(section, line):
    """Return the section that a line opens or leaves open; None where it may not stand there."""
    if line.startswith(("no ", "default ")) and line not in _forms(section):
        gone = line.partition(" ")[2]
        if not _may_stand(section, gone) and _key(gone) not in section.below:
            return None
        section.below.pop(_key(gone), None)  # to take away what is not there is no mistake
        return Section(line, LEAF)
    mode = next((mode for form, mode in _forms(section).items() if re.fullmatch(form, line)), None)
    if mode is None:
        return None
    key = _key(line)
    kept = section.below.get(key)
    if kept is None or kept.text != line:
        section.below[key] = kept = Section(line, mode)
    return kept


def _forms(section):
    if not section.text:
        return {**TOP.lines, **_OTHERS}
    others = {}
    if section.text.startswith("interface "):
        others = _INTERFACE_OF_OTHERS
    elif section.text.startswith("router isis "):
        others = _PROCESS_OF_OTHERS
    return {**section.mode.lines, **others}


def _may_stand(section, gone):
    forms = _forms(section)
    return any(re.fullmatch(form, gone) for form in forms) or any(
        gone.startswith(single) and any(form.startswith((single, "(?P<police>police")) for form in forms)
        for single in _SINGLE
    ) or (_LABEL.fullmatch(gone) is not None and not section.text)  # fmt: skip


def _key(line):
    """Return the place in its section that a line has."""
    if line in _QUEUE_WORDS:
        return "priority"
    if (label := _LABEL.fullmatch(line)) is not None:
        return f"qos map exp {label[1]}"
    if (slot := _SLOT.fullmatch(line)) is not None:
        return f"{slot[1]} access-group {slot[2]}"
    if (number := _NUMBERED.fullmatch(line)) is not None:
        return number[1]
    return next((single for single in _SINGLE if line == single or line.startswith(f"{single} ")), line)


def _is_default(text):
    """What a device leaves out of its configuration, because it would do so anyway."""
    label = _LABEL.fullmatch(text)
    if label is not None:
        return int(label[2]) == {0: 1, 1: 0}.get(int(label[1]), int(label[1]))
    return text == "priority strict"


def _rank(text):
    return next((number for number, word in enumerate(_RANKS) if text.startswith(word)), len(_RANKS))


def _natural(text):
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text) if part]
