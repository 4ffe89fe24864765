from pathlib import Path

import pytest
from support_topology import SMALL

from intentc.diagnostics import Findings, Span
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.project import Project, ProjectError, bare_project, read_source, read_sources
from intentc.topology.load import load


@pytest.fixture
def root(tmp_path):
    files = {
        "intentc.toml": "",
        "topology/b.yaml": "nodes: {}\n",
        "topology/a.yaml": "sites: {}\n",
        "intents/z.intent": "# z\n",
        "intents/deep/a.intent": "# a\n",
        "intents/notes.txt": "no intent\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def project(root, topology=("topology/*.yaml",), intents=("intents/**/*.intent",)):
    return Project("x", root, tuple(topology), tuple(intents))


def paths(sources):
    return [source.path for source in sources]


def test_files_are_named_from_the_root_and_sorted(root):
    intents, topology = read_sources(project(root), Findings())
    assert paths(intents) == ["intents/deep/a.intent", "intents/z.intent"]
    assert paths(topology) == ["topology/a.yaml", "topology/b.yaml"]
    assert topology[0].text == "sites: {}\n"


@pytest.mark.parametrize(
    "topology",
    [
        ("topology/*.yaml", "topology/b.yaml"),
        ("topology/b.yaml", "topology/a.yaml"),
        ("topology/*.yaml", "./topology/a.yaml"),
        ("topology/[ab].yaml",),
        ("**/*.yaml",),
    ],
)
def test_a_file_counts_once_whatever_names_it(root, topology):
    assert paths(read_sources(project(root, topology), Findings())[1]) == ["topology/a.yaml", "topology/b.yaml"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("topology/c.yaml", "there is no such file"),
        ("topology", "is not a file"),
        ("topology/*.yml", "`topology/*.yml` matches no file"),
        ("../*.yaml", "`../*.yaml` leads out of the project"),
        ("topology/../../x.yaml", "`topology/../../x.yaml` leads out of the project"),
        ("/etc/hosts", "`/etc/hosts` leads out of the project"),
        ("topology/**x*.yaml", "`topology/**x*.yaml` is not a pattern of file names"),
    ],
)
def test_what_the_project_names_must_be_there(root, pattern, message):
    with pytest.raises(ProjectError) as caught:
        read_sources(project(root, (pattern,)), Findings())
    assert caught.value.message == message
    assert caught.value.path is not None


def test_a_missing_file_is_named(root):
    with pytest.raises(ProjectError) as caught:
        read_sources(project(root, ("topology/c.yaml",)), Findings())
    assert caught.value.path == root / "topology" / "c.yaml"


def test_a_link_out_of_the_project_is_refused(root, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "shadow"
    secret.write_text("root:x\n")
    (root / "topology" / "c.yaml").symlink_to(secret)
    with pytest.raises(ProjectError, match="leads out of the project"):
        read_sources(project(root), Findings())


def test_a_link_to_what_is_not_there_is_not_passed_over(root):
    (root / "topology" / "c.yaml").symlink_to("gone.yaml")
    with pytest.raises(ProjectError, match="is a link to what is not there") as caught:
        read_sources(project(root), Findings())
    assert caught.value.path == root / "topology" / "c.yaml"


def test_a_link_inside_the_project_is_fine(root):
    (root / "topology" / "c.yaml").symlink_to(root / "topology" / "a.yaml")
    assert len(read_sources(project(root), Findings())[1]) == 3


def test_an_unreadable_file_is_a_project_error(root, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)  # a mode of 0 would not stop root
    with pytest.raises(ProjectError, match="cannot be read: Permission denied"):
        read_sources(project(root), Findings())


@pytest.mark.parametrize(
    ("name", "code", "index"),
    [("topology/a.yaml", "E0312", 1), ("intents/z.intent", "E0114", 0)],
    ids=["yaml", "intent"],
)
def test_what_is_not_utf_8_is_a_finding_and_left_out(root, name, code, index):
    (root / name).write_bytes("a: 1\r\nb: é".encode() + b"\xe9 x\n")
    findings = Findings()
    sources = read_sources(project(root), findings)
    (finding,) = findings.items
    assert finding.code == code
    assert code in CATALOGUE
    assert finding.message == "the byte 0xE9 is no UTF-8"
    assert finding.span == Span(name, 2, 5, 2, 6)
    assert name not in paths(sources[index])


def test_a_byte_order_mark_is_no_text(root):
    (root / "topology" / "a.yaml").write_bytes(b"\xef\xbb\xbfsites: {}\n")
    assert read_sources(project(root), Findings())[1][0].text == "sites: {}\n"


def test_an_import_is_read_inside_the_project_only(root):
    (root.parent / "outside.intent").write_text("# secret\n")
    there = project(root)
    findings = Findings()
    assert read_source(there, "intents/z.intent", findings).text == "# z\n"
    assert read_source(there, "intents/../intents/z.intent", findings).path == "intents/../intents/z.intent"
    assert read_source(there, "../outside.intent", findings) is None
    assert read_source(there, "intents/none.intent", findings) is None
    assert read_source(there, "intents", findings) is None
    assert read_source(there, "x" * 5000, findings) is None
    assert findings.items == []


def test_bare_files_are_a_project(root):
    bare = bare_project([root / "intents" / "z.intent"], [root / "topology" / "a.yaml"])
    assert bare.root == root.resolve()
    intents, topology = read_sources(bare, Findings())
    assert (paths(intents), paths(topology)) == (["intents/z.intent"], ["topology/a.yaml"])


def test_bare_names_are_no_patterns(root):
    (root / "a[1].intent").write_text("# one\n")
    (root / "a1.intent").write_text("# another\n")
    bare = bare_project([root / "a[1].intent"], [root / "topology" / "a.yaml"])
    assert [source.text for source in read_sources(bare, Findings())[0]] == ["# one\n"]


def test_a_bare_file_may_be_a_link(root, tmp_path_factory):
    link = tmp_path_factory.mktemp("links") / "net.yaml"
    link.symlink_to(root / "topology" / "a.yaml")
    bare = bare_project([root / "intents" / "z.intent"], [link])
    assert paths(read_sources(bare, Findings())[1]) == ["topology/a.yaml"]


def test_a_missing_bare_file_is_named(root):
    with pytest.raises(ProjectError) as caught:
        bare_project([root / "intents" / "z.intent"], [root / "none.yaml"])
    assert caught.value.path == (root / "none.yaml").resolve()
    assert caught.value.message == "there is no such file"


def test_from_files_to_a_topology(root):
    (root / "topology" / "a.yaml").write_text(SMALL)
    (root / "topology" / "b.yaml").write_text("nodes: {r3: {platform: none}}\n")
    findings = Findings()
    topology = load(read_sources(project(root), findings)[1], findings)
    assert topology is not None
    assert topology.sources == ("topology/a.yaml", "topology/b.yaml")
    assert [(item.code, item.span.file) for item in findings.items] == [("W0302", "topology/b.yaml")]
