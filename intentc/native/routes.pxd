# Paths as numbers of ports; see routes.pyx.
from intentc.native.grow cimport Ints, Longs

cdef class Routes:
    cdef readonly int ports, nodes
    cdef Ints tail, head     # per port: nodes
    cdef Longs latency_ns    # per port
    cdef Ints hops, labels   # ports of all paths one after the other, and the labels on each
    cdef Ints starts         # per path, and one more
    cdef Ints has_labels     # per path
    cdef Longs share_ppm     # per path
