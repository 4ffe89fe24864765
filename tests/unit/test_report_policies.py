"""Segments are shown where steering is: to who asks for one intent, and in the page of tables."""

import json

import test_verify_flex_algo
from test_verify_policies import built, found

from intentc.cli.explain_intent import _demand
from intentc.manifest.read import read_manifest
from intentc.report.html import _demands


def entries(name):
    return [intent for intent in read_manifest(built().text).intents if intent.name == name]


def test_explaining_an_intent_lists_its_candidate_paths():
    (intent,) = entries("safe")
    lines = [line.strip() for line in _demand(intent.demands[0])]
    told = [
        f"preference {path['preference']}: segments {', '.join(path['segments'])}"
        for path in found("safe")["policies"][0]["candidates"]
    ]
    assert len(told) == 2
    assert [line for line in lines if line.startswith("preference")] == told


def test_the_page_shows_the_segments_beside_the_mechanism():
    page = _demands(entries("fast"))
    assert f"sr-policy<br>{'<br>'.join(found('fast')['segments'])}" in page


def test_an_intent_without_a_policy_shows_none():
    (intent,) = entries("plain")
    assert not any("preference" in line for line in _demand(intent.demands[0]))
    assert json.dumps(found("plain")["policies"]) == "[]"


def test_the_segment_of_an_algorithm_is_told_as_such():
    manifest = read_manifest(test_verify_flex_algo.built().text)
    (intent,) = (intent for intent in manifest.intents if intent.name == "fast")
    lines = [line.strip() for line in _demand(intent.demands[0])]
    assert lines[0].endswith("by flex-algo")
    assert lines[1].startswith("the way of algorithm 128: IGP's path takes")
    assert lines[2] == "preference 100: segments fra2 (algorithm 128)"
    assert "flex-algo<br>fra2~128" in _demands([intent])
