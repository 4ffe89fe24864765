"""A demand as the line of JSON that the manifest has of it: what it does in failure states is most of that, and is told by a kernel where one found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intentc.manifest.demand_entries import demand_entry
from intentc.manifest.states import MOST_NAMED_STATES
from intentc.native import compiled
from intentc.realise.model import RealisedDemand
from intentc.realise.results import QueuedResults, SettledResults
from intentc.values import json_bytes

if TYPE_CHECKING:
    from intentc.native.results import Teller
    from intentc.native.texts import Queued, Texts
    from intentc.realise.results import Told

_NO_STATES, _STATES = b'"states": []', b'"states": ['  # no text in JSON holds a bare quotation mark
_WIDE = 8  # bytes of a word, where it has not four


class DemandTexts:
    """Makes the texts of the demands of a program."""

    def __init__(self) -> None:
        self._texts: tuple[Teller, Texts] | None = None

    def of(self, item: RealisedDemand) -> bytes:
        """Return the line of a demand."""
        states = self._states(item)
        if states is None:
            return json_bytes(demand_entry(item))
        head, tail = json_bytes(demand_entry(item, ())).split(_NO_STATES, 1)
        return b"".join((head, _STATES, states, b"]", tail))

    def _states(self, item: RealisedDemand) -> bytes | None:
        """Return the entries of failure states without making results; None where these are to be made."""
        told: Told | None = None
        queued: Queued | None = None
        if isinstance(item.states, QueuedResults) and (found := item.states.queued()) is not None:
            told, words, normally, bases = found
            normal = normally.propagation, normally.serialisation, normally.queueing, json_bytes(normally.basis)
            queued = words.tobytes(), words.itemsize == _WIDE, normal, tuple(map(json_bytes, bases))
        elif isinstance(item.states, SettledResults):
            told = item.states.told()
        if told is None:
            return None
        teller, folded, ahead, ids, gone = told
        if self._texts is None or self._texts[0] is not teller:
            kernels = compiled("texts")
            if kernels is None:
                return None
            self._texts = teller, kernels.Texts(teller, json_bytes)
        return self._texts[1].states(folded, ahead, ids, gone, queued, MOST_NAMED_STATES)
