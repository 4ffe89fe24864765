"""A fake NETCONF server in memory: real stores, locks, confirmed commits and their timers, and faults on demand. It is no router.

Where servers differ, `Manners` say how this one behaves; the names are those of the servers that were seen to do so.
"""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from support_netconf_tree import NC, EditError, edit, local, parsed, printed

CAPABILITY = "urn:ietf:params:netconf:capability"
BASES = ("urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1")


@dataclass(frozen=True)
class Manners:
    """What servers do differently."""

    confirmed: str | None = "1.1"  # the version of confirmed-commit
    has_candidate: bool = True
    has_startup: bool = False
    has_validate: bool = True
    is_late_confirm_ok: bool = False  # a confirm after the timer is a new commit
    keeps_candidate: bool = (
        False  # what was edited stays in the candidate when a commit is taken back or a session ends
    )
    rejects_extension: bool = False  # no confirmed commit on top of a pending one
    forgets_first: bool = False  # a further confirmed commit takes the place of the first point of return
    loses_validated: bool = False  # a commit after <validate> says ok and does nothing
    has_running_lock: bool = True
    ends_with_session: bool = True  # of confirmed commits without a token


RFC = Manners()
NETCONFD = Manners(loses_validated=True)
NETOPEER = Manners(rejects_extension=True, has_startup=True)
CLIXON = Manners(is_late_confirm_ok=True, keeps_candidate=True, has_startup=True)
OVERWRITES = Manners(forgets_first=True)
OLD = Manners(confirmed="1.0")
PLAIN = Manners(confirmed=None)
DIRECT = Manners(confirmed=None, has_candidate=False)


@dataclass
class Fault:
    """What goes wrong at the `on`th request of `operation` (from 1), and at `times` in all.

    `kind`: refuse · denied (NACM) · warn (done, ok with a warning) · both (not done, ok and an error) · lie (ok, not done) · hang, drop
    (not done, no answer) · hang-after, drop-after (done, no answer) · die (the server is killed and gone for `seconds`) · expire (the
    timer ends just before) · change (somebody edits what runs just before) · raise (`deed` runs, after it was done if `kind` ends
    with -after).
    """

    operation: str
    kind: str
    on: int = 1
    times: int = 1
    seconds: float = 0.3
    deed: object = None


@dataclass
class Commit:
    """A commit to be confirmed."""

    backup: ET.Element
    ends: float
    token: str | None
    session: int


class HangError(Exception):
    """No answer."""


class DropError(Exception):
    """The connection ends."""


class RefusalError(Exception):
    def __init__(self, tag, message, info=""):
        super().__init__(message)
        self.tag, self.message, self.info = tag, message, info


