"""What the bounds of demands leave to each queue, while demands come and go, and which demands lead over queues that have changed.

The twins: `delay.allowances.Allowances` of all demands at once, and a look at all demands.
"""

from libc.stdlib cimport calloc, free

from intentc.native.careers cimport Career, Careers
from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints, fill_longs, i64
from intentc.native.routes cimport Amounts, Routes

cdef enum:
    NONE = -1
    MOST_LOOSE = 16          # one in so many careers may be asked one by one


cdef class Shares:
    """By port and class: the least time (µs) that is left to its queue, -1 where nobody says anything, and whether it is to lose nothing.

    Who is added counts until it is taken back by the same words. `is_short`: what was the least somewhere is gone, and what is now is not known
    until `mend` is told all who count.
    """

    cdef Careers careers
    cdef Routes routes
    cdef int groups
    cdef Longs least
    cdef Ints ties           # per place: how many leave no more than the least,
    cdef Ints users          # and how many leave it any,
    cdef Ints careful        # and how many are promised that nothing is lost
    cdef Ints is_noted, noted, noted_careful  # places that were touched since somebody asked, with what was there then
    cdef Longs noted_least
    cdef readonly bint is_short
    cdef Ints is_lacking, lacking  # places where the least is not known
    cdef bint is_mending     # whether only those are looked at

    def __init__(self, Careers careers not None):
        cdef Py_ssize_t places = <Py_ssize_t>careers.routes.ports * careers.groups
        self.careers, self.routes, self.groups = careers, careers.routes, careers.groups
        fill_longs(&self.least, places, NONE)
        fill_ints(&self.ties, places, 0)
        fill_ints(&self.users, places, 0)
        fill_ints(&self.careful, places, 0)
        fill_ints(&self.is_noted, places, 0)
        fill_ints(&self.is_lacking, places, 0)

    def __dealloc__(self):
        free(self.least.at)
        free(self.ties.at)
        free(self.users.at)
        free(self.careful.at)
        free(self.is_noted.at)
        free(self.noted.at)
        free(self.noted_careful.at)
        free(self.noted_least.at)
        free(self.is_lacking.at)
        free(self.lacking.at)

    cdef int note(self, int place) except -1:
        if not self.is_noted.at[place]:
            self.is_noted.at[place] = 1
            add_int(&self.noted, place)
            add_int(&self.noted_careful, self.careful.at[place] > 0)
            add_long(&self.noted_least, self.least.at[place])
        return 0

    cdef int enter(self, int place, i64 share, int sign) except -1:
        if self.is_mending:
            if not self.is_lacking.at[place]:
                return 0
        else:
            self.note(place)
        self.users.at[place] += sign
        if sign > 0:
            if self.least.at[place] == NONE or share < self.least.at[place]:
                self.least.at[place], self.ties.at[place] = share, 1
            elif share == self.least.at[place]:
                self.ties.at[place] += 1
        elif share == self.least.at[place]:
            self.ties.at[place] -= 1
            if not self.users.at[place]:
                self.least.at[place] = NONE
            elif not self.ties.at[place]:
                self.is_short = True
                if not self.is_lacking.at[place]:
                    self.is_lacking.at[place] = 1
                    add_int(&self.lacking, place)
        return 0

    def add(self, numbers, int sign):
        """Count what the bounds of some demands leave to each queue on their paths, one way, or count it no more (`sign` -1): equal parts of

        the time beside what a path takes anyway.
        """
        cdef Career* own
        cdef int number, row, at, path, hops, hop
        cdef i64 bound, share
        cdef Routes routes = self.routes
        for number in numbers:
            own = self.careers.career(number)
            for row in range(own.lists, own.lists_end):
                bound = own.normally_us if row == own.lists else own.after_us
                if bound == NONE:
                    continue
                for at in range(self.careers.list_from.at[row], self.careers.list_from.at[row + 1]):
                    path = self.careers.path.at[at]
                    hops = routes.lay(path)
                    share = max(bound - routes.fixed_us.at[path], 0) // max(hops, 1)
                    for hop in range(hops):
                        self.enter(routes.laid.at[hop] * self.groups + own.group, share, sign)

    def add_rows(self, rows, int sign):
        """Count times along paths, or count them no more: rows of three, a path, a class, and the time."""
        cdef int path, group, at
        cdef Py_ssize_t row
        cdef i64 share
        if len(rows) % 3:
            raise ValueError
        for row in range(0, len(rows), 3):
            path, group, share = rows[row], rows[row + 1], rows[row + 2]
            if not 0 <= path < self.routes.share_ppm.count or not 0 <= group < self.groups or share < 0:
                raise IndexError
            for at in range(self.routes.lay(path)):
                self.enter(self.routes.laid.at[at] * self.groups + group, share, sign)

    def mend(self, numbers, rows):
        """Count anew where the least is gone: of all who count, those by number (`add`), and rows of times (`add_rows`)."""
        cdef int at, place
        for at in range(self.lacking.count):
            place = self.lacking.at[at]
            self.least.at[place], self.ties.at[place], self.users.at[place] = NONE, 0, 0
        self.is_mending = True
        try:
            self.add(numbers, 1)
            for each in rows:
                self.add_rows(each, 1)
        finally:
            self.is_mending = False
        for at in range(self.lacking.count):
            self.is_lacking.at[self.lacking.at[at]] = 0
        self.lacking.count = 0
        self.is_short = False

    def add_careful(self, int number, int sign):
        """Count that nothing is to be lost on any path of a demand, or count it no more."""
        cdef Career* own = self.careers.career(number)
        cdef int at, hop, path, place
        for at in range(self.careers.list_from.at[own.lists], self.careers.list_from.at[own.lists_end]):
            path = self.careers.path.at[at]
            for hop in range(self.routes.lay(path)):
                place = self.routes.laid.at[hop] * self.groups + own.group
                self.note(place)
                self.careful.at[place] += sign

    def get(self, int port, int group):
        """Return what is left to a queue (µs, -1: as long as it likes), and whether it is to lose nothing."""
        if not (0 <= port < self.routes.ports and 0 <= group < self.groups):
            raise IndexError
        cdef Py_ssize_t at = port * self.groups + group
        return self.least.at[at], self.careful.at[at] > 0

    def changed(self):
        """Return port and class of all queues for which something else holds than when this was last asked."""
        cdef int row, place
        cdef list found = []
        for row in range(self.noted.count):
            place = self.noted.at[row]
            self.is_noted.at[place] = 0
            if self.least.at[place] != self.noted_least.at[row] or (self.careful.at[place] > 0) != self.noted_careful.at[row]:
                found.append((place // self.groups, place % self.groups))
        self.noted.count = self.noted_careful.count = self.noted_least.count = 0
        return found


cdef unsigned char* _others(Careers careers, Amounts before, Amounts after, bint* is_any) except NULL:
    """Return of each queue, by class, then by port, as a demand has one class, whether its amounts are others than before."""
    cdef Routes routes = careers.routes
    cdef Py_ssize_t place, places = <Py_ssize_t>routes.ports * careers.groups
    cdef int port, group
    cdef unsigned char* found
    if (
        before.routes is not routes or after.routes is not routes
        or before.groups != careers.groups or after.groups != careers.groups
    ):
        raise ValueError
    found = <unsigned char*>calloc(max(places, 1), 1)
    if found == NULL:
        raise MemoryError
    for port in range(routes.ports):
        for group in range(careers.groups):
            place = <Py_ssize_t>port * careers.groups + group
            if before.amount.at[place] != after.amount.at[place] or before.other.at[place] != after.other.at[place]:
                found[<Py_ssize_t>group * routes.ports + port] = is_any[0] = 1
    return found


cdef bint _meets(Careers careers, int number, unsigned char* is_other, int* base, bint* is_base_met) except -1:
    """Return whether a path of a career leads over such a queue; `base`: see `Routes.meets`."""
    cdef Career* own = careers.career(number)
    cdef int at
    base[0] = NONE  # that of a demand of another class tells nothing
    for at in range(careers.list_from.at[own.lists], careers.list_from.at[own.lists_end]):
        if careers.routes.meets(careers.path.at[at], is_other + <Py_ssize_t>own.group * careers.routes.ports, base, is_base_met):
            return True
    return False


def crossing(Careers careers not None, dict numbers not None, Amounts before not None, Amounts after not None):
    """Return the keys of those careers, by number, one of whose paths leads over a queue with other amounts than before."""
    cdef int base = NONE
    cdef bint is_any = False, is_base_met = False
    cdef unsigned char* is_other = _others(careers, before, after, &is_any)
    try:
        return [key for key, number in numbers.items() if is_any and _meets(careers, number, is_other, &base, &is_base_met)]
    finally:
        free(is_other)


cdef class Users:
    """The careers that lead over each queue, so that who uses some of them is found without asking all. What is entered later is asked until

    there are many of these; then all are told anew.
    """

    cdef Careers careers
    cdef Ints begins, users  # per class and port, as `_others` has them
    cdef int told            # careers

    def __init__(self, Careers careers not None):
        self.careers = careers
        fill_ints(&self.begins, <Py_ssize_t>careers.routes.ports * careers.groups + 1, 0)

    def __dealloc__(self):
        free(self.begins.at)
        free(self.users.at)

    def crossing(self, list keys not None, dict numbers not None, Amounts before not None, Amounts after not None):
        """Do what `crossing` does, in the order of careers; `keys`: by number, of those that are gone any."""
        cdef int number, row, base = NONE, count = <int>self.careers.count
        cdef Py_ssize_t place
        cdef bint is_any = False, is_base_met = False
        cdef unsigned char* is_other
        cdef bytearray is_met = bytearray(count)
        if len(keys) != count:
            raise ValueError
        is_other = _others(self.careers, before, after, &is_any)
        try:
            if not is_any:
                return []
            if MOST_LOOSE * (count - self.told) > self.told:
                self.tell()
            for place in range(self.begins.count - 1):
                if is_other[place]:
                    for row in range(self.begins.at[place], self.begins.at[place + 1]):
                        is_met[self.users.at[row]] = 1
            for number in range(self.told, count):
                is_met[number] = _meets(self.careers, number, is_other, &base, &is_base_met)
        finally:
            free(is_other)
        return [keys[number] for number in range(count) if is_met[number] and numbers.get(keys[number]) == number]

    cdef int tell(self) except -1:
        """Tell the users of each queue anew."""
        cdef Ints stamp = Ints(NULL, 0, 0)
        cdef Py_ssize_t place, places = self.begins.count - 1
        cdef int number
        self.told = 0
        try:
            fill_ints(&stamp, places, NONE)
            fill_ints(&self.begins, places + 1, 0)
            for number in range(self.careers.count):
                self.go_over(number, &stamp, False)
            for place in range(places):
                self.begins.at[place + 1] += self.begins.at[place]
            fill_ints(&self.users, self.begins.at[places], 0)
            fill_ints(&stamp, places, NONE)
            for number in range(self.careers.count):
                self.go_over(number, &stamp, True)
            for place in range(places, 0, -1):
                self.begins.at[place] = self.begins.at[place - 1]
            self.begins.at[0] = 0
        finally:
            free(stamp.at)
        self.told = <int>self.careers.count
        return 0

    cdef int go_over(self, int number, Ints* stamp, bint is_told) except -1:
        """Count the queues of a career, each once, or note the career at each of them."""
        cdef Career* own = self.careers.career(number)
        cdef Routes routes = self.careers.routes
        cdef int at, hop
        cdef Py_ssize_t place
        for at in range(self.careers.list_from.at[own.lists], self.careers.list_from.at[own.lists_end]):
            for hop in range(routes.lay(self.careers.path.at[at])):
                place = <Py_ssize_t>own.group * routes.ports + routes.laid.at[hop]
                if stamp.at[place] == number:
                    continue
                stamp.at[place] = number
                if is_told:
                    self.users.at[self.begins.at[place]] = number
                    self.begins.at[place] += 1
                else:
                    self.begins.at[place + 1] += 1
        return 0
