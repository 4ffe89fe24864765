"""A demand as the line of JSON that the manifest has of it: what it does in failure states is most of that, and is told by a kernel where one found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intentc.manifest.demand_entries import demand_entry
from intentc.manifest.states import MOST_NAMED_STATES
from intentc.native import compiled
from intentc.realise.model import RealisedDemand, StateResult
from intentc.realise.results import QueuedResults, SettledResults
from intentc.values import json_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intentc.native.texts import Queued
    from intentc.realise.results import Told

_NO_STATES, _STATES = b'"states": []', b'"states": ['  # no text in JSON holds a bare quotation mark
_WIDE = 8  # bytes of a word, where it has not four


def demand_text(item: RealisedDemand) -> bytes:
    """Return the line of a demand."""
    states = states_text(item.states)
    if states is None:
        return json_bytes(demand_entry(item))
    head, tail = json_bytes(demand_entry(item, ())).split(_NO_STATES, 1)
    return b"".join((head, _STATES, states, b"]", tail))


def states_text(states: Sequence[StateResult]) -> bytes | None:
    """Return the entries of failure states without making results of them; None where these are to be made."""
    told: Told | None = None
    queued: Queued | None = None
    kernels = compiled("texts")
    if isinstance(states, QueuedResults) and (found := states.queued()) is not None:
        told, words, normally, bases = found
        normal = normally.propagation, normally.serialisation, normally.queueing, json_bytes(normally.basis)
        queued = words.tobytes(), words.itemsize == _WIDE, normal, tuple(map(json_bytes, bases))
    elif isinstance(states, SettledResults):
        told = states.told()
    if told is None or kernels is None:
        return None
    text: bytes | None = kernels.texts_of(told[0], json_bytes).states(*told, queued, MOST_NAMED_STATES)
    return text
