"""The NETCONF driver: RFC 6241 with a candidate, or without one, and defensive where servers differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from intentc.inventory.model import Device
from intentc.plan.promises import Guarantees
from intentc.push.driver import Identity
from intentc.push.netconf_hostname import name_in, name_request
from intentc.push.netconf_modes import Abilities, Mode
from intentc.push.netconf_neighbours import up_in, watches_of
from intentc.push.netconf_session import NetconfSession, open_netconf
from intentc.push.platforms import NO_MARKS, Marks, find_platform
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble
from intentc.targetkit.xml_reading import XmlError
from intentc.values import replace

_IS_CONFIG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:\w+:)?config[\s>]", re.DOTALL)
_PROLOG = re.compile(r"\A\s*<\?xml.*?\?>", re.DOTALL)
# Operations by which servers without `:startup` save what runs, by the capability that has them.
_SAVES = {"http://cisco.com/yang/cisco-ia": '<save-config xmlns="http://cisco.com/yang/cisco-ia"/>'}


class NetconfDriver:
    """One session. In the modes with a candidate a change is edited there; in `DIRECT` it is kept here until the commit."""

    def __init__(self, session: NetconfSession, expected: str = "", marks: Marks = NO_MARKS) -> None:
        self._session = session
        self._expected = expected  # the platform that is looked for there
        self._marks = marks
        self._abilities = Abilities(session.capabilities)
        self._mode = self._abilities.mode
        self._watches = watches_of(expected, session.capabilities)
        self._guarantees = replace(
            self._abilities.guarantees,
            has_neighbours=bool(self._watches),
            watched=", ".join(sorted(watch.protocol for watch in self._watches)),
        )
        self._locked: list[str] = []
        self._staged: tuple[str, ...] = ()

    @property
    def guarantees(self) -> Guarantees:
        """Return what this server promises."""
        return self._guarantees

    def identify(self) -> Identity:
        """Return what the server declared, whose software that is, and its name; NETCONF itself does not tell the release."""
        capabilities = self._session.capabilities
        found = find_platform(capabilities, self._expected, self._marks)
        return Identity(found, hostname=self._hostname(), capabilities=capabilities)

    def _hostname(self) -> str:
        """Return what the device calls itself; "" where its models are not known, or not the ones that it has."""
        request = name_request(self._expected)
        try:
            return name_in(self._expected, self._ask(request)) if request else ""
        except SessionError as error:
            if error.is_transient:
                raise
            return ""

    def read(self) -> str:
        """Return what runs, as the reply to `<get-config>`."""
        return self._ask("<get-config><source><running/></source></get-config>")

    def facts(self) -> tuple[str, ...]:
        """Return how the server takes changes: a plan that was made for another way does not fit any more."""
        return (f"commit={self._mode.value}",)

    def neighbours(self) -> tuple[str, ...]:
        """Return adjacencies and sessions that are up, of the protocols that the platform's own models tell of and the server declares.

        A protocol that does not run, or that the release has no such data of, is refused: it has none, before as after.
        """
        found: set[str] = set()
        for watch in self._watches:
            try:
                found.update(up_in(watch, self._ask(watch.request)))
            except SessionError as error:
                if error.is_transient or "access-denied" in error.text:
                    raise
            except XmlError as error:
                raise SessionError(Trouble.REFUSED, f"its {watch.protocol} sessions cannot be read: {error}") from error
        return tuple(sorted(found))

    def lock(self, token: str, words: str) -> None:  # noqa: ARG002  (of the protocol: these locks are the connection's)
        """Lock the candidate, cleaned, and what runs; a server that has no lock of the latter does without."""
        if self._locked:
            return
        if self._mode is not Mode.DIRECT:
            self._discard()
            self._take("candidate")
        try:
            self._take("running")
        except SessionError as error:
            if error.trouble is not Trouble.REFUSED or self._mode is Mode.DIRECT:
                self.unlock(token)
                raise

    def unlock(self, token: str) -> None:  # noqa: ARG002  (of the protocol)
        """Drop what was staged and free the locks; the session's end would do the same."""
        self._staged = ()
        if self._mode is not Mode.DIRECT:
            self._discard()
        for store in tuple(reversed(self._locked)):
            self._release(store)

    def stage(self, token: str, documents: Sequence[str]) -> None:
        """Edit the candidate, document by document, and validate it; without a candidate let the server test each document."""
        if self._mode is Mode.DIRECT:
            if self._abilities.has("validate", "1.1"):
                for document in documents:
                    self._edit("running", document, token, "<test-option>test-only</test-option>")
            self._staged = tuple(documents)
            return
        self._discard()
        try:
            for document in documents:
                self._edit("candidate", document, token)
            if self._abilities.can_validate:
                self._ask("<validate><source><candidate/></source></validate>", token)
            self._staged = tuple(documents)
        except SessionError as error:
            if not error.is_transient:
                self._discard()
            raise

    def commit(self, token: str, seconds: int | None, *, is_further: bool = False) -> None:
        """Commit. Where the server takes no second commit on top of one that is pending, that one is confirmed before."""
        if self._mode is Mode.DIRECT:
            for document in self._staged:
                self._edit("running", document, token)
        elif seconds is None:
            self._commit_for_good(token)
        elif is_further and self._mode is Mode.PERSISTENT:
            self._commit_further(token, seconds)
        else:
            self._commit(token, _timer(seconds) + self._name(token, "persist"))
        self._staged = ()

    def extend(self, token: str, seconds: int) -> bool:
        """Repeat the confirmed commit; servers that refuse that keep their timer as it is."""
        try:
            self._commit(token, _timer(seconds) + self._name(token, "persist-id"))
        except SessionError as error:
            if error.is_transient:
                raise
            return False
        return True

    def confirm(self, token: str) -> None:
        """Commit what is pending for good."""
        self._commit(token, self._name(token, "persist-id"))

    def cancel(self, token: str) -> None:
        """Go back; without tokens (`confirmed-commit:1.0`) a server cannot be asked to."""
        if self._mode is not Mode.PERSISTENT:
            raise SessionError(Trouble.REFUSED, "its server cannot take a pending commit back when asked")
        self._ask(f"<cancel-commit>{self._name(token, 'persist-id')}</cancel-commit>", token)

    def is_pending(self, token: str) -> bool | None:  # noqa: ARG002  (of the protocol)
        """Return whether what runs cannot be locked, which no server grants while a commit is pending (RFC 6241, section 7.5).

        None where it is locked and not by us: then that may be why.
        """
        is_ours = "running" in self._locked
        if is_ours:
            self._release("running")
        try:
            self._take("running")
        except SessionError as error:
            if error.is_transient:
                raise
            return True if is_ours and error.trouble is Trouble.LOCKED else None
        if not is_ours:
            self._release("running")
        return False

    def persist(self) -> None:
        """Copy what runs to the start-up configuration, where the server keeps one apart."""
        if self._abilities.has("startup"):
            self._ask(
                "<copy-config><target><startup/></target><source><running/></source></copy-config>",
            )
            return
        for prefix, operation in _SAVES.items():
            if any(uri.startswith(prefix) for uri in self._session.capabilities):
                self._ask(operation)

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def _commit_for_good(self, token: str) -> None:
        """Commit; if that is refused under the token, nothing is pending under it, and it is a plain one."""
        try:
            self._commit(token, self._name(token, "persist-id"))
        except SessionError as error:
            if error.is_transient or self._mode is not Mode.PERSISTENT:
                raise
            self._commit(token, "")

    def _commit_further(self, token: str, seconds: int) -> None:
        """Commit on top of a pending commit. If that is refused for being one, confirm that first: then stage anew and commit.

        A confirming commit takes the candidate with it (RFC 6241, section 8.4.1), so it is cleaned before. That nothing but the
        second commit is the trouble is known from the timer: a server that starts it anew takes further commits too.
        """
        documents = self._staged
        try:
            self._commit(token, _timer(seconds) + self._name(token, "persist-id"))
        except SessionError as error:
            if error.is_transient:
                raise
            self._discard()
            if self.extend(token, seconds):
                raise
            self.confirm(token)
            self.stage(token, documents)
            self._commit(token, _timer(seconds) + self._name(token, "persist"))

    def _commit(self, token: str, content: str) -> None:
        self._ask(f"<commit>{content}</commit>", token)

    def _name(self, token: str, element: str) -> str:
        return f"<{element}>{escape(token)}</{element}>" if self._mode is Mode.PERSISTENT else ""

    def _edit(self, store: str, document: str, token: str, test: str = "") -> None:
        option = (
            "<error-option>rollback-on-error</error-option>"
            if self._abilities.has("rollback-on-error") and not test
            else ""
        )
        config = _PROLOG.sub("", document)
        if not _IS_CONFIG.match(document):
            config = f"<config>{config}</config>"
        target = f"<target><{store}/></target><default-operation>merge</default-operation>"
        self._ask(f"<edit-config>{target}{test}{option}{config}</edit-config>", token)

    def _take(self, store: str) -> None:
        self._ask(f"<lock><target><{store}/></target></lock>")
        self._locked.append(store)

    def _release(self, store: str) -> None:
        self._locked.remove(store)
        self._ask(f"<unlock><target><{store}/></target></unlock>")

    def _discard(self) -> None:
        """Clean the candidate; that somebody else has it locked is told by the lock that follows."""
        try:
            self._ask("<discard-changes/>")
        except SessionError as error:
            if error.is_transient:
                raise

    def _ask(self, operation: str, token: str = "") -> str:
        """Return the reply; a device's words never show a token."""
        try:
            return self._session.ask(operation)
        except SessionError as error:
            if token and token in error.text:
                raise SessionError(error.trouble, error.text.replace(token, "…"), *error.advice) from None
            raise


def open_driver(device: Device, limits: Limits, marks: Marks = NO_MARKS) -> NetconfDriver:
    """Return a driver for `device` over a new session; raises `SessionError`. `marks` tell whose software answers."""
    session = open_netconf(device, connect_s=limits.connect_s, timeout_s=limits.verb_s)
    try:
        return NetconfDriver(session, device.platform, marks)
    except SessionError:
        session.close()
        raise


def _timer(seconds: int) -> str:
    return f"<confirmed/><confirm-timeout>{seconds}</confirm-timeout>"
