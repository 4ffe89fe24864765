# Nodes that a search along a network has still to spread from, by their sums: in buckets (Dial 1969), those of a bucket in any order
# (delta-stepping, Meyer and Sanders 2003). A sum that got less after its node was taken brings the node back, so what is found is exact.
from libc.stdlib cimport free, realloc

ctypedef long long i64

cdef enum:
    BUCKETS = 256
    SAMPLES = 31
    FINER = 3        # buckets are 1/8 of a usual length wide, or less
    WIDEST = 50      # bits

cdef struct Slot:
    int node
    int next

cdef struct Buckets:
    int first[BUCKETS]  # slots of the nodes whose sums, divided by 1 << `shift`, are `base` and so many more; -1: none
    int taken           # slots of the bucket `at` that is being emptied
    int later           # and those of all nodes with larger sums
    int empty           # slots of no node
    int near            # nodes in buckets
    int at
    int shift
    bint is_narrow      # there were few nodes in all buckets together
    i64 base
    Slot* slots
    int used
    int room


cdef inline int _width(const i64* lengths, int count) noexcept nogil:
    """Return how many bits a usual length has, less some; the width of a bucket decides on the time that is taken alone."""
    cdef i64 sample[SAMPLES]
    cdef i64 length
    cdef int at, place, many = 0, bits = 0
    for at in range(min(count, SAMPLES)):
        length = lengths[<i64>at * count // min(count, SAMPLES)]
        if length > 0:
            place = many
            while place and sample[place - 1] > length:
                sample[place] = sample[place - 1]
                place -= 1
            sample[place] = length
            many += 1
    if many:
        length = sample[many >> 1]
        while length >> (bits + 1):
            bits += 1
    return min(max(0, bits - FINER), WIDEST)


cdef inline void start(Buckets* them, const i64* lengths, int count) noexcept nogil:
    """Empty all buckets, to be used for sums of some lengths."""
    cdef int at
    for at in range(BUCKETS):
        them.first[at] = -1
    them.taken = them.later = them.empty = -1
    them.near = them.at = them.used = 0
    them.shift, them.base, them.is_narrow = _width(lengths, count), 0, False


cdef inline int put(Buckets* them, i64 total, int node) except -1 nogil:
    """Add a node with its sum; it may be there already with a larger one. No sum is less than that of the node taken last."""
    cdef Slot* grown
    cdef int slot = them.empty, room
    cdef i64 place = (total >> them.shift) - them.base
    if slot >= 0:
        them.empty = them.slots[slot].next
    else:
        if them.used == them.room:
            room = 2 * them.room + 256
            grown = <Slot*>realloc(them.slots, room * sizeof(Slot))
            if grown == NULL:
                with gil:
                    raise MemoryError
            them.slots, them.room = grown, room
        slot = them.used
        them.used += 1
    them.slots[slot].node = node
    if place < BUCKETS:
        place = max(place, them.at)
        them.slots[slot].next = them.first[place]
        them.first[place] = slot
        them.near += 1
    else:
        them.slots[slot].next = them.later
        them.later = slot
    return 0


cdef inline bint _move_on(Buckets* them, const i64* sums) noexcept nogil:
    """Fill empty buckets with the nodes that come next; return whether there are any."""
    cdef i64 done = (them.base + BUCKETS) << them.shift, least = -1, total
    cdef int slot = them.later, next_one, kept = 0, left = -1
    while slot >= 0:
        next_one, total = them.slots[slot].next, sums[them.slots[slot].node]
        if total < done:  # it came into a bucket with a lesser sum
            them.slots[slot].next = them.empty
            them.empty = slot
        else:
            them.slots[slot].next = left
            left = slot
            kept += 1
            if least < 0 or total < least:
                least = total
        slot = next_one
    them.later = -1
    if not kept:
        return False
    if them.is_narrow and them.shift < WIDEST:
        them.shift += 1
    them.base, them.at = least >> them.shift, 0
    while left >= 0:
        slot = left
        left = them.slots[slot].next
        total = (sums[them.slots[slot].node] >> them.shift) - them.base
        if total < BUCKETS:
            them.slots[slot].next = them.first[total]
            them.first[total] = slot
            them.near += 1
        else:
            them.slots[slot].next = them.later
            them.later = slot
    them.is_narrow = them.near < kept >> 3
    return True


cdef inline int take(Buckets* them, const i64* sums) noexcept nogil:
    """Return a node with a sum in the first bucket that has any, -1 when there are none. `sums` are those of all nodes by now."""
    cdef int slot, node
    while True:
        if them.taken < 0:
            if not them.near and not _move_on(them, sums):
                return -1
            while them.first[them.at] < 0:
                them.at += 1
            them.taken, them.first[them.at] = them.first[them.at], -1
        slot = them.taken
        node = them.slots[slot].node
        them.taken = them.slots[slot].next
        them.slots[slot].next = them.empty
        them.empty = slot
        them.near -= 1
        if (sums[node] >> them.shift) - them.base == them.at:
            return node
