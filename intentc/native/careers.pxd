# Demands over all states; see careers.pyx.
from intentc.native.grow cimport Ints, i64
from intentc.native.routes cimport Routes

cdef struct Career:          # a demand over all states, as it was entered
    int group, pool, entry
    int lists, lists_end     # rows of `list_from`: the paths of the normal state, and those of others
    int moved, moved_end     # rows of `moved_state` and `moved_list`
    unsigned char is_open, is_policed, keeps_rate, is_spread, is_unknown
    i64 user_bytes, burst    # bytes
    i64 rate, pool_bps, failover_rate, failover_pool

cdef class Careers:
    cdef Routes routes
    cdef readonly int groups, states
    cdef int pools
    cdef Career* rows
    cdef Py_ssize_t count, room
    cdef Ints list_from, path, moved_state, moved_list
