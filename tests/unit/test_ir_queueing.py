"""What is known of queues, by link end: the same as looked up one by one, and the very same row where nothing has changed."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from intentc.ir.columns import Columns
from intentc.realise.model import QueueBound

LINKS = [SimpleNamespace(id=name, a=SimpleNamespace(node="a"), b=SimpleNamespace(node="b")) for name in ("L1", "L2")]
ENDS = [(node, link, "eth0") for link in LINKS for node in "ab"]
CLASSES = ("default", "high")
PLACES = [(link.id, node, name) for node, link, _ in ENDS for name in CLASSES]
OTHERS = [("L3", "a", "high"), ("L1", "a", "unknown")]


def bound(figures):
    size, burst, delay = figures
    return QueueBound(delay, delay, delay, size, burst, "proved")


FIGURES = st.tuples(*[st.integers(1, 2)] * 3)
QUEUES = st.dictionaries(st.sampled_from([*PLACES, *OTHERS]), FIGURES.map(bound))


@given(st.lists(QUEUES, min_size=1, max_size=4))
def test_sizes_of_queues_are_found_by_link_end_however_they_change(rounds):
    """Who only waits for longer, or shorter, makes nothing another one."""
    columns, before = Columns(ENDS), [{} for _ in ENDS]
    for queues in rounds:
        found = columns.sizes(queues, CLASSES)
        wanted = [
            {
                name: (queues[key].limit_bytes, queues[key].burst_bytes)
                for name in CLASSES
                if (key := (link.id, node, name)) in queues
            }
            for node, link, _ in ENDS
        ]
        assert found == wanted
        assert [one is other for one, other in zip(found, before, strict=True)] == [
            one == other for one, other in zip(wanted, before, strict=True)
        ] or before == [{} for _ in ENDS]
        before = found
