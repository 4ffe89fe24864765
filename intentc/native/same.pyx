"""Where two long sequences do not hold the very same objects. The twin: `recall.differing_twin`."""

cdef extern from "Python.h":
    ctypedef struct PyObject:
        pass
    PyObject** PySequence_Fast_ITEMS(object sequence)
    Py_ssize_t PySequence_Fast_GET_SIZE(object sequence)


def differing(one not None, other not None):
    """Return the places at which two lists or tuples, as long as each other, do not hold the very same object."""
    cdef PyObject** mine
    cdef PyObject** its
    cdef Py_ssize_t at, count
    cdef list found = []
    if not isinstance(one, (list, tuple)):
        one = tuple(one)
    if not isinstance(other, (list, tuple)):
        other = tuple(other)
    count = min(PySequence_Fast_GET_SIZE(one), PySequence_Fast_GET_SIZE(other))
    mine, its = PySequence_Fast_ITEMS(one), PySequence_Fast_ITEMS(other)
    for at in range(count):  # a number that is appended runs no code of anybody, so both stay as they are
        if mine[at] != its[at]:
            found.append(at)
    return found
