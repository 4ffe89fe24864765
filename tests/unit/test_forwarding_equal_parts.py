"""Equal parts of a whole are fractions like others, but the very same objects, also where they come from another process."""

import pickle
from fractions import Fraction

from intentc.forwarding.equal_parts import WHOLE, part


def test_they_are_equal_to_fractions_and_hashed_like_them():
    assert part(3) == Fraction(1, 3)
    assert hash(part(3)) == hash(Fraction(1, 3))
    assert part(3) + part(6) == Fraction(1, 2)
    assert {part(4): "quarter"}[Fraction(1, 4)] == "quarter"


def test_they_are_the_very_same_each_time_and_after_a_journey():
    assert part(16) is part(16)
    assert pickle.loads(pickle.dumps(part(16))) is part(16)  # noqa: S301  (our own bytes)
    assert part(1) is WHOLE
