"""What is reserved on every arc, as sums by class and state, and what that leaves. The twin: `place.sums.Sums`."""

from cpython cimport array
from cpython.bytes cimport PyBytes_AS_STRING
from cpython.bytearray cimport PyByteArray_AS_STRING
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdlib cimport qsort
from libc.string cimport memcpy, memset

from intentc.native.reconverge cimport Ways

ctypedef long long i64

cdef extern from *:
    """
    typedef __int128 intentc_i128;
    """
    ctypedef long long i128 "intentc_i128"

MOST = 1 << 50  # bps: of a claim, a capacity, and all claims together; what is more is for the twin
LEAST_CAPACITY = 1 << 10
UNTOLD = -1  # sums alone do not say it; as what is left of an arc it is also what is less than nothing

cdef i64 _MOST = MOST
cdef i64 _BEYOND = 1 << 60  # a claim that fits nowhere
cdef int _GONE = -1, _EMPTY = -1, _SHORT = 0xFFFF, _FEW = 64
cdef int _FEWEST = 4  # states that a leave is for
cdef i64 _PPM = 1000000
cdef i64 _NOTHING = -1
cdef i64 _UNTOLD = UNTOLD
cdef char _ASK = 2
cdef array.array _WORDS = array.array("q")


cdef struct Move:      # how the sum of a state differs from the normal one
    int state          # `_GONE`: nothing differs any more
    int members
    i64 bps

cdef struct Leave:     # a claim that is not there in many states: one entry, where there would be a move for each state
    i64 bps
    int of             # the states, by the number of their list; those that take the arc down are no part of it
    int at             # how many moves came before

cdef struct Row:       # one class on one arc; moves in the order in which they came, found by a table of their places
    int name
    int members
    i64 bps
    i64 peak           # by how much the worst state has more, at least 0
    int worst          # that state, where there is one
    bint is_stale      # `peak` has to be looked for
    int leave_count
    int leave_room
    Leave* leaves
    int used           # moves, those that are gone included
    int live
    int room
    int mask           # of the table, which has mask + 1 places
    Move* moves
    void* table        # of `unsigned short` while there are few enough, else of `int`

cdef struct Page:      # one arc
    int count
    Row* rows
    int moved_count    # of the rows with moves, in the order in which they got them
    int* moved
    bint is_told       # only classes that share all of a link are in use, so that sums tell all
    i64 left           # what the worst states of all classes together leave
    i64 used           # of all classes in the normal state, with the background
    i64 ppm            # that over the capacity; `_NOTHING` where nothing is reserved in any state

cdef struct Entry:
    int arc
    int name
    int state          # 0: the normal one, below it: one that the normal claim is taken out of
    int next           # of the same arc, `_EMPTY`: none
    i64 bps

cdef struct States:    # of a leave
    int count
    int uses           # leaves that are for them
    const int* order   # as they came, in the bytes that are kept by number
    int* rising        # the same by number
    unsigned long long sieve[4]   # bits of their numbers, by the last eight of each: most states that are asked for are none of them

cdef struct Group:     # the entries of an arc, in their order
    int first          # `_EMPTY`: none
    int last


cdef inline int _place_of(int state, int mask) noexcept nogil:
    return <int>((<unsigned int>state * 2654435769u) >> 7) & mask


cdef inline bint _is_short(int room) noexcept nogil:
    return room < _SHORT


cdef inline int _entry(Row* row, int at) noexcept nogil:
    cdef int place
    if _is_short(row.room):
        place = (<unsigned short*>row.table)[at]
        return _EMPTY if place == _SHORT else place
    return (<int*>row.table)[at]


cdef inline size_t _table_size(Row* row) noexcept nogil:
    return <size_t>(row.mask + 1) * (sizeof(unsigned short) if _is_short(row.room) else sizeof(int))


cdef inline void _blank(Row* row) noexcept nogil:
    memset(row.table, 0xFF, _table_size(row))  # in each place `_SHORT` or `_EMPTY`


cdef inline Move* _find(Row* row, int state) noexcept nogil:
    cdef int at, place
    if not row.live:
        return NULL
    at = _place_of(state, row.mask)
    while True:
        place = _entry(row, at)
        if place == _EMPTY:
            return NULL
        if row.moves[place].state == state:
            return &row.moves[place]
        at = (at + 1) & row.mask


cdef inline void _note(Row* row, int place) noexcept nogil:
    cdef int at = _place_of(row.moves[place].state, row.mask)
    while _entry(row, at) != _EMPTY:
        at = (at + 1) & row.mask
    if _is_short(row.room):
        (<unsigned short*>row.table)[at] = <unsigned short>place
    else:
        (<int*>row.table)[at] = place


cdef int _make_room(Row* row) except -1:
    """Make room for one more move: those that are gone leave, and where that is not much the row grows by half."""
    cdef int room, places = 8, at, kept = 0, leave = 0
    cdef void* moves
    cdef void* table
    if row.live >= row.room - row.room // 4:
        room = row.room + row.room // 2 if row.room else 4
        if room > 1 << 28:
            raise MemoryError
        while places < room + room // 2:  # at least every third place is empty
            places *= 2
        table = PyMem_Malloc(places * (sizeof(unsigned short) if _is_short(room) else sizeof(int)))
        if table == NULL:
            raise MemoryError
        moves = PyMem_Realloc(row.moves, room * sizeof(Move))
        if moves == NULL:
            PyMem_Free(table)
            raise MemoryError
        PyMem_Free(row.table)
        row.moves, row.table, row.mask, row.room = <Move*>moves, table, places - 1, room
    for at in range(row.used):
        while leave < row.leave_count and row.leaves[leave].at <= at:
            row.leaves[leave].at = kept
            leave += 1
        if row.moves[at].state != _GONE:
            row.moves[kept] = row.moves[at]
            kept += 1
    for at in range(leave, row.leave_count):
        row.leaves[at].at = kept
    row.used = kept
    _blank(row)
    for at in range(kept):
        _note(row, at)
    return 0


cdef inline bint _is_moved(Row* row) noexcept nogil:
    """Return whether something differs in some state."""
    return row.live != 0 or row.leave_count != 0


cdef inline bint _is_used(Row* row) noexcept nogil:
    return row.bps != 0 or row.members != 0 or _is_moved(row)


cdef int _by_number(const void* one, const void* other) noexcept nogil:
    return (<const int*>one)[0] - (<const int*>other)[0]


cdef i64 _clamped(value) except? -1:
    """Return a rate as a number of C; one that is too large for that fits nowhere anyway."""
    cdef int over = 0
    cdef i64 found = PyLong_AsLongLongAndOverflow(value, &over)
    return _BEYOND if over > 0 or found > _BEYOND else found


