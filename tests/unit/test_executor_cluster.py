"""A real Dask cluster on the loopback: the same results, workers that die, and everything that keeps one from being used."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import dask
import distributed
import pytest
from distributed import LocalCluster
from distributed.security import Security
from support_executor import DIE_ELSEWHERE, DIE_ONCE, FAIL, MULTIPLY, TELL

from intentc.executor import cluster as cluster_module
from intentc.executor import connection
from intentc.executor.cluster import Cluster
from intentc.executor.connection import connect
from intentc.executor.here import InProcess
from intentc.executor.identity import identity
from intentc.failures import Refusal

pytestmark = [
    pytest.mark.filterwarnings("default::ResourceWarning"),
    pytest.mark.filterwarnings("default::DeprecationWarning"),
]
CHUNKS = tuple(range(12))
ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 8.0  # "within seconds", on a machine that is shared


@contextmanager
def local_cluster(workers, **more):
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
            **more,
        ) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def scheduler():
    with local_cluster(2) as found:
        yield found.scheduler_address


@pytest.fixture
def engine(scheduler):
    with connect(scheduler) as found:
        yield found


def refused(address):
    began = time.monotonic()
    with pytest.raises(Refusal) as caught:
        connect(address)
    assert time.monotonic() - began < LIMIT_S
    assert caught.value.status == 2
    assert caught.value.help
    return caught.value.message


def test_a_cluster_does_as_this_process_does(engine):
    here = InProcess().run(MULTIPLY, (2, 3), CHUNKS, 0)
    assert list(engine.run(MULTIPLY, (2, 3), CHUNKS, 0)) == list(here)


def test_its_workers_do_the_work_and_prepare_once(engine):
    found = engine.run(TELL, (1, 1), CHUNKS, 0)
    pids = {pid for _, _, pid, _ in found}
    workers = set(engine._client.run(os.getpid).values())
    assert pids == workers
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert len({(pid, count) for _, _, pid, count in found}) == 2


def test_an_error_of_the_job_is_raised_as_it_is(engine):
    with pytest.raises(ZeroDivisionError, match="three"):
        engine.run(FAIL, (1,), CHUNKS, 0)


def test_a_worker_that_is_killed_changes_nothing(engine, tmp_path):
    found = engine.run(DIE_ONCE, (str(tmp_path), 1), CHUNKS, 0)
    assert [chunk for chunk, _ in found] == list(CHUNKS)
    assert len(list(tmp_path.iterdir())) == 1
    assert os.getpid() not in {pid for _, pid in found}


def test_work_that_kills_every_worker_is_refused(engine, tmp_path):
    with pytest.raises(Refusal, match="died, again and again") as caught:
        engine.run(DIE_ELSEWHERE, (str(tmp_path), os.getpid()), (1,), 0)
    assert caught.value.status == 2


def test_a_cluster_that_goes_away_is_refused():
    with local_cluster(1, processes=False, protocol="tcp://") as found, connect(found.scheduler_address) as engine:
        closing = threading.Timer(1.0, found.close)
        closing.start()
        with pytest.raises(Refusal, match=r"went away|does not answer"):
            engine.run(TELL, (1, 1), tuple(range(300)), 0)
        closing.join()


def test_a_cluster_whose_workers_are_all_gone_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster_module, "_MOST_LOOKS", 1)
    monkeypatch.setattr(cluster_module, "_LOOK_S", 0.2)
    with local_cluster(1, processes=False, protocol="tcp://") as found, connect(found.scheduler_address) as engine:
        leaving = threading.Timer(1.0, found.scale, [0])
        leaving.start()
        with pytest.raises(Refusal, match="no workers any more"):
            engine.run(TELL, (1, 1), tuple(range(300)), 0)
        leaving.join()


def test_a_cluster_without_workers_is_refused():
    with local_cluster(0) as found:
        assert refused(found.scheduler_address) == f"the scheduler at `{found.scheduler_address}` has no workers"


@contextmanager
def listener(answer):
    """Yield the address of something that answers every connection with the same bytes and waits."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        held = []

        def serve():
            try:
                while True:
                    held.append(server.accept()[0])
                    held[-1].sendall(answer)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in held:
            one.close()


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", bytes(64), b"\xff" * 64],
    ids=["web server", "SSH", "zeros", "ones"],
)
def test_what_is_no_scheduler_is_refused(answer):
    with listener(answer) as address:
        assert refused(address) == f"what listens at `{address}` is no Dask scheduler"


def test_a_worker_is_no_scheduler(engine):
    (address, *_) = engine._client.nthreads()
    assert refused(address) == f"what listens at `{address}` is no Dask scheduler"


def test_nobody_there_is_refused():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert refused(address) == f"the scheduler at `{address}` does not answer"


@pytest.mark.parametrize(
    "address", ["", "host", "host:", ":8786", "host:0", "host:65536", "inproc://1/2", "http://h:80"]
)
def test_an_address_that_is_none_is_refused(address):
    assert refused(address) == f"`{address}` is not the address of a scheduler"


def test_tls_without_certificates_is_refused():
    address = "tls://127.0.0.1:8786"
    assert refused(address) == f"`{address}` needs TLS certificates, and Dask has none configured"


