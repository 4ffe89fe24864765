"""Paths as arrays of C, each once. A port is a direction of a link: twice the link's number, and one more from its end b to its end a."""

from libc.stdlib cimport free
from libc.string cimport memcmp, memcpy

from intentc.native.grow cimport Ints, Longs, add_int, add_long, drop, fill_ints, fill_longs, i64, make_room
from intentc.native.wide cimport ceil_div, i128

cdef enum:
    NONE = -1
    WHOLE_PPM = 1000000
    NS_PER_US = 1000
    LEAST_RUN = 3            # ports in a row that are worth telling by where another path has them


cdef class Routes:
    """All paths of a program by number, over ports with their nodes, latencies, how much these vary (ns; none: nowhere) and times of a packet (`parts` make a µs)."""

    def __init__(self, tail, head, latency_ns, packet, nodes, i64 parts, varies_ns=None):
        if parts <= 0:
            raise ValueError(parts)
        self.ports, self.nodes, self.parts = len(tail), nodes, parts
        for node in tail:
            add_int(&self.tail, node)
        for node in head:
            add_int(&self.head, node)
        for amount in latency_ns:
            add_long(&self.latency_ns, amount)
        for amount in packet:
            add_long(&self.packet, amount)
        for amount in [0] * self.ports if varies_ns is None else varies_ns:
            add_long(&self.varies_ns, amount)
        if not self.ports == self.head.count == self.latency_ns.count == self.packet.count == self.varies_ns.count:
            raise ValueError
        add_int(&self.starts, 0)
        self.pattern = NONE
        fill_ints(&self.place, self.ports, NONE)
        fill_ints(&self.stamp, self.ports, NONE)
        fill_ints(&self.label, self.ports, 0)
        fill_ints(&self.share, self.ports, 0)

    def __dealloc__(self):
        free(self.tail.at)
        free(self.head.at)
        free(self.latency_ns.at)
        free(self.varies_ns.at)
        free(self.packet.at)
        free(self.hops.at)
        free(self.base.at)
        free(self.laid.at)
        free(self.place.at)
        free(self.labels.at)
        free(self.starts.at)
        free(self.label_from.at)
        free(self.share_ppm.at)
        free(self.fixed_us.at)
        free(self.cells.at)
        free(self.stamp.at)
        free(self.label.at)
        free(self.share.at)

    cdef int lend(self, Routes other) except -1:
        """Let another one lay and mark the paths that there are, beside this one, until it is to `give_back`."""
        other.ports, other.nodes, other.parts, other.pattern = self.ports, self.nodes, self.parts, NONE
        other.tail, other.head, other.latency_ns, other.packet = self.tail, self.head, self.latency_ns, self.packet
        other.varies_ns = self.varies_ns
        other.hops, other.starts, other.base, other.share_ppm = self.hops, self.starts, self.base, self.share_ppm
        other.labels, other.label_from = self.labels, self.label_from
        fill_ints(&other.stamp, self.ports, NONE)
        fill_ints(&other.label, self.ports, 0)
        return fill_ints(&other.share, self.ports, 0)

    cdef int give_back(self) noexcept:
        self.tail = self.head = self.hops = self.starts = self.base = self.labels = self.label_from = Ints(NULL, 0, 0)
        self.latency_ns = self.varies_ns = self.packet = self.share_ppm = Longs(NULL, 0, 0)
        return 0

    def __len__(self):
        return self.share_ppm.count

    cdef int find(self, int* ports, int* labels, int count, bint has_labels, i64 share_ppm) except -1:
        """Return the number of a path over ports that are some, with `labels` on each where it `has_labels`; one that is new is added."""
        cdef unsigned long long mask, cell
        cdef i64 latency_ns = 0, packet = 0
        cdef int at, path
        if 2 * (self.share_ppm.count + 1) > self.cells.count:
            self.widen_cells()
        mask = self.cells.count - 1
        cell = self.digest_of(ports, count, share_ppm) & mask
        while self.cells.at[cell] != NONE:
            path = self.cells.at[cell]
            if self.is_path(path, ports, labels, count, has_labels, share_ppm):
                return path
            cell = (cell + 1) & mask
        path = <int>self.share_ppm.count
        add_int(&self.label_from, self.labels.count if has_labels else NONE)
        for at in range(count):
            if has_labels:
                add_int(&self.labels, labels[at])
            latency_ns += self.latency_ns.at[ports[at]]
            packet += self.packet.at[ports[at]]
        self.put(ports, count)
        add_long(&self.fixed_us, <i64>ceil_div(latency_ns, NS_PER_US) + <i64>ceil_div(packet, self.parts))
        add_long(&self.share_ppm, share_ppm)
        self.cells.at[cell] = path
        return path

    cdef int put(self, int* ports, int count) except -1:
        """Note the ports of a path that is new: by what it has in common with the pattern, where that is less."""
        cdef int at = 0, place, run, first = <int>self.hops.count, base = self.pattern, most = 0
        cdef int* other = NULL
        if base != NONE:
            most = self.starts.at[base + 1] - self.starts.at[base]
            add_int(&self.hops, count)
        while base != NONE and at < count:
            place, run = self.place.at[ports[at]], 0
            if place != NONE:
                other = &self.hops.at[self.starts.at[base]]
                while at + run < count and place + run < most and ports[at + run] == other[place + run]:
                    run += 1
            if run >= LEAST_RUN:
                add_int(&self.hops, -1 - place)
                add_int(&self.hops, run)
            else:
                run = 1
                add_int(&self.hops, ports[at])
            at += run
            if self.hops.count - first >= count:
                base = NONE
        if base == NONE:
            self.hops.count = first
            for at in range(count):
                add_int(&self.hops, ports[at])
        add_int(&self.base, base)
        add_int(&self.starts, self.hops.count)
        return 0

    cdef int take_pattern(self, int path) except -1:
        """Tell paths that are new from now on by how they differ from this one, or from the one that it is told by; NONE: by none."""
        cdef int at
        if self.pattern != NONE:
            for at in range(self.starts.at[self.pattern], self.starts.at[self.pattern + 1]):
                self.place.at[self.hops.at[at]] = NONE
        self.pattern = path if path == NONE or self.base.at[path] == NONE else self.base.at[path]
        if self.pattern != NONE:
            for at in range(self.starts.at[self.pattern], self.starts.at[self.pattern + 1]):
                self.place.at[self.hops.at[at]] = at - self.starts.at[self.pattern]
        return 0

    cdef int lay(self, int path) except -1 nogil:
        """Put the ports of a path into `laid`, until the next one is asked for; return how many there are."""
        cdef int at = self.starts.at[path], end = self.starts.at[path + 1], count = self.count_of(path), laid = 0, run
        cdef int* other
        make_room(<void**>&self.laid.at, &self.laid.room, count + 1, sizeof(int))
        if self.base.at[path] == NONE:
            memcpy(self.laid.at, &self.hops.at[at], count * sizeof(int))
            return count
        other = &self.hops.at[self.starts.at[self.base.at[path]]]
        at += 1
        while at < end:
            if self.hops.at[at] >= 0:
                self.laid.at[laid] = self.hops.at[at]
                laid, at = laid + 1, at + 1
            else:
                run = self.hops.at[at + 1]
                memcpy(&self.laid.at[laid], &other[-1 - self.hops.at[at]], run * sizeof(int))
                laid, at = laid + run, at + 2
        return count

    cdef bint meets(self, int path, unsigned char* marked, int* base, bint* is_base_met) noexcept:
        """Return whether a port of a path is marked. `base`: the path that was looked at last of those that others are told by, NONE where there

        was none, and whether it has such a port: most that are asked for one after the other are told by the same one.
        """
        cdef int at = self.starts.at[path], end = self.starts.at[path + 1], own = self.base.at[path], first, hop
        if own == NONE:
            for hop in range(at, end):
                if marked[self.hops.at[hop]]:
                    return True
            return False
        if own != base[0]:
            base[0], is_base_met[0] = own, self.meets(own, marked, base, is_base_met)
        at += 1
        while at < end:
            if self.hops.at[at] >= 0:
                if marked[self.hops.at[at]]:
                    return True
                at += 1
                continue
            if is_base_met[0]:
                first = self.starts.at[own] - 1 - self.hops.at[at]
                for hop in range(first, first + self.hops.at[at + 1]):
                    if marked[self.hops.at[hop]]:
                        return True
            at += 2
        return False

    cdef int count_of(self, int path) noexcept nogil:
        """Return how many ports a path has."""
        return self.starts.at[path + 1] - self.starts.at[path] if self.base.at[path] == NONE else self.hops.at[self.starts.at[path]]

    cdef bint is_path(self, int path, int* ports, int* labels, int count, bint has_labels, i64 share_ppm) except -1:
        cdef int at
        if (
            self.share_ppm.at[path] != share_ppm
            or (self.label_from.at[path] != NONE) != has_labels
            or self.count_of(path) != count
        ):
            return False
        self.lay(path)
        if memcmp(self.laid.at, ports, count * sizeof(int)):
            return False
        for at in range(count if has_labels else 0):
            if self.label_at(path, at) != labels[at]:
                return False
        return True

    cdef unsigned long long digest_of(self, int* ports, int count, i64 share_ppm) noexcept:
        cdef unsigned long long digest = 1469598103934665603 ^ <unsigned long long>share_ppm
        cdef int at
        for at in range(count):
            digest = (digest ^ <unsigned int>ports[at]) * <unsigned long long>1099511628211
        return digest ^ (digest >> 29)

    cdef int widen_cells(self) except -1:
        cdef Py_ssize_t count = max(1024, 2 * self.cells.count)
        cdef unsigned long long mask = count - 1, cell
        cdef int path, hops
        drop(&self.cells)
        fill_ints(&self.cells, count, NONE)
        for path in range(self.share_ppm.count):
            hops = self.lay(path)
            cell = self.digest_of(self.laid.at, hops, self.share_ppm.at[path]) & mask
            while self.cells.at[cell] != NONE:
                cell = (cell + 1) & mask
            self.cells.at[cell] = path
        return 0

    def fixed(self, int path):
        """Return the sums of a path's latencies and of its packets' times."""
        cdef int at
        cdef i64 latency_ns = 0, packet = 0
        if not 0 <= path < self.share_ppm.count:
            raise IndexError(path)
        for at in range(self.lay(path)):
            latency_ns += self.latency_ns.at[self.laid.at[at]]
            packet += self.packet.at[self.laid.at[at]]
        return latency_ns, packet

    cdef int label_at(self, int path, int at) noexcept nogil:
        """Return how many labels packets have on a hop of a path, counted from 0."""
        return 0 if self.label_from.at[path] == NONE else self.labels.at[self.label_from.at[path] + at]

    cdef int mark(self, object paths) except -1:
        """Find what each port of some paths has of labels and shares."""
        cdef int path
        self.serial += 1
        for path in paths:
            if not 0 <= path < self.share_ppm.count:
                raise IndexError(path)
            self.mark_one(path)
        return 0

    cdef int mark_rows(self, int* paths, int count) except -1 nogil:
        """Do the same with rows of C; all of them are numbers of paths."""
        cdef int row
        self.serial += 1
        for row in range(count):
            self.mark_one(paths[row])
        return 0

    cdef int mark_one(self, int path) except -1 nogil:
        cdef int at, port
        cdef bint has_labels = self.label_from.at[path] != NONE
        for at in range(self.lay(path)):
            port = self.laid.at[at]
            if self.stamp.at[port] != self.serial:
                self.stamp.at[port] = self.serial
                self.label.at[port] = self.share.at[port] = 0
            if has_labels and self.label_at(path, at) > self.label.at[port]:
                self.label.at[port] = self.label_at(path, at)
            if self.share.at[port] < WHOLE_PPM:
                self.share.at[port] += <int>self.share_ppm.at[path]
        return 0

    cdef i64 held_on(self, int port, i64 amount, bint is_spread, i64 mean_packet, i64 imbalance_ppb) noexcept nogil:
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

    def copy(self):
        """Return the same amounts, to be changed apart."""
        cdef Amounts found = Amounts(self.routes, self.groups)
        memcpy(found.amount.at, self.amount.at, self.amount.count * sizeof(i64))
        memcpy(found.other.at, self.other.at, self.other.count * sizeof(i64))
        return found

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
