"""What is reserved on every arc: pages of rows, one of each class, and by what changes or moves their states differ from the normal one."""

from cpython cimport array
from cpython.long cimport PyLong_AsLongLongAndOverflow
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memmove, memset

from intentc.native.aside cimport write_shared
from intentc.native.lists cimport LACKING, fetch, has_state, state_at, u64
from intentc.native.moves cimport GONE, Move, Moves, add_move, find_move, free_moves, table_size

MOST = 1 << 50  # bps: of a claim, a capacity, and all claims together; what is more is for the twin
LEAST_CAPACITY = 1 << 10

cdef i64 _MOST = MOST
cdef i64 _BEYOND = 1 << 60  # a claim that fits nowhere
cdef i64 _PPM = 1000000
cdef i64 _FEW = 0x7FFFFFFFFFFFFFFF // _PPM
cdef int _LAST_QUESTION = 0x7FFFFFF0
cdef enum:
    _AHEAD = 8             # changes by which memory is asked for before it is looked at
cdef array.array _WORDS = array.array("q")


cdef i64 clamped(value) except? -1:
    """Return a rate as a number of C; one that is too large for that fits nowhere anyway."""
    cdef int over = 0
    cdef i64 found = PyLong_AsLongLongAndOverflow(value, &over)
    return _BEYOND if over > 0 or found > _BEYOND else found


cdef void* zeros(size_t size) except NULL:
    cdef void* found = malloc(max(1, size))
    if found == NULL:
        raise MemoryError
    memset(found, 0, max(1, size))
    return found


cdef void* copied(const void* of, size_t size) except NULL:
    cdef void* found = zeros(size)
    if size:
        memcpy(found, of, size)
    return found


