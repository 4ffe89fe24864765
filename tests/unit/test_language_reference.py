"""The reference of the language against its grammar: every clause is there, every example parses where it says it stands."""

from pathlib import Path

import pytest
from support_language import read

from intentc.language.keywords import keywords
from intentc.language.reference import REFERENCE, entry_of, reference_page

ROOT = Path(__file__).resolve().parents[2]
FRAMES = {
    "declaration": "{}",
    "service": "service it {{ {} }}",
    "class": "class it {{ {} }}",
    "intent": "intent it {{ {} }}",
    "chain": "chain it {{ {} }}",
    "parallel": "chain it {{ parallel {{ {} }} }}",
    "failover": "profile it {{ failover within 1s {{ {} }} }}",
    "assert": "assert it {{ {} }}",
}
EXAMPLES = [(block, entry) for block, entries in REFERENCE.items() for entry in entries]


def words(block):
    known = keywords()
    if block == "declaration":
        return set(known.declarations)
    own = set(known.clauses[block])
    return own - set(known.clauses["intent"]) if block == "chain" else own


@pytest.mark.parametrize("block", REFERENCE)
def test_every_clause_of_the_grammar_is_there_and_no_other_in_order(block):
    listed = [entry.word for entry in REFERENCE[block]]
    assert set(listed) == words(block)
    assert listed == sorted(listed)


def test_profiles_take_the_clauses_of_intents():
    assert keywords().clauses["profile"] == keywords().clauses["intent"]


@pytest.mark.parametrize(("block", "entry"), EXAMPLES, ids=[f"{block}-{entry.word}" for block, entry in EXAMPLES])
def test_examples_parse_and_begin_with_their_word(block, entry):
    assert entry.example.split()[0] == entry.word == entry.syntax.split()[0]
    file, findings = read(FRAMES[block].format(entry.example))
    assert findings == ()
    assert len(file.declarations) == 1
    assert all((entry.takes, entry.default, entry.meaning))


def test_the_page_is_what_the_reference_says():
    assert (ROOT / "grammar" / "REFERENCE.md").read_text(encoding="utf-8") == reference_page()


def test_a_chain_has_the_clauses_of_intents_and_its_own():
    assert entry_of("chain", "latency") == entry_of("intent", "latency")
    assert entry_of("chain", "step").word == "step"
    assert entry_of("service", "latency") is None
