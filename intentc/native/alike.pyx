"""Whether the same comes to a queue before and after its streams were finished anew, in whatever order they lie.

What is derived for a queue are sums and maxima, which no order changes.
"""

from libc.stdlib cimport free, qsort
from libc.string cimport memcmp

from intentc.native.grow cimport make_room
from intentc.native.streams cimport Block, Change, Stream, Streams


cdef int _in_order(const void* one, const void* other) noexcept nogil:
    return memcmp(one, other, sizeof(Brought))


cdef inline void _put(Streams web, Block* own, int row, Brought* found) noexcept:
    cdef Stream* stream = &web.streams[row]
    found.ingress, found.node = web.place_ingress.at[own.place_from + stream.place], stream.node
    found.rate, found.burst = stream.rate, stream.burst


cdef class Alike:
    def __dealloc__(self):
        free(self.mine)
        free(self.its)

    cdef bint normally(self, Streams web, Block* own, Block* old) except -1:
        """Return whether two blocks of streams have the same normal ones."""
        cdef int row, count = own.normal_end - own.stream_from
        if count != old.normal_end - old.stream_from:
            return False
        make_room(<void**>&self.mine, &self.my_room, count, sizeof(Brought))
        make_room(<void**>&self.its, &self.its_room, count, sizeof(Brought))
        for row in range(count):
            _put(web, own, own.stream_from + row, &self.mine[row])
            _put(web, old, old.stream_from + row, &self.its[row])
        return self.are_same(count)

    cdef bint after(self, Streams web, Block* own, Change* one, Block* old, Change* other) except -1:
        """Return whether a change in one of them takes away and brings what a change in the other one does."""
        if one.won - one.lost != other.won - other.lost or one.end - one.won != other.end - other.won:
            return False
        return self.are_rows(web, own, one.lost, old, other.lost, one.won - one.lost) and self.are_rows(
            web, own, one.won, old, other.won, one.end - one.won
        )

    cdef bint are_rows(self, Streams web, Block* own, int first, Block* old, int other, int count) except -1:
        cdef int row
        make_room(<void**>&self.mine, &self.my_room, count, sizeof(Brought))
        make_room(<void**>&self.its, &self.its_room, count, sizeof(Brought))
        for row in range(count):
            _put(web, own, web.change_stream.at[first + row], &self.mine[row])
            _put(web, old, web.change_stream.at[other + row], &self.its[row])
        return self.are_same(count)

    cdef bint are_same(self, int count) noexcept:
        if count and memcmp(self.mine, self.its, count * sizeof(Brought)):
            qsort(self.mine, count, sizeof(Brought), _in_order)
            qsort(self.its, count, sizeof(Brought), _in_order)
            return memcmp(self.mine, self.its, count * sizeof(Brought)) == 0
        return True
