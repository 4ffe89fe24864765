"""Lists of states, each kept once for all that happens in the very same states in the same order. Numbers are those of `books`."""

from libc.stdlib cimport free, malloc, qsort, realloc
from libc.string cimport memcpy

from intentc.native.arrays cimport by_number
from intentc.native.aside cimport add_shared

cdef int _FIRST_ROOM = 64, _MOST = 1 << 28


cdef size_t _size_of(int count, bint is_wide) noexcept nogil:
    cdef size_t kept = count if count <= LONG_LIST else 2 * <size_t>count
    return sizeof(List) + kept * (sizeof(int) if is_wide else sizeof(unsigned short))


cdef void _write(List* states, int start, const int* numbers) noexcept nogil:
    cdef int at
    for at in range(states.count):
        if states.is_wide:
            (<int*>(states + 1))[start + at] = numbers[at]
        else:
            (<unsigned short*>(states + 1))[start + at] = <unsigned short>numbers[at]


cdef List* _made(const int* numbers, int count, unsigned int hash) noexcept nogil:
    """Return a list with one holder; NULL: there is not memory enough."""
    cdef bint is_wide = False
    cdef u64 sieve = 0
    cdef int at
    cdef List* states
    cdef int* rising
    for at in range(count):
        is_wide = is_wide or numbers[at] > 0xFFFF
        sieve |= sieve_of(numbers[at])
    states = <List*>malloc(_size_of(count, is_wide))
    if states == NULL:
        return NULL
    states[0] = List(sieve, 1, count, hash, is_wide)
    _write(states, 0, numbers)
    if count > LONG_LIST:
        rising = <int*>malloc(count * sizeof(int))
        if rising == NULL:
            free(states)
            return NULL
        memcpy(rising, numbers, count * sizeof(int))
        qsort(rising, count, sizeof(int), by_number)
        _write(states, count, rising)
        free(rising)
    return states


cdef bint _is_same(const List* states, const int* numbers, int count, unsigned int hash) noexcept nogil:
    cdef int at
    if states.hash != hash or states.count != count:
        return False
    for at in range(count):
        if state_at(states, at) != numbers[at]:
            return False
    return True


cdef void _forget(List* states) noexcept nogil:
    if not add_shared(&states.holders, -1):
        free(states)


cdef class Lists:
    """Lists by number; `uses` is kept by those who have the numbers, and a list without any is let go of."""

    def __cinit__(self):
        self.free = NO_LIST

    def __dealloc__(self):
        cdef int number
        for number in range(self.count):
            if self.at[number] != NULL:
                _forget(self.at[number])
        free(self.at)
        free(self.uses)
        free(self.next)
        free(self.heads)

    cdef int number_of(self, const int* states, int count) noexcept nogil:
        """Return the number of a list of states, that of a new one without uses where there is none; `LACKING`: there is not memory enough."""
        cdef unsigned int hash = 2166136261u
        cdef int at, number = NO_LIST
        cdef List* made
        for at in range(count):
            hash = (hash ^ <unsigned int>states[at]) * 16777619u
        hash ^= hash >> 15
        if self.room:
            number = self.heads[hash & <unsigned int>(self.room - 1)]
        while number != NO_LIST:
            if _is_same(self.at[number], states, count, hash):
                return number
            number = self.next[number]
        made = _made(states, count, hash)
        if made == NULL:
            return LACKING
        if self.free == NO_LIST and self.count == self.room and self._grow() < 0:
            _forget(made)
            return LACKING
        if self.free != NO_LIST:
            number, self.free = self.free, self.next[self.free]
        else:
            number = self.count
            self.count += 1
        at = hash & <unsigned int>(self.room - 1)
        self.at[number], self.uses[number], self.next[number] = made, 0, self.heads[at]
        self.heads[at] = number
        return number

    cdef int _grow(self) noexcept nogil:
        """Have room for twice as many; -1: there is not memory enough."""
        cdef int room = 2 * self.room if self.room else _FIRST_ROOM, number, place
        cdef void* grown
        if room > _MOST:
            return -1
        grown = realloc(self.at, room * sizeof(List*))
        if grown == NULL:
            return -1
        self.at = <List**>grown
        grown = realloc(self.uses, room * sizeof(int))
        if grown == NULL:
            return -1
        self.uses = <int*>grown
        grown = realloc(self.next, room * sizeof(int))
        if grown == NULL:
            return -1
        self.next = <int*>grown
        grown = realloc(self.heads, room * sizeof(int))
        if grown == NULL:
            return -1
        self.heads, self.room = <int*>grown, room
        for place in range(room):
            self.heads[place] = NO_LIST
        for number in range(self.count):  # none is free, or there would be no need to grow
            place = self.at[number].hash & <unsigned int>(room - 1)
            self.next[number] = self.heads[place]
            self.heads[place] = number
        return 0

    cdef void use(self, int number) noexcept nogil:
        """Count a use more."""
        self.uses[number] += 1

    cdef void let_go(self, int number) noexcept nogil:
        """Count a use less; forget the list if it was the last."""
        cdef int* link
        self.uses[number] -= 1
        if self.uses[number] > 0:
            return
        link = &self.heads[self.at[number].hash & <unsigned int>(self.room - 1)]
        while link[0] != number:
            link = &self.next[link[0]]
        link[0] = self.next[number]
        _forget(self.at[number])
        self.at[number], self.next[number] = NULL, self.free
        self.free = number

    cdef Lists copy(self):
        """Return the same lists under the same numbers, to be counted apart."""
        cdef Lists found = Lists()
        cdef int number
        while found.room < self.room:
            if found._grow() < 0:
                raise MemoryError
        for number in range(self.count):
            found.at[number] = self.at[number]
            if found.at[number] != NULL:
                add_shared(&found.at[number].holders, 1)
        found.count, found.free = self.count, self.free
        if self.room:
            memcpy(found.uses, self.uses, self.count * sizeof(int))
            memcpy(found.next, self.next, self.count * sizeof(int))
            memcpy(found.heads, self.heads, self.room * sizeof(int))
        return found

    cdef Py_ssize_t size(self) noexcept:
        """Return the bytes that they take."""
        cdef Py_ssize_t found = self.room * (sizeof(List*) + 3 * sizeof(int))
        cdef int number
        for number in range(self.count):
            if self.at[number] != NULL:
                found += _size_of(self.at[number].count, self.at[number].is_wide)
        return found
