"""The state store of a project: its directory, or this machine's mirror of a place that several machines share."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from intentc.cli.console import Console
from intentc.failures import Refusal
from intentc.inventory.model import Device
from intentc.project import Project
from intentc.project.state import GitState, SshState, shared_state
from intentc.push.interrupts import Interrupt
from intentc.push.refusal import RefusalError
from intentc.push.report import Outcome, Report
from intentc.push.shared import Shared
from intentc.push.store import Store
from intentc.push.team import Author, Options

CONNECT_S = 10.0
MIRROR = Path(".intentc", "shared")
_CREDENTIALS = ("state", "default")  # tables of intentc.toml with which a machine that holds the state is entered


def state_of(project: Project, author: Author) -> tuple[Path, Shared | None]:
    """Return the state directory, and the shared place that it mirrors; raise `Refusal` where that is not to be found."""
    place = shared_state(project.apply.state)
    if place is None:
        return project.root / project.apply.state, None
    mirror = project.root / MIRROR
    if isinstance(place, GitState):
        from intentc.push.shared_git import GitShared  # noqa: PLC0415  (only for who shares state)

        return mirror, GitShared(place.url or _origin(project.root), place.branch, author.who, author.host)
    return mirror, _over_ssh(place, project)


def refresh(state: Path, shared: Shared | None) -> None:
    """Make the mirror like the shared place, to read it; raise `Refusal` (status 6) where that cannot be reached."""
    try:
        Store(state, shared).refresh()
    except RefusalError as refusal:
        raise Refusal(refusal.findings[0].message, *refusal.findings[0].help, status=6) from refusal


def await_others(options: Options, console: Console) -> None:
    """Return once nobody is at work; raise `Refusal` (status 6), naming who is, when `options.wait_s` have passed."""
    from intentc.push.apply import holder  # noqa: PLC0415
    from intentc.push.waiting import waiting  # noqa: PLC0415

    def attempt() -> Report:
        try:
            with Store(options.state, options.shared).lease(holder(options, "plan")):
                return Report(Outcome.NOTHING)
        except RefusalError as refusal:
            return Report(Outcome.REFUSED, findings=refusal.findings)

    report = waiting(attempt, options, Interrupt(), lambda event: console.progress(event.phase))
    console.clear()
    if report.outcome is Outcome.REFUSED:
        raise Refusal(report.findings[0].message, *report.findings[0].help, status=6)


def break_lease(options: Options, arguments: argparse.Namespace, console: Console) -> None:
    """End the lease that somebody left on the shared state, if the person agrees; who it was is shown and audited."""
    from intentc.cli.planning import is_agreed  # noqa: PLC0415  (which imports the network, which imports this)
    from intentc.push.apply import holder  # noqa: PLC0415
    from intentc.push.audit import audit_break  # noqa: PLC0415

    shared = options.shared
    if shared is None:
        raise Refusal(
            "the state is a directory of this machine: its lease ends with the process that holds it",
            "leave `--break-lease` out; if somebody is at work, wait",
        )
    question = "Whoever holds the lease cannot finish any more; is that process dead for certain?"
    if not is_agreed(arguments, console, question):
        raise Refusal("the lease was not broken", status=6)
    try:
        found = shared.break_lease(options.state)
    except OSError as error:
        raise Refusal(f"the shared state `{shared.words}` cannot be used: {error.strerror}", status=6) from error
    if found is None:
        console.err("nobody holds a lease")
        return
    console.err(f"broken: the lease of {found.words}")
    console.log("break-lease", lease=found.words)
    with Store(options.state, shared).lease(holder(options, "break-lease")):
        audit_break(options.state, options.author, found.words)


def _origin(root: Path) -> str:
    done = subprocess.run(["git", "remote", "get-url", "origin"], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(
            "the state is a branch of this repository's `origin`, and it has none",
            'write the repository as well: `state = "git+URL#BRANCH"`',
        )
    url = done.stdout.strip()
    is_path = "://" not in url and ":" not in url.partition("/")[0]
    return str((root / url).resolve()) if is_path else url


def _over_ssh(place: SshState, project: Project) -> Shared:
    from intentc.push.shared_ssh import SshShared  # noqa: PLC0415
    from intentc.push.ssh import connect  # noqa: PLC0415  (netmiko costs half a second: only those who connect pay)

    access = next((project.credentials[name] for name in _CREDENTIALS if name in project.credentials), None)
    if access is None:
        raise Refusal(
            f"there are no credentials for the state on `{place.host}`",
            "write a table `[credentials.state]` into intentc.toml",
        )
    device = Device(
        node="state",
        host=place.host,
        port=place.port,
        username=place.username or access.username,
        key_file=access.key_file,
        known_hosts=access.known_hosts,
        host_key=None,
        is_agent_allowed=access.is_agent_allowed,
        password=access.password,
        allow_weak=access.allow_weak,
    )
    return SshShared(project.apply.state, place.path, lambda: connect(device, timeout_s=CONNECT_S))
