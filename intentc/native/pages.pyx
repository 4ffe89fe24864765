"""What is reserved on every arc: pages of rows, one of each class, and by what moves and changes their states differ from the normal one."""

from cpython cimport array
from cpython.long cimport PyLong_AsLongLongAndOverflow
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from intentc.native.aside cimport write_shared
from intentc.native.lists cimport LACKING, has_state, state_at
from intentc.native.moves cimport GONE, Move, Moves, find_move, free_moves, table_size

MOST = 1 << 50  # bps: of a claim, a capacity, and all claims together; what is more is for the twin
LEAST_CAPACITY = 1 << 10

cdef i64 _MOST = MOST
cdef i64 _BEYOND = 1 << 60  # a claim that fits nowhere
cdef i64 _PPM = 1000000
cdef i64 _FEW = 0x7FFFFFFFFFFFFFFF // _PPM
cdef int _LAST_QUESTION = 0x7FFFFFF0
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
    `used` has, per arc, what is reserved in the normal state, background included: what was entered counts at once, though it may be under
    way still.
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
        self._surely = <i64*>zeros(self._arcs * sizeof(i64))
        self._used = array.clone(_WORDS, self._arcs, zero=True)
        self._down_first = <int*>zeros(self._links * sizeof(int))
        memset(self._down_first, 0xFF, self._links * sizeof(int))
        self._lists, self._states, self._is_told = Lists(), 1, True
        self._state_room = BLOCK
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
        free(self._surely)
        free(self._background)
        free(self._sharing)
        free(self._tunnel)
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
        free(self._told_at)
        free(self._left_at)
        free(self._left_members)
        free(self._left_by)
        free(self._run)
        free(self._shut_bps)
        free(self._row_at)
        free(self._arc_at)
        self._told_room = self._question = 0
        self._shut_in, self._told_in, self._told, self._told_members, self._told_bps = NULL, NULL, NULL, NULL, NULL
        self._told_at, self._left_at, self._left_members, self._left_by, self._run = NULL, NULL, NULL, NULL, NULL
        self._shut_bps, self._row_at, self._arc_at = NULL, NULL, NULL

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
            page.moved_count, page.is_told, page.is_rough = other.moved_count, other.is_told, other.is_rough
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
        if of.count:
            row.changes = <Change*>copied(of.changes, of.count * sizeof(Change))
            row.count = row.room = of.count
        row.name, row.members, row.bps, row.undone = of.name, of.members, of.bps, of.undone
        row.most, row.is_rough, row.is_moved = of.most, of.is_rough, of.is_moved
        row.sum_bps, row.sum_members = of.sum_bps, of.sum_members
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
        self._told_at, self._left_at = <int*>zeros(room * sizeof(int)), <int*>zeros(room * sizeof(int))
        self._left_by, self._left_members = <i64*>zeros(room * sizeof(i64)), <int*>zeros(room * sizeof(int))
        self._shut_bps = <i64*>zeros(room * sizeof(i64))
        self._row_at, self._arc_at = <char*>zeros(room // BLOCK), <char*>zeros(room // BLOCK)  # a whole number of blocks
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
        """Tell of all states in which a row may differ, in no order, after so many others; return how many there are then."""
        cdef int at, place, state, members
        cdef i64 by
        cdef const List* states
        cdef const Change* change
        if row.moves != NULL:
            for at in range(row.moves.used):
                if row.moves.at[at].state != GONE:
                    count = self._tell_of(row.moves.at[at].state, row.moves.at[at].bps, row.moves.at[at].members, count)
        for at in range(row.count):
            change = &row.changes[at]
            states, by, members = self._lists.at[change.of >> 2], change.bps, 1
            if change.of & LESS:
                by, members = -by, -1
            for place in range(states.count):
                state = state_at(states, place)
                if not change.of & UP or self._shut_in[state] != self._question:
                    count = self._tell_of(state, by, members, count)
        return count

    cdef i64 _difference(self, int arc, Row* row, int state, int* members) noexcept nogil:
        """Return by how many bps, and `members`, a row differs in a state from the normal one."""
        cdef i64 found = 0
        cdef int at, count = 0
        cdef bint is_down = row.count and self._is_down(arc >> 1, state)
        cdef Move* move = find_move(row.moves, state) if row.moves != NULL else NULL
        if move != NULL:
            found, count = move.bps, move.members
        for at in range(row.count):
            if (row.changes[at].of & UP and is_down) or not has_state(self._lists.at[row.changes[at].of >> 2], state):
                continue
            if row.changes[at].of & LESS:
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
        cdef int at, count
        if row.is_rough:
            self._ask(arc)
            count, row.most, row.is_rough = self._gather(row, 0), 0, False
            for at in range(count):
                row.most = max(row.most, self._told_bps[self._told[at]])
        return row.bps + row.most

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

    # What that leaves

    cdef bint _may(self, i64 most, int sign) noexcept:
        """Count so much more (1) or less (-1) in the books; return False, and nothing is done, where a sum might outgrow its place."""
        cdef i64 weight = self._weight + sign * most
        if most > _MOST or weight > _MOST or weight < 0:
            return False
        self._weight = weight
        return True

    cdef void _refresh(self, int arc) noexcept nogil:
        """Look anew at what an arc has left, at least: what its rows have most is found when somebody asks."""
        cdef Page* page = &self._pages[arc]
        cdef int at
        cdef i64 left = self._capacity[arc] - self._background[arc]
        cdef Row* row
        cdef bint is_empty = True, is_told = True, is_rough = False
        page.used = self._background[arc]
        for at in range(page.count):
            row = &page.rows[at]
            if is_used(row):
                page.used += row.bps
                left -= row.bps + row.most
                is_empty = False
                is_rough = is_rough or row.is_rough
                if not self._sharing[row.name]:
                    is_told = False
        page.ppm = NOTHING if is_empty else self._ppm(arc, page.used)
        if page.is_told != is_told:  # never by what is entered while others look
            page.is_told = is_told
        page.is_rough = is_rough
        write_shared(&self._left_bps[arc], left)
        self._tell(arc)

    cdef void _firm(self, int arc) noexcept nogil:
        """Find what an arc has left; nothing is under way."""
        cdef Page* page = &self._pages[arc]
        cdef int at
        if page.is_rough:
            for at in range(page.count):
                self._peak(arc, &page.rows[at])
            self._refresh(arc)

    cdef void _tell(self, int arc) noexcept nogil:
        """Write what surely fits on an arc into the row over all."""
        cdef bint is_told = self._is_told and self._pages[arc].is_told and not self._tunnel[arc]
        self._surely[arc] = self._left_bps[arc] if is_told and self._left_bps[arc] >= 0 else UNTOLD

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
