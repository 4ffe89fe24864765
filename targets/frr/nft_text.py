"""Reads a table as nft prints it, in whatever spelling of its releases, or as the templates write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_NAMES = {"cs0": 0, "be": 0, "df": 0, "lephb": 1, "le": 1, "va": 44, "voice-admit": 44, "ef": 46}
_NAMES |= {f"cs{n}": 8 * n for n in range(1, 8)} | {
    f"af{c}{d}": 8 * c + 2 * d for c in range(1, 5) for d in range(1, 4)
}
_DSCP = re.compile(r"\b(dscp(?: set| !=| map)?) (\{[^}]*\}|0x[0-9a-f]+|[\w-]+)")
_SIZE = re.compile(r"\b(\d+) (bytes|kbytes|mbytes)\b")
_UNITS = {"bytes": 1, "kbytes": 1024, "mbytes": 1024 * 1024}
_COUNTS = re.compile(r"\bpackets \d+ bytes \d+\b")
_BRACES = re.compile(r"\{ ([^}]*) \}")
_SYNONYMS = (
    ("meta l4proto icmpv6", "meta l4proto ipv6-icmp"),
    ("meta l4proto 58", "meta l4proto ipv6-icmp"),
    ("ip protocol ", "meta l4proto "),
    ("priority mangle", "priority -150"),
    ("priority filter - 5", "priority -5"),
    ("priority filter", "priority 0"),
)
_ALLOWED_TOP = re.compile(r"(?:table inet [\w-]+(?: \{)?|delete table inet [\w-]+|\})")


def read_table(text: str) -> Mapping[str, Sequence[str]]:
    """Return each object of the table (`chain mark`, `set routers4`, `limit …`) with its lines in canonical spelling.

    Rules keep their order; counters' values do not count.
    """
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in _joined(text):
        if line.endswith(" {") and not line.startswith("table "):
            current = found.setdefault(line.removesuffix(" {"), [])
        elif line == "}":
            current = None
        elif current is not None:
            current += _canonical(line)
        elif _ALLOWED_TOP.fullmatch(line) is None:
            found.setdefault("table", []).append(line)
    return found


def _joined(text: str) -> Iterator[str]:
    """Yield the lines without comments and indentation; elements of sets that run over several lines stand in one."""
    pending = ""
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        pending = f"{pending} {line}".strip()
        if pending.count("{") > pending.count("}") and not pending.endswith(" {"):
            continue
        yield pending
        pending = ""
    if pending:
        yield pending


def _canonical(line: str) -> list[str]:
    line = _COUNTS.sub("", line)
    line = _DSCP.sub(lambda match: f"{match[1]} {_numbers(match[2])}", line)
    line = _SIZE.sub(lambda match: f"{int(match[1]) * _UNITS[match[2]]} bytes", line)
    for other, one in _SYNONYMS:
        line = line.replace(other, one)
    line = _BRACES.sub(lambda match: f"{{ {', '.join(sorted(_elements(match[1])))} }}", line)
    line = " ".join(line.replace(";", " ; ").split()).removesuffix(" ;")
    return [line] if line else []


def _numbers(value: str) -> str:
    """Return code points as numbers, alone or as (keys of) elements."""
    if not value.startswith("{"):
        return _number(value)
    return f"{{ {', '.join(_element(item) for item in _elements(value.strip('{} ')))} }}"


def _element(item: str) -> str:
    key, colon, rest = item.partition(" : ")
    return f"{_number(key)}{colon}{rest}"


def _elements(inside: str) -> list[str]:
    return [item.strip() for item in inside.split(",")]


def _number(value: str) -> str:
    if value.startswith("0x"):
        return str(int(value, 16))
    return str(_NAMES.get(value, value))
