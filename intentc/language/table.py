"""The LALR(1) table: Lark computes it from the grammar, a file keeps it, and a machine runs it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from intentc.language.lexer import END, Lexicon, is_word
from intentc.values import frozen

FORMAT = 1


class TableData(TypedDict):
    """A table as it is kept in JSON. `states` hold, each flat and by index: shifts (terminal, state), gotos (origin, state)
    and reductions (rule, set of lookaheads).
    """

    format: int
    grammar: int  # checksum of the grammar it was made from
    terminals: list[tuple[str, str, str, int]]  # name, `text` or `pattern`, what it is, priority
    origins: list[str]
    rules: list[tuple[str, str, bool, str]]  # origin, callback, is_transparent, symbols
    lookaheads: list[list[int]]
    states: list[tuple[list[int], list[int], list[int]]]


@frozen
class Rule:
    """A production. `callback` names what builds its value; a rule without one vanishes into the rule that uses it.

    A transparent rule with a single child is that child. `inlined` are the positions of symbols that vanish into this one.
    """

    origin: str
    callback: str
    is_transparent: bool
    size: int
    inlined: tuple[int, ...]


@frozen
class Table:
    """States are numbers, 0 the first. An action is a state to shift to, or the complement (`~`) of a rule to reduce by."""

    lexicon: Lexicon
    rules: tuple[Rule, ...]
    actions: tuple[Mapping[str, int], ...]  # per state: terminal → action
    gotos: tuple[Mapping[str, int], ...]  # per state: origin → state
    end: int  # the state in which the input may end


def checksum(grammar: str) -> int:
    """Return a number that tells two versions of a grammar apart; it guards against a forgotten update, not an attack."""
    return zlib.crc32(grammar.replace("\r\n", "\n").encode())


def read_table(text: str, grammar: str) -> Table | None:
    """Return the table that a file holds, or None when it is damaged or belongs to another grammar or format."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict) or (data.get("format"), data.get("grammar")) != (FORMAT, checksum(grammar)):
        return None
    return unpack(data)  # type: ignore[arg-type]  # format and checksum say that our own generator wrote it


def write_table(data: TableData) -> str:
    """Return the text that `read_table` reads, an entry per line so that a change of the grammar is a small difference."""
    parts = [f"{json.dumps(key)}: {_entries(value)}" for key, value in data.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _entries(value: object) -> str:
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in value) + "\n]"


def unpack(data: TableData) -> Table:
    """Return the table that `data` describes."""
    names = [terminal[0] for terminal in data["terminals"]]
    lookaheads = [[names[index] for index in group] for group in data["lookaheads"]]
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    origins = data["origins"]
    for shifts, moves, reductions in data["states"]:
        row = {names[terminal]: state for terminal, state in _pairs(shifts)}
        for rule, group in _pairs(reductions):
            row.update(dict.fromkeys(lookaheads[group], ~rule))
        actions.append(row)
        gotos.append({origins[origin]: state for origin, state in _pairs(moves)})
    start = data["rules"][0][0]
    return Table(
        _lexicon(data["terminals"]),
        tuple(_rule(*rule) for rule in data["rules"]),
        tuple(actions),
        tuple(gotos),
        gotos[0][start],
    )


