"""What is reserved on every arc, as sums by class and state, and what that leaves. The twin: `place.sums.Sums`."""

from cpython cimport array
from cpython.bytearray cimport PyByteArray_AS_STRING
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.string cimport memcpy, memset

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
cdef i64 _PPM = 1000000
cdef i64 _NOTHING = -1
cdef i64 _UNTOLD = UNTOLD
cdef char _ASK = 2
cdef array.array _WORDS = array.array("q")


cdef struct Move:      # how the sum of a state differs from the normal one
    int state          # `_GONE`: nothing differs any more
    int members
    i64 bps

cdef struct Row:       # one class on one arc; moves in the order in which they came, found by a table of their places
    int name
    int members
    i64 bps
    i64 peak           # the largest move, at least 0
    bint is_stale      # `peak` has to be looked for
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
    cdef int room, places = 8, at, kept = 0
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
        if row.moves[at].state != _GONE:
            row.moves[kept] = row.moves[at]
            kept += 1
    row.used = kept
    _blank(row)
    for at in range(kept):
        _note(row, at)
    return 0


cdef inline i64 _peak(Row* row) noexcept nogil:
    cdef int at
    if row.is_stale:
        row.peak, row.is_stale = 0, False
        for at in range(row.used):
            if row.moves[at].state != _GONE and row.moves[at].bps > row.peak:
                row.peak = row.moves[at].bps
    return row.bps + row.peak


cdef inline bint _is_used(Row* row) noexcept nogil:
    return row.bps != 0 or row.members != 0 or row.live != 0


cdef inline i64 _in_state(Row* row, int state) noexcept nogil:
    cdef Move* move = _find(row, state) if state > 0 else NULL
    return row.bps if move == NULL else row.bps + move.bps


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

    def __sizeof__(self):
        """Return the bytes that the books take."""
        cdef Py_ssize_t found = self._entry_room * sizeof(Entry) + self._arcs * (sizeof(Page) + 8 * sizeof(i64))
        cdef int arc, at
        for arc in range(self._arcs):
            for at in range(self._pages[arc].count):
                found += sizeof(Row) + self._pages[arc].rows[at].room * sizeof(Move) + _table_size(&self._pages[arc].rows[at])
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
        for arc in range(self._arcs):
            page, own = &found._pages[arc], &self._pages[arc]
            if not own.count:
                continue
            page.rows = <Row*>_copied(own.rows, own.count * sizeof(Row))
            for at in range(own.count):  # until a row has its own it has none
                page.rows[at].moves, page.rows[at].table = NULL, NULL
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
        cdef int state, at, place, normal_count, count = 0
        cdef bint is_same
        cdef Entry* entry
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
        for outage, there in states.items():
            state = self._number(numbers, outage)
            of_state = parts.get(outage) if parts else None
            if before is None or there is not before or of_state is not of_before:  # many states leave the same path
                count = self._see(there, of_state, failed_name, failed_bps, failed_by, &most)
                before, of_before = there, of_state
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
        if not self._may(most, sign):
            return False
        for at in range(self._touched_count):  # arc by arc, as what belongs together lies together
            self._apply(self._touched[at], sign)
        return True

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

    cdef int _apply(self, int arc, int sign) except -1:
        """Do what was planned for an arc."""
        cdef int place = self._groups[arc].first
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
        if not 0 < state < self._states:
            raise IndexError(state)
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
        if not 0 < state < self._states:
            raise IndexError(state)
        return state

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
        cdef Move* move = _find(row, state)
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
            if row.live == 1:
                self._got_moves(arc, name)
        if bps < 0 and move.bps >= row.peak > 0:
            row.is_stale = True
        move.bps += bps
        move.members += members
        if move.bps > row.peak and not row.is_stale:
            row.peak = move.bps
        if move.bps == 0 and move.members == 0:
            move.state = _GONE
            row.live -= 1
            if not row.live:
                row.used, row.peak, row.is_stale = 0, 0, False
                if row.room > _FEW:  # a copy that much is taken out of would keep it all
                    PyMem_Free(row.moves)
                    PyMem_Free(row.table)
                    row.moves, row.table, row.room, row.mask = NULL, NULL, 0, 0
                else:
                    _blank(row)
                self._lost_moves(arc, name)
        return 0

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
                page.left -= _peak(row)
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
                self._normally[name][arc] = self._normal_left(page, name) if is_told and self._sharing[name] else _UNTOLD

    cdef i64 _normal_left(self, Page* page, int name) noexcept:
        cdef i64 left = page.left
        cdef int at
        for at in range(page.count):
            if page.rows[at].name == name and _is_used(&page.rows[at]):
                left += _peak(&page.rows[at]) - page.rows[at].bps
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
        cdef int at
        cdef Row* row
        cdef Move* move
        self._check(arc, 0)
        for at in range(self._pages[arc].count):
            row = &self._pages[arc].rows[at]
            move = _find(row, state) if state > 0 else NULL
            if move == NULL:
                if row.bps or row.members:
                    found[row.name] = row.bps
            elif row.bps + move.bps or row.members + move.members:
                found[row.name] = row.bps + move.bps
        return found

    def peaks(self, int arc):
        """Return the most bps that each class reserves in any state."""
        cdef int at
        self._check(arc, 0)
        return {
            self._pages[arc].rows[at].name: _peak(&self._pages[arc].rows[at])
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
                if row.name == page.moved[place]:
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
            moves = [
                (row.moves[at].state, row.moves[at].bps, row.moves[at].members)
                for at in range(row.used)
                if row.moves[at].state != _GONE
            ]
            found.append((row.name, row.bps, row.members, moves))
        return sorted(found, key=lambda row: order.index(row[0]) if row[0] in order else -1)

    def grown(self, int arc):
        """Return by how much all classes together reserve more in the worst states than in the normal one, and these; (0, []) where in none."""
        cdef Page* page
        cdef Row* row
        cdef i64 most = 0
        cdef i64* by = NULL
        cdef int at, place
        cdef list found = []
        self._check(arc, 0)
        page = &self._pages[arc]
        if page.moved_count < 2:  # what a state has is one row's
            for place in range(page.count):
                row = &page.rows[place]
                for at in range(row.used):
                    if row.moves[at].state != _GONE and row.moves[at].bps >= most and row.moves[at].bps > 0:
                        if row.moves[at].bps > most:
                            found, most = [], row.moves[at].bps
                        found.append(row.moves[at].state)
            return most, found
        by = <i64*>_zeros(self._states * sizeof(i64))
        try:
            for place in range(page.count):
                row = &page.rows[place]
                for at in range(row.used):
                    if row.moves[at].state != _GONE:
                        by[row.moves[at].state] += row.moves[at].bps
            for at in range(self._states):
                if by[at] > most:
                    most = by[at]
            return most, [at for at in range(self._states) if most and by[at] == most]
        finally:
            PyMem_Free(by)

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
        return _in_state(row, state) + bps <= self._pages[arc].left + _peak(row)

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
            if _is_used(row) and _in_state(row, state) > self._pages[arc].left + _peak(row):
                return 0
        return 1

    def over(self, int arc, int name, further):
        """Return the states, but for the normal one, in which so much more of a class does not fit among those where something differs."""
        cdef Row* row = self._look(arc, name)
        cdef i64 most
        cdef int at
        if row == NULL or not self._is_told or not self._pages[arc].is_told:
            return []
        most = self._pages[arc].left + _peak(row) - row.bps - _clamped(further)
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
        most = self._pages[arc].left + _peak(row) - row.bps - _clamped(further)
        is_enough = 0 <= most
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
