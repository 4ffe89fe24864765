"""What is reserved on every arc, as sums by class and state, and what that leaves. The twin: `place.sums.Sums`."""

from cpython cimport array
from cpython.bytearray cimport PyByteArray_AS_STRING
from libc.string cimport memset

from intentc.native.lists cimport List
from intentc.native.moves cimport GONE
from intentc.native.pages cimport BLOCK, LESS, NOTHING, UP, Change, Page, Row, clamped, is_used
from intentc.native.pages cimport UNTOLD as _UNTOLD
from intentc.native.pending cimport Pending
from intentc.native.ways cimport Ways

from intentc.native.pages import LEAST_CAPACITY, MOST

ctypedef long long i64

UNTOLD = _UNTOLD  # sums alone do not say it; as what is left of an arc it is also what is less than nothing

cdef i64 _MOST = MOST
cdef i64 _PPM = 1000000
cdef char _ASK = 2
cdef array.array _WORDS = array.array("q")


cdef inline i64* _at(i64* sums, char* marks, int state) noexcept nogil:
    """Return where the sum of a state is; those of its block are 0 when the first of them is asked for."""
    if not marks[state // BLOCK]:
        marks[state // BLOCK] = True
        memset(&sums[state // BLOCK * BLOCK], 0, BLOCK * sizeof(i64))
    return &sums[state]


cdef inline void _add(i64* sums, char* marks, const List* states, const Change* change) noexcept nogil:
    """Add what a claim adds in some states."""
    cdef const unsigned short* short_at = <const unsigned short*>(states + 1)
    cdef const int* wide_at = <const int*>(states + 1)
    cdef i64 by = -change.bps if change.of & LESS else change.bps
    cdef int place
    if states.is_wide:
        for place in range(states.count):
            _at(sums, marks, wide_at[place])[0] += by
    else:
        for place in range(states.count):
            _at(sums, marks, short_at[place])[0] += by


cdef class Sums(Pending):
    """The books of all arcs, as `pages` has them, and all that is asked of them.

    What is asked is told of all that was entered: each question waits until nothing is under way, but where that cannot change the answer.
    """

    def copy(self):
        """Return the same sums, to be changed apart."""
        cdef Sums found = Sums(*self._made_of)
        self._settle()
        found._copy_pages(self)
        found.is_told = self._is_told
        return found

    @property
    def is_told(self):
        """Whether sums tell anything: not while limits are kept that are none of a link's own."""
        return self._is_told

    @is_told.setter
    def is_told(self, is_told):
        cdef int arc
        self._settle()
        if self._is_told != is_told:
            self._is_told = is_told
            for arc in range(self._arcs):
                self._tell(arc)

    def weigh(self, bps, int sign):
        """Return whether so much more (1) or less (-1) may stand in the books, and count it; then its parts may be posted and moved."""
        return bool(self._may(clamped(bps), sign))

    def post(self, int arc, int name, i64 bps, int members):
        """Add to the sum of a class in the normal state."""
        self._check(arc, name)
        self._settle()
        if self._post(arc, name, bps, members) < 0:
            raise MemoryError
        self._refresh(arc)
        self._used.data.as_longlongs[arc] = self._pages[arc].used

    def move(self, int arc, int name, int state, i64 bps, int members):
        """Add to how the sum of a class in a state differs from the normal one."""
        self._check(arc, name)
        self._check_state(state)
        self._settle()
        if self._move(arc, name, state, bps, members) < 0:
            raise MemoryError
        self._refresh(arc)

    # Questions

    cdef Row* _look(self, int arc, int name) except? NULL:
        """Return the row of a class that is in use, NULL where there is none."""
        cdef Page* page
        cdef int at
        self._check(arc, name)
        self._settle()
        page = &self._pages[arc]
        for at in range(page.count):
            if page.rows[at].name == name:
                return &page.rows[at] if is_used(&page.rows[at]) else NULL
        return NULL

    def is_empty(self, int arc):
        """Return whether nothing is reserved on an arc in any state."""
        self._check(arc, 0)
        self._settle()
        return self._pages[arc].ppm == NOTHING

    def used_arcs(self):
        """Return the arcs with an entry in any state, sorted."""
        return [arc for arc in range(self._arcs) if not self.is_empty(arc)]

    def reserved(self, int arc, int state):
        """Return the bps that each class has reserved in a state; classes without a member are left out."""
        cdef dict found = {}
        cdef int at, members
        cdef i64 bps
        cdef Row* row
        self._check(arc, 0)
        self._settle()
        for at in range(self._pages[arc].count):
            row = &self._pages[arc].rows[at]
            bps, members = row.bps, 0
            if 0 < state < self._states:
                bps += self._difference(arc, row, state, &members)
            if bps or row.members + members:
                found[row.name] = bps
        return found

    def peaks(self, int arc):
        """Return the most bps that each class reserves in any state."""
        cdef int at
        self._check(arc, 0)
        self._settle()
        return {
            self._pages[arc].rows[at].name: self._peak(arc, &self._pages[arc].rows[at])
            for at in range(self._pages[arc].count)
            if is_used(&self._pages[arc].rows[at])
        }

    def states(self, int arc):
        """Return the states in which something differs from the normal one, by class, in the order in which they came."""
        cdef Page* page
        cdef int place, other
        cdef list found = []
        self._check(arc, 0)
        self._settle()
        page = &self._pages[arc]
        for place in range(page.moved_count):
            for other in range(page.count):
                if page.rows[other].name == page.moved[place]:
                    found += self._states_of(arc, &page.rows[other])
        return found if page.moved_count == 1 else list(dict.fromkeys(found))

    def rows(self, int arc):
        """Return all that is reserved on an arc: class, bps, members, and per state its number, bps and members."""
        cdef Page* page
        cdef Row* row
        cdef int at
        self._check(arc, 0)
        self._settle()
        page = &self._pages[arc]
        order = [page.moved[at] for at in range(page.moved_count)]
        found = []  # classes without moves first
        for at in range(page.count):
            row = &page.rows[at]
            if is_used(row):
                moves = [
                    (state, self._told_bps[<int>state], self._told_members[<int>state]) for state in self._states_of(arc, row)
                ]
                found.append((row.name, row.bps, row.members, moves))
        return sorted(found, key=lambda row: order.index(row[0]) if row[0] in order else -1)

    def grown(self, int arc):
        """Return by how much all classes together reserve more in the worst states than in the normal one, and these; (0, []) where in none."""
        cdef Page* page
        cdef i64 most = 0
        cdef list found = []
        cdef int place, block, state
        self._check(arc, 0)
        self._settle()
        page = &self._pages[arc]
        self._ask(arc)
        memset(self._arc_at, 0, self._told_room // BLOCK)
        for place in range(page.count):  # each row once: how much it has most is found by the way
            self._add_up(arc, &page.rows[place])
        for block in range(self._told_room // BLOCK):
            if self._arc_at[block]:
                for state in range(block * BLOCK, (block + 1) * BLOCK):
                    if self._left_by[state] > most:
                        most, found = self._left_by[state], [state]
                    elif self._left_by[state] == most > 0:
                        found.append(state)
        return most, found

    cdef void _add_up(self, int arc, Row* row) noexcept nogil:
        """Add to `_left_by` by how much a row differs in each state, and find how much it has most; a question was begun on the arc.

        Nothing is asked of the thousands of states that claims name, each on its own; of all states those blocks are gone through in which any is named.
        """
        cdef i64* sums = self._told_bps
        cdef char* marks = self._row_at
        cdef i64 most = 0
        cdef int at, block, state
        cdef bint is_any_up = False
        row.most, row.is_rough = 0, False
        if row.moves == NULL and not row.count:
            return
        memset(marks, 0, self._told_room // BLOCK)
        if row.moves != NULL:
            for at in range(row.moves.used):
                if row.moves.at[at].state != GONE:
                    _at(sums, marks, row.moves.at[at].state)[0] += row.moves.at[at].bps
        for at in range(row.count):
            if row.changes[at].of & UP:
                is_any_up = True
            else:
                _add(sums, marks, self._lists.at[row.changes[at].of >> 2], &row.changes[at])
        if is_any_up:
            self._add_ups(arc, row)
        for block in range(self._told_room // BLOCK):
            if marks[block]:
                _at(self._left_by, self._arc_at, block * BLOCK)
                for state in range(block * BLOCK, (block + 1) * BLOCK):
                    most = max(most, sums[state])
                    self._left_by[state] += sums[state]
        row.most = most

    cdef void _add_ups(self, int arc, Row* row) noexcept nogil:
        """Add what a row's claims add only in states that do not take the arc down: of the others it is taken back."""
        cdef i64* sums = self._told_bps
        cdef int at = self._down_first[arc >> 1]
        while at >= 0:
            self._shut_bps[self._down_state[at]] = _at(sums, self._row_at, self._down_state[at])[0]
            at = self._down_next[at]
        for at in range(row.count):
            if row.changes[at].of & UP:
                _add(sums, self._row_at, self._lists.at[row.changes[at].of >> 2], &row.changes[at])
        at = self._down_first[arc >> 1]
        while at >= 0:
            sums[self._down_state[at]] = self._shut_bps[self._down_state[at]]
            at = self._down_next[at]

    cdef list _states_of(self, int arc, Row* row):
        """Return the states in which something differs in a row; `_told_bps` and `_told_members` have by how much."""
        cdef int count = self._replay(arc, row), at
        return [self._told[at] for at in range(count)]

    def left(self, int arc):
        """Return what the worst states of all classes together leave of an arc, below zero where it is too full; None: sums do not tell."""
        self._check(arc, 0)
        if not self._is_told or not self._pages[arc].is_told:
            return None
        self._leaves(arc, 1 << 60)  # all that is under way there is done
        return self._left_bps[arc]

    def used_bps(self, int arc):
        """Return what is reserved in the normal state, and the background."""
        self._check(arc, 0)
        return self._used.data.as_longlongs[arc]

    def utilisation_ppm(self, int arc, further):
        """Return how full an arc is in the normal state with so much more, rounded up."""
        cdef i64 bps = clamped(further)
        self._check(arc, 0)
        if bps > _MOST:
            return -(-(self._used.data.as_longlongs[arc] + further) * 1000000 // self._capacity[arc])
        return self._ppm(arc, self._used.data.as_longlongs[arc] + bps)

    def fills(self, further):
        """Return `utilisation_ppm` of all arcs; None where it may outgrow words."""
        cdef i64 bps = clamped(further)
        cdef array.array found = array.clone(_WORDS, self._arcs, zero=False)
        cdef int arc
        if not 0 <= bps <= _MOST:
            return None
        for arc in range(self._arcs):
            found.data.as_longlongs[arc] = self._ppm(arc, self._used.data.as_longlongs[arc] + bps)
        return found

    def fullest_ppm(self):
        """Return the utilisation of the fullest arc with an entry in any state, 0 where there is none."""
        cdef i64 most = 0
        cdef int arc
        self._settle()
        for arc in range(self._arcs):
            if self._pages[arc].ppm > most:
                most = self._pages[arc].ppm
        return most

    def fits(self, int arc, int name, int state, further):
        """Return whether so much more of a class fits on an arc in a state, 1 or 0; `UNTOLD`: sums do not say it."""
        self._check(arc, name)
        return self._fits(arc, name, state, clamped(further))

    cdef int _fits(self, int arc, int name, int state, i64 bps) except -2:
        cdef Row* row
        if not self._is_told or not self._pages[arc].is_told or not self._sharing[name]:
            return -1
        if self._leaves(arc, bps):
            return 1
        row = self._look(arc, name)
        if row == NULL:
            return 0
        return self._in_state(arc, row, state) + bps <= self._left_bps[arc] + self._peak(arc, row)

    cdef int _fits_always(self, int arc, int name, i64 bps) except -2:
        """Return the same of all states together, which takes a look at none of them."""
        if not self._is_told or not self._pages[arc].is_told or not self._sharing[name]:
            return -1
        return self._leaves(arc, bps)

    def fitting_ways(self, Ways ways not None, array.array numbers not None, int name, further):
        """Return in how many states, from the first on, so much more of a class surely fits on the ways that are taken in them.

        `numbers` of the states are by place, below zero where nothing of one is in the books.
        """
        cdef i64 bps = clamped(further)
        cdef int at, place, arc, way
        self._check_name(name)
        if numbers.typecode != "i":
            raise TypeError("numbers are words of C")
        for at in range(ways.count):
            way = ways.of[at]
            if not 0 <= ways.place[at] < len(numbers):
                raise IndexError(ways.place[at])
            for place in range(ways.arc_from[way], ways.arc_from[way + 1]):
                arc = ways.arc[place]
                self._check(arc, name)
                if self._tunnel[arc] or self._fits(arc, name, numbers.data.as_ints[ways.place[at]], bps) != 1:
                    return at
        return ways.count

    def are_enough(self, tuple arcs not None, Ways ways not None):
        """Return whether what is on some arcs and ways fits in any state; False where sums do not say it."""
        cdef int at, arc
        for number in arcs:
            arc = number
            self._check(arc, 0)
            if not self._is_enough(arc):
                return False
        for at in range(ways.arc_from[ways.kinds]):
            arc = ways.arc[at]
            self._check(arc, 0)
            if not self._is_enough(arc):
                return False
        return True

    cdef bint _is_enough(self, int arc) except -1:
        """Return whether what is on an arc fits in any state; False where sums do not say it."""
        return self._is_told and self._pages[arc].is_told and not self._tunnel[arc] and self._leaves(arc, 0)

    def fitting(self, int name, int state, further, bint is_wary):
        """Return a byte per arc (`place.openness`): whether so much more of a class fits in a state, and in any state if `is_wary`.

        Where sums do not say it, and below tunnels, it is to be asked for.
        """
        cdef i64 bps = clamped(further)
        cdef bytearray found = bytearray(self._arcs)
        cdef char* row = PyByteArray_AS_STRING(found)
        cdef i64* surely = self._surely
        cdef int arc, told
        cdef bint is_sharing
        self._check_name(name)
        self._settle()
        is_sharing = self._sharing[name] and bps >= 0  # what surely fits is at least nothing where it is told
        for arc in range(self._arcs):
            if is_sharing and bps <= surely[arc]:
                row[arc] = 1
                continue
            told = -1 if self._tunnel[arc] else self._fits_always(arc, name, bps) if is_wary else self._fits(arc, name, state, bps)
            row[arc] = _ASK if told == -1 else told
        return found

    def holds(self, int arc, int state):
        """Return whether what is on an arc fits in a state, 1 or 0; `UNTOLD`: sums do not say it."""
        cdef int at
        cdef Row* row
        self._check(arc, 0)
        if not self._is_told or not self._pages[arc].is_told:
            return -1
        if self._leaves(arc, 0):
            return 1
        self._settle()
        for at in range(self._pages[arc].count):
            row = &self._pages[arc].rows[at]
            if is_used(row) and self._in_state(arc, row, state) > self._left_bps[arc] + self._peak(arc, row):
                return 0
        return 1

    def over(self, int arc, int name, further):
        """Return the states, but for the normal one, in which so much more of a class does not fit among those where something differs."""
        cdef Row* row = self._look(arc, name)
        cdef i64 most
        cdef int at
        if row == NULL or not self._is_told or not self._pages[arc].is_told:
            return []
        self._firm(arc)
        most = self._left_bps[arc] + self._peak(arc, row) - row.bps - clamped(further)
        return [self._told[at] for at in range(self._replay(arc, row)) if self._told_bps[self._told[at]] > most]

    def unlike(self, int arc, int name, further):
        """Return whether so much more of a class fits where nothing differs, and the states in which it is the other way; None: untold."""
        cdef Row* row
        cdef i64 most
        cdef bint is_enough
        cdef int at
        self._check(arc, name)
        if not self._is_told or not self._pages[arc].is_told or not self._sharing[name]:
            return None
        row = self._look(arc, name)
        self._firm(arc)
        if row == NULL:
            return clamped(further) <= self._left_bps[arc], []
        most = self._left_bps[arc] + self._peak(arc, row) - row.bps - clamped(further)
        is_enough = 0 <= most
        return is_enough, [
            self._told[at]
            for at in range(self._replay(arc, row))
            if (self._told_bps[self._told[at]] <= most) != is_enough
        ]

    def tight(self, arcs, further):
        """Return those of some arcs on which so much more may not fit in some state, or sums do not say so."""
        cdef i64 bps = clamped(further)
        cdef int arc
        cdef list found = []
        for arc in arcs:
            self._check(arc, 0)
            if not self._is_told or not self._pages[arc].is_told or self._tunnel[arc] or not self._leaves(arc, bps):
                found.append(arc)
        return found

