"""The plan as people read it."""

from dataclasses import replace

from support_plan import NODE, PARTICULARS, config, items, kit, render, running

from intentc.diagnostics import Findings
from intentc.diagnostics.text import TextStyle
from intentc.ir.stages import stage_configs
from intentc.plan.make import make_plan
from intentc.plan.text import plan_lines
from intentc.render.model import Bundle, DeviceBundle


def plan(old, new, **changes):
    bundle = Bundle({NODE: DeviceBundle(NODE, "frr", "ssh", new, render(new), ())})
    return make_plan(bundle, {NODE: running(old, **changes)}, kit(stage_configs), PARTICULARS, Findings())


def test_a_small_plan_in_full():
    part = {name: items(1, "a")[name] for name in ("fences", "queueing")}
    assert (
        "\n".join(plan_lines(plan(None, config(part))))
        == """\
acme: plan for 1 device (2 to add, 0 to change, 0 to remove)

fra-pe1  frr 8.4.4 over ssh
  guard
    + never let 10.1.0.0/16 → 10.200.0.0/16 tcp/443 out by eth1 (pin)  [a]
  add
    + queues of eth1 (link L1, 10 Mbps): critical first, at most 1 Mbps  [a]
  risk: the queues of eth1 are rebuilt: packets waiting in them are lost

Why
  a: fra-pe1
      a's reason

Order (about 6 s; every device finishes a step before any begins the next)
  1 guard   all 1: what must never leak is blocked first
  2 add     all 1: what carries traffic is there before traffic is sent to it

  · all or nothing: if any step fails, the device goes back to what runs now
  · unless it is confirmed, each device goes back by itself 60 s after its last change
  · over ssh: an agent on the device validates before it changes anything, and restores by its own timer what ran before
  · only what carries intentc's mark is changed; sessions and routes of others are compared before and after"""
    )


def test_nothing_to_do_is_one_line():
    made = plan(config(items(1, "a")), config(items(1, "a")))
    assert plan_lines(made) == ("Nothing to do: 1 device already as the intents ask.",)


def test_what_is_no_longer_asked_for_says_so():
    lines = plan_lines(plan(config(items(1, "gone"), items(2, "a")), config(items(2, "a"))))
    assert lines[lines.index("  gone: fra-pe1") + 1].strip() == "no longer asked for"


def test_the_native_diff_is_shown_on_request():
    made = plan(config(items(1, "a")), config(items(1, "a"), items(2, "a")))
    plain, full = plan_lines(made), plan_lines(made, has_diff=True)
    assert len(full) > len(plain)
    assert any(line.strip().startswith("+++ fra-pe1/fences (planned)") for line in full)


def test_drift_is_shown():
    wanted = config(items(1, "a"))
    lines = plan_lines(plan(wanted, wanted, drift=("-edge.nft: mine", "+edge.nft: theirs")))
    assert "    changed by someone else: +edge.nft: theirs" in lines


def test_many_flows_of_one_intent_are_one_line_and_a_count():
    made = plan(None, config(*({"fences": items(number, "a")["fences"]} for number in range(1, 9))))
    fences = [line for line in plan_lines(made) if "never let" in line]
    assert len(fences) == 1
    assert "and 7 more flows" in fences[0]


def test_colour_is_only_in_colour():
    made = plan(None, config(items(1, "a")))
    assert not any("\x1b" in line for line in plan_lines(made))
    assert any("\x1b" in line for line in plan_lines(made, TextStyle(is_coloured=True)))


def test_no_text_of_a_device_drives_the_terminal():
    wanted = config(items(1, "a"))
    made = plan(wanted, wanted, drift=("+edge.nft: \x1b[2J\r",))
    made = replace(made, reasons={"a": "\x1b[31m"})
    assert not any("\x1b" in line or "\r" in line for line in plan_lines(made, has_diff=True))


def test_a_rollback_says_what_it_takes_back():
    made = replace(plan(None, config(items(1, "a"))), undoes="20261120T091500Z-7f3a")
    assert plan_lines(made)[0].startswith("acme: rollback of 20261120T091500Z-7f3a for 1 device")
