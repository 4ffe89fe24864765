"""In which states the rows of the books differ from the normal one: as a history of changes, or by moves, one for each state."""

from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memmove, memset

from intentc.native.lists cimport LACKING, has_state, sieve_of, state_at, u64
from intentc.native.moves cimport GONE, Move, Moves, add_move, find_move, free_moves
from intentc.native.pages cimport LESS, UP, Page

cdef i64 _MOST_MORE = 1 << 52  # no state ever has so much more
cdef int _HOLE = -1
cdef int _FEW_UNDONE = 8


cdef class History(Pages):
    """Pages whose rows differ in states by what was done, one after the other, so that these stand in the order of the twin.

    There a state that comes to nothing leaves its place, and comes last if it comes again.
    """

    # What is told of a row, in its order

    cdef void _tell_next(self, int state, i64 bps, int members) noexcept nogil:
        """Tell of what happens to a state next: one that comes to nothing leaves its place, and comes last if it comes again."""
        if self._told_in[state] != self._question:
            if self._told_count == self._told_room:
                self._told_count = self._close_up()
            self._told_in[state], self._told_bps[state], self._told_members[state] = self._question, 0, 0
            self._told_at[state] = self._told_count
            self._told[self._told_count] = state
            self._told_count += 1
        self._told_bps[state] += bps
        self._told_members[state] += members
        if self._told_bps[state] == 0 and self._told_members[state] == 0:
            self._told[self._told_at[state]] = _HOLE
            self._told_in[state] = 0  # of no question

    cdef int _close_up(self) noexcept nogil:
        """Leave no place empty in what is told; return how many there are."""
        cdef int at, kept = 0
        for at in range(self._told_count):
            if self._told[at] != _HOLE:
                self._told[kept] = self._told[at]
                self._told_at[self._told[kept]] = kept
                kept += 1
        return kept

    cdef int _replay(self, int arc, Row* row) noexcept nogil:
        """Tell of the states in which a row differs, in the order in which they came; return how many there are."""
        cdef int at, place, state, members
        cdef i64 by
        cdef const List* states
        cdef const Change* change
        self._ask(arc)
        self._told_count = 0
        if row.moves != NULL:
            for at in range(row.moves.used):
                if row.moves.at[at].state != GONE:
                    self._tell_next(row.moves.at[at].state, row.moves.at[at].bps, row.moves.at[at].members)
        for at in range(row.count):
            change = &row.changes[at]
            states, by, members = self._lists.at[change.of >> 2], change.bps, 1
            if change.of & LESS:
                by, members = -by, -1
            for place in range(states.count):
                state = state_at(states, place)
                if not change.of & UP or self._shut_in[state] != self._question:
                    self._tell_next(state, by, members)
        return self._close_up()

    # Changes

    cdef int _down_in(self, int arc, const List* states) noexcept nogil:
        """Return how many of some states take an arc down."""
        cdef int at = self._down_first[arc >> 1], before = 0, count = 0
        while at >= 0:
            if self._down_state[at] != before and has_state(states, self._down_state[at]):
                count += 1
            before, at = self._down_state[at], self._down_next[at]  # a link that a state has twice stands there twice in a row
        return count

    cdef int _up_in(self, int arc, const Change* change) noexcept nogil:
        """Return in how many states a change makes a difference."""
        cdef const List* states = self._lists.at[change.of >> 2]
        return states.count - (self._down_in(arc, states) if change.of & UP else 0)

    cdef int _do(self, int arc, int name, const Change* change) noexcept nogil:
        """Do a change: if all that undid it before can go that does."""
        cdef Row* row = self._row(arc, name)
        cdef int ups = self._up_in(arc, change), found
        cdef Change back = Change(change.of ^ LESS, change.bps)
        if row == NULL:
            return LACKING
        if not ups:
            return 0
        found = self._find(row, &back) if row.undone else -1
        if found >= 0 and self._may_go(arc, row, found, found + 1):
            row.undone -= 1
            self._drop(arc, row, found, found + 1)
            return 0
        return self._push(arc, row, change, ups)

    cdef int _undo(self, int arc, int name, const Change* change) noexcept nogil:
        """Undo a change: it goes if others stay in their order, else one that undoes it comes."""
        cdef Row* row = self._row(arc, name)
        cdef int ups = self._up_in(arc, change), found
        cdef Change back = Change(change.of ^ LESS, change.bps)
        if row == NULL:
            return LACKING
        if not ups:
            return 0
        found = self._find(row, change)
        if found >= 0 and self._may_go(arc, row, found, found + 1):
            self._drop(arc, row, found, found + 1)
            return 0
        if self._push(arc, row, &back, ups) < 0:
            return LACKING
        if row.count:
            row.undone += 1
            if row.undone > _FEW_UNDONE + row.count // 4:
                return self._fold(arc, row)
        return 0

    cdef int _find(self, const Row* row, const Change* change) noexcept nogil:
        """Return the place of the last change that is the same, -1 if none is."""
        cdef int found = row.count - 1
        while found >= 0 and not (row.changes[found].of == change.of and row.changes[found].bps == change.bps):
            found -= 1
        return found

    cdef bint _may_go(self, int arc, Row* row, int first, int last) noexcept nogil:
        """Return whether some neighbouring changes may go: the states are in the same order then as if they were undone."""
        cdef int at, place, state
        cdef const List* states
        cdef Move* move
        self._ask(arc)
        self._told_count = 0
        for at in range(first, last):
            states = self._lists.at[row.changes[at].of >> 2]
            for place in range(states.count):
                state = state_at(states, place)
                if self._told_in[state] == self._question or (row.changes[at].of & UP and self._shut_in[state] == self._question):
                    continue
                move = find_move(row.moves, state) if row.moves != NULL else NULL
                self._told_in[state], self._told_at[state], self._left_at[state] = self._question, -1, -1
                self._told_bps[state] = self._left_by[state] = 0 if move == NULL else move.bps
                self._told_members[state] = self._left_members[state] = 0 if move == NULL else move.members
                self._told[self._told_count] = state
                self._told_count += 1
        return self._stay_in_order(arc, row, first, last)

    cdef bint _stay_in_order(self, int arc, Row* row, int first, int last) noexcept nogil:
        """Return whether the states that are told of come with the same changes without some of these, or are not there any more."""
        cdef int at, place, state, members, question = self._question
        cdef i64 by
        cdef const List* states
        cdef const Change* change
        cdef u64 sieve = 0
        for at in range(self._told_count):
            sieve |= sieve_of(self._told[at])
        for at in range(row.count):
            change = &row.changes[at]
            states, by, members = self._lists.at[change.of >> 2], change.bps, 1
            if not states.sieve & sieve:
                continue
            if change.of & LESS:
                by, members = -by, -1
            for place in range(states.count):
                state = state_at(states, place)
                if self._told_in[state] != question or (change.of & UP and self._shut_in[state] == question):
                    continue
                if not (self._told_bps[state] or self._told_members[state]):
                    self._told_at[state] = at
                self._told_bps[state] += by
                self._told_members[state] += members
                if not first <= at < last:
                    if not (self._left_by[state] or self._left_members[state]):
                        self._left_at[state] = at
                    self._left_by[state] += by
                    self._left_members[state] += members
        for at in range(self._told_count):
            state = self._told[at]
            if not (self._told_bps[state] or self._told_members[state]):
                return False  # it would come last
            if (self._left_by[state] or self._left_members[state]) and self._left_at[state] != self._told_at[state]:
                return False
        return True

    cdef int _push(self, int arc, Row* row, const Change* change, int ups) noexcept nogil:
        """Do a change that makes a difference in so many states."""
        cdef bint is_first = not row.is_moved
        cdef void* grown
        cdef int room
        if row.count == row.room:
            room = row.room + row.room // 4 + 1
            if room > 1 << 26:
                return LACKING
            grown = realloc(row.changes, room * sizeof(Change))
            if grown == NULL:
                return LACKING
            row.changes, row.room = <Change*>grown, room
        row.changes[row.count] = change[0]
        row.count += 1
        self._lists.use(change.of >> 2)
        self._count_in(row, change, ups, False)
        row.is_rough = not is_first and row.most > 0
        self._look_whether_moved(arc, row)
        return 0

    cdef void _drop(self, int arc, Row* row, int first, int last) noexcept nogil:
        """Let some neighbouring changes go."""
        cdef int at
        for at in range(first, last):
            self._count_in(row, &row.changes[at], self._up_in(arc, &row.changes[at]), True)
        for at in range(first, last):
            self._lists.let_go(row.changes[at].of >> 2)
        memmove(&row.changes[first], &row.changes[last], (row.count - last) * sizeof(Change))
        row.count -= last - first
        row.is_rough = row.most > 0
        self._look_whether_moved(arc, row)

    cdef void _count_in(self, Row* row, const Change* change, int ups, bint is_back) noexcept nogil:
        """Count what a change makes of the sums of a row, or if it `is_back` what they are without it."""
        cdef bint is_less = (change.of & LESS != 0) != is_back
        if is_less:
            row.sum_bps -= <u64>change.bps * <u64>ups
            row.sum_members -= <u64>ups
        else:
            row.sum_bps += <u64>change.bps * <u64>ups
            row.sum_members += <u64>ups
            self._raise(row, change.bps)

    cdef void _raise(self, Row* row, i64 by) noexcept nogil:
        """Count that some states have so much more."""
        row.most = min(row.most + by, _MOST_MORE)

    cdef void _look_whether_moved(self, int arc, Row* row) noexcept nogil:
        """Note whether something differs in a row now; nothing is kept of one where nothing does."""
        cdef bint was_moved = row.is_moved
        row.is_moved = row.sum_bps != 0 or row.sum_members != 0 or self._differs(arc, row)
        if row.is_moved and not was_moved:
            self._got_moves(arc, row.name)
        if not row.is_moved:
            self._is_as_ever(arc, row)

    cdef bint _differs(self, int arc, Row* row) noexcept nogil:
        """Return whether something differs in some state."""
        cdef int at, count
        self._ask(arc)
        count = self._gather(row, 0)
        for at in range(count):
            if self._told_bps[self._told[at]] or self._told_members[self._told[at]]:
                return True
        return False

    # Moves

    cdef int _fold(self, int arc, Row* row) noexcept nogil:
        """Make moves of all changes of a row, in which something differs."""
        cdef int count = self._replay(arc, row), at, state
        cdef Move* move
        cdef Moves* moves = <Moves*>malloc(sizeof(Moves))
        if moves == NULL:
            return LACKING
        memset(moves, 0, sizeof(Moves))
        for at in range(count):
            state = self._told[at]
            move = add_move(moves, state)
            if move == NULL:
                free_moves(moves)
                return LACKING
            move.bps, move.members = self._told_bps[state], self._told_members[state]
        for at in range(row.count):
            self._lists.let_go(row.changes[at].of >> 2)
        free(row.changes)
        free_moves(row.moves)
        row.changes, row.count, row.room, row.undone, row.moves = NULL, 0, 0, 0, moves
        return 0

    # Moves of single states

    cdef int _move(self, int arc, int name, int state, i64 bps, int members) noexcept nogil:
        cdef Row* row = self._row(arc, name)
        cdef Move* move
        cdef bint was_moved
        if row == NULL:
            return LACKING
        if bps == 0 and members == 0:
            return 0
        was_moved = row.is_moved
        if (row.count or row.moves == NULL) and self._fold(arc, row) < 0:
            return LACKING
        move = find_move(row.moves, state)
        if move == NULL:
            move = add_move(row.moves, state)
            if move == NULL:
                return LACKING
        row.is_rough = row.is_rough or (bps < 0 and move.bps >= row.most > 0)
        row.sum_bps += <u64>bps
        row.sum_members += <u64><i64>members
        move.bps += bps
        move.members += members
        if row.is_rough:
            self._raise(row, max(bps, 0))
        else:
            row.most = max(row.most, move.bps)
        if move.bps == 0 and move.members == 0:
            move.state = GONE
            row.moves.live -= 1
        row.is_moved = row.moves.live != 0
        if row.is_moved and not was_moved:
            self._got_moves(arc, name)
        if not row.is_moved:
            self._is_as_ever(arc, row)
        return 0

    cdef void _is_as_ever(self, int arc, Row* row) noexcept nogil:
        """Be a row in which nothing differs in any state."""
        cdef int at
        for at in range(row.count):
            self._lists.let_go(row.changes[at].of >> 2)
        free(row.changes)
        free_moves(row.moves)
        row.changes, row.moves, row.count, row.room, row.undone = NULL, NULL, 0, 0, 0
        row.most, row.is_rough, row.is_moved, row.sum_bps, row.sum_members = 0, False, False, 0, 0
        self._lost_moves(arc, row.name)

    cdef void _got_moves(self, int arc, int name) noexcept nogil:
        cdef Page* page = &self._pages[arc]
        page.moved[page.moved_count] = name
        page.moved_count += 1

    cdef void _lost_moves(self, int arc, int name) noexcept nogil:
        cdef Page* page = &self._pages[arc]
        cdef int at, kept = 0
        for at in range(page.moved_count):
            if page.moved[at] != name:
                page.moved[kept] = page.moved[at]
                kept += 1
        page.moved_count = kept
