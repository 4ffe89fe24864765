"""The queues of a web finished by two threads at once: each has half of them, and what is only read in common. What the second one made is put

behind what the first one did, so that all is in the order of queues, as if one had done it.
"""

from libc.stdlib cimport free
from libc.string cimport memcpy

from _thread import allocate_lock
from threading import Thread

from intentc.native.grow cimport Ints, Longs, add_int, add_long, drop, make_room
from intentc.native.streams cimport Block, Change, Ends, Stream, Streams

cdef enum:
    NONE = -1
    NOTHING = 0              # what two threads do at once
    PORTS = 1
    QUEUES = 2
    DEMANDS = 3


cdef class Halves(Streams):
    cdef int finish_all(self, Ints* begins, Ints* order, bint is_shared) except -1:
        """Finish all queues that are due; their members are sorted. `is_shared`: with a thread beside this one."""
        cdef Halves other
        cdef int middle = self.routes.ports // 2
        with nogil:
            self.begin_queues()
        self.begins, self.order = begins, order
        try:
            if not is_shared:
                self.both(None, PORTS, 0, self.routes.ports)
                self.both(None, QUEUES, 0, self.queues)
            else:
                other = Halves.__new__(Halves)
                self.lend(other)
                try:
                    other.begin_queues()
                    self.both(other, PORTS, middle, self.routes.ports)
                    self.take_ports(other)
                    middle = self.middle()
                    other.relevant_from, other.relevant = self.relevant_from, self.relevant
                    self.both(other, QUEUES, middle, self.queues)
                    other.relevant_from = other.relevant = Ints(NULL, 0, 0)
                    self.take_joint(other)
                    other.release_streams()
                    self.take_queues(other, middle)
                finally:
                    self.take_back_all(other)
            with nogil:
                self.join_nodes()
        finally:
            self.begins = self.order = NULL
        return 0

    cdef int middle(self) noexcept:
        """Return the queue before which half of the members are."""
        cdef int queue = 0
        while queue < self.queues and 2 * self.begins.at[queue] < self.order.count:
            queue += 1
        return queue

    cdef int both(self, Halves other, int task, int middle, int end) except -1:
        """Look at all ports, queues or demands before `end`; from `middle` on the other one does, where there is another."""
        self.first, self.end, self.task = 0, end if other is None else middle, task
        if other is None:
            with nogil:
                self.look()
            return 0
        other.first, other.end, other.task, other.failure = middle, end, task, None
        done = allocate_lock()
        done.acquire()
        thread = Thread(target=other.run, args=(done.release,))
        try:
            thread.start()
        except RuntimeError:  # there may be no more threads
            other.run(done.release)
        try:
            with nogil:
                self.look()
        finally:
            while True:
                try:
                    done.acquire()
                    break
                except BaseException as failure:  # a signal: the other one is to be done before what it looks at may go
                    other.failure = failure
        if thread.ident is not None:
            thread.join()
        if other.failure is not None:
            raise other.failure
        return 0

    def run(self, done):
        """Do what this half is for, in a thread of its own, and call `done`."""
        try:
            with nogil:
                self.look()
        except BaseException as failure:
            self.failure = failure
        finally:
            done()

    cdef int look(self) except -1 nogil:
        cdef int queue, at
        cdef Block old
        cdef Ends ends
        cdef int task = self.task
        self.task = NOTHING  # what is called by nobody but `both` does nothing
        if task == PORTS:
            return self.find_relevant(self.begins, self.order, self.first, self.end)
        if task == DEMANDS:
            for at in range(self.first, self.end):
                self.weave_one(at)
        for queue in range(self.first, self.end if task == QUEUES else self.first):
            if self.is_fresh.at[queue]:
                at, old, ends = self.begins.at[queue], self.blocks[queue], self.ends()
                if self.is_compared:
                    self.was[queue] = old
                self.finish_queue(queue, &self.order.at[at], self.begins.at[queue + 1] - at, self.was_wide.at[queue])
                if self.is_compared and self.is_as_it_was(queue, &old, &ends):
                    self.is_fresh.at[queue] = 0
        return 0

    cdef int lend(self, Halves other) except -1:
        """Let another one look at what this one has; of the blocks it changes those of its own queues."""
        other.careers, other.routes, other.groups, other.states, other.queues = (
            self.careers, self.routes, self.groups, self.states, self.queues
        )
        other.begins, other.order = self.begins, self.order
        other.number_of, other.pool_size, other.was_wide = self.number_of, self.pool_size, self.was_wide
        other.is_due, other.is_fresh, other.is_leaning, other.queue_group = self.is_due, self.is_fresh, self.is_leaning, self.queue_group
        other.queue_at, other.queue_port, other.spot_node = self.queue_at, self.queue_port, self.spot_node
        other.first_course, other.course_from, other.course_state = self.first_course, self.course_from, self.course_state
        other.rate_of, other.least_of, other.pool_of = self.rate_of, self.least_of, self.pool_of
        other.members, other.has_member, other.blocks = self.members, self.has_member, self.blocks
        # what grows in another thread leaves holes behind; room that nobody writes to takes no memory
        make_room(<void**>&other.streams, &other.stream_room, self.member_count // 2, sizeof(Stream))
        make_room(<void**>&other.changes, &other.change_room, self.member_count // 4, sizeof(Change))
        make_room(<void**>&other.change_stream.at, &other.change_stream.room, self.member_count, sizeof(int))
        make_room(<void**>&other.change_state.at, &other.change_state.room, self.course_state.count, sizeof(int))
        make_room(<void**>&other.relevant.at, &other.relevant.room, self.course_state.count, sizeof(int))
        return 0

    cdef int take_back_all(self, Halves other) except -1:
        """Let the other one have nothing any more that is not its own."""
        other.begins = other.order = NULL
        other.number_of = other.pool_size = other.is_due = other.is_fresh = other.was_wide = Ints(NULL, 0, 0)
        other.queue_at = other.queue_port = other.queue_group = other.is_leaning = other.spot_node = Ints(NULL, 0, 0)
        other.first_course = other.course_from = other.course_state = Ints(NULL, 0, 0)
        other.rate_of = other.least_of = other.pool_of = Longs(NULL, 0, 0)
        other.members, other.has_member, other.blocks = NULL, NULL, NULL
        if other.relevant.at == self.relevant.at:
            other.relevant_from = other.relevant = Ints(NULL, 0, 0)
        return 0

    cdef int take_ports(self, Halves other) except -1:
        """Take over what counts at the ports of the other one."""
        cdef Py_ssize_t row, begin = self.relevant.count
        for row in range(1, other.relevant_from.count):
            add_int(&self.relevant_from, begin + other.relevant_from.at[row])
        for row in range(other.relevant.count):
            add_int(&self.relevant, other.relevant.at[row])
        drop(&other.relevant_from)
        drop(&other.relevant)
        return 0

    cdef int take_joint(self, Halves other) except -1:
        """Take over the streams of the other one that have no node yet; they are to come behind those of this one."""
        cdef int stream = <int>self.stream_count, joint = <int>self.joint_spot.count
        cdef Py_ssize_t row
        for row in range(other.joint_stream.count):
            add_int(&self.joint_stream, other.joint_stream.at[row] + stream)
            add_int(&self.joint_end, other.joint_end.at[row] + joint)
        for row in range(other.joint_spot.count):
            add_int(&self.joint_spot, other.joint_spot.at[row])
            add_long(&self.joint_late, other.joint_late.at[row])
        return 0

    cdef int take_queues(self, Halves other, int first) except -1:
        """Take over what the other one made of queues, from `first` on."""
        cdef int stream = <int>self.stream_count, change = <int>self.change_count, lost = <int>self.change_stream.count
        cdef int states = <int>self.change_state.count, place = <int>self.place_ingress.count, counting = <int>self.counting.count
        cdef int queue
        cdef Py_ssize_t row
        cdef Block* own
        cdef Change made
        make_room(<void**>&self.streams, &self.stream_room, self.stream_count + other.stream_count, sizeof(Stream))
        if other.stream_count:
            memcpy(&self.streams[stream], other.streams, other.stream_count * sizeof(Stream))
        self.stream_count += other.stream_count
        free(other.streams)
        other.streams = NULL
        make_room(<void**>&self.changes, &self.change_room, self.change_count + other.change_count, sizeof(Change))
        for row in range(other.change_count):
            made = other.changes[row]
            made.lost, made.won, made.end = made.lost + lost, made.won + lost, made.end + lost
            made.states, made.states_end = made.states + states, made.states_end + states
            self.changes[change + row] = made
        self.change_count += other.change_count
        free(other.changes)
        other.changes = NULL
        for row in range(other.change_stream.count):
            add_int(&self.change_stream, other.change_stream.at[row] + stream)
        drop(&other.change_stream)
        for row in range(other.change_state.count):
            add_int(&self.change_state, other.change_state.at[row])
        drop(&other.change_state)
        for row in range(other.place_ingress.count):
            add_int(&self.place_ingress, other.place_ingress.at[row])
        for row in range(other.counting.count):
            add_int(&self.counting, NONE if other.counting.at[row] == NONE else other.counting.at[row] + change)
        for queue in range(first, self.queues):
            own = &self.blocks[queue]
            if self.is_fresh.at[queue]:
                own.stream_from, own.normal_end, own.stream_end = own.stream_from + stream, own.normal_end + stream, own.stream_end + stream
                own.change_from, own.change_end = own.change_from + change, own.change_end + change
                own.place_from, own.place_end = own.place_from + place, own.place_end + place
                own.counting_from, own.counting_end = own.counting_from + counting, own.counting_end + counting
        return 0
