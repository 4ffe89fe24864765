"""`import`: paths, circles, and what is missing."""

import pytest

from intentc.diagnostics import Findings, Source
from intentc.language.parser import parse
from intentc.resolve.imports import imported_paths, is_inside, load_closure


def load(files: dict[str, str], entries: list[str], **rest):
    findings = Findings()
    reads: list[str] = []

    def read(path: str):
        reads.append(path)
        return parse(Source(path, files[path]), findings) if path in files else None

    parsed = [parse(Source(path, files[path]), findings) for path in entries]
    loaded = load_closure(parsed, read, findings, **rest)
    return [file.source.path for file in loaded], findings.sorted(), reads


def test_paths_are_relative_to_the_file_that_imports():
    text = 'import "a.intent"\nimport "../shared/b.intent"\nimport "./x/../c.intent"\nimport "../../out.intent"'
    file = parse(Source("intents/fraud/main.intent", text), Findings())
    assert [path for path, _ in imported_paths(file)] == [
        "intents/fraud/a.intent",
        "intents/shared/b.intent",
        "intents/fraud/c.intent",
        "out.intent",
    ]


@pytest.mark.parametrize(
    ("path", "inside"),
    [("a.intent", True), ("x/a.intent", True), ("..", False), ("../a", False), ("/a", False), ("..a", True)],
)
def test_inside_is_below_the_root(path, inside):
    assert is_inside(path) is inside


def test_files_are_loaded_once_each_in_order_of_their_paths():
    files = {
        "z.intent": 'import "b.intent"\nimport "a.intent"',
        "b.intent": 'import "c.intent"',
        "a.intent": 'import "c.intent"',
        "c.intent": "",
    }
    paths, findings, reads = load(files, ["z.intent"])
    assert paths == ["a.intent", "b.intent", "c.intent", "z.intent"]
    assert findings == ()
    assert sorted(reads) == ["a.intent", "b.intent", "c.intent"]


def test_an_import_of_an_entry_reads_nothing():
    paths, findings, reads = load({"a.intent": 'import "b.intent"', "b.intent": ""}, ["a.intent", "b.intent"])
    assert (paths, findings, reads) == (["a.intent", "b.intent"], (), [])


def test_a_missing_file_is_a_finding_at_each_import_and_the_rest_is_loaded():
    files = {"a.intent": 'import "gone.intent"\nimport "b.intent"', "b.intent": 'import "gone.intent"'}
    paths, findings, reads = load(files, ["a.intent"])
    assert paths == ["a.intent", "b.intent"]
    assert [(item.code, item.span.file) for item in findings] == [("E0224", "a.intent"), ("E0224", "b.intent")]
    assert findings[0].span.column == len('import "')
    assert reads == ["gone.intent", "b.intent"]


@pytest.mark.parametrize("path", ["../b.intent", "/etc/passwd", "x/../../b.intent"])
def test_imports_stay_inside_the_project(path):
    _, findings, reads = load({"a.intent": f'import "{path}"'}, ["a.intent"])
    assert [item.code for item in findings] == ["E0226"]
    assert reads == []


def test_imports_may_leave_the_project_where_that_is_allowed():
    files = {"a.intent": 'import "../b.intent"', "../b.intent": ""}
    paths, findings, _ = load(files, ["a.intent"], may_leave_project=True)
    assert (paths, findings) == (["../b.intent", "a.intent"], ())


@pytest.mark.parametrize(
    ("files", "circle"),
    [
        ({"a.intent": 'import "a.intent"'}, "`a.intent` → `a.intent`"),
        ({"b.intent": 'import "a.intent"', "a.intent": 'import "b.intent"'}, "`a.intent` → `b.intent` → `a.intent`"),
        (
            {"a.intent": 'import "c.intent"', "b.intent": 'import "a.intent"', "c.intent": 'import "b.intent"'},
            "`a.intent` → `c.intent` → `b.intent` → `a.intent`",
        ),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_circle_is_one_finding_whatever_the_order(files, circle, is_reversed):
    paths, findings, _ = load(files, sorted(files, reverse=is_reversed))
    assert paths == sorted(files)
    assert [item.code for item in findings] == ["E0225"]
    assert findings[0].message.endswith(circle)
    assert len(findings[0].related) == len(files) - 1


def test_a_diamond_is_no_circle():
    files = {
        "a.intent": 'import "b.intent"\nimport "c.intent"',
        "b.intent": 'import "d.intent"',
        "c.intent": 'import "d.intent"',
        "d.intent": "",
    }
    assert load(files, ["a.intent"])[1] == ()


def test_a_chain_of_thousands_of_imports_is_loaded():
    files = {f"{number}.intent": f'import "{number + 1}.intent"' for number in range(3000)} | {"3000.intent": ""}
    paths, findings, _ = load(files, ["0.intent"])
    assert (len(paths), findings) == (3001, ())
