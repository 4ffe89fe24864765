# Lists of states, each kept once; see lists.pyx.

ctypedef unsigned long long u64

cdef enum:
    NO_LIST = -1
    LACKING = -2           # there is not memory enough

cdef struct List:          # the states follow, as they came, and once more by number where they are many
    u64 sieve              # bits of their numbers: most states that are asked for are none of them
    int holders            # books that have it, of which some may be at work on another CPU
    int count
    unsigned int hash
    bint is_wide           # four bytes for each state, not two

cdef enum:
    LONG_LIST = 64


cdef inline u64 sieve_of(int state) noexcept nogil:
    return 1ull << (state & 63)


cdef inline int state_at(const List* states, int at) noexcept nogil:
    if states.is_wide:
        return (<const int*>(states + 1))[at]
    return (<const unsigned short*>(states + 1))[at]


cdef inline bint has_state(const List* states, int state) noexcept nogil:
    """Return whether a state is one of a list."""
    cdef int first = 0, last = states.count, middle, found
    if not states.sieve & sieve_of(state):
        return False
    if last <= LONG_LIST:
        for middle in range(last):
            if state_at(states, middle) == state:
                return True
        return False
    while first < last:
        middle = (first + last) >> 1
        found = state_at(states, states.count + middle)
        if found == state:
            return True
        if found < state:
            first = middle + 1
        else:
            last = middle
    return False


cdef class Lists:
    cdef List** at         # by number, NULL where that is free
    cdef int* uses
    cdef int* next         # of the same hash; where a number is free the next one that is
    cdef int* heads
    cdef int count, room, free

    cdef int number_of(self, const int* states, int count) noexcept nogil
    cdef void use(self, int number) noexcept nogil
    cdef void let_go(self, int number) noexcept nogil
    cdef Lists copy(self)
    cdef int _grow(self) noexcept nogil
    cdef Py_ssize_t size(self) noexcept
