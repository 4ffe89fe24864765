# Figures of a network's arcs; see figures.pyx.
from intentc.native.graph cimport Graph

ctypedef long long i64

cdef class Figures:
    cdef Graph graph
    cdef tuple _made_of
    cdef i64* delays   # per arc: its propagation in ns
    cdef i64* sizes    # its packet time in units
    cdef i64 most      # a sum over up to so many arcs is a word
