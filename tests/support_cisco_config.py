"""The configuration of a fake Cisco router: sections that lines are typed into as at its command line, printed in one order.

Which lines may stand where is a grammar of ours, drawn from published command references (see `support_xr_words`); it knows
nothing of the product's tables. A line that its mode does not have is refused, where a router might try the modes above: stricter
is safer. `no` needs the whole line, or the words by which a line is known; to take away what is not there is no mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

INVALID = "% Invalid input detected at '^' marker."
LEAF = None


@dataclass(frozen=True)
class Grammar:
    """`top`: form of a line -> what its mode has (LEAF: it opens none). `keys`: forms whose groups name a place that holds one line.

    `closers`: first word -> the line that ends such a mode and is printed in it. `shown`: what a router prints for a line.
    """

    top: dict
    keys: tuple[str, ...]
    ranks: tuple[str, ...]
    closers: dict = field(default_factory=dict)
    shown: object = staticmethod(lambda line: line)
    typed_order: tuple[str, ...] = ()  # modes that keep the order of typing
    refuses: object = staticmethod(
        lambda _root, _section, _line: ""
    )  # why a line is not taken now, where each takes effect at once


@dataclass
class Section:
    """One line and what is typed below it."""

    grammar: Grammar
    text: str = ""
    mode: dict | None = None
    below: dict = field(default_factory=dict)

    def copy(self):
        return Section(self.grammar, self.text, self.mode, {key: child.copy() for key, child in self.below.items()})

    def lines(self, depth=0):
        for child in self._in_order():
            if child.mode is not LEAF and child.mode.get("") == "gone if empty" and not any(child.lines()):
                continue
            yield " " * depth + self.grammar.shown(child.text)
            yield from child.lines(depth + 1)
            if child.mode is not LEAF:
                closer = self.grammar.closers.get(child.text.split()[0])
                if closer:
                    yield f" {closer}"
                yield " " * depth + "!"

    def _in_order(self):
        found = list(self.below.values())
        if self.text.startswith(self.grammar.typed_order) and self.text:
            return sorted(found, key=lambda child: child.text == "class class-default")
        if self.text:
            return sorted(found, key=lambda child: natural(child.text))
        return sorted(found, key=lambda child: (self._rank(child.text), natural(child.text)))

    def _rank(self, text):
        ranks = self.grammar.ranks
        return next((number for number, word in enumerate(ranks) if text.startswith(word)), len(ranks))


def natural(text):
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text) if part]


def loaded(grammar, text):
    """Return the configuration that `text`, in blocks indented by one, says."""
    typing = Typing(Section(grammar, mode=grammar.top))
    for line in text.splitlines():
        if not line.strip() or line.strip() in {"!", "end", *grammar.closers.values()}:
            continue
        del typing.stack[1 + len(line) - len(line.lstrip()) :]
        answer = typing.type(line.strip())
        assert answer == "", f"{line}: {answer}"
    return typing.root


class Typing:
    """Somebody who types configuration lines: where in the configuration that is."""

    def __init__(self, root):
        self.root = root
        self.grammar = root.grammar
        self.stack = [root]

    def type(self, line):
        """Take one line; return what the device says ("" where it takes it)."""
        section = self.stack[-1]
        if line == "exit" and len(self.stack) > 1 and self.closer is None:
            self.stack.pop()
            return ""
        if self.closer is not None and line == self.closer:
            del self.stack[1:]
            return ""
        refusal = self.grammar.refuses(self.root, section, line)
        if refusal:
            return refusal
        if line.startswith("no ") and self._form(section, line) is INVALID:
            return self._take_away(section, line.partition(" ")[2])
        mode = self._form(section, line)
        if mode is INVALID:
            return INVALID
        self._put(section, line, mode)
        return ""

    @property
    def closer(self):
        """The line that ends the mode that one is in, where it is not `exit`."""
        return self.grammar.closers.get(self.stack[-1].text.split()[0]) if len(self.stack) == 2 else None

    @staticmethod
    def _form(section, line):
        return next((mode for form, mode in section.mode.items() if form and re.fullmatch(form, line)), INVALID)

    def _put(self, section, line, mode):
        key = self._key(line)
        kept = section.below.get(key)
        if kept is None or kept.text != line:
            section.below[key] = kept = Section(self.grammar, line, mode)
        if mode is not LEAF:
            self.stack.append(kept)

    def _take_away(self, section, gone):
        key = self._key(gone)
        if self._form(section, gone) is INVALID and key not in section.below:
            return INVALID
        kept = section.below.get(key)
        if kept is not None and gone in {kept.text, key}:
            del section.below[key]
        return ""

    def _key(self, line):
        """Return the place in its section that a line has."""
        for form in self.grammar.keys:
            found = re.fullmatch(form, line)
            if found is not None:
                return " ".join(found.groups())
        return line
