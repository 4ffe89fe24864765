"""One device's trouble as a finding: what happened, on which device, doing what, and what to do next."""

from __future__ import annotations

from intentc.diagnostics import Diagnostic
from intentc.diagnostics.redaction import redacted, without_known
from intentc.push.trouble import SessionError, Trouble

CODES: dict[Trouble, str] = {
    Trouble.UNREACHABLE: "E0801",
    Trouble.HOST_KEY_UNKNOWN: "E0802",
    Trouble.HOST_KEY_CHANGED: "E0803",
    Trouble.CREDENTIALS: "E0804",
    Trouble.AUTHENTICATION: "E0805",
    Trouble.ALGORITHMS: "E0806",
    Trouble.IDENTITY: "E0807",
    Trouble.LOCKED: "E0808",
    Trouble.REFUSED: "E0811",
    Trouble.TIMEOUT: "E0812",
    Trouble.LOST: "E0813",
    Trouble.MISMATCH: "E0814",
    Trouble.NEIGHBOUR: "E0815",
    Trouble.AGENT: "E0819",
    Trouble.STATE: "E0822",
    Trouble.EXPIRED: "E0824",
    Trouble.FOREIGN: "E0827",
}

SILENT = frozenset({CODES[Trouble.UNREACHABLE], CODES[Trouble.TIMEOUT], CODES[Trouble.LOST]})  # it does not answer

# Phases of a transaction and what a device is doing in them, in the order in which they come.
PHASES: dict[str, str] = {
    "connect": "connecting",
    "lock": "taking its lock",
    "read": "reading what runs",
    "validate": "checking the new configuration",
    "commit": "making it run",
    "extend": "starting its confirm timer anew",
    "read back": "reading back what runs now",
    "probe": "proving that it can still be reached and its neighbours are up",
    "confirm": "confirming",
    "persist": "making it survive a reboot",
    "back": "going back",
    "unlock": "freeing its lock",
}


def trouble_finding(node: str, phase: str, error: SessionError) -> Diagnostic:
    """Return the finding for `error` of `node` in `phase`."""
    return Diagnostic(
        CODES[error.trouble],
        f"`{node}`: {_told(error)}, while {PHASES[phase]}",
        node=node,
        help=error.advice or _ADVICE.get(error.trouble, ()),
    )


def _told(error: SessionError) -> str:
    """Return what happened; where a device's own words are in it, without keys and passwords that they may show."""
    return redacted(error.text) if error.trouble in _QUOTING else without_known(error.text)


def stale_finding(node: str, what: str) -> Diagnostic:
    """Return the finding that `what` of `node` has changed since the plan was made."""
    return Diagnostic(
        "E0809",
        f"`{node}`: {what} has changed since the plan was made",
        node=node,
        help=(
            "nothing was touched; run `intentc plan` again and look at the new plan",
            "`intentc drift` shows what differs",
        ),
    )


def late_finding(phase: str, seconds: float) -> Diagnostic:
    """Return the finding that the time for the whole apply had run out when `phase` had ended."""
    return Diagnostic(
        "E0850",
        f"the apply was not decided within {seconds:g} s (its last phase was `{phase}`)",
        help=(
            "raise `deadline` under `[apply]` in intentc.toml, or apply to fewer devices at a time (`--max-devices`)",
            "`--log-format json` shows how long each phase took",
        ),
    )


def uncertain_finding(node: str, goal: str, reason: str) -> Diagnostic:
    """Return the finding that `node` is not known to be at `goal` ("back" or "forward")."""
    if goal == "back":
        text = "is not known to be back where it was; if it still has power, its own timer takes it back"
    else:
        text = "is not known to run the new configuration for good"
    return Diagnostic(
        "E0816",
        f"`{node}` {text} ({redacted(reason)})",
        node=node,
        help=(f"make `{node}` reachable, then run `intentc recover`: it looks, and finishes or undoes what is left",),
    )


# Troubles whose text quotes the device.
_QUOTING = frozenset(
    {Trouble.REFUSED, Trouble.FOREIGN, Trouble.MISMATCH, Trouble.AGENT, Trouble.NEIGHBOUR, Trouble.LOCKED}
)

_ADVICE: dict[Trouble, tuple[str, ...]] = {
    Trouble.AGENT: ("`intentc explain E0819` lists what the device must have",),
    Trouble.FOREIGN: ("take it away or move it; intentc never overwrites what does not carry its mark",),
    Trouble.TIMEOUT: ("look at the device's load and disk; the same command by hand over SSH shows whether it hangs",),
    Trouble.LOST: ("look at the device's sshd log and at the path to it",),
    Trouble.REFUSED: ("the words are the device's own; `intentc plan --diff` shows the text it was given",),
    Trouble.MISMATCH: (
        "the device said yes but runs something else: `intentc drift` shows what",
        "look for another tool that writes the same objects",
    ),
    Trouble.NEIGHBOUR: (
        "look at that interface on both ends; a BFD or IGP timer that only one end has is a usual cause",
    ),
    Trouble.EXPIRED: ("raise `confirm_timeout` under `[apply]` in intentc.toml if the devices need longer",),
    Trouble.LOCKED: (
        "wait until that transaction has ended; if its owner is gone, run `intentc recover` where it ran",
    ),
    Trouble.UNREACHABLE: ("check the address and port under `management` in the topology, and the path to it",),
}
