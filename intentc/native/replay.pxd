# The fixed point once more, over a web that has turned a little; see replay.pyx.
from intentc.native.alike cimport Alike
from intentc.native.grow cimport Ints
from intentc.native.judge cimport Verdict
from intentc.native.offers cimport Case, Recipe
from intentc.native.queues cimport Solver
from intentc.native.trace cimport Mark, Out, Trace

cdef struct Served:          # where what a queue is served is told
    int menu_from, menu_end, dish_from, dish_end, is_limited
    Case case

cdef class Replay(Solver):
    cdef Replay known        # the one before, as long as this one begins
    cdef Trace trace
    cdef bint is_again       # whether it goes through a trace
    cdef int edition, layout, gathering  # of the web, when this began
    cdef Py_ssize_t served_recipes, served_states
    cdef readonly int looks  # how many queues it has looked at on the way, again and again
    cdef Ints number_of      # per queue of the one before: its number, -1: it is gone
    cdef Ints is_own         # per queue: whether it may come to other results in the end, or did on the way
    cdef Ints is_touched     # of what was derived for it before nothing counts
    cdef Ints is_seen        # whether its numbers are of this iteration by now; else they are those that the last one ended with
    cdef bint is_patch       # whether it goes on with what the last one has left
    cdef Alike alike
    cdef Ints is_apart       # whether its numbers are its own, and not those of the trace
    cdef Ints differs        # by what: LEFT, BURST
    cdef Ints mark, after    # per queue: the last mark of the trace that has come, and the next one
    cdef Ints due            # the sweep in which that comes; -1: nobody has asked yet
    cdef Ints last           # and the last one that this iteration came to
    cdef unsigned int** told # per queue: where what has been waited for at its sorted nodes is told, by their numbers: `narrow`, or the trace
    cdef unsigned int* zeros
    cdef Py_ssize_t told_room, zeros_room
    cdef Verdict* bounds     # per queue: what `changed` has told of last,
    cdef Ints is_bounded     # where it has
    cdef list others         # what it has told; None: nobody has asked since all was settled
    cdef Py_ssize_t bounds_room
    cdef Ints old_width
    cdef Ints before_from, before  # the queues before each
    cdef Ints follows_from, follows  # per sorted node: the queues of the sorted nodes behind it
    cdef int clock           # how often anything has changed in this iteration
    cdef Ints changed_at     # per queue: when what has been waited for as it is left changed last,
    cdef Ints waited_at      # and when what has been waited for before it was counted last, -1: not yet

    cdef bint is_in_place(self) noexcept
    cdef int width_of(self, int queue) noexcept
    cdef int tell_places(self) except -1
    cdef bint has_terms_of(self, Recipe* one, Recipe* other, Replay known) noexcept
    cdef Served served(self, int queue) noexcept
    cdef int add_nodes(self) except -1
    cdef bint is_next(self, int before, int queue) noexcept
    cdef int touch(self) except -1
    cdef void see(self, int queue) noexcept
    cdef void have_told(self, int queue) noexcept
    cdef int tell_own(self) except -1
    cdef int tell_again(self) noexcept
    cdef unsigned int* row_of(self, int queue) noexcept
    cdef int begin_again(self) except -1
    cdef int find_last(self) noexcept
    cdef bint has_case(self, int queue, Served* old) noexcept
    cdef bint has_dishes(self, int queue, Replay known, Served* old) noexcept
    cdef bint counts_as_before(self, int queue, Served* old) except -1
    cdef int counting_like(self, int queue, int at, Served* old) except -2
    cdef int note_served(self) noexcept
    cdef int add_waits(self, int queue) except -1
    cdef bint goes_on(self) except -1
    cdef int find_before(self) except -1
    cdef int find_follows(self) except -1
    cdef int forget_waits(self) except -1
    cdef int find_touched(self) except -1
    cdef bint is_served_alike(self, int queue, Replay known, Served old) noexcept
    cdef void forget_bound(self, int queue) noexcept
    cdef bint is_other(self, int queue) except -1
    cdef int follow(self) except -1
    cdef int look(self, int queue) except -1
    cdef bint count_waits(self, int queue) noexcept
    cdef void tell_change(self, int queue) noexcept
    cdef void ask_next(self, int queue) noexcept
    cdef void come(self, int queue, int sweep) noexcept
    cdef void note_due(self, int queue) noexcept
    cdef void take(self, int queue) noexcept
    cdef int leave(self, int queue) noexcept
    cdef int rejoin(self, int queue) except -1
    cdef bint has_waited(self, int queue, int mark) noexcept
    cdef int compare(self, int queue) noexcept
    cdef int end(self, bint is_at_rest) except -1