def test_tls_with_certificates_that_are_not_there_is_refused(tmp_path):
    where = {f"distributed.comm.tls.{key}": str(tmp_path / "none") for key in ("ca-file", "client.cert", "client.key")}
    with dask.config.set(where):
        assert refused("tls://127.0.0.1:8786").startswith("Dask's TLS certificates cannot be used")


def test_what_is_not_encrypted_is_refused_where_dask_asks_for_it(scheduler):
    with dask.config.set({"distributed.comm.require-encryption": True}):
        assert refused(scheduler) == f"`{scheduler}` is not encrypted, which Dask's configuration asks for"


def test_tls_with_the_certificates_of_dask(tmp_path):
    """A certificate is made for the test; the scheduler takes no connection without one, so nothing runs unencrypted."""
    made = Security.temporary()
    files = {"ca-file": made.tls_ca_file, "cert": made.tls_client_cert, "key": made.tls_client_key}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    where = {"ca-file": "ca-file", "client.cert": "cert", "client.key": "key"}
    tls = {f"distributed.comm.tls.{key}": str(tmp_path / name) for key, name in where.items()}
    with local_cluster(1, processes=False, security=made, protocol="tls://") as found:
        with dask.config.set(tls), connect(found.scheduler_address) as engine:
            assert found.scheduler_address.startswith("tls://")
            assert list(engine.run(MULTIPLY, (1,), CHUNKS, 0)) == list(CHUNKS)
        refused(found.scheduler_address.replace("tls://", "tcp://"))


def other_release(folder):
    _copy(folder, lambda text: text.replace('__version__ = "', '__version__ = "9.'))


def other_code(folder):
    _copy(folder, lambda text: text + "\n# changed\n")


def no_release(folder):
    (folder / "intentc.py").write_text("raise ImportError('there is none here')\n")


def _copy(folder, change):
    shutil.copytree(ROOT / "intentc", folder / "intentc", ignore=shutil.ignore_patterns("__pycache__"))
    entry = folder / "intentc" / "__init__.py"
    entry.write_text(change(entry.read_text()))


OTHERS = {
    other_release: "has intentc 9.",
    other_code: "has other code of intentc",
    no_release: "has none that we know (there is none here)",
}


@pytest.mark.parametrize("install", OTHERS, ids=lambda install: install.__name__)
def test_a_worker_with_another_intentc_is_refused(install, tmp_path):
    """A worker process of its own, which finds another intentc than this one."""
    install(tmp_path)
    with local_cluster(0) as found:
        argv = [sys.executable, "-m", "distributed.cli.dask_worker", found.scheduler_address, "--no-nanny"]
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": path}
        with subprocess.Popen(
            [*argv, "--no-dashboard", "--nthreads", "1"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
        ) as worker:
            try:
                wait_for_worker(found)
                assert OTHERS[install] in refused(found.scheduler_address)
            finally:
                worker.terminate()


def wait_for_worker(found):
    end = time.monotonic() + 20
    while not found.scheduler.workers and time.monotonic() < end:
        time.sleep(0.05)


def test_a_worker_that_comes_later_with_another_intentc_is_refused(engine, monkeypatch):
    """The others of the cluster were asked already, so the answer itself says it: here it is us who are of another release."""
    ours = ("3.11", "9.9.9", "other")
    monkeypatch.setattr(cluster_module, "identity", lambda: ours)
    with pytest.raises(Refusal, match=r"a worker at .* instead of 9\.9\.9"):
        engine.run(MULTIPLY, (1,), CHUNKS, 0)


class FakeClient:
    """Tells the versions of a cluster that cannot be had here: one Python is installed."""

    def __init__(self, **workers):
        own = {"python": "3.11.2.final.0", "distributed": "2026.8.0"}
        self._versions = {
            "client": {"packages": own},
            "scheduler": {"packages": {**own, **workers.pop("scheduler", {})}},
            "workers": {name: {"packages": {**own, **other}} for name, other in workers.items()},
        }

    def get_versions(self):
        return self._versions

    def run(self, *_, **__):
        return dict.fromkeys(self._versions["workers"], identity())


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ({"a": {"python": "3.12.1.final.0"}}, "a at `x:1` has Python 3.12 instead of 3.11"),
        (
            {"a": {}, "scheduler": {"python": "3.10.0.final.0"}},
            "the scheduler at `x:1` has Python 3.10 instead of 3.11",
        ),
        ({"a": {}, "b": {"distributed": "2024.1.0"}}, "b at `x:1` has distributed 2024.1.0 instead of 2026.8.0"),
    ],
)
def test_another_python_or_dask_is_refused(versions, said):
    with pytest.raises(Refusal) as caught:
        connection._check_workers(FakeClient(**versions), "x:1")
    assert caught.value.message == f"a cluster has to run what we run: {said}"


def test_another_patch_of_python_is_as_good():
    assert connection._check_workers(FakeClient(a={"python": "3.11.9.final.0"}), "x:1") is None


def test_nothing_that_dask_logs_reaches_the_terminal(scheduler, capfd):
    with connect(scheduler) as engine:
        assert isinstance(engine, Cluster)
        distributed.client.logger.error("what nobody should see")
    assert capfd.readouterr().err == ""
