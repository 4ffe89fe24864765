"""How a cluster is found, and what is asked of it before it gets any work. Dask is imported when this is called."""

from __future__ import annotations

import asyncio
import logging
import struct
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from intentc.executor.identity import Identity, difference, identity
from intentc.failures import Refusal

if TYPE_CHECKING:
    from distributed import Client

    from intentc.executor.cluster import Cluster

_CONNECT_S = 4.0  # until a scheduler that does not answer counts as unreachable
_SCHEMES = ("tcp", "tls")
_LOUD = ("distributed", "tornado", "asyncio", "bokeh")
# Asked of workers that may have no intentc at all: it names nothing of ours that they would have to import first.
_WHO_ARE_YOU = "__import__('intentc.executor.identity', fromlist=['identity']).identity()"


def connect(address: str) -> Cluster:
    """Return the cluster of a scheduler, all of whose workers were asked what they run.

    Raises `Refusal` (status 2) where Dask is not installed, the scheduler is not there or not one, it has no workers, or
    some of them run another Python or another intentc.
    """
    try:
        from intentc.executor.cluster import Cluster, refusals  # noqa: PLC0415  (start-up; an extra)
    except ImportError as error:
        raise Refusal(
            f"`--scheduler` needs Dask, which cannot be imported: {error}", "pip install 'intentc[cluster]'"
        ) from None
    from distributed import Client  # noqa: PLC0415

    _silence()
    _check_address(address)
    _greet(address)
    with refusals(address), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other versions are looked at below
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    cluster = Cluster(client, address)
    try:
        with refusals(address):
            _check_workers(client, address)
    except BaseException:
        cluster.__exit__(None, None, None)
        raise
    return cluster


def _silence() -> None:
    """Keep what Dask and its event loop log off the terminal: what matters of it comes up as a `Refusal`."""
    for name in (*_LOUD, *list(logging.root.manager.loggerDict)):
        if name.split(".")[0] in _LOUD:
            logger = logging.getLogger(name)
            logger.handlers = [logging.NullHandler()]
            logger.propagate = False


def _check_address(address: str) -> None:
    scheme, separator, place = address.rpartition("://")
    if (separator and scheme not in _SCHEMES) or not _is_place(place):
        raise Refusal(
            f"`{address}` is not the address of a scheduler",
            "write `HOST:PORT`, `tcp://HOST:PORT` or `tls://HOST:PORT`",
        )
    _check_encryption(address, is_tls=scheme == "tls")


def _check_encryption(address: str, *, is_tls: bool) -> None:
    """Raise `Refusal` where Dask's configuration has no certificates that can be used, or allows no connection without."""
    from distributed.security import Security  # noqa: PLC0415  (start-up)

    security = Security()
    if security.require_encryption and not is_tls:
        raise Refusal(f"`{address}` is not encrypted, which Dask's configuration asks for", "write `tls://HOST:PORT`")
    help_line = "set `distributed.comm.tls` (`ca-file`, `client.cert`, `client.key`) in Dask's configuration"
    try:
        context = security.get_connection_args("client").get("ssl_context") if is_tls else None
    except (OSError, ValueError) as error:  # a file is missing, or is no certificate
        raise Refusal(f"Dask's TLS certificates cannot be used: {error}", help_line) from error
    if is_tls and context is None:
        raise Refusal(f"`{address}` needs TLS certificates, and Dask has none configured", help_line)


def _is_place(place: str) -> bool:
    host, _, port = place.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16


def _greet(address: str) -> None:
    """Ask who listens there, before a client tries to, which would go on trying for long, and in the background."""
    try:
        found = asyncio.run(_identity_at(address))
    except (OSError, TimeoutError) as error:
        raise Refusal(f"the scheduler at `{address}` does not answer", "check the address, and that it runs") from error
    except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError, struct.error) as error:
        raise _not_a_scheduler(address) from error  # its bytes are those of some other protocol
    if found != "Scheduler":
        raise _not_a_scheduler(address)


def _not_a_scheduler(address: str) -> Refusal:
    return Refusal(f"what listens at `{address}` is no Dask scheduler", "check the address")


async def _identity_at(address: str) -> object:
    from distributed.core import connect as open_comm  # noqa: PLC0415  (start-up)
    from distributed.security import Security  # noqa: PLC0415

    async with asyncio.timeout(_CONNECT_S):
        comm = await open_comm(address, timeout=_CONNECT_S, **Security().get_connection_args("client"))
        try:
            await comm.write({"op": "identity", "reply": True})
            found = await comm.read()
        finally:
            comm.abort()
    return found["type"]


def _check_workers(client: Client, address: str) -> None:
    """Raise `Refusal` where there are no workers, or some of them or the scheduler run something else than this process."""
    from intentc.executor.cluster import START_WORKERS, refuse_other  # noqa: PLC0415  (start-up)

    versions: Mapping[str, Any] = client.get_versions()
    if not versions["workers"]:
        raise Refusal(f"the scheduler at `{address}` has no workers", START_WORKERS)
    ours = _releases(versions["client"])
    for name, found in (("the scheduler", versions["scheduler"]), *sorted(versions["workers"].items())):
        theirs = _releases(found)
        for package, own in ours.items():
            if theirs[package] != own:
                refuse_other(address, name, f"{package} {theirs[package]} instead of {own}")
    answers: Mapping[str, Any] = client.run(eval, _WHO_ARE_YOU, on_error="return")
    for name, answer in sorted(answers.items()):
        _check_identity(address, name, answer)


def _releases(found: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the versions of what has to be the same everywhere."""
    packages = found["packages"]
    return {"Python": ".".join(packages["python"].split(".")[:2]), "distributed": packages["distributed"]}


def _check_identity(address: str, worker: str, answer: Identity | BaseException) -> None:
    from intentc.executor.cluster import refuse_other  # noqa: PLC0415  (start-up)

    if isinstance(answer, ImportError):
        refuse_other(address, worker, f"none that we know ({answer})")
    elif isinstance(answer, BaseException):
        raise answer
    elif said := difference(answer, identity()):
        refuse_other(address, worker, said)
