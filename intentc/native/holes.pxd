# Memory that was freed between what is still in use goes back to the system, where it may be much.

cdef extern from *:
    """
    #include <stdlib.h>
    #ifdef __GLIBC__
    #include <malloc.h>
    static inline void trim_holes(void) { malloc_trim(0); }
    #else
    static inline void trim_holes(void) {}
    #endif
    """
    void trim_holes() noexcept nogil

cdef enum:
    FEW = 256  # queues or careers: fewer leave so little that to look through all memory for it takes longer than what they are for


cdef inline void give_back(Py_ssize_t count) noexcept nogil:
    """Give back what so many leave as holes, which else stay with the process for ever. It takes the longer the more memory others have."""
    if count >= FEW:
        trim_holes()
