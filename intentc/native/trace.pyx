"""What every queue went through while an iteration came to rest: for each sweep in which it was derived what had been waited for at

its nodes, and what came out. `replay.Replay` writes it and goes through it again; marks of a queue are told by the first of them.
"""

from libc.stdlib cimport free
from libc.string cimport memcpy

from intentc.native.grow cimport Ints, drop, fill_more, make_room

cdef enum:
    NONE = -1
    MOST = 1 << 24           # waits (64 MiB): who has more iterates from 0 each time


cdef class Trace:
    def __cinit__(self):
        self.most = MOST

    def __dealloc__(self):
        free(self.marks)
        free(self.outs)
        free(self.waits.at)
        free(self.first.at)
        free(self.width.at)
        free(self.place.at)
        free(self.has_grown.at)

    cdef void reset(self) noexcept:
        """Forget all, and give back its room."""
        free(self.marks)
        free(self.outs)
        self.marks, self.outs = NULL, NULL
        self.mark_count = self.mark_room = self.out_count = self.out_room = 0
        drop(&self.waits)
        self.made_count = self.made_waits = 0
        self.is_whole = False

    cdef int add(self, int before, Mark made) except -1:
        """Add a mark behind another one of its queue, if there is one; return its number."""
        cdef int number = <int>self.mark_count
        make_room(<void**>&self.marks, &self.mark_room, self.mark_count + 1, sizeof(Mark))
        self.marks[number] = made
        self.mark_count += 1
        if before != NONE:
            self.marks[before].next = number
        self.sweeps = max(self.sweeps, made.sweep)
        return number

    cdef int add_out(self, Out* made, int before) except -1:
        """Return the number of what came out: the one of the mark before, where it is the same."""
        cdef Out* known
        if before != NONE:
            known = &self.outs[self.marks[before].out]
            if (
                known.delay == made.delay and known.size == made.size and known.has_burst == made.has_burst
                and known.arriving == made.arriving and known.leaving == made.leaving
            ):
                return self.marks[before].out
        make_room(<void**>&self.outs, &self.out_room, self.out_count + 1, sizeof(Out))
        self.outs[self.out_count] = made[0]
        self.out_count += 1
        return <int>self.out_count - 1

    cdef bint is_large(self) noexcept:
        return self.waits.count > self.most

    cdef bint is_loose(self) noexcept:
        """Return whether it has grown by as much as it was when all of it was told, or by half of the room that was left then."""
        if self.made_count == 0:
            self.made_count, self.made_waits = self.mark_count, self.waits.count
        return self.mark_count > 2 * self.made_count or self.waits.count - self.made_waits > min(self.made_waits, (self.most - self.made_waits) // 2)

    cdef int gather(self) except -1:
        """Leave out what no mark of a queue tells any more."""
        cdef Mark* marks = NULL
        cdef Out* outs = NULL
        cdef Py_ssize_t mark_room = 0, out_room = 0, mark_count = 0, out_count = 0
        cdef Ints waits = Ints(NULL, 0, 0)
        cdef Mark made
        cdef int queue, row, width, last_row, last_out
        try:
            for queue in range(self.first.count):
                row, last_row, last_out = self.first.at[queue], NONE, NONE
                if row != NONE:
                    self.first.at[queue] = <int>mark_count
                while row != NONE:
                    made = self.marks[row]
                    row = made.next
                    if made.out != last_out:
                        last_out = made.out
                        make_room(<void**>&outs, &out_room, out_count + 1, sizeof(Out))
                        outs[out_count] = self.outs[made.out]
                        out_count += 1
                    if made.row != last_row:
                        last_row = made.row
                        width = self.width.at[queue]
                        fill_more(&waits, width)
                        memcpy(&waits.at[waits.count - width], &self.waits.at[last_row], width * sizeof(int))
                    made.out, made.row = <int>out_count - 1, <int>(waits.count - self.width.at[queue])
                    make_room(<void**>&marks, &mark_room, mark_count + 1, sizeof(Mark))
                    made.next = NONE if row == NONE else <int>mark_count + 1
                    marks[mark_count] = made
                    mark_count += 1
            self.marks, marks = marks, self.marks
            self.outs, outs = outs, self.outs
            self.waits, waits = waits, self.waits
            self.mark_count, self.mark_room, self.out_count, self.out_room = mark_count, mark_room, out_count, out_room
            self.made_count, self.made_waits = mark_count, self.waits.count
        finally:
            free(marks)
            free(outs)
            free(waits.at)
        return 0
