# What follows for one queue; see judge.pyx.
from intentc.native.aside cimport Errand
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.offers cimport Offers, Recipe
from intentc.native.wide cimport i128

cdef struct Verdict:
    i128 delay, backlog, limit
    double arriving, leaving
    int basis, is_held, has_burst

cdef struct Bend:
    i128 extra
    i64 less

cdef struct Arrival:
    i128 start, burst
    i64 slope, rate
    int bends

cdef struct Desk:            # what a CPU looks at queues with
    Errand errand            # of the second one
    void* solver
    int looks                # at how many, this time
    Bend* bends
    i128* bursts
    i64* rates
    i128* known_bursts
    i64* known_rates
    Py_ssize_t bends_room, bursts_room, rates_room, known_room, known_rates_room

cdef struct Asked:           # what is told of some queues at once
    int* queues
    int count
    i64* words               # delay, backlog, size and burst: of all of them each
    char* basis

cdef class Judge(Offers):
    # per place of a queue's ingress links
    cdef Longs line_bps
    cdef i128* most_at_once
    cdef i128* base          # what comes over it in the normal state
    cdef Longs base_bps
    cdef int most_places     # of a queue
    # per node: what may have been waited for before its queue
    cdef Longs waited
    cdef readonly bint is_narrow      # whether that is told in 32 bits instead:
    cdef unsigned int* narrow         # when the queue is left; before that, what the queue itself takes is waited less
    cdef bint is_bare                 # or what has been waited for itself
    cdef Py_ssize_t narrow_room
    # what is known of queues by now
    cdef Ints is_limited, is_stale, has_burst
    cdef Longs delay
    cdef i128* most
    cdef i128* size          # bytes
    cdef double* arriving    # nanobits: on the grid, so that no bit is lost, and one word each, of which nobody reads a part
    cdef double* leaving
    cdef Py_ssize_t size_room, most_room, arriving_room, leaving_room, most_at_once_room, base_room
    cdef Desk desk, second   # of who looks at them
    cdef Asked asked

    cdef int begin(self, object line_bps, object mtu) except -1
    cdef int find_places(self, object line_bps, object mtu, bint is_patch) except -1
    cdef int find_place(self, int queue, list rates, list sizes) except -1
    cdef int lay(self, Desk* desk) except -1
    cdef void refresh(self, int queue) noexcept nogil
    cdef void serve_anew(self, int queue) noexcept nogil
    cdef void find_arrival(self, int queue, int change, Arrival* found, Desk* desk) noexcept nogil
    cdef bint deviations(self, Arrival* arrival, int dish, Bend* bends, i128* delay, i128* backlog) noexcept nogil
    cdef bint delay_of(self, Arrival* arrival, Recipe* recipe, Bend* bends, i128* delay) noexcept nogil
    cdef i128 within_dish(self, int dish, i128 limit) noexcept nogil
    cdef i128 within(self, int queue, i128 limit) noexcept nogil
    cdef i128 room_of_dish(self, int queue, int dish) noexcept nogil
    cdef i128 sized(self, int queue) noexcept nogil
    cdef i128 clipped(self, int queue, i128 wanted) noexcept nogil
    cdef int judge_all(self) except -1
    cdef void judge_some(self, int first, int end, Desk* desk) noexcept nogil
    cdef int judge(self, int queue, Verdict* verdict, Desk* desk) noexcept nogil
    cdef void judge_open(self, int queue, Verdict* verdict) noexcept nogil
    cdef void judge_held(self, int queue, i128 worst, bint is_bounded, i128 backlog, Verdict* verdict) noexcept nogil
    cdef bint add_worse(self, int queue, Desk* desk) noexcept nogil
