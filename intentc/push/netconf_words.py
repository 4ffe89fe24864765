"""What devices of a platform are asked over NETCONF beside their configuration: data of the targets (`netconf.toml`), where they have any.

- `[hostname]`: `filter` of `<get-config>`, and the `path` of the name in its answer.
- `[[sessions]]`, one for each protocol: `model` is how the capability begins with which a server declares that it answers. What is asked
  for is a `path` of elements (`=` before a namespace, `+` before the key of a list on the way), or a `request` of the vendor's own with
  the element of a `record`. `state` and `labels` are leaves below it; `../` before leaves of the elements around it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache

from intentc import resources
from intentc.values import frozen

FILE = "netconf.toml"


@frozen
class Sessions:
    """The sessions of one protocol, as the target's data have them; "" for what is not given."""

    protocol: str
    model: str
    state: str
    labels: Sequence[str]
    path: str = ""
    request: str = ""
    record: str = ""


@frozen
class Words:
    """What there is to ask devices of a platform for."""

    name_filter: str = ""
    name_path: str = ""
    sessions: tuple[Sessions, ...] = ()


@cache
def words_of(platform: str) -> Words:
    """Return the data of the target `platform`; nothing where there is none, or no such file of it."""
    for folder in resources.targets_paths():
        files = {file.parent.name: file for file in folder.glob(f"*/{FILE}")}
        if platform in files:
            document = tomllib.loads(files[platform].read_text(encoding="utf-8"))
            name = document.get("hostname", {})
            sessions = tuple(Sessions(**one) for one in document.get("sessions", ()))
            return Words(name.get("filter", ""), name.get("path", ""), sessions)
    return Words()