def _pairs(flat: Sequence[int]) -> zip[tuple[int, int]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _rule(origin: str, callback: str, is_transparent: bool, symbols: str) -> Rule:
    parts = symbols.split()
    inlined = tuple(index for index, symbol in enumerate(parts) if symbol.startswith("_"))
    return Rule(origin, callback, is_transparent, len(parts), inlined)


def _lexicon(terminals: Sequence[Sequence[Any]]) -> Lexicon:
    texts = {text: name for name, kind, text, _ in terminals if kind == "text"}
    patterns = sorted((-priority, name, text) for name, kind, text, priority in terminals if kind == "pattern")
    return Lexicon(
        {text: name for text, name in texts.items() if is_word(text)},
        {text: name for text, name in texts.items() if not is_word(text)},
        tuple((name, text) for _, name, text in patterns),
    )


def pack(lark_data: Mapping[str, Any], lark_memo: Mapping[int, Any], start: str, grammar: str) -> TableData:
    """Return a table in our form from Lark's own serialised form (plain values, as `Lark.save` writes them).

    Terminals, rules and states are numbered by the grammar alone, so that equal grammars give equal bytes.
    """
    parser = lark_data["parser"]["parser"]
    tokens = parser["tokens"]
    terminals = sorted(_terminals(lark_memo), key=lambda terminal: (terminal[0] != END, terminal[0]))
    numbers = {terminal[0]: index for index, terminal in enumerate(terminals)}
    rules = _rules(lark_memo, start)
    rows = {
        state: {
            tokens[token]: (kind, rules[argument["@"]][0] if kind else argument)
            for token, (kind, argument) in row.items()
        }
        for state, row in parser["states"].items()
    }
    _pass_by(rows, [rule for _, rule in sorted(rules.values())])
    order = _breadth_first(rows, parser["start_states"][start])
    origins = sorted({rule[1][0] for rule in rules.values()})
    sets: dict[tuple[int, ...], int] = {}
    states = [_state(rows[state], order, numbers, origins, sets) for state in order]
    return {
        "format": FORMAT,
        "grammar": checksum(grammar),
        "terminals": terminals,
        "origins": origins,
        "rules": [rule for _, rule in sorted(rules.values(), key=lambda item: item[0])],
        "lookaheads": [list(group) for group in sets],
        "states": states,
    }


def _terminals(memo: Mapping[int, Any]) -> list[tuple[str, str, str, int]]:
    found = [(END, "end", "", 0)]
    for item in memo.values():
        if item["__type__"] == "TerminalDef":
            kind = "text" if item["pattern"]["__type__"] == "PatternStr" else "pattern"
            found.append((item["name"], kind, item["pattern"]["value"], item["priority"]))
    return found


def _rules(memo: Mapping[int, Any], start: str) -> dict[int, tuple[int, tuple[str, str, bool, str]]]:
    """Return, by Lark's number, each rule with its number here: those of `start` first, then by origin and symbols.

    A rule that vanishes (`_x`), or that only passes its child on (`?x: y`), needs no callback.
    """
    found = []
    for key, item in memo.items():
        if item["__type__"] == "Rule":
            origin = item["origin"]["name"]
            is_transparent = item["options"]["expand1"] and not item["alias"]
            is_passing = is_transparent and len(item["expansion"]) == 1
            callback = "" if origin.startswith("_") or is_passing else item["alias"] or origin
            symbols = " ".join(symbol["name"] for symbol in item["expansion"])
            found.append((origin != start, origin, symbols, key, (origin, callback, is_transparent, symbols)))
    found.sort()
    return {key: (index, rule) for index, (_, _, _, key, rule) in enumerate(found)}


def _pass_by(rows: dict[int, dict[str, tuple[int, int]]], rules: Sequence[tuple[str, str, bool, str]]) -> None:
    """Let gotos skip the states that do nothing but pass a child on (`?x: y`): a third of all reductions."""
    passing: dict[int, str] = {}
    for state, row in rows.items():
        (kind, rule), *others = set(row.values()) or {(0, 0)}
        if kind and not others and rules[rule][2] and " " not in rules[rule][3]:
            passing[state] = rules[rule][0]
    for row in rows.values():
        for symbol, (kind, target) in row.items():
            while not kind and target in passing:
                target = row[passing[target]][1]  # noqa: PLW2901  (follows the chain)
            row[symbol] = (kind, target)


def _breadth_first(rows: Mapping[int, Mapping[str, tuple[int, int]]], start: int) -> dict[int, int]:
    """Return Lark's states with their numbers here, in the order in which sorted symbols reach them."""
    order = {start: 0}
    for state in (queue := [start]):
        for _, (kind, target) in sorted(rows[state].items()):
            if not kind and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order


def _state(
    row: Mapping[str, tuple[int, int]],
    order: Mapping[int, int],
    numbers: Mapping[str, int],
    origins: Sequence[str],
    sets: dict[tuple[int, ...], int],
) -> tuple[list[int], list[int], list[int]]:
    shifts: list[int] = []
    gotos: list[int] = []
    groups: dict[int, list[int]] = {}
    for symbol, (kind, argument) in sorted(row.items()):
        if kind:
            groups.setdefault(argument, []).append(numbers[symbol])
        elif symbol in numbers:
            shifts += [numbers[symbol], order[argument]]
        else:
            gotos += [origins.index(symbol), order[argument]]
    reductions: list[int] = []
    for rule, group in sorted(groups.items()):
        reductions += [rule, sets.setdefault(tuple(sorted(group)), len(sets))]
    return shifts, gotos, reductions
