"""Loads that move towards others as far as lowers the sum of powers of utilisation most, and the prices that such loads stand for.

Every operation is the twin's, in its order, each rounded for itself (`-ffp-contract=off`): the same to the bit.
"""

from cpython.mem cimport PyMem_Free

from intentc.native.arrays cimport doubles_of, i64, room_for

cdef double _RATIO = 0.6180339887498949


cdef double* _rates_of(capacity, int count) except NULL:
    """Return rates as an array; raise ValueError unless they are so many, all above zero."""
    if len(capacity) != count or min(capacity, default=1) <= 0:
        raise ValueError("one rate per arc, all above zero")
    return doubles_of(capacity)


cdef double _powers(const double* use, int count, double most, int doublings, double* powers) noexcept nogil:
    """Fill in (utilisation / worst)^(2^doublings), and return the sum."""
    cdef double total = 0.0, part
    cdef int at, turn
    for at in range(count):
        powers[at] = use[at] / most
    for turn in range(doublings):
        for at in range(count):
            powers[at] = powers[at] * powers[at]
    for at in range(count):
        total = total + powers[at]
    return total


def prices(capacity, load, int doublings, i64 finest):
    """Return per arc how much the sum of powers of utilisation grows with a bit more, as integers of which the largest is `finest`.

    The twin: `place.descent.prices_twin`.
    """
    cdef int count = len(load), at
    cdef double* rate = NULL
    cdef double* pull = NULL
    cdef double worst = 0.0, most = 0.0, scale = finest
    if not 0 < finest <= 1 << 53 or doublings < 0:
        raise ValueError("the largest price has to be one that is told exactly")
    try:
        rate, pull = _rates_of(capacity, count), doubles_of(load)
        for at in range(count):
            pull[at] = pull[at] / rate[at]
            if pull[at] < 0:
                raise ValueError("no load is below zero")
            worst = max(worst, pull[at])
        _powers(pull, count, worst or 1.0, doublings, pull)
        for at in range(count):
            pull[at] = pull[at] / rate[at]
            most = max(most, pull[at])
        most = most or 1.0
        return [<i64>(pull[at] / most * scale) for at in range(count)]
    finally:
        PyMem_Free(rate)
        PyMem_Free(pull)


def mixed(capacity, load, other, int doublings, int steps):
    """Return the load between two where the sum of powers of utilisation is least; the interval is cut so often.

    The twin: `place.descent.mixed_twin`.
    """
    cdef int count = len(load), at
    cdef double* rate = NULL
    cdef double* old = NULL
    cdef double* new = NULL
    cdef double* use = NULL
    cdef double low = 0.0, high = 1.0, left, right
    if len(other) != count or not count or doublings < 0:
        raise ValueError("two loads of the same arcs")
    try:
        rate, old, new = _rates_of(capacity, count), doubles_of(load), doubles_of(other)
        use = <double*>room_for(count, sizeof(double))
        for _ in range(steps):
            left, right = high - _RATIO * (high - low), low + _RATIO * (high - low)
            if _total(rate, old, new, count, left, doublings, use) <= _total(rate, old, new, count, right, doublings, use):
                high = right
            else:
                low = left
        left = (low + high) / 2
        return [old[at] + left * (new[at] - old[at]) for at in range(count)]
    finally:
        PyMem_Free(rate)
        PyMem_Free(old)
        PyMem_Free(new)
        PyMem_Free(use)


cdef double _total(
    const double* rate, const double* old, const double* new, int count, double share, int doublings, double* use
) noexcept nogil:
    """Return the sum of powers at a share of the way from the old load to the new one."""
    cdef double most, size
    cdef int at, turn
    for at in range(count):
        use[at] = (old[at] + share * (new[at] - old[at])) / rate[at]
    most = use[0]
    for at in range(1, count):
        if use[at] > most:
            most = use[at]
    size = most
    for turn in range(doublings):
        size = size * size
    return _powers(use, count, most if most != 0.0 else 1.0, doublings, use) * size
