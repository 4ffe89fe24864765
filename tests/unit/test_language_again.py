"""A file that is parsed again after a change is what it is when it is parsed as a whole, mistakes and places included."""

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Findings, Source
from intentc.language import again
from intentc.language.again import Parsed, alike, parse_again, parsed, settled, shifts, spaced_out
from intentc.language.ast import File
from intentc.language.parser import parse
from intentc.language.split import split

ROOT = Path(__file__).parents[2]
TEXTS = [path.read_text() for path in sorted(ROOT.glob("intents/*/**/*.intent"))]
MANY = "\n".join(
    f"# flow {number}\nintent f{number} {{\n  from n{number}; to n1 # there }}\n  bandwidth {number + 1}Mbps\n}}\n"
    for number in range(9)
)
MIXED = MANY + 'const c = 3ms\nintent last { from "a b" to c } ;\ngroup g = a, b\nintent end { from g to b }\n'
PARTS = [
    "}",
    "{",
    "\n",
    "#",
    '"',
    " ",
    ";",
    "intent x { from a to b }\n",
    "const d = 1s\n",
    "intent ",
    "  label a = 1\n",
    "\r",
    "é",
    "\u202e",
    "0",
    "import",
]


def whole(text):
    findings = Findings()
    return parse(Source("a.intent", text), findings), findings.items


def follow(text, *others):
    """Parse each text from what the one before has left; return how often that was enough."""
    file, items = whole(text)
    known = None if items else parsed(file)
    enough = 0
    for other in others:
        expected, told = whole(other)
        found = None if known is None else parse_again(known, Source("a.intent", other))
        if found is not None:
            enough += 1
            assert (found.file, []) == (expected, told)
            assert list(found.ends) == [piece.end for piece in split(other)]
        known = found or (None if told else parsed(expected))
    return enough


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([MANY, MIXED]),
    st.lists(
        st.tuples(st.integers(0, len(MIXED)), st.integers(0, 40), st.sampled_from(["", *PARTS])), min_size=1, max_size=4
    ),
)
@example(MIXED, [(0, 0, "\ufeff"), (1, 0, "x")])
@example(MANY, [(MANY.index("# flow 3"), len(MANY) // 9, "")])
def test_any_change_is_parsed_as_in_the_whole(text, changes):
    texts = [text]
    for place, lost, put in changes:
        texts.append(texts[-1][:place] + put + texts[-1][place + lost :])
    follow(*texts)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_changes_of_real_programs(text):
    chance = random.Random(len(text))  # noqa: S311  (a test)
    texts = [text]
    for _ in range(4):
        at = chance.randrange(len(text))
        texts += [text[:at] + chance.choice(PARTS) + text[at + chance.randrange(3) :], text]
    follow(*texts)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([MANY, MIXED, MIXED + MANY.replace(" f", " g"), MANY.replace("\n\n", "\nconst c = 1s\n")]),
    st.lists(
        st.tuples(st.integers(0, 2 * len(MIXED)), st.integers(0, 9), st.sampled_from(["", *PARTS])),
        min_size=2,
        max_size=5,
    ),
)
@example(MANY, [(0, 0, "\ufeff"), (len(MANY), 0, "}")])
def test_changes_all_over_a_file_are_parsed_as_in_the_whole(text, changes):
    changed = text
    for place, lost, put in changes:
        changed = changed[:place] + put + changed[place + lost :]
    follow(text, changed, text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["gone", "twice", "line", "rate", "const"]))))
def test_changes_of_several_declarations_are_parsed_as_in_the_whole(changes):
    blocks = [f"\nintent f{at} {{\n  from n{at}; to n1\n  bandwidth {at + 1}Mbps\n}}\n" for at in range(9)]
    text = "".join(blocks)
    for at, what in changes:
        block = blocks[at]
        other = {"gone": "", "twice": block + block.replace(" f", " g"), "line": block.replace("  from", "\n from")}
        other |= {"rate": block.replace("Mbps", "0Mbps"), "const": "const " + f"c{at} = 5ms\n" + block}
        blocks[at] = other[what]
    follow(text, "".join(blocks), text)


def test_of_changes_far_apart_each_is_parsed_alone(monkeypatch):
    given_ = []

    def counting(source, findings, memo=None):
        given_.append(source.text)
        return parse(source, findings, memo)

    text = "".join(MANY.replace("intent f", f"intent f{number}") for number in range(9))
    changed = text.replace("from n3; to n1", "from n3; to n2", 1).replace("# flow 5\n", "", 1)
    at = changed.rindex("7Mbps")
    changed = changed[:at] + "8Mbps" + changed[at + 5 :]
    known = parsed(whole(text)[0])
    monkeypatch.setattr(again, "parse", counting)
    found = parse_again(known, Source("a.intent", changed))
    assert (found.file, []) == whole(changed)
    assert [part.count("intent") for part in given_] == [2, 2, 1]
    same = [one is other for one, other in zip(known.file.declarations, found.file.declarations, strict=True)]
    assert same.count(False) == 1 + 77 - 1  # the first rate; behind the line that is gone all stand one line higher


def test_only_what_has_changed_is_parsed(monkeypatch):
    given_ = []

    def counting(source, findings, memo=None):
        given_.append(source.text)
        return parse(source, findings, memo)

    monkeypatch.setattr(again, "parse", counting)
    changed = MANY.replace("5Mbps", "50Mbps")
    assert follow(MANY, changed, "\n" + changed, changed.replace("# flow 2\n", ""), MANY + "# nothing\n") == 4
    assert [text.count("intent") for text in given_] == [1, 1, 3, 2, 2, 0]
    assert given_[0].strip().startswith("# flow 4")


