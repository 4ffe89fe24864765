"""Reservations that are entered while the interpreter goes on: what is known of the books meanwhile, and when to wait for more.

A job has all that it needs, so that nothing of the interpreter's is held. What is reserved in the normal state is told at once; of what the
states of an arc leave it is known how much less that may become, so that most questions - whether something fits - need no waiting.
"""

from cpython cimport array
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from intentc.native.aside cimport Errand, hand_over, is_done, is_open, read_shared, wait_for, write_shared
from intentc.native.lists cimport LACKING
from intentc.native.pages cimport clamped, zeros
from intentc.native.ways cimport Ways

cdef int _MOST_UNDER_WAY = 64  # jobs; each has some kilobytes
cdef int _LAST_JOB = 0x7FFFFFF0


cdef void _run(void* of) noexcept nogil:
    """Do a job on another CPU; where one has failed nothing is done any more."""
    cdef Job* job = <Job*>of
    if not read_shared(&(<Pending>job.books)._lacks) and (<Pending>job.books)._carry_out(job) < 0:
        write_shared(&(<Pending>job.books)._lacks, 1)


cdef i64 _at_most_of(const Job* job) noexcept:
    """Return by how much a job may leave less of an arc in some state: by what it claims, whichever of both; and more than nothing."""
    return job.normal_bps + job.failed_bps + 1 if job.sign > 0 else 1


cdef void _wait_until(i64 number) noexcept:
    """Wait until an errand is done; others may have the interpreter meanwhile."""
    if not is_done(number):
        with nogil:
            wait_for(number)


