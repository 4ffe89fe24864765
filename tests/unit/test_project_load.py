from pathlib import Path

import pytest

from intentc.project import Apply, Credentials, ProjectError, find_project, load_project
from intentc.project.table import line_of

WHOLE = """\
# a project
[project]
name     = "acme-wan"
language = 1
topology = ["topology/*.yaml", "more.yaml"]
intents  = ["intents/**/*.intent"]
output   = "build/out"
targets  = ["targets"]

[apply]
confirm_timeout = "2min"
concurrency     = 16
state           = "state"

[credentials.default]
username = "automation"
key      = "~/.ssh/id_ed25519"

[credentials."lab.eu"]
username    = "root"
agent       = true
known_hosts = "known_hosts"
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "intentc.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_project(path)

    return load


def test_everything_is_read(load, tmp_path):
    project = load(WHOLE)
    assert (project.name, project.root, project.language) == ("acme-wan", tmp_path, 1)
    assert project.topology == ("topology/*.yaml", "more.yaml")
    assert project.intents == ("intents/**/*.intent",)
    assert (project.output, project.targets) == ("build/out", ("targets",))
    assert project.apply == Apply(120, 16, "state")
    assert project.credentials == {
        "default": Credentials("automation", Path("~/.ssh/id_ed25519").expanduser(), is_agent_allowed=False),
        "lab.eu": Credentials("root", None, is_agent_allowed=True, known_hosts=tmp_path / "known_hosts"),
    }


def test_what_may_be_left_out(load):
    project = load('[project]\nname = "x"\n')
    assert (project.topology, project.intents) == (("topology/*.yaml",), ("intents/**/*.intent",))
    assert (project.output, project.targets, project.language) == ("build", (), 1)
    assert project.apply == Apply(120, 64, ".intentc/state")
    assert project.credentials == {}


def test_a_byte_order_mark_is_no_content(load):
    assert load(b"\xef\xbb\xbf" + WHOLE.encode()).name == "acme-wan"


def instead(old, new):
    assert WHOLE.count(old) == 1
    return WHOLE.replace(old, new)


BAD = {
    "not toml": (instead('"acme-wan"', "acme-wan"), "this is not TOML: invalid value", 3),
    "toml cut off": (WHOLE + "x = [1,\n", "this is not TOML: ", None),
    "no project": ("[apply]\nconcurrency = 1\n", "there is no table `[project]`", None),
    "empty": ("", "there is no table `[project]`", None),
    "project is no table": ("project = 3\n", "`project` must be a table", 1),
    "no name": (instead('name     = "acme-wan"\n', ""), "`name` is missing in `[project]`", 2),
    "unknown table": (WHOLE + "[aply]\nx = 1\n", "`aply` is not a key", 23),
    "unknown key": (instead("output ", "outptu"), "`outptu` is not a key in `[project]`", 7),
    "unknown key of apply": (
        instead("concurrency     =", "concurency ="),
        "`concurency` is not a key in `[apply]`",
        12,
    ),
    "unknown key of credentials": (
        instead('key      = "~', 'kye = "~'),
        "`kye` is not a key in `[credentials.default]`",
        17,
    ),
    "another language": (instead("language = 1", "language = 2"), "language 2 is not known", 4),
    "language as text": (instead("language = 1", 'language = "1"'), "`language` must be a whole number", 4),
    "language as a flag": (instead("language = 1", "language = true"), "`language` must be a whole number", 4),
    "name as a number": (instead('"acme-wan"', "3"), "`name` must be a text of one line", 3),
    "name with an escape": (instead('"acme-wan"', '"a\\u001b[2J"'), "`name` must be a text of one line", 3),
    "topology as a text": (
        instead('["topology/*.yaml", "more.yaml"]', '"t.yaml"'),
        "`topology` must be a list of texts",
        5,
    ),
    "topology with a number": (instead('"more.yaml"', "3"), "`topology` must be a list of texts", 5),
    "output elsewhere": (
        instead('"build/out"', '"/tmp/x"'),
        "`output` must lie below the project, and `/tmp/x` does not",
        7,
    ),
    "output above": (instead('"build/out"', '"../x"'), "`output` must lie below the project, and `../x` does not", 7),
    "output is the project": (
        instead('"build/out"', '"."'),
        "`output` must lie below the project, and `.` does not",
        7,
    ),
    "no time": (instead('"2min"', '"soon"'), "`soon` is not a time", 11),
    "no time at all": (instead('"2min"', '"0s"'), "`0s` is not a time", 11),
    "time without unit": (instead('"2min"', "120"), "`confirm_timeout` must be a text of one line", 11),
    "no device at a time": (instead("= 16", "= 0"), "`concurrency` must be a whole number from 1 to 4096", 12),
    "a store of another kind": (instead('"state"', '"https://host/x"'), "state cannot be kept at", 13),
    "a shared store without a branch": (instead('"state"', '"git+ssh://host/x"'), "no branch is named", 13),
    "a shared store without a directory": (instead('"state"', '"ssh+host"'), "no host and directory are named", 13),
    "a shared store at no port": (instead('"state"', '"ssh+host:70000/x"'), "no host and directory are named", 13),
    "apply is no table": ("apply = 3\n" + instead("[apply]", "[apply2]"), "`apply2` is not a key", 11),
    "no user": (instead('username = "automation"\n', ""), "`username` is missing in `[credentials.default]`", 15),
    "nothing to log in with": (instead('key      = "~/.ssh/id_ed25519"\n', ""), "nothing to log in with", 15),
    "agent as text": (instead("= true", '= "yes"'), "`agent` must be true or false", 21),
    "an unknown home": (
        instead("~/.ssh", "~nobody-we-know/.ssh"),
        "is in the home of a user who is not known here",
        17,
    ),
    "credentials are no table": (
        WHOLE.split("[credentials", maxsplit=1)[0] + "[credentials]\ndefault = 3\n",
        "`default` must be a table",
        16,
    ),
    "not utf-8": (b'[project]\nname = "\xe9"\n', "is not UTF-8 text", None),
}


@pytest.mark.parametrize(("text", "message", "line"), BAD.values(), ids=BAD.keys())
def test_a_mistake_says_what_and_where(load, tmp_path, text, message, line):
    with pytest.raises(ProjectError) as caught:
        load(text)
    error = caught.value
    assert message in error.message
    assert "\n" not in error.message
    assert (error.path, error.line) == (tmp_path / "intentc.toml", line)


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        (instead("output ", "outptu"), "did you mean `output`?"),
        (WHOLE + "[aply]\n", "did you mean `apply`?"),
        (instead("language = 1", "language = 2"), "this version knows language 1"),
    ],
)
def test_a_mistake_says_what_to_do(load, text, help_):
    with pytest.raises(ProjectError) as caught:
        load(text)
    assert caught.value.help == (help_,)


@pytest.mark.parametrize("key", ["passphrase", "secret", "token"])
def test_secrets_are_refused_and_never_repeated(load, key):
    with pytest.raises(ProjectError) as caught:
        load(WHOLE + f'{key} = "canary-4711"\n')
    error = caught.value
    assert error.message == f"`{key}` must not stand in a file"
    assert error.line == 23
    assert "canary" not in repr((error, error.args, error.help, error.__dict__))


def test_a_missing_file_is_a_project_error(tmp_path):
    with pytest.raises(ProjectError, match="cannot be read"):
        load_project(tmp_path / "intentc.toml")


def test_the_project_is_found_from_below(tmp_path):
    (tmp_path / "intentc.toml").touch()
    below = tmp_path / "intents" / "deep"
    below.mkdir(parents=True)
    assert find_project(below) == tmp_path / "intentc.toml"
    assert find_project(tmp_path) == tmp_path / "intentc.toml"


def test_a_folder_of_that_name_is_no_project(tmp_path):
    (tmp_path / "a" / "intentc.toml").mkdir(parents=True)
    found = find_project(tmp_path / "a")
    assert found is None or tmp_path not in found.parents


@pytest.mark.parametrize(
    ("table", "key", "line"),
    [
        ("project", "name", 3),
        ("credentials.default", "username", 16),
        ("credentials.lab.eu", "username", 20),
        ("credentials", "default", 15),
        ("apply", "nothing", 10),
        ("nothing", "name", None),
    ],
)
def test_the_line_of_a_key_is_that_in_its_own_table(table, key, line):
    assert line_of(WHOLE, table, key) == line
