# What queues are served; see offers.pyx.
from intentc.native.grow cimport Ints, i64
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

cdef class Offers:
    cdef Web web
    cdef readonly bint is_too_large
    cdef bint is_alone       # whether no other program is to come
    cdef Ints menu_from, menu_end, menu_change, menu_dish, dish_from, dish_end, dish_recipes, dish_recipes_end, beside_from, beside_end, beside
    cdef Recipe* recipes
    cdef Py_ssize_t recipe_count, recipe_room
    cdef Term* terms
    cdef Py_ssize_t term_count, term_room
    cdef Case* cases
    cdef Py_ssize_t case_room
    cdef Ints is_served, is_active
    cdef Ints hints          # of the queue at hand: states that were the worst before
    cdef int most_states     # of a queue
    cdef Ints place          # of one that was kept: where its queues were, by port and class

    cdef int put(self, int queue, object row) except -1
    cdef int put_menu(self, int queue, object menu) except -1
    cdef Offers kept(self)
    cdef int find_kept(self, Offers known, Ints* old) except -1
    cdef int put_again(self, int queue, Offers known, int old) except -1
    cdef int add_dish(self, int queue, object dish) except -1
    cdef int note_hints(self, object hints) except -1
    cdef int note_worst(self, int queue, tuple hints) except -1
    cdef int count_on(self, int queue, Ints* known, int first, int count) except -1
    cdef int choose(self, int queue) except -1
    cdef bint is_hint(self, int state) noexcept
    cdef int nearest(self, int queue, int count, bint by_rate, int* found) noexcept
