"""`intentc lab export`: from a topology to the files of a lab, and those files onto the disk."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path, PurePosixPath

from intentc.lab.clab import clab_topology, impair_script
from intentc.lab.devices import device_lab, refuse_devices, with_endpoints
from intentc.lab.frr import VTYSH, daemons, frr_config
from intentc.lab.layout import lay_out
from intentc.lab.model import ExportOptions, LabError, LabFile, LabFiles, Layout
from intentc.lab.startup import start_up
from intentc.lab.underlay import underlay
from intentc.topology.model import Topology

TOPOLOGY_FILE = "lab.clab.yml"
_NODE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def export(topology: Topology, options: ExportOptions | None = None) -> LabFiles:
    """Return the files of a lab that builds `topology`: lab.clab.yml, impair.sh, and each router's start-up files.

    Nodes of platform `none` run the underlay's IGP as a provider's router does. Nodes of other platforms run as their
    target's data say, from images that the options name, or FRR stands in for them; what cannot be is a `LabError`.
    """
    options = options or ExportOptions()
    _refuse_names(topology)
    refuse_devices(topology, options)
    layout = lay_out(topology, options)
    endpoints = with_endpoints(layout, options)
    name = lab_name(topology.name)
    files = [
        LabFile(PurePosixPath(TOPOLOGY_FILE), clab_topology(layout, name, options, endpoints)),
        LabFile(PurePosixPath("impair.sh"), impair_script(layout, name, endpoints), is_executable=True),
        LabFile(PurePosixPath("image/Dockerfile"), _node_file("Dockerfile")),
        LabFile(PurePosixPath("node/start.sh"), _node_file("start.sh"), is_executable=True),
        *(file for node in layout.topology.nodes for file in _router_files(layout, node, options)),
    ]
    return LabFiles(name, tuple(sorted(files, key=lambda file: file.path)))


def with_configurations(files: LabFiles, texts: Mapping[str, str]) -> LabFiles:
    """Return the files with configurations of devices, by `NODE/FILE`, beside what these devices start from."""
    more = [
        LabFile(PurePosixPath("routers", path.partition("/")[0], "intentc", path.partition("/")[2]), text)
        for path, text in texts.items()
    ]
    return LabFiles(files.name, tuple(sorted((*files.files, *more), key=lambda file: file.path)))


def write(files: LabFiles, directory: Path) -> None:
    """Write the files below `directory` and, once, a key pair for it that is kept out of git; other files stay."""
    for file in files.files:
        path = directory / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        path.chmod(0o755 if file.is_executable else 0o644)
    ensure_key_pair(directory)


def ensure_key_pair(directory: Path) -> Path:
    """Return the private key (ed25519, mode 0600) that opens the lab's nodes; it is made when there is none."""
    key = directory / "ssh" / "id_ed25519"
    if not key.exists():
        key.parent.mkdir(parents=True, exist_ok=True)
        (key.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        make_key_pair(key)
    return key


def make_key_pair(path: Path) -> None:
    """Write an ed25519 key pair to `path` and `path.pub`."""
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "intentc-lab", "-f", str(path)]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabError("`ssh-keygen` is not installed: a lab needs the OpenSSH client") from None
    if done.returncode != 0:
        raise LabError(f"ssh-keygen failed for {path}: {done.stderr.strip()}")


def lab_name(text: str) -> str:
    """Return the name as containerlab and container names allow it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32] or "lab"


def _refuse_names(topology: Topology) -> None:
    built = (node.name for node in topology.nodes.values() if node.state != "planned")
    unnameable = [name for name in built if _NODE_NAME.fullmatch(name) is None]
    if unnameable:
        raise LabError(f"a lab cannot name a node {', '.join(f'`{name}`' for name in unnameable)}")


def _router_files(layout: Layout, node: str, options: ExportOptions) -> Iterator[LabFile]:
    router = underlay(layout, node)
    folder = PurePosixPath("routers", node)
    lab = device_lab(router.node, options)
    if lab is not None and lab.startup is not None:
        if options.start_up is None:
            raise LabError(f"nothing makes the file that `{node}` starts from")
        text = options.start_up(router.node.platform, start_up(router, lab.unit))
        yield LabFile(folder / lab.startup, text)
        return
    yield LabFile(folder / "frr" / "daemons", daemons(router))
    yield LabFile(folder / "frr" / "frr.conf", frr_config(router))
    yield LabFile(folder / "frr" / "vtysh.conf", VTYSH)
    yield LabFile(folder / "sshd_config", _node_file("sshd_config"))


def _node_file(name: str) -> str:
    return resources.files("intentc.lab").joinpath("node", name).read_text(encoding="utf-8")
