# Work that a second CPU does while the interpreter goes on; see aside.pyx.

ctypedef long long i64

cdef extern from *:
    """
    #define intentc_add(of, by) __atomic_add_fetch(of, by, __ATOMIC_ACQ_REL)
    #define intentc_read(of) __atomic_load_n(of, __ATOMIC_ACQUIRE)
    #define intentc_write(of, value) __atomic_store_n(of, value, __ATOMIC_RELEASE)
    #define intentc_take(of) __atomic_exchange_n(of, 0, __ATOMIC_ACQ_REL)
    """
    int add_shared "intentc_add"(int* of, int by) noexcept nogil       # what several threads count; returns what it is then
    i64 read_shared "intentc_read"(const i64* of) noexcept nogil       # what another thread may write meanwhile: as it was or as it is,
    void write_shared "intentc_write"(i64* of, i64 value) noexcept nogil  # with all that was written before
    void write_flag "intentc_write"(int* of, int value) noexcept nogil
    int take_flag "intentc_take"(int* of) noexcept nogil               # returns what it was, and makes it 0; what was written before that is seen

cdef struct Errand:        # comes first in what is to be done
    void (*run)(void*) noexcept nogil  # given the errand; takes no object of Python, and keeps what went wrong
    Errand* next
    i64 number             # in the order in which they were handed over, from 1 on

cdef struct Idle:          # what is done only while there is no errand: comes first in it, too
    void (*run)(void*) noexcept nogil  # as above
    Idle* next
    Idle* before
    int state

cdef bint is_open()
cdef int hand_over(Errand* errand) except -1
cdef bint is_done(i64 number) noexcept nogil
cdef void wait_for(i64 number) noexcept nogil
cdef void offer(Idle* idle) noexcept nogil
cdef bint has_nobody_begun(Idle* idle) noexcept nogil
