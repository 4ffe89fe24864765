# Numbers as bytes, and sorted arcs as what they differ by from others; see folds.pyx.
ctypedef long long i64


cdef struct Ink:       # bytes that are written, or read: numbers in groups of seven bits, the lowest first
    char* at
    Py_ssize_t used


cdef inline void write(Ink* ink, unsigned long long number) noexcept nogil:
    while number >= 128:
        ink.at[ink.used] = <char>(number & 127 | 128)
        ink.used += 1
        number >>= 7
    ink.at[ink.used] = <char>number
    ink.used += 1


cdef i64 read(Ink* ink, Py_ssize_t size, i64 most) except -1
cdef void fold(Ink* ink, const int* base, int many, const int* own, int count) noexcept
cdef int unfold(Ink* ink, Py_ssize_t size, const int* base, int many, int arcs, int* own, int* lost) except -1
