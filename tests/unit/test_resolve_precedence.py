"""Numbers of demands in the order of evaluation, from one time to the next."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from support_resolve import PRELUDE, TODAY, run, wan

from intentc.diagnostics import Findings, Source
from intentc.language.parser import Memo, parse
from intentc.resolve.kept import Kept
from intentc.resolve.model import Demand
from intentc.resolve.precedence import Numbered
from intentc.resolve.resolve import resolve

DEMANDS = run(
    "".join(f"intent i{number} {{ from site muc  to db  match tcp/{number + 1} }}\n" for number in range(6))
).model.demands
KEYS = sorted(DEMANDS)


def numbered(known: Numbered, keys: list[str]) -> dict[str, int]:
    """Return the numbers of demands in this order of evaluation, which rise."""
    made = known.number(keys, DEMANDS)
    numbers = [demand.precedence for demand in made]
    assert [demand.key for demand in made] == keys
    assert numbers == sorted(set(numbers))
    return dict(zip(keys, numbers, strict=True))


def demands_of(text: str, memo: Memo, kept: Kept) -> Mapping[str, Demand]:
    """Return the demands of a program as they are with what is kept."""
    findings = Findings()
    file = parse(Source("a.intent", text), findings, memo)
    return resolve([file], wan(), TODAY, findings, kept).demands


@given(st.lists(st.lists(st.sampled_from(KEYS), unique=True), max_size=6))
def test_numbers_rise_whatever_the_order_is(orders):
    known = Numbered()
    for keys in orders:
        numbered(known, keys)


@given(st.lists(st.sets(st.sampled_from(KEYS)), max_size=6))
def test_demands_that_stay_in_their_order_are_the_very_same(rounds):
    known, before = Numbered(), {}
    for keys in map(sorted, rounds):
        made = {demand.key: demand for demand in known.number(keys, DEMANDS)}
        assert all(made[key] is before[key] for key in made.keys() & before.keys())
        before = made


def test_where_there_is_no_room_all_are_numbered_anew():
    known, (first, one, other, last) = Numbered(), KEYS[:4]
    keys = [first, last]
    before = numbered(known, keys)
    for turn in range(100):
        keys = list(dict.fromkeys([first, (one, other)[turn % 2], *keys[1:2], last]))
        after = numbered(known, keys)
        if after[last] != before[last]:
            break
    else:
        raise AssertionError("there was room for all")


def test_a_fork_numbers_apart():
    known = Numbered()
    before = numbered(known, KEYS[:3])
    numbered(known.fork(), KEYS[2::-1])
    assert numbered(known, KEYS[:3]) == before


def test_an_intent_that_comes_leaves_the_demands_behind_it_the_very_same():
    kept, text = Kept(), "intent {0} {{ from site muc  to db  match tcp/{1} }}\n"
    memo, a, b, c = Memo(), *(text.format(name, port) for port, name in enumerate("abc"))
    before = demands_of(PRELUDE + a + c, memo, kept)
    after = demands_of(PRELUDE + a + c + b, memo, kept)
    assert all(after[key] is before[key] for key in before)
    order = sorted(after, key=lambda key: after[key].precedence)
    assert order == [*(f"{name}/muc>fra" for name in "abc"), *(f"{name}/muc>fra/reply" for name in "abc")]
