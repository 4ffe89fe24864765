"""The planted mistakes of the example projects: every repair that is shown as proven is made in the files, and works."""

import contextlib
import io
import json
import shutil
from pathlib import Path

import pytest

from intentc.cli import main
from intentc.diagnostics import Edit, Source, Span
from intentc.whynot.texts import apply_edits

EXAMPLES = Path(__file__).resolve().parents[2] / "intents"
PLANTED = {
    "card-fraud": ("E0522", "fraud-scoring", "put `north-c` into service (it is planned)"),
    "hospital-imaging": ("E0526", "study-upload", "put `bra-lte` into service (it is planned)"),
    "rag-assistant": ("E0530", "rag-answer", "add a replica of `vector-db` at `tlv`"),
    "sovereign-training": ("E0526", "dataset-sync", "pin to `no` as well, in the profile"),
}


def check(project):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        main(["-C", str(project), "--format", "json", "check"])
    return [
        item for item in json.loads(out.getvalue())["findings"] if item["severity"] == "error" and not item["waived"]
    ]


def make(project, edits):
    found = [Edit(Span(edit["file"], *edit["range"].values()), edit["text"]) for edit in edits]
    for name in {edit["file"] for edit in edits}:
        path = project / name
        path.write_text(apply_edits(Source(name, path.read_text()), found).text)


@pytest.mark.parametrize("name", PLANTED)
def test_a_repair_that_is_shown_works(name, tmp_path):
    code, intent, text = PLANTED[name]
    before = check(EXAMPLES / name)
    (item,) = (item for item in before if (item["code"], item["intent"]) == (code, intent))
    assert text in [repair["text"] for repair in item["repairs"]]
    assert any(repair["proven"] for repair in item["repairs"])
    for place, repair in enumerate(item["repairs"]):
        if repair["proven"]:
            project = tmp_path / str(place)
            shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns(".intentc", "build"))
            make(project, repair["edits"])
            left = {(one["code"], one["intent"]) for one in check(project)}
            assert left <= {(one["code"], one["intent"]) for one in before} - {(code, intent)}, repair["text"]
