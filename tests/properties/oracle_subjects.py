"""Compiled programs as subjects of mutation, and the two judges who hear each case: the product's prover and the oracle."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from functools import lru_cache

from oracle_changes import CHANGES
from oracle_drafts import INTENT_PATH, PLAIN, TOPOLOGY_PATH, Draft, digests_of
from oracle_facts import Facts, Untrue
from oracle_judge import judge
from oracle_lists import LISTS
from oracle_programs import intents_text, topology_text
from oracle_random import draw_labelled, draw_paired, draw_paired_labelled, draw_program, draw_tunnelled
from oracle_statements import STATEMENTS
from oracle_tables import TABLES
from support_targets import all_targets, stages_with_all_targets
from support_verify import TODAY, build

from intentc.diagnostics import Findings, Source
from intentc.lab.numbering import number_unmanaged
from intentc.language.parser import parse
from intentc.manifest.codec import ManifestError
from intentc.manifest.read import read_manifest
from intentc.render.sharing import with_schedulers
from intentc.topology.load import load
from intentc.verify.check_files import Evidence
from intentc.verify.prove import prove

KINDS = {**PLAIN, **STATEMENTS, **TABLES, **CHANGES}  # with their weights
KINDS_OF_LISTS = {**KINDS, **LISTS}
CERTIFICATES = "E0594"  # has judges of its own, see `oracle_drafts.UNPROVABLE`
_FURTHER = 0.15  # of the changes come together with a change of one value or list


@dataclass
class Tally:
    """How many mutations both found true, and false; `apart` describes those on which they differ."""

    true: int = 0
    false: int = 0
    apart: list = field(default_factory=list)


class Subject:
    """A program with the manifest that the product compiled it to."""

    def __init__(self, program):
        built = build(intents_text(program), topology_text(program.net), stages_with_all_targets())
        self.whole = json.loads(built.text)
        self.draft = Draft(Facts(program), self.whole, digests_of(program), built.outputs)
        self._sources = parsed(program)

    @property
    def is_placed(self):
        return bool(self.draft.demands())

    @property
    def size(self):
        """Return how much there is to prove: demands and the states that they are promised."""
        return sum(1 + len(want.states) for want in self.draft.facts.wants)

    def hear(self, draft):
        """Return why the oracle says that a draft is not true, and what the prover finds; both empty for a true one."""
        why = judge(draft.facts, draft.whole, (draft.digests, draft.outputs))
        files, topology = parsed(draft.program) if draft.is_new_source else self._sources
        try:
            manifest = read_manifest(json.dumps(draft.whole))
        except ManifestError as error:
            return why, [str(error)]
        proof = prove(files, topology, manifest, TODAY, Evidence(draft.digests, draft.outputs))
        said = (item for item in proof.findings if item.is_error and item.code != CERTIFICATES)
        return why, [f"{item.code} {item.message}" for item in said]

    def mutate(self, source, kinds):
        """Return a changed draft and what was changed."""
        while True:
            (kind,) = source.choices(list(kinds), list(kinds.values()))
            further = source.choices(list(PLAIN), list(PLAIN.values())) if source.random() < _FURTHER else []
            draft = self.changed(source, kind, *further)
            if draft is not None:
                return draft, "+".join(change.__name__ for change in (kind, *further))

    def changed(self, source, *changes):
        """Return a draft with some changes, None where one of them does not fit."""
        draft = self.draft.copy()
        try:
            return draft if all(change(source, draft) for change in changes) else None
        except Untrue:
            return None  # nothing can be told of such rules

    @property
    def is_labelled(self):
        return any(demand["policies"] for demand in self.draft.demands())

    def trial(self, seed, count, kinds=KINDS):
        """Return the tally of `count` mutations."""
        source, tally = random.Random(seed), Tally()  # noqa: S311  (seeded mutations, no secret)
        for at in range(count):
            draft, name = self.mutate(source, kinds)
            why, found = self.hear(draft)
            tally.true += why is None
            tally.false += why is not None
            if (why is None) == bool(found):
                tally.apart.append(f"{at} {name}: the oracle says {why or 'true'}, the prover {found[:2] or 'true'}")
        return tally


def parsed(program):
    """Return the files and the topology of a program as the prover takes them."""
    return _files(intents_text(program)), _topology(topology_text(program.net))


@lru_cache(maxsize=8)  # most changes leave one of both as it is
def _topology(text):
    findings = Findings()
    topology = number_unmanaged(load([Source(TOPOLOGY_PATH, text)], findings), findings)
    assert not findings.has_errors, [item.message for item in findings.items]
    return with_schedulers(topology, all_targets())


@lru_cache(maxsize=8)
def _files(text):
    findings = Findings()
    files = (parse(Source(INTENT_PATH, text), findings),)
    assert not findings.has_errors, [item.message for item in findings.items]
    return files


def labelled(seed):
    """Return a program whose routers steer by SR policies."""
    return Subject(draw_labelled(random.Random(seed)))  # noqa: S311  (seeded programs, no secret)


def paired(seed):
    """Return a program with sites of several routers."""
    return Subject(draw_paired(random.Random(seed)))  # noqa: S311  (seeded programs, no secret)


def paired_labelled(seed):
    """Return a program with sites of several routers that steer by SR policies."""
    return Subject(draw_paired_labelled(random.Random(seed)))  # noqa: S311  (seeded programs, no secret)


def tunnelled(seed):
    """Return a program on a net with tunnels."""
    return Subject(draw_tunnelled(random.Random(seed)))  # noqa: S311  (seeded programs, no secret)


def subject(seed):
    return Subject(draw_program(random.Random(seed)))  # noqa: S311  (seeded programs, no secret)