@dataclass
class FakeRouter:
    """One device; `running` and the others are trees."""

    name: str
    running: ET.Element
    manners: Manners = RFC
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    modules: tuple[str, ...] = ()

    def __post_init__(self):
        self.candidate = copy.deepcopy(self.running)
        self.startup = copy.deepcopy(self.running)
        self.locks = {}
        self.pending = None
        self.is_validated = False
        self.dead_until = 0.0
        self.generation = 0
        self.sessions = 0
        self.history = []
        self.logins = []
        self.by_hand = None
        self.state = []  # elements of operational state; what requests of its own a device has, by name, in `requests`
        self.requests = {}
        self.mutex = threading.RLock()

    @property
    def text(self):
        with self.mutex:
            self.settle()
            return printed(self.running)

    @property
    def is_clean(self):
        with self.mutex:
            self.settle()
            is_same = not self.manners.has_candidate or printed(self.candidate) == printed(self.running)
            return is_same and not self.locks and self.pending is None

    def hello(self):
        manners = self.manners
        found = [*BASES, f"{CAPABILITY}:rollback-on-error:1.0", *self.modules]
        if manners.has_candidate:
            found.append(f"{CAPABILITY}:candidate:1.0")
        else:
            found.append(f"{CAPABILITY}:writable-running:1.0")
        if manners.confirmed:
            found.append(f"{CAPABILITY}:confirmed-commit:{manners.confirmed}")
        if manners.has_validate:
            found.append(f"{CAPABILITY}:validate:1.1")
        if manners.has_startup:
            found.append(f"{CAPABILITY}:startup:1.0")
        return found

    def begin(self):
        with self.mutex:
            self.sessions += 1
            return self.sessions

    def end(self, session):
        """The session is over: its locks are free, and with them what it had edited."""
        with self.mutex:
            self.settle()
            had = [store for store, holder in self.locks.items() if holder == session]
            self.locks = {store: holder for store, holder in self.locks.items() if holder != session}
            if "candidate" in had and not self.manners.keeps_candidate:
                self.candidate = copy.deepcopy(self.running)
            pending = self.pending
            if pending and pending.token is None and pending.session == session and self.manners.ends_with_session:
                self.go_back()

    def settle(self):
        if self.pending and time.monotonic() >= self.pending.ends:
            self.go_back()

    def go_back(self):
        self.running, self.pending = self.pending.backup, None
        if not self.manners.keeps_candidate:
            self.candidate = copy.deepcopy(self.running)
        self.history.append(printed(self.running))

    def edit_by_hand(self, config):
        """Somebody edits what runs."""
        with self.mutex:
            self.settle()
            self.running = edit(self.running, ET.fromstring(f'<config xmlns:nc="{NC}">{config}</config>'))  # noqa: S314  (our own)
            self.candidate = copy.deepcopy(self.running)

    def die(self, seconds):
        """Killed: the sessions end, a pending commit is taken back, locks are free."""
        self.dead_until = time.monotonic() + seconds
        self.generation += 1
        if self.pending:
            self.go_back()
        self.candidate, self.locks = copy.deepcopy(self.running), {}

    def answer(self, session, operation):
        """Return the content of the `<rpc-reply>`."""
        with self.mutex:
            self.settle()
            if time.monotonic() < self.dead_until:
                raise DropError
            word = name_of(operation)
            self.calls.append(word)
            number = self.calls.count(word)
            fault = next(
                (one for one in self.faults if one.operation == word and one.on <= number < one.on + one.times), None
            )
            if fault is None:
                return self.do(session, operation)
            return self.go_wrong(fault, session, operation)

    def go_wrong(self, fault, session, operation):  # noqa: C901  (one line for each kind of fault)
        kind = fault.kind
        if kind == "die":
            self.die(fault.seconds)
            raise DropError
        if kind == "expire" and self.pending:
            self.pending.ends = 0.0
            self.settle()
        if kind == "change":
            self.edit_by_hand(self.by_hand)
        if kind == "refuse":
            raise RefusalError("operation-failed", "no resources left")
        if kind == "denied":
            raise RefusalError("access-denied", "access is denied")
        if kind == "both":
            return "<ok/>" + error("operation-failed", "applied in part only")
        if kind == "lie":
            return "<ok/>"
        if kind in {"hang", "drop"}:
            raise HangError if kind == "hang" else DropError
        if kind == "raise":
            fault.deed()
        content = self.do(session, operation)
        if kind == "raise-after":
            fault.deed()
        if kind.endswith("-after") and kind != "raise-after":
            raise HangError if kind == "hang-after" else DropError
        return content + error("operation-failed", "mind the gap", "warning") if kind == "warn" else content

    def do(self, session, operation):
        if local(operation) in self.requests:
            return self.requests[local(operation)]
        return getattr(self, "do_" + local(operation).replace("-", "_"))(session, operation)

    def do_get_config(self, _session, operation):
        store = local(operation.find(f"{{{NC}}}source")[0])
        filter_ = operation.find(f"{{{NC}}}filter")
        if filter_ is None:
            return f"<data>{printed(getattr(self, store))}</data>"
        return self.selected(getattr(self, store), filter_)

    def do_get(self, _session, operation):
        """The state that was put into `state`, as far as the filter's elements lead; what it has nothing of is no error."""
        (filter_,) = operation
        return self.selected(self.state, filter_)

    @staticmethod
    def selected(elements, filter_):
        found = [kept for one in elements for wanted in filter_ if (kept := filtered(one, wanted)) is not None]
        return f"<data>{''.join(ET.tostring(one, encoding='unicode') for one in found)}</data>"

    def do_lock(self, session, operation):
        store = local(operation.find(f"{{{NC}}}target")[0])
        if store == "running" and not self.manners.has_running_lock:
            raise RefusalError("operation-not-supported", "no such lock")
        holder = self.locks.get(store)
        if holder is not None:
            raise RefusalError("lock-denied", "lock is held", f"<session-id>{holder}</session-id>")
        if self.pending and (store == "running" or self.pending.session != session):
            raise RefusalError("lock-denied", "a commit is pending", "<session-id>0</session-id>")
        if store == "candidate" and printed(self.candidate) != printed(self.running):
            raise RefusalError("resource-denied", "the candidate has changes")
        self.locks[store] = session
        return "<ok/>"

    def do_unlock(self, session, operation):
        store = local(operation.find(f"{{{NC}}}target")[0])
        if self.locks.get(store) != session:
            raise RefusalError("operation-failed", "not locked")
        del self.locks[store]
        if store == "candidate" and not self.manners.keeps_candidate:
            self.candidate = copy.deepcopy(self.running)
        return "<ok/>"

    def do_discard_changes(self, session, _operation):
        self.free("candidate", session)
        self.candidate, self.is_validated = copy.deepcopy(self.running), False
        return "<ok/>"

    def do_edit_config(self, session, operation):
        store = local(operation.find(f"{{{NC}}}target")[0])
        self.free(store, session)
        try:
            changed = edit(getattr(self, store), operation.find(f"{{{NC}}}config"))
        except EditError as problem:
            raise RefusalError(problem.tag, str(problem)) from problem
        if operation.findtext(f"{{{NC}}}test-option") != "test-only":
            setattr(self, store, changed)
            if store == "running":
                self.history.append(printed(self.running))
        return "<ok/>"

    def do_validate(self, _session, _operation):
        self.is_validated = True
        return "<ok/>"

    def do_commit(self, session, operation):
        self.free("candidate", session)
        self.free("running", session)
        token = operation.findtext(f"{{{NC}}}persist-id")
        if self.pending is not None and self.pending.token != token:
            raise RefusalError("invalid-value", f"persist-id {token} does not match")
        if self.pending is None and token is not None and not self.manners.is_late_confirm_ok:
            raise RefusalError("invalid-value", f"no commit {token} is pending")
        if operation.find(f"{{{NC}}}confirmed") is None:
            self.take()
            self.pending = None
            return "<ok/>"
        if self.pending is not None and self.manners.rejects_extension:
            raise RefusalError("invalid-value", "Persist ID given in confirmed commit")
        keeps = self.pending is not None and not self.manners.forgets_first
        backup = self.pending.backup if keeps else copy.deepcopy(self.running)
        ends = time.monotonic() + float(operation.findtext(f"{{{NC}}}confirm-timeout"))
        named = operation.findtext(f"{{{NC}}}persist") or token
        if self.take():
            self.pending = Commit(backup, ends, named, session)
        return "<ok/>"

    def take(self):
        """Make the candidate run; return whether that was done."""
        is_lost = self.is_validated and self.manners.loses_validated
        self.is_validated = False
        if is_lost:
            self.candidate = copy.deepcopy(self.running)
            return False
        self.running = copy.deepcopy(self.candidate)
        self.history.append(printed(self.running))
        return True

    def do_cancel_commit(self, _session, operation):
        if self.pending is None or self.pending.token != operation.findtext(f"{{{NC}}}persist-id"):
            raise RefusalError("invalid-value", "nothing is pending under it")
        self.go_back()
        return "<ok/>"

    def do_copy_config(self, _session, _operation):
        self.startup = copy.deepcopy(self.running)
        return "<ok/>"

    def free(self, store, session):
        holder = self.locks.get(store)
        if holder not in {None, session}:
            raise RefusalError("in-use", "locked by another session", f"<session-id>{holder}</session-id>")


def filtered(element, wanted):
    """Return what a subtree filter selects of an element (RFC 6241, section 6.2), None where it is another; keys come along."""
    if element.tag != wanted.tag:
        return None
    if len(wanted) == 0:
        return copy.deepcopy(element)
    kept = ET.Element(element.tag)
    kept.text = element.text
    for child in element:
        kept.extend(found for one in wanted if (found := filtered(child, one)) is not None)
    return kept


def name_of(operation):
    """Return what is asked; commits by what they are for."""
    word = local(operation)
    if word != "commit":
        return word
    has_token = operation.find(f"{{{NC}}}persist-id") is not None
    if operation.find(f"{{{NC}}}confirmed") is None:
        return "confirm"
    return "extend" if has_token else "commit"


def error(tag, message, severity="error", info=""):
    told = f"<error-info>{info}</error-info>" if info else ""
    return (
        f"<rpc-error><error-type>application</error-type><error-tag>{tag}</error-tag><error-severity>{severity}</error-severity>"
        f"<error-message>{message}</error-message>{told}</rpc-error>"
    )


def router(name, text, manners=RFC):
    return FakeRouter(name, parsed(text), manners)