cdef class Pending(Entering):
    """Books into which whole reservations are entered, each in one call, by another CPU where there is one."""

    def __cinit__(self, *_):
        self._at_most = <i64*>zeros(self._arcs * sizeof(i64))
        self._seen = <int*>zeros(self._arcs * sizeof(int))

    def __del__(self):
        if self._oldest != NULL:  # before a collector takes what they are made of
            self._end()

    def __dealloc__(self):
        if self._oldest != NULL:
            self._end()
        free(self._at_most)
        free(self._seen)

    cdef void _end(self) noexcept:
        """Wait for what is under way, as nobody is left to ask."""
        wait_for(self._newest.errand.number)
        while self._oldest != NULL:
            self._see_one()

    def __sizeof__(self):
        """Return the bytes that the books take."""
        self._settle()
        return Entering.__sizeof__(self) + self._arcs * (sizeof(i64) + sizeof(int))

    def enter_ways(self, normal, failed, tuple arcs not None, Ways ways not None, array.array numbers not None, freed, int sign):
        """Enter (1) or take out (-1) claims as `enter` does: the failed one on the ways of all their states, whose `numbers` are by place.

        `normal` and `failed`: a class and bps; those of `freed`, the numbers of other states, claim nothing. Return False, and nothing is
        done, where a sum might outgrow its place. It is done by another CPU where there is one: where that lacks memory, what is asked
        next raises that.
        """
        cdef int normal_name, failed_name
        cdef i64 normal_bps, failed_bps
        cdef list others = list(freed)
        cdef Job* job
        normal_name, rate = normal
        normal_bps = clamped(rate)
        failed_name, rate = failed
        failed_bps = clamped(rate)
        if min(normal_bps, failed_bps) < 0:  # for the twin
            return False
        job = self._make_job(len(arcs), ways, len(others))
        job.books, job.sign, job.normal_name, job.failed_name = <void*>self, sign, normal_name, failed_name
        job.normal_bps, job.failed_bps = normal_bps, failed_bps
        try:
            self._fill(job, arcs, ways, numbers, others)
            if not self._may(max(normal_bps, failed_bps), sign):
                free(job)
                return False
        except BaseException:
            free(job)
            raise
        self._begin(job)
        return True

    cdef Job* _make_job(self, Py_ssize_t normal_count, Ways ways, Py_ssize_t freed_count) except NULL:
        """Return a job with room for all that it needs; there is at most so much of it."""
        cdef Py_ssize_t total = ways.arc_from[ways.kinds]
        cdef Py_ssize_t count = 2 * normal_count + 2 * <Py_ssize_t>ways.count + ways.kinds + 1 + 2 * total + freed_count
        cdef Job* job
        if max(normal_count, freed_count) >= 1 << 30:
            raise ValueError("an arc twice")
        job = <Job*>malloc(sizeof(Job) + count * sizeof(int))
        if job == NULL:
            raise MemoryError
        job.normal = <int*>(job + 1)
        job.state = job.normal + normal_count
        job.way = job.state + ways.count
        job.arc_from = job.way + ways.count
        job.arc = job.arc_from + ways.kinds + 1
        job.freed = job.arc + total
        job.touched = job.freed + freed_count
        job.normal_count = job.state_count = job.freed_count = job.touched_count = 0
        return job

    cdef int _fill(self, Job* job, tuple arcs, Ways ways, array.array numbers, list freed) except -1:
        """Write all that a job needs into it, if it is there."""
        cdef int at, way, state
        self._check_name(job.normal_name)
        self._check_name(job.failed_name)
        if numbers.typecode != "i":
            raise TypeError("numbers are words of C")
        self._jobs = 1 if self._jobs == _LAST_JOB else self._jobs + 1
        if self._jobs == 1:
            memset(self._seen, 0, self._arcs * sizeof(int))
        for number in arcs:
            job.normal[job.normal_count] = number
            self._touch(job, job.normal[job.normal_count])
            job.normal_count += 1
        for way in range(ways.kinds):
            if ways.arc_from[way + 1] - ways.arc_from[way] > self._arcs:
                raise ValueError("an arc twice")
        if job.normal_count > self._arcs:
            raise ValueError("an arc twice")
        for at in range(ways.arc_from[ways.kinds]):
            self._touch(job, ways.arc[at])
        memcpy(job.arc_from, ways.arc_from, (ways.kinds + 1) * sizeof(int))
        memcpy(job.arc, ways.arc, ways.arc_from[ways.kinds] * sizeof(int))
        for at in range(ways.count):
            if not 0 <= ways.place[at] < len(numbers):
                raise IndexError(ways.place[at])
            state = numbers.data.as_ints[ways.place[at]]
            self._check_state(state)
            job.state[at], job.way[at] = state, ways.of[at]
        job.state_count = ways.count
        for number in freed:
            state = number
            self._check_state(state)
            job.freed[job.freed_count] = state
            job.freed_count += 1
        return 0

    cdef int _touch(self, Job* job, int arc) except -1:
        if not 0 <= arc < self._arcs:
            raise IndexError(arc)
        if self._seen[arc] != self._jobs:
            self._seen[arc] = self._jobs
            job.touched[job.touched_count] = arc
            job.touched_count += 1
        return 0

    cdef int _begin(self, Job* job) except -1:
        """Have a job done: by another CPU, where what others are told meanwhile stays true."""
        cdef bint is_aside = self._sharing[job.normal_name] and self._sharing[job.failed_name] and is_open()
        cdef int at
        for at in range(job.normal_count):
            self._used.data.as_longlongs[job.normal[at]] += job.sign * job.normal_bps
        job.after = NULL
        if not is_aside:
            try:
                self._settle()
                if self._carry_out(job) < 0:
                    write_shared(&self._lacks, 1)
                    raise MemoryError
            finally:
                free(job)
            return 0
        self._see_done()
        for at in range(job.touched_count):
            self._at_most[job.touched[at]] += _at_most_of(job)
        if self._oldest == NULL:
            self._oldest = job
        else:
            self._newest.after = job
        self._newest = job
        self._under_way += 1
        job.errand.run = _run
        hand_over(&job.errand)
        if self._under_way > _MOST_UNDER_WAY:
            _wait_until(job.errand.number - _MOST_UNDER_WAY // 2)
        return 0

    cdef int _see_done(self) except -1:
        """Count no more what is done; raise what went wrong."""
        while self._oldest != NULL and is_done(self._oldest.errand.number):
            self._see_one()
        if read_shared(&self._lacks):
            raise MemoryError("the books are not whole")
        return 0

    cdef void _see_one(self) noexcept:
        """Count the oldest job no more, which is done."""
        cdef Job* job = self._oldest
        cdef int at
        for at in range(job.touched_count):
            self._at_most[job.touched[at]] -= _at_most_of(job)
        self._oldest = job.after
        if self._oldest == NULL:
            self._newest = NULL
        self._under_way -= 1
        free(job)

    cdef int _settle(self) except -1:
        """Wait until nothing is under way in the books; raise what went wrong."""
        while self._newest != NULL:
            _wait_until(self._newest.errand.number)
            self._see_done()
        return self._see_done()

    cdef bint _leaves(self, int arc, i64 bps) except -1:
        """Return whether so much is left of an arc in all states, for classes that share it; wait where what is under way might decide it."""
        if bps <= read_shared(&self._left_bps[arc]) - self._at_most[arc] and not read_shared(&self._lacks):
            return True
        self._see_done()
        if self._at_most[arc]:
            self._settle()
        if self._pages[arc].is_rough and bps > self._left_bps[arc]:
            self._settle()
            self._firm(arc)
        return bps <= self._left_bps[arc]

    cdef int _carry_out(self, Job* job) noexcept nogil:
        """Do a job, on whichever CPU."""
        cdef int at, place, way, before = -1, count = 0
        self._clear()
        for at in range(job.normal_count):
            self._there[at] = job.normal[at]
            self._there_bps[job.normal[at]] = job.normal_bps
        if self._plan_normal(job.normal_count, job.normal_name) < 0:
            return LACKING
        for at in range(job.state_count):
            way = job.way[at]
            if job.arc_from[way] == job.arc_from[way + 1]:
                if self._add_left(job.state[at]) < 0:
                    return LACKING
                continue
            if self._left_count and self._plan_left(job.normal_count) < 0:
                return LACKING
            if way != before:
                count, before = job.arc_from[way + 1] - job.arc_from[way], way
                for place in range(count):
                    self._there[place] = job.arc[job.arc_from[way] + place]
                    self._there_bps[self._there[place]] = job.failed_bps
            if self._plan_state(job.state[at], job.normal_count, count, job.normal_name, job.failed_name) < 0:
                return LACKING
        for at in range(job.freed_count):
            if self._add_left(job.freed[at]) < 0:
                return LACKING
        return self._do_plan(job.normal_count, job.sign)
