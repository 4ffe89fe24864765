"""How a NETCONF server makes a change one that can be taken back, by the capabilities that it declares (RFC 6241, section 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from intentc.plan.promises import Guarantees
from intentc.push.trouble import SessionError, Trouble

_CAPABILITY = re.compile(r"urn:ietf:params:(?:xml:ns:)?netconf:capability:([\w-]+):(\d+\.\d+)")


YUMA = "http://yuma123.org/ns/"  # what netconfd of yuma123 declares; its timer was seen to end without effect while the session with the locks lived
# Servers that say ok to a commit after `<validate>` and do nothing, by a capability of theirs (yuma123's netconfd, 2.13). Their
# edits are tested one by one (`test-then-set`); for anybody else that does the same, what runs is read back.
HARMFUL_VALIDATES = (YUMA,)


class Mode(StrEnum):
    """The ways of servers, the strongest first."""

    PERSISTENT = "candidate, confirmed commit with a token"
    SESSION = "candidate, confirmed commit of the session"
    PLAIN = "candidate without confirmed commit"
    DIRECT = "what runs, edited directly"


class Abilities:
    """What a server declares, by the short names of the standard."""

    def __init__(self, capabilities: Sequence[str]) -> None:
        self._versions: dict[str, set[str]] = {}
        self._is_validate_harmful = any(uri.startswith(HARMFUL_VALIDATES) for uri in capabilities)
        self._is_yuma = any(uri.startswith(YUMA) for uri in capabilities)
        for uri in capabilities:
            found = _CAPABILITY.match(uri)
            if found is not None:
                self._versions.setdefault(found[1], set()).add(found[2])

    def has(self, name: str, version: str | None = None) -> bool:
        """Return whether a capability is declared, in any version unless one is named."""
        return name in self._versions and (version is None or version in self._versions[name])

    @property
    def can_validate(self) -> bool:
        """Return whether the candidate can be validated without harm."""
        return self.has("validate") and not self._is_validate_harmful

    @property
    def mode(self) -> Mode:
        """Return the strongest way; raises `SessionError` where there is none that undoes a half-done edit."""
        if self.has("candidate"):
            if self.has("confirmed-commit", "1.1"):
                return Mode.PERSISTENT
            return Mode.SESSION if self.has("confirmed-commit") else Mode.PLAIN
        if self.has("writable-running") and self.has("rollback-on-error"):
            return Mode.DIRECT
        raise SessionError(
            Trouble.IDENTITY,
            "its NETCONF server has neither a candidate nor `rollback-on-error`: a change could stop half-way",
            "switch its candidate datastore on",
        )

    @property
    def guarantees(self) -> Guarantees:
        """Return what the server's way promises."""
        mode = self.mode
        has_timer = mode in (Mode.PERSISTENT, Mode.SESSION)
        return Guarantees(
            name=f"netconf: {mode.value}",
            is_staged=mode is not Mode.DIRECT,
            is_checked=self.has("validate"),
            has_timer=has_timer,
            survives_session=mode is Mode.PERSISTENT,
            is_stackable=has_timer,
            has_lasting_lock=False,
            is_timer_held=has_timer and self._is_yuma,
        )
