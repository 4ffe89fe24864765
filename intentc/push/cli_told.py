"""Who is up next to a device, at its command line: what to ask, and where in the answer sessions stand. Data of the targets (`neighbours.toml`).

One `[[sessions]]` for each protocol: `command`, and either `line`, a pattern of the line of a session that is up, whose groups name it, or,
where the answer is a document (XML, JSON), `record`, `state` and `labels` as in `netconf_words`. Each file says where the answers that it
is made for were published; what none was at hand for is not asked, and the plan says of which protocols sessions are compared.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from intentc import resources
from intentc.push.netconf_neighbours import Watch, sessions_up
from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.xml_reading import XmlNode, parse_xml
from intentc.values import frozen

FILE = "neighbours.toml"
_DENIED = re.compile(r"(?i)authoriz|permission|denied")


@frozen
class Question:
    """What a device is asked for the sessions of one protocol, and how they are told by its answer."""

    protocol: str
    command: str
    line: str = ""
    record: str = ""
    state: str = ""
    labels: Sequence[str] = ()


@cache
def questions_of(platform: str) -> tuple[Question, ...]:
    """Return what devices of `platform` can be asked; () where no data say it."""
    for folder in resources.targets_paths():
        files = {file.parent.name: file for file in folder.glob(f"*/{FILE}")}
        if platform in files:
            document = tomllib.loads(files[platform].read_text(encoding="utf-8"))
            return tuple(Question(**one) for one in document.get("sessions", ()))
    return ()


def watched(platform: str) -> str:
    """Return the protocols of which devices of `platform` tell, for people; "" for none."""
    return ", ".join(sorted(one.protocol for one in questions_of(platform)))


def ask_neighbours(platform: str, ask: Callable[[str], str]) -> tuple[str, ...]:
    """Return who is up, sorted; `ask` returns the answer to a command, or raises `REFUSED`.

    A protocol that does not run is refused by some: it has no sessions, before as after. What the account may not see is an error.
    """
    found: set[str] = set()
    for question in questions_of(platform):
        try:
            found.update(up_by(question, ask(question.command)))
        except SessionError as error:
            if error.trouble is not Trouble.REFUSED or _DENIED.search(error.text):
                raise
        except ValueError as error:
            raise SessionError(Trouble.REFUSED, f"its {question.protocol} sessions cannot be read: {error}") from error
    return tuple(sorted(found))


def up_by(question: Question, answer: str) -> tuple[str, ...]:
    """Return who is up by an answer, sorted; raises `ValueError` for a document that cannot be read."""
    if question.line:
        return tuple(sorted({" ".join((question.protocol, *names)) for names in _lines(question.line, answer)}))
    watch = Watch(
        *(question.protocol, "", "", question.record, tuple(question.state.split("/"))),
        tuple(tuple(label.split("/")) for label in question.labels),
    )
    return sessions_up(watch, _document(answer))


def _lines(form: str, answer: str) -> Iterator[tuple[str, ...]]:
    pattern = re.compile(form)
    for line in answer.splitlines():
        found = pattern.fullmatch(line.strip())
        if found is not None:
            yield found.groups()


def _document(answer: str) -> XmlNode:
    """Return the document in an answer, whatever stands around it; one without anything where there is none."""
    start = re.search(r"[<{]", answer)
    if start is None:
        return XmlNode("")
    if start[0] == "<":
        return parse_xml(answer[start.start() : answer.rindex(">") + 1])
    return XmlNode("", children=tuple(_elements(json.loads(answer[start.start() : answer.rindex("}") + 1]))))


def _elements(container: Any) -> Iterator[XmlNode]:
    """Yield the members of a JSON object as elements; names may bear the module before a colon."""
    for key, value in container.items() if isinstance(container, dict) else ():
        name = str(key).rpartition(":")[2]
        for item in value if isinstance(value, list) else (value,):
            text = "" if isinstance(item, dict | list) else str(item)
            yield XmlNode(name, text=text, children=tuple(_elements(item)))
