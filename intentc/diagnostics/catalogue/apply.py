"""Codes of group E08xx: devices and apply. Those of reaching a device stand in `apply_reach`, those of a whole plan in `apply_order`."""

from intentc.diagnostics.catalogue.apply_order import ORDER_ENTRIES
from intentc.diagnostics.catalogue.apply_reach import REACH_ENTRIES
from intentc.diagnostics.catalogue.entry import Entry

_CHANGE_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E0809",
        "stale plan",
        """\
A plan says how to get from what ran when it was made to what the intents ask. Since then somebody has changed what
intentc owns on this device, or something that the configuration relies on: an interface, its address or MTU, the
release, a queueing discipline or BFD session of somebody else. Other changes do not matter.

Nothing was touched. Make the plan anew and look at it; `intentc drift` shows what differs from the last apply.

    bad:   intentc plan --out p.json; …a change on a device…; intentc apply p.json
    good:  intentc plan --out p.json && intentc apply p.json
""",
    ),
    Entry(
        "E0810",
        "plan file that cannot be applied",
        """\
A plan file is carried out exactly as somebody has seen it, or not at all. This one was written by another version,
was changed after it was written, or does not fit the project any more: compiling now would give other configurations.

Make a new plan and look at it, or check out the commit that the plan was made from.

    bad:   intentc plan --out p.json; …an intent is edited…; intentc apply p.json
    good:  intentc plan --out p.json && intentc apply p.json
""",
    ),
    Entry(
        "E0811",
        "the device refused",
        """\
The device said no, in the words that the message quotes. Before the decision everything goes back on all devices;
after it, the same is asked again, because there is no way back any more.

`intentc plan --diff` shows the text that the device was given. If that text is wrong, it is a bug of ours: please
report it with the device's release.

    bad:   bfd profile itc at a router whose `bfdd` is off       # FRR refuses what no daemon of it knows
    good:  bfdd=yes in /etc/frr/daemons, then apply again
""",
    ),
    Entry(
        "E0812",
        "no answer in time",
        """\
The device did not finish in time. Whether it did what it was asked is unknown until somebody looks, so the answer is
never guessed: we connect again, look, and go back (before the decision) or forward (after it). The device's own timer
does the same if nobody can reach it.

The report at the end says where each device is. A device that is often too slow is usually short of memory or disk.

    bad:   concurrency = 64       # where all devices are containers of one small machine
    good:  concurrency = 8
""",
    ),
    Entry(
        "E0813",
        "connection lost",
        """\
The connection ended before the answer came, so it is unknown whether the device did what it was asked. We connect
again, look, and go back (before the decision) or forward (after it). If the device stays unreachable, its own timer
takes it back, and the report says so.

If this happens each time at the same step, the new configuration may cut off the way to the device: look at the
plan's fences and isolation for its management address.

    bad:   isolate to             # and no intent names the SSH by which the device is managed through this site
    good:  intent ssh { from noc  to ber  match tcp/22 }      # beside it: named, and so let in
""",
    ),
    Entry(
        "E0814",
        "the device runs something else than it said",
        """\
The device said yes, but what it runs is not what it was given. A yes is not evidence: after every step the running
state is read back and compared. Usual causes: another tool writes the same objects, the kernel lacks a feature and
says nothing, or the device's disk is full.

Before the decision everything goes back. `intentc drift` shows the difference that is left, if any.

    bad:   a cron job that loads a ruleset of its own with `flush ruleset`
    good:  the same with `flush table inet mine`, which leaves the table of intentc alone
""",
    ),
    Entry(
        "E0815",
        "a neighbour has gone",
        """\
Before the decision every device must still let us in and have the IGP adjacencies and BFD sessions that it had at the
start. One of them has not come back in time, so everything went back: better no change than a network that falls
apart.

Usual causes: BFD timers that only one end has, an MTU that differs, or a link that happened to fail in those seconds.
Look at the adjacency on both ends, then apply again.

    bad:   an MTU of 1500 at one end of the link, and of 9000 at the other: the IGP forms no adjacency
    good:  the same MTU at both ends
""",
    ),
    Entry(
        "E0816",
        "device in an unknown state",
        """\
The transaction has ended for all other devices, but this one is not known to be where it should be: it did not
answer, or it did and could not be brought there. If it was to go back and still has power, its own timer takes it
back.

Make the device reachable and run `intentc recover`. It looks at the device and finishes or undoes what is left, and
until then no other apply begins from this state directory. If the device was rebooted it runs what was persisted
last.

    bad:   intentc apply again, with the device still off
    good:  power it on, then `intentc recover`, then apply
""",
    ),
    Entry(
        "E0817",
        "unfinished transaction",
        """\
An earlier apply from this state directory was killed or cut off. Devices may hold a lock or a change that nobody has
confirmed, so no further apply begins.

`intentc recover` reads its journal and looks at every device: before the decision it takes everything back, after it
everything goes forward. It may be run as often as needed, also from another machine that shares the state directory.

    bad:   rm -r .intentc/state && intentc apply p.json            # forgets who holds which change
    good:  intentc recover && intentc plan --out p.json && intentc apply p.json
""",
    ),
    Entry(
        "E0818",
        "another apply is under way",
        """\
Another process works with this state at this moment; the message says who. In a directory of this machine it holds a
lease that ends with the process, even if that is killed. On state that machines share (`git+…`, `ssh+…`) the lease of
a process that was killed stays, for nobody else can know that it is dead.

Wait for it, or let `--wait SECONDS` wait. If you know that it is dead, `intentc recover --break-lease` ends its lease
and finishes or undoes what it left; should it live after all, it can write nothing any more. Nothing was touched.

    bad:   two jobs of one pipeline that apply at the same time
    good:  one after the other: `resource_group: network` (GitLab), `concurrency: network` (GitHub)
""",
    ),
    Entry(
        "E0820",
        "drift",
        """\
What intentc owns on this device is not as it was applied: somebody or something has changed it since. The lines show
what was given (-) and what runs (+).

`intentc drift --repair` puts it right, and nothing else. If the change was meant, say it in an intent, or the next
apply will overwrite it. `intentc drift --adopt` leaves it as it runs until then, and records who decided that.

    bad:   nft add rule … at the device, by hand
    good:  the same said in an intent, compiled and applied
""",
    ),
    Entry(
        "E0821",
        "a later apply has built on this one",
        """\
A rollback takes back what one apply did and leaves everything else as it runs. Here a later apply has changed the
same item again, so there is no single right result: the older state would undo the newer change as well.

Roll the later apply back first (`intentc history` lists them), or apply the intents as they shall be from now on: git
can bring an older version of the files back.

    bad:   intentc rollback 20261120T091500Z-7f3a       # and a newer apply changed the same queue again
    good:  intentc rollback                             # the newest first, then the older one
""",
    ),
    Entry(
        "E0822",
        "state directory that cannot be used",
        """\
The state directory holds the journal of every apply: it is written before each step that matters, and without it
nothing is changed. It cannot be written, or what is in it was damaged.

Free space or mend permissions, or restore it from a backup. With the journal gone for good, compare the devices with
`intentc drift`, then move the transaction's directory away.

    bad:   state = "/var/log/intentc"                  # not writable for whoever applies
    good:  state = ".intentc/state"
""",
    ),
    Entry(
        "E0823",
        "transport that is not supported yet",
        """\
The device's target is configured over a transport, or with a way to commit, that this version cannot speak. Its
files are complete and in the build directory, but a transaction must include every device that changes, so none is
applied.

Apply its files by other means and leave the device to nobody (`platform: none`), or take its traffic out of the
intents.

    bad:   intentc apply p.json                         # with a changed device of such a target
    good:  fra-pe1: {platform: none}                    # and no intent asks anything of it
""",
    ),
    Entry(
        "E0824",
        "the confirm timer ended",
        """\
Each device goes back by itself when a change is not confirmed in time, is restarted meanwhile, or loses the lock.
This one did so while the others were still at work, so before the decision everything goes back; after it, the device
gets the change again.

If the devices need longer than the timer allows, make it longer.

    bad:   confirm_timeout = "10s"                     # with 200 devices
    good:  confirm_timeout = "300s"
""",
    ),
    Entry(
        "E0825",
        "nothing to roll back",
        """\
No apply in the history of this state directory is meant: the id is unknown or stands for several, the apply did not
take effect, or nothing was applied yet that is not already taken back. Without an id the newest apply that is still
in force is taken.

    bad:   intentc rollback 2026                       # several begin like this
    good:  intentc history; intentc rollback 20261120T091500Z-7f3a
""",
    ),
    Entry(
        "E0826",
        "device of a plan that cannot be reached any more",
        """\
The plan, or an apply that was never finished, names a device for which the topology has no management address now. It
cannot be left out: the transaction must end on every device.

Put its `management` back into the topology, at least until `intentc recover` has run.

    bad:   r1: {platform: frr}                          # and a plan that still names r1
    good:  r1: {platform: frr, management: {host: 192.0.2.11}}
""",
    ),
    Entry(
        "E0827",
        "something foreign is in the way",
        """\
What the configuration needs is held by somebody else: a queueing discipline on the port, an `ip rule` at our
preference, a routing table of ours, a BFD session without our mark. intentc changes and removes only what carries its
own mark.

Take it away or move it, or take the traffic that needs it out of the intents.

    bad:   tc qdisc add dev eth1 root fq                # on a port that an intent needs queues on
    good:  tc qdisc del dev eth1 root
""",
    ),
    Entry(
        "N0828",
        "drift that was adopted",
        """\
Somebody has changed owned configuration on this device, and somebody has decided with `intentc drift --adopt` to
leave it as it runs for now. That is recorded with name and time, stands in `intentc history` and in the audit log,
and is no drift any more. What else changes there is.

It is not kept for good: the next plan shows the adopted lines, and what takes them back. Say it in an intent to keep
it.

    bad:   intentc drift --adopt                        # and nobody writes an intent
    good:  intentc drift --adopt; then the intent, and `intentc apply`
""",
    ),
    Entry(
        "E0850",
        "apply that took too long",
        """\
From the first connection to the decision an apply may take `deadline` (30 minutes unless set otherwise). It
had not decided by then, so nothing further was begun and every device went back: a network should not be between two
states for long, and whoever waits for the lease should not wait for ever.

Look which phase took so long, and on which device: one that hangs costs each phase a minute.

    bad:   deadline = "60s"                            # with 500 devices
    good:  deadline = "30min"
""",
    ),
)

ENTRIES: tuple[Entry, ...] = tuple(
    sorted((*REACH_ENTRIES, *_CHANGE_ENTRIES, *ORDER_ENTRIES), key=lambda entry: entry.code)
)
