# What is reserved on every arc; see pages.pyx.
from cpython cimport array

from intentc.native.lists cimport List, Lists, u64
from intentc.native.moves cimport Move, Moves

ctypedef long long i64

cdef extern from *:
    """
    typedef __int128 intentc_i128;
    """
    ctypedef long long i128 "intentc_i128"

cdef enum:
    NOTHING = -1           # as `ppm`: nothing is reserved in any state
    UNTOLD = -1            # sums do not say it

cdef enum:
    BLOCK = 64             # states of which it is known together whether any was added to

cdef enum:
    LESS = 1               # of a change: its bps and one member go, where else they come,
    UP = 2                 # only in those of its states that do not take the arc down

cdef packed struct Change:  # a claim that is there, or not there, in some states, other than normally
    int of                 # four times the number of its list of states, and what of the above it is
    i64 bps

cdef struct Row:           # one class on one arc; in which states something differs is told by moves, and by the changes that came later
    int name
    int members
    i64 bps
    i64 most               # by how much a state has more, at most and at least 0: the worst one has so much, unless it `is_rough`
    u64 sum_bps            # of how all states differ, in words that overflow: where both are nothing maybe nothing differs
    u64 sum_members
    bint is_rough
    bint is_moved          # something differs in some state
    int undone             # changes that undo others that stay
    int count              # changes
    int room
    Change* changes        # in the order in which they came
    Moves* moves

cdef struct Page:          # one arc
    int count
    Row* rows
    int moved_count        # of the rows in which some state differs, in the order in which they got to that
    int* moved
    bint is_told           # only classes that share all of a link are in use, so that sums tell all
    bint is_rough          # some row is, so that more may be left than is told
    i64 used               # of all classes in the normal state, with the background
    i64 ppm                # that over the capacity


cdef inline bint is_used(Row* row) noexcept nogil:
    return row.bps != 0 or row.members != 0 or row.is_moved


cdef i64 clamped(value) except? -1
cdef void* zeros(size_t size) except NULL
cdef void* copied(const void* of, size_t size) except NULL


cdef class Pages:
    cdef int _arcs, _names, _states, _state_room, _links
    cdef Page* _pages
    cdef i64* _capacity
    cdef i64* _background
    cdef char* _sharing
    cdef char* _tunnel
    cdef array.array _used
    cdef i64* _surely             # per arc: the same where sums tell that it fits in any state, `UNTOLD` elsewhere
    cdef i64* _left_bps           # per arc: what the worst states of all classes together leave at least; read while entries are under way, too
    cdef bint _is_told
    cdef object _made_of
    cdef i64 _weight          # all that stands in the books, each claim once: no sum is more than three times as much
    cdef int* _down_from      # per state, and one more: where its links begin in `_down`
    cdef int* _down
    cdef int* _down_next      # per place in `_down`: the next one with the same link, and its state
    cdef int* _down_state
    cdef int* _down_first     # per link
    cdef int _down_room
    cdef Lists _lists
    cdef int _question        # the one at hand
    cdef int* _shut_in        # per state: the last question on an arc that it takes down,
    cdef int* _told_in        # and the last one that told of it
    cdef int* _told           # the states that are told of, in their order,
    cdef int* _told_members   # and by state how they differ
    cdef i64* _told_bps
    cdef int* _told_at        # where in `_told` it stands, or which change it came with,
    cdef int* _left_at        # with which one it came if it were not for some of them,
    cdef int* _left_members   # and how it would differ
    cdef i64* _left_by
    cdef int _told_count, _told_room
    cdef int* _run            # room for all states, for those of a change
    cdef i64* _shut_bps       # per state that takes an arc down: how much a row has there, while that is found for the others
    cdef char* _row_at        # per block of states: whether any of them differs in the row that is added up
    cdef char* _arc_at        # the same of all rows of an arc so far

    cdef void _free_told(self) noexcept
    cdef void _free_rows(self) noexcept
    cdef int _copy_pages(self, Pages of) except -1
    cdef int _copy_row(self, Row* row, Row* of) except -1
    cdef int _copy_states(self, Pages of) except -1
    cdef int _add_down(self, int link, int at) except -1
    cdef int _check_state(self, int state) except -1
    cdef int _check(self, int arc, int name) except -1
    cdef int _check_name(self, int name) except -1
    cdef bint _may(self, i64 most, int sign) noexcept
    cdef int _get_ready(self) except -1
    cdef int _settle(self) except -1
    # of those that return `int` below, -1 or `LACKING` says that there was not memory enough
    cdef bint _is_down(self, int link, int state) noexcept nogil
    cdef void _ask(self, int arc) noexcept nogil
    cdef int _tell_of(self, int state, i64 bps, int members, int count) noexcept nogil
    cdef int _gather(self, Row* row, int count) noexcept nogil
    cdef i64 _difference(self, int arc, Row* row, int state, int* members) noexcept nogil
    cdef i64 _in_state(self, int arc, Row* row, int state) noexcept nogil
    cdef i64 _peak(self, int arc, Row* row) noexcept nogil
    cdef Row* _row(self, int arc, int name) noexcept nogil
    cdef int _post(self, int arc, int name, i64 bps, int members) noexcept nogil
    cdef void _refresh(self, int arc) noexcept nogil
    cdef void _firm(self, int arc) noexcept nogil
    cdef void _tell(self, int arc) noexcept nogil
    cdef i64 _ppm(self, int arc, i64 used) noexcept nogil
