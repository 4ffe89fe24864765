"""Ways in few bytes: numbers in groups of seven bits, and sorted arcs as what they differ by from those of the normal state."""


cdef i64 read(Ink* ink, Py_ssize_t size, i64 most) except -1:
    """Return the next number, which is at most so much."""
    cdef unsigned long long found = 0
    cdef int shift = 0
    cdef unsigned char byte
    while True:
        if ink.used >= size or shift > 56:
            raise ValueError("these are no ways")
        byte = <unsigned char>ink.at[ink.used]
        ink.used += 1
        found |= <unsigned long long>(byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    if found > <unsigned long long>most:
        raise ValueError("these are no ways")
    return <i64>found


cdef void fold(Ink* ink, const int* base, int many, const int* own, int count) noexcept:
    """Write how some sorted arcs differ from others: the places of what is gone, and what is new, each as the distance from the one before."""
    cdef int at, place, gone = 0, new = 0, last = 0, sign
    for sign in range(2):  # first how many, then each
        at, place, last = 0, 0, 0
        if sign:
            write(ink, gone)
        while at < many:
            if place < count and own[place] < base[at]:
                place += 1
            elif place < count and own[place] == base[at]:
                at, place = at + 1, place + 1
            else:
                if sign:
                    write(ink, at - last)
                gone, last, at = gone + 1 - sign, at, at + 1
    for sign in range(2):
        at, place, last = 0, 0, 0
        if sign:
            write(ink, new)
        while place < count:
            if at < many and base[at] < own[place]:
                at += 1
            elif at < many and base[at] == own[place]:
                at, place = at + 1, place + 1
            else:
                if sign:
                    write(ink, own[place] - last)
                new, last, place = new + 1 - sign, own[place], place + 1


cdef int unfold(Ink* ink, Py_ssize_t size, const int* base, int many, int arcs, int* own, int* lost) except -1:
    """Read the same arcs into `own`, where there is room for as many as there are in the network; return how many. `lost`: room for as many as `base`."""
    cdef int at, place = 0, count = 0, number = 0, new, arc = 0, next_lost = 0, gone = <int>read(ink, size, many)
    for at in range(gone):
        number += <int>read(ink, size, many)
        if number >= many or (at and number <= lost[at - 1]):
            raise ValueError("these are no ways")
        lost[at] = number
    new = <int>read(ink, size, arcs)
    for at in range(new):
        number = <int>read(ink, size, arcs)
        if at and not number:
            raise ValueError("these are no ways")
        arc += number
        if arc >= arcs:
            raise ValueError("these are no ways")
        while place < many and base[place] <= arc:
            if next_lost < gone and lost[next_lost] == place:
                next_lost += 1
            elif base[place] == arc:
                raise ValueError("these are no ways")
            else:
                own[count] = base[place]
                count += 1
            place += 1
        own[count] = arc
        count += 1
    for place in range(place, many):
        if next_lost < gone and lost[next_lost] == place:
            next_lost += 1
        else:
            own[count] = base[place]
            count += 1
    return count
