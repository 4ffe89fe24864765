"""The one style, rule by rule."""

import textwrap
from pathlib import Path

import pytest

from intentc.diagnostics import Findings, Source
from intentc.formatting.format import format_source

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "intents").rglob("*.intent"))


def formatted(text):
    findings = Findings()
    result = format_source(Source("a.intent", text), findings)
    return result if result is not None else [item.code for item in findings.sorted()]


def lines(text):
    return textwrap.dedent(text).lstrip("\n")


RULES = {
    "clauses stand in one column, bare words and steps apart": (
        "chain c { latency<=5ms; priority high\n step a->b processing 1ms\n parallel { step a -> b } unidirectional }",
        """
        chain c {
          latency  <= 5ms
          priority high
          step a -> b processing 1ms
          parallel { step a -> b }
          unidirectional
        }
        """,
    ),
    "a block on one line stays there, its clauses two blanks apart": (
        "profile p{priority high failover within 1s{survive any 1 link;}}",
        "profile p { priority high  failover within 1s { survive any 1 link } }\n",
    ),
    "a block that is too long for one line is broken": (
        "profile p { "
        + "priority high  " * 2
        + 'label some-key = a-rather-long-value  waive W0240 until 2027-01-31 because "why" }',
        """
        profile p {
          priority high
          priority high
          label    some-key = a-rather-long-value
          waive    W0240 until 2027-01-31 because "why"
        }
        """,
    ),
    "empty blocks have no blank": ("profile p {\n\n}", "profile p {}\n"),
    "an empty line stands around blocks of several lines and is kept, once, elsewhere": (
        "const a = 5 ms\n\n\n\nconst b = 5mbps\nprofile p {\n\npriority high\n\n\nencrypt\n\n}\nconst c = 1gbps",
        """
        const a = 5ms

        const b = 5Mbps

        profile p {
          priority high

          encrypt
        }

        const c = 1Gbps
        """,
    ),
    "comments keep their place, those behind lines share a column": (
        "#!first\nprofile p { # opening\n# above\n priority high # one\n avoid node a, # two\n node b\n\n # last\n} # closing\n# end",
        """
        #!first
        profile p {  # opening
          # above
          priority high     # one
          avoid    node a,  # two
                   node b

          # last
        }  # closing

        # end
        """,
    ),
    "trailing commas and semicolons go": (
        "group a = (x, y,), z,;;\nprofile p extends q, { via node a,; label k = v }",
        "group a = (x, y), z\nprofile p extends q { via node a  label k = v }\n",
    ),
    "long lists are filled and hang below the first item": (
        "service s {\n prefix " + ", ".join(f"10.20.{n}.0/24" for n in range(10)) + "\n}",
        """
        service s {
          prefix 10.20.0.0/24, 10.20.1.0/24, 10.20.2.0/24, 10.20.3.0/24, 10.20.4.0/24, 10.20.5.0/24,
                 10.20.6.0/24, 10.20.7.0/24, 10.20.8.0/24, 10.20.9.0/24
        }
        """,
    ),
    "a collector stays on its line, a clause `to` on its own": (
        (
            "profile p { telemetry every 10s to x }\nprofile q { telemetry every 10s\n to x }\nprofile r { telemetry every 10s; to x }"
            "\nprofile s {\n telemetry every 10s to x, y\n isolate to z\n}"
        ),
        """
        profile p { telemetry every 10s to x }

        profile q {
          telemetry every 10s
          to        x
        }

        profile r {
          telemetry every 10s
          to        x
        }

        profile s {
          telemetry every 10s
          to        x, y
          isolate
          to        z
        }
        """,
    ),
    "carriage returns and a byte order mark go": (
        "\ufeffconst a = 5ms\r\n\r\nconst b = 6ms\r",
        "const a = 5ms\n\nconst b = 6ms\n",
    ),
    "an empty file stays empty": ("\n\n", ""),
    "comments alone stay": ("\n\n# a\n\n\n\n# b", "# a\n\n# b\n"),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_style(rule):
    text, expected = RULES[rule]
    assert formatted(text) == (lines(expected) if expected.startswith("\n        ") else expected)


def test_mistakes_of_syntax_are_findings_and_leave_the_text_alone():
    assert formatted("profile p { priority }\nconst a = 5 parsec") == ["E0101", "E0120"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_examples_are_written_in_it(path):
    text = path.read_text()
    assert formatted(text) == text
