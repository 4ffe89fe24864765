"""Where two long sequences, or two mappings, do not hold the very same objects. The twins: `recall.differing_twin`, `recall.changed_keys_twin`.

Objects are compared by their addresses: none of them is touched, and 10 000 take some microseconds.
"""

cdef extern from "Python.h":
    ctypedef struct PyObject:
        pass
    PyObject** PySequence_Fast_ITEMS(object sequence)
    Py_ssize_t PySequence_Fast_GET_SIZE(object sequence)
    bint PyDict_Next(object mapping, Py_ssize_t* place, PyObject** key, PyObject** value)
    bint PyUnicode_CheckExact(PyObject* item)
    int PyUnicode_Compare(PyObject* one, PyObject* other)


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


def changed_keys(dict one not None, dict other not None):
    """Return the keys of which two mappings do not hold the very same object; None where they have not the same keys in the same order.

    Keys are the same that are the very same objects, or equal texts.
    """
    cdef Py_ssize_t my_place = 0, its_place = 0
    cdef PyObject* my_key
    cdef PyObject* its_key
    cdef PyObject* mine
    cdef PyObject* its
    cdef list found = []
    if len(one) != len(other):
        return None
    while PyDict_Next(one, &my_place, &my_key, &mine) and PyDict_Next(other, &its_place, &its_key, &its):
        if my_key != its_key:
            if not (PyUnicode_CheckExact(my_key) and PyUnicode_CheckExact(its_key)):
                return None
            if PyUnicode_Compare(my_key, its_key) != 0:  # of texts as these it fails never
                return None
        if mine != its:
            found.append(<object>its_key)
    return found
