"""Codes of group E08xx that are about a plan as a whole: its order, its size, its risks, what it leaves out."""

from intentc.diagnostics.catalogue.entry import Entry

ORDER_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0840",
        "no safe order",
        """\
A change is made device by device. Between the first and the last, packets of every accepted intent must go as before
or as after: each state on the way is proved from the configurations of the devices. For this change no order was
found that keeps the intent which the message names: usually two intents need the same two devices in opposite orders.

Do it in two steps, as the help says: take the steering of those intents away, which leaves their traffic to the IGP;
then apply what shall be. Each step has an order of its own, which was looked for and proved before it is proposed.
Where no such two steps were found (two classes trade their code points, for example), the help says that instead.
Nothing was touched.

    bad:   intentc apply                          # north moves from ber to fra, south from fra to ber, at once
    good:  intentc withdraw south && intentc apply
""",
    ),
    Entry(
        "E0841",
        "disruptive change",
        """\
Sessions or traffic that no intent moves would notice this change: a BFD session is reset, queues are built anew, flow
control is switched. What is disruptive on which platform is part of the target's data (`[disruptive]`); where they
say nothing, such changes are taken for it, because nobody has shown the contrary.

The plan names each. Agree to them with `--allow-disruptive`, in a maintenance window if need be. Nothing was touched.

    bad:   intentc apply p.json                     # the plan says `disruptive:` at a device
    good:  intentc apply p.json --allow-disruptive
""",
    ),
    Entry(
        "E0842",
        "device without a timer",
        """\
Devices are changed to be confirmed: whoever is not confirmed goes back by its own timer, even when nobody can reach
it any more. This one has no such timer over its transport. If it cuts itself off, it stays as it is until somebody
gets there and runs `intentc recover`.

Agree to that with `--allow-unguarded`. Such devices are committed last, when all others have proved that they work.

    bad:   intentc apply p.json                     # the plan says `weakest link:`
    good:  intentc apply p.json --allow-unguarded
""",
    ),
    Entry(
        "E0843",
        "more devices than allowed",
        """\
`--max-devices N` is a seat belt for automation: a plan that touches more devices than N is not carried out. It is not
cut short either, because part of it might not be whole.

Look at the plan. If it is what was meant, raise the number; if it should come in parts, select them with `--target`.

    bad:   intentc apply p.json --max-devices 10    # an edit of a profile moved half of the network
    good:  intentc apply --max-devices 10 --target intent:north
""",
    ),
    Entry(
        "E0844",
        "canaries that cannot go first",
        """\
With `--canary SET` the devices of SET get the whole change, and are looked at, before any other device is touched.
For that time the network is half old and half new, and as in every other state packets of every accepted intent must
go as before or as after. Here they would not: what the canaries send there the other devices do not carry yet, or the
other way round.

Take all devices that carry the intent into SET, or leave `--canary` out. Nothing was touched.

    bad:   intentc apply --canary ber-pe1                   # its intent enters there and is passed on by fra-pe1
    good:  intentc apply --canary ber-pe1,fra-pe1
""",
    ),
)
