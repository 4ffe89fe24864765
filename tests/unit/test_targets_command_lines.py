"""Payloads as lines of a command line, and what a device prints as a document: what comes back is what was sent, and nothing else moved.

The device that takes the lines understands them by a grammar of its own (`support_cli_grammar`), not by the product's tables.
"""

from __future__ import annotations

import importlib
import json
import re
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_cli_dialects import goldens, grammar
from support_cli_typed import TARGETS, bundle, misread, shown, typed
from support_netconf_foreign import TEXTS
from support_netconf_tree import edit, parsed

from intentc.render.render import load_code, load_command_line
from intentc.targetkit.kit import NETCONF

CASES = [(target, case) for target in TARGETS for case in goldens(target)]


@pytest.mark.parametrize(("target", "case"), CASES)
def test_what_was_typed_is_read_back_as_the_payload(target, case):
    code, text = load_code(TARGETS[target]), goldens(target)[case]
    assert misread(target, text) == ()
    assert code.foreign(bundle(target, text), shown(target, typed(target, text))) == ()


@pytest.mark.parametrize(("target", "case"), CASES)
def test_lines_do_what_the_edit_does(target, case):
    """The same as `<edit-config>` makes of the same configuration of others, statement by statement."""
    text = goldens(target)[case]
    assert statements(typed(target, text).running) == statements(edited(target, text))


def edited(target, *payloads):
    """Return the configuration of others after edits as RFC 6241 has them."""
    store = parsed(TEXTS[target])
    for payload in payloads:
        document = ET.fromstring(payload)  # noqa: S314  (our own)
        config = ET.Element("config")
        config.append(document)
        store = edit(store, config if target == "junos" else document)
    return store[0] if target == "junos" else store


def statements(tree):
    """Return every leaf with all that is above it, sorted; keys stand for their entries."""
    found = []

    def walk(element, above):
        here = (*above, element.tag, *(child.text for child in element[:1] if len(child) == 0))
        if len(element) == 0:
            found.append((*above, element.tag, element.text or ""))
        for child in element:
            walk(child, here)

    for child in tree:
        walk(child, ())
    return sorted(map(repr, found))


@pytest.mark.parametrize(("target", "case"), CASES)
def test_what_is_taken_away_leaves_what_others_have_byte_for_byte(target, case):
    code, text = load_code(TARGETS[target]), goldens(target)[case]
    before, fake = typed(target).text, typed(target, text)
    gone = code.removal(bundle(target), shown(target, fake), bundle(target, text))
    after = typed(target, gone, onto=fake.running)
    assert code.differences(bundle(target), shown(target, after)) == ()
    assert statements(after.running) == statements(edited(target, text, gone))
    # Entries of lists that say nothing any more stay, and what stood in a place without a name is put back by others: as over NETCONF.
    if "linecard" not in text and "explicit-congestion-notification" not in text:
        assert after.text == before


@pytest.mark.parametrize(("target", "case"), CASES)
def test_typing_it_twice_is_typing_it_once(target, case):
    text = goldens(target)[case]
    once = typed(target, text)
    assert statements(typed(target, text, text).running) == statements(once.running)


@pytest.mark.parametrize(("target", "case"), CASES)
def test_no_line_touches_what_is_not_ours(target, case):
    """Each line names our group, or an object, port or place of the payload; no line takes away what bears no mark or key of ours."""
    lines = load_command_line(TARGETS[target]).commands(goldens(target)[case])
    if target == "junos":
        assert {tuple(line.split()[1:3]) for line in lines} == {("groups", "INTENTC"), ("apply-groups", "INTENTC")}
        return
    taken = [line for line in lines if line.startswith("delete ")]
    assert all(" ITC-" in line or line.endswith("session-reflector network-instance default") for line in taken)


def test_every_key_of_an_entry_of_sr_linux_is_typed():
    """A slope has three; what is typed without one of them names no slope."""
    found = [
        line
        for line in load_command_line(TARGETS["srlinux"]).commands(goldens("srlinux")["ecn"])
        if "wred-slope" in line
    ]
    assert found
    assert all(re.search(r"wred-slope \w+ drop-probability \w+ enable-ecn (true|false) ", line) for line in found)


HOSTILE = ["a b", "x;y", 'x"y', "x\ny", "x|y", "$(x)", "`x`", "ü", "x" * 300, "-x", "[", "]", "x'y", "<x y>"]
NAMES = {"junos": "term", "srlinux": "description"}  # an element with a name that intents may choose, or around one


def with_word(target, word):
    """Return a payload in which a name is `word`."""
    root = ET.fromstring(goldens(target)["fencing"])  # noqa: S314  (our own)
    found = next(element for element in root.iter() if element.tag.endswith(f"}}{NAMES[target]}"))
    (found[0] if len(found) else found).text = word
    return ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize(
    ("target", "word"),
    [(target, word) for target in TARGETS for word in HOSTILE if (target, word) != ("srlinux", "a b")],
)
def test_text_that_no_payload_has_is_refused(target, word):
    with pytest.raises(ValueError, match=r"not a word of a command"):
        load_command_line(TARGETS[target]).commands(with_word(target, word))


