# In which states the rows of the books differ, as a history of changes; see history.pyx.
from intentc.native.lists cimport List
from intentc.native.pages cimport Change, Pages, Row

ctypedef long long i64


cdef class History(Pages):
    # of those that return `int`, `LACKING` says that there was not memory enough
    cdef void _tell_next(self, int state, i64 bps, int members) noexcept nogil
    cdef int _close_up(self) noexcept nogil
    cdef int _replay(self, int arc, Row* row) noexcept nogil
    cdef int _down_in(self, int arc, const List* states) noexcept nogil
    cdef int _up_in(self, int arc, const Change* change) noexcept nogil
    cdef int _do(self, int arc, int name, const Change* change) noexcept nogil
    cdef int _undo(self, int arc, int name, const Change* change) noexcept nogil
    cdef int _find(self, const Row* row, const Change* change) noexcept nogil
    cdef bint _may_go(self, int arc, Row* row, int first, int last) noexcept nogil
    cdef bint _stay_in_order(self, int arc, Row* row, int first, int last) noexcept nogil
    cdef int _push(self, int arc, Row* row, const Change* change, int ups) noexcept nogil
    cdef void _drop(self, int arc, Row* row, int first, int last) noexcept nogil
    cdef void _count_in(self, Row* row, const Change* change, int ups, bint is_back) noexcept nogil
    cdef void _raise(self, Row* row, i64 by) noexcept nogil
    cdef void _look_whether_moved(self, int arc, Row* row) noexcept nogil
    cdef bint _differs(self, int arc, Row* row) noexcept nogil
    cdef int _fold(self, int arc, Row* row) noexcept nogil
    cdef int _move(self, int arc, int name, int state, i64 bps, int members) noexcept nogil
    cdef void _is_as_ever(self, int arc, Row* row) noexcept nogil
    cdef void _got_moves(self, int arc, int name) noexcept nogil
    cdef void _lost_moves(self, int arc, int name) noexcept nogil