cdef class Pages:
    """`capacity` and `background` per arc, `sharing` per class: whether it shares all of a link, `tunnels`: arcs below which there are others.

    Classes and states are numbers: those of `sharing`, and those that `add_state` gave; 0 is the normal state, one below it like it.
    Per arc, and for readers: `surely` is what fits in any state, `UNTOLD` where nothing does or sums do not say it; `used` what is
    reserved in the normal state, background included.
    """

    def __cinit__(self, capacity, background, sharing, tunnels):
        cdef int at
        self._made_of = (capacity, background, sharing, tunnels)
        self._arcs, self._names, self._links = len(capacity), len(sharing), (len(capacity) + 1) >> 1
        self._pages = <Page*>zeros(self._arcs * sizeof(Page))
        self._capacity = <i64*>zeros(self._arcs * sizeof(i64))
        self._background = <i64*>zeros(self._arcs * sizeof(i64))
        self._sharing = <char*>zeros(self._names)
        self._tunnel = <char*>zeros(self._arcs)
        self._left_bps = <i64*>zeros(self._arcs * sizeof(i64))
        self._surely, self._used = array.clone(_WORDS, self._arcs, zero=True), array.clone(_WORDS, self._arcs, zero=True)
        self._normal_rows, self._normally = {}, <i64**>zeros(self._names * sizeof(i64*))
        self._down_first = <int*>zeros(self._links * sizeof(int))
        memset(self._down_first, 0xFF, self._links * sizeof(int))
        self._lists, self._states, self._is_told = Lists(), 1, True
        self._state_room = 64
        self._down_from = <int*>zeros((self._state_room + 1) * sizeof(int))
        self._get_ready()
        for at in range(self._arcs):
            if not LEAST_CAPACITY <= capacity[at] <= MOST or not 0 <= background[at] <= MOST:
                raise OverflowError("a capacity is for the twin")
            self._capacity[at], self._background[at] = capacity[at], background[at]
        for at in range(self._names):
            self._sharing[at] = bool(sharing[at])
        for at in tunnels:
            if 0 <= at < self._arcs:
                self._tunnel[at] = 1
        for at in range(self._arcs):
            self._refresh(at)
            self._used.data.as_longlongs[at] = self._background[at]

    def __dealloc__(self):
        self._free_rows()
        free(self._pages)
        free(self._capacity)
        free(self._left_bps)
        free(self._background)
        free(self._sharing)
        free(self._tunnel)
        free(self._normally)
        free(self._down_from)
        free(self._down)
        free(self._down_next)
        free(self._down_state)
        free(self._down_first)
        self._free_told()

    cdef void _free_told(self) noexcept:
        free(self._shut_in)
        free(self._told_in)
        free(self._told)
        free(self._told_members)
        free(self._told_bps)
        free(self._run)
        self._told_room = self._question = 0
        self._shut_in, self._told_in, self._told, self._told_members, self._told_bps = NULL, NULL, NULL, NULL, NULL
        self._run = NULL

    cdef void _free_rows(self) noexcept:
        cdef int arc, at
        if self._pages == NULL:
            return
        for arc in range(self._arcs):
            for at in range(self._pages[arc].count):
                free(self._pages[arc].rows[at].changes)
                free_moves(self._pages[arc].rows[at].moves)
            free(self._pages[arc].rows)
            free(self._pages[arc].moved)

    def __sizeof__(self):
        """Return the bytes that the books take."""
        cdef Py_ssize_t found = self._arcs * (sizeof(Page) + 4 * sizeof(i64)) + self._lists.size()
        cdef int arc, at
        cdef Row* row
        for arc in range(self._arcs):
            for at in range(self._pages[arc].count):
                row = &self._pages[arc].rows[at]
                found += sizeof(Row) + row.room * sizeof(Change)
                if row.moves != NULL:
                    found += sizeof(Moves) + row.moves.room * sizeof(Move) + table_size(row.moves)
        return found

    # Copies

    cdef int _copy_pages(self, Pages of) except -1:
        """Have the same on all pages as others; this is empty."""
        cdef int arc, at
        cdef Page* page
        cdef Page* other
        self._copy_states(of)
        self._lists = of._lists.copy()
        for arc in range(self._arcs):
            page, other = &self._pages[arc], &of._pages[arc]
            if not other.count:
                continue
            page.moved = <int*>copied(other.moved, self._names * sizeof(int))
            page.rows = <Row*>zeros(other.count * sizeof(Row))
            page.count = other.count
            for at in range(other.count):
                self._copy_row(&page.rows[at], &other.rows[at])
            page.moved_count, page.is_told = other.moved_count, other.is_told
            page.used, page.ppm, self._left_bps[arc] = other.used, other.ppm, of._left_bps[arc]
            self._used.data.as_longlongs[arc] = of._used.data.as_longlongs[arc]
            self._tell(arc)
        self._weight = of._weight
        return 0

    cdef int _copy_row(self, Row* row, Row* of) except -1:
        cdef Moves* moves
        if of.moves != NULL:
            moves = <Moves*>zeros(sizeof(Moves))
            row.moves = moves
            if of.moves.room:
                moves.at = <Move*>copied(of.moves.at, of.moves.room * sizeof(Move))
                moves.table = copied(of.moves.table, table_size(of.moves))
                moves.used, moves.live, moves.room, moves.mask = of.moves.used, of.moves.live, of.moves.room, of.moves.mask
        elif of.count:
            row.changes = <Change*>copied(of.changes, of.count * sizeof(Change))
            row.count = row.room = of.count
        row.name, row.members, row.bps = of.name, of.members, of.bps
        row.peak, row.worst, row.is_stale = of.peak, of.worst, of.is_stale
        return 0

    cdef int _copy_states(self, Pages of) except -1:
        """Have the same states as others; there are none yet."""
        cdef int state
        for state in range(1, of._states):
            self.add_state([of._down[at] for at in range(of._down_from[state], of._down_from[state + 1])])
        return 0

    # States

    def add_state(self, links):
        """Add a state in which some links are down; its number is one more than that of the last one."""
        cdef int start = self._down_from[self._states], link
        cdef void* grown
        self._settle()
        if self._states + 1 >= self._state_room:
            grown = realloc(self._down_from, (2 * self._state_room + 1) * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._down_from, self._state_room = <int*>grown, 2 * self._state_room
        for link in links:
            if 0 <= link < self._links:
                self._add_down(link, start)
                start += 1
        self._states += 1
        self._down_from[self._states] = start
        self._get_ready()

    cdef int _add_down(self, int link, int at) except -1:
        """Note that the state to come takes a link down."""
        cdef int room = 2 * self._down_room if self._down_room else 64
        cdef void* grown
        if at >= self._down_room:
            grown = realloc(self._down, room * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._down = <int*>grown
            grown = realloc(self._down_next, room * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._down_next = <int*>grown
            grown = realloc(self._down_state, room * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._down_state, self._down_room = <int*>grown, room
        self._down[at], self._down_state[at], self._down_next[at] = link, self._states, self._down_first[link]
        self._down_first[link] = at
        return 0

    cdef int _check_state(self, int state) except -1:
        if not 0 < state < self._states:
            raise IndexError(state)
        return 0

    cdef int _check(self, int arc, int name) except -1:
        if not 0 <= arc < self._arcs or not 0 <= name < self._names:
            raise IndexError((arc, name))
        return 0

    cdef int _check_name(self, int name) except -1:
        if not 0 <= name < self._names:
            raise IndexError(name)
        return 0

    cdef bint _is_down(self, int link, int state) noexcept nogil:
        cdef int at
        for at in range(self._down_from[state], self._down_from[state + 1]):
            if self._down[at] == link:
                return True
        return False

    # What states come to: each question tells of some, all others are as in the normal state

    cdef int _get_ready(self) except -1:
        """Have room for what is told of all states there are."""
        cdef int room = self._state_room
        if self._told_room >= self._states:
            return 0
        self._free_told()
        self._shut_in, self._told_in = <int*>zeros(room * sizeof(int)), <int*>zeros(room * sizeof(int))
        self._told, self._told_members = <int*>zeros(room * sizeof(int)), <int*>zeros(room * sizeof(int))
        self._told_bps, self._run = <i64*>zeros(room * sizeof(i64)), <int*>zeros(room * sizeof(int))
        self._told_room = room
        return 0

    cdef void _ask(self, int arc) noexcept nogil:
        """Begin a question on an arc: nothing is told of any state, and known which take it down."""
        cdef int at
        if self._question == _LAST_QUESTION:
            memset(self._shut_in, 0, self._told_room * sizeof(int))
            memset(self._told_in, 0, self._told_room * sizeof(int))
            self._question = 0
        self._question += 1
        at = self._down_first[arc >> 1]
        while at >= 0:
            self._shut_in[self._down_state[at]] = self._question
            at = self._down_next[at]

    cdef inline int _tell_of(self, int state, i64 bps, int members, int count) noexcept nogil:
        if self._told_in[state] != self._question:
            self._told_in[state], self._told_bps[state], self._told_members[state] = self._question, 0, 0
            self._told[count] = state
            count += 1
        self._told_bps[state] += bps
        self._told_members[state] += members
        return count

    cdef int _gather(self, Row* row, int count) noexcept nogil:
        """Tell of all states in which a row differs, in the order in which they came, after so many others; return how many there are then."""
        cdef int at, place, state, sign
        cdef i64 by
        cdef const List* states
        cdef const Change* change
        if row.moves != NULL:
            for at in range(row.moves.used):
                if row.moves.at[at].state != GONE:
                    count = self._tell_of(row.moves.at[at].state, row.moves.at[at].bps, row.moves.at[at].members, count)
            return count
        for at in range(row.count):
            change = &row.changes[at]
            states, by, sign = self._lists.at[change.of >> 1], change.bps, 1
            if change.of & 1:
                by, sign = -by, -1
            for place in range(states.count):
                state = state_at(states, place)
                if sign > 0 or self._shut_in[state] != self._question:
                    count = self._tell_of(state, by, sign, count)
        return count

    cdef int _gather_one(self, int arc, Row* row) noexcept nogil:
        """Tell of the states in which a row differs; return how many there are."""
        self._ask(arc)
        return self._gather(row, 0)

    cdef bint _tell_list(self, Row* row, const List* states, bint is_out) noexcept nogil:
        """Tell of each of some states what changes make of it; of those that take the arc down only where it `is_out` not.

        Return False, and not all is told, where it `is_out` and no change adds anything in any of them.
        """
        cdef int at, state
        for at in range(states.count):
            state = state_at(states, at)
            if not is_out or self._shut_in[state] != self._question:
                self._told_in[state], self._told_bps[state], self._told_members[state] = self._question, 0, 0
        if not is_out:
            self._add_up(row, states, True, True)
            return True
        return self._add_up(row, states, True, False) and (self._add_up(row, states, False, True) or True)

    cdef bint _add_up(self, Row* row, const List* states, bint has_in, bint has_out) noexcept nogil:
        """Add to what is told of some states what changes of one kind, or of both, make of it; return whether any do."""
        cdef int at, place, state, question = self._question, count = row.count
        cdef int* told_in = self._told_in  # all as the compiler cannot know that nothing here writes to them
        cdef int* shut_in = self._shut_in
        cdef int* told_members = self._told_members
        cdef i64* told_bps = self._told_bps
        cdef const List** lists = <const List**>self._lists.at
        cdef const Change* change = row.changes
        cdef const List* others
        cdef u64 sieve = states.sieve
        cdef bint is_any = False, is_out
        for at in range(count):
            if at + 2 * _AHEAD < count:
                fetch(&lists[change[2 * _AHEAD].of >> 1])
                fetch(lists[change[_AHEAD].of >> 1])
            is_out = change.of & 1
            others = lists[change.of >> 1]
            change += 1
            if not (has_out if is_out else has_in) or not others.sieve & sieve:
                continue
            for place in range(others.count):
                state = state_at(others, place)
                if told_in[state] == question and not (is_out and shut_in[state] == question):
                    is_any = True
                    if is_out:
                        told_bps[state] -= (change - 1).bps
                        told_members[state] -= 1
                    else:
                        told_bps[state] += (change - 1).bps
                        told_members[state] += 1
        return is_any

    cdef bint _is_any_up(self, const List* states) noexcept nogil:
        """Return whether one of some states does not take the arc at hand down."""
        cdef int at
        for at in range(states.count):
            if self._shut_in[state_at(states, at)] != self._question:
                return True
        return False

    cdef i64 _difference(self, int arc, Row* row, int state, int* members) noexcept nogil:
        """Return by how many bps, and `members`, a row differs in a state from the normal one."""
        cdef i64 found = 0
        cdef int at, count = 0
        cdef bint is_down = row.count and self._is_down(arc >> 1, state)
        cdef Move* move = find_move(row.moves, state) if row.moves != NULL else NULL
        if move != NULL:
            found, count = move.bps, move.members
        for at in range(row.count):
            if (row.changes[at].of & 1 and is_down) or not has_state(self._lists.at[row.changes[at].of >> 1], state):
                continue
            if row.changes[at].of & 1:
                found -= row.changes[at].bps
                count -= 1
            else:
                found += row.changes[at].bps
                count += 1
        members[0] = count
        return found

    cdef i64 _in_state(self, int arc, Row* row, int state) noexcept nogil:
        """Return the bps of a row in a state."""
        cdef int members
        return row.bps + (self._difference(arc, row, state, &members) if 0 < state < self._states else 0)

    cdef i64 _peak(self, int arc, Row* row) noexcept nogil:
        """Return the most bps of a row in any state."""
        cdef int at, state
        if row.is_stale:
            row.peak, row.is_stale = 0, False
            for at in range(self._gather_one(arc, row)):
                state = self._told[at]
                if self._told_bps[state] > row.peak:
                    row.peak, row.worst = self._told_bps[state], state
        return row.bps + row.peak

    # Changes

    cdef int _add_change(self, int arc, Row* row, Change* change) noexcept nogil:
        """Enter a change and return 1; 0, and nothing is done: some state would come to nothing by it."""
        cdef const List* states = self._lists.at[change.of >> 1]
        cdef bint is_out = change.of & 1, is_known
        cdef i64 by = -change.bps if is_out else change.bps, most = row.peak, found
        cdef int at, state, worst = row.worst, sign = -1 if is_out else 1
        self._ask(arc)
        if is_out and not self._is_any_up(states):
            return 1
        # what is taken out leaves something everywhere if it is more than there is more of anywhere
        is_known = row.count and (by > 0 or not is_out or row.is_stale or change.bps <= row.peak)
        is_known = is_known and self._tell_list(row, states, is_out)
        for at in range(states.count if is_known or by > 0 else 0):
            state, found = state_at(states, at), by
            if is_out and self._shut_in[state] == self._question:
                continue
            if is_known:
                found += self._told_bps[state]
                if found == 0 and self._told_members[state] + sign == 0:
                    return 0
            if found > most:
                most, worst = found, state
        if self._push(row, change) < 0:
            return LACKING
        if row.count == 1:
            self._got_moves(arc, row.name)
        if most > row.peak:
            row.peak, row.worst = most, worst
        elif by < 0 and row.peak > 0 and has_state(states, row.worst):
            row.is_stale = True
        return 1

    cdef int _push(self, Row* row, Change* change) noexcept nogil:
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
        self._lists.use(change.of >> 1)
        return 0

    cdef bint _take_change(self, int arc, Row* row, Change* change) noexcept nogil:
        """Take a change out; return False, and nothing is done, where it is not there, or others that came later would not stay in their order."""
        cdef const List* states = self._lists.at[change.of >> 1]
        cdef bint is_out = change.of & 1
        cdef i64 by = -change.bps if is_out else change.bps
        cdef int at, found = row.count - 1, state
        self._ask(arc)
        if is_out and not self._is_any_up(states):
            return True
        while found >= 0 and not (row.changes[found].of == change.of and row.changes[found].bps == change.bps):
            found -= 1
        if found < 0 or (found < row.count - 1 and not self._may_go(row, found)):
            return False
        self._drop(arc, row, found)
        if not row.count:
            self._is_as_ever(arc, row)
        elif by > 0:
            row.is_stale = row.is_stale or (row.peak > 0 and has_state(states, row.worst))
        elif not row.is_stale and self._tell_list(row, states, is_out):
            for at in range(states.count):
                state = state_at(states, at)
                if self._told_in[state] == self._question and self._told_bps[state] > row.peak:
                    row.peak, row.worst = self._told_bps[state], state
        return True

    cdef bint _may_go(self, Row* row, int at) noexcept nogil:
        """Return whether a change may be taken out from among others: each state that they tell of stays where it was in the order."""
        cdef const List* states = self._lists.at[row.changes[at].of >> 1]
        cdef const List* others
        cdef int other, place, state, sign, question = self._question
        for place in range(states.count):
            state = state_at(states, place)
            if not row.changes[at].of & 1 or self._shut_in[state] != question:
                self._told_in[state], self._told_bps[state], self._told_members[state] = question, 0, 0
        for other in range(row.count):
            others = self._lists.at[row.changes[other].of >> 1]
            if other == at or not others.sieve & states.sieve:
                continue
            sign = -1 if row.changes[other].of & 1 else 1
            for place in range(others.count):
                state = state_at(others, place)
                if self._told_in[state] != question or (sign < 0 and self._shut_in[state] == question):
                    continue
                if other > at and not (self._told_bps[state] or self._told_members[state]):
                    return False  # it came with what is taken out
                self._told_bps[state] += sign * row.changes[other].bps
                self._told_members[state] += sign
                if not (self._told_bps[state] or self._told_members[state]):
                    return False
        return True

    cdef void _drop(self, int arc, Row* row, int at) noexcept nogil:
        cdef int number = row.changes[at].of >> 1
        row.count -= 1
        memmove(&row.changes[at], &row.changes[at + 1], (row.count - at) * sizeof(Change))
        self._lists.let_go(number)

    # Moves

    cdef int _unfold(self, int arc, Row* row) noexcept nogil:
        """Make moves of all changes of a row."""
        cdef int count = self._gather_one(arc, row), at, state
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
            self._lists.let_go(row.changes[at].of >> 1)
        free(row.changes)
        row.changes, row.count, row.room, row.moves = NULL, 0, 0, moves
        return 0

    cdef Row* _row(self, int arc, int name) noexcept nogil:
        """Return the row of a class, made where there is none; NULL: there is not memory enough."""
        cdef Page* page = &self._pages[arc]
        cdef Row* rows
        cdef int at
        for at in range(page.count):
            if page.rows[at].name == name:
                return &page.rows[at]
        if page.moved == NULL:
            page.moved = <int*>malloc(self._names * sizeof(int))
        rows = <Row*>realloc(page.rows, (page.count + 1) * sizeof(Row)) if page.moved != NULL else NULL
        if rows == NULL:
            return NULL
        page.rows = rows
        memset(&rows[page.count], 0, sizeof(Row))
        rows[page.count].name = name
        page.count += 1
        return &rows[page.count - 1]

    cdef int _post(self, int arc, int name, i64 bps, int members) noexcept nogil:
        cdef Row* row = self._row(arc, name)
        if row == NULL:
            return LACKING
        row.bps += bps
        row.members += members
        return 0

    cdef int _move(self, int arc, int name, int state, i64 bps, int members) noexcept nogil:
        cdef Row* row = self._row(arc, name)
        cdef Move* move
        if row == NULL:
            return LACKING
        if bps == 0 and members == 0:
            return 0
        if row.moves == NULL and self._unfold(arc, row) < 0:
            return LACKING
        move = find_move(row.moves, state)
        if move == NULL:
            move = add_move(row.moves, state)
            if move == NULL:
                return LACKING
            if row.moves.live == 1:
                self._got_moves(arc, name)
        if bps < 0 and move.bps >= row.peak > 0:
            row.is_stale = True
        move.bps += bps
        move.members += members
        if move.bps > row.peak and not row.is_stale:
            row.peak, row.worst = move.bps, state
        if move.bps == 0 and move.members == 0:
            move.state = GONE
            row.moves.live -= 1
            if not row.moves.live:
                self._is_as_ever(arc, row)
        return 0

    cdef void _is_as_ever(self, int arc, Row* row) noexcept nogil:
        """Be a row in which nothing differs in any state."""
        row.peak, row.worst, row.is_stale = 0, 0, False
        free(row.changes)
        free_moves(row.moves)
        row.changes, row.moves, row.count, row.room = NULL, NULL, 0, 0
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

    # What that leaves

    cdef bint _may(self, i64 most, int sign) noexcept:
        """Count so much more (1) or less (-1) in the books; return False, and nothing is done, where a sum might outgrow its place."""
        cdef i64 weight = self._weight + sign * most
        if most > _MOST or weight > _MOST or weight < 0:
            return False
        self._weight = weight
        return True

    cdef void _refresh(self, int arc) noexcept nogil:
        """Look anew at what an arc has left."""
        cdef Page* page = &self._pages[arc]
        cdef int at
        cdef i64 left = self._capacity[arc] - self._background[arc]
        cdef Row* row
        cdef bint is_empty = True, is_told = True
        page.used = self._background[arc]
        for at in range(page.count):
            row = &page.rows[at]
            if is_used(row):
                page.used += row.bps
                left -= self._peak(arc, row)
                is_empty = False
                if not self._sharing[row.name]:
                    is_told = False
        page.ppm = NOTHING if is_empty else self._ppm(arc, page.used)
        if page.is_told != is_told:  # never by what is entered while others look
            page.is_told = is_told
        write_shared(&self._left_bps[arc], left)
        self._tell(arc)

    cdef void _tell(self, int arc) noexcept nogil:
        """Write what an arc has left into the rows that others read."""
        cdef bint is_told = self._is_told and self._pages[arc].is_told and not self._tunnel[arc]
        cdef int name
        self._surely.data.as_longlongs[arc] = self._left_bps[arc] if is_told and self._left_bps[arc] >= 0 else UNTOLD
        for name in range(self._names):
            if self._normally[name] != NULL:
                self._normally[name][arc] = self._normal_left(arc, name) if is_told and self._sharing[name] else UNTOLD

    cdef i64 _normal_left(self, int arc, int name) noexcept nogil:
        cdef Page* page = &self._pages[arc]
        cdef i64 left = self._left_bps[arc]
        cdef int at
        for at in range(page.count):
            if page.rows[at].name == name and is_used(&page.rows[at]):
                left += self._peak(arc, &page.rows[at]) - page.rows[at].bps
        return left if left >= 0 else UNTOLD

    cdef i64 _ppm(self, int arc, i64 used) noexcept nogil:
        """Return how much that is of an arc's capacity, rounded up."""
        cdef i128 whole, found
        if 0 < used <= _FEW:  # a division of one word takes a fraction of the time
            return (used * _PPM - 1) // self._capacity[arc] + 1
        whole = <i128>used * _PPM
        found = whole / self._capacity[arc]
        return <i64>(found + (1 if whole > 0 and found * self._capacity[arc] != whole else 0))

    cdef int _settle(self) except -1:
        """Wait until nothing is under way in the books (`pending`)."""
        return 0
