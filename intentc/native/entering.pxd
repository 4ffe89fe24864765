# Reservations that come and go; see entering.pyx.
from intentc.native.history cimport History
from intentc.native.pages cimport Change

ctypedef long long i64

cdef enum:
    MOST_KEYS = 8

cdef struct Entry:         # of the reservation at hand
    int arc
    int state              # 0: the normal one, below it: one that the normal claim is taken out of
    int of                 # twice the class, and one more where the state takes the arc down
    int key                # which change it is part of
    int next               # of the same arc, `EMPTY`: none
    i64 bps

cdef struct Group:         # the entries of an arc, in their order
    int first              # `EMPTY`: none
    int last

cdef struct Planned:       # a change of a class on the arc at hand
    int name
    bint is_out
    i64 bps
    Change change


cdef class Entering(History):
    cdef int* _mark            # per link: the last state that was looked at with it down
    cdef int* _there           # the arcs of the state at hand
    cdef int* _is_there        # per arc: the last state that was looked at with it there, negative where it stays as it is
    cdef i64* _there_bps       # per arc: what is claimed then
    cdef Entry* _entries
    cdef int _entry_count, _entry_room
    cdef Group* _groups        # per arc
    cdef int* _touched         # the arcs with a group
    cdef int _touched_count
    cdef object _last_part
    cdef i64 _last_bps
    cdef int* _left            # the states of the reservation at hand in which it claims nothing
    cdef int _left_count, _left_room
    cdef int _left_of          # the number of that list, below zero where there is none
    cdef Planned[MOST_KEYS] _planned

    cdef int _see(self, arcs, parts, int name, i64 whole, tuple by, i64* most) except -1
    cdef i64 _part(self, parts, arc, i64 whole) except? -1
    cdef int _number(self, dict numbers, outage) except -1
    # of those below that return `int`, -1 or `LACKING` says that there was not memory enough
    cdef void _clear(self) noexcept nogil
    cdef int _plan(self, int arc, int of, int state, i64 bps) noexcept nogil
    cdef int _plan_normal(self, int normal_count, int name) noexcept nogil
    cdef int _plan_state(self, int state, int normal_count, int count, int normal_name, int failed_name) noexcept nogil
    cdef int _plan_left(self, int normal_count) noexcept nogil
    cdef int _add_left(self, int state) noexcept nogil
    cdef int _do_plan(self, int normal_count, int sign) noexcept nogil
    cdef int _apply(self, int arc, int normal_count, int sign) noexcept nogil
    cdef int _keys_of(self, int arc, int place) noexcept nogil
    cdef int _key_of(self, Entry* entry, int count) noexcept nogil
    cdef int _do_one(self, int arc, int name, const Change* change, int sign) noexcept nogil
    cdef bint _may_merge(self, int arc, int place, int count) noexcept nogil
    cdef int _is_smooth(self, int arc, int place, int sign) noexcept nogil
    cdef int _changes_of(self, int arc, int place, int sign) noexcept nogil
    cdef int _list_of(self, int place, int key) noexcept nogil
    cdef int _do_chain(self, int arc, int place, int sign) noexcept nogil
    cdef bint _may_go_together(self, int arc, int count) noexcept nogil
    cdef void _forget_planned(self, int count) noexcept nogil
    cdef int _do_entries(self, int arc, int place, int sign) noexcept nogil
