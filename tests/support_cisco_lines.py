"""Lines that are typed on IOS XR and IOS XE, judged by Cisco's published models: every word has its place there, every value fits.

A line is read below the lines that it stands in. Its words are names of the models' nodes and values of keys and leaves, which are
asked of the models; what the command line says in other words, or leaves out, `SAID` turns into the models' words first, each with the
reason why. Values are libyang's to judge. Which lines open a mode no model says: that is given.
"""

from __future__ import annotations

import re
from functools import cache

from support_cisco_said import SAID
from support_yang_lines import CONTAINER, LEAF, LEAF_LIST, LIST, Models

_XR = "/Cisco-IOS-XR-"
TOPS = {  # where lines start: the node that each first word names
    "iosxr": {
        "class-map": f"{_XR}um-policymap-classmap-cfg:class-map/type/qos",
        "interface": f"{_XR}um-interface-cfg:interfaces/interface",
        "ipsla": f"{_XR}um-ipsla-cfg:ipsla",
        "ipv4 access-list": f"{_XR}um-ipv4-access-list-cfg:ipv4/access-lists/access-list",
        "ipv6 access-list": f"{_XR}um-ipv6-access-list-cfg:ipv6/access-lists/access-list",
        "policy-map": f"{_XR}um-policymap-classmap-cfg:policy-map/type/qos",
        "router isis": f"{_XR}um-router-isis-cfg:router/isis/processes/process",
        "router static": f"{_XR}um-router-static-cfg:router/static",
        "sbfd": f"{_XR}um-bfd-sbfd-cfg:sbfd",
        "segment-routing": f"{_XR}segment-routing-ms-cfg:sr",
        "telemetry": f"{_XR}um-telemetry-model-driven-cfg:telemetry",
    },
    "iosxe": {
        "": "/Cisco-IOS-XE-native:native",  # all but telemetry
        "mdt-config-data": "/Cisco-IOS-XE-mdt-cfg:mdt-config-data",
    },
}
_XE_PARTS = ("acl", "bfd", "isis", "ospf", "policy", "route-map", "sla", "track")
PARTS = {"iosxr": None, "iosxe": frozenset(f"Cisco-IOS-XE-{part}" for part in _XE_PARTS)}


class CiscoLines:
    """Reads lines of a platform by its models."""

    def __init__(self, platform: str) -> None:
        self._said = SAID[platform]
        self._tops = TOPS[platform]
        self._models = Models(platform, self._tops, parts=PARTS[platform])
        self._place = cache(self._opened)

    def faults(self, modes: tuple[str, ...], line: str, *, opens: bool = False) -> list[str]:
        """Return what the models have against a line in its modes; `opens`: it opens a mode itself, so it may say nothing alone."""
        try:
            above = self._above(modes)
            place, is_something = self._read(line.removeprefix("no "), above)
        except ValueError as problem:
            return [str(problem)]
        return [] if opens or is_something else [f"nothing is said by `{line}`: it ends at `{place}`"]

    def in_model_words(self, line: str) -> str:
        """Return a line in the words of the models."""
        for words, others, _ in self._said:
            line = re.sub(words, others, line)
        return line

    def _above(self, modes: tuple[str, ...]) -> str:
        above = self._tops.get("", "")
        for mode in modes:
            above = self._place(mode, above)
        return above

    def _opened(self, line: str, above: str) -> str:
        return self._read(line, above)[0]

    def _read(self, line: str, above: str) -> tuple[str, bool]:
        """Return the place where lines of the mode of a line stand, and whether the line says something by itself."""
        words, at, mode, last = self.in_model_words(line).split(), above, None, above
        while words:
            if words[0] == "^":
                mode, words = at, words[1:]
                continue
            last, words = self._step(at, above, words)
            above = above if above and last.startswith(above) else last
            at, words = self._past(last, words)
        return mode or at, self._models.is_something(last)

    def _step(self, at: str, above: str, words: list[str]) -> tuple[str, list[str]]:
        """Return the place of the first word and the words behind it: below where one is, or beside what the line has said already."""
        if above == self._tops.get("", "") == at:
            for number in (2, 1):
                top = self._models.place("", " ".join(words[:number]))
                if top is not None:
                    return top, words[number:]
        while at:
            found = self._below(at, words[0])
            if found is not None:
                return found, words[1:]
            if at == above:
                break
            at = at.rpartition("/")[0]
        raise ValueError(f"no place for `{words[0]}` below `{at or 'the top'}`")

    def _below(self, at: str, word: str) -> str | None:
        """Return the place of a word; a list may stand in a container with the same name in the plural, which is not typed."""
        found = self._models.place(at, word)
        if found is not None:
            return found
        for plural in (f"{word}s", f"{word}es", f"{word[:-1]}ies"):
            around = self._models.place(at, plural)
            found = None if around is None else self._models.place(around, word)
            if found is not None and self._models.kind(found) == LIST:
                return found
        return None

    def _past(self, at: str, words: list[str]) -> tuple[str, list[str]]:
        """Return where one is after the keys of a list or the values of a leaf, and the words behind them."""
        kind = self._models.kind(at)
        if kind == CONTAINER:
            return at, words
        if kind == LIST:
            for key in self._models.keys(at):
                words = words[1:] if words[:1] == [key] and len(words) > 1 else words
                words = self._value(f"{at}/{key}", words)
            return at, words
        around = at.rpartition("/")[0]
        if kind == LEAF and self._models.type(at).startswith("empty"):
            return around, words
        words = self._value(at, words)
        while kind == LEAF_LIST and words:
            words = self._value(at, words)
        return around, words

    def _value(self, at: str, words: list[str]) -> list[str]:
        if not words or not self._models.accepts(at, words[0]):
            raise ValueError(f"`{' '.join(words[:1])}` is no value for `{at}` ({self._models.type(at)[:80]})")
        return words[1:]
