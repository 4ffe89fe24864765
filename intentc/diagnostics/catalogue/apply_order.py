"""Codes of group E08xx that are about a plan as a whole: its order, its size, its risks, what it leaves out."""

from intentc.diagnostics.catalogue.entry import Entry

ORDER_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0840",
        "no safe order",
        """\
A change is made device by device. Between the first and the last, packets of every accepted intent must go as before
or as after: each state on the way is proved from the configurations of the devices. For this change no order was found
that keeps the intent which the message names: usually two intents need the same two devices in opposite orders.

Do it in two steps, as the help says: take the steering of those intents away, which leaves their traffic to the IGP;
then apply what shall be. Each step has an order of its own. Nothing was touched.

    bad:   intentc apply                          # north moves from ber to fra, south from fra to ber, at once
    good:  intentc withdraw south && intentc apply
""",
    ),
)
