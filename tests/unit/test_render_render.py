"""Rendering: files per device, the sources of every line, no logic in templates."""

import re

import jinja2
import pytest
from support_frr import HERE, ORIGIN, TARGETS, config, edge, files, fleet, flow, full_config, mark, targets

from intentc.ir.model import Origin
from intentc.render import render as module
from intentc.render.render import load_code, render, render_device
from intentc.targetkit.kit import Artefact, Line
from intentc.values import replace

OTHER = Origin(("other",), (HERE,))


def one(item):
    return render(fleet(item), targets()).devices[item.node]


def test_every_device_of_the_fleet_has_its_files_below_its_name():
    other = config("r4", edges=[edge()])
    bundle = render(fleet(full_config(), other), targets())
    assert list(bundle.devices) == ["r1", "r4"]
    assert [file.path for file in bundle.devices["r4"].files] == ["r4/edge.nft"]
    device = bundle.devices["r1"]
    assert (device.target, device.transport, device.config) == ("frr", "ssh", full_config())


def test_a_device_without_anything_has_no_files():
    assert one(config()).files == ()


def test_the_same_configuration_is_the_same_text():
    assert one(full_config()) == one(full_config())
    assert all(file.text.endswith("\n") and "\0" not in file.text for file in one(full_config()).files)


def test_provenance_names_the_line_and_who_asked_for_it():
    other = Origin(("other",), (HERE,))
    rules = [mark("one", flow(protocol="udp"), precedence=1), mark("two", flow(protocol="tcp"), precedence=2)]
    rules[1] = replace(rules[1], origin=other)
    bundle = one(config(edges=[edge()], marking=rules))
    lines = files(bundle)["edge.nft"].splitlines()
    found = {lines[item.line - 1].split("counter name ")[1].split('"')[1]: item.intents for item in bundle.provenance}
    assert found == {"one": ("demo",), "two": ("other",)}


def test_every_line_that_an_intent_asked_for_is_traced():
    bundle = one(full_config())
    traced = {(item.path.split("/")[1], item.line) for item in bundle.provenance}
    for name, text in files(bundle).items():
        for number, line in enumerate(text.splitlines(), 1):
            if (
                re.search(r"(iif|oif)name .*(ip6? saddr|jump isolate)|limit name|^(class|ip|ipv6) |isis bfd|^4 ", line)
                and "@routers" not in line
            ):
                assert (name, number) in traced, f"{name}:{number}: {line}"
    assert all(item.intents == ORIGIN.intents and item.spans == ORIGIN.spans for item in bundle.provenance)


def test_what_a_template_asks_for_and_nobody_gave_is_an_error(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.j2").write_text("{{ view.nothing }}\n")
    with pytest.raises(jinja2.UndefinedError):
        module._write(Artefact("x", "x.j2", ORIGIN), tmp_path)


def test_lines_are_counted_where_one_text_has_several(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.j2").write_text(
        '# head\n{% for text in lines(view, "\\t") %}\n{{ text }}\n{% endfor %}\n{% for text in lines(view[:0]) %}\n{{ text }}\n{% endfor %}\n# foot\n'
    )
    view = [Line("a"), Line("b\n\tc"), Line("d", ORIGIN), Line("e"), Line("f", ORIGIN)]
    text, origins = module._write(Artefact("x", "x.j2", view), tmp_path)
    assert text == "# head\n\ta\n\tb\n\tc\n\td\n\te\n\tf\n# foot\n"
    assert origins == [(5, ORIGIN), (7, ORIGIN)]


@pytest.mark.parametrize(
    ("template", "traced"),
    [
        ("{% for text in lines(view.a) %}\n{{ text }}\n{% endfor %}\n# {{ view.raw }}\n", [(1, ORIGIN)]),
        ("{{ lines(view.a)[0] }}{{ lines(view.b)[0] }}\n", [(1, ORIGIN), (1, OTHER)]),
        ("{% set first = lines(view.a)[0] %}\n{{ lines(view.b)[0] }}\n{{ first }}\n", [(1, OTHER), (2, ORIGIN)]),
        ("{% set text = lines(view.a)[0] %}\n{{ text }}\n{{ text }}\n", [(1, ORIGIN), (2, ORIGIN)]),
        ("{% set text = lines(view.a)[0] %}\n{{ lines(view.b)[0] }}\n", [(1, OTHER)]),
    ],
    ids=["once, beside a blank byte", "two in a line", "the other way round", "twice", "one left out"],
)
def test_lines_are_traced_wherever_a_template_writes_them(tmp_path, template, traced):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.j2").write_text(template)
    view = {"a": [Line("a", ORIGIN)], "b": [Line("b", OTHER)], "raw": "\0x\0"}
    text, origins = module._write(Artefact("x", "x.j2", view), tmp_path)
    assert origins == traced
    assert re.sub(r"\0x\0", "", text).count("\0") == 0


@pytest.fixture
def looking(monkeypatch):
    """Have the target of these tests tell of each device that it was asked for; `r2` is told what others have."""
    code, asked = load_code(targets()["frr"]), []

    def artefacts(item, whole):
        asked.append(item.node)
        if item.node == "r2":
            assert len(whole.devices) > 0
        return ()

    monkeypatch.setattr(code, "artefacts", artefacts)
    return asked


def test_devices_are_rendered_again_that_have_changed_or_look_at_others(looking):
    memory, names = module.Memory(), ("r1", "r2", "r4")
    one, reading, other = (config(name, edges=[edge()]) for name in names)
    steps = [
        ((one, reading, other), ["r1", "r2", "r4"]),
        ((one, reading, other), ["r2"]),
        ((one, reading, config("r4")), ["r2", "r4"]),
        ((replace(one), reading, config("r4")), ["r2"]),  # another object, but equal
        ((one, config("r4")), []),
        ((one, other), ["r4"]),
        ((one, reading, other), ["r2"]),
    ]
    for items, wanted in steps:
        looking.clear()
        bundle = render(fleet(*items), targets(), memory=memory)
        assert looking == sorted(memory.rendered) == wanted
        assert [(name, device.config) for name, device in bundle.devices.items()] == [
            (item.node, item) for item in items
        ]


def test_devices_are_rendered_again_where_facts_of_the_network_are_others(looking):
    memory, item = module.Memory(), config("r1", edges=[edge()])
    for change, count in (({}, 1), ({}, 0), ({"infrastructure": ()}, 1), ({"infrastructure": ()}, 0)):
        looking.clear()
        render(replace(fleet(item), **change), targets(), memory=memory)
        assert len(looking) == count
    render(replace(fleet(item), infrastructure=()), targets(), {"r1": "ssh"}, memory)
    assert len(looking) == 1


@pytest.mark.parametrize(
    "path", sorted(TARGETS.glob("*/templates/**/*.j2")), ids=lambda path: str(path.relative_to(TARGETS))
)
def test_templates_hold_no_logic_beyond_loops_and_presence(path):
    text = path.read_text()
    tags = {tag.split()[0] for tag in re.findall(r"{%-?\s*(.*?)\s*-?%}", text)}
    assert tags <= {"for", "endfor", "if", "endif", "include"}
    assert all(re.fullmatch(r"if [\w.]+", tag) for tag in re.findall(r"{%\s*(if .*?)\s*%}", text))


def test_an_intermediate_configuration_is_rendered_with_the_facts_of_the_fleet():
    known = fleet(full_config())
    stage = config(steering=full_config().steering)
    assert "10.0.0.2" in files(render_device(stage, known, targets()["frr"]))["frr.conf"]
