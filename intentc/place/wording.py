"""Figures and names of the placement in the words of its findings."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.walk import Arcs
from intentc.place.tasks import Task

_RATES = ((1_000_000_000_000, "Tbps"), (1_000_000_000, "Gbps"), (1_000_000, "Mbps"), (1000, "kbps"))
_MOST_NAMES = 6


def time_text(us: int) -> str:
    """Return a time with its unit: `23.1ms`, `850us`, as it may be written in an intent."""
    return f"{us}us" if us < 1000 else f"{us / 1000:.3f}".rstrip("0").rstrip(".") + "ms"


def rate_text(bps: int) -> str:
    """Return a rate with its unit, rounded up to a thousandth of it: `20Mbps`."""
    for size, unit in _RATES:
        if bps >= size:
            thousandths = -(-bps * 1000 // size)
            return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".") + unit
    return f"{bps}bps"


def percent_text(ppm: int) -> str:
    """Return a share in percent, rounded up to a tenth."""
    return f"{-(-ppm // 1000) / 10:g}%"


def path_text(network: Network, start: int, arcs: Arcs) -> str:
    """Return the nodes of a path."""
    return " - ".join(f"`{network.nodes[node]}`" for node in network.nodes_along(start, arcs))


def names_text(names: Sequence[str]) -> str:
    """Return names in back-ticks, the first few of many."""
    shown = [f"`{name}`" for name in names[:_MOST_NAMES]]
    more = len(names) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def ends_text(task: Task) -> str:
    """Return who talks to whom."""
    demand = task.demand
    if demand.direction == "reverse":
        return f"`{demand.source_site}` to `{demand.destination_name}` (replies)"
    return f"`{demand.source_site}` to `{demand.destination_name}`"


def state_text(name: str) -> str:
    """Return a failure state by what fails: `link:L7` is the link `L7`, several at once are joined by `and`."""
    return " and ".join(map(_element_text, name.split("+")))


def states_text(names: Sequence[str]) -> str:
    """Return failure states by what fails, the first few of many."""
    shown = [state_text(name) for name in names[:_MOST_NAMES]]
    more = len(names) - len(shown)
    return f"{'; '.join(shown)}; and {more} more" if more > 0 else "; ".join(shown)


def failing_text(name: str) -> str:
    """Return a failure state as the rest of a sentence that begins with `when`."""
    return f"{state_text(name)} {'fail' if '+' in name else 'fails'}"


def survival_text(name: str, *, is_survived: bool = True) -> str:
    """Return that a failure state is survived, or that it is not, as the rest of a sentence that begins with `that`."""
    return f"{state_text(name)} {'are' if '+' in name else 'is'} {'survived' if is_survived else 'not survived'}"


def _element_text(name: str) -> str:
    kind, _, element = name.partition(":")
    words = {"link": "link", "node": "node", "srlg": "risk group", "site": "site", "provider": "provider"}
    return f"the {words[kind]} `{element}`" if kind in words else f"`{name}`"
