"""The command line of IOS XR: what an `<edit-config>` does as lines to type, and what the router prints as the document that it stands for."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from intentc.targetkit.kit import CliModel, TypedDocuments

from .document import tagged
from .lines import SECTIONS as BLOCKS
from .owned import Amount
from .readback import content, name_of, settled
from .shapes import SECTIONS
from .words import rate

READ = "show running-config"


def _spelled(value: Any) -> Any:
    """Return a value with rates that the command line can hold (see `words.rate`)."""
    if isinstance(value, Amount):
        return Amount(*rate(value.value, is_bound=True)) if value.unit == "bps" else value
    if isinstance(value, tuple):
        return tuple(_spelled(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{item.name: _spelled(getattr(value, item.name)) for item in fields(value)})


_MODEL = CliModel(BLOCKS, name_of, settled, _spelled, last="class class-default")
_TYPED = TypedDocuments(SECTIONS, _MODEL, content, tagged)
changes = _TYPED.changes
configuration = _TYPED.configuration
