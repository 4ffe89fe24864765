"""What can go wrong with one device, as a session raises it; the transaction turns each into a value of its report."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """The kinds of trouble that need different advice; each has its own code in the catalogue."""

    UNREACHABLE = "unreachable"
    HOST_KEY_UNKNOWN = "host-key-unknown"
    HOST_KEY_CHANGED = "host-key-changed"
    CREDENTIALS = "credentials"
    AUTHENTICATION = "authentication"
    ALGORITHMS = "algorithms"
    IDENTITY = "identity"
    AGENT = "agent"  # what runs the verbs on the device cannot be installed or does not speak our version
    LOCKED = "locked"
    REFUSED = "refused"  # the device said no, in its own words
    FOREIGN = "foreign"  # somebody else holds what the configuration needs
    TIMEOUT = "timeout"  # no answer in time: the outcome is unknown
    LOST = "lost"  # the connection ended before the answer: the outcome is unknown
    EXPIRED = "expired"  # the confirm timer ran out and the device went back by itself
    MISMATCH = "mismatch"  # the device said yes but what runs is something else
    STATE = "state"  # the shared state cannot be read or written
    NEIGHBOUR = "neighbour"  # an adjacency or session of before is missing


class SessionError(Exception):
    """One device did not do what it was asked; `text` is one line for a person, `help` what to do about it."""

    def __init__(self, trouble: Trouble, text: str, *advice: str) -> None:
        super().__init__(text)
        self.trouble = trouble
        self.text = text
        self.advice = advice

    @property
    def is_outcome_unknown(self) -> bool:
        """Return whether the device may or may not have done what it was asked."""
        return self.trouble in (Trouble.TIMEOUT, Trouble.LOST)

    @property
    def is_transient(self) -> bool:
        """Return whether asking again over a new connection may help."""
        return self.trouble in (Trouble.TIMEOUT, Trouble.LOST, Trouble.UNREACHABLE)