cdef class Sums:
    """`capacity` and `background` per arc, `sharing` per class: whether it shares all of a link, `tunnels`: arcs below which there are others.

    Classes and states are numbers: those of `sharing`, and those that `add_state` gave; 0 is the normal state, one below it like it.
    Per arc, and for readers: `surely` is what fits in any state, `UNTOLD` where nothing does or sums do not say it; `used` what is
    reserved in the normal state, background included.
    """

    cdef int _arcs, _names, _states, _state_room, _links
    cdef Page* _pages
    cdef i64* _capacity
    cdef i64* _background
    cdef char* _sharing
    cdef char* _tunnel
    cdef readonly array.array surely, used
    cdef dict _normal_rows
    cdef i64** _normally
    cdef int* _down_from   # per state, and one more: where its links begin in `_down`
    cdef int* _down
    cdef int _down_room
    cdef int* _mark        # per link: the last state that was looked at with it down
    cdef int* _there       # the arcs of the state at hand
    cdef int* _is_there    # per arc: the last state that was looked at with it there, negative where it stays as it is
    cdef i64* _there_bps   # per arc: what is claimed then
    cdef Entry* _entries   # of the reservation at hand
    cdef int _entry_count, _entry_room
    cdef Group* _groups    # per arc
    cdef int* _touched     # the arcs with a group
    cdef int _touched_count
    cdef i64 _weight       # all that stands in the books, each claim once: no sum is more than three times as much
    cdef bint _is_told
    cdef object _made_of
    cdef object _last_part
    cdef i64 _last_bps
    cdef int* _left        # the states of the reservation at hand in which it claims nothing
    cdef int _left_count, _left_room
    cdef int _left_of      # their number, below zero where there is no such list
    cdef States* _lists    # by number
    cdef int _list_count, _list_room
    cdef dict _list_numbers  # of the bytes of a list
    cdef list _list_bytes    # by number, None where that is free
    cdef list _free_lists
    cdef int* _told        # what all entries of a row come to: the states in their order,
    cdef int* _told_in     # per state: the row that was last looked at with it,
    cdef int* _told_members
    cdef i64* _told_bps
    cdef int _told_room, _told_row

    def __cinit__(self, capacity, background, sharing, tunnels):
        cdef int at
        self._made_of = (capacity, background, sharing, tunnels)
        self._arcs, self._names, self._links = len(capacity), len(sharing), (len(capacity) + 1) >> 1
        self._pages = <Page*>_zeros(self._arcs * sizeof(Page))
        self._capacity = <i64*>_zeros(self._arcs * sizeof(i64))
        self._background = <i64*>_zeros(self._arcs * sizeof(i64))
        self._sharing = <char*>_zeros(self._names)
        self._tunnel = <char*>_zeros(self._arcs)
        self.surely, self.used = array.clone(_WORDS, self._arcs, zero=True), array.clone(_WORDS, self._arcs, zero=True)
        self._normal_rows, self._normally = {}, <i64**>_zeros(self._names * sizeof(i64*))
        self._mark = <int*>_zeros(self._links * sizeof(int))
        self._there = <int*>_zeros(self._arcs * sizeof(int))
        self._is_there = <int*>_zeros(self._arcs * sizeof(int))
        self._there_bps = <i64*>_zeros(self._arcs * sizeof(i64))
        self._groups = <Group*>_zeros(self._arcs * sizeof(Group))
        self._touched = <int*>_zeros(self._arcs * sizeof(int))
        for at in range(self._arcs):
            self._groups[at].first = _EMPTY
        self._list_numbers, self._list_bytes, self._free_lists = {}, [], []
        self._state_room = 64
        self._down_from = <int*>_zeros((self._state_room + 1) * sizeof(int))
        self._down_room = 64
        self._down = <int*>_zeros(self._down_room * sizeof(int))
        self._states = 1
        self._is_told = True
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

    def __dealloc__(self):
        cdef int arc, at
        if self._pages != NULL:
            for arc in range(self._arcs):
                for at in range(self._pages[arc].count):
                    PyMem_Free(self._pages[arc].rows[at].moves)
                    PyMem_Free(self._pages[arc].rows[at].table)
                    PyMem_Free(self._pages[arc].rows[at].leaves)
                PyMem_Free(self._pages[arc].rows)
                PyMem_Free(self._pages[arc].moved)
        PyMem_Free(self._pages)
        PyMem_Free(self._capacity)
        PyMem_Free(self._background)
        PyMem_Free(self._sharing)
        PyMem_Free(self._tunnel)
        PyMem_Free(self._normally)
        PyMem_Free(self._down_from)
        PyMem_Free(self._down)
        PyMem_Free(self._mark)
        PyMem_Free(self._there)
        PyMem_Free(self._is_there)
        PyMem_Free(self._there_bps)
        PyMem_Free(self._groups)
        PyMem_Free(self._touched)
        PyMem_Free(self._entries)
        PyMem_Free(self._left)
        for at in range(self._list_count):
            PyMem_Free(self._lists[at].rising)
        PyMem_Free(self._lists)
        PyMem_Free(self._told)
        PyMem_Free(self._told_in)
        PyMem_Free(self._told_members)
        PyMem_Free(self._told_bps)

    def __sizeof__(self):
        """Return the bytes that the books take."""
        cdef Py_ssize_t found = self._entry_room * sizeof(Entry) + self._arcs * (sizeof(Page) + 8 * sizeof(i64))
        cdef int arc, at
        for at in range(self._list_count):
            found += sizeof(States) + 2 * self._lists[at].count * sizeof(int)
        for arc in range(self._arcs):
            for at in range(self._pages[arc].count):
                found += sizeof(Row) + self._pages[arc].rows[at].room * sizeof(Move) + _table_size(&self._pages[arc].rows[at])
                found += self._pages[arc].rows[at].leave_room * sizeof(Leave)
        return found

    def copy(self):
        """Return the same sums, to be changed apart."""
        cdef Sums found = Sums(*self._made_of)
        cdef int arc, at
        cdef Page* page
        cdef Page* own
        cdef Row* row
        cdef void* block
        for at in range(1, self._states):
            found.add_state([self._down[i] for i in range(self._down_from[at], self._down_from[at + 1])])
        found._share_lists(self)
        for arc in range(self._arcs):
            page, own = &found._pages[arc], &self._pages[arc]
            if not own.count:
                continue
            page.rows = <Row*>_copied(own.rows, own.count * sizeof(Row))
            for at in range(own.count):  # until a row has its own it has none
                page.rows[at].moves, page.rows[at].table, page.rows[at].leaves = NULL, NULL, NULL
            page.count = own.count
            page.moved = <int*>_copied(own.moved, self._names * sizeof(int))
            page.moved_count, page.is_told = own.moved_count, own.is_told
            page.left, page.used, page.ppm = own.left, own.used, own.ppm
            for at in range(own.count):
                row = &page.rows[at]
                if row.room:
                    block = _copied(own.rows[at].moves, row.room * sizeof(Move))
                    row.moves = <Move*>block
                    row.table = _copied(own.rows[at].table, _table_size(row))
                if row.leave_room:
                    row.leaves = <Leave*>_copied(own.rows[at].leaves, row.leave_room * sizeof(Leave))
            found._tell(arc)
        found._weight, found.is_told = self._weight, self._is_told
        return found

    @property
    def is_told(self):
        """Whether sums tell anything: not while limits are kept that are none of a link's own."""
        return self._is_told

    @is_told.setter
    def is_told(self, is_told):
        cdef int arc
        if self._is_told != is_told:
            self._is_told = is_told
            for arc in range(self._arcs):
                self._tell(arc)

    def normally(self, int name):
        """Return, arc by arc, what fits of a class in the normal state, `UNTOLD` as in `surely`; kept up to date from now on."""
        cdef array.array found
        cdef int arc
        self._check_name(name)
        if name not in self._normal_rows:
            found = self._normal_rows[name] = array.clone(_WORDS, self._arcs, zero=True)
            self._normally[name] = found.data.as_longlongs
            for arc in range(self._arcs):
                self._tell(arc)
        return self._normal_rows[name]

    def add_state(self, links):
        """Add a state in which some links are down; its number is one more than that of the last one."""
        cdef int start = self._down_from[self._states], link
        cdef void* grown
        if self._states + 1 >= self._state_room:
            grown = PyMem_Realloc(self._down_from, (2 * self._state_room + 1) * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._down_from, self._state_room = <int*>grown, 2 * self._state_room
        while start + len(links) > self._down_room:
            grown = PyMem_Realloc(self._down, 2 * self._down_room * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._down, self._down_room = <int*>grown, 2 * self._down_room
        for link in links:
            if 0 <= link < self._links:
                self._down[start] = link
                start += 1
        self._states += 1
        self._down_from[self._states] = start

    # Entries

    def enter(self, normal, failed, arcs, states, dict numbers, dict parts, of_normal, int sign):
        """Enter (1) or take out (-1) claims whose pools have no other member.

        `normal` and `failed`: a class and bps, of the normal state on `arcs` and of each of `states` on its arcs; a state
        leaves `arcs`. `numbers`: those of the states. `parts`: what has `own_bps` other than these, by state and arc, or how many
        labels there are on each of its arcs, in their order; `of_normal` the same of the normal one. `normal` and `failed` end with what
        they are by the number of labels. Return False, and nothing is done, where a sum might outgrow its place.
        """
        cdef int normal_name, failed_name
        cdef tuple normal_by, failed_by
        cdef i64 normal_bps, failed_bps, most
        cdef int state, at, normal_count, count = 0
        cdef object before = None, of_before = None
        normal_name, rate, normal_by = normal
        normal_bps = _clamped(rate)
        failed_name, rate, failed_by = failed
        failed_bps = _clamped(rate)
        most = max(normal_bps, failed_bps)
        self._clear()
        normal_count = self._see(arcs, of_normal, normal_name, normal_bps, normal_by, &most)
        for at in range(normal_count):
            self._plan(self._there[at], normal_name, 0, self._there_bps[self._there[at]])
        self._left_count = 0
        for outage, there in states.items():
            state = self._number(numbers, outage)
            of_state = parts.get(outage) if parts else None
            if not there and not of_state:
                self._add_left(state)
                continue
            if self._left_count:
                self._plan_left(normal_count)
            if before is None or there is not before or of_state is not of_before:  # many states leave the same path
                count = self._see(there, of_state, failed_name, failed_bps, failed_by, &most)
                before, of_before = there, of_state
            self._plan_state(state, normal_count, count, normal_name, failed_name)
        return self._do_plan(normal_count, most, sign)

    def enter_ways(self, normal, failed, tuple arcs not None, Ways ways not None, array.array numbers not None, freed, int sign):
        """Enter (1) or take out (-1) claims as `enter` does: the failed one on the ways of all their states, whose `numbers` are by place.

        `normal` and `failed`: a class and bps; those of `freed`, the numbers of other states, claim nothing. Return False, and nothing is
        done, where a sum might outgrow its place.
        """
        cdef int normal_name, failed_name, at, way, state, before = -1, count = 0, normal_count
        cdef i64 normal_bps, failed_bps, most
        normal_name, rate = normal
        normal_bps = _clamped(rate)
        failed_name, rate = failed
        failed_bps = _clamped(rate)
        most = max(normal_bps, failed_bps)
        self._clear()
        normal_count = self._see(arcs, None, normal_name, normal_bps, (), &most)
        for at in range(normal_count):
            self._plan(self._there[at], normal_name, 0, self._there_bps[self._there[at]])
        self._left_count = 0
        for at in range(ways.count):
            way, state = ways.of[at], self._number_at(numbers, ways.place[at])
            if ways.arc_from[way] == ways.arc_from[way + 1]:
                self._add_left(state)
                continue
            if self._left_count:
                self._plan_left(normal_count)
            if way != before:
                count, before = self._see_way(ways, way, failed_name, failed_bps), way
            self._plan_state(state, normal_count, count, normal_name, failed_name)
        for at in freed:
            self._check_state(at)
            self._add_left(at)
        return self._do_plan(normal_count, most, sign)

    cdef int _see_way(self, Ways ways, int way, int name, i64 bps) except -1:
        """Lay out what is claimed on a way; return how many arcs it has."""
        cdef int at, arc, count = 0
        for at in range(ways.arc_from[way], ways.arc_from[way + 1]):
            arc = ways.arc[at]
            self._check(arc, name)
            if count == self._arcs:
                raise ValueError("an arc twice")
            self._there[count], self._there_bps[arc] = arc, bps
            count += 1
        return count

    cdef int _plan_state(self, int state, int normal_count, int count, int normal_name, int failed_name) except -1:
        """Plan what a state does: it leaves the arcs that come first in the plan for those that are laid out."""
        cdef int at, place
        cdef bint is_same
        cdef Entry* entry
        for at in range(count):
            self._is_there[self._there[at]] = state
        for at in range(self._down_from[state], self._down_from[state + 1]):
            self._mark[self._down[at]] = state
        for place in range(normal_count):
            entry = &self._entries[place]
            if self._mark[entry.arc >> 1] == state:  # what is down carries nothing anyway
                continue
            is_same = normal_name == failed_name and self._there_bps[entry.arc] == entry.bps
            if is_same and self._is_there[entry.arc] == state:
                self._is_there[entry.arc] = -state
            else:
                self._plan(entry.arc, normal_name, -state, entry.bps)
        for at in range(count):
            if self._is_there[self._there[at]] == state:
                self._plan(self._there[at], failed_name, state, self._there_bps[self._there[at]])
            self._is_there[self._there[at]] = 0
        return 0

    cdef bint _do_plan(self, int normal_count, i64 most, int sign) except -1:
        """Do what was planned; return False, and nothing is done, where a sum might outgrow its place."""
        cdef int at
        if self._left_count < _FEWEST or not normal_count:
            self._plan_left(normal_count)
        if not self._may(most, sign):
            return False
        self._left_of = self._list_of(sign > 0) if self._left_count else -1
        if self._left_of >= 0:
            self._lists[self._left_of].uses += 1
        for at in range(self._touched_count):  # arc by arc, as what belongs together lies together
            self._apply(self._touched[at], normal_count, sign)
        if self._left_of >= 0:
            self._let_go(self._left_of)
        return True

    cdef int _add_left(self, int state) except -1:
        """Note a state in which the reservation at hand claims nothing."""
        cdef void* grown
        cdef int room
        if self._left_count == self._left_room:
            room = 2 * self._left_room if self._left_room else 64
            grown = PyMem_Realloc(self._left, room * sizeof(int))
            if grown == NULL:
                raise MemoryError
            self._left, self._left_room = <int*>grown, room
        self._left[self._left_count] = state
        self._left_count += 1
        return 0

    cdef int _plan_left(self, int normal_count) except -1:
        """Plan to take the normal claim out of each of these states, one by one."""
        cdef int at, place, arc
        for at in range(self._left_count):
            for place in range(normal_count):
                arc = self._entries[place].arc
                if not self._is_down(arc >> 1, self._left[at]):  # what is down carries nothing anyway
                    self._plan(arc, self._entries[place].name, -self._left[at], self._entries[place].bps)
        self._left_count = 0
        return 0

    cdef inline bint _is_down(self, int link, int state) noexcept:
        cdef int at
        for at in range(self._down_from[state], self._down_from[state + 1]):
            if self._down[at] == link:
                return True
        return False

    # Leaves

    cdef int _list_of(self, bint is_new) except -2:
        """Return the number of the list of states at hand; where there is none, that of a new one if it `is_new`, else -1."""
        cdef bytes key = (<char*>self._left)[:self._left_count * sizeof(int)]
        cdef States* states
        cdef void* grown
        cdef int room, number, at
        found = self._list_numbers.get(key)
        if found is not None or not is_new:
            return -1 if found is None else found
        if self._free_lists:
            number = self._free_lists.pop()
        else:
            if self._list_count == self._list_room:
                room = 2 * self._list_room if self._list_room else 64
                grown = PyMem_Realloc(self._lists, room * sizeof(States))
                if grown == NULL:
                    raise MemoryError
                self._lists, self._list_room = <States*>grown, room
            number = self._list_count
            self._list_bytes.append(None)
            memset(&self._lists[number], 0, sizeof(States))
            self._list_count += 1
        self._list_bytes[number], self._list_numbers[key] = key, number
        states = &self._lists[number]
        states.count, states.uses, states.order = self._left_count, 0, <const int*>PyBytes_AS_STRING(key)
        memset(states.sieve, 0, sizeof(states.sieve))
        for at in range(states.count):
            states.sieve[(states.order[at] >> 6) & 3] |= 1ull << (states.order[at] & 63)
        states.rising = <int*>_copied(<void*>states.order, states.count * sizeof(int))
        qsort(states.rising, states.count, sizeof(int), _by_number)
        return number

    cdef int _let_go(self, int of) except -1:
        """Count a leave less that is for some states; forget these if it was the last."""
        cdef States* states = &self._lists[of]
        states.uses -= 1
        if not states.uses:
            PyMem_Free(states.rising)
            states.rising, states.order, states.count = NULL, NULL, 0
            del self._list_numbers[self._list_bytes[of]]
            self._list_bytes[of] = None
            self._free_lists.append(of)
        return 0

    cdef int _share_lists(self, Sums of) except -1:
        """Have the same lists of states as others."""
        cdef int at
        self._lists = <States*>_zeros(of._list_count * sizeof(States))
        self._list_room = self._list_count = of._list_count
        self._list_bytes, self._list_numbers = list(of._list_bytes), dict(of._list_numbers)
        self._free_lists = list(of._free_lists)
        for at in range(of._list_count):
            self._lists[at] = of._lists[at]
            self._lists[at].rising = NULL
            if of._lists[at].count:
                self._lists[at].rising = <int*>_copied(of._lists[at].rising, of._lists[at].count * sizeof(int))
        return 0

    cdef inline bint _has(self, int of, int state) noexcept:
        """Return whether a state is one of a list."""
        cdef const int* rising = self._lists[of].rising
        cdef int first = 0, last = self._lists[of].count, middle
        if not (self._lists[of].sieve[(state >> 6) & 3] >> (state & 63)) & 1:
            return False
        while first < last:
            middle = (first + last) >> 1
            if rising[middle] < state:
                first = middle + 1
            else:
                last = middle
        return first < self._lists[of].count and rising[first] == state

    cdef i64 _left_out(self, int arc, Row* row, int state, int* members) noexcept:
        """Return what leaves take out of a row in a state, and how many `members` they take."""
        cdef i64 found = 0
        cdef int at
        members[0] = 0
        for at in range(row.leave_count):
            if self._has(row.leaves[at].of, state):
                found += row.leaves[at].bps
                members[0] += 1
        if members[0] and self._is_down(arc >> 1, state):
            found = members[0] = 0
        return found

    cdef int _leave(self, int arc, int name, i64 bps, int sign) except -1:
        """Take the normal claim out of the states at hand (1), or put it back (-1)."""
        cdef Row* row = self._row(arc, name)
        cdef int at, last = row.leave_count - 1
        if sign > 0:
            if not self._leaves_any(arc):
                return 0
            if not self._may_cancel(arc, row, bps):
                return self._add_leave(arc, row, bps)
            self._unfold(arc, row)
        else:
            while self._left_of >= 0 and last >= 0:
                if row.leaves[last].of == self._left_of and row.leaves[last].bps == bps:
                    break
                last -= 1
            if self._left_of >= 0 and last >= 0:
                if self._is_latest(row, last):
                    return self._drop_leave(arc, row)
                self._unfold(arc, row)
        for at in range(self._left_count):
            if not self._is_down(arc >> 1, self._left[at]):
                self._move(arc, name, self._left[at], -sign * bps, -sign)
        return 0

    cdef bint _leaves_any(self, int arc) noexcept:
        """Return whether an arc is up in any of the states at hand."""
        cdef int at
        for at in range(self._left_count):
            if not self._is_down(arc >> 1, self._left[at]):
                return True
        return False

    cdef bint _may_cancel(self, int arc, Row* row, i64 bps) noexcept:
        """Return whether a leave makes nothing differ in a state in which something did: that state would have to come anew."""
        cdef int at, members = 0
        cdef i64 out
        cdef Move* move
        if not row.live or (not row.is_stale and bps > row.peak):
            return False
        for at in range(self._left_count):
            move = _find(row, self._left[at])
            if move != NULL and move.bps >= bps and move.members >= 1:
                out = self._left_out(arc, row, self._left[at], &members)
                if move.bps == out + bps and move.members == members + 1:
                    return True
        return False

    cdef int _add_leave(self, int arc, Row* row, i64 bps) except -1:
        cdef void* grown
        cdef int room
        if row.leave_count == row.leave_room:
            room = row.leave_room + row.leave_room // 2 if row.leave_room > 1 else 2
            grown = PyMem_Realloc(row.leaves, room * sizeof(Leave))
            if grown == NULL:
                raise MemoryError
            row.leaves, row.leave_room = <Leave*>grown, room
        row.leaves[row.leave_count] = Leave(bps, self._left_of, row.used)
        row.leave_count += 1
        self._lists[self._left_of].uses += 1
        if row.live + row.leave_count == 1:
            self._got_moves(arc, row.name)
        if row.peak > 0 and self._has(self._left_of, row.worst):
            row.is_stale = True
        return 0

    cdef bint _is_latest(self, Row* row, int leave) noexcept:
        """Return whether nothing has come since a leave that is still there."""
        cdef int at
        if leave != row.leave_count - 1:
            return False
        for at in range(row.leaves[leave].at, row.used):
            if row.moves[at].state != _GONE:
                return False
        return True

    cdef int _drop_leave(self, int arc, Row* row) except -1:
        """Drop the last leave, which is for the states at hand: what is left of a state has come before."""
        cdef int at
        row.leave_count -= 1
        self._let_go(self._left_of)
        for at in range(self._left_count):
            self._look_at(arc, row, self._left[at])
        if not _is_moved(row):
            self._is_as_ever(arc, row)
        return 0

    cdef void _look_at(self, int arc, Row* row, int state) noexcept:
        """Keep the peak of a row up to date, in a state of which there may be more than before."""
        cdef Move* move = _find(row, state)
        cdef int members = 0
        cdef i64 bps
        if move != NULL and move.bps > row.peak and not row.is_stale:
            bps = move.bps - self._left_out(arc, row, state, &members)
            if bps > row.peak:
                row.peak, row.worst = bps, state

    cdef i64 _peak(self, int arc, Row* row) noexcept:
        """Return the most bps of a row in any state."""
        cdef int at
        if row.is_stale:
            row.peak, row.is_stale = 0, False
            for at in range(row.used):
                if row.moves[at].state != _GONE and row.moves[at].bps > row.peak:
                    self._look_at(arc, row, row.moves[at].state)
        return row.bps + row.peak

    cdef i64 _in_state(self, int arc, Row* row, int state) noexcept:
        """Return the bps of a row in a state."""
        cdef Move* move = _find(row, state) if state > 0 else NULL
        cdef int members = 0
        cdef i64 out = self._left_out(arc, row, state, &members) if state > 0 and row.leave_count else 0
        return row.bps - out if move == NULL else row.bps + move.bps - out

    cdef bint _is_anew(self, int arc, Row* row, int state, i64 bps, int members) noexcept:
        """Return whether a move makes of a state what leaves cannot tell: that nothing differs, or since when it has come."""
        cdef Move* move = _find(row, state)
        cdef int at, gone = 0
        cdef i64 out = self._left_out(arc, row, state, &gone)
        if not gone:
            return False
        if move != NULL:
            bps += move.bps
            members += move.members
        if bps == out and members == gone:
            return True
        if move == NULL or bps or members:
            return False
        for at in range(row.leave_count):
            if row.leaves[at].at <= move - row.moves and self._has(row.leaves[at].of, state):
                return False
        return True

    cdef int _unfold(self, int arc, Row* row) except -1:
        """Make moves of all leaves of a row."""
        cdef int count = self._gather(arc, row), at, state
        for at in range(row.leave_count):
            self._let_go(row.leaves[at].of)
        PyMem_Free(row.leaves)
        PyMem_Free(row.moves)
        PyMem_Free(row.table)
        row.leaves, row.moves, row.table = NULL, NULL, NULL
        row.leave_count = row.leave_room = row.room = row.mask = row.used = row.live = 0
        row.is_stale = True
        for at in range(count):
            state = self._told[at]
            if row.used == row.room:
                _make_room(row)
            row.moves[row.used] = Move(state, self._told_members[state], self._told_bps[state])
            _note(row, row.used)
            row.used += 1
            row.live += 1
        return 0

    cdef int _gather(self, int arc, Row* row) except -1:
        """Add up all entries of a row, by state, in the order in which these came; return how many there are (`_told`)."""
        cdef int at, place, leave = 0, count = 0, kept = 0, state
        cdef States* states
        self._make_told()
        self._told_row += 1
        for at in range(row.used + 1):
            while leave < row.leave_count and row.leaves[leave].at <= at:
                states = &self._lists[row.leaves[leave].of]
                for place in range(states.count):
                    if not self._is_down(arc >> 1, states.order[place]):
                        count = self._tell_of(states.order[place], -row.leaves[leave].bps, -1, count)
                leave += 1
            if at < row.used and row.moves[at].state != _GONE:
                count = self._tell_of(row.moves[at].state, row.moves[at].bps, row.moves[at].members, count)
        for at in range(count):
            state = self._told[at]
            if self._told_bps[state] or self._told_members[state]:
                self._told[kept] = state
                kept += 1
        return kept

    cdef inline int _tell_of(self, int state, i64 bps, int members, int count) noexcept:
        if self._told_in[state] != self._told_row:
            self._told_in[state], self._told_bps[state], self._told_members[state] = self._told_row, 0, 0
            self._told[count] = state
            count += 1
        self._told_bps[state] += bps
        self._told_members[state] += members
        return count

    cdef int _make_told(self) except -1:
        cdef int room = self._state_room
        if self._told_room >= self._states and self._told_row < 0x7FFFFFFF:
            return 0
        PyMem_Free(self._told)
        PyMem_Free(self._told_in)
        PyMem_Free(self._told_members)
        PyMem_Free(self._told_bps)
        self._told_room = self._told_row = 0
        self._told, self._told_in, self._told_members, self._told_bps = NULL, NULL, NULL, NULL
        self._told, self._told_in = <int*>_zeros(room * sizeof(int)), <int*>_zeros(room * sizeof(int))
        self._told_members, self._told_bps = <int*>_zeros(room * sizeof(int)), <i64*>_zeros(room * sizeof(i64))
        self._told_room = room
        return 0

    # Entries of an arc

    cdef int _see(self, arcs, parts, int name, i64 whole, tuple by, i64* most) except -1:
        """Lay out what is claimed on some arcs; return how many there are."""
        cdef tuple labels = parts if type(parts) is tuple and parts else None
        cdef int count = 0, most_labels, of_arc
        cdef i64 bps
        if by is None or (labels is not None and len(labels) != len(arcs)):
            raise ValueError("labels of other arcs")
        most_labels = len(by)
        for number in arcs:
            if labels is None:
                bps = self._part(parts, number, whole)
            else:
                if count == len(labels):
                    raise ValueError("labels of other arcs")
                of_arc = labels[count]
                if not 0 <= of_arc < most_labels:
                    raise IndexError(of_arc)
                bps = _clamped(by[of_arc])
            most[0] = max(most[0], bps)
            self._check(number, name)
            if count == self._arcs:
                raise ValueError("an arc twice")
            self._there[count] = number
            self._there_bps[<int>number] = bps
            count += 1
        return count

    cdef int _apply(self, int arc, int normal_count, int sign) except -1:
        """Do what was planned for an arc."""
        cdef int first = self._groups[arc].first, place = first
        cdef Entry* entry
        while place != _EMPTY:
            entry = &self._entries[place]
            if entry.state < 0:
                self._move(arc, entry.name, -entry.state, -sign * entry.bps, -sign)
            elif entry.state:
                self._move(arc, entry.name, entry.state, sign * entry.bps, sign)
            else:
                self._post(arc, entry.name, sign * entry.bps, sign)
            place = entry.next
        if self._left_count and first < normal_count:
            self._leave(arc, self._entries[first].name, self._entries[first].bps, sign)
        self._refresh(arc)
        return 0

    cdef void _clear(self) noexcept:
        """Forget the plan before."""
        cdef int at
        for at in range(self._touched_count):
            self._groups[self._touched[at]].first = _EMPTY
        self._entry_count = self._touched_count = 0
        self._last_part = None

    def weigh(self, bps, int sign):
        """Return whether so much more (1) or less (-1) may stand in the books, and count it; then its parts may be posted and moved."""
        return bool(self._may(_clamped(bps), sign))

    def post(self, int arc, int name, i64 bps, int members):
        """Add to the sum of a class in the normal state."""
        self._check(arc, name)
        self._post(arc, name, bps, members)
        self._refresh(arc)

    def move(self, int arc, int name, int state, i64 bps, int members):
        """Add to how the sum of a class in a state differs from the normal one."""
        self._check(arc, name)
        self._check_state(state)
        self._move(arc, name, state, bps, members)
        self._refresh(arc)

    cdef bint _may(self, i64 most, int sign) noexcept:
        cdef i64 weight = self._weight + sign * most
        if most > _MOST or weight > _MOST or weight < 0:
            return False
        self._weight = weight
        return True

    cdef int _number(self, dict numbers, outage) except -1:
        cdef int state = numbers[outage]
        self._check_state(state)
        return state

    cdef int _number_at(self, array.array numbers, int place) except -1:
        """Return the number of a state by its place."""
        if not 0 <= place < len(numbers) or numbers.typecode != "i":
            raise IndexError(place)
        self._check_state(numbers.data.as_ints[place])
        return numbers.data.as_ints[place]

    cdef int _check_state(self, int state) except -1:
        if not 0 < state < self._states:
            raise IndexError(state)
        return 0

    cdef i64 _part(self, parts, arc, i64 whole) except? -1:
        """Return what is claimed on an arc: a part, where there is one; many arcs have the very same."""
        if not parts:
            return whole
        found = parts.get(arc)
        if found is None:
            return whole
        if found is not self._last_part:
            self._last_part, self._last_bps = found, _clamped(found.own_bps)
        return self._last_bps

    cdef int _check(self, int arc, int name) except -1:
        if not 0 <= arc < self._arcs or not 0 <= name < self._names:
            raise IndexError((arc, name))
        return 0

    cdef int _check_name(self, int name) except -1:
        if not 0 <= name < self._names:
            raise IndexError(name)
        return 0

    cdef int _plan(self, int arc, int name, int state, i64 bps) except -1:
        cdef void* grown
        cdef int room
        cdef Entry* entry
        cdef Group* group
        self._check(arc, name)
        if self._entry_count == self._entry_room:
            room = 2 * self._entry_room if self._entry_room else 1024
            if room > 1 << 28:
                raise MemoryError
            grown = PyMem_Realloc(self._entries, room * sizeof(Entry))
            if grown == NULL:
                raise MemoryError
            self._entries, self._entry_room = <Entry*>grown, room
        entry = &self._entries[self._entry_count]
        entry.arc, entry.name, entry.state, entry.next, entry.bps = arc, name, state, _EMPTY, bps
        group = &self._groups[arc]
        if group.first == _EMPTY:
            group.first = self._entry_count
            self._touched[self._touched_count] = arc
            self._touched_count += 1
        else:
            self._entries[group.last].next = self._entry_count
        group.last = self._entry_count
        self._entry_count += 1
        return 0

    cdef Row* _row(self, int arc, int name) except NULL:
        """Return the row of a class, made where there is none."""
        cdef Page* page = &self._pages[arc]
        cdef Row* rows
        cdef int at
        for at in range(page.count):
            if page.rows[at].name == name:
                return &page.rows[at]
        if page.moved == NULL:
            page.moved = <int*>_zeros(self._names * sizeof(int))
        rows = <Row*>PyMem_Realloc(page.rows, (page.count + 1) * sizeof(Row))
        if rows == NULL:
            raise MemoryError
        page.rows = rows
        memset(&rows[page.count], 0, sizeof(Row))
        rows[page.count].name = name
        page.count += 1
        return &rows[page.count - 1]

    cdef int _post(self, int arc, int name, i64 bps, int members) except -1:
        cdef Row* row = self._row(arc, name)
        row.bps += bps
        row.members += members
        return 0

    cdef int _move(self, int arc, int name, int state, i64 bps, int members) except -1:
        cdef Row* row = self._row(arc, name)
        cdef Move* move
        if row.leave_count and self._is_anew(arc, row, state, bps, members):
            self._unfold(arc, row)
        move = _find(row, state)
        if move == NULL:
            if bps == 0 and members == 0:
                return 0
            if row.used == row.room:
                _make_room(row)
            move = &row.moves[row.used]
            move.state, move.members, move.bps = state, 0, 0
            _note(row, row.used)
            row.used += 1
            row.live += 1
            if row.live + row.leave_count == 1:
                self._got_moves(arc, name)
        if bps < 0 and move.bps >= row.peak > 0:
            row.is_stale = True
        move.bps += bps
        move.members += members
        self._look_at(arc, row, state)
        if move.bps == 0 and move.members == 0:
            move.state = _GONE
            row.live -= 1
            if not _is_moved(row):
                self._is_as_ever(arc, row)
        return 0

    cdef void _is_as_ever(self, int arc, Row* row) noexcept:
        """Be a row in which nothing differs in any state."""
        row.used = row.peak = row.worst = 0
        row.is_stale = False
        if row.room > _FEW:  # a copy that much is taken out of would keep it all
            PyMem_Free(row.moves)
            PyMem_Free(row.table)
            row.moves, row.table, row.room, row.mask = NULL, NULL, 0, 0
        elif row.room:
            _blank(row)
        PyMem_Free(row.leaves)
        row.leaves, row.leave_room = NULL, 0
        self._lost_moves(arc, row.name)

    cdef void _got_moves(self, int arc, int name) noexcept:
        cdef Page* page = &self._pages[arc]
        page.moved[page.moved_count] = name
        page.moved_count += 1

    cdef void _lost_moves(self, int arc, int name) noexcept:
        cdef Page* page = &self._pages[arc]
        cdef int at, kept = 0
        for at in range(page.moved_count):
            if page.moved[at] != name:
                page.moved[kept] = page.moved[at]
                kept += 1
        page.moved_count = kept

    cdef void _refresh(self, int arc) noexcept:
        """Look anew at what an arc has left."""
        cdef Page* page = &self._pages[arc]
        cdef int at
        cdef Row* row
        cdef bint is_empty = True
        page.is_told = True
        page.used = self._background[arc]
        page.left = self._capacity[arc] - self._background[arc]
        for at in range(page.count):
            row = &page.rows[at]
            if _is_used(row):
                page.used += row.bps
                page.left -= self._peak(arc, row)
                is_empty = False
                if not self._sharing[row.name]:
                    page.is_told = False
        page.ppm = _NOTHING if is_empty else self._ppm(arc, 0)
        self._tell(arc)

    cdef void _tell(self, int arc) noexcept:
        """Write what an arc has left into the rows that others read."""
        cdef Page* page = &self._pages[arc]
        cdef bint is_told = self._is_told and page.is_told and not self._tunnel[arc]
        cdef int name
        self.used.data.as_longlongs[arc] = page.used
        self.surely.data.as_longlongs[arc] = page.left if is_told and page.left >= 0 else _UNTOLD
        for name in range(self._names):
            if self._normally[name] != NULL:
                self._normally[name][arc] = self._normal_left(arc, name) if is_told and self._sharing[name] else _UNTOLD

    cdef i64 _normal_left(self, int arc, int name) noexcept:
        cdef Page* page = &self._pages[arc]
        cdef i64 left = page.left
        cdef int at
        for at in range(page.count):
            if page.rows[at].name == name and _is_used(&page.rows[at]):
                left += self._peak(arc, &page.rows[at]) - page.rows[at].bps
        return left if left >= 0 else _UNTOLD

    # Questions

    cdef Row* _look(self, int arc, int name) except? NULL:
        """Return the row of a class that is in use, NULL where there is none."""
        cdef Page* page
        cdef int at
        self._check(arc, name)
        page = &self._pages[arc]
        for at in range(page.count):
            if page.rows[at].name == name:
                return &page.rows[at] if _is_used(&page.rows[at]) else NULL
        return NULL

    def is_empty(self, int arc):
        """Return whether nothing is reserved on an arc in any state."""
        self._check(arc, 0)
        return self._pages[arc].ppm == _NOTHING

    def used_arcs(self):
        """Return the arcs with an entry in any state, sorted."""
        return [arc for arc in range(self._arcs) if not self.is_empty(arc)]

    def reserved(self, int arc, int state):
        """Return the bps that each class has reserved in a state; classes without a member are left out."""
        cdef dict found = {}
        cdef int at, members
        cdef i64 bps
        cdef Row* row
        cdef Move* move
        self._check(arc, 0)
        for at in range(self._pages[arc].count):
            row = &self._pages[arc].rows[at]
            bps, members = row.bps, 0
            if 0 < state < self._states:
                bps -= self._left_out(arc, row, state, &members)
                move = _find(row, state)
                if move != NULL:
                    bps += move.bps
                    members -= move.members
            if bps or row.members - members:
                found[row.name] = bps
        return found

    def peaks(self, int arc):
        """Return the most bps that each class reserves in any state."""
        cdef int at
        self._check(arc, 0)
        return {
            self._pages[arc].rows[at].name: self._peak(arc, &self._pages[arc].rows[at])
            for at in range(self._pages[arc].count)
            if _is_used(&self._pages[arc].rows[at])
        }

    def states(self, int arc):
        """Return the states in which something differs from the normal one, by class, in the order in which they came."""
        cdef Page* page
        cdef Row* row
        cdef int at, place, other
        cdef list found = []
        self._check(arc, 0)
        page = &self._pages[arc]
        for place in range(page.moved_count):
            for other in range(page.count):
                row = &page.rows[other]
                if row.name == page.moved[place] and row.leave_count:
                    found += self._states_of(arc, row)
                elif row.name == page.moved[place]:
                    for at in range(row.used):
                        if row.moves[at].state != _GONE:
                            found.append(row.moves[at].state)
        return found if page.moved_count < 2 else list(dict.fromkeys(found))

    def rows(self, int arc):
        """Return all that is reserved on an arc: class, bps, members, and per state its number, bps and members."""
        cdef Page* page
        cdef Row* row
        cdef int at, place
        self._check(arc, 0)
        page = &self._pages[arc]
        order = [page.moved[at] for at in range(page.moved_count)]
        found = []  # classes without moves first
        for place in range(page.count):
            row = &page.rows[place]
            if not _is_used(row):
                continue
            moves = self._moves_of(arc, row) if row.leave_count else [
                (row.moves[at].state, row.moves[at].bps, row.moves[at].members)
                for at in range(row.used)
                if row.moves[at].state != _GONE
            ]
            found.append((row.name, row.bps, row.members, moves))
        return sorted(found, key=lambda row: order.index(row[0]) if row[0] in order else -1)

    def grown(self, int arc):
        """Return by how much all classes together reserve more in the worst states than in the normal one, and these; (0, []) where in none."""
        cdef Page* page
        cdef i64 most = 0
        cdef i64* by = NULL
        cdef int at, place, state, count, moving = 0
        cdef list found = []
        self._check(arc, 0)
        page = &self._pages[arc]
        for place in range(page.count):
            moving += page.rows[place].used > 0 or page.rows[place].leave_count > 0
        if moving < 2:  # what a state has is one row's
            for place in range(page.count):
                for at in range(self._gather(arc, &page.rows[place])):
                    state = self._told[at]
                    if self._told_bps[state] >= most and self._told_bps[state] > 0:
                        if self._told_bps[state] > most:
                            found, most = [], self._told_bps[state]
                        found.append(state)
            return most, found
        by = <i64*>_zeros(self._states * sizeof(i64))
        try:
            for place in range(page.count):
                count = self._gather(arc, &page.rows[place])
                for at in range(count):
                    by[self._told[at]] += self._told_bps[self._told[at]]
            for at in range(self._states):
                if by[at] > most:
                    most = by[at]
            return most, [at for at in range(self._states) if most and by[at] == most]
        finally:
            PyMem_Free(by)

    cdef list _states_of(self, int arc, Row* row):
        """Return the states in which something differs in a row; `_told_bps` and `_told_members` have by how much."""
        cdef int count = self._gather(arc, row), at
        return [self._told[at] for at in range(count)]

    cdef list _moves_of(self, int arc, Row* row):
        """Return the same with these."""
        return [(state, self._told_bps[<int>state], self._told_members[<int>state]) for state in self._states_of(arc, row)]

    def left(self, int arc):
        """Return what the worst states of all classes together leave of an arc, below zero where it is too full; None: sums do not tell."""
        self._check(arc, 0)
        return self._pages[arc].left if self._is_told and self._pages[arc].is_told else None

    def used_bps(self, int arc):
        """Return what is reserved in the normal state, and the background."""
        self._check(arc, 0)
        return self._pages[arc].used

    def utilisation_ppm(self, int arc, further):
        """Return how full an arc is in the normal state with so much more, rounded up."""
        cdef i64 bps = _clamped(further)
        self._check(arc, 0)
        if bps > _MOST:
            return -(-(self._pages[arc].used + further) * 1000000 // self._capacity[arc])
        return self._ppm(arc, bps)

    def fills(self, further):
        """Return `utilisation_ppm` of all arcs; None where it may outgrow words."""
        cdef i64 bps = _clamped(further), few = 0x7FFFFFFFFFFFFFFF // _PPM, whole
        cdef array.array found = array.clone(_WORDS, self._arcs, zero=False)
        cdef i64* ppm = found.data.as_longlongs
        cdef int arc
        if not 0 <= bps <= _MOST:
            return None
        for arc in range(self._arcs):
            whole = self._pages[arc].used + bps
            if whole <= 0 or whole > few:
                ppm[arc] = self._ppm(arc, bps)
            else:  # a division of one word takes a fraction of the time
                ppm[arc] = (whole * _PPM - 1) // self._capacity[arc] + 1
        return found

    cdef i64 _ppm(self, int arc, i64 bps) noexcept:
        cdef i128 whole = (<i128>(self._pages[arc].used + bps)) * _PPM
        cdef i128 capacity = self._capacity[arc]
        cdef i128 found = whole / capacity
        return <i64>(found + (1 if whole > 0 and found * capacity != whole else 0))

    def fullest_ppm(self):
        """Return the utilisation of the fullest arc with an entry in any state, 0 where there is none."""
        cdef i64 most = 0
        cdef int arc
        for arc in range(self._arcs):
            if self._pages[arc].ppm > most:
                most = self._pages[arc].ppm
        return most

    def fits(self, int arc, int name, int state, further):
        """Return whether so much more of a class fits on an arc in a state, 1 or 0; `UNTOLD`: sums do not say it."""
        self._check(arc, name)
        return self._fits(arc, name, state, _clamped(further))

    cdef int _fits(self, int arc, int name, int state, i64 bps) except -2:
        cdef Row* row
        if not self._is_told or not self._pages[arc].is_told or not self._sharing[name]:
            return -1
        if bps <= self._pages[arc].left:
            return 1
        row = self._look(arc, name)
        if row == NULL:
            return 0
        return self._in_state(arc, row, state) + bps <= self._pages[arc].left + self._peak(arc, row)

    def fitting_ways(self, Ways ways not None, array.array numbers not None, int name, further):
        """Return in how many states, from the first on, so much more of a class surely fits on the ways that are taken in them.

        `numbers` of the states are by place, below zero where nothing of one is in the books.
        """
        cdef i64 bps = _clamped(further)
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
            if self.surely.data.as_longlongs[arc] < 0:
                return False
        for at in range(ways.arc_from[ways.kinds]):
            arc = ways.arc[at]
            self._check(arc, 0)
            if self.surely.data.as_longlongs[arc] < 0:
                return False
        return True

    def fitting(self, int name, int state, further, bint is_wary):
        """Return a byte per arc (`place.openness`): whether so much more of a class fits in a state, and in any state if `is_wary`.

        Where sums do not say it, and below tunnels, it is to be asked for.
        """
        cdef i64 bps = _clamped(further)
        cdef bytearray found = bytearray(self._arcs)
        cdef char* row = PyByteArray_AS_STRING(found)
        cdef i64* surely
        cdef int arc, told
        cdef bint is_sharing
        self._check_name(name)
        is_sharing = self._sharing[name] and bps >= 0  # what surely fits is at least nothing where it is told
        surely = self.surely.data.as_longlongs
        for arc in range(self._arcs):
            if is_sharing and bps <= surely[arc]:
                row[arc] = 1
                continue
            told = -1 if self._tunnel[arc] else self._fits(arc, name, state, bps)
            if told == 1 and is_wary and bps > self._pages[arc].left:
                told = 0
            row[arc] = _ASK if told == -1 else told
        return found

    def holds(self, int arc, int state):
        """Return whether what is on an arc fits in a state, 1 or 0; `UNTOLD`: sums do not say it."""
        cdef int at
        cdef Row* row
        self._check(arc, 0)
        if not self._is_told or not self._pages[arc].is_told:
            return -1
        if self._pages[arc].left >= 0:
            return 1
        for at in range(self._pages[arc].count):
            row = &self._pages[arc].rows[at]
            if _is_used(row) and self._in_state(arc, row, state) > self._pages[arc].left + self._peak(arc, row):
                return 0
        return 1

    def over(self, int arc, int name, further):
        """Return the states, but for the normal one, in which so much more of a class does not fit among those where something differs."""
        cdef Row* row = self._look(arc, name)
        cdef i64 most
        cdef int at
        if row == NULL or not self._is_told or not self._pages[arc].is_told:
            return []
        most = self._pages[arc].left + self._peak(arc, row) - row.bps - _clamped(further)
        if row.leave_count:
            return [state for state in self._states_of(arc, row) if self._told_bps[<int>state] > most]
        return [row.moves[at].state for at in range(row.used) if row.moves[at].state != _GONE and row.moves[at].bps > most]

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
        if row == NULL:
            return _clamped(further) <= self._pages[arc].left, []
        most = self._pages[arc].left + self._peak(arc, row) - row.bps - _clamped(further)
        is_enough = 0 <= most
        if row.leave_count:
            return is_enough, [s for s in self._states_of(arc, row) if (self._told_bps[<int>s] <= most) != is_enough]
        return is_enough, [
            row.moves[at].state
            for at in range(row.used)
            if row.moves[at].state != _GONE and (row.moves[at].bps <= most) != is_enough
        ]

    def tight(self, arcs, further):
        """Return those of some arcs on which so much more may not fit in some state, or sums do not say so."""
        cdef i64 bps = _clamped(further)
        cdef int arc
        cdef list found = []
        for arc in arcs:
            self._check(arc, 0)
            if not self._is_told or not self._pages[arc].is_told or self._tunnel[arc] or bps > self._pages[arc].left:
                found.append(arc)
        return found


cdef void* _zeros(size_t size) except NULL:
    cdef void* found = PyMem_Malloc(max(1, size))
    if found == NULL:
        raise MemoryError
    memset(found, 0, max(1, size))
    return found


cdef void* _copied(void* of, size_t size) except NULL:
    cdef void* found = _zeros(size)
    if size:
        memcpy(found, of, size)
    return found