def test_what_has_not_changed_stays_the_same_object():
    known = parsed(whole(MIXED)[0])
    found = parse_again(known, Source("a.intent", MIXED.replace("5Mbps", "6Mbps")))
    same = [one is other for one, other in zip(known.file.declarations, found.file.declarations, strict=True)]
    assert same.count(False) == 1
    found = parse_again(known, Source("a.intent", MIXED.replace("# flow 4", "# the fourth")))
    assert all(one is other for one, other in zip(known.file.declarations, found.file.declarations, strict=True))


@pytest.mark.parametrize("text", [MANY.replace("\n", "\r\n"), "", "# nothing\n", MANY + "zzz"])
def test_other_files_are_parsed_as_a_whole(text):
    file, items = whole(text)
    assert items or parsed(file) is None


def follow_apart(text, *others):
    """Parse each text from what the one before has left, its lines numbered apart; return how often that was enough."""
    file, items = whole(text)
    known = None if items else parsed(file)
    known, enough = known and spaced_out(known), 0
    for other in others:
        expected, said = whole(other)
        found = None if known is None else parse_again(known, Source("a.intent", other))
        if found is not None:
            enough += 1
            own = settled(found)
            assert (own.file, own.numbers, []) == (expected, None, said)
            assert len(found.numbers) == other.count("\n") + 1
            assert all(one < more for one, more in itertools.pairwise(found.numbers))
        elif not said:
            found = parsed(expected)
            found = found and spaced_out(found)
        known = found
    return enough


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from([MANY, MIXED, MIXED + MANY.replace(" f", " g"), MANY.replace("\n\n", "\nconst c = 1s\n")]),
    st.lists(
        st.tuples(
            st.integers(0, 2 * len(MIXED)), st.integers(0, 9), st.sampled_from(["", *PARTS, "\n\n", "# a\n\n# b\n"])
        ),
        min_size=1,
        max_size=5,
    ),
)
@example(MANY, [(0, 0, "\n"), (0, 0, "\n"), (len(MANY), 0, "\n\n")])
@example(MANY, [(MANY.index("# flow 3"), len(MANY) // 9, ""), (MANY.index("# flow 5"), 0, MANY[: len(MANY) // 9])])
def test_with_lines_apart_any_changes_are_parsed_as_in_the_whole(text, changes):
    texts = [text]
    for place, lost, put in changes:
        texts.append(texts[-1][:place] + put + texts[-1][place + lost :])
    follow_apart(*texts)
    follow_apart(text, texts[-1], text)


def test_with_lines_apart_what_stands_elsewhere_is_the_very_same():
    known = spaced_out(parsed(whole(MANY)[0]))
    block = "intent more {\n  from n1; to n2\n}\n"
    for changed, count in (
        (MANY.replace("# flow 2\n", f"# flow 2\n{block}"), 10),
        (MANY.replace("# flow 5\n", "\n\n"), 9),
    ):
        found = parse_again(known, Source("a.intent", changed))
        held = set(map(id, known.file.declarations))
        assert sum(id(item) in held for item in found.file.declarations) == 9
        assert len(found.file.declarations) == count
        assert found.numbers is not known.numbers
    assert parse_again(known, Source("a.intent", MANY.replace("5Mbps", "6Mbps"))).numbers is known.numbers


def test_lines_that_find_no_room_between_others_are_for_the_whole():
    known, text = spaced_out(parsed(whole(MANY)[0])), MANY
    place = text.index("# flow 4")
    for count in range(100):
        text = f"{text[:place]}const c{count} = 1s\n{text[place:]}"
        known = parse_again(known, Source("a.intent", text))
        if known is None:
            break
    assert known is None
    assert count > 10


def test_whether_others_shift():
    known = parsed(whole(MANY)[0])
    assert shifts(known, MANY.replace("# flow 4\n", ""))
    assert not shifts(known, MANY.replace("5Mbps", "50Mbps"))
    assert not shifts(known, MANY + "# nothing\n")


@given(st.lists(st.sampled_from("ab"), max_size=40), st.lists(st.sampled_from("ab"), max_size=40), st.integers(1, 9))
def test_what_is_alike_is_found_block_by_block(one, other, block):
    one, other = "".join(one), "".join(other)
    head = next((at for at, (mine, its) in enumerate(zip(one, other, strict=False)) if mine != its), None)
    head = min(len(one), len(other)) if head is None else head
    most = min(len(one), len(other)) - head
    tail = next((at for at in range(most) if one[-1 - at] != other[-1 - at]), most)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(again, "_BLOCK", block)
        assert alike(Parsed(File(Source("a.intent", one), ()), []), other) == (head, tail)


def test_whether_anything_imports_is_known_without_a_look_at_all():
    known = parsed(whole(MANY)[0])
    assert not known.may_import
    changed = parse_again(known, Source("a.intent", MANY.replace("5Mbps", "6Mbps")))
    assert not changed.may_import
    imports = parse_again(changed, Source("a.intent", MANY.replace("# flow 4\n", 'import "b.intent"\n')))
    assert imports.may_import
    for file in (known, imports):
        assert spaced_out(file).may_import == settled(spaced_out(file)).may_import == file.may_import
    assert parsed(imports.file).may_import
