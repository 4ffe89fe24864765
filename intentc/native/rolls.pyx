"""Origins merged many times over: what they name is numbered in its order, and a merger is a row of bits.

The twins: `ir.origins.RollTwin`, `ir.origins.gather_twin`.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.dict cimport PyDict_GetItem, PyDict_GetItemWithError
from cpython.list cimport PyList_Append
from cpython.long cimport PyLong_FromVoidPtr
from cpython.mem cimport PyMem_Free
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New, PyTuple_SET_ITEM
from libc.string cimport memcpy, memset

from intentc.native.arrays cimport room_for

ctypedef unsigned long long u64

cdef extern from *:
    """
    #define first_bit(word) __builtin_ctzll(word)
    #define bits_of(word) __builtin_popcountll(word)
    """
    int first_bit(u64 word) nogil
    int bits_of(u64 word) nogil


def gather(dict into not None, tuple places not None, item):
    """Add an item to the list of each of some places; those that have none yet get one."""
    cdef void* found
    for place in places:
        found = <void*>PyDict_GetItemWithError(into, place)
        if found == NULL:
            into[place] = [item]
        else:
            PyList_Append(<list?><object>found, item)


def joined(dict known not None, tuple items not None):
    """Return what is known of some objects, by their identity, with a comma and a blank in between; None where something is not known.

    The twin: `manifest.write.joined_twin`.
    """
    cdef Py_ssize_t at, size = 0, count = len(items)
    cdef void* found
    cdef char* into
    cdef list texts = []
    cdef bytes made
    for at in range(count):
        found = <void*>PyDict_GetItemWithError(known, PyLong_FromVoidPtr(<void*>PyTuple_GET_ITEM(items, at)))
        if found == NULL:
            return None
        text = <bytes?><object>found
        size += PyBytes_GET_SIZE(text) + 2
        texts.append(text)
    if not count:
        return b""
    made = PyBytes_FromStringAndSize(NULL, size - 2)
    into = PyBytes_AS_STRING(made)
    for at in range(count):
        if at:
            into[0], into[1] = b",", b" "
            into += 2
        text = texts[at]
        memcpy(into, PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text))
        into += PyBytes_GET_SIZE(text)
    return made


cdef class Roll:
    """What is named, in its order: the first `first` of one kind, the others of another; `numbers`: what each object names, by its identity."""

    cdef tuple named
    cdef dict numbers
    cdef Py_ssize_t first, words
    cdef u64* bits   # all 0 between calls

    def __cinit__(self, tuple named not None, Py_ssize_t first, dict numbers not None):
        if not 0 <= first <= len(named):
            raise ValueError("there are not so many names")
        self.named, self.first, self.numbers = named, first, numbers
        self.words = (len(named) >> 6) + 1
        self.bits = <u64*>room_for(self.words, sizeof(u64))
        memset(self.bits, 0, self.words * sizeof(u64))

    def __dealloc__(self):
        PyMem_Free(self.bits)

    def __reduce__(self):
        raise TypeError("a roll tells objects by their identity: it cannot be copied")

    def merged(self, list items not None):
        """Return what some objects name, each once and in its order: those of the one kind, those of the other; and the objects that are not known."""
        cdef Py_ssize_t low = self.words, high = -1, number, word, count = len(self.named)
        cdef void* found
        cdef list strangers = []
        try:
            for item in items:
                key = PyLong_FromVoidPtr(<void*>item)
                found = <void*>PyDict_GetItem(self.numbers, key)
                if found == NULL:
                    strangers.append(item)
                    continue
                for number_ in <tuple?><object>found:
                    number = number_
                    if not 0 <= number < count:
                        raise IndexError(number)
                    word = number >> 6
                    low, high = min(low, word), max(high, word)
                    self.bits[word] |= <u64>1 << (number & 63)
            return self._between(0, self.first, low, high), self._between(self.first, count, low, high), strangers
        finally:
            if low <= high:
                memset(self.bits + low, 0, (high - low + 1) * sizeof(u64))

    cdef tuple _between(self, Py_ssize_t begin, Py_ssize_t end, Py_ssize_t low, Py_ssize_t high):
        """Return the names whose bits are set from `begin` up to `end`; none is outside the words `low` to `high`."""
        cdef Py_ssize_t word, count = 0, at = 0, last
        cdef u64 own
        cdef tuple into
        low, last = max(low, begin >> 6), min(high, (end - 1) >> 6)
        for word in range(low, last + 1):
            count += bits_of(self._own(word, begin, end))
        into = PyTuple_New(count)
        for word in range(low, last + 1):
            own = self._own(word, begin, end)
            while own:
                name = <object>PyTuple_GET_ITEM(self.named, (word << 6) + first_bit(own))
                Py_INCREF(name)
                PyTuple_SET_ITEM(into, at, name)
                own &= own - 1
                at += 1
        return into

    cdef u64 _own(self, Py_ssize_t word, Py_ssize_t begin, Py_ssize_t end) noexcept:
        """Return the bits of a word that stand for what lies from `begin` up to `end`."""
        cdef u64 own = self.bits[word]
        if begin > word << 6:
            own &= ~<u64>0 << (begin & 63) if begin - (word << 6) < 64 else 0
        if end < (word + 1) << 6:
            own &= ((<u64>1 << (end & 63)) - 1) if end > word << 6 else 0
        return own
