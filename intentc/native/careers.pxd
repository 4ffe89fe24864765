# Demands over all states; see careers.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.ways cimport Ways
from intentc.native.results cimport Teller
from intentc.native.roads cimport Roads
from intentc.native.routes cimport Amounts, Routes

cdef struct Career:          # a demand over all states, as it was entered
    int group, pool, entry
    int lists, lists_end     # rows of `list_from`: the paths of the normal state, and those of others
    int moved, moved_end     # rows of `moved_state` and `moved_list`
    int results, results_end # rows of `result_list`: what it does in states, each with its list
    unsigned char is_open, is_policed, keeps_rate, is_spread, is_unknown
    i64 user_bytes, burst    # bytes
    i64 rate, pool_bps, failover_rate, failover_pool
    i64 normally_us, after_us   # the most that it may take, in the normal state and in others; NONE: as long as it likes

cdef class Careers:
    cdef Roads roads
    cdef Routes routes
    cdef readonly int groups, states
    cdef int pools
    cdef Career* rows
    cdef Py_ssize_t count, room
    cdef Ints list_from, path, moved_state, moved_list, result_list
    cdef Longs taken_us      # per list of one path: what it takes without queueing, as it was placed
    cdef Ints last_list      # per path: the last list that begins with it
    cdef Ints list_before    # per list: another one that begins with the same path

    cdef Ints arcs           # of the path that is added
    cdef Longs words

    cdef int add_result(self, int normal, int row, tuple when, dict promised, object without) except -1
    cdef int add_settled(self, int normal, Teller teller, bytes folded, ahead, tuple ids, frozenset gone, dict promised, object without) except -1
    cdef int list_along(self, Teller teller, Ways ways, int way, ahead, int first) except -1
    cdef int add_list(self, object paths, object latency) except -1
    cdef int end_list(self, i64 taken_us) except -1
    cdef int list_of(self, object paths, object latency, int first) except -1
    cdef int known_list(self, int row, int first) except -1
    cdef bint are_same(self, int one, int other) noexcept
    cdef Career* career(self, int number) except NULL
    cdef bint comes(self, Career* own, char* links) except -1
    cdef i64 fixed_us(self, int row, int at) noexcept
    cdef int slowest(self, Career* own, int row, bytes figures, i64* found) except -1
