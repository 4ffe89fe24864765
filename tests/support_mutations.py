"""Programs that nobody would write, from a seed, and what must hold of each: a finding or a value, and never anything else."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from support_language import parsed_together
from support_resolve import PRELUDE, TODAY, wan

from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.language.lexer import line_starts
from intentc.language.parser import load_engine, parse
from intentc.language.printer import print_file
from intentc.language.source import decode
from intentc.pipeline import compile_request
from intentc.project import Project
from intentc.resolve.imports import load_closure
from intentc.resolve.resolve import resolve
from intentc.run import Request, Run

CHARACTERS = ' \n\t{}();,"\\#=<>!&-.*?/:%0123456789abcxyzé\x00\u2028😀\r'
NETWORK = Path(__file__).parent / "corpus" / "network.yaml"

# Words of every clause; the ends are those of the network that tests resolve against, so that much of it means something.
PROGRAM = """\
service s { at fra  prefix 10.20.0.0/24  port tcp/1-9  capacity 1Gbps per host }
group g = (sites where role == "branch" and not tier in (3, 4)) except ber-*, node lab, ber
class gold { dscp 20  queue 20%  drop high }
profile p { priority high  label tenant = acme  avoid provider carrier-b }
intent i "title" extends p {
  from ber, muc  to any of api
  match tcp/443 dscp AF41 except tcp/80
  latency <= 15ms rtt  # bound
  bandwidth 50 Mbps per source burst 1KB
  avoid node p2, media lte, label owner = acme,
  pin region eu
  failover within 1s { survive any 1 link and any 1 node except access  otherwise drop }
  isolate  telemetry every 10s to otel-eu
  waive E0509 until 2027-01-31 because "x"
}
intent j { between ber and nyc  match prefix 10.1.0.0/25 to 10.50.0.0/24, any  overrides i  encrypt macsec  spread }
intent k { among ber, muc, fra  transfer 10GB within 1h  prefer node p1  optimize latency  jitter <= 1ms  loss <= 1% }
chain c { latency <= 100ms  parallel { step ber -> any of api processing 5ms calls 2  step ber -> db } step ber -> db }
assert h { utilization <= 70% on links where media == fiber under any 1 link failure }
assert n { no traffic of intents where priority == high on links where region == us }
"""

# What other languages would act on; the marks around it show where it went.
BEFORE, AFTER = "zqx7", "zqx8"
PAYLOADS = (
    "{{7*7}}",
    "{%for x in y%}",
    "{#",
    "]]><script>",
    "<!ENTITY e SYSTEM 'file:///etc/passwd'>",
    "&#10;</name>",
    "$(reboot)",
    "`reboot`",
    "; flush ruleset",
    '\\"; drop #',
    "%s%n",
    "..;/../..",
    "!\\\\n end",
    "' OR 1=1 --",
    "\u00e9\u4e16\U0001f600",
    "$(cat /etc/shadow) | sh",
)
CONTROLS = ("\n", "\r", "\x00", "\x1b[2J", "\x07", "\u2028", "\u202e", "\ufeff", "\x85", "\x7f")
# Every place of the language for a text or a name; the ends are sound, so that the program is accepted and rendered.
FORM = """\
group {0} = ber, muc
service {1} {{ at fra  prefix 10.30.0.0/24  port tcp/5432 }}
class {2} {{ dscp 20  queue 10% }}
profile {3} {{ label {4} = {5}  waive W0240 until 2027-01-31 because {6} }}
intent {7} {8} extends {3} {{
  from {0}  to {1}  priority {2}  bandwidth 1Mbps  telemetry every 10s  failover within 5s {{ survive any 1 srlg }}
}}
intent {9} {{ from ham  to ams  priority high  bandwidth 1Mbps }}
chain {10} {11} {{ latency <= 500ms  bandwidth 1Mbps  step nyc -> fra processing 1ms }}
assert {12} {{ utilization <= 90% on links where not media == {13} }}
"""
_PLACES = 14
_RAW = re.compile(f"{BEFORE}(?:(?!{AFTER})[^\n])*[^A-Za-z0-9_.\n-](?:(?!{AFTER})[^\n])*{AFTER}|{BEFORE}49{AFTER}")


def vocabulary() -> list[str]:
    """Return words of the language and others, names of the network among them."""
    lexicon = load_engine().table.lexicon
    others = ["a", "b", '"x"', "15ms", "50Mbps", "3", "tcp/443", "#", "\n", "\n", "fra-*", '"', "é"]
    return [*lexicon.words, *lexicon.marks, *others, "ber", "fra", "api", "eu", "otel-eu", "10.1.0.0/24", "E0509"]


def mutated(chance: random.Random, text: str, words: list[str]) -> str:
    """Return a text with some stretches taken out, doubled, moved, or replaced."""
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([1, 2, 5, 30]))
        insert = chance.choice(
            ["", chance.choice(CHARACTERS), chance.choice(words), text[start:end] * 2, text[end : end + 40]]
        )
        text = text[:start] + insert + text[chance.choice([start, end]) :]
    return text


def hostile(chance: random.Random) -> str:
    """Return a text in quotes, escaped as the language wants it, that means something elsewhere."""
    payload = "".join(chance.sample(PAYLOADS, chance.choice([1, 1, 2])))
    escaped = payload.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{BEFORE}{escaped}{chance.randrange(10**6)}{AFTER}"'


def filled(chance: random.Random) -> str:
    """Return a sound program with a hostile text wherever one may stand."""
    return FORM.format(*(hostile(chance) for _ in range(_PLACES)))


@dataclass(frozen=True)
class Kind:
    """A way to make programs: `name` for reports; `make` takes chance and words to bytes."""

    name: str

    def make(self, chance: random.Random, words: list[str]) -> bytes:
        """Return one program."""
        match self.name:
            case "bytes":
                return chance.randbytes(chance.randrange(200))
            case "bytes in a program":
                data = bytearray(PROGRAM.encode())
                for _ in range(chance.choice([1, 1, 3])):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                return bytes(data)
            case "characters":
                return "".join(chance.choices(CHARACTERS, k=chance.randrange(300))).encode()
            case "words":
                return " ".join(chance.choices(words, k=chance.randrange(120))).encode()
            case "truncated":
                return PROGRAM.encode()[: chance.randrange(len(PROGRAM))]
            case "hostile, mutated":
                return mutated(chance, filled(chance), [*words, *CONTROLS]).encode(errors="replace")
            case _:
                return mutated(chance, PROGRAM, words).encode()


KINDS = tuple(
    Kind(name)
    for name in ("mutated", "bytes", "bytes in a program", "characters", "words", "truncated", "hostile, mutated")
)
_TOPOLOGY = wan()
_PRELUDE = parse(Source("prelude.intent", PRELUDE), Findings())


def examine(data: bytes) -> tuple[Diagnostic, ...]:
    """Parse, load imports, resolve and print; see that each finding has a code and a place, and what is sound is kept.

    Declarations that are built together have to be what each of them is alone.
    """
    findings = Findings()
    source = decode("a.intent", data, findings)
    assert (source is None) == bool(findings.items)
    if source is None:
        return findings.sorted()
    file = parse(source, findings)
    assert (file, findings.items) == parsed_together(source)
    sees_mistakes = bool(findings.items)
    assert sees_mistakes or not file.broken
    asked: list[str] = []
    files = load_closure((file, _PRELUDE), asked.append, findings)
    assert all(path and not path.startswith(("/", "..")) for path in asked)
    resolve(files, _TOPOLOGY, TODAY, findings)
    _check_findings(findings, source.text)
    if not sees_mistakes:
        printed = print_file(file)
        again = parse(Source("a.intent", printed), more := Findings())
        assert not more.items
        assert print_file(again) == printed
    return findings.sorted()


def _check_findings(findings: Findings, text: str) -> None:
    lines = line_starts(text)
    for item in findings.sorted():
        assert item.code in CATALOGUE
        assert item.message.isprintable()
        assert all(help_.isprintable() for help_ in item.help)
        assert not item.message.endswith(".")
        if item.span is not None and item.span.file == "a.intent":
            assert 1 <= item.span.line < len(lines)
            assert item.span.column >= 1
            assert (item.span.line, item.span.column) < (item.span.end_line, item.span.end_column)


def compiled(text: str) -> Run:
    """Return the whole compilation of a program over the network of the corpus."""
    topology = (Source("network.yaml", NETWORK.read_text()),)
    project = Project("hostile", Path("/nowhere"), ("*.yaml",), ("*.intent",))
    request = Request(project, (Source("a.intent", text),), topology, TODAY, lambda _path: None)
    return compile_request(request, Findings())


def check_files(run: Run) -> int:
    """See that no hostile text reached a device's file as it was written, nor what a template makes of it; return how many."""
    devices = run.bundle.devices.values() if run.bundle is not None else ()
    files = [file for device in devices for file in device.files]
    for file in files:
        assert _RAW.search(file.text) is None, (file.path, _RAW.search(file.text))
        assert not any(f"{BEFORE}{payload[:3]}" in file.text for payload in PAYLOADS), file.path  # cut short
        assert all(char in "\n\t" or char.isprintable() for char in file.text), file.path
    return len(files)
