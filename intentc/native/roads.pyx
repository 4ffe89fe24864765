"""The paths of a program by number: what placement tells of them (`realise.path`), most of it as arcs, over the ports of queueing."""

from libc.stdlib cimport free

from intentc.native.figures cimport Line, Names, arc_of
from intentc.native.grow cimport Ints, add_int, fill_ints, i64
from intentc.native.routes cimport Routes

cdef enum:
    NONE = -1
    MOST_KNOWN = 8           # networks: programs of a session share what has stayed the same


cdef class Bearings:
    """The ports of a network's arcs."""

    def __cinit__(self, Names names not None):
        self.names = names
        fill_ints(&self.port, names.graph.arcs, NONE)

    def __dealloc__(self):
        free(self.port.at)


cdef class Roads:
    """Numbers paths over `routes`, each once. `ports`: of each sending node and link, by their names."""

    def __init__(self, Routes routes not None, ports):
        self.routes, self.ports, self.known = routes, dict(ports), []
        for port in self.ports.values():
            if not 0 <= port < routes.ports:
                raise IndexError(port)

    def __dealloc__(self):
        free(self.hops.at)
        free(self.labels.at)

    def number(self, path):
        """Return the number of a path; one that is new is added."""
        return self.number_of(path)

    cdef int number_of(self, object path) except -1:
        cdef object line = path.line
        cdef tuple labels = path.labels, nodes, links
        cdef int at
        self.hops.count = self.labels.count = 0
        if type(line) is Line:
            self.follow(<Line>line)
        else:
            nodes, links = line.nodes, line.links
            for at in range(<int>min(len(nodes), len(links))):
                add_int(&self.hops, self.port_of(nodes[at], links[at]))
        for count in labels:
            add_int(&self.labels, count)
        if len(labels) and self.labels.count != self.hops.count:
            raise ValueError(labels)
        return self.routes.find(self.hops.at, self.labels.at, <int>self.hops.count, len(labels) > 0, path.share_ppm)

    cdef int number_along(self, Names names, const int* arcs, int count, i64 share_ppm) except -1:
        """Return the number of a path without labels along arcs of a network; one that is new is added."""
        cdef Bearings bearings = self.bearings(names)
        cdef int at
        self.hops.count = 0
        for at in range(count):
            add_int(&self.hops, self.port_along(bearings, arcs[at]))
        return self.routes.find(self.hops.at, NULL, count, False, share_ppm)

    cdef int follow(self, Line line) except -1:
        cdef Bearings bearings = self.bearings(line.names)
        cdef int at, node = line.start
        for at in range(line.count):
            add_int(&self.hops, self.port_along(bearings, arc_of(line, at, &node)))
        return 0

    cdef int port_along(self, Bearings bearings, int arc) except -1:
        cdef Names names = bearings.names
        if bearings.port.at[arc] == NONE:
            bearings.port.at[arc] = self.port_of(names.nodes[names.graph.tail[arc]], names.links[arc >> 1])
        return bearings.port.at[arc]

    cdef int port_of(self, object node, object link) except -1:
        return self.ports[node, link]

    cdef Bearings bearings(self, Names names):
        cdef Bearings found = self.last
        if found is not None and found.names is names:
            return found
        for known in self.known:
            found = known
            if found.names is names:
                self.last = found
                return found
        found = self.last = Bearings(names)
        self.known = [found, *self.known[:MOST_KNOWN - 1]]
        return found
