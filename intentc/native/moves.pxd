# How the sums of states differ from the normal one, state by state, in the order in which they came; found by a table of their places.
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memset

ctypedef long long i64

cdef enum:
    GONE = -1              # the state of a move: nothing differs any more
    EMPTY = -1             # of a table
    SHORT = 0xFFFF

cdef struct Move:
    int state
    int members
    i64 bps

cdef struct Moves:
    int used               # those that are gone included
    int live
    int room
    int mask               # of the table, which has mask + 1 places
    Move* at
    void* table            # of `unsigned short` while there are few enough, else of `int`


cdef inline int place_of(int state, int mask) noexcept nogil:
    return <int>((<unsigned int>state * 2654435769u) >> 7) & mask


cdef inline bint is_short(int room) noexcept nogil:
    return room < SHORT


cdef inline int entry_of(Moves* moves, int at) noexcept nogil:
    cdef int place
    if is_short(moves.room):
        place = (<unsigned short*>moves.table)[at]
        return EMPTY if place == SHORT else place
    return (<int*>moves.table)[at]


cdef inline size_t table_size(Moves* moves) noexcept nogil:
    if not moves.room:
        return 0
    return <size_t>(moves.mask + 1) * (sizeof(unsigned short) if is_short(moves.room) else sizeof(int))


cdef inline Move* find_move(Moves* moves, int state) noexcept nogil:
    cdef int at, place
    if not moves.live:
        return NULL
    at = place_of(state, moves.mask)
    while True:
        place = entry_of(moves, at)
        if place == EMPTY:
            return NULL
        if moves.at[place].state == state:
            return &moves.at[place]
        at = (at + 1) & moves.mask


cdef inline void note_move(Moves* moves, int place) noexcept nogil:
    cdef int at = place_of(moves.at[place].state, moves.mask)
    while entry_of(moves, at) != EMPTY:
        at = (at + 1) & moves.mask
    if is_short(moves.room):
        (<unsigned short*>moves.table)[at] = <unsigned short>place
    else:
        (<int*>moves.table)[at] = place


cdef inline int widen_moves(Moves* moves) noexcept nogil:
    """Have room for half as many more; -1: there is not memory enough."""
    cdef int room = moves.room + moves.room // 2 if moves.room else 4, places = 8
    cdef void* found
    cdef void* table
    if room > 1 << 28:
        return -1
    while places < room + room // 2:  # at least every third place is empty
        places *= 2
    table = malloc(places * (sizeof(unsigned short) if is_short(room) else sizeof(int)))
    if table == NULL:
        return -1
    found = realloc(moves.at, room * sizeof(Move))
    if found == NULL:
        free(table)
        return -1
    free(moves.table)
    moves.at, moves.table, moves.mask, moves.room = <Move*>found, table, places - 1, room
    return 0


cdef inline int make_move_room(Moves* moves) noexcept nogil:
    """Make room for one more move: those that are gone leave, and where that is not much there is more room; -1: not memory enough."""
    cdef int at, kept = 0
    if moves.live >= moves.room - moves.room // 4 and widen_moves(moves) < 0:
        return -1
    for at in range(moves.used):
        if moves.at[at].state != GONE:
            moves.at[kept] = moves.at[at]
            kept += 1
    moves.used = kept
    memset(moves.table, 0xFF, table_size(moves))  # in each place `SHORT` or `EMPTY`
    for at in range(kept):
        note_move(moves, at)
    return 0


cdef inline Move* add_move(Moves* moves, int state) noexcept nogil:
    """Return a move of a state that has none, by nothing yet; NULL: there is not memory enough."""
    cdef Move* move
    if moves.used == moves.room and make_move_room(moves) < 0:
        return NULL
    move = &moves.at[moves.used]
    move.state, move.members, move.bps = state, 0, 0
    note_move(moves, moves.used)
    moves.used += 1
    moves.live += 1
    return move


cdef inline void free_moves(Moves* moves) noexcept nogil:
    if moves != NULL:
        free(moves.at)
        free(moves.table)
        free(moves)