def test_a_description_of_several_words_is_one_text():
    (line,) = (line for line in commands_of("srlinux", "a b") if " description " in line and "a b" in line)
    assert line.endswith(' description "a b"')
    with pytest.raises(ValueError, match=r"not a word of a command"):
        commands_of("srlinux", 'a b" c')
    with pytest.raises(ValueError, match=r"not a word of a command"):
        commands_of("srlinux", "a  b")


def commands_of(target, word):
    return load_command_line(TARGETS[target]).commands(with_word(target, word))


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=15)
@given(word=st.text(min_size=1, max_size=12))
def test_whatever_stands_in_a_payload_no_line_breaks(target, word):
    """A line is refused or is one line of plain words."""
    with suppress(ValueError):
        assert not [line for line in commands_of(target, word) if PLAIN.fullmatch(line) is None]


PLAIN = re.compile(r"""[^\x00-\x1f\x7f-\U0010ffff;|&"'`$\\]*("[^\x00-\x1f\x7f-\U0010ffff;|&"'`$\\]*")?""")
STRANGE = {
    "junos": [
        '<configuration xmlns="j"><groups><name>SITE</name></groups></configuration>',
        '<configuration xmlns="j"><apply-groups>SITE</apply-groups></configuration>',
        '<configuration xmlns="j"><system><host-name>x</host-name></system></configuration>',
        '<configuration xmlns="j"><groups><name>INTENTC</name><system><host-name>x</host-name></system></groups></configuration>',
        f'<configuration xmlns="j"><groups xmlns:nc="{NETCONF}" nc:operation="none"><name>INTENTC</name></groups></configuration>',
        "<config/>",
        "no document",
    ],
    "srlinux": [
        f'<config xmlns="{NETCONF}"><qos><queues><queue><name>ITC-Q0</name><colour>red</colour></queue></queues></qos></config>',
        f'<config xmlns="{NETCONF}" xmlns:nc="{NETCONF}"><qos nc:operation="none"><queues/></qos></config>',
        f'<config xmlns="{NETCONF}"><acl><acl-filter><name>ITC-X</name></acl-filter></acl></config>',
        "<configuration/>",
        "no document",
    ],
}


@pytest.mark.parametrize(("target", "text"), [(target, text) for target, texts in STRANGE.items() for text in texts])
def test_what_is_not_known_is_refused(target, text):
    with pytest.raises(ValueError, match=r"."):
        load_command_line(TARGETS[target]).commands(text)


@pytest.mark.parametrize(
    "answer", ["", "unknown command.", "<rpc-reply><a/></rpc-reply>", "<configuration>", "{]", "[1]"]
)
@pytest.mark.parametrize("target", TARGETS)
def test_an_answer_that_is_no_configuration_is_refused(target, answer):
    with pytest.raises(ValueError, match=r"."):
        load_command_line(TARGETS[target]).configuration(answer)


def test_what_others_have_in_json_is_told_whatever_it_is():
    lines = load_command_line(TARGETS["srlinux"])
    answer = json.dumps(
        {
            "srl_nokia-acl:acl": {"acl-filter": [{"name": "X", "type": "ipv4", "description": "a\u0007<b>"}]},
            "system": {"on": True, "none": None, "numbers": [1, 2], "ratio": 1.5, "empty": {}},
        }
    )
    root = ET.fromstring(lines.configuration(f"noise\n{answer}\n"))  # noqa: S314  (our own)
    texts = {element.tag.rpartition("}")[2]: element.text for element in root.iter()}
    assert (texts["description"], texts["on"], texts["ratio"]) == ("a?<b>", "true", "1.5")
    assert [element.text for element in root.iter() if element.tag.endswith("numbers")] == ["1", "2"]


def test_junos_prints_more_than_configuration():
    """Banners and notes around the document, a group that is switched off, counters: only what is active counts."""
    target, text = "junos", goldens("junos")["fencing"]
    fake = typed(target, text)
    lines = load_command_line(TARGETS[target])
    answer = f"\n{fake.login().run(lines.READ)}\n\n# commit confirmed will be rolled back in 2 minutes\n"
    assert load_code(TARGETS[target]).differences(bundle(target, text), lines.configuration(answer)) == ()
    group = next(element for element in fake.running if element.findtext("{*}name") == "INTENTC")
    group.set("inactive", "inactive")
    assert load_code(TARGETS[target]).differences(bundle(target, text), shown(target, fake)) != ()


def test_a_grammar_is_strict():
    """The fake does not take whatever it is given: a test of the tests."""
    tree = ET.Element("x")
    for words in ("no-such-thing", "groups INTENTC firewall policer", "groups INTENTC firewall nonsense"):
        with pytest.raises(importlib.import_module("support_cli_grammar").SyntaxProblemError):
            grammar("junos").set(tree, words.split())
    with pytest.raises(importlib.import_module("support_cli_grammar").SyntaxProblemError):
        grammar("srlinux").set(tree, ["acl", "acl-filter", "ITC-X", "ipv4"])
