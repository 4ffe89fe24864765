"""What link ends of a kind have in common: with it every queue is served as by its recipes alone, and held as they say."""

from hypothesis import given
from hypothesis import strategies as st

from intentc.delay.dishes import Dishes
from intentc.delay.service import End, loosened, make_share, parts, recipes
from intentc.delay.wiring import beside
from intentc.resolve.classes import BUILT_IN

NAMES = ("critical", "high", "normal", "low", "background", "default")
GROUPS = {name: number for number, name in enumerate(NAMES)}
MBPS = 1_000_000


@st.composite
def ends(draw):
    """Ends of a few lines, so that many are of one kind; some have nothing left for a class."""
    line = draw(st.sampled_from([10 * MBPS, 1000 * MBPS]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    reserved = st.integers(0, line * 2 // len(names))
    shares = {
        name: make_share(BUILT_IN[name], line, draw(reserved), is_held=draw(st.integers(0, 3)) > 0) for name in names
    }
    rate, buffer = line - draw(st.sampled_from([0, 0, line // 3, line])), draw(st.sampled_from([None, 20_000]))
    found = End(
        rate_bps=rate,
        mtu=draw(st.sampled_from([1500, 9000])),
        line_bps=line,
        queue_bytes=buffer,
        shares=shares,
        even_bps=draw(st.sampled_from([None, None, 0, line // 100])),
    )
    return loosened(found, names[0]) if draw(st.integers(0, 3)) == 0 else found


@given(st.lists(ends(), min_size=1, max_size=6))
def test_of_a_kind_are_ends_that_differ_in_rates_alone(found):
    dishes = Dishes(GROUPS)
    for end in found:
        kind, siblings = dishes.kind(end), {name: number for number, name in enumerate(reversed(list(end.shares)))}
        for name, share in end.shares.items():
            assert list(dishes.served(kind, end, name)) == list(dishes.dish(end, name, None))
            assert kind.delayed(name, siblings) == beside(end.shares, name, siblings)
            alone = Dishes(GROUPS).kind(end)
            for is_lossless, waiting_us in ((True, 5), (False, -1), (False, 5)):
                facts = end, share, 700, waiting_us
                assert kind.case(*facts, is_lossless=is_lossless) == alone.case(*facts, is_lossless=is_lossless)


@given(ends())
def test_a_held_class_has_its_part_of_what_others_leave(end):
    for name, share in end.shares.items():
        is_whole = share.is_held and not end.is_sharing(name)
        left = [
            (end.rate_bps - sum(other.takes_bps for other in part.others), part.own, part.whole)
            for part in (parts(end, name) if is_whole else ())
        ]
        told = [(bps * own // whole, bps) for bps, own, whole in left if bps > 0 and bps * own // whole > 0]
        assert told == [(one.rate_bps, one.left_bps) for one in recipes(end, name, None) if is_whole]
