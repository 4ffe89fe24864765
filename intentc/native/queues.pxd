# The fixed point of all queues; see queues.pyx.
from intentc.native.aside cimport Errand
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.weave cimport Web
from intentc.native.wide cimport i128

cdef struct Recipe:          # `delay.service.Recipe`, with the latency that follows by now
    i64 rate, left
    i128 ahead, extra, latency
    int terms, terms_end

cdef struct Term:
    int queue, is_leaving
    i128 least

cdef struct Case:            # `delay.verdicts.Case`
    i64 most_ns, least_bytes, bursts, queue_bytes, mtu, hold_us
    int is_held, drops_early

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

cdef class Solver:
    cdef Web web
    cdef readonly bint is_too_large
    cdef bint is_alone       # whether no other program is to come
    cdef bint is_moving
    cdef bint is_quiet       # whether nobody is told to be looked at again: who is, is found otherwise
    cdef int sweep           # how often all queues have been looked at
    # per place of a queue's ingress links
    cdef Longs line_bps
    cdef i128* most_at_once
    cdef i128* base          # what comes over it in the normal state
    cdef Longs base_bps
    # the nodes of each queue, and the queues that come after it
    cdef Ints node_from, next_from, next, is_moved
    cdef Ints more_first, more_next  # per queue and node: those that came to the web later, in their order; NONE: no more
    cdef Longs waited, left  # per node: what may have been waited for before its queue, and when that is left
    cdef readonly bint is_narrow
    cdef bint is_too_wide    # whether the latter is told in 32 bits instead, and whether that was not enough
    cdef unsigned int* narrow         # per node: when its queue is left; before that, what the queue itself takes is waited less
    cdef Py_ssize_t narrow_room
    # what is served
    cdef Ints menu_from, menu_end, menu_change, menu_dish, dish_from, dish_end, dish_recipes, dish_recipes_end, beside_from, beside_end, beside
    cdef Recipe* recipes
    cdef Py_ssize_t recipe_count, recipe_room
    cdef Term* terms
    cdef Py_ssize_t term_count, term_room
    cdef Case* cases
    cdef Py_ssize_t case_room
    cdef Ints is_served, is_limited, is_overflowing
    # what is known by now
    cdef Ints is_active, is_dirty, is_stale, is_news, has_burst
    cdef Longs delay
    cdef i128* most
    cdef i128* size          # bytes
    cdef double* arriving    # nanobits: on the grid, so that no bit is lost, and one word each, of which nobody reads a part
    cdef double* leaving
    cdef Py_ssize_t size_room, most_room, arriving_room, leaving_room, most_at_once_room, base_room
    # who looks at them
    cdef Desk desk, second
    cdef int most_places, most_states  # of a queue
    cdef int many            # where so many are to be looked at another CPU helps; 0: never
    cdef readonly int shared # how often it did
    cdef bint is_joining
    cdef int next_turn

    cdef int find_places(self, object line_bps, object mtu, bint is_patch) except -1
    cdef int find_place(self, int queue, list rates, list sizes) except -1
    cdef int put(self, int queue, object row) except -1
    cdef int count_on(self, int queue, object hints, Ints* known, int first, int count) except -1
    cdef int find_next(self) except -1
    cdef int add_dish(self, int queue, object dish) except -1
    cdef int choose(self, int queue, object hints) except -1
    cdef int nearest(self, int queue, int count, bint by_rate, int* found) noexcept
    cdef int iterate(self) except -1
    cdef int look_alone(self) except -1
    cdef int look_together(self, bint is_joining) except -1
    cdef void take_turns(self, Desk* desk) noexcept nogil
    cdef int lay(self, Desk* desk) except -1
    cdef bint update(self, int queue, Desk* desk) noexcept nogil
    cdef void tell(self, int queue) noexcept nogil
    cdef bint join(self, int queue, Desk* desk) noexcept nogil
    cdef int find_nodes(self) except -1
    cdef int widen(self) except -1
    cdef i64 longest(self, int node) noexcept nogil
    cdef bint wait_narrow(self, int queue) noexcept nogil
    cdef void leave_narrow(self, int queue, i64 later) noexcept nogil
    cdef void leave_wide(self, int queue) noexcept nogil
    cdef bint wait(self, int queue) noexcept nogil
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
    cdef int judge(self, int queue, Verdict* verdict, Desk* desk) noexcept nogil
    cdef void judge_open(self, int queue, Verdict* verdict) noexcept nogil
    cdef void judge_held(self, int queue, i128 worst, bint is_bounded, i128 backlog, Verdict* verdict) noexcept nogil
    cdef bint activate(self) except -1
    cdef bint add_worse(self, int queue, Desk* desk) noexcept nogil
    cdef int start(self) except -1
    cdef int clear(self) except -1
    cdef bint keeps(self, int queue) noexcept
    cdef bint derive(self, int queue, bint has_changed, Desk* desk) noexcept nogil
    cdef int note(self, int queue) except -1
