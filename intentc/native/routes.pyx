"""Paths as arrays of C. A port is a direction of a link: twice the link's number, and one more from its end b to its end a."""

from libc.stdlib cimport free

from intentc.native.grow cimport Ints, Longs, add_int, add_long


cdef class Routes:
    """All paths of a program by number, over ports with their nodes and latencies (ns)."""

    def __init__(self, tail, head, latency_ns, nodes):
        self.ports, self.nodes = len(tail), nodes
        for node in tail:
            add_int(&self.tail, node)
        for node in head:
            add_int(&self.head, node)
        for amount in latency_ns:
            add_long(&self.latency_ns, amount)
        add_int(&self.starts, 0)

    def __dealloc__(self):
        free(self.tail.at)
        free(self.head.at)
        free(self.latency_ns.at)
        free(self.hops.at)
        free(self.labels.at)
        free(self.starts.at)
        free(self.has_labels.at)
        free(self.share_ppm.at)

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
