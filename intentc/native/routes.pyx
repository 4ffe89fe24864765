"""Paths as arrays of C. A port is a direction of a link: twice the link's number, and one more from its end b to its end a."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport free

from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints, fill_longs, i64
from intentc.native.wide cimport ceil_div, i128

cdef enum:
    NONE = -1
    WHOLE_PPM = 1000000


cdef class Routes:
    """All paths of a program by number, over ports with their nodes, latencies (ns) and times of a packet."""

    def __init__(self, tail, head, latency_ns, packet, nodes):
        self.ports, self.nodes = len(tail), nodes
        for node in tail:
            add_int(&self.tail, node)
        for node in head:
            add_int(&self.head, node)
        for amount in latency_ns:
            add_long(&self.latency_ns, amount)
        for amount in packet:
            add_long(&self.packet, amount)
        if not self.ports == self.head.count == self.latency_ns.count == self.packet.count:
            raise ValueError
        add_int(&self.starts, 0)
        fill_ints(&self.stamp, self.ports, NONE)
        fill_ints(&self.label, self.ports, 0)
        fill_ints(&self.share, self.ports, 0)

    def __dealloc__(self):
        free(self.tail.at)
        free(self.head.at)
        free(self.latency_ns.at)
        free(self.packet.at)
        free(self.hops.at)
        free(self.labels.at)
        free(self.starts.at)
        free(self.has_labels.at)
        free(self.share_ppm.at)
        free(self.stamp.at)
        free(self.label.at)
        free(self.share.at)

    def __len__(self):
        return self.share_ppm.count

    def add(self, ports, labels, share_ppm):
        """Add a path; return its number. `labels`: on each link, or nothing."""
        cdef int port, count
        for port in ports:
            if port < 0 or port >= self.ports:
                raise IndexError(port)
            add_int(&self.hops, port)
        for count in labels or [0] * len(ports):
            add_int(&self.labels, count)
        if self.labels.count != self.hops.count:
            raise ValueError(labels)
        add_int(&self.starts, self.hops.count)
        add_int(&self.has_labels, len(labels) > 0)
        add_long(&self.share_ppm, share_ppm)
        return self.share_ppm.count - 1

    def fixed(self, int path):
        """Return the sums of a path's latencies and of its packets' times."""
        cdef int at
        cdef i64 latency_ns = 0, packet = 0
        if not 0 <= path < self.share_ppm.count:
            raise IndexError(path)
        for at in range(self.starts.at[path], self.starts.at[path + 1]):
            latency_ns += self.latency_ns.at[self.hops.at[at]]
            packet += self.packet.at[self.hops.at[at]]
        return latency_ns, packet

    cdef int mark(self, object paths) except -1:
        """Find what each port of some paths has of labels and shares."""
        cdef int path
        self.serial += 1
        for path in paths:
            if not 0 <= path < self.share_ppm.count:
                raise IndexError(path)
            self.mark_one(path)
        return 0

    cdef void mark_rows(self, int* paths, int count) noexcept:
        """Do the same with rows of C; all of them are numbers of paths."""
        cdef int row
        self.serial += 1
        for row in range(count):
            self.mark_one(paths[row])

    cdef void mark_one(self, int path) noexcept:
        cdef int at, port
        for at in range(self.starts.at[path], self.starts.at[path + 1]):
            port = self.hops.at[at]
            if self.stamp.at[port] != self.serial:
                self.stamp.at[port] = self.serial
                self.label.at[port] = self.share.at[port] = 0
            if self.labels.at[at] > self.label.at[port]:
                self.label.at[port] = self.labels.at[at]
            if self.share.at[port] < WHOLE_PPM:
                self.share.at[port] += <int>self.share_ppm.at[path]

    cdef i64 held_on(self, int port, i64 amount, bint is_spread, i64 mean_packet, i64 imbalance_ppb) noexcept:
        """Return what of a rate a marked port holds (`realise.shares`); without `is_spread`, of one of which no share is taken."""
        cdef i128 found = amount, hashed
        if is_spread and self.share.at[port] < WHOLE_PPM:
            hashed = ceil_div(
                found * <i128>self.share.at[port] * (<i128>1000000000 + <i128>imbalance_ppb),
                <i128>WHOLE_PPM * <i128>1000000000,
            )
            if hashed < found:
                found = hashed
        if self.label.at[port]:
            found = ceil_div(found * (<i128>mean_packet + <i128>(4 * self.label.at[port])), <i128>mean_packet)
        return <i64>found


cdef class Amounts:
    """Two amounts per port and class, -1: there is none."""

    def __init__(self, Routes routes, groups):
        self.routes, self.groups = routes, groups
        fill_longs(&self.amount, routes.ports * self.groups, NONE)
        fill_longs(&self.other, routes.ports * self.groups, NONE)

    def __dealloc__(self):
        free(self.amount.at)
        free(self.other.at)

    cdef Py_ssize_t _at(self, int port, int group) except -1:
        if not (0 <= port < self.routes.ports and 0 <= group < self.groups):
            raise IndexError
        return port * self.groups + group

    def put(self, int port, int group, i64 amount, i64 other):
        cdef Py_ssize_t at = self._at(port, group)
        self.amount.at[at], self.other.at[at] = amount, other

    def get(self, int port, int group):
        cdef Py_ssize_t at = self._at(port, group)
        return self.amount.at[at], self.other.at[at]

    def lower(self, rows):
        """Take amounts as no more than some, along paths: rows of three, a path, a class, and the amount."""
        cdef int path, group, at
        cdef Py_ssize_t place, row
        cdef i64 most
        if len(rows) % 3:
            raise ValueError
        for row in range(0, len(rows), 3):
            path, group, most = rows[row], rows[row + 1], rows[row + 2]
            if not 0 <= path < self.routes.share_ppm.count or not 0 <= group < self.groups:
                raise IndexError
            for at in range(self.routes.starts.at[path], self.routes.starts.at[path + 1]):
                place = self.routes.hops.at[at] * self.groups + group
                if self.amount.at[place] == NONE or most < self.amount.at[place]:
                    self.amount.at[place] = most

    def set_other(self, paths, int group, i64 other):
        """Set the other amounts along paths."""
        cdef int path, at
        if not 0 <= group < self.groups:
            raise IndexError
        for path in paths:
            if not 0 <= path < self.routes.share_ppm.count:
                raise IndexError
            for at in range(self.routes.starts.at[path], self.routes.starts.at[path + 1]):
                self.other.at[self.routes.hops.at[at] * self.groups + group] = other

    def packed(self, list paths, int group):
        """Return of each path the sum of the amounts, and the largest other one (0: there is none), as words; there has to be one at

        each port.
        """
        cdef int path, at, hop
        cdef Py_ssize_t place, count = len(paths)
        cdef i64 total, most
        if not 0 <= group < self.groups:
            raise IndexError
        cdef bytes found = PyBytes_FromStringAndSize(NULL, 2 * count * sizeof(i64))
        cdef i64* words = <i64*>PyBytes_AS_STRING(found)
        for at in range(count):
            path = paths[at]
            if not 0 <= path < self.routes.share_ppm.count:
                raise IndexError
            total = most = 0
            for hop in range(self.routes.starts.at[path], self.routes.starts.at[path + 1]):
                place = self.routes.hops.at[hop] * self.groups + group
                if self.amount.at[place] == NONE:
                    raise KeyError((self.routes.hops.at[hop], group))
                total += self.amount.at[place]
                if self.other.at[place] > most:
                    most = self.other.at[place]
            words[2 * at], words[2 * at + 1] = total, most
        return found

    def within(self, rows, int group):
        """Return whether along paths the amounts are no more than some: rows of two, a path, and what there may be. None counts as 0."""
        cdef int path, hop
        cdef Py_ssize_t place, row
        cdef i64 left
        if len(rows) % 2:
            raise ValueError
        if not 0 <= group < self.groups:
            raise IndexError
        for row in range(0, len(rows), 2):
            path, left = rows[row], rows[row + 1]
            if not 0 <= path < self.routes.share_ppm.count:
                raise IndexError
            for hop in range(self.routes.starts.at[path], self.routes.starts.at[path + 1]):
                place = self.routes.hops.at[hop] * self.groups + group
                if self.amount.at[place] != NONE:
                    left -= self.amount.at[place]
            if left < 0:
                return False
        return True
